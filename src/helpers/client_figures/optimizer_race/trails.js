// How the optimizers look, and their trails: lines that grow by new segments only.

/**
 * @typedef {object} Look color (on light, on dark), dashes and marker: three ways to tell the
 *   optimizers apart, because not everyone sees seven colors. The same as in
 *   helpers/pictures/palette.py.
 * @property {string} light
 * @property {string} dark
 * @property {number[]} dash in CSS pixels
 * @property {string} marker an SVG path around (0, 0)
 */

/** @type {Record<string, Look>} */
export const LOOKS = {
  SGD: {
    light: "#000000", dark: "#ffffff", dash: [],
    marker: "M5 0A5 5 0 1 1-5 0A5 5 0 1 1 5 0Z",
  },
  Momentum: {
    light: "#0072b2", dark: "#4f9be8", dash: [14, 3],
    marker: "M-4.5-4.5H4.5V4.5H-4.5Z",
  },
  Nesterov: {
    light: "#56b4e9", dark: "#9ad7ff", dash: [6, 3],
    marker: "M0-6L6 0 0 6-6 0Z",
  },
  Adagrad: {
    light: "#009e73", dark: "#1fc799", dash: [10, 2.4, 2.4, 2.4],
    marker: "M0-6L5.8 4.5H-5.8Z",
  },
  Adadelta: {
    light: "#cc79a7", dark: "#f0a6d0", dash: [10, 2.4, 2.4, 2.4, 2.4, 2.4],
    marker: "M0 6L5.8-4.5H-5.8Z",
  },
  RMSProp: {
    light: "#e69f00", dark: "#ffc04d", dash: [4, 2.4],
    marker: "M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
  },
  Adam: {
    light: "#d55e00", dark: "#ff8540", dash: [2.4, 2.4],
    marker: "M0-2.8l2.8-2.8 2.8 2.8L2.8 0l2.8 2.8-2.8 2.8L0 2.8l-2.8 2.8-2.8-2.8L-2.8 0" +
      "l-2.8-2.8 2.8-2.8z",
  },
};

const LINE_WIDTH = 2; // CSS pixels
const HALO_WIDTH = 4.4;
/** @type {number[]} */
const NO_DASH = [];
const SHORTEST = 1; // CSS pixels: shorter segments wait until they add up, or they would look faint
const FAR = 4000; // CSS pixels: a dashed line to infinity would never be finished

/**
 * @typedef {object} Trail
 * @property {Look} look
 * @property {Path2D} marker
 * @property {Float32Array} x place after each step, in CSS pixels
 * @property {Float32Array} y
 * @property {number} end last step that can be drawn
 * @property {number} drawn step up to which the line is drawn
 * @property {number} before the corner before that one: the next piece starts there, so that
 *   the two pieces are joined as one line would be
 * @property {number} length of the line up to `before`, so that the dashes continue
 */

/**
 * @param {string} name of the optimizer
 * @param {number} steps
 * @returns {Trail}
 */
export function createTrail(name, steps) {
  const look = LOOKS[name];
  const room = () => new Float32Array(steps + 1);
  const marker = new Path2D(look.marker);
  return { look, marker, x: room(), y: room(), end: 0, drawn: 0, before: 0, length: 0 };
}

/**
 * Turns values into pixels, and forgets what was drawn.
 * @param {Trail} trail
 * @param {Float64Array | null} xs null for the number of the step
 * @param {Float64Array} ys
 * @param {number} finite number of steps with finite values
 * @param {(value: number) => number} scaleX
 * @param {(value: number) => number} scaleY
 */
export function placeTrail(trail, xs, ys, finite, scaleX, scaleY) {
  for (let k = 0; k <= finite; k++) {
    trail.x[k] = Math.max(-FAR, Math.min(FAR, scaleX(xs ? xs[k] : k)));
    trail.y[k] = Math.max(-FAR, Math.min(FAR, scaleY(ys[k])));
  }
  trail.end = finite;
  eraseTrail(trail);
}

/** @param {Trail} trail */
export function eraseTrail(trail) {
  trail.drawn = trail.before = trail.length = 0;
}

/**
 * Draws the segments between the step drawn last and `step`.
 * @param {CanvasRenderingContext2D} context
 * @param {Trail} trail
 * @param {number} step
 * @param {string} color
 * @param {string | null} halo color of a halo, which lies below all lines
 */
export function extendTrail(context, trail, step, color, halo) {
  const last = Math.min(step, trail.end);
  const offset = trail.length;
  let x = trail.x[trail.drawn];
  let y = trail.y[trail.drawn];
  let begun = false;
  for (let k = trail.drawn + 1; k <= last; k++) {
    if (Math.hypot(trail.x[k] - x, trail.y[k] - y) < SHORTEST) continue;
    if (!begun) {
      begun = true;
      context.beginPath();
      context.moveTo(trail.x[trail.before], trail.y[trail.before]);
      context.lineTo(x, y);
    }
    trail.length += Math.hypot(x - trail.x[trail.before], y - trail.y[trail.before]);
    trail.before = trail.drawn;
    trail.drawn = k;
    x = trail.x[k];
    y = trail.y[k];
    context.lineTo(x, y);
  }
  if (!begun) return;
  context.lineWidth = LINE_WIDTH;
  context.strokeStyle = color;
  context.setLineDash(trail.look.dash);
  context.lineDashOffset = offset;
  context.stroke();
  if (!halo) return;
  context.globalCompositeOperation = "destination-over";
  context.lineWidth = HALO_WIDTH;
  context.strokeStyle = halo;
  context.setLineDash(NO_DASH);
  context.stroke();
  context.globalCompositeOperation = "source-over";
}
