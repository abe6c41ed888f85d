// The clock of an animation that advances in whole steps, at a speed that may change.

const LONGEST = 0.1; // seconds: after a pause of the browser the race goes on, it does not jump

/**
 * @param {() => number} speed steps per second, 0 to wait
 * @param {(steps: number, time: number) => void} advance called in a frame with steps that are due
 * @returns {(run: boolean) => void} call it to start or to stop
 */
export function createClock(speed, advance) {
  let frame = 0;
  let last = 0; // time of the previous frame in milliseconds, 0 before the first
  let owed = 0; // steps
  /** @param {number} time */
  function tick(time) {
    frame = requestAnimationFrame(tick);
    if (last) owed += Math.min(LONGEST, (time - last) / 1000) * speed();
    last = time;
    const steps = Math.floor(owed);
    owed -= steps;
    if (steps) advance(steps, time);
  }
  return run => {
    if (run === Boolean(frame)) return;
    if (!run) cancelAnimationFrame(frame);
    last = 0;
    frame = run ? requestAnimationFrame(tick) : 0;
  };
}
