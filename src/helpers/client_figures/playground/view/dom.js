// The fields and sliders of the playground's page.

import { make, writeText } from "../../shared/elements.js";

/**
 * A control with its name. (`show` is a method, so that lists of different fields can be made.)
 * @template Value
 * @typedef {{element: HTMLElement, control: HTMLInputElement | HTMLSelectElement,
 *   show(value: Value): void}} Field
 */

let ids = 0;
/** @returns {string} an id that no other element of the page has */
export const newId = () => `playground-part-${ids++}`;

/**
 * Controls with one line below them that explains the one at hand.
 * @param {string} className
 * @param {string} hint what the line says otherwise
 */
export function fieldGroup(className, hint) {
  const fields = make("div", { className: "pg-fields" });
  const line = make("p", { className: "pg-help", textContent: hint, ariaHidden: "true" });
  const element = make("div", { className }, fields, line);
  /**
   * Adds a control with its explanation, which screen readers get from the control itself.
   * @param {HTMLElement} field
   * @param {HTMLElement} control
   * @param {string} help
   */
  function add(field, control, help) {
    const text = make("span", { id: newId(), hidden: true, textContent: help });
    control.setAttribute("aria-describedby", text.id);
    field.append(text);
    for (const event of ["pointerenter", "focusin"]) {
      field.addEventListener(event, () => writeText(line, help));
    }
    for (const event of ["pointerleave", "focusout"]) {
      field.addEventListener(event, () => writeText(line, hint));
    }
    return field;
  }
  return { element, fields, add };
}

/**
 * A list to choose from. Values need not be strings.
 * @template Value
 * @param {string} name
 * @param {[Value, string][]} options
 * @param {(value: Value) => void} onPick
 * @returns {Field<Value>}
 */
export function listField(name, options, onPick) {
  const select = make("select", {}, ...options.map(([, textContent], i) =>
    make("option", { value: i, textContent })));
  select.addEventListener("change", () => onPick(options[select.selectedIndex][0]));
  const element = make("label", { className: "pg-field" },
    make("span", { className: "pg-name", textContent: name }), select);
  return {
    element,
    control: select,
    show(value) {
      select.selectedIndex = options.findIndex(([known]) => known === value);
    },
  };
}

/**
 * A slider over a list of values.
 * @param {string} name
 * @param {number[]} values in the order of the slider
 * @param {(value: number) => string} write
 * @param {(value: number) => void} onMove
 * @returns {Field<number>}
 */
export function sliderOver(name, values, write, onMove) {
  const input = make("input", { type: "range", min: 0, max: values.length - 1, step: 1 });
  const text = make("span", { className: "pg-value", ariaHidden: "true" });
  input.addEventListener("input", () => onMove(values[Number(input.value)]));
  const element = make("label", { className: "pg-field" },
    make("span", { className: "pg-name", textContent: name }), text, input);
  return {
    element,
    control: input,
    /** A value from elsewhere may lie between those of the slider: then the nearest is marked. */
    show(value) {
      let best = 0;
      values.forEach((known, i) => {
        if (Math.abs(known - value) < Math.abs(values[best] - value)) best = i;
      });
      input.value = String(best);
      writeText(text, write(value));
      input.setAttribute("aria-valuetext", write(value));
    },
  };
}

/**
 * A switch.
 * @param {string} name
 * @param {(on: boolean) => void} onSwitch
 * @returns {Field<boolean>}
 */
export function switchField(name, onSwitch) {
  const box = make("input", { type: "checkbox" });
  box.addEventListener("change", () => onSwitch(box.checked));
  const element = make("label", { className: "pg-switch" }, box,
    make("span", { textContent: name }));
  return {
    element,
    control: box,
    show(value) {
      box.checked = value;
    },
  };
}

/**
 * A whole number to type. What is none is not taken, and `onRefused` gets a sentence about it.
 * @param {string} name
 * @param {number} low
 * @param {number} high
 * @param {(value: number) => void} onEnter
 * @param {(sentence: string) => void} onRefused
 * @returns {Field<number>}
 */
export function numberField(name, low, high, onEnter, onRefused) {
  const input = make("input", { type: "number", min: low, max: high, step: 1 });
  let shown = low;
  input.addEventListener("change", () => {
    const value = Number(input.value);
    if (input.value !== "" && Number.isInteger(value) && value >= low && value <= high) {
      return onEnter(value);
    }
    input.value = String(shown);
    return onRefused(`${name} is a whole number from ${low} to ${high}.`);
  });
  const element = make("label", { className: "pg-field" },
    make("span", { className: "pg-name", textContent: name }), input);
  return {
    element,
    control: input,
    show(value) {
      shown = value;
      if (Number(input.value) !== value || input.value === "") input.value = String(value);
    },
  };
}
