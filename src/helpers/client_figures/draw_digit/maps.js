// The rows of maps: one canvas for each stage of the network, with numbers on hover and focus.

import { prepareCanvas } from "./dom.js";
import { listen, make, writeText } from "../shared/elements.js";

const GAP = 6; // CSS pixels between maps
const TALLEST = 78;
const LEAST = 35;
const NARROW = 560;
const PART = 0.068; // of the screen's height: a low one is to show maps and controls together
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {import("./engine.js").Activation} Activation
 * @typedef {import("./state.js").StageSpec} StageSpec
 * @typedef {import("./style.js").Palette} Palette
 * @typedef {[number, number, number]} Cell map, row and column
 */

/** @param {number} value @returns {string} it with three digits */
const short = value => value.toPrecision(3).replace("-", "−");

/**
 * Where the maps of a stage lie in a canvas.
 * @param {number[]} shape maps, rows and columns
 * @param {number} width in CSS pixels
 * @param {boolean} narrow whether the figure is on a phone
 */
function layoutOf([maps, rows, columns], width, narrow) {
  const most = maps > 8 && narrow ? 8 : maps;
  const tallest = narrow ? LEAST : Math.max(LEAST, Math.min(TALLEST, innerHeight * PART));
  const side = Math.min(tallest, (width - GAP * (most - 1)) / most);
  const cell = side / Math.max(rows, columns);
  const lines = Math.ceil(maps / most);
  return { most, cell, side, height: lines * (rows * cell + GAP) - GAP };
}

/**
 * @param {(text: string) => void} onValue receives the number under the mouse or the cursor
 */
export function createStage(onValue) {
  const canvas = make("canvas");
  const holder = make("div", { className: "digit-maps", tabIndex: 0 }, canvas);
  holder.setAttribute("role", "application");
  const name = make("span");
  const changed = make("span", { className: "digit-muted" });
  const element = make("div", { className: "digit-stage" }, make("div", {}, name, changed), holder);
  /**
   * @type {{stage: StageSpec, activation: Activation, palette: Palette,
   *   layout: ReturnType<typeof layoutOf>} | null}
   */
  let shown = null;
  /** @type {Cell | null} */
  let cursor = null;

  function report() {
    if (!shown || !cursor) return;
    const [map, row, column] = cursor;
    const { data, shape: [, rows, columns] } = shown.activation;
    const value = data[(map * rows + row) * columns + column];
    onValue(`${shown.stage.label}, map ${map + 1}, row ${row + 1}, column ${column + 1}: ` +
      short(value));
  }

  /** @param {PointerEvent} event @returns {Cell | null} */
  function cellAt(event) {
    if (!shown) return null;
    const box = canvas.getBoundingClientRect();
    const { layout: { most, cell, side }, activation: { shape: [maps, rows, columns] } } = shown;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const [across, down] = [side + GAP, rows * cell + GAP].map((step, i) =>
      Math.floor([x, y][i] / step));
    const map = down * most + across;
    const column = Math.floor((x - across * (side + GAP)) / cell);
    const row = Math.floor((y - down * (rows * cell + GAP)) / cell);
    const inside = map < maps && across < most && row < rows && column < columns;
    return inside && map >= 0 && row >= 0 && column >= 0 ? [map, row, column] : null;
  }

  /** @param {[number, number]} step @param {number[]} shape maps, rows and columns */
  function moveCursor([dx, dy], [maps, rows, columns]) {
    let [map, row, column] = cursor ?? [0, 0, 0];
    row = Math.max(0, Math.min(rows - 1, row + dy));
    column += dx;
    if (column < 0 || column >= columns) {
      const next = map + dx;
      if (next < 0 || next >= maps) return;
      map = next;
      column = dx > 0 ? 0 : columns - 1;
    }
    cursor = [map, row, column];
  }

  const redraw = () => shown && draw(shown.stage, shown.activation, shown.palette);
  listen(holder, {
    pointermove(event) { set(cellAt(event)); },
    pointerdown(event) { set(cellAt(event)); },
    pointerleave() { set(null); },
    focus() { if (holder.matches(":focus-visible")) set(cursor ?? [0, 0, 0]); },
    blur() { set(null); },
    keydown(event) {
      if (!STEPS[event.key] || event.altKey || event.ctrlKey || event.metaKey || !shown) return;
      event.preventDefault();
      moveCursor(STEPS[event.key], shown.activation.shape);
      report();
      redraw();
    },
  });

  /** @param {Cell | null} next */
  function set(next) {
    if (String(next) === String(cursor)) return;
    cursor = next;
    if (cursor) report(); else onValue("");
    redraw();
  }

  /**
   * @param {StageSpec} stage
   * @param {Activation} activation
   * @param {Palette} palette
   */
  function draw(stage, activation, palette) {
    const [maps, rows, columns] = activation.shape;
    element.dataset.size = maps === 1 ? "one" : maps > 8 ? "many" : "few"; // so wide is it
    const narrow = (element.parentElement?.clientWidth ?? 0) < NARROW;
    const layout = layoutOf(activation.shape, holder.clientWidth, narrow);
    shown = { stage, activation, palette, layout };
    holder.style.height = `${layout.height}px`;
    const most = narrow ? "" : `, up to ${short(stage.scale)}`;
    writeText(name, `${stage.label}: ` + (maps === 1 ? `${rows} × ${columns}` :
      `${maps} × ${rows} × ${columns}${most}`));
    holder.setAttribute("aria-label", `${stage.label}, ${maps} maps of ${rows} rows and ` +
      `${columns} columns. Arrow keys read the values.`);
    const surface = prepareCanvas(canvas);
    if (!surface) return;
    const { pen } = surface;
    const { most: across, cell, side } = layout;
    for (let map = 0; map < maps; map++) {
      const left = (map % across) * (side + GAP);
      const top = Math.floor(map / across) * (rows * cell + GAP);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const value = activation.data[(map * rows + i) * columns + j] / stage.scale;
          pen.fillStyle = palette.shade(value);
          const [x, y] = [left + j * cell, top + i * cell];
          pen.fillRect(x, y, cell + 0.3, cell + 0.3);
        }
      }
      pen.strokeStyle = palette.line;
      pen.lineWidth = 1;
      pen.strokeRect(left + 0.5, top + 0.5, columns * cell - 1, rows * cell - 1);
      if (cursor?.[0] === map) {
        pen.strokeStyle = palette.mark;
        pen.lineWidth = 2;
        pen.strokeRect(left + cursor[2] * cell, top + cursor[1] * cell, cell, cell);
      }
    }
  }

  return {
    element,
    draw,
    /** @param {number | null} part how much of the values a shift has changed, or no shift */
    showChange(part) {
      writeText(changed, part === null ? "" : `changed by the shift: ${Math.round(100 * part)} %`);
    },
    /** Says the value under the cursor again, because it may have changed. */
    refresh: report,
  };
}
