// One plot of the race: a ground that rarely changes, trails that grow, markers that move. Each is
// a canvas of its own, so that a frame of the animation touches a few hundred pixels only.

import { axisScale, drawAxes } from "../shared/axes.js";
import { inSlices, paintGround } from "./ground.js";
import { createTrail, eraseTrail, extendTrail, placeTrail } from "./trails.js";

const REACH = 9; // CSS pixels from the middle of a marker to its edge, at most
const STAR = starPath(10.5, 4.1);
const PLOT_COLORS = {
  light: { text: "#48494d", grid: "#e3e3e3", edge: "#ffffff", ink: "#000000" },
  dark: { text: "#c9ccd3", grid: "#3c404a", edge: "#0d0f13", ink: "#ffffff" },
};

/**
 * @param {string[]} names of the optimizers
 * @param {number} steps
 * @param {boolean} onGround whether the trails lie on a picture: they get a halo, the plot no grid
 */
export function createPlot(names, steps, onGround) {
  const element = document.createElement("div");
  element.className = "race-plot";
  const layers = ["ground", "line", "head"].map(() => {
    const canvas = document.createElement("canvas");
    element.append(canvas);
    return canvas.getContext("2d");
  });
  const [ground, line, head] = layers;
  const trails = names.map(name => createTrail(name, steps));
  const rect = { x: 0, y: 0, width: 0, height: 0 }; // within the axes
  const plot = { element, rect, ratio: 1, theme: "light" };
  // Where the markers and the ring at the start are drawn now; NaN: nowhere.
  const marks = new Float32Array(2 * (names.length + 1)).fill(NaN);
  const start = new Float32Array(2).fill(NaN);
  const ring = new Path2D("M5.5 0A5.5 5.5 0 1 1-5.5 0A5.5 5.5 0 1 1 5.5 0Z");
  let used = false; // whether trails or markers were drawn
  /** @type {Set<string>} */
  let hidden = new Set();

  /** Measures the element. @returns {boolean} whether there is room for a plot */
  plot.measure = () => {
    plot.width = element.clientWidth;
    plot.height = element.clientHeight;
    plot.ratio = Math.min(2, devicePixelRatio || 1);
    return plot.width > 100 && plot.height > 100;
  };

  /**
   * Clears all layers and prepares the scales.
   * @param {import("../shared/axes.js").Axis} horizontal
   * @param {import("../shared/axes.js").Axis} vertical
   */
  plot.setAxes = (horizontal, vertical) => {
    const { ratio } = plot;
    plot.axes = [horizontal, vertical];
    Object.assign(rect, { x: 52, y: 10, width: plot.width - 68, height: plot.height - 48 });
    if (onGround) fitUnits(rect, horizontal.to - horizontal.from, vertical.to - vertical.from);
    for (const context of layers) {
      context.canvas.width = Math.round(plot.width * ratio); // also resets the clip
      context.canvas.height = Math.round(plot.height * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.lineJoin = "round";
    }
    used = false;
    line.beginPath();
    line.rect(rect.x, rect.y, rect.width, rect.height);
    line.clip();
    plot.scaleX = axisScale(horizontal, rect.x, rect.x + rect.width);
    plot.scaleY = axisScale(vertical, rect.y + rect.height, rect.y);
  };

  /** Draws the axes that were set. */
  plot.drawAxes = () =>
    drawAxes(ground, rect, ...plot.axes, PLOT_COLORS[plot.theme], !onGround);

  /**
   * Paints the surface within the axes, in slices, and stars at its minima.
   * @param {import("./surfaces.js").RaceSurface} surface
   * @returns {() => void} call it to stop
   */
  plot.paint = surface => {
    const work = paintGround(ground, surface, rect, plot.ratio, plot.theme);
    return inSlices(work, () => drawStars(surface.minima));
  };

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

  /** Takes the paths of the tracks. @param {import("./optimizers.js").Track[]} tracks */
  plot.placePaths = tracks => {
    tracks.forEach(({ x, y, finite }, i) =>
      placeTrail(trails[i], x, y, finite, plot.scaleX, plot.scaleY));
    start[0] = trails[0].x[0];
    start[1] = trails[0].y[0];
  };

  /** Takes the losses of the tracks, less `lowest`, over the number of the step. */
  plot.placeLosses = (tracks, lowest) => {
    const scaleY = loss => plot.scaleY(loss - lowest);
    tracks.forEach(({ loss, finite }, i) =>
      placeTrail(trails[i], null, loss, finite, plot.scaleX, scaleY));
  };

  /** Draws all trails anew, up to a step. @param {Set<string>} without names not to draw */
  plot.redraw = (step, without) => {
    hidden = without;
    if (used) for (const context of [line, head]) context.clearRect(0, 0, plot.width, plot.height);
    used = true;
    marks.fill(NaN);
    trails.forEach(eraseTrail);
    plot.advance(step);
  };

  /** Adds the segments up to a step, and moves the markers there. */
  plot.advance = step => {
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
  };

  /** Notes where a marker is, and draws it if that is in the plot. */
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
  return plot;
}

/** Shrinks a rectangle until one unit is as long on both axes, so that angles are true. */
function fitUnits(rect, spanX, spanY) {
  const unit = Math.min(rect.width / spanX, rect.height / spanY);
  const width = Math.round(unit * spanX);
  const height = Math.round(unit * spanY);
  rect.x += Math.round((rect.width - width) / 2);
  rect.y += Math.round((rect.height - height) / 2);
  rect.width = width;
  rect.height = height;
}

/** @returns {Path2D} a star with five points, by its outer and inner radius */
function starPath(outer, inner) {
  const path = new Path2D();
  for (let i = 0; i < 10; i++) {
    const radius = i % 2 ? inner : outer;
    path.lineTo(radius * Math.sin((Math.PI * i) / 5), -radius * Math.cos((Math.PI * i) / 5));
  }
  path.closePath();
  return path;
}
