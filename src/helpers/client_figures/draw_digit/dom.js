// Canvases and sliders, as the parts of this figure need them.

import { make, penOf, writeText } from "../shared/elements.js";

/**
 * Makes a canvas as sharp as the screen.
 * @param {HTMLCanvasElement} canvas
 * @returns {{pen: CanvasRenderingContext2D, width: number, height: number} | null} in CSS pixels;
 *   null while the canvas is not laid out
 */
export function prepareCanvas(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return null;
  const [w, h] = [width, height].map(length => Math.round(length * devicePixelRatio));
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = penOf(canvas);
  pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

/**
 * A field with a name, a slider and a text.
 * @param {string} name
 * @param {(value: number) => void} onMove
 */
export function rangeField(name, onMove) {
  const input = make("input", { type: "range", step: 1 });
  const text = make("span", { ariaHidden: "true" });
  input.addEventListener("input", () => onMove(Number(input.value)));
  return {
    field: make("label", {}, make("span", { textContent: name }), text, input),
    /** @param {number} value @param {number} low @param {number} high @param {string} words */
    show(value, low, high, words) {
      Object.assign(input, { min: low, max: high });
      input.value = String(value);
      input.setAttribute("aria-valuetext", words);
      writeText(text, words);
    },
  };
}
