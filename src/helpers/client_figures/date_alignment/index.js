// Type a date in words: a network trained in the chapter writes it as year-month-day, here in the
// page, and the matrix shows where it looked while it wrote each character.

import { createParts, followPointer } from "./parts.js";
import { createMatrixPlot } from "./plot.js";
import { DATE_STYLE } from "./style.js";
import { dateModel, describeRow, isCalendarDay, percent, readDateState } from "./state.js";
import { loadModel, translate } from "./engine.js";
import { make, writeText } from "../shared/elements.js";
import { onlyTouch, reducedMotion, toolbar, whileVisible } from "../shared/frame.js";
import { createClock } from "../shared/clock.js";
import { themeOf, watchTheme } from "../shared/theme.js";

const TICKS = 24; // of the clock, for one written character
const TICKS_PER_SECOND = 60;
const HINT = "Point at the matrix, or move through it with the arrow keys, to read the weights.";
const TOUCH_HINT = "Tap the matrix to read the weights.";

/**
 * @param {import("../shared/frame.js").FigureHost} figure its model has the keys `model` (the
 *   network), `text` and `row` (from 1)
 * @returns {() => void} call it to remove the figure
 */
function render({ model, el }) {
  const { length, examples } = dateModel(model);
  const network = loadModel(dateModel(model));
  const defaults = Object.fromEntries(["text", "row"].map(key =>
    [key, model.defaults?.[key] ?? model.get(key)]));
  const whole = length * TICKS;
  let state = readDateState(model);
  /** @type {import("./engine.js").Reading} */
  const nothing = { answer: "", alignment: [], certainty: [] };
  let result = nothing;
  /** @type {string | null} the text of the result */
  let read = null;
  let ticks = reducedMotion() ? whole : 0; // what is revealed of the answer
  /** @type {number | null} the typed character that is marked, if any */
  let column = null;
  /** @type {number | null} the row under the mouse, until it leaves */
  let pointed = null;
  let visible = false;
  let stale = true;
  /** @type {import("../shared/theme.js").Theme} */
  let theme = "light";

  const plot = createMatrixPlot(length);
  const parts = createParts(length, {
    type: text => change({ text }),
    row: row => change({ row }),
    next() {
      const next = examples[(examples.indexOf(state.text) + 1) % examples.length];
      change({ text: next }, !reducedMotion());
    },
    replay: () => change({}, true),
  });
  const root = make("div", { className: "date-figure" },
    make("style", { textContent: DATE_STYLE }),
    make("div", { className: "date-top" }, parts.entry, parts.bar),
    parts.result, plot.element,
    make("div", { className: "date-below" }, parts.legend,
      make("p", { className: "date-muted", textContent: onlyTouch() ? TOUCH_HINT : HINT })),
    parts.detail, parts.rowField, parts.speaker.element);
  toolbar(model, parts.bar, defaults);
  el.append(root);

  const clock = createClock(() => TICKS_PER_SECOND, steps => {
    ticks = Math.min(whole, ticks + steps);
    show();
    if (ticks < whole) return;
    keepTime();
    tell();
  });
  const keepTime = () => clock(visible && ticks < whole && !state.problem);

  /**
   * @param {Record<string, unknown>} changes of the model
   * @param {boolean} again whether to write the answer once more, a character at a time
   */
  function change(changes, again = false) {
    ticks = again ? 0 : whole;
    column = pointed = null;
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
    refresh();
  }

  /** Brings everything up to date, or remembers to do so when someone looks. */
  function refresh() {
    stale = true;
    if (!visible) return;
    stale = false;
    state = readDateState(model);
    const { characters, problem } = state;
    const before = read;
    read = characters.join("");
    if (read !== before) {
      column = null;
      result = problem ? nothing : translate(network, characters, length);
    }
    if (parts.input.value !== state.text) parts.input.value = state.text;
    parts.input.setAttribute("aria-invalid", String(Boolean(problem)));
    parts.row.value = String(state.row + 1);
    theme = themeOf(root);
    parts.paint(root, theme);
    if (plot.measure()) show();
    keepTime();
    if (before !== null && read !== before && ticks === whole) tell();
  }

  /** Says what was read. Not while it is being written: a voice cannot keep up with that. */
  function tell() {
    parts.speaker.say(state.problem || `${result.answer}. ${judgement()}`);
  }

  /** Draws, and writes what is text. */
  function show() {
    const { characters, unknown, problem } = state;
    const shown = ticks / TICKS;
    const writing = ticks < whole && !problem;
    const row = problem ? -1 : writing ? Math.ceil(shown) - 1 : pointed ?? state.row;
    const color = getComputedStyle(root).color;
    plot.draw({ characters, unknown, ...result, shown, row, column, theme, color });
    writeText(parts.answer, result.answer.slice(0, Math.ceil(shown)));
    parts.note.className = problem ? "date-problem" : "";
    writeText(parts.note, problem || (writing ? "" : judgement()));
    writeText(parts.rowText, result.answer[state.row] ?? "–");
    const told = row < 0 ? "" : describeRow(result, characters, row, writing ? null : column);
    writeText(parts.detail, told);
    if (writing) return;
    parts.row.setAttribute("aria-valuetext", told || problem);
    plot.element.setAttribute("aria-label", `Attention matrix. ${told || problem}`);
  }

  function judgement() {
    const chance = result.certainty.reduce((a, b) => a * b);
    const sure = `The network gives it a probability of ${percent(chance)}.`;
    return isCalendarDay(result.answer) ? sure : `This is no day of the calendar. ${sure}`;
  }

  followPointer(plot, {
    columns: () => state.characters.length,
    point(row, at, chosen) {
      if (state.problem || ticks < whole) return;
      [pointed, column] = [row, at];
      if (chosen) setRow(row);
      show();
    },
    leave() {
      if (column === null && pointed === null) return;
      column = pointed = null;
      show();
    },
    step(rows, columns) {
      if (state.problem) return;
      ticks = whole;
      const [last, from] = [state.characters.length - 1, column ?? (columns < 0 ? 1 : -1)];
      if (columns) column = Math.max(0, Math.min(last, from + columns));
      setRow((pointed ?? state.row) + rows);
      show();
      parts.speaker.say(parts.detail.textContent ?? "");
    },
  });

  /** @param {number} row from 0 */
  function setRow(row) {
    pointed = null;
    model.set("row", Math.max(1, Math.min(length, row + 1)));
    model.save_changes();
  }

  for (const key of ["text", "row"]) model.on(`change:${key}`, refresh);
  const stopWatching = whileVisible(root, () => {
    visible = true;
    if (stale) refresh();
    keepTime();
  }, () => {
    visible = false;
    keepTime();
  });
  const observer = new ResizeObserver(refresh);
  observer.observe(root);
  const stopTheme = watchTheme(refresh);

  return () => {
    for (const key of ["text", "row"]) model.off(`change:${key}`, refresh);
    visible = false;
    keepTime();
    parts.speaker.stop();
    stopWatching();
    observer.disconnect();
    stopTheme();
    root.remove();
  };
}

export default { render };
