// Words as the search compares them. The index is built with the same functions (search_index.mjs).

import { stemmer } from "stemmer";

/**
 * @typedef {{name: string, chinese: string, also: string[], asked: string[]}} Names
 * @typedef {{word: string, start: number, end: number}} Token
 * @typedef {{concept: number, first: number, last: number}} Mention tokens from first to last
 */

// A Chinese character is a token by itself; glossary terms say which belong together.
const TOKEN = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+|√/gu;
const LONGEST = 12; // tokens of a term

// British endings, in words long enough to have one: "four" and "rise" stay as they are.
/** @type {[RegExp, string][]} */
const SPELLING = [
  [/(?<=\w{4})is(e|ed|es|ing|er|ers|ation|ations)$/, "iz$1"],
  [/(?<=\w{3})ys(e|ed|es|ing)$/, "yz$1"],
  [/(?<=\w{3})our(s|ed|ing|al)?$/, "or$1"],
  [/(?<=\w{3})ll(ed|ing|er|ers)$/, "l$1"],
  [/(?<=\w{2})tre(s?)$/, "ter$1"],
];

/** @type {Record<string, string>} */
const GREEK = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", eta: "η", theta: "θ", kappa: "κ",
  lambda: "λ", mu: "μ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ", phi: "φ",
};

/** @param {string} word without its plural and its British spelling */
function plain(word) {
  for (const [british, american] of SPELLING) word = word.replace(british, american);
  if (word.length < 4) return word;
  if (/ies$/.test(word)) return word.replace(/ies$/, "y");
  if (/(ss|as|us|is|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^saui]s$/.test(word) ? word.slice(0, -1) : word;
}

// They stand everywhere, and say nothing of what is looked for.
const STOP = new Set((
  "a about am an and any are as at be been but by can cannot cant could did do does doesnt dont for " +
  "from get gets had has have how i if in into is isnt it its many me much my of on or our shall " +
  "should so such than that the their them then there these they this those to us use vs versus was " +
  "we were what when where which who why will with without wont would you your"
).split(" ").map(plain));

/**
 * @param {string} text
 * @returns {Token[]} its words, plainly spelled, with their places
 */
export function tokens(text) {
  return [...text.matchAll(TOKEN)].map(match => {
    const [written] = match;
    // A letter after an apostrophe is the end of the word before: Newton's, can't.
    const folded = written === "√" ? "sqrt"
      : written.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    return { word: GREEK[folded] ?? plain(folded), start: match.index, end: match.index + written.length };
  }).filter(({ word, start }) => !(/^(s|t)$/.test(word) && /['’]/.test(text[start - 1] ?? "")));
}

/** @param {string} word */
export function isStop(word) {
  return STOP.has(word);
}

/**
 * @param {string} word, or a sign
 * @returns {string[]} what the index knows it by: as it is, and its stem
 */
export function forms(word) {
  return isSign(word) ? [word] : [...new Set([word, stemmer(word)])];
}

/** @param {number} concept a term of the glossary, as a word of the index that no text can contain */
export function sign(concept) {
  return `§${concept}`;
}

/** @param {string} word */
export function isSign(word) {
  return word.startsWith("§");
}

/**
 * @param {Names[]} terms of the glossary
 * @returns {Map<string, number>} which term a name belongs to, by the name's tokens in one piece
 */
export function nameTable(terms) {
  const table = new Map();
  // A term's own name wins over what another one is asked by.
  for (const key of /** @type {const} */ (["name", "chinese", "also", "asked"])) {
    terms.forEach((term, concept) => {
      for (const name of [term[key] ?? []].flat()) {
        const joined = tokens(name).map(({ word }) => word).join("");
        if (!table.has(joined)) table.set(joined, concept);
      }
    });
  }
  return table;
}

/**
 * Find the terms in a text, the longest first: "batch normalization" is no batch.
 * @param {Token[]} words
 * @param {Map<string, number>} table
 * @returns {Mention[]}
 */
export function mentions(words, table) {
  /** @type {Mention[]} */
  const found = [];
  for (let first = 0; first < words.length; first++) {
    for (let last = Math.min(first + LONGEST, words.length) - 1; last >= first; last--) {
      const joined = words.slice(first, last + 1).map(({ word }) => word).join("");
      const concept = table.get(joined);
      if (concept !== undefined) {
        found.push({ concept, first, last });
        first = last;
        break;
      }
    }
  }
  return found;
}
