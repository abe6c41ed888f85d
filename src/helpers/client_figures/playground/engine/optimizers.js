// The playground's optimizers, with torch's formulas and defaults. No DOM.
//
// They see all parameters as one flat array, and keep torch's names for their state and torch's
// order of operations.

const MOMENTUM = 0.9;
const DECAY = 0.01; // AdamW's weight_decay, of every parameter, as torch has it
const ADAGRAD_EPSILON = 1e-10;
const RMSPROP_SMOOTHING = 0.99;
const RMSPROP_EPSILON = 1e-8;
const ADAM_FIRST = 0.9;
const ADAM_SECOND = 0.999;
const ADAM_EPSILON = 1e-8;

/**
 * The memory of an optimizer: the number of its steps, and arrays with one entry per parameter.
 * @typedef {{name: string, step: number, arrays: Record<string, Float64Array>}} OptimizerState
 *
 * Changes the parameters in place, given their gradient.
 * @typedef {(parameters: Float64Array, gradient: Float64Array, state: OptimizerState,
 *   learningRate: number) => void} OptimizerStep
 */

/** @type {OptimizerStep} */
function stepSgd(parameters, gradient, state, learningRate) {
  for (let i = 0; i < parameters.length; i++) parameters[i] -= learningRate * gradient[i];
}

/** @type {OptimizerStep} (torch starts with b = g: the same as b = 0 here.) */
function stepMomentum(parameters, gradient, state, learningRate) {
  const buffer = state.arrays.momentum_buffer;
  for (let i = 0; i < parameters.length; i++) {
    const moved = MOMENTUM * buffer[i] + gradient[i];
    buffer[i] = moved;
    parameters[i] -= learningRate * moved;
  }
}

/** @type {OptimizerStep} */
function stepNesterov(parameters, gradient, state, learningRate) {
  const buffer = state.arrays.momentum_buffer;
  for (let i = 0; i < parameters.length; i++) {
    const moved = MOMENTUM * buffer[i] + gradient[i];
    buffer[i] = moved;
    parameters[i] -= learningRate * (gradient[i] + MOMENTUM * moved);
  }
}

/** @type {OptimizerStep} */
function stepAdagrad(parameters, gradient, state, learningRate) {
  const { sum } = state.arrays;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i];
    const total = sum[i] + g * g;
    sum[i] = total;
    parameters[i] -= (learningRate * g) / (Math.sqrt(total) + ADAGRAD_EPSILON);
  }
}

/** @type {OptimizerStep} */
function stepRmsprop(parameters, gradient, state, learningRate) {
  const { square_avg } = state.arrays;
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i];
    const average = RMSPROP_SMOOTHING * square_avg[i] + (1 - RMSPROP_SMOOTHING) * g * g;
    square_avg[i] = average;
    parameters[i] -= (learningRate * g) / (Math.sqrt(average) + RMSPROP_EPSILON);
  }
}

/** @type {OptimizerStep} */
function stepAdam(parameters, gradient, state, learningRate) {
  const { exp_avg, exp_avg_sq } = state.arrays;
  const stepSize = learningRate / (1 - ADAM_FIRST ** state.step);
  const correction = Math.sqrt(1 - ADAM_SECOND ** state.step);
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i];
    const first = exp_avg[i] + (1 - ADAM_FIRST) * (g - exp_avg[i]);
    const second = ADAM_SECOND * exp_avg_sq[i] + (1 - ADAM_SECOND) * g * g;
    exp_avg[i] = first;
    exp_avg_sq[i] = second;
    parameters[i] -= (stepSize * first) / (Math.sqrt(second) / correction + ADAM_EPSILON);
  }
}

/** @type {OptimizerStep} */
function stepAdamW(parameters, gradient, state, learningRate) {
  for (let i = 0; i < parameters.length; i++) parameters[i] *= 1 - learningRate * DECAY;
  stepAdam(parameters, gradient, state, learningRate);
}

/** @type {Record<string, {arrays: string[], apply: OptimizerStep}>} */
export const OPTIMIZERS = {
  sgd: { arrays: [], apply: stepSgd },
  momentum: { arrays: ["momentum_buffer"], apply: stepMomentum },
  nesterov: { arrays: ["momentum_buffer"], apply: stepNesterov },
  adagrad: { arrays: ["sum"], apply: stepAdagrad },
  rmsprop: { arrays: ["square_avg"], apply: stepRmsprop },
  adam: { arrays: ["exp_avg", "exp_avg_sq"], apply: stepAdam },
  adamw: { arrays: ["exp_avg", "exp_avg_sq"], apply: stepAdamW },
};

/**
 * The state of an optimizer before its first step.
 * @param {string} name a key of OPTIMIZERS
 * @param {number} count of parameters
 * @returns {OptimizerState}
 */
export function createOptimizer(name, count) {
  /** @type {Record<string, Float64Array>} */
  const arrays = {};
  for (const key of OPTIMIZERS[name].arrays) arrays[key] = new Float64Array(count);
  return { name, step: 0, arrays };
}

/**
 * One step of the optimizer.
 * @param {OptimizerState} state
 * @param {Float64Array} parameters changed in place
 * @param {Float64Array} gradient
 * @param {number} learningRate
 */
export function applyOptimizer(state, parameters, gradient, learningRate) {
  state.step += 1;
  OPTIMIZERS[state.name].apply(parameters, gradient, state, learningRate);
}
