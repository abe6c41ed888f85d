// From a drawing to everything that the network computes, and all of it in rows of maps.

import { BLOCK, countBlocks } from "./bitmap.js";
import { make, writeText } from "../shared/elements.js";
import { difference, forward } from "./engine.js";
import { createStage } from "./maps.js";

/**
 * @typedef {import("./engine.js").Activation} Activation
 * @typedef {import("./state.js").DigitState} DigitState
 *
 * @typedef {object} Response of the network
 * @property {Activation} input
 * @property {Activation[]} outputs of the layers
 * @property {Activation["data"]} scores
 */

/**
 * @param {Pick<DigitState, "data" | "network">} state
 * @param {ArrayLike<number>} counts of dots in the page's blocks, 0 to 16
 * @returns {Response}
 */
export function respond({ data, network }, counts) {
  const { cells, weights } = data;
  const input = { data: Float64Array.from(counts, count => count / BLOCK ** 2),
    shape: [1, cells, cells] };
  const outputs = forward(network.layers, weights, input);
  return { input, outputs, scores: outputs[outputs.length - 1].data };
}

/**
 * @param {Pick<DigitState, "data" | "network">} state
 * @param {Uint8Array} dots of a drawing
 */
export function respondTo(state, dots) {
  return respond(state, countBlocks(dots, state.data.cells));
}

export function createStages() {
  const rows = make("div", { className: "digit-stages" });
  const scale = make("span", { className: "digit-scale", ariaHidden: "true" });
  const value = make("p", { className: "digit-value digit-muted" });
  /** @type {ReturnType<typeof createStage>[]} */
  let stages = [];

  /** @param {number} count */
  function build(count) {
    stages = Array.from({ length: count }, () => createStage(text => writeText(value, text)));
    rows.replaceChildren(...stages.map(({ element }) => element));
  }

  return {
    element: make("div", {}, rows,
      make("div", { className: "digit-legend" }, make("span", { textContent: "−" }), scale,
        make("span", { textContent: "+ Each row goes up to its own maximum." }), value)),
    /**
     * @param {DigitState} state
     * @param {Response} now
     * @param {Response | null} before the same drawing unshifted, if it is shifted
     * @param {import("./style.js").Palette} palette
     */
    show({ network, data }, now, before, palette) {
      const specs = network.stages;
      if (stages.length !== specs.length) build(specs.length);
      specs.forEach((spec, i) => {
        if (spec.filters) {
          const { maps, rows: height, columns, weight } = spec.filters;
          const values = data.weights.subarray(weight, weight + maps * height * columns);
          stages[i].draw(spec, { data: values, shape: [maps, height, columns] }, palette);
          return;
        }
        const { layer = -1 } = spec;
        /** @param {Response} response */
        const pick = ({ input, outputs }) => (layer < 0 ? input : outputs[layer]);
        stages[i].draw(spec, pick(now), palette);
        stages[i].showChange(before && difference(pick(now), pick(before)));
      });
      for (const stage of stages) stage.refresh();
      scale.style.background = `linear-gradient(to right, ${[-1, 0, 1].map(palette.shade)})`;
    },
  };
}
