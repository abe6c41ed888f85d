// One plot of the race: a ground that rarely changes, trails that grow, markers that move. Each is
// a canvas of its own, so that a frame of the animation touches a few hundred pixels only.

import { axisScale, drawAxes } from "../shared/axes.js";
import { make, penOf } from "../shared/elements.js";
import { inSlices, paintGround } from "./ground.js";
import { createTrail, eraseTrail, extendTrail, placeTrail } from "./trails.js";

const REACH = 9; // CSS pixels from the middle of a marker to its edge, at most
const STAR = starPath(10.5, 4.1);
const PLOT_COLORS = {
  light: { text: "#48494d", grid: "#e3e3e3", edge: "#ffffff", ink: "#000000" },
  dark: { text: "#c9ccd3", grid: "#3c404a", edge: "#0d0f13", ink: "#ffffff" },
};

/**
 * @typedef {import("../shared/axes.js").Axis} Axis
 * @typedef {import("../shared/axes.js").Rect} Rect
 * @typedef {import("./optimizers.js").Track} Track
 * @typedef {ReturnType<typeof createPlot>} Plot
 */

/**
 * @param {string[]} names of the optimizers
 * @param {number} steps
 * @param {boolean} onGround whether the trails lie on a picture: they get a halo, the plot no grid
 */
export function createPlot(names, steps, onGround) {
  const element = make("div", { className: "race-plot" });
  const layers = ["ground", "line", "head"].map(() => {
    const canvas = make("canvas");
    element.append(canvas);
    return penOf(canvas);
  });
  const [ground, line, head] = layers;
  const trails = names.map(name => createTrail(name, steps));
  /** @type {Rect} within the axes */
  const rect = { x: 0, y: 0, width: 0, height: 0 };
  let [width, height, ratio] = [0, 0, 1];
  /** @type {Axis[]} */
  let axes = [];
  // Where the markers and the ring at the start are drawn now; NaN: nowhere.
  const marks = new Float32Array(2 * (names.length + 1)).fill(NaN);
  const start = new Float32Array(2).fill(NaN);
  const ring = new Path2D("M5.5 0A5.5 5.5 0 1 1-5.5 0A5.5 5.5 0 1 1 5.5 0Z");
  let used = false; // whether trails or markers were drawn
  /** @type {Set<string>} */
  let hidden = new Set();

  /** @param {[number, number][]} minima */
  function drawStars(minima) {
    ground.fillStyle = "#f0e442";
    ground.strokeStyle = "#000000";
    ground.lineWidth = 1;
    for (const [x, y] of minima) {
      ground.translate(plot.scaleX(x), plot.scaleY(y));
      ground.fill(STAR);
      ground.stroke(STAR);
      ground.translate(-plot.scaleX(x), -plot.scaleY(y));
    }
  }

  /**
   * Notes where a marker is, and draws it if that is in the plot.
   * @param {Path2D} marker
   * @param {number} x
   * @param {number} y
   * @param {number} i its place among the marks
   * @param {string} fill
   * @param {string} stroke
   */
  function drawMark(marker, x, y, i, fill, stroke) {
    marks[2 * i] = x;
    marks[2 * i + 1] = y;
    if (!(x >= rect.x - 1 && x <= rect.x + rect.width + 1)) return;
    if (!(y >= rect.y - 1 && y <= rect.y + rect.height + 1)) return;
    head.fillStyle = fill;
    head.strokeStyle = stroke;
    head.translate(x, y);
    head.fill(marker);
    head.stroke(marker);
    head.translate(-x, -y);
  }

  const plot = {
    element,
    rect,
    /** @type {import("../shared/theme.js").Theme} */
    theme: "light",
    /** @type {(value: number) => number} */
    scaleX: value => value,
    /** @type {(value: number) => number} */
    scaleY: value => value,

    /** Measures the element. @returns {boolean} whether there is room for a plot */
    measure() {
      width = element.clientWidth;
      height = element.clientHeight;
      ratio = Math.min(2, devicePixelRatio || 1);
      return width > 60 && height > 60;
    },

    /**
     * Clears all layers and prepares the scales.
     * @param {Axis} horizontal
     * @param {Axis} vertical
     */
    setAxes(horizontal, vertical) {
      axes = [horizontal, vertical];
      Object.assign(rect, { x: 52, y: 10, width: width - 68, height: height - 48 });
      if (onGround) fitUnits(rect, horizontal.to - horizontal.from, vertical.to - vertical.from);
      for (const context of layers) {
        context.canvas.width = Math.round(width * ratio); // also resets the clip
        context.canvas.height = Math.round(height * ratio);
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.lineJoin = "round";
      }
      used = false;
      line.beginPath();
      line.rect(rect.x, rect.y, rect.width, rect.height);
      line.clip();
      plot.scaleX = axisScale(horizontal, rect.x, rect.x + rect.width);
      plot.scaleY = axisScale(vertical, rect.y + rect.height, rect.y);
    },

    /** Draws the axes that were set. */
    drawAxes() {
      drawAxes(ground, rect, axes[0], axes[1], PLOT_COLORS[plot.theme], !onGround);
    },

    /**
     * Paints the surface within the axes, in slices, and stars at its minima.
     * @param {import("./surfaces.js").RaceSurface} surface
     * @param {() => void} done
     * @returns {() => void} call it to stop
     */
    paint(surface, done) {
      return inSlices(paintGround(ground, surface, rect, ratio, plot.theme), () => {
        drawStars(surface.minima);
        done();
      });
    },

    /** Takes the paths of the tracks. @param {Track[]} tracks */
    placePaths(tracks) {
      tracks.forEach(({ x, y, finite }, i) =>
        placeTrail(trails[i], x, y, finite, plot.scaleX, plot.scaleY));
      start[0] = trails[0].x[0];
      start[1] = trails[0].y[0];
    },

    /**
     * Takes the losses of the tracks, less `lowest`, over the number of the step.
     * @param {Track[]} tracks
     * @param {number} lowest
     */
    placeLosses(tracks, lowest) {
      const scaleY = (/** @type {number} */ loss) => plot.scaleY(loss - lowest);
      tracks.forEach(({ loss, finite }, i) =>
        placeTrail(trails[i], null, loss, finite, plot.scaleX, scaleY));
    },

    /**
     * Draws all trails anew, up to a step.
     * @param {number} step
     * @param {Set<string>} without names not to draw
     */
    redraw(step, without) {
      hidden = without;
      if (used) for (const context of [line, head]) context.clearRect(0, 0, width, height);
      used = true;
      marks.fill(NaN);
      trails.forEach(eraseTrail);
      plot.advance(step);
    },

    /** Adds the segments up to a step, and moves the markers there. @param {number} step */
    advance(step) {
      const { edge, ink } = PLOT_COLORS[plot.theme];
      let moved = step === 0;
      for (let i = 0; i < trails.length; i++) {
        if (hidden.has(names[i])) continue;
        const trail = trails[i];
        extendTrail(line, trail, step, trail.look[plot.theme], onGround ? edge : null);
        const k = Math.min(step, trail.end);
        const dx = trail.x[k] - marks[2 * i];
        const dy = trail.y[k] - marks[2 * i + 1];
        moved ||= !(dx * dx + dy * dy < 0.25);
      }
      if (!moved) return; // a canvas that does not change costs nothing
      for (let i = 0; i < marks.length; i += 2) {
        head.clearRect(marks[i] - REACH, marks[i + 1] - REACH, 2 * REACH, 2 * REACH);
      }
      marks.fill(NaN); // which draws and clears nothing
      if (onGround) drawMark(ring, start[0], start[1], trails.length, edge, ink);
      for (let i = 0; i < trails.length; i++) {
        if (hidden.has(names[i])) continue;
        const trail = trails[i];
        const k = Math.min(step, trail.end);
        drawMark(trail.marker, trail.x[k], trail.y[k], i, trail.look[plot.theme], edge);
      }
    },
  };
  return plot;
}

/**
 * Shrinks a rectangle until one unit is as long on both axes, so that angles are true.
 * @param {Rect} rect
 * @param {number} spanX in units
 * @param {number} spanY
 */
function fitUnits(rect, spanX, spanY) {
  const unit = Math.min(rect.width / spanX, rect.height / spanY);
  const width = Math.round(unit * spanX);
  const height = Math.round(unit * spanY);
  rect.x += Math.round((rect.width - width) / 2);
  rect.y += Math.round((rect.height - height) / 2);
  rect.width = width;
  rect.height = height;
}

/**
 * @param {number} outer radius
 * @param {number} inner radius
 * @returns {Path2D} a star with five points
 */
function starPath(outer, inner) {
  const path = new Path2D();
  for (let i = 0; i < 10; i++) {
    const radius = i % 2 ? inner : outer;
    path.lineTo(radius * Math.sin((Math.PI * i) / 5), -radius * Math.cos((Math.PI * i) / 5));
  }
  path.closePath();
  return path;
}
