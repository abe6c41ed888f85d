// What a unit computes, as a formula with its present numbers, and fields to change them.

import { make, makeButton, writeText } from "../../shared/elements.js";
import { PLAY_FEATURES, PLAY_OPTIONS, playNumber } from "./state.js";

const LARGEST_WEIGHT = 1000; // that can be typed: far beyond it, nothing can be computed
const FORMULA_OF_FEATURE = {
  x1: "the first coordinate", x2: "the second coordinate",
  x1_squared: "the first coordinate, squared", x2_squared: "the second coordinate, squared",
  x1x2: "the product of both coordinates", sin_x1: "the sine of the first coordinate",
  sin_x2: "the sine of the second coordinate",
};

/** @returns {string} the name of an input of a layer, for example x₁ or unit 2 */
export function inputName(settings, layer, input) {
  if (layer) return `unit ${input + 1}`;
  return PLAY_FEATURES.find(([name]) => name === settings.features[input])[1];
}

/** @returns {string} the name of a unit of a column of the diagram */
export function unitName(settings, { column, row }) {
  if (column === 0) return `Feature ${PLAY_FEATURES[row][1]}`;
  if (column > settings.hidden.length) return "Output";
  return `Layer ${column}, unit ${row + 1}`;
}

/** @returns {string} for example tanh(0.53·x₁ − 1.2·x₂ + 0.1) */
function formulaOf(settings, network, layer, out) {
  const inputs = network.sizes[layer];
  const terms = Array.from({ length: inputs }, (_, input) => {
    const name = layer ? `u${toSubscript(input + 1)}` : inputName(settings, 0, input);
    return [network.layers[layer].weight[out * inputs + input], `·${name}`];
  });
  terms.push([network.layers[layer].bias[out], ""]);
  const sum = terms.map(([value, name], i) => {
    const text = playNumber(Math.abs(value), 2) + name;
    if (!i) return (value < 0 ? "−" : "") + text;
    return (value < 0 ? " − " : " + ") + text;
  }).join("");
  if (layer === settings.hidden.length) return sum;
  const inner = settings.batch_normalization ? `normalized(${sum})` : sum;
  if (settings.activation === "linear") return inner;
  const [, name] = PLAY_OPTIONS.activation.find(([key]) => key === settings.activation);
  // Formulas write tanh, and ReLU.
  return `${/^[A-Z][a-z]+$/.test(name) ? name.toLowerCase() : name}(${inner})`;
}

const toSubscript = number => [...String(number)].map(digit => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

/** @returns {string} a sentence about a unit or a link */
export function describeMark(settings, network, mark) {
  if (mark.link) {
    const { layer, out, input } = mark.link;
    const weight = network.layers[layer].weight[out * network.sizes[layer] + input];
    const to = unitName(settings, { column: layer + 1, row: out });
    return `Weight from ${inputName(settings, layer, input)} to ${to.toLowerCase()}: `
      + `${playNumber(weight)}`;
  }
  const { column, row } = mark.unit;
  const name = unitName(settings, mark.unit);
  if (column === 0) {
    const [key] = PLAY_FEATURES[row];
    const used = settings.features.includes(key) ? "" : ", not used now";
    return `${name}: ${FORMULA_OF_FEATURE[key]}${used}`;
  }
  return `${name} = ${formulaOf(settings, network, column - 1, row)}`;
}

/**
 * @param {object} lane
 * @param {() => object} lane.settings
 * @param {() => object} lane.network
 * @param {(layer: number, out: number, input: number, value: number) => void} lane.setWeight
 *   an input of -1 is the bias
 * @param {(mark: object | null) => void} lane.mark highlights
 * @param {() => void} lane.leave gives the focus back to the diagram
 */
export function createInspector(lane) {
  const hint = "Squares are units, lines are weights: the thicker, the larger; blue is positive, "
    + "orange negative. Point at one to read it. Click a line to change its weight, a unit to change its bias, too.";
  const text = make("p", { className: "pg-formula", textContent: hint });
  const fields = make("div", { className: "pg-weights" });
  const element = make("div", { className: "pg-inspector" }, text, fields);
  let open = null; // the unit whose fields are shown
  let inputs = [];

  function show(unit, focusOn = null) {
    open = unit && unit.column > 0 ? unit : null;
    inputs = [];
    fields.replaceChildren();
    if (!open) return;
    const layer = open.column - 1;
    const settings = lane.settings();
    const count = lane.network().sizes[layer];
    const name = unitName(settings, open);
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
        lane.setWeight(layer, open.row, bias ? -1 : input, bound);
      });
      field.addEventListener("focus", () => lane.mark(bias ? { unit: open }
        : { link: { layer, out: open.row, input } }));
      field.addEventListener("blur", () => lane.mark(null));
      inputs.push(field);
      fields.append(make("label", { className: "pg-weight" }, field,
        make("span", { textContent: short, ariaHidden: "true" })));
    }
    fields.append(makeButton("Done", close));
    update();
    if (focusOn !== null) {
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
    const layer = open.column - 1;
    const { sizes, layers } = lane.network();
    if (!layers[layer] || open.row >= sizes[layer + 1] || inputs.length !== sizes[layer] + 1) {
      show(null);
      return;
    }
    inputs.forEach((field, i) => {
      if (field === field.getRootNode().activeElement) return;
      const bias = i === sizes[layer];
      const value = bias ? layers[layer].bias[open.row]
        : layers[layer].weight[open.row * sizes[layer] + i];
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
    /** @returns {object | null} the unit whose fields are shown */
    unit: () => open,
    /** @param {object | null} mark what is pointed at */
    describe(mark) {
      const about = mark ?? (open ? { unit: open } : null);
      writeText(text, about ? describeMark(lane.settings(), lane.network(), about) : hint);
    },
  };
}
