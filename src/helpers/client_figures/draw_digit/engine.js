// The forward pass of a small convolutional network, as torch computes it. No DOM here.

/**
 * @typedef {object} Activation
 * @property {Float64Array | Float32Array} data values in the order channel, row, column
 * @property {number[]} shape [channels, rows, columns], or [features]
 *
 * Layers, as Python describes them: sizes are [rows, columns], and `weight` and `bias` say where a
 * layer's own begin among all weights.
 * @typedef {[number, number]} Pair
 * @typedef {{type: "conv2d", outputs: number, size: Pair, stride: Pair, padding: Pair,
 *   dilation: Pair, weight: number, bias: number}} Convolution
 * @typedef {{type: "maxpool" | "avgpool", size: Pair, stride: Pair}} Pooling
 * @typedef {{type: "linear", outputs: number, weight: number, bias: number}} Linear
 * @typedef {{type: "relu" | "flatten"}} Plain
 * @typedef {Convolution | Pooling | Linear | Plain} Layer
 */

/**
 * @template Kind
 * @typedef {(layer: Kind, weights: Float32Array, x: Activation) => Activation} Apply
 */

/** @type {{[Type in Layer["type"]]: Apply<Extract<Layer, {type: Type}>>}} */
const LAYERS = {
  /** Slides filters over the input; weights have torch's order, (out, in, height, width). */
  conv2d({ outputs, size: [height, width], stride, padding, dilation, weight, bias }, weights, x) {
    const [channels, rows, columns] = x.shape;
    /** @param {number} n inputs @param {number} f size of the filter @param {0 | 1} i axis */
    const out = (n, f, i) =>
      Math.floor((n + 2 * padding[i] - dilation[i] * (f - 1) - 1) / stride[i]) + 1;
    const shape = [outputs, out(rows, height, 0), out(columns, width, 1)];
    const data = new Float64Array(shape[0] * shape[1] * shape[2]);
    let at = 0;
    for (let k = 0; k < outputs; k++) {
      for (let i = 0; i < shape[1]; i++) {
        for (let j = 0; j < shape[2]; j++) {
          let sum = weights[bias + k];
          for (let c = 0; c < channels; c++) {
            for (let m = 0; m < height; m++) {
              const row = i * stride[0] + m * dilation[0] - padding[0];
              if (row < 0 || row >= rows) continue;
              const filter = weight + ((k * channels + c) * height + m) * width;
              for (let n = 0; n < width; n++) {
                const column = j * stride[1] + n * dilation[1] - padding[1];
                if (column < 0 || column >= columns) continue;
                sum += weights[filter + n] * x.data[(c * rows + row) * columns + column];
              }
            }
          }
          data[at++] = sum;
        }
      }
    }
    return { data, shape };
  },

  relu: (layer, weights, x) => ({ data: x.data.map(value => Math.max(0, value)), shape: x.shape }),

  maxpool: (layer, weights, x) => overWindows(layer, x, values => Math.max(...values)),

  avgpool: (layer, weights, x) =>
    overWindows(layer, x, values => values.reduce((a, b) => a + b, 0) / values.length),

  flatten: (layer, weights, x) => ({ data: x.data, shape: [x.data.length] }),

  /** Weights have torch's order, (out, in). */
  linear({ outputs, weight, bias }, weights, x) {
    const data = new Float64Array(outputs);
    const inputs = x.data.length;
    for (let k = 0; k < outputs; k++) {
      let sum = weights[bias + k];
      for (let i = 0; i < inputs; i++) sum += weights[weight + k * inputs + i] * x.data[i];
      data[k] = sum;
    }
    return { data, shape: [outputs] };
  },
};

/**
 * @param {Pooling} layer
 * @param {Activation} x
 * @param {(values: number[]) => number} reduce
 * @returns {Activation}
 */
function overWindows({ size, stride }, x, reduce) {
  const [channels, rows, columns] = x.shape;
  const shape = [channels, Math.floor((rows - size[0]) / stride[0]) + 1,
    Math.floor((columns - size[1]) / stride[1]) + 1];
  const data = new Float64Array(shape[0] * shape[1] * shape[2]);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < shape[1]; i++) {
      for (let j = 0; j < shape[2]; j++) {
        const values = [];
        for (let m = 0; m < size[0]; m++) {
          const from = (c * rows + i * stride[0] + m) * columns + j * stride[1];
          for (let n = 0; n < size[1]; n++) values.push(x.data[from + n]);
        }
        data[at++] = reduce(values);
      }
    }
  }
  return { data, shape };
}

/**
 * @param {Layer[]} layers
 * @param {Float32Array} weights of all layers
 * @param {Activation} input
 * @returns {Activation[]} the output of every layer
 */
export function forward(layers, weights, input) {
  const outputs = [];
  let x = input;
  for (const layer of layers) {
    const apply = /** @type {Apply<Layer>} */ (LAYERS[layer.type]);
    x = apply(layer, weights, x);
    outputs.push(x);
  }
  return outputs;
}

/**
 * @param {Float64Array | Float32Array} scores
 * @returns {Float64Array} probabilities: the softmax of the scores
 */
export function softmax(scores) {
  const highest = Math.max(...scores);
  const powers = Float64Array.from(scores, score => Math.exp(score - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map(power => power / sum);
}

/**
 * @param {Activation} a
 * @param {Activation} b
 * @returns {number} how much two activations differ, 0 (equal) to 1 (nothing in common)
 */
export function difference(a, b) {
  let apart = 0;
  let total = 0;
  a.data.forEach((value, i) => {
    apart += Math.abs(value - b.data[i]);
    total += Math.abs(value) + Math.abs(b.data[i]);
  });
  return total ? apart / total : 0;
}

/** @param {Float64Array | Float32Array} values @returns {number} the place of the largest */
export function largest(values) {
  return values.indexOf(Math.max(...values));
}
