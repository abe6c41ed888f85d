// What the reader can change, checked: it may come from the address of the page or from Python.

/**
 * @typedef {object} DateState
 * @property {string} text as it was typed
 * @property {string[]} characters as the network reads them: in lower case
 * @property {number} row from 0: the written character whose weights are told
 * @property {string} problem why the network cannot read the text; empty if it can
 * @property {Set<string>} unknown the characters that it has never seen
 */

/**
 * @param {{get: (key: string) => unknown}} model
 * @returns {DateState}
 */
export function readDateState(model) {
  const { letters, longest, length, examples } = model.get("model");
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

/** @returns {string} the characters, letters by what is missing among them */
function describeLetters(letters) {
  const alphabet = [..."abcdefghijklmnopqrstuvwxyz"];
  const missing = alphabet.filter(c => !letters.includes(c));
  const others = [...letters].filter(c => !/[a-z0-9 ]/.test(c)).join(" ");
  const without = missing.length ? ` except ${missing.join(", ")}` : "";
  return `the digits, the space, ${others} and the letters a to z${without}`;
}

/** @returns {boolean} whether an answer like 2021-02-28 is a day of the calendar */
export function isCalendarDay(answer) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(answer)?.slice(1).map(Number);
  if (!parts) return false;
  const [year, month, day] = parts;
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(year, month, 0).getDate();
}

/** @returns {string} a weight or probability in percent */
export function percent(share) {
  const value = 100 * share;
  return value > 99.95 || value < 0.05 ? `${Math.round(value)} %` : `${value.toFixed(1)} %`;
}

/** @returns {string} a character that can be seen and pronounced */
export function visible(character) {
  return character === " " ? "space" : `“${character}”`;
}

/**
 * Says where a written character was read from.
 * @param {{answer: string, alignment: number[][], certainty: number[]}} result
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
  const order = weights.map((w, i) => [w, i]).sort((a, b) => b[0] - a[0]).slice(0, 3)
    .filter(([w]) => w >= 0.005);
  const places = order.map(([w, i]) => `${visible(characters[i])} (${i + 1}) ${percent(w)}`);
  return `${written} looks at ${places.join(", ")}.`;
}
