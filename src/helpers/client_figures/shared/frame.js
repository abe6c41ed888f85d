// What every client-side figure needs around it: a reset button, a link to its exact state, and
// a way to run only while someone is looking.

import { make, makeButton } from "./elements.js";

/**
 * Add a Reset button, and a Copy-link button where the page can put the state in its address.
 * @param {{get: Function, set: Function, save_changes: Function, link?: () => string}} model
 * @param {HTMLElement} el where the buttons are appended
 * @param {Record<string, unknown>} defaults the state that Reset restores
 * @returns {HTMLElement} the row of buttons
 */
export function toolbar(model, el, defaults) {
  const row = make("div");
  row.style.cssText = "display:flex;gap:.5rem;flex-wrap:wrap";
  const button = (text, onclick) => {
    const b = makeButton(text, () => onclick(b));
    b.style.cssText = "font:inherit;padding:.2em .8em;min-height:28px;cursor:pointer;" +
      "color:inherit;background:transparent;border:1px solid currentColor;border-radius:4px";
    row.append(b);
  };
  button("Reset", () => {
    for (const [key, value] of Object.entries(defaults)) model.set(key, value);
    model.save_changes();
  });
  if (model.link) {
    button("Copy link to this state", async b => {
      const text = b.textContent;
      try {
        await navigator.clipboard.writeText(model.link());
        b.textContent = "Copied";
      } catch {
        // No permission (or no clipboard on file://): the address bar holds the same link.
        location.hash = new URL(model.link()).hash;
        b.textContent = "See the address bar";
      }
      setTimeout(() => { b.textContent = text; }, 2000);
    });
  }
  el.append(row);
  return row;
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
  const update = () => {
    const run = inView && !document.hidden;
    if (run === running) return;
    running = run;
    if (run) start(); else stop();
  };
  const observer = new IntersectionObserver(entries => {
    inView = entries[entries.length - 1].isIntersecting;
    update();
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", update);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", update);
    if (running) stop();
    running = false;
  };
}

/** @returns {boolean} whether the reader asked for less motion */
export function reducedMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
