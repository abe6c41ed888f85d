// The network that reads a date: a GRU in both directions, a GRU that writes, and additive
// attention between them. No DOM here. Matrices are stored row by row, as NumPy has them.

/**
 * @typedef {object} StoredNetwork what Python hands over
 * @property {string} letters that can be read
 * @property {string} symbols that can be written
 * @property {number} hidden size of each state
 * @property {string} weights little-endian float32 numbers in base64
 *
 * @typedef {Record<keyof ReturnType<typeof weightShapes>, Float32Array>} Weights
 * @typedef {{letters: string[], symbols: string[], hidden: number} & Weights} Network
 *
 * @typedef {object} Reading
 * @property {string} answer
 * @property {number[][]} alignment the weight of each character read (columns) for each one
 *   written (rows)
 * @property {number[]} certainty the probabilities of the written characters
 */

/**
 * The weights in the order in which they are stored, with their shapes.
 * Gates stand side by side in the last axis: reset, update, candidate.
 * @param {number} n characters that can be read
 * @param {number} m characters that can be written
 * @param {number} h hidden size
 */
function weightShapes(n, m, h) {
  return {
    read: [2, n, 3 * h], read_h: [2, h, 3 * h], read_b: [2, 3 * h], start: [2 * h, h],
    write: [m + 1, 3 * h], write_h: [h, 3 * h], write_b: [3 * h],
    query: [h, h], key: [2 * h, h], score: [h], out: [3 * h, m], out_b: [m],
  };
}

/**
 * Unpacks a network.
 * @param {StoredNetwork} stored
 * @returns {Network}
 * @throws {Error} if there are too few or too many numbers
 */
export function loadModel({ letters, symbols, hidden, weights }) {
  const bytes = Uint8Array.from(atob(weights), c => c.charCodeAt(0));
  const numbers = new Float32Array(bytes.buffer);
  const sizes = { letters: [...letters], symbols: [...symbols], hidden };
  const shapes = weightShapes(sizes.letters.length, sizes.symbols.length, hidden);
  let at = 0;
  const parts = Object.entries(shapes).map(([name, shape]) =>
    [name, numbers.subarray(at, at += shape.reduce((a, b) => a * b))]);
  if (at !== numbers.length) throw new Error(`${numbers.length} weights instead of ${at}`);
  return { ...sizes, .../** @type {Weights} */ (Object.fromEntries(parts)) };
}

/**
 * Returns x @ W (+ b), with W of shape (x.length, columns) beginning at an offset.
 * @param {Float64Array} x
 * @param {Float32Array} W
 * @param {number} columns
 * @param {number} [from] where W begins
 * @param {Float32Array | null} [b]
 * @param {number} [bFrom] where b begins
 */
function timesMatrix(x, W, columns, from = 0, b = null, bFrom = 0) {
  const y = new Float64Array(columns);
  if (b) for (let j = 0; j < columns; j++) y[j] = b[bFrom + j];
  for (let i = 0; i < x.length; i++) {
    const row = from + i * columns;
    for (let j = 0; j < columns; j++) y[j] += x[i] * W[row + j];
  }
  return y;
}

const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));

/**
 * One step of a GRU.
 * @param {Float32Array} table what each input adds to the gates, a row for each
 * @param {number} x where the row of the input begins
 * @param {Float64Array} h the state before
 * @param {Float32Array} W
 * @param {Float32Array} b
 * @param {number} [part] which of several GRUs in W and b
 */
function gruStep(table, x, h, W, b, part = 0) {
  const size = h.length;
  const g = timesMatrix(h, W, 3 * size, part * size * 3 * size, b, part * 3 * size);
  return h.map((old, i) => {
    const reset = sigmoid(table[x + i] + g[i]);
    const update = sigmoid(table[x + size + i] + g[size + i]);
    const candidate = Math.tanh(table[x + 2 * size + i] + reset * g[2 * size + i]);
    return candidate + update * (old - candidate);
  });
}

/**
 * Reads the characters in both directions; returns a state (2h) for each, and the last two.
 * @param {Network} model
 * @param {number[]} codes
 */
function readText(model, codes) {
  const { hidden, letters, read, read_h, read_b } = model;
  const states = codes.map(() => new Float64Array(2 * hidden));
  const last = new Float64Array(2 * hidden);
  for (const part of [0, 1]) {
    let h = new Float64Array(hidden);
    for (let k = 0; k < codes.length; k++) {
      const t = part ? codes.length - 1 - k : k;
      h = gruStep(read, (part * letters.length + codes[t]) * 3 * hidden, h, read_h, read_b, part);
      states[t].set(h, part * hidden);
    }
    last.set(h, part * hidden);
  }
  return { states, last };
}

/**
 * Turns scores into positive numbers with the sum 1.
 * @param {ArrayLike<number>} scores
 */
function softmax(scores) {
  const top = Math.max(...Array.from(scores));
  const powers = Array.from(scores, s => Math.exp(s - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map(p => p / sum);
}

/**
 * Writes the answer, always the most probable character next.
 * @param {Network} model
 * @param {string[]} characters at least one, all among the model's letters
 * @param {number} length characters to write
 * @returns {Reading}
 */
export function translate(model, characters, length) {
  const { hidden, symbols, write, write_h, write_b, query, key, score, out, out_b } = model;
  const codes = characters.map(c => model.letters.indexOf(c));
  const { states, last } = readText(model, codes);
  const keys = states.map(e => timesMatrix(e, key, hidden));
  let s = timesMatrix(last, model.start, hidden).map(Math.tanh);
  let previous = symbols.length; // the row of the table that stands for the beginning
  /** @type {Reading} */
  const result = { answer: "", alignment: [], certainty: [] };
  for (let t = 0; t < length; t++) {
    s = gruStep(write, previous * 3 * hidden, s, write_h, write_b);
    const q = timesMatrix(s, query, hidden);
    const weights = softmax(keys.map(k =>
      k.reduce((sum, value, i) => sum + Math.tanh(q[i] + value) * score[i], 0)));
    const both = new Float64Array(3 * hidden); // the state, then the context
    both.set(s);
    states.forEach((e, i) => e.forEach((v, j) => { both[hidden + j] += weights[i] * v; }));
    const chances = softmax(timesMatrix(both, out, symbols.length, 0, out_b));
    previous = chances.indexOf(Math.max(...chances));
    result.answer += symbols[previous];
    result.alignment.push(weights);
    result.certainty.push(chances[previous]);
  }
  return result;
}
