// What defines a race: read from the model, which anyone may have written, for example by hand
// into the address of the page. So every value is checked here, and nowhere else.

import { SURFACES } from "./surfaces.js";

export const STEPS = 500;
export const SPEEDS = [10, 30, 100, 300]; // steps per second
const FASTEST = Math.max(...SPEEDS);

/** The model's keys, with what is used where a value is missing or makes no sense. */
export const DEFAULTS = {
  surface: "ackley",
  start_x: -2.6,
  start_y: 3.5,
  learning_rate: 0.015,
  momentum: 0.9,
  speed: 30,
  hidden: [],
};

/**
 * @typedef {object} RaceState
 * @property {import("./surfaces.js").RaceSurface} surface
 * @property {[number, number]} start inside the surface's domain
 * @property {{lr: number, momentum: number}} settings
 * @property {number} speed one of SPEEDS
 * @property {Set<string>} hidden names of optimizers not to draw
 */

/**
 * @param {unknown} value
 * @param {number} low
 * @param {number} high
 * @param {number} fallback
 * @returns {number} the value between the limits, or the fallback if it is no number
 */
function within(value, low, high, fallback) {
  const number = typeof value === "number" && Number.isFinite(value) ? value : fallback;
  return Math.max(low, Math.min(high, number));
}

/**
 * @param {{get: (key: string) => unknown}} model
 * @returns {RaceState}
 */
export function readState(model) {
  const surface = SURFACES.find(({ name }) => name === model.get("surface")) ?? SURFACES[0];
  const [[x0, x1], [y0, y1]] = surface.domain;
  const hidden = model.get("hidden");
  const speed = within(model.get("speed"), SPEEDS[0], FASTEST, DEFAULTS.speed);
  return {
    surface,
    start: [
      within(model.get("start_x"), x0, x1, surface.start[0]),
      within(model.get("start_y"), y0, y1, surface.start[1]),
    ],
    settings: {
      lr: within(model.get("learning_rate"), 1e-4, 1, DEFAULTS.learning_rate),
      momentum: within(model.get("momentum"), 0, 0.99, DEFAULTS.momentum),
    },
    speed: SPEEDS.find(known => known >= speed) ?? FASTEST,
    hidden: new Set(Array.isArray(hidden) ? hidden : []),
  };
}

/**
 * Says who has the lowest loss after a number of steps.
 * @param {import("./optimizers.js").Track[]} tracks
 * @param {number} step
 * @param {Set<string>} hidden
 * @returns {string}
 */
export function describeLeader(tracks, step, hidden) {
  if (step === 0) return `all start at loss ${formatLoss(tracks[0].loss[0])}`;
  let best = null;
  for (const track of tracks) {
    if (hidden.has(track.name) || step > track.finite) continue;
    if (!best || track.loss[step] < best.loss[step]) best = track;
  }
  if (!best) return "no optimizer is left";
  return `lowest loss: ${best.name}, ${formatLoss(best.loss[step])}`;
}

/** @param {number} loss @returns {string} a loss with two or three digits */
export function formatLoss(loss) {
  const size = Math.abs(loss);
  const short = size === 0 || (size >= 1e-3 && size < 1e4);
  return (short ? loss.toPrecision(3) : loss.toExponential(1)).replaceAll("-", "−");
}

/**
 * The vertical axis of the losses: what happens inside the picture, in powers of ten above the
 * minimum where there is one.
 * @param {import("./optimizers.js").Track[]} tracks
 * @param {import("./surfaces.js").RaceSurface} surface
 * @returns {import("../shared/axes.js").Axis & {lowest: number}} with the loss that counts as 0
 */
export function lossAxis(tracks, surface) {
  const [[x0, x1], [y0, y1]] = surface.domain;
  const log = surface.minima.length > 0;
  const lowest = log ? surface.value(...surface.minima[0]) : 0;
  let low = Infinity;
  let high = -Infinity;
  for (const { x, y, loss, finite } of tracks) {
    for (let k = 0; k <= finite; k++) {
      if (x[k] < x0 || x[k] > x1 || y[k] < y0 || y[k] > y1) continue;
      low = Math.min(low, loss[k] - lowest);
      high = Math.max(high, loss[k] - lowest);
    }
  }
  if (!log) return { from: low, to: high > low ? high : low + 1, label: "loss", lowest };
  // Eight digits are enough: below, all curves would be squeezed to show one that is long done.
  const top = Math.max(high, 1e-7) * 1.3;
  const bottom = Math.max(Math.min(low, top / 2), 1e-8) / 1.3;
  return { from: bottom, to: top, log, label: "loss (log scale)", lowest };
}
