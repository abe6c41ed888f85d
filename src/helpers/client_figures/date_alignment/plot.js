// The attention matrix on a canvas: a row for each written character, a column for each read one.

import { make, penOf } from "../shared/elements.js";

const ROW = 26; // CSS pixels
const HEAD = 30;
const GUTTER = 30;
const WIDEST = 40;
export const WEIGHT_COLORS = {
  light: { none: [255, 255, 255], full: [0, 69, 116], mark: "#b34700", wrong: "#b00020" },
  dark: { none: [20, 24, 30], full: [126, 205, 255], mark: "#ffb066", wrong: "#ff8a95" },
};

/**
 * @typedef {import("../shared/theme.js").Theme} Theme
 *
 * @typedef {object} MatrixView
 * @property {string[]} characters
 * @property {Set<string>} unknown
 * @property {string} answer
 * @property {number[][]} alignment
 * @property {number} shown rows that are revealed; a fraction fades the next one in
 * @property {number} row the marked row, -1 for none
 * @property {number | null} column the marked column
 * @property {Theme} theme
 * @property {string} color of text
 *
 * @typedef {ReturnType<typeof createMatrixPlot>} MatrixPlot
 */

/**
 * @param {Theme} theme
 * @param {number} weight
 * @returns {string} the color of a weight, linear from none to full
 */
export function weightColor(theme, weight) {
  const { none, full } = WEIGHT_COLORS[theme];
  return `rgb(${none.map((c, i) => Math.round(c + (full[i] - c) * weight)).join(" ")})`;
}

/** @param {number} rows */
export function createMatrixPlot(rows) {
  const canvas = make("canvas");
  const element = make("div", { className: "date-matrix" }, canvas);
  element.style.height = `${HEAD + rows * ROW + 2}px`;
  const c = penOf(canvas);
  let width = 0;

  /** @param {number} columns */
  const cellWidth = columns => Math.min(WIDEST, (width - GUTTER - 2) / Math.max(columns, 1));

  /** Fits the canvas to its element; returns whether there is anything to draw on. */
  function measure() {
    width = element.clientWidth;
    const scale = devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(element.clientHeight * scale);
    c.setTransform(scale, 0, 0, scale, 0, 0);
    return width > 0;
  }

  /** @param {MatrixView} view */
  function drawLetters({ characters, unknown, column, theme, color }) {
    const size = cellWidth(characters.length);
    c.textAlign = "center";
    c.textBaseline = "middle";
    characters.forEach((letter, i) => {
      const marked = i === column;
      c.font = `${marked || unknown.has(letter) ? "bold " : ""}` +
        `${Math.max(11, Math.min(17, size * 1.5))}px ui-monospace, Menlo, Consolas, monospace`;
      c.fillStyle = unknown.has(letter) ? WEIGHT_COLORS[theme].wrong
        : marked ? WEIGHT_COLORS[theme].mark : color;
      const x = GUTTER + (i + 0.5) * size;
      c.fillText(letter === " " ? "␣" : letter, x, HEAD / 2);
      if (unknown.has(letter)) c.fillRect(x - size / 2 + 1, HEAD - 5, size - 2, 2);
    });
  }

  /** @param {MatrixView} view */
  function draw(view) {
    const { characters, answer, alignment, shown, row, column, theme, color } = view;
    const size = cellWidth(characters.length);
    c.clearRect(0, 0, width, element.clientHeight);
    drawLetters(view);
    alignment.forEach((weights, j) => {
      const strength = Math.max(0, Math.min(1, shown - j));
      const y = HEAD + j * ROW;
      weights.forEach((weight, i) => {
        c.fillStyle = weightColor(theme, weight * strength);
        c.fillRect(GUTTER + i * size, y, Math.max(1, size - 1), ROW - 1);
      });
      if (!strength) return;
      c.globalAlpha = strength;
      c.fillStyle = j === row ? WEIGHT_COLORS[theme].mark : color;
      c.font = `${j === row ? "bold " : ""}17px ui-monospace, Menlo, Consolas, monospace`;
      c.fillText(answer[j], GUTTER / 2, y + ROW / 2);
      c.globalAlpha = 1;
    });
    if (row < 0 || !alignment.length) return;
    c.strokeStyle = WEIGHT_COLORS[theme].mark;
    c.lineWidth = 2;
    const edge = HEAD + row * ROW;
    c.strokeRect(GUTTER - 1, edge - 1, characters.length * size + 1, ROW + 1);
    if (column !== null) c.strokeRect(GUTTER + column * size, edge, size - 1, ROW - 1);
  }

  /**
   * @param {PointerEvent} event
   * @param {number} columns
   * @returns {[number, number | null] | null} row and column under it
   */
  function locate(event, columns) {
    const box = canvas.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top - HEAD) / ROW);
    const column = Math.floor((event.clientX - box.left - GUTTER) / cellWidth(columns));
    if (row < 0 || row >= rows || column >= columns) return null;
    return [row, column < 0 ? null : column];
  }

  return { element, measure, draw, locate };
}
