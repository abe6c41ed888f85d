// What the playground shows of a network: losses, maps of every unit, and saturation. No DOM.

import { DOMAIN } from "./data.js";
import { forwardBatch, sumOfLosses } from "./step.js";

const SATURATED_SLOPE = 0.01;

/**
 * Points in columns, feature by feature.
 * @typedef {{inputs: Float64Array, targets: Float64Array, count: number}} PointSet
 *
 * @typedef {object} Grid n x n points
 * @property {number} n
 * @property {number} count n * n
 * @property {Float64Array} x1
 * @property {Float64Array} x2
 * @property {Float64Array} inputs feature by feature
 * @property {Float32Array[][]} units each hidden unit's outputs, layer by layer; at first empty
 * @property {Float32Array} output the network's; at first empty
 */

/**
 * n x n points at the centers of the squares of a chessboard over the domain, row by row from the
 * top, as the pixels of an image lie.
 * @param {number} n
 * @param {(x1: Float64Array, x2: Float64Array) => Float64Array} featuresOf
 * @returns {Grid}
 */
export function createGrid(n, featuresOf) {
  const count = n * n;
  const [x1, x2] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    x1[i] = DOMAIN * ((2 * (i % n) + 1) / n - 1);
    x2[i] = DOMAIN * (1 - (2 * Math.floor(i / n) + 1) / n);
  }
  const inputs = featuresOf(x1, x2);
  return { n, count, x1, x2, inputs, units: [], output: new Float32Array(0) };
}

/**
 * Copies the columns from `start` on into the workspace.
 * @param {import("./step.js").Workspace} work
 * @param {Float64Array} inputs
 * @param {number} features
 * @param {number} total of columns
 * @param {number} start
 * @returns {number} how many were copied
 */
function loadColumns(work, inputs, features, total, start) {
  const count = Math.min(work.capacity, total - start);
  for (let f = 0; f < features; f++) {
    const from = f * total + start;
    for (let b = 0; b < count; b++) work.inputs[f * count + b] = inputs[from + b];
  }
  return count;
}

/**
 * @param {import("./network.js").Network} network
 * @param {import("./step.js").Workspace} work of any capacity
 * @param {PointSet} points
 * @param {string} problem
 * @returns {number} the mean loss in evaluation, without the penalty
 */
export function meanLoss(network, work, points, problem) {
  const output = work.layers[network.layers.length - 1].z;
  let sum = 0;
  for (let start = 0; start < points.count; start += work.capacity) {
    const count = loadColumns(work, points.inputs, network.sizes[0], points.count, start);
    forwardBatch(network, work, count, false, false);
    sum += sumOfLosses(problem, output, points.targets, start, count);
  }
  return sum / points.count;
}

/**
 * The outputs of every unit at the points of a grid. A classification's output is shown as
 * 2 σ(z) - 1, which is tanh(z / 2), from -1 for label 0 to 1 for label 1.
 * @param {import("./network.js").Network} network
 * @param {import("./step.js").Workspace} work of any capacity
 * @param {Grid} grid
 * @param {string} problem
 * @returns {{units: Float32Array[][], output: Float32Array}} the grid's own arrays, which the
 *   next call overwrites
 */
export function drawMaps(network, work, grid, problem) {
  const hidden = network.layers.slice(0, -1);
  if (grid.output.length === 0
    || !hidden.every(({ outputs }, l) => grid.units[l]?.length === outputs)) {
    const room = () => new Float32Array(grid.count);
    grid.units = hidden.map(({ outputs }) => Array.from({ length: outputs }, room));
    grid.output = room();
  }
  const output = work.layers[hidden.length].z;
  for (let start = 0; start < grid.count; start += work.capacity) {
    const count = loadColumns(work, grid.inputs, network.sizes[0], grid.count, start);
    forwardBatch(network, work, count, false, false);
    for (let l = 0; l < hidden.length; l++) {
      const { a } = work.layers[l];
      for (let u = 0; u < hidden[l].outputs; u++) {
        const map = grid.units[l][u];
        for (let b = 0; b < count; b++) map[start + b] = a[u * count + b];
      }
    }
    const squash = problem === "classification";
    for (let b = 0; b < count; b++) {
      grid.output[start + b] = squash ? Math.tanh(output[b] / 2) : output[b];
    }
  }
  return { units: grid.units, output: grid.output };
}

/**
 * How much of each layer hardly learns, over the given points: `saturated` is the share of hidden
 * outputs with an activation slope below 0.01, `dead` the share of units whose slope is 0 on all
 * points. The output layer is linear: 0 and 0.
 * @param {import("./network.js").Network} network
 * @param {import("./step.js").Workspace} work of any capacity
 * @param {PointSet} points
 * @returns {{saturated: number, dead: number}[]}
 */
export function reportSaturation(network, work, points) {
  const alive = network.layers.map(({ outputs }) => new Uint8Array(outputs));
  const flat = network.layers.map(() => 0);
  const last = network.layers.length - 1;
  for (let start = 0; start < points.count; start += work.capacity) {
    const count = loadColumns(work, points.inputs, network.sizes[0], points.count, start);
    forwardBatch(network, work, count, false, false);
    for (let l = 0; l < last; l++) {
      const { s } = work.layers[l];
      for (let i = 0; i < network.layers[l].outputs * count; i++) {
        const slope = Math.abs(s[i]);
        if (slope < SATURATED_SLOPE) flat[l] += 1;
        if (!(slope === 0)) alive[l][Math.floor(i / count)] = 1;
      }
    }
  }
  return network.layers.map(({ outputs }, l) => ({
    saturated: flat[l] / (outputs * points.count),
    dead: l === last ? 0 : 1 - alive[l].reduce((a, b) => a + b, 0) / outputs,
  }));
}
