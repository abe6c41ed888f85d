// The elements around the matrix. They know nothing of the network.

import { createSpeaker, listen, make, makeButton } from "../shared/elements.js";
import { WEIGHT_COLORS, weightColor } from "./plot.js";

/**
 * @param {number} length characters of an answer
 * @param {{type: (text: string) => void, row: (row: number) => void, next: () => void,
 *   replay: () => void}} on
 */
export function createParts(length, on) {
  const input = make("input", {
    type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: false,
  });
  input.addEventListener("input", () => on.type(input.value));
  const answer = make("b", { className: "date-written" });
  const note = make("span");
  const row = make("input", { type: "range", min: 1, max: length, step: 1 });
  row.addEventListener("input", () => on.row(Number(row.value)));
  const rowText = make("b", { ariaHidden: "true" });
  const scale = make("i");
  return {
    input, answer, note, row, rowText,
    detail: make("p", { className: "date-detail" }),
    speaker: createSpeaker(),
    entry: make("label", { className: "date-entry" },
      make("span", { textContent: "A date in words" }), input),
    result: make("p", { className: "date-answer" }, answer, note),
    rowField: make("label", { className: "date-row" },
      make("span", { textContent: "Written character" }), row, rowText),
    legend: make("p", { className: "date-legend" }, "weight 0 %", scale, "100 %"),
    bar: make("div", { className: "date-bar" },
      makeButton("Another date", on.next), makeButton("Write it again", on.replay)),
    /** @param {HTMLElement} root of the figure @param {import("../shared/theme.js").Theme} theme */
    paint(root, theme) {
      const [none, full] = [weightColor(theme, 0), weightColor(theme, 1)];
      scale.style.background = `linear-gradient(to right, ${none}, ${full})`;
      root.style.setProperty("--date-wrong", WEIGHT_COLORS[theme].wrong);
    },
  };
}

/**
 * Follows the mouse, a finger and the arrow keys over the matrix.
 * @param {import("./plot.js").MatrixPlot} plot
 * @param {{columns: () => number, leave: () => void,
 *   point: (row: number, column: number | null, chosen: boolean) => void,
 *   step: (rows: number, columns: number) => void}} on
 */
export function followPointer(plot, on) {
  const { element } = plot;
  /** @type {Record<string, [number, number]>} */
  const steps = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
  };
  element.tabIndex = 0;
  element.setAttribute("role", "application");
  /** @param {PointerEvent} event */
  const move = event => {
    const place = plot.locate(event, on.columns());
    if (place) on.point(...place, event.type === "pointerdown"); else on.leave();
  };
  listen(element, {
    pointermove: move,
    pointerdown: move,
    pointerleave(event) {
      if (event.pointerType === "mouse") on.leave(); // what a finger chose stays
    },
    blur: on.leave,
    keydown(event) {
      if (!steps[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      on.step(...steps[event.key]);
    },
  });
}
