// The plane with the network's output as color, and the points on it.

import { INKS, paintMap, pointColor, rampGradient, rampOf } from "./colors.js";
import { make, writeText } from "../../shared/elements.js";

export const REACH_OF_PLANE = 6; // the plane is [-6, 6]²
const MARGIN = { left: 30, bottom: 26, top: 4, right: 6 };

/** The large map of a lane. */
export function createMap() {
  const field = make("canvas", { className: "pg-field-canvas" });
  const points = make("canvas", { className: "pg-points-canvas" });
  const element = make("div", { className: "pg-map" }, field, points);
  element.setAttribute("role", "img");
  const bar = make("span", { className: "pg-ramp" });
  const [low, high] = [make("span"), make("span")];
  const legend = make("div", { className: "pg-legend" }, low, bar, high);
  const readout = make("p", { className: "pg-readout" });
  const brush = /** @type {CanvasRenderingContext2D} */ (field.getContext("2d"));
  const pen = /** @type {CanvasRenderingContext2D} */ (points.getContext("2d"));
  let image = new ImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  /** @type {ArrayLike<number>} */
  let values = [];
  let side = 0;

  /** @returns {number} values per side of the map */
  const across = () => Math.round(Math.sqrt(values.length));

  element.addEventListener("pointermove", event => {
    const box = field.getBoundingClientRect();
    const u = (event.clientX - box.left) / box.width;
    const v = (event.clientY - box.top) / box.height;
    if (!values.length || u < 0 || u >= 1 || v < 0 || v >= 1) return writeText(readout, "");
    const n = across();
    const value = values[Math.floor(v * n) * n + Math.floor(u * n)];
    const [x1, x2] = [(2 * u - 1) * REACH_OF_PLANE, (1 - 2 * v) * REACH_OF_PLANE];
    /** @param {number} number */
    const text = number => number.toFixed(2).replace("-", "−");
    return writeText(readout, `at x₁ = ${text(x1)}, x₂ = ${text(x2)}: ${text(value)}`);
  });
  element.addEventListener("pointerleave", () => writeText(readout, ""));

  return {
    element, legend, readout,
    measure() {
      side = element.clientWidth;
      const ratio = Math.min(2, devicePixelRatio || 1);
      points.width = points.height = Math.round(side * ratio);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    },
    /**
     * @param {ArrayLike<number>} next row by row from the top
     * @param {import("./colors.js").Theme} theme
     * @param {boolean} discretize whether only the sign counts
     */
    paint(next, theme, discretize) {
      values = next;
      const n = across();
      if (image.width !== n) {
        field.width = field.height = n;
        image = brush.createImageData(n, n);
        pixels = new Uint32Array(image.data.buffer);
      }
      paintMap(pixels, 0, values, rampOf(theme), discretize);
      brush.putImageData(image, 0, 0);
    },
    /**
     * Draws axes and points.
     * @param {import("../engine/data.js").Points} data
     * @param {{classification: boolean, showTest: boolean}} options
     * @param {import("./colors.js").Theme} theme
     */
    drawPoints(data, { classification, showTest }, theme) {
      const inks = INKS[theme];
      const size = side - MARGIN.left - MARGIN.right;
      /** @param {number} value */
      const x = value => MARGIN.left + ((value / REACH_OF_PLANE + 1) / 2) * size;
      /** @param {number} value */
      const y = value => MARGIN.top + ((1 - value / REACH_OF_PLANE) / 2) * size;
      pen.clearRect(0, 0, side, side);
      pen.strokeStyle = inks.frame;
      pen.lineWidth = 1;
      pen.strokeRect(MARGIN.left - 0.5, MARGIN.top - 0.5, size + 1, size + 1);
      pen.fillStyle = inks.text;
      pen.font = "11px system-ui, sans-serif";
      /** @type {(text: string, left: number, top: number, align: CanvasTextAlign,
       *   baseline: CanvasTextBaseline) => void} */
      const write = (text, left, top, align, baseline) => {
        pen.textAlign = align;
        pen.textBaseline = baseline;
        pen.fillText(text, left, top);
      };
      for (const tick of [-6, -3, 0, 3, 6]) {
        const text = String(tick).replace("-", "−");
        write(tick ? text : "0", x(tick), side - MARGIN.bottom + 8, "center", "top");
        write(text, MARGIN.left - 5, y(tick) + (tick === 6 ? 4 : 0), "right", "middle");
      }
      write("x₁", x(1.5), side - MARGIN.bottom + 8, "center", "top");
      write("x₂", MARGIN.left - 6, y(1.5), "right", "middle");
      const radius = Math.max(2.2, Math.min(3.4, size / 90));
      /** @type {(indices: Iterable<number>, test: boolean) => void} */
      const draw = (indices, test) => {
        const half = test ? radius * 0.8 : radius;
        for (const i of indices) {
          const value = classification ? 2 * data.target[i] - 1 : data.target[i];
          pen.beginPath();
          // Shape as well as color, where there are two classes.
          if (classification && value < 0) {
            const width = 1.8 * half;
            pen.rect(x(data.x1[i]) - width / 2, y(data.x2[i]) - width / 2, width, width);
          } else {
            pen.arc(x(data.x1[i]), y(data.x2[i]), half, 0, 2 * Math.PI);
          }
          pen.fillStyle = pointColor(theme, value);
          pen.strokeStyle = test ? inks.frame : inks.edge;
          pen.fill();
          pen.stroke();
        }
      };
      pen.lineWidth = 1;
      // Behind, smaller and with a gray edge: what is not learned from.
      if (showTest) draw(data.test, true);
      pen.lineWidth = 1.2;
      draw(data.train, false);
    },
    /**
     * @param {[string, string]} words at both ends
     * @param {import("./colors.js").Theme} theme
     * @param {boolean} discretize
     */
    writeLegend(words, theme, discretize) {
      bar.style.background = rampGradient(theme, discretize);
      writeText(low, words[0]);
      writeText(high, words[1]);
    },
  };
}
