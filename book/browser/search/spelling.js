// What a misspelled word may have been meant for.

import { forms, isStop } from "./words.js";

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
 * @param {Map<string, number>} frequency of the words of the book
 * @param {Iterable<string>} names words of the glossary: what is misspelled is most likely one of them
 * @returns {(word: string, unfinished: boolean) => string} a word that the book knows, if one is near;
 *   who is still typing a word has not misspelled it
 */
export function createSpelling(frequency, names) {
  const named = new Set(names);
  const all = [...named, ...[...frequency.keys()].filter(word => !named.has(word))];
  const known = new Set(all);

  return (word, unfinished) => {
    if (word.length < 4 || isStop(word) || forms(word).some(form => known.has(form))) return word;
    if (unfinished && all.some(other => other.startsWith(word))) return word;
    let best = word;
    let least = Infinity;
    let most = 0;
    for (const other of all) {
      // Short words resemble too many others: they are rather taken for names.
      const lengths = named.has(other) ? [4, 6] : [6, 8];
      const allowed = lengths.filter(length => word.length >= length).length;
      if (Math.abs(other.length - word.length) > allowed) continue;
      const errors = distance(word, other);
      // The first letter is seldom the wrong one.
      const rank = errors + Number(other[0] !== word[0]) / 2;
      const count = named.has(other) ? Infinity : frequency.get(other) ?? 0;
      if (errors <= allowed && (rank < least || (rank === least && count > most))) {
        [best, least, most] = [other, rank, count];
      }
    }
    return best;
  };
}
