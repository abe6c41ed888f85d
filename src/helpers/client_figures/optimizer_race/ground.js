// The surface as filled contours, in the look of draw_surface in helpers/pictures. Painted once
// per surface, size and theme, in slices of a few milliseconds, so that the page never stops responding.

const BANDS = 12;
const CELL = 2.5; // CSS pixels between two evaluations of the surface; colors are interpolated
const SLICE = 4; // milliseconds of work per frame
export const FRAME = Symbol("frame"); // yielded where the browser should paint before going on
const GROUND_COLORS = {
  light: [[143, 151, 169], [198, 202, 213], [247, 247, 250]],
  dark: [[16, 18, 24], [38, 42, 53], [70, 76, 92]],
};

/**
 * Does the work of a generator a little at a time, from the next frame on.
 * @param {Generator} work
 * @param {() => void} done called at its end
 * @returns {() => void} call it to give up
 */
export function inSlices(work, done) {
  let handle = requestAnimationFrame(function slice() {
    const end = performance.now() + SLICE;
    while (performance.now() < end) {
      const { done: finished, value } = work.next();
      if (finished) return done();
      if (value === FRAME) break;
    }
    handle = requestAnimationFrame(slice);
  });
  return () => cancelAnimationFrame(handle);
}

/**
 * @param {import("../shared/theme.js").Theme} theme
 * @returns {number[][]} the color of each band, low ground first
 */
function bandColors(theme) {
  const [low, middle, high] = GROUND_COLORS[theme];
  return Array.from({ length: BANDS }, (_, band) => {
    const t = (2 * band) / (BANDS - 1);
    const [from, to] = t < 1 ? [low, middle] : [middle, high];
    return from.map((c, i) => Math.round(c + (to[i] - c) * (t < 1 ? t : t - 1)));
  });
}

/**
 * Prepares the map from height to band: equal steps, or, where a few far points are so high that
 * equal steps would hide the rest, logarithmic steps above the minimum.
 * @param {import("./surfaces.js").RaceSurface} surface
 * @returns {(height: number) => number} from 0 to BANDS over the domain
 */
function heightToBand(surface) {
  const n = 80;
  const [[x0, x1], [y0, y1]] = surface.domain;
  const above = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const x = x0 + ((x1 - x0) * i) / (n - 1);
      const y = y0 + ((y1 - y0) * j) / (n - 1);
      above[j * n + i] = surface.value(x, y);
    }
  }
  above.sort();
  const lowest = surface.minima.length ? surface.value(...surface.minima[0]) : above[0];
  const highest = above[n * n - 1] - lowest;
  if (!surface.minima.length || highest <= 8 * (above[(n * n) / 2] - lowest)) {
    return height => ((height - lowest) / highest) * BANDS;
  }
  const first = Math.max(above[Math.round(0.004 * n * n)] - lowest, highest * 1e-7);
  const scale = (BANDS - 1) / Math.log(highest / first);
  return height => {
    const ratio = (height - lowest) / first;
    return ratio < 1 ? ratio : 1 + scale * Math.log(ratio);
  };
}

/**
 * Paints the surface into a rectangle of device pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./surfaces.js").RaceSurface} surface
 * @param {{x: number, y: number, width: number, height: number}} rect in CSS pixels
 * @param {number} ratio device pixels per CSS pixel
 * @param {"light" | "dark"} theme
 * @returns {Generator} to be run by `inSlices`
 */
export function* paintGround(context, surface, rect, ratio, theme) {
  const colors = bandColors(theme);
  const band = heightToBand(surface);
  yield;
  const [[x0, x1], [y0, y1]] = surface.domain;
  const columns = Math.ceil(rect.width / CELL);
  const rows = Math.ceil(rect.height / CELL);
  const grid = new Float32Array((columns + 1) * (rows + 1));
  for (let j = 0; j <= rows; j++) {
    const y = y1 + ((y0 - y1) * j) / rows; // the first row is the top
    for (let i = 0; i <= columns; i++) {
      grid[j * (columns + 1) + i] = band(surface.value(x0 + ((x1 - x0) * i) / columns, y));
    }
    yield;
  }
  const left = Math.round(rect.x * ratio);
  const top = Math.round(rect.y * ratio);
  const width = Math.round(rect.width * ratio);
  const height = Math.round(rect.height * ratio);
  const image = context.createImageData(width, height);
  for (let py = 0; py < height; py++) {
    const pixels = image.data.subarray(4 * width * py, 4 * width * (py + 1));
    paintRow(pixels, grid, columns, ((py + 0.5) / height) * rows, colors);
    yield;
  }
  context.putImageData(image, left, top); // at once: every change of a canvas costs a copy of it
}

/**
 * One row of pixels: bands from bilinear interpolation, with edges one pixel soft.
 * @param {Uint8ClampedArray} pixels
 * @param {Float32Array} grid bands at the corners of cells, row by row
 * @param {number} columns of cells
 * @param {number} v place of the row, in cells
 * @param {number[][]} colors of the bands
 */
function paintRow(pixels, grid, columns, v, colors) {
  const width = pixels.length / 4;
  const row = Math.floor(v) * (columns + 1);
  const down = v - Math.floor(v);
  const step = columns / width;
  for (let px = 0; px < width; px++) {
    const u = (px + 0.5) * step;
    const k = row + Math.floor(u);
    const across = u - Math.floor(u);
    const fall = grid[k + columns + 1] - grid[k]; // from the upper to the lower corner, left
    const fallRight = grid[k + columns + 2] - grid[k + 1];
    const a = grid[k] + fall * down;
    const b = grid[k + 1] + fallRight * down;
    const t = a + (b - a) * across;
    const edge = Math.round(t);
    const dx = b - a;
    const dy = fall + (fallRight - fall) * across;
    const slope = Math.sqrt(dx * dx + dy * dy) * step + 1e-9; // bands per pixel
    const above = Math.max(0, Math.min(1, (t - edge) / slope + 0.5)); // share beyond the edge
    const low = colors[Math.max(0, Math.min(BANDS - 1, edge - 1))];
    const high = colors[Math.max(0, Math.min(BANDS - 1, edge))];
    for (let c = 0; c < 3; c++) pixels[4 * px + c] = low[c] + (high[c] - low[c]) * above;
    pixels[4 * px + 3] = 255;
  }
}
