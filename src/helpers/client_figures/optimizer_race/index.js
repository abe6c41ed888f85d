// The optimizer race: seven optimizers leave from one start, all at once, on a surface that the
// reader picks. Computing a whole race takes about a millisecond; playing reveals it.

import {
  markDrawing, onlyTouch, reducedMotion, toolbar, whileVisible,
} from "../shared/frame.js";
import { createClock } from "../shared/clock.js";
import { createLegend, createSettings } from "./controls.js";
import { createSpeaker, make, makeButton, writeText } from "../shared/elements.js";
import { FRAME, inSlices } from "./ground.js";
import { RULES, createTracks, runRule } from "./optimizers.js";
import { createPlot } from "./plot.js";
import { attachPointer } from "./pointer.js";
import { DEFAULTS, STEPS, describeLeader, lossAxis, readState } from "./state.js";
import { themeOf, watchTheme } from "../shared/theme.js";
import { RACE_STYLE } from "./style.js";

const HINT = "Click to choose the start, or drag it. Keyboard: arrow keys, then Enter.";
const TOUCH_HINT = "Tap to choose the start, or drag it.";
const NAMES = RULES.map(({ name }) => name);
// What a change makes stale, each including those before it.
const TRAILS = 1;
const RACE = 2;
const LAYOUT = 3;
const STALE = {
  surface: LAYOUT,
  start_x: RACE,
  start_y: RACE,
  learning_rate: RACE,
  momentum: RACE,
  hidden: TRAILS,
  speed: TRAILS,
};

/**
 * @param {import("../shared/frame.js").FigureHost} figure its model's keys are those of DEFAULTS
 * @returns {() => void} call it to remove the figure
 */
function render({ model, el }) {
  const defaults = Object.fromEntries(Object.entries(DEFAULTS).map(([key, value]) =>
    [key, model.defaults?.[key] ?? model.get(key) ?? value]));
  const tracks = createTracks(STEPS);
  let state = readState(model);
  let shown = 0; // the step up to which the race is revealed
  let playing = false;
  let begun = false;
  let visible = false;
  let stale = 0;
  /** @type {(() => void) | null} */
  let stopUpdate = null;
  let stopPainting = () => {};
  let size = "";
  let ready = false; // whether there is something to draw on
  let changed = false; // whether the model has, since it was last drawn
  let moved = ""; // where the reader has put the start since

  // The page's elements
  const surfacePlot = createPlot(NAMES, STEPS, true);
  const lossPlot = createPlot(NAMES, STEPS, false);
  const settings = createSettings(changes => {
    setModel(changes);
    if (changes.surface && !reducedMotion()) begin(true);
  });
  const legend = createLegend(NAMES, hidden => setModel({ hidden }));
  const speaker = createSpeaker();
  const play = makeButton("Play", () => (playing ? pause() : begin()));
  play.className = "race-play";
  const status = make("p");
  const bar = make("div", { className: "race-bar" },
    play, makeButton("Step", stepOnce), makeButton("Restart", () => begin(true)));
  toolbar(model, bar, defaults).className = "race-tools";
  bar.append(status);
  const root = make("div", { className: "race" },
    make("style", { textContent: RACE_STYLE }),
    make("div", { className: "race-grid" },
      make("div", { className: "race-surface" }, surfacePlot.element,
        make("p", { className: "race-muted", textContent: onlyTouch() ? TOUCH_HINT : HINT })),
      make("div", { className: "race-loss" }, lossPlot.element),
      bar, settings.element, legend.element),
    speaker.element);
  lossPlot.element.setAttribute("role", "img");
  el.append(root);

  // Changes: from here, from the page's address, or from Python
  /** @param {Record<string, unknown>} changes */
  function setModel(changes) {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
  }
  const listeners = Object.entries(STALE).map(([key, level]) => ({
    event: `change:${key}`,
    call() {
      changed = true;
      refresh(level);
    },
  }));
  for (const { event, call } of listeners) model.on(event, call);

  /** Brings the figure up to date, once for all changes until the next frame. */
  function refresh(level = 0) {
    stale = Math.max(stale, level);
    if (stopUpdate) return;
    const drawn = markDrawing(root);
    stopUpdate = inSlices(update(), () => {
      stopUpdate = null;
      if (stale) refresh();
      drawn();
    });
  }

  /** In parts: on a slow phone, and before the browser has compiled it, this takes a while. */
  function* update() {
    const level = ready ? stale : LAYOUT;
    stale = 0;
    state = readState(model);
    const { surface, start, settings: chosen, hidden } = state;
    if (level >= LAYOUT) {
      ready = false;
      stopPainting();
      surfacePlot.theme = lossPlot.theme = themeOf(root);
      size = sizeNow();
      yield;
    }
    settings.show(state);
    legend.show(hidden, surfacePlot.theme);
    if (level >= RACE) {
      for (const [i, rule] of RULES.entries()) {
        runRule(rule, tracks[i], surface, start, chosen);
        yield;
      }
    }
    if (!surfacePlot.measure() || !lossPlot.measure()) return; // not on the page yet
    if (level >= LAYOUT) {
      const [[x0, x1], [y0, y1]] = surface.domain;
      surfacePlot.setAxes({ from: x0, to: x1, label: "x" }, { from: y0, to: y1, label: "y" });
      yield;
      surfacePlot.drawAxes();
      yield FRAME;
    }
    if (level >= RACE) {
      const axis = lossAxis(tracks, surface);
      lossPlot.setAxes({ from: 0, to: STEPS, label: "step" }, axis);
      if (level >= LAYOUT) yield FRAME;
      lossPlot.drawAxes();
      lossPlot.placeLosses(tracks, axis.lowest);
      surfacePlot.placePaths(tracks);
      yield;
    }
    surfacePlot.redraw(shown, hidden);
    if (level >= LAYOUT) yield FRAME;
    lossPlot.redraw(shown, hidden);
    ready = true;
    const before = status.textContent;
    write();
    if (changed && !playing && (moved || status.textContent !== before)) tell();
    changed = false;
    if (level >= LAYOUT) paintSurface(surface);
  }

  /** @param {import("./surfaces.js").RaceSurface} surface */
  function paintSurface(surface) {
    const painted = markDrawing(root);
    const stop = surfacePlot.paint(surface, painted);
    stopPainting = () => {
      stop();
      painted();
    };
  }

  // The plots' heights also depend on that of the screen, and on the legend's columns.
  const sizeNow = () => [surfacePlot, lossPlot].map(({ element }) =>
    `${element.clientWidth} ${element.clientHeight}`).join(" ") + ` ${devicePixelRatio}`;

  // Time
  let written = 0;
  const clock = createClock(() => (ready ? state.speed : 0), (steps, time) => {
    reveal(Math.min(STEPS, shown + steps));
    if (time - written > 100) {
      written = time;
      write();
    }
    if (shown === STEPS) pause();
  });
  const keepTime = () => clock(playing && visible);

  /** @param {number} until a step */
  function reveal(until) {
    shown = until;
    surfacePlot.advance(shown);
    lossPlot.advance(shown);
  }

  function begin(again = false) {
    if (again || shown === STEPS) {
      shown = 0;
      refresh(TRAILS);
    }
    playing = begun = true;
    keepTime();
    write();
  }

  function pause() {
    playing = false;
    keepTime();
    write();
    tell();
  }

  function stepOnce() {
    begun = true;
    playing = false;
    keepTime();
    if (shown < STEPS && ready) reveal(shown + 1);
    write();
    tell();
  }

  /** Says where the race stands. Only at rest: a voice cannot keep up with it. */
  function tell() {
    speaker.say(`${moved}${status.textContent}`);
    moved = "";
  }

  /** Writes everything that is text. */
  function write() {
    writeText(status, `Step ${shown} of ${STEPS}; ${describeLeader(tracks, shown, state.hidden)}`);
    writeText(play, playing ? "Pause" : "Play");
    legend.update(tracks, shown, state.surface);
    if (!playing) describeLosses();
  }

  function describeLosses() {
    const label = `Loss of each optimizer over ${STEPS} steps. ${status.textContent}.`;
    lossPlot.element.setAttribute("aria-label", label);
  }

  const detachPointer = attachPointer(surfacePlot, {
    start: () => readState(model).start, // not `state`, which keys could outrun
    domain: () => state.surface.domain,
    move(x, y) {
      const place = `Start at x ${x}, y ${y}. `;
      if (playing) speaker.say(place); else moved = place;
      setModel({ start_x: x, start_y: y });
    },
    /** A new race, or its result where the reader asked for less motion. @param {boolean} byKey */
    go(byKey) {
      if (byKey || !reducedMotion()) begin(true);
    },
  });

  // First sight, size and theme
  if (reducedMotion()) shown = STEPS;
  const stopWatching = whileVisible(root, () => {
    visible = true;
    if (begun || reducedMotion()) keepTime();
    else begin();
  }, () => {
    visible = false;
    keepTime();
  });
  // Its first call, once the browser has laid the page out, also draws the first picture.
  const observer = new ResizeObserver(() => {
    if (sizeNow() !== size) refresh(LAYOUT);
  });
  for (const { element } of [surfacePlot, lossPlot]) observer.observe(element);
  const stopTheme = watchTheme(() => {
    if (themeOf(root) !== surfacePlot.theme) refresh(LAYOUT);
  });
  describeLosses();

  return () => {
    for (const { event, call } of listeners) model.off(event, call);
    playing = false;
    keepTime();
    stopUpdate?.();
    stopPainting();
    stopWatching();
    observer.disconnect();
    stopTheme();
    detachPointer();
    speaker.stop();
    root.remove();
  };
}

export default { render };
