// What stands around the diagram: switches for the features, buttons for layers and units.

import { make, makeButton, writeText } from "../../shared/elements.js";
import { FEATURE_NAMES } from "./state.js";

const MOST_LAYERS = 6;
const MOST_UNITS = 8;
const USUAL_UNITS = 4;

/**
 * @typedef {import("./state.js").Settings} Settings
 *
 * The buttons of one layer.
 * @typedef {object} LayerButtons
 * @property {HTMLElement} block
 * @property {HTMLButtonElement} less
 * @property {HTMLButtonElement} add
 * @property {HTMLElement} text
 */

/**
 * @param {(changes: Partial<Settings>) => void} onChange
 * @param {(mark: import("./diagram.js").Mark | null) => void} mark
 */
export function createColumns(onChange, mark) {
  /** @type {Pick<Settings, "hidden" | "features">} */
  let settings = { hidden: [], features: [] };
  let built = ""; // for how many layers there are buttons
  /** @type {LayerButtons[]} */
  let parts = [];
  const count = make("span", { className: "pg-count" });
  const fewer = makeButton("−", () =>
    setHidden(settings.hidden.slice(0, -1)), "Remove a hidden layer");
  const more = makeButton("+", () =>
    setHidden([...settings.hidden, settings.hidden.at(-1) ?? USUAL_UNITS]), "Add a hidden layer");
  const layers = make("div", { className: "pg-layers" }, fewer, more, count);
  const units = make("div", { className: "pg-units" });
  /** @param {number[]} hidden */
  const setHidden = hidden => onChange({ hidden });

  const switches = FEATURE_NAMES.map(([key, name], row) => {
    const box = make("input", { type: "checkbox" });
    const label = make("label", {}, box, make("span", { textContent: name }));
    box.addEventListener("change", () => toggle(row));
    label.addEventListener("pointerenter", () => mark({ unit: { column: 0, row } }));
    label.addEventListener("pointerleave", () => mark(null));
    return { key, box, label };
  });
  const features = make("fieldset", { className: "pg-features" },
    make("legend", { className: "pg-spoken", textContent: "Features" }),
    ...switches.map(({ label }) => label));

  /** @param {number} row of a feature */
  function toggle(row) {
    const { key, box } = switches[row];
    const rest = settings.features.filter(name => name !== key);
    const on = settings.features.includes(key);
    if (!on) onChange({ features: [...rest, key] });
    else if (rest.length) onChange({ features: rest });
    else box.checked = true; // the last one stays
  }

  return {
    layers, units, features, toggle,
    /** @param {Settings} next settings, before they are drawn */
    take(next) {
      settings = next;
    },
    /**
     * @param {Settings} next settings
     * @param {import("./diagram.js").Layout} layout
     */
    show(next, layout) {
      for (const { key, box } of switches) box.checked = next.features.includes(key);
      switches.forEach(({ label }, row) => {
        label.style.top = `${layout.columns[0].y[row] - 14}px`;
      });
      const { hidden } = next;
      const names = ["No hidden layer", "1 hidden layer"];
      writeText(count, names[hidden.length] ?? `${hidden.length} hidden layers`);
      fewer.disabled = hidden.length === 0;
      more.disabled = hidden.length === MOST_LAYERS;
      if (built !== String(hidden.length)) build(hidden.length);
      hidden.forEach((size, k) => {
        const { block, less, add, text } = parts[k];
        block.style.left = `${layout.columns[k + 1].x - 28}px`;
        less.disabled = size === 1;
        add.disabled = size === MOST_UNITS;
        writeText(text, size === 1 ? "1 unit" : `${size} units`);
      });
      units.style.width = `${layout.width}px`;
      features.style.height = `${layout.height}px`;
    },
  };

  /**
   * Buttons are made anew only for another number of layers, so that none loses the focus.
   * @param {number} length
   */
  function build(length) {
    built = String(length);
    parts = Array.from({ length }, (_, k) => {
      /** @type {(by: number) => () => void} */
      const change = by => () =>
        setHidden(settings.hidden.map((size, i) => (i === k ? size + by : size)));
      const less = makeButton("−", change(-1), `Remove a unit of layer ${k + 1}`);
      const add = makeButton("+", change(1), `Add a unit to layer ${k + 1}`);
      const text = make("span");
      return { block: make("div", {}, less, add, text), less, add, text };
    });
    units.replaceChildren(make("span", { className: "pg-head-inputs", textContent: "Features" }),
      ...parts.map(({ block }) => block),
      make("span", { className: "pg-head-output", textContent: "Output" }));
  }
}
