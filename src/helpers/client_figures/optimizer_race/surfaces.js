// The six surfaces of helpers/optimization/surfaces.py, for the browser. No DOM here. The parity
// test compares every value and gradient with Python's, so a formula changes in both files or in none.

/**
 * @typedef {object} RaceSurface
 * @property {string} name
 * @property {string} title
 * @property {[[number, number], [number, number]]} domain the part that is shown
 * @property {[number, number][]} minima empty where there is none
 * @property {[number, number]} start where a race begins unless the reader chooses
 * @property {(x: number, y: number) => number} value
 * @property {(x: number, y: number, g: Float64Array) => void} gradient writes into `g`
 */

/** @type {RaceSurface} */
const ackleySurface = {
  name: "ackley",
  title: "Ackley",
  domain: [[-4, 4], [-4, 4]],
  minima: [[0, 0]],
  start: [-2.6, 3.5],
  // With expm1 and sines instead of cosines the minimum is exactly 0, and nothing is below it.
  value(x, y) {
    const radius = Math.sqrt((x * x + y * y) / 2);
    const ripple = Math.sin(Math.PI * x) ** 2 + Math.sin(Math.PI * y) ** 2;
    return -20 * Math.expm1(-0.2 * radius) - Math.E * Math.expm1(-ripple);
  },
  // The gradient at the tip of the cone, where it has none, is 0.
  gradient(x, y, g) {
    const tx = Math.tan(Math.PI * x);
    const ty = Math.tan(Math.PI * y);
    const qx = 1 / (1 + tx * tx);
    const qy = 1 / (1 + ty * ty);
    const radius = Math.sqrt((x * x + y * y) / 2);
    const cone = radius === 0 ? 0 : (2 * Math.exp(-0.2 * radius)) / radius;
    const wave = 2 * Math.PI * Math.exp(qx + qy - 1);
    g[0] = cone * x + wave * (tx * qx);
    g[1] = cone * y + wave * (ty * qy);
  },
};

/** @type {RaceSurface} */
const saddleSurface = {
  name: "saddle",
  title: "Saddle",
  domain: [[-2, 2], [-2, 2]],
  minima: [],
  start: [-1.6, 0.001],
  value: (x, y) => x * x - y * y,
  gradient(x, y, g) {
    g[0] = 2 * x;
    g[1] = -2 * y;
  },
};

/** @type {RaceSurface} */
const rosenbrockSurface = {
  name: "rosenbrock",
  title: "Rosenbrock",
  domain: [[-2, 2], [-1, 3]],
  minima: [[1, 1]],
  start: [-1.5, 2.5],
  value: (x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
  gradient(x, y, g) {
    const offValley = 200 * (y - x * x);
    g[0] = 2 * (x - 1) - 2 * x * offValley;
    g[1] = offValley;
  },
};

/** @type {RaceSurface} */
const bealeSurface = {
  name: "beale",
  title: "Beale",
  domain: [[-4.5, 4.5], [-4.5, 4.5]],
  minima: [[3, 0.5]],
  start: [1, 1.5],
  value(x, y) {
    const y2 = y * y;
    const r1 = 1.5 - x * (1 - y);
    const r2 = 2.25 - x * (1 - y2);
    const r3 = 2.625 - x * (1 - y2 * y);
    return r1 * r1 + r2 * r2 + r3 * r3;
  },
  gradient(x, y, g) {
    const y2 = y * y;
    const r1 = 1.5 - x * (1 - y);
    const r2 = 2.25 - x * (1 - y2);
    const r3 = 2.625 - x * (1 - y2 * y);
    g[0] = 2 * (r1 * (y - 1) + r2 * (y2 - 1) + r3 * (y2 * y - 1));
    g[1] = 2 * x * (r1 + 2 * y * r2 + 3 * y2 * r3);
  },
};

/** @type {RaceSurface} */
const bowlSurface = {
  name: "bowl",
  title: "Ill-conditioned bowl",
  domain: [[-4, 4], [-1.5, 1.5]],
  minima: [[0, 0]],
  start: [-3.6, 1.2],
  value: (x, y) => (x * x + 50 * y * y) / 2,
  gradient(x, y, g) {
    g[0] = x;
    g[1] = 50 * y;
  },
};

/** @type {RaceSurface} A bowl s in the middle of an almost flat shelf: s / (1 + s). */
const plateauSurface = {
  name: "plateau",
  title: "Plateau",
  domain: [[-6, 6], [-4, 4]],
  minima: [[0, 0]],
  start: [-5, 2.5],
  value(x, y) {
    const s = (x * x) / 4 + y * y;
    return s / (1 + s);
  },
  gradient(x, y, g) {
    const shrink = 1 / (1 + (x * x) / 4 + y * y) ** 2;
    g[0] = (shrink * x) / 2;
    g[1] = 2 * shrink * y;
  },
};

/** @type {RaceSurface[]} */
export const SURFACES = [
  ackleySurface, saddleSurface, rosenbrockSurface, bealeSurface, bowlSurface, plateauSurface,
];
