// The walk of the picture around its place: one pixel to each side, as a first thing to look at.

import { BLOCK } from "./bitmap.js";
import { createClock } from "../shared/clock.js";

const WALK_SPEED = 6; // dots per second

/** @returns {[number, number][]} shifts in dots, from the middle around it and back */
function walkAround(reach) {
  const r = Math.min(BLOCK, reach);
  const corners = [[0, 0], [r, 0], [r, r], [-r, r], [-r, -r], [r, -r], [r, 0], [0, 0]];
  return corners.slice(1).flatMap((to, i) => {
    const from = corners[i];
    const steps = Math.max(...[0, 1].map(axis => Math.abs(to[axis] - from[axis])));
    return Array.from({ length: steps }, (_, k) =>
      [0, 1].map(axis => from[axis] + Math.sign(to[axis] - from[axis]) * (k + 1)));
  });
}

/**
 * @param {(shift: [number, number]) => void} show a step of the walk
 * @param {(shift: [number, number]) => void} end where it ended or was stopped
 */
export function createWalk(show, end) {
  let ahead = [];
  let now = [0, 0];
  const clock = createClock(() => WALK_SPEED, steps => {
    for (let k = 0; k < steps && ahead.length; k++) now = ahead.shift();
    if (ahead.length) show(now);
    else finish();
  });
  function finish() {
    ahead = [];
    clock(false);
    end(now);
  }
  return {
    begin(reach) {
      ahead = walkAround(reach);
      clock(true);
    },
    stop() { if (ahead.length) finish(); },
    /** Waits while nobody looks. */
    run: visible => clock(visible && ahead.length > 0),
    going: () => ahead.length > 0,
  };
}
