// The playground's WebAssembly engine: trains in float32, four numbers at a time. No DOM.
//
// It takes the common settings, where the browser has WebAssembly SIMD; the plain engine takes the
// rest, and says what is right. The kernel (kernel.c) does a whole call's batches on its
// own copy of the parameters, which afterwards come back into the network's arrays.

import { KERNEL_BASE64 } from "./wasm.js";

// Numbered as in the kernel.
const KERNEL_ACTIVATIONS = [
  "sigmoid", "tanh", "relu", "leaky_relu", "elu", "swish", "mish", "linear",
];
const KERNEL_OPTIMIZERS = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"];
const KERNEL_PENALTIES = ["none", "l1", "l2"];
const PAGE = 65536; // bytes of a page of WebAssembly's memory; the first one is the kernel's stack
const HEADER = 88; // bytes before the layers in the kernel's Training
const LAYER = 40; // bytes of its Layer

/** @param {number} length */
const upToFour = (length) => Math.ceil(length / 4) * 4;

/** @type {WebAssembly.Module | null | undefined} */
let kernelModule;

/** The compiled kernel, or null where it cannot be. It is compiled when it is first asked for. */
function compileKernel() {
  if (kernelModule === undefined) {
    try {
      const bytes = Uint8Array.from(atob(KERNEL_BASE64.trim()), (c) => c.charCodeAt(0));
      kernelModule = new WebAssembly.Module(bytes);
    } catch {
      kernelModule = null; // no WebAssembly, no SIMD, or a page that forbids it
    }
  }
  return kernelModule;
}

/**
 * Whether the kernel knows the settings.
 * @param {import("./trainer.js").Settings} settings
 */
function suitsKernel(settings) {
  return KERNEL_ACTIVATIONS.includes(settings.activation)
    && !settings.batch_normalization && settings.dropout === 0;
}

/**
 * @typedef {object} KernelExports
 * @property {WebAssembly.Memory} memory
 * @property {(record: number, order: number, from: number, to: number) => void} train
 */

/**
 * @param {import("./network.js").Network} network
 * @param {import("./evaluation.js").PointSet} training
 * @param {number} batchSize
 * @param {import("./trainer.js").Settings} settings
 * @returns {import("./trainer.js").Engine | null} null where this is not possible
 */
export function createWasmEngine(network, training, batchSize, settings) {
  const module = suitsKernel(settings) ? compileKernel() : null;
  if (!module) return null;
  const { exports } = new WebAssembly.Instance(module);
  const { memory, train } = /** @type {KernelExports} */ (/** @type {unknown} */ (exports));
  const { layers, sizes } = network;
  const stride = upToFour(batchSize);
  const samples = training.count;

  let end = PAGE;
  /**
   * Room for numbers of four bytes; rows of units fill up to a multiple of four.
   * @param {number} length
   */
  const take = (length) => {
    const start = end;
    end += 4 * upToFour(length);
    return start;
  };
  const widths = layers.map(({ inputs }) => upToFour(inputs));
  const parameters = layers.reduce(
    (sum, { outputs }, l) => sum + upToFour(outputs * widths[l]) + upToFour(outputs), 0);
  const record = take((HEADER + LAYER * layers.length) / 4 + 4);
  const order = take(samples);
  const arrays = [1, 2, 3, 4].map(() => take(parameters)); // weights, gradients, two of a state
  const inputs = take(upToFour(sizes[0]) * stride);
  const targets = take(stride);
  const rows = layers.map(({ outputs }) =>
    [1, 2, 3].map(() => take(upToFour(outputs) * stride)));
  const data = take(sizes[0] * (samples + 1));
  const labels = take(samples + 1);
  memory.grow(Math.max(0, Math.ceil((end - memory.buffer.byteLength) / PAGE)));

  const numbers = new Float32Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  new Float64Array(memory.buffer, record, 2).fill(1);
  words.set([
    layers.length, KERNEL_ACTIVATIONS.indexOf(settings.activation),
    KERNEL_OPTIMIZERS.indexOf(settings.optimizer), Number(settings.problem === "regression"),
    0, samples, batchSize, parameters,
  ], record / 4 + 4);
  /**
   * Takes rates and the penalty, also in the middle of the training.
   * @param {import("./trainer.js").Settings} settings
   */
  const setRates = ({ learning_rate: rate, regularization, regularization_rate: price }) => {
    words[record / 4 + 8] = price === 0 ? 0 : KERNEL_PENALTIES.indexOf(regularization);
    numbers.set([rate, price], record / 4 + 12);
  };
  setRates(settings);
  words.set([...arrays, data, labels, inputs, targets], record / 4 + 14);
  for (let f = 0; f < sizes[0]; f++) {
    const column = training.inputs.subarray(f * samples, (f + 1) * samples);
    numbers.set(column, data / 4 + f * (samples + 1));
  }
  numbers.set(training.targets, labels / 4);

  let at = 0;
  const places = layers.flatMap((layer, l) => {
    const { inputs: columns, outputs } = layer;
    const width = widths[l];
    const bias = at + upToFour(outputs * width);
    const first = arrays[0] / 4;
    const found = [
      { own: layer.weight, at: first + at, rows: outputs, columns, width },
      { own: layer.bias, at: first + bias, rows: 1, columns: outputs, width: 0 },
    ];
    words.set([
      columns, outputs, width, arrays[0] + 4 * at, arrays[0] + 4 * bias,
      arrays[1] + 4 * at, arrays[1] + 4 * bias, ...rows[l],
    ], (record + HEADER + LAYER * l) / 4);
    at = bias + upToFour(outputs);
    return found;
  });

  /** @type {import("./trainer.js").Engine} */
  const engine = {
    name: "wasm",
    order: words.subarray(order / 4, order / 4 + samples),
    train: (from, to) => train(record, order, from, to),
    change: (next) => {
      if (!suitsKernel(next)) return false;
      setRates(next);
      return true;
    },
    store() {
      for (const { own, at: start, rows: count, columns, width } of places) {
        for (let o = 0; o < count; o++) {
          for (let i = 0; i < columns; i++) own[o * columns + i] = numbers[start + o * width + i];
        }
      }
    },
    load() {
      for (const { own, at: start, rows: count, columns, width } of places) {
        for (let o = 0; o < count; o++) {
          for (let i = 0; i < columns; i++) numbers[start + o * width + i] = own[o * columns + i];
        }
      }
    },
    gradientNorm(l) {
      const { at: start, rows: count, columns, width } = places[2 * l];
      const gradients = start + (arrays[1] - arrays[0]) / 4;
      let sum = 0;
      for (let o = 0; o < count; o++) {
        for (let i = 0; i < columns; i++) sum += numbers[gradients + o * width + i] ** 2;
      }
      return Math.sqrt(sum);
    },
  };
  return engine;
}
