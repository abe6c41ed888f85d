// The history of the losses, of bounded length, and its picture.

import { axisScale, drawAxes } from "../../shared/axes.js";
import { INKS } from "./colors.js";
import { make } from "../../shared/elements.js";

const LONGEST_HISTORY = 800; // points; more than there are pixels

/**
 * @typedef {{epoch: number[], train: number[], test: number[]}} LossHistory
 */

const KEYS = /** @type {const} */ (["epoch", "train", "test"]);

/** The losses so far; what is added may take the place of others. */
export function createHistory() {
  /** @type {LossHistory} */
  const lists = { epoch: [], train: [], test: [] };
  let gap = 0; // epochs between two points at least
  return {
    lists,
    /**
     * Every other point goes when there are too many, so memory does not grow for ever.
     * @param {number} epoch
     * @param {number} train
     * @param {number} test
     */
    add(epoch, train, test) {
      const { length } = lists.epoch;
      // The last point is the present one, and moves until the next is due.
      const due = length < 2 || lists.epoch[length - 1] - lists.epoch[length - 2] >= gap;
      if (length && (!due || lists.epoch[length - 1] === epoch)) {
        for (const list of Object.values(lists)) list.pop();
      }
      lists.epoch.push(epoch);
      lists.train.push(train);
      lists.test.push(test);
      if (lists.epoch.length > LONGEST_HISTORY) {
        for (const key of KEYS) {
          const last = lists[key].length - 1;
          lists[key] = lists[key].filter((_, i) => i % 2 === 0 || i === last);
        }
        gap = Math.max(2 * gap, (2 * epoch) / LONGEST_HISTORY);
      }
    },
    clear() {
      for (const key of KEYS) lists[key] = [];
      gap = 0;
    },
  };
}

/**
 * @param {LossHistory[]} histories
 * @returns {{from: number, to: number}} a vertical axis that shows every curve
 */
export function lossRange(histories) {
  let high = 0;
  for (const { train, test } of histories) {
    // A loss that explodes would squeeze all others onto the axis: it leaves the picture.
    const first = Math.max(train[0] ?? 0, test[0] ?? 0, 0.05);
    for (const list of [train, test]) {
      for (const loss of list) if (loss < 8 * first) high = Math.max(high, loss);
    }
  }
  return { from: 0, to: (high || 1) * 1.08 };
}

/** The chart of one lane: its losses over epochs, and faintly those of the other. */
export function createChart() {
  const canvas = make("canvas");
  const element = make("div", { className: "pg-chart" }, canvas);
  element.setAttribute("role", "img");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  let width = 0;
  let height = 0;
  let ratio = 1;

  return {
    element,
    measure() {
      width = element.clientWidth;
      height = element.clientHeight;
      ratio = Math.min(2, devicePixelRatio || 1);
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    },
    /**
     * @param {LossHistory} own
     * @param {LossHistory | null} other
     * @param {{from: number, to: number}} range
     * @param {import("./colors.js").Theme} theme
     */
    draw(own, other, range, theme) {
      if (width < 60 || height < 60) return;
      const inks = INKS[theme];
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const rect = { x: 52, y: 8, width: width - 62, height: height - 44 };
      const last = Math.max(own.epoch.at(-1) ?? 0, other?.epoch.at(-1) ?? 0, 10);
      const horizontal = { from: 0, to: last, label: "epoch" };
      const vertical = { ...range, label: "loss" };
      drawAxes(context, rect, horizontal, vertical, inks, true);
      context.save();
      context.beginPath();
      context.rect(rect.x, rect.y - 2, rect.width, rect.height + 4);
      context.clip();
      const x = axisScale(horizontal, rect.x, rect.x + rect.width);
      const y = axisScale(vertical, rect.y + rect.height, rect.y);
      /** @type {(epochs: number[], losses: number[], color: string, dash: number[],
       *   alpha: number) => void} */
      const curve = (epochs, losses, color, dash, alpha) => {
        context.strokeStyle = color;
        context.globalAlpha = alpha;
        context.lineWidth = 2;
        context.lineJoin = "round";
        context.setLineDash(dash);
        context.beginPath();
        for (let i = 0; i < epochs.length; i++) {
          if (losses[i] < 1e6) context.lineTo(x(epochs[i]), y(losses[i]));
        }
        context.stroke();
      };
      for (const [history, alpha] of /** @type {const} */ ([[other, 0.28], [own, 1]])) {
        if (!history) continue;
        curve(history.epoch, history.test, inks.test, [5, 3], alpha);
        curve(history.epoch, history.train, inks.ink, [], alpha);
      }
      context.restore();
    },
  };
}
