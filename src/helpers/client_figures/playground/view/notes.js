// What the playground says above itself: the presets with their notes, and what it had to mend.

import { make, makeButton, writeText } from "../../shared/elements.js";
import { PRESETS } from "./presets.js";
import { DEFAULTS } from "./state.js";

/**
 * The row of presets, and the note of the one that was chosen.
 * @param {(name: string) => void} onChoose
 */
export function createPresetRow(onChoose) {
  const chips = Object.entries(PRESETS).map(([name, { title }]) =>
    ({ name, chip: makeButton(title, () => onChoose(name)) }));
  const row = make("div", { className: "pg-presets" }, ...chips.map(({ chip }) => chip));
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Things to try");
  const note = make("p", { className: "pg-note" });
  return {
    elements: [row, note],
    /**
     * The note stays when the reader goes on from the preset, because it says what to try.
     * @param {string} preset
     */
    show(preset) {
      for (const { name, chip } of chips) {
        chip.setAttribute("aria-pressed", String(name === preset));
      }
      if (PRESETS[preset]) writeText(note, PRESETS[preset].note);
    },
    /** @returns {string} the note that is shown */
    note: () => note.textContent ?? "",
    forget: () => writeText(note, ""),
  };
}

/**
 * A preset in the address stands for all its settings that are not there themselves.
 * @param {Pick<import("./state.js").Model, "get" | "set" | "given">} model
 * @returns {string[]} a sentence if there is no such preset
 */
export function expandPreset(model) {
  const name = String(model.get("preset"));
  if (!Object.hasOwn(PRESETS, name)) {
    model.set("preset", "");
    return [`There is no preset called ${name}.`];
  }
  const settings = { ...DEFAULTS, ...PRESETS[name].settings, preset: name };
  for (const [key, value] of Object.entries(settings)) {
    if (!model.given?.has(key)) model.set(key, value);
  }
  return [];
}

/** A box that tells what was mended, until it is closed. */
export function createNotice() {
  const element = make("div", { className: "pg-notice", hidden: true });
  element.setAttribute("role", "alert");
  const hide = () => {
    element.hidden = true;
    element.replaceChildren();
  };
  return {
    element,
    hide,
    /** @param {string[]} sentences */
    show(sentences) {
      const list = make("ul", {}, ...sentences.map(textContent => make("li", { textContent })));
      element.replaceChildren(list, makeButton("Close", hide));
      element.hidden = false;
    },
  };
}
