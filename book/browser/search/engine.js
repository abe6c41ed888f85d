// From a question to sections of the book, best first. Knows nothing of the page.

import MiniSearch from "minisearch";
import { excerpt, sentencesOf } from "./excerpt.js";
import { createSpelling } from "./spelling.js";
import { forms, isSign, isStop, mentions, nameTable, sign, tokens } from "./words.js";

/**
 * @typedef {import("./words.js").Names & {text: string, url: string}} Term of the glossary
 * @typedef {{url: string, page: string, title: string, text: string, claims: string, explains: string,
 *   weight: number}} Section
 * @typedef {{terms: Term[], sections: Section[], index: import("minisearch").AsPlainObject}} Data
 * @typedef {{url: string, page: string, title: string, score: number,
 *   excerpt: import("./excerpt.js").Piece[]}} Result
 * @typedef {{results: Result[], count: number, terms: Term[], corrected: string}} Answer
 */

const FIELDS = ["title", "page", "explains", "text", "claims"];
const BOOST = { title: 3, page: 1, explains: 10, text: 1, claims: 0.5 };
// What a word of the question counts. The words of a term say less than the term: a "learning
// rate" is no learning. Beside a term, the others say what one wants to know of it.
const TERM = 1.5;
const PART = 0.3;
const ASPECT = 2;
const LEAST_RARE = 0.2;
// What a score is multiplied by if hardly anything asked stands together, and if all stands in
// one sentence.
const APART = 0.4;
const TOGETHER = 1.3;
const RERANKED = 40; // sections
const FAINT = 0.04; // of the best score: below, a section only has some word in common
const SYMBOLS = { start: "book/notation", factor: 5 }; // where a letter is looked up

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
      const terms = mentions(words, table).map(({ concept }) => sign(concept));
      // Who is just typing "backpropag" shall find what is written with a hyphen.
      const joined = words.flatMap(({ word, start }, i) => (
        i && text[start - 1] === "-" && words[i - 1].end === start - 1 ? words[i - 1].word + word : []));
      return [...words.map(({ word }) => word).filter(word => !isStop(word)), ...joined, ...terms];
    },
    processTerm: word => isSign(word) ? word : forms(word),
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
 * @param {import("minisearch").AsPlainObject} index
 * @returns {Map<string, number>} in how many sections a word stands
 */
function frequencies({ index }) {
  return new Map(index.filter(([word]) => !isSign(word)).map(([word, fields]) => (
    [word, Math.max(...Object.values(fields).map(found => Object.keys(found).length))])));
}

/**
 * @param {Data} data as the build has written it
 * @returns {Promise<(question: string, limit?: number) => Answer>}
 */
export async function createSearch({ terms, sections, index }) {
  const table = nameTable(terms);
  const search = await MiniSearch.loadJSAsync(index, options(table));
  const frequency = frequencies(index);
  const names = terms.flatMap(({ name, also, asked }) => [name, ...also, ...asked]);
  const correct = createSpelling(frequency, [
    ...names.flatMap(name => tokens(name).map(({ word }) => word)), ...table.keys()]);

  /** @type {Map<number, Set<string>[]>} */
  const remembered = new Map();

  /**
   * @param {number} id of a section
   * @returns {Set<string>[]} what each of its sentences, and its title, can be found by
   */
  function contents(id) {
    const section = sections[id];
    const found = remembered.get(id)
      ?? [`${section.page} ${section.title}`, ...sentencesOf(section)].map(sentence => {
        const words = tokens(sentence);
        return new Set([...words.flatMap(({ word }) => forms(word)),
          ...mentions(words, table).map(({ concept }) => sign(concept))]);
      });
    remembered.set(id, found);
    return found;
  }

  /** @param {string} word */
  function rarity(word) {
    const count = Math.max(1, ...forms(word).map(form => frequency.get(form) ?? 1));
    return Math.max(LEAST_RARE, 1 - Math.log(count) / Math.log(sections.length));
  }

  /**
   * @param {number} id of a section
   * @param {string[]} needed words and signs of all that is asked
   * @returns {number} how much of it stands there, and how near
   */
  function agreement(id, needed) {
    const met = contents(id).map(has => needed.filter(need => forms(need).some(form => has.has(form))));
    const share = new Set(met.flat()).size / needed.length;
    const nearest = Math.max(...met.map(({ length }) => length)) / needed.length;
    return (APART + (1 - APART) * share) * (nearest === 1 ? TOGETHER : APART + (1 - APART) * nearest);
  }

  /**
   * @param {string} part of a name, while it is typed
   * @returns {number | undefined} the term with the shortest name that begins so
   */
  function beginning(part) {
    const fitting = [...table.keys()].filter(name => name.startsWith(part));
    return table.get(fitting.sort((a, b) => a.length - b.length)[0]);
  }

  /** @param {string} question */
  function understand(question) {
    const typed = tokens(question);
    const unfinished = /[\p{L}\p{N}]$/u.test(question);
    // What belongs to a term is spelled well enough.
    const fine = new Set(mentions(typed, table).flatMap(({ first, last }) => typed.slice(first, last + 1)));
    const words = typed.map((token, i) => fine.has(token) ? token
      : { ...token, word: correct(token.word, unfinished && i === typed.length - 1) });
    const changed = words.some(({ word }, i) => word !== typed[i].word);
    const corrected = words.map(({ word, start, end }, i) => (
      word === typed[i].word ? question.slice(start, end) : word)).join(" ");

    const found = mentions(words, table);
    const concepts = new Set(found.map(({ concept }) => concept));
    if (/^\s*(\p{Script=Han}{2,}|[^\s\p{Script=Han}]{4,})$/u.test(question) && !concepts.size) {
      const begun = beginning(words.map(({ word }) => word).join(""));
      if (begun !== undefined) concepts.add(begun);
    }
    const inside = new Set(found.flatMap(({ first, last }) => (
      words.slice(first, last + 1).map(({ word }) => word))));
    const latin = words.map(({ word }) => word).filter(word => !/\p{Script=Han}/u.test(word));
    const telling = latin.filter(word => !isStop(word));
    const parts = [...new Set(telling.length || concepts.size ? telling : latin)];
    const typing = unfinished ? words.at(-1)?.word : undefined;
    // What the book does not say at all, no section lacks.
    const free = parts.filter(word => !inside.has(word)
      && (word === typing || forms(word).some(form => frequency.has(form))));
    return { concepts: [...concepts], parts, free, typing, corrected: changed ? corrected : "" };
  }

  return (question, limit = 8) => {
    const { concepts, parts, free, typing, corrected } = understand(question);
    const signs = concepts.map(sign);
    const needed = [...free, ...signs];
    const rarest = Math.max(...(free.length ? free : parts).map(rarity));
    const symbol = parts.length < 3 && parts.some(word => /^[a-zα-ω]$/.test(word));

    const found = search.search([...parts, ...signs].join(" "), {
      tokenize: text => text.split(" ").filter(Boolean),
      // Who asks for more than a term does not want its definition.
      boost: { ...BOOST, explains: free.length ? BOOST.explains / 2 : BOOST.explains },
      boostTerm: term => {
        if (isSign(term)) return TERM;
        const word = parts.find(part => forms(part).includes(term)) ?? term;
        const role = !free.includes(word) ? PART : concepts.length ? ASPECT : 1;
        // A word with a stem must not count twice, and one that most sections have says little.
        return role * rarity(word) / rarest / forms(word).length;
      },
      boostDocument: id => sections[id].weight
        * (symbol && sections[id].url.startsWith(SYMBOLS.start) ? SYMBOLS.factor : 1),
      prefix: term => term === typing && term.length > 2,
      weights: { fuzzy: 0, prefix: 0.6 },
    });
    const ranked = found.map(({ id, score, terms: matched }, rank) => {
      const factor = needed.length < 2 ? 1 : rank < RERANKED ? agreement(id, needed) : APART;
      return { id, matched, score: score * factor };
    }).sort((a, b) => b.score - a.score);
    const kept = ranked.filter(({ score }) => score > FAINT * ranked[0].score);
    return {
      results: kept.slice(0, limit).map(({ id, matched, score }) => {
        const { url, page, title } = sections[id];
        return { url, page, title, score, excerpt: excerpt(sections[id], new Set(matched), table) };
      }),
      count: kept.length,
      // A term is explained if the question is about little else.
      terms: free.length < 2 ? concepts.slice(0, 2).map(concept => terms[concept]) : [],
      corrected,
    };
  };
}
