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
const BOOST = { title: 3, page: 1, explains: 10, text: 1, claims: 0.5 };
// The words of a term say less than the term: a "learning rate" is no learning.
const PART = 0.3;
const TERM = 1.5;
// Beside a term, the other words say what one wants to know of it.
const ASPECT = 2;
const NOTATION = "book/notation"; // where a single letter is looked up
const EXCERPT = 240; // characters
const NAMED = 1e6; // counts as so many sections: a name of the glossary
const RERANKED = 40; // sections
// What a score is multiplied by if hardly anything asked stands together, and if all stands in one sentence.
const APART = 0.4;
const TOGETHER = 1.3;
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

/** @param {Section} section */
function sentencesOf({ text, claims }) {
  return `${text}\n${claims}`.split(/(?<=[.?!:])\s+(?=[\p{Lu}“(])|\n+/u).filter(Boolean);
}

/**
 * @param {Data} data as the build has written it
 * @returns {(question: string, limit?: number) => Answer}
 */
export function createSearch({ terms, sections, index }) {
  const table = nameTable(terms);
  const search = MiniSearch.loadJS(index, options(table));

  /** @type {Map<string, number>} in how many sections a word stands */
  const frequency = new Map();
  for (const [word, fields] of index.index) {
    const counts = Object.values(fields).map(found => Object.keys(found).length);
    if (!word.startsWith("§")) frequency.set(word, Math.max(...counts));
  }
  // What a misspelled word may stand for; names of the glossary before all others.
  const vocabulary = new Map(frequency);
  for (const { name, also = [], asked = [] } of terms) {
    for (const { word } of [name, ...also, ...asked].flatMap(tokens)) vocabulary.set(word, NAMED + 1);
  }
  for (const joined of table.keys()) if (!vocabulary.has(joined)) vocabulary.set(joined, NAMED);

  /** @param {string} word; @returns from 0.2, if all sections have it, to 1 */
  function rarity(word) {
    const count = Math.max(1, ...forms(word).map(form => frequency.get(form) ?? 1));
    return Math.max(0.2, 1 - Math.log(count) / Math.log(sections.length));
  }

  /**
   * @param {string} word
   * @param {boolean} unfinished the reader is still typing it
   */
  function correct(word, unfinished) {
    if (word.length < 4 || isStop(word) || forms(word).some(form => vocabulary.has(form))) return word;
    const all = [...vocabulary];
    if (unfinished && all.some(([known]) => known.startsWith(word))) return word;
    let best = word;
    let least = Infinity;
    let most = 0;
    for (const [known, count] of all) {
      // Short words resemble too many others: they are rather taken for terms.
      const allowed = (count < NAMED ? [6, 8] : [4, 6]).filter(length => word.length >= length).length;
      if (Math.abs(known.length - word.length) > allowed) continue;
      const errors = distance(word, known);
      // The first letter is seldom the wrong one.
      const rank = errors + Number(known[0] !== word[0]) / 2;
      if (errors <= allowed && (rank < least || (rank === least && count > most))) {
        [best, least, most] = [known, rank, count];
      }
    }
    return best;
  }

  /** @type {Map<number, Set<string>[]>} */
  const remembered = new Map();

  /** @param {number} id of a section; @returns what each of its sentences, and its title, can be found by */
  function contents(id) {
    const { title, page } = sections[id];
    const found = remembered.get(id) ?? [`${page} ${title}`, ...sentencesOf(sections[id])].map(sentence => {
      const words = tokens(sentence);
      return new Set([...words.flatMap(({ word }) => forms(word)),
        ...mentions(words, table).map(({ concept }) => sign(concept))]);
    });
    remembered.set(id, found);
    return found;
  }

  /**
   * @param {Section} section
   * @param {Set<string>} wanted forms and signs that the section was found by
   */
  function excerpt(section, wanted) {
    const sentences = sentencesOf(section);
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
    // What belongs to a term is spelled well enough.
    const known = new Set(mentions(typed, table).flatMap(({ first, last }) => typed.slice(first, last + 1)));
    const words = typed.map((token, i) => known.has(token) ? token
      : { ...token, word: correct(token.word, unfinished && i === typed.length - 1) });
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
    // What the book does not say at all, no section can be missing.
    const free = parts.filter(word => !inside.has(word)
      && (frequency.has(word) || forms(word).some(form => frequency.has(form)) || unfinished && word === words.at(-1)?.word));
    const needed = [...free, ...signs]; // what a perfect section has

    const rarest = Math.max(...(free.length ? free : parts).map(rarity));
    const lastWord = words.at(-1)?.word;
    const isSymbol = parts.some(word => /^[a-zα-ω]$/.test(word)) && parts.length < 3;
    const raw = search.search(asked.join(" "), {
      tokenize: text => text.split(" ").filter(Boolean),
      // Who asks for more than a term does not want its definition.
      boost: { ...BOOST, explains: free.length ? BOOST.explains / 2 : BOOST.explains },
      boostTerm: term => {
        if (term.startsWith("§")) return TERM;
        const word = parts.find(part => forms(part).includes(term)) ?? term;
        const role = !free.includes(word) ? PART : concepts.size ? ASPECT : 1;
        // A word with a stem must not count twice, and one that most sections have says little.
        return role * rarity(word) / rarest / forms(word).length;
      },
      boostDocument: id => sections[id].weight * (isSymbol && sections[id].url.startsWith(NOTATION) ? 5 : 1),
      prefix: term => unfinished && term === lastWord && term.length > 2,
      weights: { fuzzy: 0, prefix: 0.6 },
    });
    const results = raw.map(({ id, score, terms: matched }, rank) => {
      if (needed.length < 2 || rank >= RERANKED) return { id, matched, score: score * (needed.length < 2 ? 1 : APART) };
      // All that is asked, and best in one sentence.
      const inSentences = contents(id).map(has => needed.filter(need => (
        need.startsWith("§") ? has.has(need) : forms(need).some(form => has.has(form)))));
      const hits = new Set(inSentences.flat()).size / needed.length;
      const together = Math.max(...inSentences.map(({ length }) => length)) / needed.length;
      const factor = (APART + (1 - APART) * hits)
        * (together === 1 ? TOGETHER : APART + (1 - APART) * together);
      return { id, matched, score: score * factor };
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
