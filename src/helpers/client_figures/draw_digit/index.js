// Draw a digit, and see every map of a small convolutional network while you draw.

import { encodeDots, fitDots, shiftDots, stroke } from "./bitmap.js";
import { createBars } from "./bars.js";
import { createSpeaker, make, writeText } from "../shared/elements.js";
import { largest, softmax } from "./engine.js";
import { createPad } from "./pad.js";
import { createSettings } from "./settings.js";
import { createStages, respond, respondTo } from "./stages.js";
import { describeAnswer, pageOf, readState } from "./state.js";
import { DIGIT_STYLE, paletteOf } from "./style.js";
import { createWalk } from "./walk.js";
import {
  createPainter, onlyTouch, reducedMotion, toolbar, whileVisible,
} from "../shared/frame.js";
import { themeOf, watchTheme } from "../shared/theme.js";

const KEYS = ["network", "picture", "drawing", "right", "down", "tool"];
const HINTS = {
  draw: "Press Clear, then draw, as tall as the dashed frame. Keyboard: arrow keys, Space.",
  erase: "Wipe over what is to go. Keyboard: arrow keys, Space.",
  move: "Drag the picture, or use the arrow keys: a dot, or with Shift a pixel, which is four dots.",
};
const TOUCH_HINTS = {
  draw: "Press Clear, then draw, as tall as the dashed frame.",
  erase: "Wipe over what is to go.",
  move: "Drag the picture.",
};

/** @typedef {import("./bitmap.js").Place} Place */

/**
 * @param {import("../shared/frame.js").FigureHost} figure its model holds KEYS and `data`, the
 *   packed networks and test images
 * @returns {() => void} call it to remove the figure
 */
function render({ model, el }) {
  const first = /** @type {import("./state.js").Packed} */ (
    model.defaults?.data ?? model.get("data"));
  const defaults = Object.fromEntries(KEYS.map(key =>
    [key, model.defaults?.[key] ?? model.get(key)]));
  let state = readState(model, first);
  let dots = state.dots; // the drawing, not yet shifted
  let message = ""; // of a button
  /** @type {string | null} the answer that was said last; at first sight nothing is said */
  let said = null;
  let visible = false;
  let seen = false;

  const walk = createWalk(([right, down]) => {
    Object.assign(state, { right, down });
    update();
  }, ([right, down]) => {
    move(right, down);
    refresh();
  });
  const pad = createPad({ state: () => state, begin: walk.stop, paint, done: keepDrawing, move,
    say: text => voice.say(text), redraw: refresh });
  const bars = createBars();
  const stages = createStages();
  const voice = createSpeaker();
  const answer = make("p", { className: "digit-answer" });
  const note = make("p", { className: "digit-note" });
  const hint = make("p", { className: "digit-muted" });
  const settings = createSettings(change, { clear, fit, mistake, play });
  const root = make("div", { className: "digit" }, make("style", { textContent: DIGIT_STYLE }),
    make("div", { className: "digit-top" },
      make("div", { className: "digit-drawing" }, pad.element, settings.tools),
      make("div", { className: "digit-result" }, answer, bars.element),
      make("div", { className: "digit-side" }, settings.element, settings.buttons, hint)),
    note, stages.element, voice.element);
  toolbar(model, settings.buttons, defaults);
  el.append(root);
  const draw = createPainter(root, update);

  // Changes: from here, from the page's address, or from Python
  /** @param {Record<string, unknown>} changes */
  function change(changes) {
    walk.stop();
    for (const [key, next] of Object.entries(changes)) model.set(key, next);
    model.save_changes();
  }

  function read() {
    state = readState(model, first);
    dots = state.dots;
    message = "";
    refresh();
  }
  const events = [...KEYS, "data"].map(key => `change:${key}`);
  for (const event of events) model.on(event, read);

  /** Computes and draws, once for all changes until the next frame, and only while it is seen. */
  function refresh() {
    if (visible) draw();
  }

  function update() {
    const { size, right, down } = state;
    const page = shiftDots(dots, size, right, down);
    const now = respondTo(state, page);
    const probabilities = softmax(now.scores);
    const palette = paletteOf(themeOf(root));
    pad.draw(page, palette);
    stages.show(state, now, right || down ? respondTo(state, dots) : null, palette);
    bars.show(probabilities, now.scores);
    writeText(answer, describeAnswer(probabilities, state, !page.includes(1)));
    writeText(note, [...state.notes, message].join(" ").trim());
    writeText(hint, (onlyTouch() ? TOUCH_HINTS : HINTS)[state.tool]);
    settings.show(state, walk.going());
    if (walk.going() || said === answer.textContent) return;
    if (said !== null) voice.say(answer.textContent ?? "");
    said = answer.textContent;
  }

  /** Strokes are made where they are seen, so on the drawing itself they are shifted back. */
  /** @param {Place} from @param {Place} to */
  function paint(from, to) {
    const { right, down, size, tool } = state;
    if (dots === state.dots) dots = dots.slice();
    /** @type {(place: Place) => Place} */
    const back = ([x, y]) => [x - right, y - down];
    stroke(dots, size, back(from), back(to), tool === "erase" ? 0 : 1);
    state.drawn = true;
    refresh();
  }

  function keepDrawing() {
    if (dots !== state.dots) change({ drawing: encodeDots(dots) });
  }

  /** @param {number} right @param {number} down */
  function move(right, down) {
    const [x, y] = [right, down].map(shift =>
      Math.max(-state.reach, Math.min(state.reach, shift)));
    model.set("right", x);
    model.set("down", y);
    model.save_changes();
  }

  // The buttons
  function clear() {
    change({ drawing: encodeDots(new Uint8Array(state.size ** 2)), right: 0, down: 0 });
  }

  function fit() {
    walk.stop();
    const { size, right, down, data } = state;
    const fitted = fitDots(shiftDots(dots, size, right, down), size, data.margin);
    if (fitted) change({ drawing: encodeDots(fitted), right: 0, down: 0 });
    else tell("There is nothing to fit: draw something first.");
  }

  function mistake() {
    walk.stop();
    const { data, picture } = state;
    const total = data.labels.length;
    const wrong = Array.from({ length: total }, (_, k) => (picture + k + 1) % total).find(next =>
      largest(respond(state, pageOf(data, next)).scores) !== data.labels[next]);
    if (wrong === undefined) tell("This network makes no mistake on the test images.");
    else change({ picture: wrong, drawing: "", right: 0, down: 0 });
  }

  /** @param {string} text */
  function tell(text) {
    message = text;
    refresh();
    voice.say(text);
  }

  function play() {
    if (walk.going()) walk.stop();
    else walk.begin(state.reach);
    refresh();
  }

  const stopWatching = whileVisible(root, () => {
    visible = true;
    const untouched = !state.drawn && !state.right && !state.down;
    if (!seen && untouched && !reducedMotion()) walk.begin(state.reach);
    seen = true;
    walk.run(true);
    refresh();
  }, () => {
    visible = false;
    walk.run(false);
  });
  const observer = new ResizeObserver(refresh);
  observer.observe(root);
  const stopTheme = watchTheme(refresh);

  return () => {
    for (const event of events) model.off(event, read);
    walk.run(false);
    visible = false;
    draw.cancel();
    stopWatching();
    observer.disconnect();
    stopTheme();
    voice.stop();
    root.remove();
  };
}

export default { render };
