// The playground's network: its parameters in one flat array, and their first values. No DOM.

import { createRandom } from "./random.js";

const SYMMETRIC_WEIGHT = 0.5; // every weight of the "symmetric" start
const SMALL_DEVIATION = 0.01;
const PRELU_START = 0.25;

/**
 * A layer's arrays are views into the network's flat ones. `gamma`, `beta`, `runningMean` and
 * `runningVar` are empty in layers that are not normalized, `slope` in layers without PReLU.
 * @typedef {object} Layer
 * @property {number} inputs
 * @property {number} outputs
 * @property {Float64Array} weight (outputs * inputs), row by row
 * @property {Float64Array} bias (outputs)
 * @property {Float64Array} gamma (outputs)
 * @property {Float64Array} beta (outputs)
 * @property {Float64Array} slope (1)
 * @property {Float64Array} runningMean (outputs)
 * @property {Float64Array} runningVar (outputs)
 *
 * `parameters` holds, layer after layer: weight, bias, gamma, beta, slope, as far as they exist.
 * `statistics` holds, layer after layer: runningMean, runningVar.
 * @typedef {object} Network
 * @property {number[]} sizes inputs, hidden layers, 1
 * @property {string} activation of the hidden layers; the output is linear
 * @property {Float64Array} parameters
 * @property {Float64Array} statistics
 * @property {Layer[]} layers
 */

/**
 * What decides how a network begins.
 * @typedef {object} NetworkSettings
 * @property {string[]} features names as in data.js
 * @property {number[]} hidden units of each hidden layer
 * @property {string} activation a key of ACTIVATIONS
 * @property {string} initialization
 * @property {boolean} batch_normalization
 * @property {number} seed
 */

/**
 * A network before its first step.
 * @param {NetworkSettings} settings
 * @returns {Network}
 */
export function createNetwork(settings) {
  const { features, hidden, activation, initialization, seed } = settings;
  const sizes = [features.length, ...hidden, 1];
  const plan = planLayers(sizes, activation, settings.batch_normalization);
  const parameters = new Float64Array(plan.parameterCount);
  const statistics = new Float64Array(plan.statisticCount);
  const layers = plan.bind(parameters, statistics);
  const random = createRandom(seed, "initialization");
  for (const layer of layers) {
    fillWeights(layer, initialization, random);
    layer.gamma.fill(1);
    layer.slope.fill(PRELU_START);
    layer.runningVar.fill(1);
  }
  return { sizes, activation, parameters, statistics, layers };
}

/**
 * Where each layer's parameters lie in the flat arrays.
 * @param {number[]} sizes
 * @param {string} activation
 * @param {boolean} normalized
 */
export function planLayers(sizes, activation, normalized) {
  let parameterCount = 0;
  let statisticCount = 0;
  /** @type {(length: number) => [number, number]} */
  const take = (length) => {
    parameterCount += length;
    return [parameterCount - length, parameterCount];
  };
  /** @type {(length: number) => [number, number]} */
  const keep = (length) => {
    statisticCount += length;
    return [statisticCount - length, statisticCount];
  };
  const places = sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i];
    const hidden = i < sizes.length - 2;
    const scaled = hidden && normalized ? outputs : 0;
    return {
      inputs,
      outputs,
      weight: take(inputs * outputs),
      bias: take(outputs),
      gamma: take(scaled),
      beta: take(scaled),
      slope: take(hidden && activation === "prelu" ? 1 : 0),
      runningMean: keep(scaled),
      runningVar: keep(scaled),
    };
  });

  /**
   * Views of the layers into flat arrays.
   * @param {Float64Array} parameters
   * @param {Float64Array} [statistics] left out for gradients
   * @returns {Layer[]}
   */
  const bind = (parameters, statistics = new Float64Array(0)) => places.map((place) => ({
    inputs: place.inputs,
    outputs: place.outputs,
    weight: parameters.subarray(...place.weight),
    bias: parameters.subarray(...place.bias),
    gamma: parameters.subarray(...place.gamma),
    beta: parameters.subarray(...place.beta),
    slope: parameters.subarray(...place.slope),
    runningMean: statistics.subarray(...place.runningMean),
    runningVar: statistics.subarray(...place.runningVar),
  }));
  return { parameterCount, statisticCount, bind };
}

/**
 * Normal forms of Xavier and Kaiming; biases stay 0.
 * @param {Layer} layer
 * @param {string} initialization
 * @param {import("./random.js").SeededRandom} random
 */
function fillWeights({ weight, inputs, outputs }, initialization, random) {
  /** @type {Record<string, () => number>} */
  const draws = {
    zero: () => 0,
    symmetric: () => SYMMETRIC_WEIGHT,
    small: () => SMALL_DEVIATION * random.normal(),
    xavier: () => Math.sqrt(2 / (inputs + outputs)) * random.normal(),
    kaiming: () => Math.sqrt(2 / inputs) * random.normal(),
    uniform: () => random.uniform() - 0.5,
  };
  for (let i = 0; i < weight.length; i++) weight[i] = draws[initialization]();
}
