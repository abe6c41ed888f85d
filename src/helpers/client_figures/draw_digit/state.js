// What defines the figure: read from the model, which anyone may have written, for example by hand
// into the address of the page. So every value is checked here, and nowhere else.

import { BLOCK, decodeDots, dotsFromCounts } from "./bitmap.js";

export const TOOLS = { draw: "Draw", erase: "Erase", move: "Move" };

/** @param {string} name @returns {name is keyof typeof TOOLS} whether it is a tool */
const isTool = name => Object.hasOwn(TOOLS, name);

/** @param {string} text in base64 */
const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
/** @type {WeakMap<Packed, Data>} */
const unpacked = new WeakMap();

/**
 * One row of maps: what a layer gives (-1: the picture), or the filters of the first convolution.
 * @typedef {object} StageSpec
 * @property {string} label
 * @property {number} scale what counts as a large value
 * @property {number} [layer]
 * @property {{maps: number, rows: number, columns: number, weight: number}} [filters]
 *
 * @typedef {{name: string, layers: import("./engine.js").Layer[], stages: StageSpec[]}} Network
 *
 * @typedef {object} Packed what Python hands over; bytes are in base64
 * @property {Network[]} networks
 * @property {string} weights
 * @property {string} images
 * @property {string} labels
 * @property {number} cells
 * @property {number} margin
 *
 * @typedef {object} Data
 * @property {Network[]} networks
 * @property {Float32Array} weights of all networks, one after the other
 * @property {Uint8Array} images counts of the test images, row by row, without margin
 * @property {number[]} labels
 * @property {number} cells of the page in each direction, margin included
 * @property {number} margin
 *
 * @typedef {ReturnType<typeof readState>} DigitState
 */

/**
 * @param {Packed} packed
 * @returns {Data}
 * @throws {Error} if it is damaged
 */
function unpack(packed) {
  const known = unpacked.get(packed);
  if (known) return known;
  const { networks, margin, labels } = packed;
  const data = {
    networks,
    margin,
    weights: new Float32Array(bytesOf(packed.weights).buffer),
    images: bytesOf(packed.images),
    labels: [...labels].map(Number),
    cells: packed.cells,
  };
  const inside = (packed.cells - 2 * margin) ** 2;
  if (!(networks.length > 0 && inside * labels.length === data.images.length)) {
    throw new Error("the network does not fit its images");
  }
  unpacked.set(packed, data);
  return data;
}

/**
 * @param {Data} data
 * @param {number} picture
 * @returns {Float64Array} counts of a test image on the whole page
 */
export function pageOf(data, picture) {
  const { cells, margin, images } = data;
  const side = cells - 2 * margin;
  const page = new Float64Array(cells * cells);
  for (let i = 0; i < side * side; i++) {
    const [row, column] = [Math.floor(i / side) + margin, (i % side) + margin];
    page[row * cells + column] = images[picture * side * side + i];
  }
  return page;
}

/**
 * @param {Pick<import("../shared/frame.js").FigureModel, "get">} model
 * @param {Packed} first what the figure began with
 */
export function readState(model, first) {
  /** @type {string[]} */
  const notes = [];
  let data;
  try {
    data = unpack(/** @type {Packed} */ (model.get("data")));
  } catch {
    notes.push("The network in this address is damaged; the book's own is shown.");
    data = unpack(first);
  }
  /** @param {string} key @param {number} low @param {number} high */
  const whole = (key, low, high) => {
    const value = Number(model.get(key));
    return Number.isFinite(value) ? Math.max(low, Math.min(high, Math.round(value))) : 0;
  };
  const names = data.networks.map(({ name }) => name);
  const wanted = String(model.get("network"));
  const index = Math.max(0, names.indexOf(wanted));
  if (!names.includes(wanted)) notes.push(`There is no such network; shown is “${names[0]}”.`);
  const size = data.cells * BLOCK;
  const picture = whole("picture", 0, data.labels.length - 1);
  const text = model.get("drawing");
  const drawn = typeof text === "string" && text ? decodeDots(text, size) : null;
  if (text && !drawn) notes.push("The drawing in this address is damaged; a test image is shown.");
  const reach = data.margin * BLOCK;
  const tool = String(model.get("tool"));
  return {
    data,
    network: data.networks[index],
    picture,
    drawn: drawn !== null,
    dots: drawn ?? dotsFromCounts(pageOf(data, picture), data.cells),
    right: whole("right", -reach, reach),
    down: whole("down", -reach, reach),
    tool: isTool(tool) ? tool : "draw",
    size,
    reach,
    notes,
  };
}

/** @param {number} digit @returns {string} it as one says it */
export const withArticle = digit => `${digit === 8 ? "an" : "a"} ${digit}`;

/**
 * @param {Float64Array} p probabilities
 * @param {DigitState} state
 * @param {boolean} empty whether nothing is drawn
 * @returns {string} what the network says, in one sentence
 */
export function describeAnswer(p, state, empty) {
  if (empty) return "The page is empty: the network only hears its biases.";
  const [first, second] = [...p.keys()].sort((a, b) => p[b] - p[a]);
  const percent = (/** @type {number} */ k) => `${Math.round(100 * p[k])}\u00a0%`;
  const label = state.data.labels[state.picture];
  const verdict = first === label ? " That is right." : ` Wrong: it is ${withArticle(label)}.`;
  return `The network says ${first} (${percent(first)}), ` +
    `then ${second} (${percent(second)}).${state.drawn ? "" : verdict}`;
}
