// Choosing the start on the surface, by mouse, finger or keyboard.

import { listen } from "../shared/elements.js";

const GRAB = 28; // CSS pixels around the start within which a finger moves it instead of the page
const LABEL =
  "Surface seen from above, with the paths of the optimizers. " +
  "Arrow keys move the start, with Shift by less; Enter begins the race.";
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @param {import("./plot.js").Plot} plot
 * @param {object} race
 * @param {() => [number, number]} race.start
 * @param {() => [[number, number], [number, number]]} race.domain
 * @param {(x: number, y: number) => void} race.move puts the start elsewhere
 * @param {(byKey: boolean) => void} race.go begins a race
 * @returns {() => void} call it to detach
 */
export function attachPointer(plot, race) {
  const { element } = plot;
  element.tabIndex = 0;
  // An application: screen readers pass the arrow keys on instead of using them to read.
  element.setAttribute("role", "application");
  element.setAttribute("aria-label", LABEL);
  /** @type {number | null} */
  let pointer = null;

  /** @param {number} x @param {number} y */
  function moveTo(x, y) {
    const [[x0, x1], [y0, y1]] = race.domain();
    const round = (/** @type {number} */ value) => Number(value.toFixed(3));
    race.move(round(Math.max(x0, Math.min(x1, x))), round(Math.max(y0, Math.min(y1, y))));
  }

  /** @param {PointerEvent} event */
  function follow(event) {
    const box = element.getBoundingClientRect();
    const { rect } = plot;
    const [[x0, x1], [y0, y1]] = race.domain();
    const across = (event.clientX - box.left - rect.x) / rect.width;
    const down = (event.clientY - box.top - rect.y) / rect.height;
    // Two digits: a finger is not more precise, and the address of the state stays short.
    const round = (/** @type {number} */ value) => Number(value.toFixed(2));
    moveTo(round(x0 + (x1 - x0) * across), round(y1 + (y0 - y1) * down));
  }

  /** @type {import("../shared/elements.js").Handlers} */
  const handlers = {
    // A finger scrolls the page, unless it begins at the start and so grabs it.
    touchstart(event) {
      if (event.touches.length > 1 || !plot.rect.width) return;
      const box = element.getBoundingClientRect();
      const { clientX, clientY } = event.touches[0];
      const [x, y] = race.start();
      const dx = clientX - box.left - plot.scaleX(x);
      const dy = clientY - box.top - plot.scaleY(y);
      if (Math.hypot(dx, dy) < GRAB) event.preventDefault();
    },
    pointerdown(event) {
      if (!event.isPrimary || event.button !== 0 || !plot.rect.width) return;
      pointer = event.pointerId;
      element.focus({ preventScroll: true });
      element.setPointerCapture(pointer);
      // A finger may be about to scroll: then there comes a pointercancel, and no start is moved.
      if (event.pointerType === "touch") return;
      follow(event);
      race.go(false);
    },
    pointermove(event) {
      if (event.pointerId === pointer) follow(event);
    },
    pointerup(event) {
      if (event.pointerId !== pointer) return;
      pointer = null;
      if (event.pointerType !== "touch") return;
      follow(event);
      race.go(false);
    },
    pointercancel(event) {
      if (event.pointerId === pointer) pointer = null;
    },
    keydown(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter" || event.key === " ") {
        race.go(true);
      } else if (ARROWS[event.key]) {
        const [[x0, x1], [y0, y1]] = race.domain();
        const part = event.shiftKey ? 800 : 80;
        const [dx, dy] = ARROWS[event.key];
        const [x, y] = race.start();
        moveTo(x + (dx * (x1 - x0)) / part, y + (dy * (y1 - y0)) / part);
      } else {
        return;
      }
      event.preventDefault();
    },
  };
  return listen(element, handlers);
}
