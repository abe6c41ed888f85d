// The playground's one loop: it trains while it plays, and draws what has changed. While there is
// nothing to do, or nobody to see it, no frame is asked for. What the reader or Python has changed
// is marked until it has been drawn; what training changes is not, as it changes all the time.

const BUDGET = 9; // milliseconds of training in a frame; what is more comes later
// Seconds: after a pause of the browser training goes on, it does not jump.
const LONGEST_GAP = 0.05;
const PARTS = 12; // into which the epochs of a frame are cut

/**
 * @param {object} figure
 * @param {() => void} figure.prepare called before anything else in a frame
 * @param {(epochs: number) => void} figure.run
 * @param {(time: number) => void} figure.trained called after the training of a frame
 * @param {(playing: boolean) => boolean} figure.draw returns whether all changes are drawn: some
 *   parts take turns
 * @param {() => number} figure.speed epochs per second
 * @param {() => () => void} figure.mark called when a change waits for frames; what it returns,
 *   when it has been drawn or nobody sees it any more
 */
export function createLoop({ prepare, run, trained, draw, speed, mark }) {
  let frame = 0;
  let last = 0; // time of the previous frame of training
  let owed = 0; // epochs
  /** @type {(() => void) | null} */
  let unmark = null;
  const loop = {
    playing: false,
    visible: false,
    ended: false,
    /** Asks for the frames that show a change. */
    request() {
      if (!loop.visible || loop.ended) return;
      unmark ??= mark();
      ask();
    },
    /** @param {boolean} on */
    play(on) {
      loop.playing = on;
      last = owed = 0;
      loop.request();
    },
    /** @param {boolean} visible */
    see(visible) {
      loop.visible = visible;
      last = 0;
      stop();
      loop.request();
    },
    end() {
      loop.playing = loop.visible = false;
      loop.ended = true;
      stop();
    },
  };

  function ask() {
    if (!frame) frame = requestAnimationFrame(tick);
  }

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    settle();
  }

  function settle() {
    unmark?.();
    unmark = null;
  }

  /** @param {number} time */
  function tick(time) {
    frame = 0;
    prepare();
    if (loop.playing) train(time);
    const drawn = draw(loop.playing);
    if (drawn) settle();
    if (!drawn || loop.playing) ask();
  }

  /** @param {number} time */
  function train(time) {
    owed += last ? Math.min(LONGEST_GAP, (time - last) / 1000) * speed() : 1;
    last = time;
    let due = Math.floor(owed);
    owed -= due;
    if (!due) return;
    const end = performance.now() + BUDGET;
    // In small parts: all networks keep pace, and a slow device trains less rather than stutter.
    const part = Math.ceil(due / PARTS);
    do {
      run(Math.min(part, due));
      due -= part;
    } while (due > 0 && performance.now() < end);
    trained(time);
  }
  return loop;
}
