// The playground's activation functions, with torch's formulas and constants. No DOM.
//
// Each takes a whole layer at once: from z it writes the outputs a and the slopes s = da/dz of the
// first n entries. `slope` is PReLU's learned number.

import { expm1Fast, expFast } from "./exponential.js";

const LEAKY_SLOPE = 0.01;

/**
 * @typedef {(z: Float64Array, a: Float64Array, s: Float64Array, n: number, slope: number) => void}
 *   Activation
 */

/** @type {Activation} */
function activateSigmoid(z, a, s, n) {
  for (let i = 0; i < n; i++) {
    const y = 1 / (2 + expm1Fast(-z[i]));
    a[i] = y;
    s[i] = y * (1 - y);
  }
}

/** @type {Activation} */
function activateTanh(z, a, s, n) {
  for (let i = 0; i < n; i++) {
    const e = expm1Fast(2 * z[i]);
    const y = e / (e + 2);
    a[i] = y;
    s[i] = 1 - y * y;
  }
}

/** @type {Activation} */
function activateRelu(z, a, s, n) {
  for (let i = 0; i < n; i++) {
    const x = z[i];
    a[i] = Math.max(x, 0); // without a branch, which the processor would often predict wrongly
    s[i] = Number(x > 0);
  }
}

/** @type {Activation} */
function activateLeakyRelu(z, a, s, n) {
  activatePrelu(z, a, s, n, LEAKY_SLOPE);
}

/** @type {Activation} */
function activatePrelu(z, a, s, n, slope) {
  for (let i = 0; i < n; i++) {
    const x = z[i];
    const y = slope + (1 - slope) * Number(x > 0);
    a[i] = y * x;
    s[i] = y;
  }
}

/** @type {Activation} */
function activateElu(z, a, s, n) {
  for (let i = 0; i < n; i++) {
    const x = z[i];
    const e = expm1Fast(Math.min(x, 0));
    a[i] = Math.max(x, 0) + e;
    s[i] = e + 1;
  }
}

// erfc(u) exp(u^2) for 0 <= u <= 6 as a polynomial in v, which runs from -1 to 1 with
// 1 / (1 + 0.3 u); interpolated at Chebyshev's nodes, error of erfc below 2e-14.
const ERFC_SHRINK = 0.3;
const ERFC_MIDDLE = 19 / 28;
const ERFC_HALF = 9 / 28;
const DENSITY_SCALE = 1 / Math.sqrt(2 * Math.PI);

/** @type {Activation} x Φ(x), with the Gaussian's exact distribution function */
function activateGelu(z, a, s, n) {
  for (let i = 0; i < n; i++) {
    const x = z[i];
    const u = Math.abs(x) * Math.SQRT1_2;
    const bell = expFast(-u * u);
    const v = (1 / (1 + ERFC_SHRINK * u) - ERFC_MIDDLE) / ERFC_HALF;
    // The two halves of the polynomial run side by side in the processor.
    const w = v * v;
    const even = ((((((1.8632297108493786e-9 * w - 4.321075856756769e-8) * w
      + 1.1108428799779652e-6) * w - 3.645097102766837e-5) * w + 0.001075824566566996) * w
      + 0.031309602627211164) * w + 0.20491149436899478) * w + 0.3091267438131794;
    const odd = (((((-8.084083155718826e-9 * w + 2.0456276943702529e-7) * w
      - 3.6913807768860944e-6) * w - 1.115930280418636e-5) * w + 0.007611238374690029) * w
      + 0.09189009640546371) * w + 0.35412503552445224;
    const tail = 0.5 * bell * (even + odd * v);
    const positive = Number(x > 0);
    const below = positive + (1 - 2 * positive) * tail;
    a[i] = x * below;
    s[i] = below + x * (DENSITY_SCALE * bell);
  }
}

/** @type {Activation} x σ(x) */
function activateSwish(z, a, s, n) {
  for (let i = 0; i < n; i++) {
    const x = z[i];
    const y = 1 / (2 + expm1Fast(-x));
    a[i] = x * y;
    s[i] = y * (1 + x * (1 - y));
  }
}

/** @type {Activation} x tanh(log(1 + e^x)); the tanh is a fraction of powers of e^x */
function activateMish(z, a, s, n) {
  for (let i = 0; i < n; i++) {
    const x = z[i];
    const e = expFast(Math.min(x, 20)); // beyond, the fraction is 1 and the powers overflow
    const power = e * (e + 2);
    const y = power / (power + 2);
    a[i] = x * y;
    s[i] = y + (x * (e / (1 + e))) * (1 - y * y);
  }
}

/** @type {Activation} */
function activateLinear(z, a, s, n) {
  for (let i = 0; i < n; i++) {
    a[i] = z[i];
    s[i] = 1;
  }
}

/** @type {Record<string, Activation>} */
export const ACTIVATIONS = {
  sigmoid: activateSigmoid,
  tanh: activateTanh,
  relu: activateRelu,
  leaky_relu: activateLeakyRelu,
  prelu: activatePrelu,
  elu: activateElu,
  gelu: activateGelu,
  swish: activateSwish,
  mish: activateMish,
  linear: activateLinear,
};
