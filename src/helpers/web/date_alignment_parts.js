// The elements around the matrix. They know nothing of the network.

import { WEIGHT_COLORS, weightColor } from "./date_alignment_plot.js";

/** Creates an element with properties and children. */
export function makePart(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Writes only what changes, so that a running animation leaves the page alone. */
export function putText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {number} length characters of an answer
 * @param {{type: (text: string) => void, row: (row: number) => void, next: () => void,
 *   replay: () => void}} on
 */
export function createParts(length, on) {
  const input = makePart("input", {
    type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false,
  });
  input.addEventListener("input", () => on.type(input.value));
  const answer = makePart("b", { className: "date-written" });
  const note = makePart("span");
  const row = makePart("input", { type: "range", min: 1, max: length, step: 1 });
  row.addEventListener("input", () => on.row(Number(row.value)));
  const rowText = makePart("b", { ariaHidden: "true" });
  const scale = makePart("i");
  const button = (textContent, onclick) =>
    makePart("button", { type: "button", textContent, onclick });
  return {
    input, answer, note, row, rowText,
    detail: makePart("p", { className: "date-detail" }),
    spoken: makePart("p", { className: "date-spoken", role: "status" }),
    entry: makePart("label", { className: "date-entry" },
      makePart("span", { textContent: "A date in words" }), input),
    result: makePart("p", { className: "date-answer" }, answer, note),
    rowField: makePart("label", { className: "date-row" },
      makePart("span", { textContent: "Written character" }), row, rowText),
    legend: makePart("p", { className: "date-legend" }, "weight 0 %", scale, "100 %"),
    bar: makePart("div", { className: "date-bar" },
      button("Another date", on.next), button("Write it again", on.replay)),
    /** @param {"light" | "dark"} theme */
    paint(theme) {
      const [none, full] = [weightColor(theme, 0), weightColor(theme, 1)];
      scale.style.background = `linear-gradient(to right, ${none}, ${full})`;
      input.closest(".date-figure")
        .style.setProperty("--date-wrong", WEIGHT_COLORS[theme].wrong);
    },
  };
}

/**
 * Follows the mouse, a finger and the arrow keys over the matrix.
 * @param {object} plot
 * @param {{columns: () => number, leave: () => void,
 *   point: (row: number, column: number | null, chosen: boolean) => void,
 *   step: (rows: number, columns: number) => void}} on
 */
export function followPointer(plot, on) {
  const { element } = plot;
  const steps = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  };
  element.tabIndex = 0;
  element.setAttribute("role", "application");
  const move = event => {
    const place = plot.locate(event, on.columns());
    if (place) on.point(...place, event.type === "pointerdown"); else on.leave();
  };
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerdown", move);
  element.addEventListener("pointerleave", event => {
    if (event.pointerType === "mouse") on.leave(); // what a finger chose stays
  });
  element.addEventListener("blur", on.leave);
  element.addEventListener("keydown", event => {
    if (!steps[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    on.step(...steps[event.key]);
  });
}
