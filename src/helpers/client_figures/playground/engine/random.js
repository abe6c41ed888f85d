// Seeded chance for the network playground. No DOM.
//
// Each purpose (the points, their noise, the initialization, ...) draws from a generator of its
// own, so that changing one setting does not redraw what the others depend on.

/**
 * @typedef {object} SeededRandom
 * @property {Uint32Array} words the generator's state: four words
 * @property {() => number} uniform in [0, 1)
 * @property {() => number} normal standard Gaussian
 * @property {(bound: number) => number} below an integer in [0, bound)
 */

/**
 * A small fast counting generator (Doty-Humphrey's sfc32, from PractRand).
 * @param {number} seed 0 to 2^31 - 1
 * @param {string} purpose
 * @returns {SeededRandom}
 */
export function createRandom(seed, purpose) {
  const words = new Uint32Array(4);
  let hash = seed ^ 0x9e3779b9;
  for (let i = 0; i < purpose.length; i++) {
    hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
  }
  words[0] = hash;
  words[1] = seed;
  words[2] = Math.imul(hash, 0x85ebca6b);
  words[3] = 1;
  for (let i = 0; i < 16; i++) nextWord(words); // the first outputs still resemble the seed

  const uniform = () => nextWord(words) / 4294967296;
  return {
    words,
    uniform,
    normal() {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      return radius * Math.cos(2 * Math.PI * uniform());
    },
    below: (bound) => Math.floor(uniform() * bound),
  };
}

/**
 * @param {Uint32Array} words
 * @returns {number} 0 to 2^32 - 1
 */
function nextWord(words) {
  const a = words[0];
  const b = words[1];
  const c = words[2];
  const counter = words[3];
  const result = (a + b + counter) | 0;
  words[0] = b ^ (b >>> 9);
  words[1] = c + (c << 3);
  words[2] = ((c << 21) | (c >>> 11)) + result;
  words[3] = counter + 1;
  return result >>> 0;
}

/**
 * Puts the entries in a random order (Fisher and Yates).
 * @param {Int32Array} entries
 * @param {Uint32Array} words the state of a generator
 */
export function shuffleInPlace(entries, words) {
  let a = words[0] | 0;
  let b = words[1] | 0;
  let c = words[2] | 0;
  let counter = words[3] | 0;
  for (let last = entries.length - 1; last > 0; last--) {
    // As `nextWord`, with the state kept out of memory: this runs for every sample of an epoch.
    const result = (((a + b) | 0) + counter) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    counter = (counter + 1) | 0;
    const other = ((result >>> 0) * ((last + 1) / 4294967296)) | 0;
    const kept = entries[last];
    entries[last] = entries[other];
    entries[other] = kept;
  }
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = counter;
}

/**
 * Draws a mask of dropout: 0 with probability `rate`, else 1 / (1 - rate).
 * @param {Float64Array} mask
 * @param {number} size how many entries are drawn
 * @param {number} rate
 * @param {Uint32Array} words the state of a generator
 */
export function drawMask(mask, size, rate, words) {
  const threshold = rate * 4294967296;
  const kept = 1 / (1 - rate);
  let a = words[0] | 0;
  let b = words[1] | 0;
  let c = words[2] | 0;
  let counter = words[3] | 0;
  for (let i = 0; i < size; i++) {
    // As `nextWord`, with the state kept out of memory.
    const result = (((a + b) | 0) + counter) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    counter = (counter + 1) | 0;
    mask[i] = (result >>> 0) < threshold ? 0 : kept;
  }
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = counter;
}
