// What a unit computes, as a formula with its present numbers, and fields to change them.

import { make, makeButton, writeText } from "../../shared/elements.js";
import { onlyTouch } from "../../shared/frame.js";
import { FEATURE_NAMES, OPTIONS, numberText } from "./state.js";

const LARGEST_WEIGHT = 1000; // that can be typed: far beyond it, nothing can be computed
/** @type {Record<string, string>} */
const FORMULA_OF_FEATURE = {
  x1: "the first coordinate", x2: "the second coordinate",
  x1_squared: "the first coordinate, squared", x2_squared: "the second coordinate, squared",
  x1x2: "the product of both coordinates", sin_x1: "the sine of the first coordinate",
  sin_x2: "the sine of the second coordinate",
};

/**
 * @typedef {import("./state.js").Settings} Settings
 * @typedef {import("./diagram.js").Unit} Unit
 * @typedef {import("./diagram.js").Mark} Mark
 *
 * What is read of a network.
 * @typedef {object} Numbers
 * @property {number[]} sizes
 * @property {{weight: ArrayLike<number>, bias: ArrayLike<number>}[]} layers
 */

/** @type {(options: [string, string][], key: string) => string} */
const nameOf = (options, key) => options.find(([known]) => known === key)?.[1] ?? key;

/**
 * @param {Settings} settings
 * @param {number} layer
 * @param {number} input
 * @returns {string} the name of an input of a layer, for example x₁ or unit 2
 */
function inputName(settings, layer, input) {
  return layer ? `unit ${input + 1}` : nameOf(FEATURE_NAMES, settings.features[input]);
}

/**
 * @param {Settings} settings
 * @param {Unit} unit
 * @returns {string} its name in the diagram
 */
export function unitName(settings, { column, row }) {
  if (column === 0) return `Feature ${FEATURE_NAMES[row][1]}`;
  if (column > settings.hidden.length) return "Output";
  return `Layer ${column}, unit ${row + 1}`;
}

/**
 * @param {Settings} settings
 * @param {Numbers} network
 * @param {number} layer
 * @param {number} out
 * @returns {string} for example tanh(0.53·x₁ − 1.2·x₂ + 0.1)
 */
function formulaOf(settings, network, layer, out) {
  const inputs = network.sizes[layer];
  /** @type {[number, string][]} */
  const terms = Array.from({ length: inputs }, (_, input) => {
    const name = layer ? `u${toSubscript(input + 1)}` : inputName(settings, 0, input);
    return [network.layers[layer].weight[out * inputs + input], `·${name}`];
  });
  terms.push([network.layers[layer].bias[out], ""]);
  const sum = terms.map(([value, name], i) => {
    const text = numberText(Math.abs(value), 2) + name;
    if (!i) return (value < 0 ? "−" : "") + text;
    return (value < 0 ? " − " : " + ") + text;
  }).join("");
  if (layer === settings.hidden.length) return sum;
  const inner = settings.batch_normalization ? `normalized(${sum})` : sum;
  if (settings.activation === "linear") return inner;
  const name = nameOf(OPTIONS.activation, settings.activation);
  // Formulas write tanh, and ReLU.
  return `${/^[A-Z][a-z]+$/.test(name) ? name.toLowerCase() : name}(${inner})`;
}

/** @param {number} number */
const toSubscript = number =>
  [...String(number)].map(digit => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");

/**
 * @param {Settings} settings
 * @param {Numbers} network
 * @param {Mark} mark
 * @returns {string} a sentence about it
 */
export function describeMark(settings, network, mark) {
  if (mark.link) {
    const { layer, out, input } = mark.link;
    const weight = network.layers[layer].weight[out * network.sizes[layer] + input];
    const to = unitName(settings, { column: layer + 1, row: out });
    return `Weight from ${inputName(settings, layer, input)} to ${to.toLowerCase()}: `
      + `${numberText(weight)}`;
  }
  const { column, row } = mark.unit;
  const name = unitName(settings, mark.unit);
  if (column === 0) {
    const [key] = FEATURE_NAMES[row];
    const used = settings.features.includes(key) ? "" : ", not used now";
    return `${name}: ${FORMULA_OF_FEATURE[key]}${used}`;
  }
  return `${name} = ${formulaOf(settings, network, column - 1, row)}`;
}

/**
 * @param {object} lane
 * @param {() => Settings} lane.settings
 * @param {() => Numbers} lane.network
 * @param {(layer: number, out: number, input: number, value: number) => void} lane.setWeight
 *   an input of -1 is the bias
 * @param {(mark: Mark | null) => void} lane.mark highlights
 * @param {() => void} lane.leave gives the focus back to the diagram
 */
export function createInspector(lane) {
  const hint = "Squares are units, lines are weights: the thicker, the larger; blue is positive, "
    + "orange negative. " + (onlyTouch() ? "Tap a line to change its weight, "
      : "Point at one to read it. Click a line to change its weight, ")
    + "a unit to change its bias, too.";
  const text = make("p", { className: "pg-formula", textContent: hint });
  const fields = make("div", { className: "pg-weights" });
  const element = make("div", { className: "pg-inspector" }, text, fields);
  /** @type {Unit | null} whose fields are shown */
  let open = null;
  /** @type {HTMLInputElement[]} */
  let inputs = [];

  /**
   * @param {Unit | null} unit whose fields are to be shown
   * @param {number} [focusOn] the field that takes the focus
   */
  function show(unit, focusOn) {
    const shown = open = unit && unit.column > 0 ? unit : null;
    inputs = [];
    fields.replaceChildren();
    if (!shown) return;
    const layer = shown.column - 1;
    const settings = lane.settings();
    const count = lane.network().sizes[layer];
    const name = unitName(settings, shown);
    for (let input = 0; input <= count; input++) {
      const bias = input === count;
      const short = bias ? "bias" : `· ${inputName(settings, layer, input)}`;
      const field = make("input",
        { type: "number", step: "0.1", min: -LARGEST_WEIGHT, max: LARGEST_WEIGHT });
      const label = bias ? `Bias of ${name.toLowerCase()}`
        : `Weight from ${inputName(settings, layer, input)} to ${name.toLowerCase()}`;
      field.setAttribute("aria-label", label);
      field.addEventListener("input", () => {
        const value = Number(field.value);
        if (field.value === "" || !Number.isFinite(value)) return;
        const bound = Math.max(-LARGEST_WEIGHT, Math.min(LARGEST_WEIGHT, value));
        lane.setWeight(layer, shown.row, bias ? -1 : input, bound);
      });
      field.addEventListener("focus", () => lane.mark(bias ? { unit: shown }
        : { link: { layer, out: shown.row, input } }));
      field.addEventListener("blur", () => lane.mark(null));
      inputs.push(field);
      fields.append(make("label", { className: "pg-weight" }, field,
        make("span", { textContent: short, ariaHidden: "true" })));
    }
    fields.append(makeButton("Done", close));
    update();
    if (focusOn !== undefined) {
      inputs[Math.min(focusOn, count)].focus({ preventScroll: true });
      inputs[Math.min(focusOn, count)].select();
    }
  }

  function close() {
    show(null);
    lane.mark(null);
    lane.leave();
  }

  /** Writes the present numbers, but not over what is being typed. */
  function update() {
    if (!open) return;
    const { row } = open;
    const layer = open.column - 1;
    const { sizes, layers } = lane.network();
    if (!layers[layer] || row >= sizes[layer + 1] || inputs.length !== sizes[layer] + 1) {
      show(null);
      return;
    }
    inputs.forEach((field, i) => {
      const { activeElement } = /** @type {Document | ShadowRoot} */ (field.getRootNode());
      if (field === activeElement) return;
      const bias = i === sizes[layer];
      const value = bias ? layers[layer].bias[row]
        : layers[layer].weight[row * sizes[layer] + i];
      const short = Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "";
      if (field.value !== short) field.value = short;
    });
  }

  element.addEventListener("keydown", event => {
    if (event.key === "Escape") close();
  });

  return {
    element,
    show,
    update,
    /** @param {Mark | null} mark what is pointed at */
    describe(mark) {
      const about = mark ?? (open ? { unit: open } : null);
      writeText(text, about ? describeMark(lane.settings(), lane.network(), about) : hint);
    },
  };
}
