// The training of one lane: its trainer, what has been measured of it, and the maps' grids.

import { featureValues, makeData } from "../engine/data.js";
import { createHistory } from "./losses.js";
import { FEATURE_NAMES, changeOf, sameJson } from "./state.js";
import { createTrainer } from "../engine/trainer.js";

// Points per side: of the small maps, and of the large one. The browser smooths both.
const SMALL_GRID = 22;
const LARGE_GRID = 60;

/**
 * A square grid of points, with the maps of the features on it, row by row from the top.
 * @typedef {{points: import("../engine/evaluation.js").Grid, features: Float64Array[]}} MapGrid
 *
 * @typedef {import("./state.js").Settings} Settings
 * @typedef {import("../engine/data.js").Points} Points
 */

/**
 * @param {number} n points per side
 * @returns {Float64Array[]} the features' maps
 */
function featureMaps(n) {
  /** @param {number} k */
  const place = k => -6 + (12 * (k + 0.5)) / n;
  const x1 = Float64Array.from({ length: n * n }, (_, i) => place(i % n));
  const x2 = Float64Array.from({ length: n * n }, (_, i) => -place(Math.floor(i / n)));
  return FEATURE_NAMES.map(([key]) => featureValues(key, x1, x2));
}

/** @returns {(settings: Settings) => Points} the points, one object while they are the same */
export function rememberPoints() {
  /** @type {{source: import("../engine/data.js").DataSettings, points: Points} | null} */
  let last = null;
  return ({ problem, data, noise, train_share, seed }) => {
    const source = { problem, data, noise, train_share, seed };
    if (!last || !sameJson(last.source, source)) last = { source, points: makeData(source) };
    return last.points;
  };
}

/**
 * A trainer with what belongs to it.
 * @typedef {object} Run
 * @property {Settings} settings
 * @property {Points} data
 * @property {import("../engine/trainer.js").Trainer} trainer
 * @property {{small: MapGrid, large: MapGrid}} grids
 */

/** It begins with the first `update`. */
export function createTraining() {
  const log = createHistory();
  /** @type {{small: Float64Array[], large: Float64Array[]} | null} */
  let features = null;
  let losses = { train: NaN, test: NaN };
  let epochsBefore = 0; // of trainers that this one continues
  let iterationsBefore = 0;
  /** @type {number[]} of their last gradient */
  let norms = [];
  /** @type {Run | null} */
  let run = null;
  const now = () => {
    if (!run) throw new Error("there are no settings yet");
    return run;
  };
  const training = {
    get settings() { return now().settings; },
    get data() { return now().data; },
    get trainer() { return now().trainer; },
    get grids() { return now().grids; },
    get losses() { return losses; },
    get history() { return log.lists; },
    get epoch() { return epochsBefore + now().trainer.epoch; },
    get iteration() { return iterationsBefore + now().trainer.iteration; },

    /**
     * Takes settings; what does not need a new start keeps the weights.
     * @param {Settings} settings
     * @param {Points} data
     * @param {number[] | null} weights to begin with, if they fit the network
     */
    update(settings, data, weights) {
      const change = run?.data === data ? changeOf(run.settings, settings) : "restart";
      if (!run || change === "restart") start(settings, data, weights);
      else if (change === "soft" && !run.trainer.change(settings)) goOn(run, settings);
      else run.settings = settings;
      return change;
    },

    /** @param {number[] | null} weights to begin with, if they fit the network */
    restart(weights) {
      start(now().settings, now().data, weights);
    },
    /** @param {number} epochs */
    run(epochs) {
      now().trainer.run(epochs);
    },
    step() {
      now().trainer.step();
      measure();
    },
    epochOnce() {
      training.run(1);
      measure();
    },
    /**
     * @param {number} layer
     * @param {number} out unit of the layer
     * @param {number} input -1 for the bias
     * @param {number} value
     */
    setWeight(layer, out, input, value) {
      const { trainer } = now();
      if (input < 0) trainer.setBias(layer, out, value);
      else trainer.setWeight(layer, out, input, value);
      measure();
    },
    measure,
    /** Of each layer; a new trainer shows its predecessor's gradient at first. */
    report() {
      const { trainer } = now();
      return trainer.layerReport().map((layer, l) =>
        (trainer.iteration ? layer : { ...layer, gradientNorm: norms[l] ?? 0 }));
    },
    /** @param {MapGrid} grid */
    maps: grid => now().trainer.maps(grid.points),
  };

  /**
   * @param {Settings} settings
   * @param {Points} data
   * @returns {Run}
   */
  function begin(settings, data) {
    const trainer = createTrainer(settings, data);
    features ??= { small: featureMaps(SMALL_GRID), large: featureMaps(LARGE_GRID) };
    const grids = {
      small: { points: trainer.makeGrid(SMALL_GRID), features: features.small },
      large: { points: trainer.makeGrid(LARGE_GRID), features: features.large },
    };
    return { settings, data, trainer, grids };
  }

  /**
   * Begins at the first epoch.
   * @param {Settings} settings
   * @param {Points} data
   * @param {number[] | null} weights
   */
  function start(settings, data, weights) {
    epochsBefore = iterationsBefore = 0;
    norms = [];
    log.clear();
    run = begin(settings, data);
    if (weights?.length === run.trainer.weights().length) run.trainer.loadWeights(weights);
    measure();
  }

  /**
   * Begins another trainer where this one stands.
   * @param {Run} before
   * @param {Settings} settings
   */
  function goOn(before, settings) {
    norms = training.report().map(({ gradientNorm }) => gradientNorm);
    epochsBefore += before.trainer.epoch;
    iterationsBefore += before.trainer.iteration;
    run = begin(settings, before.data);
    run.trainer.loadWeights(before.trainer.weights());
    measure();
  }

  /** Measures the losses now. */
  function measure() {
    losses = now().trainer.losses();
    const batches = training.iteration ? 1e-9 : 0; // a step within the first epoch is after 0
    log.add(Math.max(training.epoch, batches), losses.train, losses.test);
  }
  return training;
}
