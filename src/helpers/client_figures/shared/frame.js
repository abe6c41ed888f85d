// What every client-side figure needs around it: a reset button, a link to its exact state, a way
// to run only while someone is looking, and a mark while what is shown is behind what is known.

import { make, makeButton } from "./elements.js";

/**
 * The part of anywidget's model that figures use. What may be missing only a page's own model has.
 * @typedef {object} FigureModel
 * @property {(key: string) => unknown} get
 * @property {(key: string, value: unknown) => void} set
 * @property {(event: string, call: () => void) => void} on
 * @property {(event: string, call: () => void) => void} off
 * @property {() => void} save_changes
 * @property {() => string} [link] the page's address with this state
 * @property {Record<string, unknown>} [defaults] the state in the beginning
 * @property {Set<string> | null} [given] the keys in an address that was just read
 * @property {[string, string][]} [refused] what of it cannot be meant
 *
 * What anywidget calls.
 * @typedef {{model: FigureModel, el: HTMLElement}} FigureHost
 */

/**
 * Add a Reset button, and a Copy-link button where the page can put the state in its address.
 * @param {Pick<FigureModel, "set" | "save_changes" | "link">} model
 * @param {HTMLElement} el where the buttons are appended
 * @param {Record<string, unknown>} defaults the state that Reset restores
 * @returns {HTMLElement} the row of buttons
 */
export function toolbar(model, el, defaults) {
  const row = make("div");
  row.style.cssText = "display:flex;gap:.5rem;flex-wrap:wrap";
  /** @param {string} text @param {(button: HTMLButtonElement) => void} onclick */
  const button = (text, onclick) => {
    /** @type {HTMLButtonElement} */
    const b = makeButton(text, () => onclick(b));
    // A page may ask for more height, for fingers.
    b.style.cssText = "font:inherit;padding:.2em .8em;min-height:var(--figure-touch,28px);" +
      "cursor:pointer;color:inherit;background:transparent;border:1px solid currentColor;" +
      "border-radius:4px";
    row.append(b);
    return b;
  };
  button("Reset", () => {
    for (const [key, value] of Object.entries(defaults)) model.set(key, value);
    model.save_changes();
  });
  const { link } = model;
  if (link) {
    button("Copy link", async b => {
      const text = b.textContent;
      const address = link.call(model);
      try {
        await navigator.clipboard.writeText(address);
        b.textContent = "Copied";
      } catch {
        // No permission (or no clipboard on file://): the address bar holds the same link.
        location.hash = new URL(address).hash;
        b.textContent = "See the address bar";
      }
      setTimeout(() => { b.textContent = text; }, 2000);
    }).title = "It leads to this state of the figure";
  }
  el.append(row);
  return row;
}

/** @type {WeakMap<Element, number>} how many changes of an element have not been drawn yet */
const undrawn = new WeakMap();

/**
 * Mark an element with `data-drawing` while something is known that it does not show yet. A test
 * that reads a page waits until no mark is left.
 * @param {Element} element
 * @returns {() => void} call it when it is shown; a second call does nothing
 */
export function markDrawing(element) {
  /** @param {number} more */
  const count = more => {
    const open = (undrawn.get(element) ?? 0) + more;
    undrawn.set(element, open);
    element.toggleAttribute("data-drawing", open > 0);
  };
  let open = true;
  count(1);
  return () => {
    if (open) count(-1);
    open = false;
  };
}

/**
 * Draw in the next frame, once, however often that is asked for until then.
 * @param {Element} element is marked with `data-drawing` meanwhile
 * @param {(time: number) => void} draw
 * @returns {{(): void, cancel: () => void}} call it to ask for the frame
 */
export function createPainter(element, draw) {
  let frame = 0;
  let drawn = () => {};
  function paint() {
    if (frame) return;
    drawn = markDrawing(element);
    frame = requestAnimationFrame(time => {
      frame = 0;
      const done = drawn; // because drawing may ask for another frame
      try {
        draw(time);
      } finally {
        done();
      }
    });
  }
  paint.cancel = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    drawn();
  };
  return paint;
}

/**
 * Call `start` when the element comes into view and `stop` when it leaves, or the tab is hidden.
 * @param {HTMLElement} el
 * @param {() => void} start
 * @param {() => void} stop
 * @returns {() => void} call it to stop watching
 */
export function whileVisible(el, start, stop) {
  let inView = false;
  let running = false;
  const known = markDrawing(el); // whether anyone looks is told with the next frame
  const update = () => {
    const run = inView && !document.hidden;
    if (run === running) return;
    running = run;
    if (run) start(); else stop();
  };
  const observer = new IntersectionObserver(entries => {
    inView = entries[entries.length - 1].isIntersecting;
    update();
    known();
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", update);
  return () => {
    observer.disconnect();
    known();
    document.removeEventListener("visibilitychange", update);
    if (running) stop();
    running = false;
  };
}

/** @returns {boolean} whether there are only fingers: no mouse, and most likely no keyboard */
export function onlyTouch() {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}

/** @returns {boolean} whether the reader asked for less motion */
export function reducedMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
