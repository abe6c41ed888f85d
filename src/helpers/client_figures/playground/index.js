// The network playground: one network, or two side by side, trained while the reader watches.

import { markDrawing, toolbar, whileVisible } from "../shared/frame.js";
import { createDataControls, createRunBar } from "./view/controls.js";
import { createSpeaker, make, writeText } from "../shared/elements.js";
import { LOST, NARROW, createLane } from "./view/lane.js";
import { createLoop } from "./view/loop.js";
import { lossRange } from "./view/losses.js";
import { createNotice, createPresetRow, expandPreset } from "./view/notes.js";
import { PRESETS } from "./view/presets.js";
import { DEFAULTS, compareOf, defaultOf, mendModel, readState } from "./view/state.js";
import { STYLE } from "./view/style.js";
import { drawThumbnail, inTurn } from "./view/thumbnails.js";
import { rememberPoints } from "./view/training.js";
import { themeOf, watchTheme } from "../shared/theme.js";

const REPORT_EVERY = 1000; // milliseconds between two reports to Python
// What only changes the view, so that a preset stays what it is.
const VIEW_KEYS = ["speed", "show_test", "discretize", "preset"];
// What makes another start than the given weights.
const START_KEYS = ["initialization", "seed", "hidden", "features", "preset"];

/**
 * @param {import("../shared/frame.js").FigureHost} host the keys of its model are those of DEFAULTS
 * @returns {() => void} call it to remove the figure
 */
function render({ model, el }) {
  const defaults = Object.fromEntries(
    Object.keys(DEFAULTS).map(key => [key, defaultOf(model, key)]));
  let { speed } = DEFAULTS;
  const pointsOf = rememberPoints();
  let changed = true; // whether the model has to be read
  // The one that was expanded last. Python expands its own, with what was given besides.
  let preset = model.defaults ? defaults.preset : presetOf(model);
  let lost = ""; // the networks whose weights are too large
  let reported = 0;
  let size = "";
  let narrow = false;
  let width = 0; // from the observer: asking the element would lay the page out at once
  /** @type {import("./view/colors.js").Theme} */
  let theme = "light";
  /** @type {ReturnType<typeof createLane>[]} */
  const lanes = [];
  const loop = createLoop({
    prepare: () => changed && read(),
    speed: () => speed,
    run: epochs => lanes.forEach(({ training }) => training.run(epochs)),
    trained,
    draw,
    mark: () => markDrawing(root),
  });

  // The page's elements
  const speaker = createSpeaker();
  const bar = createRunBar({
    play: () => (loop.playing ? pause() : loop.play(true)),
    batch: () => stepOnce(({ training }) => training.step()),
    epoch: () => stepOnce(({ training }) => training.epochOnce()),
    restart,
    reseed: () => setModel({ seed: (Number(model.get("seed") ?? 0) + 1) % 2 ** 31 }),
    compare: () => setModel({
      compare: model.get("compare") ? null : compareOf(readState(model).a),
    }),
  }, chosen => setModel({ speed: chosen }));
  const dataControls = createDataControls(setModel);
  const presets = createPresetRow(choose);
  const notice = createNotice();
  const place = make("div", { className: "pg-lanes" });
  const bars = make("div", { className: "pg-bars" }, bar.element, bar.more);
  const body = make("div", { className: "pg-body" }, dataControls.element, place);
  const foot = make("div", { className: "pg-foot" });
  const root = make("div", { className: "pg" }, make("style", { textContent: STYLE }),
    ...presets.elements, bars,
    notice.element, body, foot, speaker.element);
  // Its Reset changes the model; nothing may have changed there, and training starts again anyway.
  toolbar(model, foot, defaults).firstElementChild?.addEventListener("click", () => {
    loop.play(false);
    notice.hide();
    presets.forget();
    restart();
  });
  el.append(root);

  /**
   * Changes the model. Others do too: the page's address, or Python.
   * @param {Record<string, unknown>} changes
   */
  function setModel(changes) {
    const keys = Object.keys(changes);
    const own = PRESETS[presetOf(model)]?.settings ?? {};
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    // Without the preset, a link holds also what is back at its default.
    const left = keys.some(key => Object.hasOwn(own, key) || !VIEW_KEYS.includes(key));
    if (left && !keys.includes("preset")) model.set("preset", (preset = ""));
    if (keys.some(key => START_KEYS.includes(key))) model.set("weights", null);
    model.save_changes();
  }
  /** @param {Record<string, unknown>} changes of B */
  function changeSecond(changes) {
    const { b } = readState(model);
    if (b) setModel({ compare: compareOf({ ...b, ...changes }) }); // else it is about to go
  }

  const onChange = () => { changed = true; loop.request(); };
  const events = [...Object.keys(DEFAULTS), "refused"].map(key => `change:${key}`);
  for (const event of events) model.on(event, onChange);

  /**
   * Shows a preset from its beginning.
   * @param {string} name
   */
  function choose(name) {
    loop.play(false);
    notice.hide();
    preset = name;
    setModel({ ...DEFAULTS, ...PRESETS[name].settings, preset: name });
    restart();
    speaker.say(presets.note());
  }

  function read() {
    const notices = [];
    const opened = Boolean(model.given); // an address, just now
    if (opened) presets.forget();
    const name = presetOf(model);
    if (name && (opened ? name !== defaults.preset : name !== preset)) {
      notices.push(...expandPreset(model));
    }
    notices.push(...mendModel(model));
    if (opened) model.given = null;
    preset = presetOf(model);
    const { a, b, view } = readState(model);
    changed = false; // also what was mended just now
    speed = view.speed;
    const data = pointsOf(a);
    arrange(b ? 2 : 1);
    const asked = [lanes[0].update(a, data, view)];
    const count = lanes[0].training.trainer.weights().length;
    if (view.weights && view.weights.length !== count) {
      notices.push(`weights has ${view.weights.length} numbers, and the network needs ${count}. `
        + "It begins with those of its initialization.");
      model.set("weights", null);
      changed = false;
    }
    if (b) asked.push(lanes[1].update(b, data, { ...view, weights: null }));
    // An address shows the same to everyone, from the first step. And two networks begin together,
    // so that they can be compared.
    if (opened || (b && asked.includes("restart"))) for (const lane of lanes) lane.restart();
    dataControls.show(a, view);
    bar.speed.show(view.speed);
    writeText(bar.compare, b ? "Close B" : "Compare two");
    presets.show(view.preset);
    if (opened && view.preset) speaker.say(presets.note());
    tellLost();
    if (notices.length) notice.show(notices);
    else if (opened) notice.hide();
    if (!model.link) model.save_changes(); // Python learns of what was mended
  }

  /** @param {number} count of networks */
  function arrange(count) {
    while (lanes.length > count) lanes.pop()?.stop();
    while (lanes.length < count) {
      const first = lanes.length === 0;
      const lane = createLane({
        name: first ? "A" : "B",
        speaker,
        onTouched: loop.request,
        onEdited: () => report(performance.now()),
        onRefused: sentence => notice.show([sentence]),
        onChange: first ? setModel : changeSecond,
      });
      lane.arrange(narrow);
      lanes.push(lane);
      place.append(lane.element);
    }
    body.classList.toggle("pg-two", count > 1);
  }

  /** @param {number} time of the frame, in milliseconds */
  function trained(time) {
    for (const lane of lanes) {
      lane.training.measure();
      lane.learned();
    }
    tellLost();
    if (lanes.every(({ training }) => training.trainer.diverged)) pause();
    else if (time - reported > REPORT_EVERY) report(time);
  }

  /**
   * @param {boolean} playing
   * @returns {boolean} whether all changes are drawn
   */
  function draw(playing) {
    if (sizeNow() !== size) {
      size = sizeNow();
      for (const lane of lanes) lane.touch("layout", "points", "maps", "texts");
    }
    const histories = lanes.map(({ training }) => training.history);
    const range = lossRange(histories);
    const drawn = lanes.map((lane, i) =>
      lane.draw(theme, playing, histories[1 - i] ?? null, range));
    const { epoch, iteration } = lanes[0].training;
    writeText(bar.status, `Epoch ${epoch.toLocaleString("en-US")}`);
    bar.status.title = `${iteration.toLocaleString("en-US")} steps of the optimizer`;
    writeText(bar.play, playing ? "Pause" : "Play");
    bar.play.toggleAttribute("data-on", playing);
    return drawn.every(Boolean);
  }

  /** On a phone the network comes first, and what is chosen less often after it. */
  function rearrange() {
    if (narrow === width < NARROW) return;
    narrow = !narrow;
    const { activeElement } = /** @type {Document | ShadowRoot} */ (root.getRootNode());
    if (narrow) body.append(bar.more, dataControls.element);
    else {
      bars.append(bar.more);
      body.prepend(dataControls.element);
    }
    for (const lane of lanes) lane.arrange(narrow);
    // What moves loses the focus.
    if (root.contains(activeElement)) {
      /** @type {HTMLElement} */ (activeElement).focus({ preventScroll: true });
    }
  }

  const sizeNow = () => `${width} ${devicePixelRatio}`;

  function pause() {
    loop.play(false);
    rest();
  }

  /** @param {(lane: ReturnType<typeof createLane>) => void} move */
  function stepOnce(move) {
    loop.play(false);
    if (changed) read();
    lanes.forEach(move);
    rest();
  }

  function restart() {
    if (changed) read();
    for (const lane of lanes) lane.restart();
    tellLost();
    report(performance.now());
  }

  /** Says it at the top, because who trains may not look below. */
  function tellLost() {
    const names = lanes.flatMap(({ training }, i) => (training.trainer.diverged ? ["AB"[i]] : []));
    if (names.join() === lost) return;
    lost = names.join();
    if (!lost) notice.hide();
    else notice.show(names.map(name => (lanes.length > 1 ? `${name}: ${LOST}` : LOST)));
  }

  /** Says where training stands. Only at rest: a voice cannot keep up with it. */
  function rest() {
    for (const lane of lanes) lane.touch("maps", "texts");
    tellLost();
    const parts = lanes.map((lane, i) => (lanes.length > 1 ? `${"AB"[i]}: ` : "") + lane.say());
    speaker.say(`Epoch ${lanes[0].training.epoch}, ${parts.join("; ")}`);
    report(performance.now());
  }

  /**
   * Python gets weights and history; a page keeps them out of its address.
   * @param {number} time in milliseconds
   */
  function report(time) {
    reported = time;
    if (model.link || model.get("result") === undefined) return;
    const { trainer, history, epoch, iteration } = lanes[0].training;
    const copy = Object.fromEntries(Object.entries(history).map(([key, list]) => [key, [...list]]));
    model.set("result", { epoch, iteration, weights: trainer.weights(), history: copy });
    model.save_changes();
  }

  // First sight, size and theme. The start is cut into parts, so that a slow page answers between.
  /** @param {(() => void)[]} tasks */
  const inParts = tasks => {
    const drawn = markDrawing(root);
    const stop = inTurn([...tasks, drawn]);
    return () => {
      stop();
      drawn();
    };
  };
  const observer = new ResizeObserver(([entry]) => {
    width = Math.round(entry.contentRect.width);
    rearrange();
    if (sizeNow() !== size) loop.request();
  });
  let stopWatching = () => {};
  let stopPictures = () => {};
  const drawPictures = () => {
    stopPictures();
    stopPictures = inParts(dataControls.pictures.map(one => () => drawThumbnail(one, theme)));
  };
  const stopStart = inParts([
    () => { theme = themeOf(root); },
    () => arrange(model.get("compare") ? 2 : 1),
    () => {
      if (changed) read();
      report(0);
    },
    () => {
      stopWatching = whileVisible(root, () => loop.see(true), () => loop.see(false));
      observer.observe(root);
    },
    drawPictures,
  ]);
  // May be called before the start is over, when the page is still choosing its theme.
  const stopTheme = watchTheme(() => {
    theme = themeOf(root);
    drawPictures();
    for (const lane of lanes) lane.touch("points", "maps", "texts");
  });

  return () => {
    for (const event of events) model.off(event, onChange);
    stopStart();
    stopPictures();
    stopWatching();
    loop.end();
    observer.disconnect();
    stopTheme();
    speaker.stop();
    for (const lane of lanes) lane.stop();
    root.remove();
  };
}

/** @param {Pick<import("./view/state.js").Model, "get">} model */
const presetOf = model => String(model.get("preset") ?? "");

export default { render };
