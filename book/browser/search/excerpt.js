// The sentences of a section, and those that show best why it was found.

import { forms, mentions, sign, tokens } from "./words.js";

/**
 * @typedef {{text: string, marked: boolean}} Piece
 * @typedef {{start: number, end: number, form: string}} Mark
 */

const LENGTH = 240; // characters
const BEFORE = 60; // of a long sentence, before its first match

/** @param {{text: string, claims: string}} section */
export function sentencesOf({ text, claims }) {
  return `${text}\n${claims}`.split(/(?<=[.?!:])\s+(?=[\p{Lu}“(])|\n+/u).filter(Boolean);
}

/**
 * @param {string} text
 * @param {Set<string>} wanted forms of words and signs of terms
 * @param {Map<string, number>} table
 * @returns {Mark[]} where they stand, a term as a whole
 */
function marks(text, wanted, table) {
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

/**
 * @param {string} sentence
 * @param {Mark[]} found
 * @param {number} from
 * @param {number} to
 * @returns {Piece[]}
 */
function cut(sentence, found, from, to) {
  const pieces = [{ text: from ? "… " : "", marked: false }];
  let at = from;
  for (const { start, end } of found) {
    if (start < at || end > to) continue;
    pieces.push({ text: sentence.slice(at, start), marked: false });
    pieces.push({ text: sentence.slice(start, end), marked: true });
    at = end;
  }
  pieces.push({ text: sentence.slice(at, to) + (to < sentence.length ? " …" : ""), marked: false });
  return pieces;
}

/**
 * @param {{text: string, claims: string}} section
 * @param {Set<string>} wanted what it was found by
 * @param {Map<string, number>} table
 * @returns {Piece[]} the sentence with most of it, and the next ones as long as there is room
 */
export function excerpt(section, wanted, table) {
  const sentences = sentencesOf(section);
  const found = sentences.map(sentence => marks(sentence, wanted, table));
  // An invitation or a caption explains less than a sentence of the text.
  const scores = found.map((places, i) => new Set(places.map(({ form }) => form)).size
    - (/^(Try:|Figure \d)/.test(sentences[i]) ? 0.5 : 0));
  const best = Math.max(scores.indexOf(Math.max(...scores)), 0);
  /** @type {Piece[]} */
  const pieces = [];
  let room = LENGTH;
  for (let i = best; i < sentences.length; i++) {
    const sentence = sentences[i];
    if (i > best) {
      if (sentence.length > room) break;
      pieces.push({ text: " ", marked: false });
    }
    const first = found[i][0]?.start ?? 0;
    const late = sentence.length > room && first > BEFORE;
    const from = late ? sentence.indexOf(" ", first - BEFORE) + 1 : 0;
    const to = sentence.length - from > room ? sentence.lastIndexOf(" ", from + room) : sentence.length;
    pieces.push(...cut(sentence, found[i], from, Math.max(to, from)));
    room -= to - from;
  }
  return pieces.filter(({ text }) => text);
}
