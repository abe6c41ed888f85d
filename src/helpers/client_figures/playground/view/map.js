// The plane with the network's output as color, and the points on it.

import { PLAY_INKS, paintMap, pointColor, rampGradient, rampOf } from "./colors.js";
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
  const brush = field.getContext("2d");
  const pen = points.getContext("2d");
  let image = null;
  let pixels = null;
  let values = null;
  let side = 0;

  /** @returns {number} values per side of the map */
  const across = () => Math.round(Math.sqrt(values?.length ?? 0));

  element.addEventListener("pointermove", event => {
    const box = field.getBoundingClientRect();
    const u = (event.clientX - box.left) / box.width;
    const v = (event.clientY - box.top) / box.height;
    if (!values || u < 0 || u >= 1 || v < 0 || v >= 1) return writeText(readout, "");
    const n = across();
    const value = values[Math.floor(v * n) * n + Math.floor(u * n)];
    const [x1, x2] = [(2 * u - 1) * REACH_OF_PLANE, (1 - 2 * v) * REACH_OF_PLANE];
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
    /** @param {ArrayLike<number>} next row by row from the top */
    paint(next, theme, discretize) {
      values = next;
      const n = across();
      if (field.width !== n || !image) {
        field.width = field.height = n;
        image = brush.createImageData(n, n);
        pixels = new Uint32Array(image.data.buffer);
      }
      paintMap(pixels, 0, values, rampOf(theme), discretize);
      brush.putImageData(image, 0, 0);
    },
    /** Draws axes and points. */
    drawPoints(data, { classification, showTest }, theme) {
      const inks = PLAY_INKS[theme];
      const size = side - MARGIN.left - MARGIN.right;
      const x = value => MARGIN.left + ((value / REACH_OF_PLANE + 1) / 2) * size;
      const y = value => MARGIN.top + ((1 - value / REACH_OF_PLANE) / 2) * size;
      pen.clearRect(0, 0, side, side);
      pen.strokeStyle = inks.frame;
      pen.lineWidth = 1;
      pen.strokeRect(MARGIN.left - 0.5, MARGIN.top - 0.5, size + 1, size + 1);
      pen.fillStyle = inks.text;
      pen.font = "11px system-ui, sans-serif";
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
      const draw = (indices, test) => {
        const half = test ? radius * 0.8 : radius;
        for (const i of indices) {
          const value = classification ? 2 * data.target[i] - 1 : data.target[i];
          pen.beginPath();
          // Shape as well as color, where there are two classes.
          if (classification && value < 0) {
            pen.rect(x(data.x1[i]) - 0.9 * half, y(data.x2[i]) - 0.9 * half, 1.8 * half, 1.8 * half);
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
    writeLegend(words, theme, discretize) {
      bar.style.background = rampGradient(theme, discretize);
      writeText(low, words[0]);
      writeText(high, words[1]);
    },
  };
}
