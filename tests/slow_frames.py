"""Frames that come late, as on a busy machine, so that tests which do not wait for them fail."""

# What asks for a frame gets it `LATE` milliseconds later than it would.
SCRIPT = """(() => {
  const ask = window.requestAnimationFrame.bind(window);
  const forget = window.cancelAnimationFrame.bind(window);
  const asked = new Map(); // what cancels each
  let last = 0;
  window.requestAnimationFrame = call => {
    const id = ++last;
    const timer = setTimeout(() => {
      const frame = ask(time => { asked.delete(id); call(time); });
      asked.set(id, () => forget(frame));
    }, LATE);
    asked.set(id, () => clearTimeout(timer));
    return id;
  };
  window.cancelAnimationFrame = id => { asked.get(id)?.(); asked.delete(id); };
})();"""


def slow(context, late):
    """Let the frames of a browser context's pages come late; nothing is changed for 0 ms."""
    if late:
        context.add_init_script(SCRIPT.replace("LATE", str(late)))
