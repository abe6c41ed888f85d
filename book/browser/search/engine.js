// From a question to sections of the book, best first. Knows nothing of the page.

import MiniSearch from "minisearch";
import { forms, isStop, mentions, nameTable, tokens } from "./words.js";

/**
 * @typedef {import("./words.js").Names & {text: string, url: string}} Term of the glossary
 * @typedef {{url: string, page: string, title: string, text: string, claims: string, explains: string,
 *   weight: number}} Section
 * @typedef {{terms: Term[], sections: Section[], index: import("minisearch").AsPlainObject}} Data
 * @typedef {{text: string, marked: boolean}} Piece
 * @typedef {{url: string, page: string, title: string, excerpt: Piece[], score: number}} Result
 * @typedef {{results: Result[], count: number, terms: Term[], corrected: string}} Answer
 */

const FIELDS = ["title", "page", "explains", "text", "claims"];
const BOOST = { title: 3, page: 1, explains: 6, text: 1, claims: 0.5 };
// The words of a term say less than the term: a "learning rate" is no learning.
const PART = 0.3;
const TERM = 1.5;
const EXCERPT = 240; // characters
const FAINT = 0.15; // of the best score: what is below only has a word in common

/** @param {number} concept as a word of the index that no text can contain */
const sign = concept => `§${concept}`;

/**
 * @param {Map<string, number>} table
 * @returns {import("minisearch").Options} of the index; those who build it and who load it agree
 */
function options(table) {
  return {
    fields: FIELDS,
    tokenize(text, field) {
      if (field === "explains") return text.split(" ").filter(Boolean);
      const words = tokens(text);
      const concepts = mentions(words, table).map(({ concept }) => sign(concept));
      // Who is just typing "backpropag" shall find what is written with a hyphen.
      const joined = words.flatMap(({ word, start }, i) => (
        i && text[start - 1] === "-" && words[i - 1].end === start - 1 ? words[i - 1].word + word : []));
      return [...words.map(({ word }) => word).filter(word => !isStop(word)), ...joined, ...concepts];
    },
    processTerm: word => word.startsWith("§") ? word : forms(word),
  };
}

/**
 * @param {Term[]} terms
 * @param {Section[]} sections whose `explains` holds numbers of terms
 * @returns {import("minisearch").AsPlainObject} the index, for `createSearch`
 */
export function buildIndex(terms, sections) {
  const search = new MiniSearch(options(nameTable(terms)));
  search.addAll(sections.map((section, id) => ({
    ...section, id, explains: section.explains.replace(/\d+/g, number => sign(Number(number))),
  })));
  return search.toJSON();
}

/**
 * Typing errors between two words: letters that are missing, added, wrong or exchanged.
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  /** @type {number[][]} */
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const wrong = Number(a[i - 1] !== b[j - 1]);
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + wrong);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.length][b.length];
}

/**
 * @param {Data} data as the build has written it
 * @returns {(question: string, limit?: number) => Answer}
 */
export function createSearch({ terms, sections, index }) {
  const table = nameTable(terms);
  const search = MiniSearch.loadJS(index, options(table));

  // Words that a misspelled one may stand for, with the number of their sections; those of the
  // glossary first.
  /** @type {Map<string, number>} */
  const vocabulary = new Map();
  for (const [word, fields] of index.index) {
    const counts = Object.values(fields).map(sections => Object.keys(sections).length);
    if (!word.startsWith("§")) vocabulary.set(word, Math.max(...counts));
  }
  for (const { name, also = [], asked = [] } of terms) {
    for (const { word } of [name, ...also, ...asked].flatMap(tokens)) vocabulary.set(word, 1000);
  }
  for (const joined of table.keys()) if (!vocabulary.has(joined)) vocabulary.set(joined, 999);

  /**
   * @param {string} word
   * @param {boolean} unfinished the reader is still typing it
   */
  function correct(word, unfinished) {
    if (word.length < 4 || isStop(word) || forms(word).some(form => vocabulary.has(form))) return word;
    const all = [...vocabulary];
    if (unfinished && all.some(([known]) => known.startsWith(word))) return word;
    const allowed = word.length < 6 ? 1 : 2;
    let best = word;
    let least = allowed + 1;
    let most = 0;
    for (const [known, count] of all) {
      if (Math.abs(known.length - word.length) > allowed || known.length < 3) continue;
      const errors = distance(word, known) + Number(known[0] !== word[0]) / 2;
      if (errors < least || (errors === least && count > most)) {
        [best, least, most] = [known, errors, count];
      }
    }
    return best;
  }

  /**
   * @param {Section} section
   * @param {Set<string>} wanted forms and signs that the section was found by
   */
  function excerpt({ text, claims }, wanted) {
    const sentences = `${text}\n${claims}`.split(/(?<=[.?!:])\s+(?=[\p{Lu}“(])|\n+/u).filter(Boolean);
    const found = sentences.map(sentence => marks(sentence, wanted));
    const scores = found.map(places => new Set(places.map(({ form }) => form)).size);
    const best = Math.max(scores.indexOf(Math.max(...scores)), 0);
    /** @type {Piece[]} */
    const pieces = [];
    let length = 0;
    for (let i = best; i < sentences.length && length < EXCERPT; i++) {
      const sentence = sentences[i];
      // A long sentence begins shortly before its first match.
      const first = found[i][0]?.start ?? 0;
      const from = sentence.length > EXCERPT && first > 80 ? sentence.indexOf(" ", first - 60) + 1 : 0;
      const whole = sentence.length - from;
      const to = length && whole > EXCERPT - length ? 0
        : whole > EXCERPT ? sentence.lastIndexOf(" ", from + EXCERPT) : sentence.length;
      if (!to) break;
      let at = from;
      pieces.push({ text: (length ? " " : "") + (from ? "… " : ""), marked: false });
      for (const { start, end } of found[i]) {
        if (start < at || end > to) continue;
        pieces.push({ text: sentence.slice(at, start), marked: false });
        pieces.push({ text: sentence.slice(start, end), marked: true });
        at = end;
      }
      pieces.push({ text: sentence.slice(at, to) + (to < sentence.length ? " …" : ""), marked: false });
      length += to - from;
    }
    return pieces.filter(piece => piece.text);
  }

  /**
   * @param {string} text
   * @param {Set<string>} wanted
   */
  function marks(text, wanted) {
    const words = tokens(text);
    const places = mentions(words, table)
      .filter(({ concept }) => wanted.has(sign(concept)))
      .map(({ concept, first, last }) => (
        { start: words[first].start, end: words[last].end, form: sign(concept) }));
    for (const { word, start, end } of words) {
      const form = forms(word).find(form => wanted.has(form));
      const covered = places.some(place => place.start <= start && end <= place.end);
      if (form && !covered) places.push({ start, end, form });
    }
    return places.sort((a, b) => a.start - b.start);
  }

  return (question, limit = 8) => {
    const typed = tokens(question);
    const unfinished = /[\p{L}\p{N}]$/u.test(question);
    const words = typed.map((token, i) => (
      { ...token, word: correct(token.word, unfinished && i === typed.length - 1) }));
    const corrected = words.some(({ word }, i) => word !== typed[i].word)
      ? words.map(({ word, start, end }, i) => (
        word === typed[i].word ? question.slice(start, end) : word)).join(" ") : "";

    const found = mentions(words, table);
    // Of a Chinese word that is no term, those terms that contain it.
    const han = question.match(/\p{Script=Han}{2,}/gu) ?? [];
    const concepts = new Set(found.map(({ concept }) => concept));
    if (!concepts.size) {
      for (const [joined, concept] of table) {
        if (han.some(run => joined.includes(run))) concepts.add(concept);
      }
    }
    const inside = new Set(found.flatMap(({ first, last }) => (
      words.slice(first, last + 1).map(({ word }) => word))));
    let plain = words.map(({ word }) => word).filter(word => !/\p{Script=Han}/u.test(word));
    if (plain.some(word => !isStop(word)) || concepts.size) plain = plain.filter(word => !isStop(word));
    const parts = [...new Set(plain)];
    const signs = [...concepts].map(sign);
    const asked = [...parts, ...signs];
    const free = parts.filter(word => !inside.has(word));
    const needed = [...free, ...signs]; // what a perfect section has

    const lastWord = words.at(-1)?.word;
    const raw = search.search(asked.join(" "), {
      tokenize: text => text.split(" ").filter(Boolean),
      boost: BOOST,
      boostTerm: term => term.startsWith("§") ? TERM : free.some(word => forms(word).includes(term)) ? 1 : PART,
      boostDocument: id => sections[id].weight,
      prefix: term => unfinished && term === lastWord && term.length > 2,
      weights: { fuzzy: 0, prefix: 0.6 },
    });
    const results = raw.map(({ id, score, queryTerms, terms: matched }) => {
      const hits = needed.filter(need => need.startsWith("§") ? queryTerms.includes(need)
        : forms(need).some(form => queryTerms.includes(form))).length;
      return { id, matched, score: score * (0.3 + 0.7 * hits / Math.max(needed.length, 1)) };
    }).sort((a, b) => b.score - a.score)
      .filter(({ score }, i, [first]) => score > FAINT * first.score);
    return {
      count: results.length,
      results: results.slice(0, limit).map(({ id, matched, score }) => ({
        url: sections[id].url,
        page: sections[id].page,
        title: sections[id].title,
        excerpt: excerpt(sections[id], new Set(matched)),
        score,
      })),
      // A term is explained if the question is about little else.
      terms: concepts.size && free.length < 2 ? [...concepts].slice(0, 2).map(concept => terms[concept]) : [],
      corrected,
    };
  };
}
