// The drawing pad: mouse, finger or keyboard draw, erase, or move the picture.

import { BLOCK, BRUSH } from "./bitmap.js";
import { prepareCanvas } from "./dom.js";
import { listen, make } from "../shared/elements.js";

const LABEL = "Drawing pad. With Draw and Erase, arrow keys move the pen by one dot, with Shift " +
  "by four; Space puts it down or lifts it. With Move, arrow keys move the picture.";
/** @type {Record<string, [number, number]>} */
const ARROW_KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {import("./bitmap.js").Place} Place */

/**
 * @param {object} figure
 * @param {() => import("./state.js").DigitState} figure.state the current one
 * @param {() => void} figure.begin before anything is drawn or moved
 * @param {(from: Place, to: Place) => void} figure.paint along a line on the page
 * @param {() => void} figure.done after a stroke
 * @param {(right: number, down: number) => void} figure.move to a shift, in dots
 * @param {(text: string) => void} figure.say
 * @param {() => void} figure.redraw because the pen has moved
 */
export function createPad(figure) {
  const canvas = make("canvas");
  const element = make("div", { className: "digit-pad", tabIndex: 0 }, canvas);
  // An application: screen readers pass the arrow keys on instead of using them to read.
  element.setAttribute("role", "application");
  element.setAttribute("aria-label", LABEL);
  /** @type {number | null} */
  let pointer = null;
  /** @type {{place: Place, shift: Place}} the end of the stroke so far, or where a move began */
  let last = { place: [0, 0], shift: [0, 0] };
  /** @type {Place | null} the keyboard's pen */
  let penAt = null;
  let penDown = false;

  /** @param {PointerEvent} event @returns {Place} */
  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    const { size } = figure.state();
    return [((event.clientX - box.left) / box.width) * size,
      ((event.clientY - box.top) / box.height) * size];
  }

  /** @param {PointerEvent} event */
  function drag(event) {
    const place = placeOf(event);
    if (figure.state().tool === "move") {
      const [right, down] = [0, 1].map(i =>
        last.shift[i] + Math.round(place[i] - last.place[i]));
      figure.move(right, down);
    } else {
      figure.paint(last.place, place);
      last.place = place;
    }
  }

  function lift() {
    if (penDown) figure.done();
    penDown = false;
  }

  /** @param {[number, number]} arrow @param {Place} from @param {boolean} far */
  function pressArrow([dx, dy], from, far) {
    const { tool, size, right, down } = figure.state();
    const by = far ? BLOCK : 1;
    if (tool === "move") {
      figure.move(right + dx * by, down + dy * by);
      return;
    }
    const inside = (/** @type {number} */ value) => Math.max(0, Math.min(size, value));
    const [x, y] = [inside(from[0] + dx * by), inside(from[1] + dy * by)];
    penAt = [x, y];
    if (penDown) figure.paint(from, penAt);
    figure.say(`Pen ${penDown ? "down" : "up"}, row ${y}, column ${x} of ${size}`);
    figure.redraw();
  }

  /** @param {PointerEvent} event */
  function release(event) {
    if (event.pointerId !== pointer) return;
    pointer = null;
    figure.done();
  }

  listen(element, {
    pointerdown(event) {
      if (!event.isPrimary || event.button !== 0) return;
      lift();
      element.focus({ preventScroll: true });
      penAt = null;
      pointer = event.pointerId;
      element.setPointerCapture(pointer);
      figure.begin();
      const { right, down, tool } = figure.state();
      last = { place: placeOf(event), shift: [right, down] };
      if (tool !== "move") figure.paint(last.place, last.place);
      event.preventDefault();
    },
    pointermove(event) {
      if (event.pointerId !== pointer) return;
      for (const part of event.getCoalescedEvents?.() ?? []) drag(part);
      drag(event);
    },
    pointerup: release,
    pointercancel: release,
    keydown(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Escape") {
        lift();
        figure.redraw();
        return;
      }
      const arrow = ARROW_KEYS[event.key];
      if (!arrow && event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      figure.begin();
      const { tool, size } = figure.state();
      penAt ??= [size / 2, size / 2];
      if (arrow) pressArrow(arrow, penAt, event.shiftKey);
      else if (tool !== "move") {
        if (penDown) lift();
        else {
          penDown = true;
          figure.paint(penAt, penAt);
        }
        figure.say(penDown ? "Pen down" : "Pen up");
        figure.redraw();
      }
    },
    blur() {
      lift();
      penAt = null;
      figure.redraw();
    },
  });

  /**
   * Draws the dots, the blocks, the frame of the data set, and the pen.
   * @param {Uint8Array} dots
   * @param {import("./style.js").Palette} palette
   */
  function draw(dots, palette) {
    const surface = prepareCanvas(canvas);
    if (!surface) return;
    const { pen, width } = surface;
    const { size, reach, tool } = figure.state();
    const dot = width / size;
    element.dataset.tool = tool;
    pen.fillStyle = palette.page;
    pen.fillRect(0, 0, width, width);
    pen.fillStyle = palette.ink;
    dots.forEach((on, i) => {
      if (!on) return;
      // Rounded to whole pixels, so that no seams show between dots.
      const [x, y] = [(i % size) * dot, Math.floor(i / size) * dot].map(Math.floor);
      pen.fillRect(x, y, Math.ceil(dot), Math.ceil(dot));
    });
    pen.strokeStyle = palette.line;
    pen.lineWidth = 0.5;
    pen.beginPath();
    for (let k = BLOCK; k < size; k += BLOCK) {
      pen.moveTo(k * dot, 0);
      pen.lineTo(k * dot, width);
      pen.moveTo(0, k * dot);
      pen.lineTo(width, k * dot);
    }
    pen.stroke();
    pen.strokeStyle = palette.mark;
    pen.lineWidth = tool === "move" ? 2.5 : 1.2;
    pen.setLineDash([6, 5]);
    pen.strokeRect(reach * dot, reach * dot, (size - 2 * reach) * dot, (size - 2 * reach) * dot);
    pen.setLineDash(tool === "erase" ? [3, 3] : []);
    if (tool === "move") return;
    const [x, y] = penAt ?? [size - BLOCK, BLOCK]; // in a corner it only shows the brush
    pen.lineWidth = penDown ? 3 : 1.5;
    pen.beginPath();
    pen.arc(x * dot, y * dot, BRUSH * dot, 0, 2 * Math.PI);
    pen.stroke();
  }

  return { element, draw };
}
