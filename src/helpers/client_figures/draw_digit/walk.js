// The walk of the picture around its place: one pixel to each side, as a first thing to look at.

import { BLOCK } from "./bitmap.js";
import { createClock } from "../shared/clock.js";

const WALK_SPEED = 6; // dots per second

/** @typedef {[number, number]} Shift right and down, in dots */

/** @param {number} reach @returns {Shift[]} from the middle around it and back */
function walkAround(reach) {
  const r = Math.min(BLOCK, reach);
  const corners = [[0, 0], [r, 0], [r, r], [-r, r], [-r, -r], [r, -r], [r, 0], [0, 0]];
  return corners.slice(1).flatMap((to, i) => {
    const [x, y] = corners[i];
    const [dx, dy] = [to[0] - x, to[1] - y];
    /** @type {(k: number) => Shift} */
    const step = k => [x + Math.sign(dx) * k, y + Math.sign(dy) * k];
    return Array.from({ length: Math.max(Math.abs(dx), Math.abs(dy)) }, (_, k) => step(k + 1));
  });
}

/**
 * @param {(shift: Shift) => void} show a step of the walk
 * @param {(shift: Shift) => void} end where it ended or was stopped
 */
export function createWalk(show, end) {
  /** @type {Shift[]} */
  let ahead = [];
  /** @type {Shift} */
  let now = [0, 0];
  const clock = createClock(() => WALK_SPEED, steps => {
    for (const next of ahead.splice(0, steps)) now = next;
    if (ahead.length) show(now);
    else finish();
  });
  function finish() {
    ahead = [];
    clock(false);
    end(now);
  }
  return {
    /** @param {number} reach in dots */
    begin(reach) {
      ahead = walkAround(reach);
      clock(true);
    },
    stop() { if (ahead.length) finish(); },
    /** Waits while nobody looks. */
    run: (/** @type {boolean} */ visible) => clock(visible && ahead.length > 0),
    going: () => ahead.length > 0,
  };
}
