// What defines the figure: read from the model, which anyone may have written, for example by hand
// into the address of the page. So every value is checked here, and nowhere else.

import { BLOCK, decodeDots, dotsFromCounts } from "./bitmap.js";

export const TOOLS = { draw: "Draw", erase: "Erase", move: "Move" };

const bytesOf = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
const unpacked = new WeakMap();

/**
 * @typedef {object} Data
 * @property {{name: string, layers: object[], stages: object[]}[]} networks
 * @property {Float32Array} weights of all networks, one after the other
 * @property {Uint8Array} images counts of the test images, row by row, without margin
 * @property {number[]} labels
 * @property {number} cells of the page in each direction, margin included
 * @property {number} margin
 */

/** @returns {Data} what Python packed; raises an error if it is damaged */
function unpack(packed) {
  if (unpacked.has(packed)) return unpacked.get(packed);
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

/** @returns {Float64Array} counts of a test image on the whole page */
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
 * @param {{get: (key: string) => unknown, defaults?: object}} model
 * @param {object} first the packed data that the figure began with
 */
export function readState(model, first) {
  const notes = [];
  let data;
  try {
    data = unpack(model.get("data"));
  } catch {
    notes.push("The network in this address is damaged; the book's own is shown.");
    data = unpack(first);
  }
  const whole = (key, low, high) => {
    const value = Number(model.get(key));
    return Number.isFinite(value) ? Math.max(low, Math.min(high, Math.round(value))) : 0;
  };
  const names = data.networks.map(({ name }) => name);
  const wanted = model.get("network");
  const index = Math.max(0, names.indexOf(wanted));
  if (!names.includes(wanted)) notes.push(`There is no such network; shown is “${names[0]}”.`);
  const size = data.cells * BLOCK;
  const picture = whole("picture", 0, data.labels.length - 1);
  const text = model.get("drawing");
  const drawn = typeof text === "string" && text ? decodeDots(text, size) : null;
  if (text && !drawn) notes.push("The drawing in this address is damaged; a test image is shown.");
  const reach = data.margin * BLOCK;
  return {
    data,
    network: data.networks[index],
    picture,
    drawn: drawn !== null,
    dots: drawn ?? dotsFromCounts(pageOf(data, picture), data.cells),
    right: whole("right", -reach, reach),
    down: whole("down", -reach, reach),
    tool: TOOLS[model.get("tool")] ? model.get("tool") : "draw",
    size,
    reach,
    notes,
  };
}

/** @returns {string} a digit as one says it */
export const withArticle = digit => `${digit === 8 ? "an" : "a"} ${digit}`;

/** @returns {string} what the network says, in one sentence */
export function describeAnswer(p, state, empty) {
  if (empty) return "The page is empty: the network only hears its biases.";
  const [first, second] = [...p.keys()].sort((a, b) => p[b] - p[a]);
  const percent = k => `${Math.round(100 * p[k])}\u00a0%`;
  const label = state.data.labels[state.picture];
  let truth = "";
  if (!state.drawn) truth = first === label ? " That is right." : ` Wrong: it is ${withArticle(label)}.`;
  return `The network says ${first} (${percent(first)}), then ${second} (${percent(second)}).${truth}`;
}
