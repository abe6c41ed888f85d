// Trains a playground's network on its data: batches, epochs, and what the interface asks for.
// No DOM.

import { createWasmEngine } from "./accelerator.js";
import { featureValues } from "./data.js";
import { createGrid, drawMaps, meanLoss, reportSaturation } from "./evaluation.js";
import { createNetwork } from "./network.js";
import { createOptimizer } from "./optimizers.js";
import { createRandom, drawMask, shuffleInPlace } from "./random.js";
import { createWorkspace, trainStep } from "./step.js";

// Samples that are evaluated at once: enough to amortize the calls, few enough for the cache.
const EVALUATION_BLOCK = 128;

/**
 * What defines a training, with the keys of `playground(...)` in Python.
 * @typedef {import("./data.js").DataSettings & import("./network.js").NetworkSettings
 *   & import("./step.js").StepSettings & {optimizer: string, batch_size: number}} Settings
 *
 * What takes the steps of a training.
 * @typedef {object} Engine
 * @property {"plain" | "wasm"} name
 * @property {Int32Array} order in which the points are taken
 * @property {(from: number, to: number) => void} train on the samples order[from], ...,
 *   order[to - 1], batch after batch
 * @property {(next: Settings) => boolean} change takes rates, penalty and dropout, if it can
 * @property {() => void} store puts its parameters into the network's arrays
 * @property {() => void} load takes over what was changed in the network's arrays
 * @property {(layer: number) => number} gradientNorm of the weights in the last step
 *
 * How much gradient reaches a layer, and how much of it hardly learns.
 * @typedef {{gradientNorm: number, saturated: number, dead: number}} LayerReport
 *
 * @typedef {ReturnType<typeof createTrainer>} Trainer
 */

/**
 * @param {Settings} settings checked
 * @param {import("./data.js").Points} data
 * @param {{wasm?: boolean}} [options]
 */
export function createTrainer(settings, data, { wasm = true } = {}) {
  const network = createNetwork(settings);
  /** @type {(x1: Float64Array, x2: Float64Array) => Float64Array} */
  const featuresOf = (x1, x2) => {
    const columns = new Float64Array(x1.length * settings.features.length);
    settings.features.forEach((name, f) =>
      columns.set(featureValues(name, x1, x2), f * x1.length));
    return columns;
  };
  /** @type {(indices: Int32Array) => import("./evaluation.js").PointSet} */
  const select = (indices) => ({
    count: indices.length,
    inputs: featuresOf(Float64Array.from(indices, (i) => data.x1[i]),
      Float64Array.from(indices, (i) => data.x2[i])),
    targets: Float64Array.from(indices, (i) => data.target[i]),
  });
  const training = select(data.train);
  const testing = select(data.test);
  const evaluation = createWorkspace(network, EVALUATION_BLOCK);
  const batchSize = Math.min(settings.batch_size || training.count, training.count);
  const shuffling = createRandom(settings.seed, "shuffling");
  const engine = (wasm && createWasmEngine(network, training, batchSize, settings))
    || createPlainEngine(network, training, batchSize, settings);
  for (let i = 0; i < training.count; i++) engine.order[i] = i;
  engine.load();

  let position = training.count; // in the order of the present epoch; at its end a new one begins
  let [iteration, epoch] = [0, 0];
  let diverged = false;
  const changeWeights = () => {
    engine.load();
    checkWeights();
  };
  const checkWeights = () => {
    let sum = 0;
    for (let i = 0; i < network.parameters.length; i++) sum += network.parameters[i] * 0;
    diverged = sum !== 0; // 0 times an infinity, or times NaN, is NaN
  };

  /**
   * Trains up to `end` in the present epoch's order, or in the next one's.
   * @param {number} end
   */
  const trainUntil = (end) => {
    engine.train(position, end);
    iteration += Math.ceil((end - position) / batchSize);
    position = end;
    if (position >= training.count) epoch += 1;
  };
  const finishCall = () => {
    engine.store();
    checkWeights();
  };
  const beginEpoch = () => {
    if (position < training.count) return;
    shuffleInPlace(engine.order, shuffling.words);
    position = 0;
  };

  return {
    network,
    engine: engine.name,
    get iteration() { return iteration; },
    get epoch() { return epoch; },
    get diverged() { return diverged; },

    /**
     * Goes on with other rates, another penalty or other dropout: the optimizer keeps its memory,
     * and the batches their order.
     * @param {Settings} next
     * @returns {boolean} whether this is possible; else only a new trainer can take the settings
     */
    change(next) {
      if (next.optimizer !== settings.optimizer || next.batch_size !== settings.batch_size
        || !engine.change(next)) return false;
      settings = next;
      return true;
    },

    /** Trains on one batch; the last of an epoch may be smaller. */
    step() {
      if (diverged) return;
      beginEpoch();
      trainUntil(Math.min(position + batchSize, training.count));
      finishCall();
    },

    /**
     * Trains for whole epochs; an epoch that was begun by `step` counts as the first.
     * @param {number} epochs
     */
    run(epochs) {
      if (diverged) return;
      for (let e = 0; e < epochs; e++) {
        beginEpoch();
        trainUntil(training.count);
      }
      finishCall();
    },

    /** Mean losses in evaluation, without the penalty. */
    losses: () => ({
      train: meanLoss(network, evaluation, training, settings.problem),
      test: meanLoss(network, evaluation, testing, settings.problem),
    }),

    /** @param {number} n points per side */
    makeGrid: (n) => createGrid(n, featuresOf),
    /** @param {import("./evaluation.js").Grid} grid */
    maps: (grid) => drawMaps(network, evaluation, grid, settings.problem),

    /**
     * Of each layer: the norm of the last step's weight gradient (with the penalty's, as torch's
     * `weight.grad` has it; 0 before the first step), and how much of it hardly learns.
     * @returns {LayerReport[]}
     */
    layerReport() {
      const shares = reportSaturation(network, evaluation, training);
      return shares.map((share, l) => ({ gradientNorm: engine.gradientNorm(l), ...share }));
    },

    /**
     * @param {number} layer
     * @param {number} out unit of the layer
     * @param {number} input
     * @param {number} value
     */
    setWeight(layer, out, input, value) {
      const { weight, inputs } = network.layers[layer];
      weight[out * inputs + input] = value;
      changeWeights();
    },
    /**
     * @param {number} layer
     * @param {number} out unit of the layer
     * @param {number} value
     */
    setBias(layer, out, value) {
      network.layers[layer].bias[out] = value;
      changeWeights();
    },

    /**
     * All parameters and running statistics, flat. Layer after layer: weight (row by row), bias,
     * then gamma and beta where layers are normalized, then slope where they have PReLU; after the
     * last layer, again layer after layer where they are normalized: runningMean, runningVar.
     */
    weights: () => [...network.parameters, ...network.statistics],
    /** @param {number[]} values as `weights` gives them */
    loadWeights(values) {
      const { parameters, statistics } = network;
      if (values.length !== parameters.length + statistics.length) {
        throw new RangeError(
          `expected ${parameters.length + statistics.length} weights, not ${values.length}`);
      }
      for (let i = 0; i < parameters.length; i++) parameters[i] = values[i];
      for (let i = 0; i < statistics.length; i++) statistics[i] = values[parameters.length + i];
      changeWeights();
    },
  };
}

/**
 * Training in float64, with all settings.
 * @param {import("./network.js").Network} network
 * @param {import("./evaluation.js").PointSet} training
 * @param {number} batchSize
 * @param {Settings} settings
 * @returns {Engine}
 */
function createPlainEngine(network, training, batchSize, settings) {
  const work = createWorkspace(network, batchSize);
  const optimizer = createOptimizer(settings.optimizer, network.parameters.length);
  const dropping = createRandom(settings.seed, "dropout");
  const features = network.sizes[0];
  const order = new Int32Array(training.count);
  /** @type {(position: number, count: number) => void} */
  const trainBatch = (position, count) => {
    for (let f = 0; f < features; f++) {
      const column = f * training.count;
      for (let b = 0; b < count; b++) {
        work.inputs[f * count + b] = training.inputs[column + order[position + b]];
      }
    }
    for (let b = 0; b < count; b++) work.targets[b] = training.targets[order[position + b]];
    if (settings.dropout > 0) {
      for (let l = 0; l < network.layers.length - 1; l++) {
        const size = network.layers[l].outputs * count;
        drawMask(work.layers[l].mask, size, settings.dropout, dropping.words);
      }
    }
    trainStep(network, optimizer, work, count, settings);
  };
  return {
    name: "plain",
    order,
    train(from, to) {
      for (let at = from; at < to; at += batchSize) trainBatch(at, Math.min(batchSize, to - at));
    },
    change(next) {
      settings = next;
      return true;
    },
    // It works on the network's own arrays.
    store() {},
    load() {},
    gradientNorm(layer) {
      const { weight } = work.gradients[layer];
      let sum = 0;
      for (let i = 0; i < weight.length; i++) sum += weight[i] * weight[i];
      return Math.sqrt(sum);
    },
  };
}
