// The network as a picture: a map for each unit, and lines as thick as the weights between them.

import { INKS, paintMap, rampOf } from "./colors.js";

// On a low screen, and on a phone, the diagram is lower, so that its controls fit beside it.
const TALL = { height: 336, tile: 34 };
const LOW = { height: 280, tile: 30 };
const MOST_ROWS = 8;
const INPUT_X = 98; // of the middle of the features; left of it their names
const END_ROOM = 30; // right of the middle of the output
const MIN_GAP = 60; // between the middles of two layers: room for two buttons
const LEVELS = 12; // thicknesses of a line
const GRAB_LINE = 7; // CSS pixels from a line within which the pointer means it

/**
 * Where everything is: columns 0 (features), 1 ... and the last (output), and the middles of their
 * rows.
 * @typedef {{width: number, height: number, tile: number,
 *   columns: {x: number, y: number[]}[]}} Layout with the side of a unit's map
 *
 * @typedef {{column: number, row: number}} Unit
 *
 * @typedef {{layer: number, out: number, input: number}} Link
 *
 * A link with `index` into its layer's weights and the ends of its line.
 * @typedef {Link & {index: number, x0: number, y0: number, x1: number, y1: number}} Line
 *
 * What is pointed at.
 * @typedef {{unit: Unit, link?: undefined} | {unit?: undefined, link: Link}} Mark
 */

/**
 * @param {number} width of the box in CSS pixels
 * @param {number[]} hidden
 * @param {number} features how many are shown, used or not
 * @param {boolean} low whether there is little height
 * @returns {Layout}
 */
export function diagramLayout(width, hidden, features, low) {
  const { height, tile } = low ? LOW : TALL;
  const gaps = hidden.length + 1;
  const full = Math.max(width, INPUT_X + gaps * MIN_GAP + END_ROOM);
  const counts = [features, ...hidden, 1];
  const columns = counts.map((count, k) => ({
    x: INPUT_X + ((full - INPUT_X - END_ROOM) * k) / gaps,
    y: Array.from({ length: count }, (_, i) =>
      height / 2 + ((i - (count - 1) / 2) * height) / MOST_ROWS),
  }));
  return { width: full, height, tile, columns };
}

/**
 * The lines of a layout.
 * @param {Layout} layout
 * @param {number[]} used which of the features are the network's inputs
 * @returns {Line[]}
 */
export function diagramLinks(layout, used) {
  /** @type {Line[]} */
  const links = [];
  for (let layer = 0; layer + 1 < layout.columns.length; layer++) {
    const from = layout.columns[layer];
    const to = layout.columns[layer + 1];
    const inputs = layer ? from.y.map((_, i) => i) : used;
    to.y.forEach((y1, out) => inputs.forEach((row, input) => links.push({
      layer, out, input, index: out * inputs.length + input,
      x0: from.x + layout.tile / 2, y0: from.y[row], x1: to.x - layout.tile / 2, y1,
    })));
  }
  return links;
}

/**
 * @param {Line} line
 * @param {number} x
 * @returns {number} its height there
 */
function heightAt({ x0, y0, x1, y1 }, x) {
  const u = (x - x0) / (x1 - x0);
  let [low, high] = [0, 1];
  for (let i = 0; i < 14; i++) {
    const t = (low + high) / 2;
    if (1.5 * t * (1 - t) + t ** 3 < u) low = t;
    else high = t;
  }
  const t = (low + high) / 2;
  return y0 + (y1 - y0) * (3 * t * t - 2 * t ** 3);
}

/**
 * What is at a place of the diagram.
 * @param {Layout} layout
 * @param {Line[]} links
 * @param {number} x
 * @param {number} y
 * @returns {Mark | null}
 */
export function diagramAt(layout, links, x, y) {
  const reach = layout.tile / 2 + 2;
  for (const [column, { x: middle, y: rows }] of layout.columns.entries()) {
    if (Math.abs(x - middle) > reach) continue;
    const row = rows.findIndex(height => Math.abs(y - height) <= reach);
    if (row >= 0) return { unit: { column, row } };
  }
  let best = null;
  let distance = GRAB_LINE;
  for (const link of links) {
    if (x <= link.x0 || x >= link.x1) continue;
    const away = Math.abs(heightAt(link, x) - y);
    if (away < distance) [best, distance] = [link, away];
  }
  return best && { link: best };
}

/**
 * @param {number} weight
 * @returns {number} from 0 (no weight) to LEVELS
 */
function levelOf(weight) {
  const size = Math.abs(weight);
  if (!(size > 1e-3)) return size === size ? 0 : LEVELS;
  return Math.min(LEVELS, 1 + Math.floor(Math.sqrt(Math.min(size, 4) / 4) * (LEVELS - 0.001)));
}

/**
 * The drawing itself.
 * @param {HTMLCanvasElement} canvas
 */
export function createDiagram(canvas) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const sheet = document.createElement("canvas"); // all maps, one below the other
  const press = /** @type {CanvasRenderingContext2D} */ (
    sheet.getContext("2d", { willReadFrequently: true }));
  let image = new ImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  let ratio = 1;
  let levels = new Int8Array(0);

  /** @param {Line} line */
  function trace({ x0, y0, x1, y1 }) {
    const half = (x1 - x0) / 2;
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0 + half, y0, x1 - half, y1, x1, y1);
  }

  return {
    /** @param {Pick<Layout, "width" | "height">} layout */
    measure({ width, height }) {
      ratio = Math.min(2, devicePixelRatio || 1);
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    },
    /**
     * @param {object} picture
     * @param {Layout} picture.layout
     * @param {Line[]} picture.links
     * @param {{weight: ArrayLike<number>}[]} picture.layers
     * @param {ArrayLike<number>[]} picture.maps of all features, units and the output
     * @param {number[]} picture.used features
     * @param {Mark | null} picture.marked
     * @param {boolean} picture.discretize
     * @param {import("./colors.js").Theme} picture.theme
     */
    draw({ layout, links, layers, maps, used, marked, discretize, theme }) {
      const inks = INKS[theme];
      const size = maps[0].length;
      const n = Math.round(Math.sqrt(size));
      if (image.width !== n || image.height !== n * maps.length) {
        sheet.width = n;
        sheet.height = n * maps.length;
        image = press.createImageData(n, n * maps.length);
        pixels = new Uint32Array(image.data.buffer);
      }
      const ramp = rampOf(theme);
      maps.forEach((values, k) => paintMap(pixels, k * size, values, ramp, discretize));
      press.putImageData(image, 0, 0);

      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, layout.width, layout.height);
      drawLinks(links, layers, inks);
      if (marked?.link) {
        const { link } = marked;
        const same = links.find(({ layer, out, input }) =>
          layer === link.layer && out === link.out && input === link.input);
        if (same) for (const [width, color] of /** @type {const} */ ([
          [7, inks.edge], [3, inks.ink],
        ])) {
          context.lineWidth = width;
          context.strokeStyle = color;
          context.beginPath();
          trace(same);
          context.stroke();
        }
      }
      let k = 0;
      const { tile } = layout;
      layout.columns.forEach(({ x, y }, column) => y.forEach((middle, row) => {
        const [left, top] = [x - tile / 2, middle - tile / 2];
        const idle = column === 0 && !used.includes(row);
        context.globalAlpha = idle ? 0.25 : 1;
        context.drawImage(sheet, 0, n * k++, n, n, left, top, tile, tile);
        const { unit } = marked ?? {};
        const here = unit && unit.column === column && unit.row === row;
        context.strokeStyle = here ? inks.ink : inks.frame;
        context.lineWidth = here ? 3 : 1;
        context.strokeRect(left, top, tile, tile);
        context.globalAlpha = 1;
      }));
    },
  };

  /**
   * In as few strokes as there are looks: a stroke for each of 200 lines would take too long.
   * @param {Line[]} links
   * @param {{weight: ArrayLike<number>}[]} layers
   * @param {import("./colors.js").Inks} inks
   */
  function drawLinks(links, layers, inks) {
    if (levels.length < links.length) levels = new Int8Array(links.length);
    links.forEach(({ layer, index }, i) => {
      const weight = layers[layer].weight[index];
      levels[i] = weight < 0 ? -levelOf(weight) : levelOf(weight);
    });
    for (let size = 0; size <= LEVELS; size++) {
      for (const sign of size ? [-1, 1] : [1]) {
        context.beginPath();
        let any = false;
        for (let i = 0; i < links.length; i++) {
          if (levels[i] !== sign * size) continue;
          trace(links[i]);
          any = true;
        }
        if (!any) continue;
        context.lineWidth = size ? 0.6 + 0.62 * (size - 1) : 0.6;
        context.globalAlpha = size ? 0.35 + (0.6 * size) / LEVELS : 1;
        context.strokeStyle = !size ? inks.none : sign < 0 ? inks.below : inks.above;
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }
}
