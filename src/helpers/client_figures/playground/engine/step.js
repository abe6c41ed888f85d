// One training step of the playground's plain engine, and evaluation. No DOM: the parity test
// runs `trainOnce` against torch, step by step from the same state.
//
// Nothing is allocated in a step: a workspace holds what passes through the layers.

import { ACTIVATIONS } from "./activations.js";
import { expm1Fast } from "./exponential.js";
import { planLayers } from "./network.js";
import { normalizeBackward, normalizeBatch } from "./normalization.js";
import { applyOptimizer } from "./optimizers.js";
import { multiply, sumOverBatch } from "./products.js";

/**
 * What decides a step.
 * @typedef {object} StepSettings
 * @property {string} problem classification or regression
 * @property {number} learning_rate
 * @property {string} regularization none, l1 or l2
 * @property {number} regularization_rate
 * @property {number} dropout the share of hidden units that is switched off
 */

/**
 * What passes through a layer, unit by unit. `standardized` and `scale` are empty where nothing is
 * normalized.
 * @typedef {object} LayerRoom
 * @property {Float64Array} z before the activation
 * @property {Float64Array} a after it, and after dropout
 * @property {Float64Array} s the activation's slope
 * @property {Float64Array} delta the loss's gradient
 * @property {Float64Array} mask of dropout: 0 or 1 / (1 - rate)
 * @property {Float64Array} standardized
 * @property {Float64Array} scale
 *
 * @typedef {object} Workspace
 * @property {number} capacity the most samples of a batch
 * @property {Float64Array} inputs feature by feature
 * @property {Float64Array} targets
 * @property {Float64Array} gradient of all parameters
 * @property {import("./network.js").Layer[]} gradients views of the layers into it
 * @property {LayerRoom[]} layers
 */

/**
 * Room for batches of at most `capacity` samples, stored unit by unit without gaps.
 * @param {import("./network.js").Network} network
 * @param {number} capacity
 * @returns {Workspace}
 */
export function createWorkspace(network, capacity) {
  const normalized = network.layers[0].gamma.length > 0;
  /** @param {number} units */
  const room = (units) => new Float64Array(units * capacity);
  const gradient = new Float64Array(network.parameters.length);
  const plan = planLayers(network.sizes, network.activation, normalized);
  return {
    capacity,
    inputs: room(network.sizes[0]),
    targets: room(1),
    gradient,
    gradients: plan.bind(gradient),
    layers: network.layers.map(({ outputs }) => ({
      z: room(outputs),
      a: room(outputs),
      s: room(outputs),
      delta: room(outputs),
      mask: room(outputs),
      standardized: room(normalized ? outputs : 0),
      scale: new Float64Array(normalized ? outputs : 0),
    })),
  };
}

/**
 * Computes all units' outputs for the first `count` samples of the workspace. Where masks apply,
 * they are the workspace's own.
 * @param {import("./network.js").Network} network
 * @param {Workspace} work
 * @param {number} count
 * @param {boolean} training
 * @param {boolean} masked
 */
export function forwardBatch(network, work, count, training, masked) {
  const activate = ACTIVATIONS[network.activation];
  let source = work.inputs;
  const last = network.layers.length - 1;
  for (let l = 0; l <= last; l++) {
    const layer = network.layers[l];
    const { z, a, s, mask, standardized, scale } = work.layers[l];
    const { weight, bias, inputs, outputs } = layer;
    multiply(weight, inputs, 1, source, count, 1, bias, z, outputs, inputs, count);
    if (l === last) break;
    if (layer.gamma.length > 0) normalizeBatch(z, standardized, scale, layer, count, training);
    const slope = layer.slope.length > 0 ? layer.slope[0] : 0;
    activate(z, a, s, outputs * count, slope);
    if (masked) for (let i = 0; i < outputs * count; i++) a[i] *= mask[i];
    source = a;
  }
}

/**
 * The gradient of the mean loss with respect to the output, from its value z.
 * @param {string} problem
 * @param {Float64Array} z
 * @param {Float64Array} targets
 * @param {Float64Array} delta receives it
 * @param {number} count of samples
 */
function outputDelta(problem, z, targets, delta, count) {
  if (problem === "classification") {
    for (let b = 0; b < count; b++) {
      delta[b] = (1 / (2 + expm1Fast(-z[b])) - targets[b]) / count;
    }
  } else {
    for (let b = 0; b < count; b++) delta[b] = (z[b] - targets[b]) / count;
  }
}

/**
 * Computes the gradient of all parameters after `forwardBatch`, without the penalty.
 * @param {import("./network.js").Network} network
 * @param {Workspace} work
 * @param {number} count
 * @param {string} problem
 * @param {boolean} masked
 */
function backwardBatch(network, work, count, problem, masked) {
  const last = network.layers.length - 1;
  outputDelta(problem, work.layers[last].z, work.targets, work.layers[last].delta, count);
  for (let l = last; l >= 0; l--) {
    const layer = network.layers[l];
    const gradient = work.gradients[l];
    const { z, s, delta, mask, standardized, scale } = work.layers[l];
    const { weight, inputs, outputs } = layer;
    if (l < last) {
      const size = outputs * count;
      if (masked) for (let i = 0; i < size; i++) delta[i] *= mask[i];
      if (layer.slope.length > 0) gradient.slope[0] = passSlope(delta, z, s, size);
      else for (let i = 0; i < size; i++) delta[i] *= s[i];
      if (layer.gamma.length > 0) {
        normalizeBackward(delta, standardized, scale, layer, gradient, count);
      }
    }
    const source = l > 0 ? work.layers[l - 1].a : work.inputs;
    multiply(delta, count, 1, source, 1, count, null, gradient.weight, outputs, count, inputs);
    // Normalization takes every constant away again: the bias has no gradient, and what rounding
    // leaves in its place would become steps where an optimizer divides by the gradient's size.
    if (l < last && layer.gamma.length > 0 && count > 1) gradient.bias.fill(0);
    else sumOverBatch(delta, gradient.bias, count);
    if (l > 0) {
      const below = work.layers[l - 1].delta;
      multiply(weight, 1, inputs, delta, count, 1, null, below, inputs, outputs, count);
    }
  }
}

/**
 * The gradient of PReLU's slope, which multiplies the negative part of z; passes delta on.
 * @param {Float64Array} delta changed in place
 * @param {Float64Array} z
 * @param {Float64Array} s
 * @param {number} size
 */
function passSlope(delta, z, s, size) {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const d = delta[i];
    sum += d * Math.min(z[i], 0);
    delta[i] = d * s[i];
  }
  return sum;
}

/**
 * Adds the gradient of the penalty: rate * sum |w|, or rate / 2 * sum w^2; weights only.
 * @param {import("./network.js").Network} network
 * @param {Workspace} work
 * @param {StepSettings} settings
 */
function addPenalty(network, work, { regularization, regularization_rate: rate }) {
  if (regularization === "none" || rate === 0) return;
  for (let l = 0; l < network.layers.length; l++) {
    const { weight } = network.layers[l];
    const gradient = work.gradients[l].weight;
    if (regularization === "l2") {
      for (let i = 0; i < weight.length; i++) gradient[i] += rate * weight[i];
    } else {
      for (let i = 0; i < weight.length; i++) gradient[i] += rate * Math.sign(weight[i]);
    }
  }
}

/**
 * One step on the first `count` samples of the workspace.
 * @param {import("./network.js").Network} network changed in place
 * @param {import("./optimizers.js").OptimizerState} optimizer changed in place
 * @param {Workspace} work with `inputs`, `targets` and, where dropout is on, each hidden layer's
 *   `mask`
 * @param {number} count
 * @param {StepSettings} settings
 */
export function trainStep(network, optimizer, work, count, settings) {
  const masked = settings.dropout > 0;
  forwardBatch(network, work, count, true, masked);
  backwardBatch(network, work, count, settings.problem, masked);
  addPenalty(network, work, settings);
  applyOptimizer(optimizer, network.parameters, work.gradient, settings.learning_rate);
}

/**
 * `trainStep` with everything handed over.
 * @param {import("./network.js").Network} network changed in place
 * @param {import("./optimizers.js").OptimizerState} optimizer changed in place
 * @param {Float64Array} inputs (features * samples), feature by feature
 * @param {Float64Array} targets (samples)
 * @param {Float64Array[] | null} masks one per hidden layer (units * samples), unit by unit
 * @param {StepSettings} settings
 * @returns {Workspace} with the gradient that was applied
 */
export function trainOnce(network, optimizer, inputs, targets, masks, settings) {
  const work = createWorkspace(network, targets.length);
  work.inputs.set(inputs);
  work.targets.set(targets);
  masks?.forEach((mask, l) => work.layers[l].mask.set(mask));
  const rate = masks ? settings.dropout : 0;
  trainStep(network, optimizer, work, targets.length, { ...settings, dropout: rate });
  return work;
}

/**
 * The losses without the penalty: binary cross-entropy with logits, or half the squared error.
 * @param {string} problem
 * @param {Float64Array} z the outputs
 * @param {Float64Array} targets
 * @param {number} start where the outputs' targets begin
 * @param {number} count of samples
 * @returns {number} the sum over the samples
 */
export function sumOfLosses(problem, z, targets, start, count) {
  let sum = 0;
  for (let b = 0; b < count; b++) {
    const y = targets[start + b];
    if (problem === "classification") {
      // log(1 + e^z) - y z, written so that no power overflows
      sum += Math.max(z[b], 0) - z[b] * y + Math.log1p(Math.exp(-Math.abs(z[b])));
    } else sum += (z[b] - y) ** 2 / 2;
  }
  return sum;
}
