// The training of one lane: its trainer, what has been measured of it, and the maps' grids.

import { featureValues, makeData } from "../engine/data.js";
import { createHistory } from "./losses.js";
import { PLAY_FEATURES, changeOf, sameJson } from "./state.js";
import { createTrainer } from "../engine/trainer.js";

// Points per side: of the small maps, and of the large one. The browser smooths both.
const SMALL_GRID = 22;
const LARGE_GRID = 60;

/** @returns {object} the features' maps on a square grid, row by row from the top */
function featureMaps(n) {
  const place = k => -6 + (12 * (k + 0.5)) / n;
  const x1 = Float64Array.from({ length: n * n }, (_, i) => place(i % n));
  const x2 = Float64Array.from({ length: n * n }, (_, i) => -place(Math.floor(i / n)));
  return PLAY_FEATURES.map(([key]) => featureValues(key, x1, x2));
}

/** @returns {(settings: object) => object} the points of settings, one object while they are the same */
export function rememberPoints() {
  let last = {};
  return ({ problem, data, noise, train_share, seed }) => {
    const source = { problem, data, noise, train_share, seed };
    if (!sameJson(last.source, source)) last = { source, points: makeData(source) };
    return last.points;
  };
}

export function createTraining() {
  const log = createHistory();
  const features = { small: null, large: null };
  let epochsBefore = 0; // of trainers that this one continues
  let iterationsBefore = 0;
  let norms = []; // of their last gradient
  const training = {
    settings: null,
    data: null,
    trainer: null,
    grids: null,
    losses: { train: NaN, test: NaN },
    get history() { return log.lists; },
    get epoch() { return epochsBefore + training.trainer.epoch; },
    get iteration() { return iterationsBefore + training.trainer.iteration; },

    /** Takes settings; what does not need a new start keeps the weights. */
    update(settings, data, weights) {
      const change = training.settings && training.data === data
        ? changeOf(training.settings, settings) : "restart";
      const before = training.trainer;
      Object.assign(training, { settings, data });
      if (change === "restart") training.restart(weights);
      if (change === "soft" && !before.change(settings)) {
        norms = training.report().map(({ gradientNorm }) => gradientNorm);
        epochsBefore += before.epoch;
        iterationsBefore += before.iteration;
        const kept = before.weights();
        begin();
        training.trainer.loadWeights(kept);
        measure();
      }
      return change;
    },

    /** @param {number[] | null} weights to begin with, if they fit the network */
    restart(weights) {
      epochsBefore = iterationsBefore = 0;
      norms = [];
      log.clear();
      begin();
      if (weights?.length === training.trainer.weights().length) {
        training.trainer.loadWeights(weights);
      }
      measure();
    },
    run(epochs) {
      training.trainer.run(epochs);
    },
    step() {
      training.trainer.step();
      measure();
    },
    epochOnce() {
      training.run(1);
      measure();
    },
    setWeight(layer, out, input, value) {
      const { trainer } = training;
      if (input < 0) trainer.setBias(layer, out, value);
      else trainer.setWeight(layer, out, input, value);
      measure();
    },
    measure,
    /** @returns {object[]} of each layer; a new trainer shows its predecessor's gradient at first */
    report() {
      const { trainer } = training;
      return trainer.layerReport().map((layer, l) =>
        (trainer.iteration ? layer : { ...layer, gradientNorm: norms[l] ?? 0 }));
    },
    /** @param {{points: object}} grid */
    maps: grid => training.trainer.maps(grid.points),
  };

  function begin() {
    training.trainer = createTrainer(training.settings, training.data);
    const grid = (size, n) => ({
      points: training.trainer.makeGrid(n), features: features[size] ??= featureMaps(n),
    });
    training.grids = { small: grid("small", SMALL_GRID), large: grid("large", LARGE_GRID) };
  }

  /** Measures the losses now. */
  function measure() {
    training.losses = training.trainer.losses();
    const batches = training.iteration ? 1e-9 : 0; // a step within the first epoch is after 0
    log.add(Math.max(training.epoch, batches), training.losses.train, training.losses.test);
  }
  return training;
}
