// The drawing: a square of dots, 0 or 1. The network gets counts of dots in blocks of 4 x 4, as
// the data set was made. No DOM here.

/** @typedef {[number, number]} Place across and down, in dots */

export const BLOCK = 4;
export const BRUSH = 2.4; // radius in dots; strokes of the data set are about this thick

/**
 * @param {Uint8Array} dots
 * @param {number} cells blocks in each direction
 * @returns {Float64Array} how many dots are set in each block, 0 to 16, row by row
 */
export function countBlocks(dots, cells) {
  const counts = new Float64Array(cells * cells);
  const size = cells * BLOCK;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      counts[Math.floor(y / BLOCK) * cells + Math.floor(x / BLOCK)] += dots[y * size + x];
    }
  }
  return counts;
}

/**
 * Dots for a picture of which only the counts are known: in each block as many as counted, those
 * where the picture, smoothed between the blocks, is darkest.
 * @param {ArrayLike<number>} counts cells x cells numbers from 0 to 16
 * @param {number} cells
 */
export function dotsFromCounts(counts, cells) {
  const size = cells * BLOCK;
  const dots = new Uint8Array(size * size);
  /** @param {number} row @param {number} column */
  const at = (row, column) =>
    row < 0 || column < 0 || row >= cells || column >= cells ? 0 : counts[row * cells + column];
  /** @param {number} y @param {number} x */
  const smooth = (y, x) => {
    const [v, u] = [(y + 0.5) / BLOCK - 0.5, (x + 0.5) / BLOCK - 0.5];
    const [i, j] = [Math.floor(v), Math.floor(u)];
    const [a, b] = [v - i, u - j];
    return (1 - a) * ((1 - b) * at(i, j) + b * at(i, j + 1)) +
      a * ((1 - b) * at(i + 1, j) + b * at(i + 1, j + 1));
  };
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const places = [];
      for (let k = 0; k < BLOCK * BLOCK; k++) {
        const [y, x] = [row * BLOCK + Math.floor(k / BLOCK), column * BLOCK + (k % BLOCK)];
        places.push({ at: y * size + x, gray: smooth(y, x) });
      }
      places.sort((a, b) => b.gray - a.gray);
      for (const place of places.slice(0, at(row, column))) dots[place.at] = 1;
    }
  }
  return dots;
}

/**
 * @param {Uint8Array} dots
 * @param {number} size dots in each direction
 * @param {number} right
 * @param {number} down
 * @returns {Uint8Array} the drawing moved; what leaves the page is gone, what enters is empty
 */
export function shiftDots(dots, size, right, down) {
  const moved = new Uint8Array(size * size);
  for (let y = Math.max(0, down); y < Math.min(size, size + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(size, size + right); x++) {
      moved[y * size + x] = dots[(y - down) * size + x - right];
    }
  }
  return moved;
}

/**
 * Draws, or erases, with a round brush along a line between two places.
 * @param {Uint8Array} dots
 * @param {number} size
 * @param {Place} from
 * @param {Place} to
 * @param {0 | 1} value
 */
export function stroke(dots, size, from, to, value) {
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - from[0], to[1] - from[1])));
  for (let k = 0; k <= steps; k++) {
    const [x, y] = [0, 1].map(i => from[i] + ((to[i] - from[i]) * k) / steps);
    for (let row = Math.floor(y - BRUSH); row <= y + BRUSH; row++) {
      for (let column = Math.floor(x - BRUSH); column <= x + BRUSH; column++) {
        const near = Math.hypot(column + 0.5 - x, row + 0.5 - y) <= BRUSH;
        const inside = row >= 0 && column >= 0 && row < size && column < size;
        if (near && inside) dots[row * size + column] = value;
      }
    }
  }
}

/**
 * Scales and centers a drawing as the data set does: from the top of the frame to its bottom.
 * @param {Uint8Array} dots
 * @param {number} size
 * @param {number} margin of the frame, in blocks
 * @returns {Uint8Array | null} null if there is nothing to fit
 */
export function fitDots(dots, size, margin) {
  /** @type {Place[]} */
  const on = [];
  dots.forEach((dot, i) => dot && on.push([i % size, Math.floor(i / size)]));
  if (!on.length) return null;
  const [low, high] = [Math.min, Math.max].map(pick =>
    [0, 1].map(axis => on.reduce((best, place) => pick(best, place[axis]), on[0][axis])));
  const [width, height] = [high[0] - low[0] + 1, high[1] - low[1] + 1];
  const frame = size - 2 * margin * BLOCK;
  const scale = Math.min(frame / height, (0.85 * frame) / width);
  const fitted = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = Math.floor((x + 0.5 - size / 2) / scale + low[0] + width / 2);
      const v = Math.floor((y + 0.5 - size / 2) / scale + low[1] + height / 2);
      const inside = u >= low[0] && u <= high[0] && v >= low[1] && v <= high[1];
      if (inside) fitted[y * size + x] = dots[v * size + u];
    }
  }
  return fitted;
}

/**
 * @param {Uint8Array} dots
 * @returns {string} them as text for an address: base64 without signs that must be escaped
 */
export function encodeDots(dots) {
  const bytes = new Uint8Array(Math.ceil(dots.length / 8));
  dots.forEach((dot, i) => { bytes[i >> 3] |= dot << (i & 7); });
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/**
 * @param {string} text
 * @param {number} size
 * @returns {Uint8Array | null} null if the text is no drawing of this size
 */
export function decodeDots(text, size) {
  let bytes;
  try {
    bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
  if (bytes.length !== Math.ceil((size * size) / 8)) return null;
  return Uint8Array.from({ length: size * size }, (_, i) =>
    (bytes.charCodeAt(i >> 3) >> (i & 7)) & 1);
}
