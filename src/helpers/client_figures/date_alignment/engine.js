// The network that reads a date: a GRU in both directions, a GRU that writes, and additive
// attention between them. No DOM here. Matrices are stored row by row, as NumPy has them.

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
 * Unpacks a model as Python hands it over.
 * @param {{letters: string, symbols: string, hidden: number, weights: string}} stored
 *   the weights are little-endian float32 numbers in base64
 * @returns {object} the sizes, and a Float32Array for each weight
 * @throws {Error} if there are too few or too many numbers
 */
export function loadModel({ letters, symbols, hidden, weights }) {
  const bytes = Uint8Array.from(atob(weights), c => c.charCodeAt(0));
  const numbers = new Float32Array(bytes.buffer);
  const model = { letters: [...letters], symbols: [...symbols], hidden };
  let at = 0;
  for (const [name, shape] of
    Object.entries(weightShapes(model.letters.length, model.symbols.length, hidden))) {
    const size = shape.reduce((a, b) => a * b);
    model[name] = numbers.subarray(at, at += size);
  }
  if (at !== numbers.length) throw new Error(`${numbers.length} weights instead of ${at}`);
  return model;
}

/** Returns x @ W (+ b), with W of shape (x.length, columns) beginning at an offset. */
function timesMatrix(x, W, columns, from = 0, b = null, bFrom = 0) {
  const y = new Float64Array(columns);
  if (b) for (let j = 0; j < columns; j++) y[j] = b[bFrom + j];
  for (let i = 0; i < x.length; i++) {
    const row = from + i * columns;
    for (let j = 0; j < columns; j++) y[j] += x[i] * W[row + j];
  }
  return y;
}

const sigmoid = z => 1 / (1 + Math.exp(-z));

/** One step of a GRU: the table's row `x` (at an offset) is what its input adds to the gates. */
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

/** Reads the characters in both directions; returns a state (2h) for each, and the last two. */
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

/** Turns scores into positive numbers with the sum 1. */
function softmax(scores) {
  const top = Math.max(...scores);
  const powers = Array.from(scores, s => Math.exp(s - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map(p => p / sum);
}

/**
 * Writes the answer, always the most probable character next.
 * @param {object} model as `loadModel` returns it
 * @param {string[]} characters at least one, all among the model's letters
 * @param {number} length characters to write
 * @returns {{answer: string, alignment: number[][], certainty: number[]}} the weight of each
 *   character read (columns) for each one written (rows), and the written ones' probabilities
 */
export function translate(model, characters, length) {
  const { hidden, symbols, write, write_h, write_b, query, key, score, out, out_b } = model;
  const codes = characters.map(c => model.letters.indexOf(c));
  const { states, last } = readText(model, codes);
  const keys = states.map(e => timesMatrix(e, key, hidden));
  let s = timesMatrix(last, model.start, hidden).map(Math.tanh);
  let previous = symbols.length; // the row of the table that stands for the beginning
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
