// The playground's data: 500 points in [-6, 6]^2 with a label (0 or 1) or a target in [-1, 1].
// No DOM.

import { createRandom, shuffleInPlace } from "./random.js";

export const POINTS = 500;
export const DOMAIN = 6;

/** What the network can be given, in the order in which it is shown. */
export const FEATURES = ["x1", "x2", "x1_squared", "x2_squared", "x1x2", "sin_x1", "sin_x2"];

/** @type {Record<string, (x1: number, x2: number) => number>} */
const FEATURE_FORMULAS = {
  x1: (x1) => x1,
  x2: (x1, x2) => x2,
  x1_squared: (x1) => x1 * x1,
  x2_squared: (x1, x2) => x2 * x2,
  x1x2: (x1, x2) => x1 * x2,
  sin_x1: (x1) => Math.sin(x1),
  sin_x2: (x1, x2) => Math.sin(x2),
};

/**
 * One feature of every point.
 * @param {string} name one of FEATURES
 * @param {ArrayLike<number>} x1
 * @param {ArrayLike<number>} x2
 * @returns {Float64Array}
 */
export function featureValues(name, x1, x2) {
  return Float64Array.from(x1, (value, i) => FEATURE_FORMULAS[name](value, x2[i]));
}

// Centers and signs of the bumps of "gaussians".
const BUMPS = [
  [-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1],
];
const BUMP_WIDTH = 1;

/**
 * What decides which points there are.
 * @typedef {object} DataSettings
 * @property {string} problem classification or regression
 * @property {string} data one of DATA_SETS[problem]
 * @property {number} noise in percent
 * @property {number} train_share in percent
 * @property {number} seed
 *
 * @typedef {object} Points
 * @property {Float64Array} x1
 * @property {Float64Array} x2
 * @property {Float64Array} target
 * @property {Int32Array} train indices of points
 * @property {Int32Array} test indices of the others
 */

/**
 * A drawer sets one point without noise: [x1, x2, target, displacement at 100 % noise].
 * The first half of the points has label 1, so that the classes are equally large.
 * @type {Record<string, (random: import("./random.js").SeededRandom, i: number) =>
 *   [number, number, number, number]>}
 */
const CLASSIFICATION_DATA = {
  circle(random, i) {
    const label = i < POINTS / 2 ? 1 : 0;
    // The square root spreads the points evenly over the disk, and over the ring.
    const [inner, outer] = label ? [0, 2.5] : [3.5, 5];
    const share = random.uniform();
    const radius = Math.sqrt(inner * inner + share * (outer * outer - inner * inner));
    const angle = 2 * Math.PI * random.uniform();
    return [radius * Math.cos(angle), radius * Math.sin(angle), label, 3];
  },
  xor(random, i) {
    const label = i < POINTS / 2 ? 1 : 0;
    // A gap along the axes keeps the clean classes apart.
    const size1 = 0.3 + 4.7 * random.uniform();
    const size2 = 0.3 + 4.7 * random.uniform();
    const sign = random.uniform() < 0.5 ? -1 : 1;
    return [sign * size1, (label ? sign : -sign) * size2, label, 3];
  },
  gaussian(random, i) {
    const label = i < POINTS / 2 ? 1 : 0;
    const center = label ? 2 : -2;
    return [center + 0.7 * random.normal(), center + 0.7 * random.normal(), label, 4];
  },
  spiral(random, i) {
    const label = i < POINTS / 2 ? 1 : 0;
    const along = ((i % (POINTS / 2)) + random.uniform()) / (POINTS / 2);
    const angle = 3.5 * Math.PI * along + (label ? 0 : Math.PI);
    return [5 * along * Math.sin(angle), 5 * along * Math.cos(angle), label, 1.5];
  },
};

/** @type {Record<string, (x1: number, x2: number) => number>} the target without noise */
const REGRESSION_DATA = {
  plane: (x1, x2) => (x1 + x2) / (2 * DOMAIN),
  gaussians: (x1, x2) => {
    let sum = 0;
    for (const [center1, center2, sign] of BUMPS) {
      const distance = (x1 - center1) ** 2 + (x2 - center2) ** 2;
      sum += sign * Math.exp(-distance / (2 * BUMP_WIDTH * BUMP_WIDTH));
    }
    return sum;
  },
};

/** @type {Record<string, string[]>} the data sets of each problem */
export const DATA_SETS = {
  classification: Object.keys(CLASSIFICATION_DATA),
  regression: Object.keys(REGRESSION_DATA),
};

/**
 * Draws the points. Noise displaces the points of a classification, and the targets of a
 * regression; more noise displaces the same points further in the same directions, and another
 * share of training points moves only as many as it must.
 * @param {DataSettings} settings
 * @returns {Points}
 */
export function makeData({ problem, data, noise, train_share, seed }) {
  const random = createRandom(seed, "data");
  const shaking = createRandom(seed, "noise");
  const [x1, x2, target] = [0, 0, 0].map(() => new Float64Array(POINTS));
  for (let i = 0; i < POINTS; i++) {
    const [shift1, shift2] = [shaking.normal(), shaking.normal()];
    if (problem === "classification") {
      const [clean1, clean2, label, reach] = CLASSIFICATION_DATA[data](random, i);
      x1[i] = reflectIntoDomain(clean1 + (noise / 100) * reach * shift1);
      x2[i] = reflectIntoDomain(clean2 + (noise / 100) * reach * shift2);
      target[i] = label;
    } else {
      x1[i] = DOMAIN * (2 * random.uniform() - 1);
      x2[i] = DOMAIN * (2 * random.uniform() - 1);
      const noisy = REGRESSION_DATA[data](x1[i], x2[i]) + (noise / 100) * shift1;
      target[i] = Math.max(-1, Math.min(1, noisy));
    }
  }
  const order = Int32Array.from({ length: POINTS }, (_, i) => i);
  shuffleInPlace(order, createRandom(seed, "split").words);
  const share = Math.round((POINTS * train_share) / 100);
  return { x1, x2, target, train: order.slice(0, share), test: order.slice(share) };
}

/**
 * Folds a number back at the domain's border: clipping would pile points up there.
 * @param {number} value
 * @returns {number}
 */
function reflectIntoDomain(value) {
  let inside = value;
  while (Math.abs(inside) > DOMAIN) inside = Math.sign(inside) * 2 * DOMAIN - inside;
  return inside;
}
