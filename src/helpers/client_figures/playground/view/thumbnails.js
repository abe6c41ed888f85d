// Small pictures of the data sets, to choose by, drawn one after the other.

import { pointColor } from "./colors.js";
import { makeData } from "../engine/data.js";

/**
 * Does tasks one by one, with time between them for everything else.
 * @param {(() => void)[]} tasks
 * @returns {() => void} call it to give up
 */
export function inTurn(tasks) {
  const left = [...tasks];
  let timer = 0;
  const next = () => {
    const task = left.shift();
    if (!task) return;
    timer = setTimeout(next);
    task();
  };
  timer = setTimeout(next);
  return () => {
    clearTimeout(timer);
    left.length = 0;
  };
}

/**
 * @param {{value: string, picture: HTMLCanvasElement}} set
 * @param {import("./colors.js").Theme} theme
 */
export function drawThumbnail({ value, picture }, theme) {
  const classification = !["plane", "gaussians"].includes(value);
  const problem = classification ? "classification" : "regression";
  const points = makeData({ problem, data: value, noise: 0, train_share: 50, seed: 0 });
  const context = /** @type {CanvasRenderingContext2D} */ (picture.getContext("2d"));
  const { width } = picture;
  /** @param {number} x */
  const place = x => ((x / 6 + 1) / 2) * width;
  context.clearRect(0, 0, width, width);
  for (let i = 0; i < points.x1.length; i++) {
    const target = points.target[i];
    context.fillStyle = pointColor(theme, classification ? 2 * target - 1 : target);
    context.fillRect(place(points.x1[i]) - 2, place(-points.x2[i]) - 2, 4, 4);
  }
}
