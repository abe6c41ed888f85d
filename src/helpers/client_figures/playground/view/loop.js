// The playground's one loop: it trains while it plays, and draws what has changed. While there is
// nothing to do, or nobody to see it, no frame is asked for.

const BUDGET = 9; // milliseconds of training in a frame; what is more comes later
const LONGEST_GAP = 0.05; // seconds: after a pause of the browser training goes on, it does not jump
const PARTS = 12; // into which the epochs of a frame are cut

/**
 * @param {object} figure
 * @param {() => void} figure.prepare called before anything else in a frame
 * @param {(epochs: number) => void} figure.run
 * @param {(time: number) => void} figure.trained called after the training of a frame
 * @param {(playing: boolean) => void} figure.draw
 * @param {() => number} figure.speed epochs per second
 */
export function createLoop({ prepare, run, trained, draw, speed }) {
  let frame = 0;
  let last = 0; // time of the previous frame of training
  let owed = 0; // epochs
  const loop = {
    playing: false,
    visible: false,
    ended: false,
    /** Asks for a frame. */
    request() {
      if (!frame && loop.visible && !loop.ended) frame = requestAnimationFrame(tick);
    },
    play(on) {
      loop.playing = on;
      last = owed = 0;
      loop.request();
    },
    see(visible) {
      loop.visible = visible;
      last = 0;
      cancelAnimationFrame(frame);
      frame = 0;
      loop.request();
    },
    end() {
      loop.playing = loop.visible = false;
      loop.ended = true;
      cancelAnimationFrame(frame);
    },
  };

  function tick(time) {
    frame = 0;
    prepare();
    if (loop.playing) train(time);
    draw(loop.playing);
    if (loop.playing) loop.request();
  }

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
