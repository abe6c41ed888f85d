// The exponential function for loops over many numbers. No DOM.
//
// Math.exp, Math.tanh and their like are calls out of the compiled loop; these are compiled into
// it. Their errors are below 2e-14 of the result.

// x = k log(2) / 64 + r with |r| <= log(2) / 128; the high part of the logarithm times k is exact.
const STEPS = 64 * Math.LOG2E;
const LOG2_HIGH = 0.693147180369123816490 / 64;
const LOG2_LOW = 1.90821492927058770002e-10 / 64;

// The smallest is 0: there the function underflows.
const POWERS = Float64Array.from({ length: 2046 }, (_, i) => (i === 0 ? 0 : 2 ** (i - 1022)));
const ROOTS = Float64Array.from({ length: 64 }, (_, i) => 2 ** (i / 64));

/**
 * e^x - 1, also accurate near 0. Beyond +-708 it stays what it is there.
 * @param {number} x
 * @returns {number}
 */
export function expm1Fast(x) {
  const inside = Math.max(-708, Math.min(708, x));
  const k = Math.floor(inside * STEPS + 0.5);
  const r = inside - k * LOG2_HIGH - k * LOG2_LOW;
  const power = ROOTS[k & 63] * POWERS[(k >> 6) + 1022];
  const q = r * r;
  const series = r + q * (1 / 2 + r * (1 / 6) + q * (1 / 24 + r * (1 / 120)));
  return power * series + (power - 1);
}

/**
 * e^x, also accurate where it is tiny. Beyond 708 it stays the same; below -708 it is 0.
 * @param {number} x
 * @returns {number}
 */
export function expFast(x) {
  const inside = Math.max(-708, Math.min(708, x));
  const k = Math.floor(inside * STEPS + 0.5);
  const r = inside - k * LOG2_HIGH - k * LOG2_LOW;
  const power = ROOTS[k & 63] * POWERS[(k >> 6) + 1022];
  const q = r * r;
  const series = r + q * (1 / 2 + r * (1 / 6) + q * (1 / 24 + r * (1 / 120)));
  return power * series + power;
}
