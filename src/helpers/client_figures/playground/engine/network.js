// The playground's network: its parameters in one flat array, and their first values. No DOM.

import { createRandom } from "./random.js";

const SYMMETRIC_WEIGHT = 0.5; // every weight of the "symmetric" start
const SMALL_DEVIATION = 0.01;
const PRELU_START = 0.25;

/**
 * A layer's arrays are views into the network's flat ones. `gamma`, `beta`, `runningMean` and
 * `runningVar` are null in layers that are not normalized, `slope` in layers without PReLU.
 * @typedef {object} PlaygroundLayer
 * @property {number} inputs
 * @property {number} outputs
 * @property {Float64Array} weight (outputs * inputs), row by row
 * @property {Float64Array} bias (outputs)
 * @property {Float64Array | null} gamma (outputs)
 * @property {Float64Array | null} beta (outputs)
 * @property {Float64Array | null} slope (1)
 * @property {Float64Array | null} runningMean (outputs)
 * @property {Float64Array | null} runningVar (outputs)
 *
 * `parameters` holds, layer after layer: weight, bias, gamma, beta, slope, as far as they exist.
 * `statistics` holds, layer after layer: runningMean, runningVar.
 * @typedef {object} PlaygroundNetwork
 * @property {number[]} sizes inputs, hidden layers, 1
 * @property {string} activation of the hidden layers; the output is linear
 * @property {Float64Array} parameters
 * @property {Float64Array} statistics
 * @property {PlaygroundLayer[]} layers
 */

/**
 * A network before its first step.
 * @param {{features: string[], hidden: number[], activation: string, initialization: string,
 *   batch_normalization: boolean, seed: number}} settings
 * @returns {PlaygroundNetwork}
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
    layer.gamma?.fill(1);
    layer.slope?.fill(PRELU_START);
    layer.runningVar?.fill(1);
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
  const places = [];
  let parameterCount = 0;
  let statisticCount = 0;
  for (let i = 1; i < sizes.length; i++) {
    const [inputs, outputs] = [sizes[i - 1], sizes[i]];
    const hidden = i < sizes.length - 1;
    const place = { inputs, outputs, parts: {} };
    const take = (name, length) => {
      place.parts[name] = [parameterCount, parameterCount + length];
      parameterCount += length;
    };
    take("weight", inputs * outputs);
    take("bias", outputs);
    if (hidden && normalized) {
      take("gamma", outputs);
      take("beta", outputs);
      place.statistics = statisticCount;
      statisticCount += 2 * outputs;
    }
    if (hidden && activation === "prelu") take("slope", 1);
    places.push(place);
  }

  /** Views of the layers into flat arrays; `statistics` may be left out (for gradients). */
  const bind = (parameters, statistics = null) =>
    places.map(({ inputs, outputs, parts, statistics: start }) => {
      const view = (name) => (parts[name] ? parameters.subarray(...parts[name]) : null);
      const kept = (from) => statistics.subarray(from, from + outputs);
      const hasStatistics = start !== undefined && statistics !== null;
      return {
        inputs,
        outputs,
        weight: view("weight"),
        bias: view("bias"),
        gamma: view("gamma"),
        beta: view("beta"),
        slope: view("slope"),
        runningMean: hasStatistics ? kept(start) : null,
        runningVar: hasStatistics ? kept(start + outputs) : null,
      };
    });
  return { parameterCount, statisticCount, bind };
}

/** Normal forms of Xavier and Kaiming; biases stay 0. */
function fillWeights({ weight, inputs, outputs }, initialization, random) {
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
