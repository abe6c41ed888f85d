"""Waits until a page shows what it knows, so that a test reads it neither too early nor for long.

A figure says so itself: it has the attribute ``ready`` when it has begun, and ``data-drawing`` from
when a change is known until the frame that shows it has been drawn (``shared/frame.js``).
"""

from playwright.sync_api import TimeoutError as TookTooLong

# What is not settled; empty if the page is. A figure begins when it is this near the screen.
UNSETTLED = """() => {
  const near = element => {
    const { top, bottom } = element.getBoundingClientRect();
    return element.checkVisibility() && top < innerHeight + 200 && bottom > -200;
  };
  const nameOf = element => element.tagName.toLowerCase() +
    (element.id ? `#${element.id}` : "") + (element.className ? `.${element.className}` : "");
  const figures = document.querySelectorAll(":is(js-figure, figure-sweep):not([ready])");
  const drawing = document.querySelectorAll("[data-drawing]");
  return [...[...figures].filter(near).map(element => `${nameOf(element)} has not begun`),
    ...[...drawing].map(element => `${nameOf(element)} is not drawn`)];
}"""
# Polled once a frame. A figure that comes into view learns of it with one frame and asks for the
# next, and what has just been drawn is on the screen with the next: so quiet must last.
QUIET = "frames => {" f"const unsettled = {UNSETTLED};" """
  window.quietFrames = unsettled().length ? 0 : (window.quietFrames ?? 0) + 1;
  return window.quietFrames > frames;
}"""
FRAMES = 2
# Milliseconds until a test gives up. Long, because on a busy machine all takes longer, and only a
# test that fails waits so long.
PATIENCE = 90_000


def settled(page, timeout=PATIENCE):
    """Wait until the figures near the screen have begun and nothing is left to be drawn.

    A figure that plays is settled too: each of its frames is drawn when it is known.

    Parameters
    ----------
    page : playwright.sync_api.Page
        A page with JavaScript.
    timeout : float
        Milliseconds.

    Raises
    ------
    AssertionError
        If it takes longer; the message names what is awaited.
    """
    page.evaluate("window.quietFrames = 0")
    try:
        page.wait_for_function(QUIET, arg=FRAMES, polling="raf", timeout=timeout)
    except TookTooLong:
        waiting = page.evaluate(UNSETTLED) or ["frames come too slowly"]
        raise AssertionError(f"not settled in {timeout} ms: {'; '.join(waiting)}") from None
