// Pointing at the diagram, with a mouse, a finger or the keyboard.

import { diagramAt } from "./diagram.js";

/** @type {Record<string, [number, number]>} */
const ARROW_STEPS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
};

/**
 * @typedef {import("./diagram.js").Mark} Mark
 *
 * @param {HTMLElement} element the diagram; it takes the focus as a whole
 * @param {object} lane
 * @param {() => {layout: import("./diagram.js").Layout,
 *   links: import("./diagram.js").Line[]}} lane.picture
 * @param {(mark: Mark | null) => void} lane.mark highlights a unit or a link
 * @param {(mark: Mark) => void} lane.open shows its numbers, to be changed
 * @param {(mark: Mark) => void} lane.speak
 */
export function attachDiagramPointer(element, lane) {
  let at = { column: 0, row: 0 }; // where the keyboard is
  let shown = "";

  /** @param {MouseEvent} event */
  function find(event) {
    const box = element.getBoundingClientRect();
    const { layout, links } = lane.picture();
    return diagramAt(layout, links, event.clientX - box.left, event.clientY - box.top);
  }

  /** @param {Mark | null} mark */
  function point(mark) {
    const now = JSON.stringify(mark?.unit ?? mark?.link ?? null);
    if (now === shown) return;
    shown = now;
    element.style.cursor = mark ? "pointer" : "";
    lane.mark(mark);
  }

  element.addEventListener("pointermove", event => {
    if (event.pointerType !== "touch") point(find(event));
  });
  element.addEventListener("pointerleave", () => point(null));
  element.addEventListener("click", event => {
    const mark = find(event);
    if (!mark) return;
    if (mark.unit) at = mark.unit;
    lane.open(mark);
  });
  element.addEventListener("focus", () => {
    // Only for the keyboard: a click has marked what it hit.
    if (element.matches(":focus-visible")) move(0, 0);
  });
  element.addEventListener("blur", () => point(null));
  element.addEventListener("keydown", event => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      lane.open({ unit: clamp() });
    } else if (ARROW_STEPS[event.key]) {
      move(...ARROW_STEPS[event.key]);
    } else {
      return;
    }
    event.preventDefault();
  });

  /** The network may have become smaller since. */
  function clamp() {
    const { columns } = lane.picture().layout;
    const column = Math.max(0, Math.min(columns.length - 1, at.column));
    const row = Math.max(0, Math.min(columns[column].y.length - 1, at.row));
    return { column, row };
  }

  /** @param {number} across @param {number} down */
  function move(across, down) {
    const { columns } = lane.picture().layout;
    const from = clamp();
    at = { column: from.column + across, row: from.row + down };
    if (across && columns[at.column]) {
      // The nearest in the next layer, whose units may be fewer.
      const height = columns[from.column].y[from.row];
      const away = columns[at.column].y.map(y => Math.abs(y - height));
      at.row = away.indexOf(Math.min(...away));
    }
    at = clamp();
    point({ unit: at });
    lane.speak({ unit: at });
  }
}
