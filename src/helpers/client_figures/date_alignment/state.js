// What the reader can change, checked: it may come from the address of the page or from Python.

/**
 * What Python hands over once, with the network.
 * @typedef {import("./engine.js").StoredNetwork &
 *   {length: number, longest: number, examples: string[]}} DateModel
 *
 * @typedef {object} DateState
 * @property {string} text as it was typed
 * @property {string[]} characters as the network reads them: in lower case
 * @property {number} row from 0: the written character whose weights are told
 * @property {string} problem why the network cannot read the text; empty if it can
 * @property {Set<string>} unknown the characters that it has never seen
 */

/** @typedef {Pick<import("../shared/frame.js").FigureModel, "get">} Readable */

/** @param {Readable} model */
export const dateModel = model => /** @type {DateModel} */ (model.get("model"));

/**
 * @param {Readable} model
 * @returns {DateState}
 */
export function readDateState(model) {
  const { letters, longest, length, examples } = dateModel(model);
  const given = model.get("text");
  const text = typeof given === "string" ? given : "";
  // A phone writes a curved apostrophe.
  const characters = [...text.toLowerCase().replace(/\s/g, " ").replace(/[’‘ʼ]/g, "'").trim()];
  const unknown = new Set(characters.filter(c => !letters.includes(c)));
  const number = Number(model.get("row"));
  const row = Number.isFinite(number) ? Math.max(1, Math.min(length, Math.round(number))) - 1 : 0;
  let problem = "";
  if (!characters.length) {
    problem = `Type a date, for example ${examples[0]}.`;
  } else if (unknown.size) {
    problem = `The network has never seen ${[...unknown].map(c => `“${c}”`).join(", ")}. ` +
      `It knows ${describeLetters(letters)}.`;
  } else if (characters.length > longest) {
    problem = `This has ${characters.length} characters. The longest date that the network ` +
      `was trained on has ${longest}: take away ${characters.length - longest}.`;
  }
  return { text, characters, row, problem, unknown };
}

/**
 * @param {string} letters
 * @returns {string} the characters, letters by what is missing among them
 */
function describeLetters(letters) {
  const alphabet = [..."abcdefghijklmnopqrstuvwxyz"];
  const missing = alphabet.filter(c => !letters.includes(c));
  const others = [...letters].filter(c => !/[a-z0-9 ]/.test(c)).join(" ");
  const without = missing.length ? ` except ${missing.join(", ")}` : "";
  return `the digits, the space, ${others} and the letters a to z${without}`;
}

/**
 * @param {string} answer like 2021-02-28
 * @returns {boolean} whether it is a day of the calendar
 */
export function isCalendarDay(answer) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(answer)?.slice(1).map(Number);
  if (!parts) return false;
  const [year, month, day] = parts;
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(year, month, 0).getDate();
}

/** @param {number} share @returns {string} a weight or probability in percent */
export function percent(share) {
  const value = 100 * share;
  return value > 99.95 || value < 0.05 ? `${Math.round(value)} %` : `${value.toFixed(1)} %`;
}

/** @param {string} character @returns {string} a character that can be seen and pronounced */
export function visible(character) {
  return character === " " ? "space" : `“${character}”`;
}

/**
 * Says where a written character was read from.
 * @param {import("./engine.js").Reading} result
 * @param {string[]} characters
 * @param {number} row
 * @param {number | null} column the typed character that is pointed at, if any
 * @returns {string}
 */
export function describeRow({ answer, alignment }, characters, row, column) {
  const weights = alignment[row];
  const written = `Character ${row + 1} of ${answer}, “${answer[row]}”,`;
  if (column !== null) {
    return `${written} gives ${percent(weights[column])} of its weight to ` +
      `${visible(characters[column])}, character ${column + 1} of the date.`;
  }
  const order = [...weights.keys()].sort((i, j) => weights[j] - weights[i]).slice(0, 3)
    .filter(i => weights[i] >= 0.005);
  const places = order.map(i => `${visible(characters[i])} (${i + 1}) ${percent(weights[i])}`);
  return `${written} looks at ${places.join(", ")}.`;
}
