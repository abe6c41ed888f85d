// Batch normalization of one layer, as torch's nn.BatchNorm1d computes it. No DOM.

const EPSILON = 1e-5;
const RUNNING_SHARE = 0.1; // torch calls it momentum

/**
 * Standardizes each unit over the batch, then scales and shifts it. A batch of one has no
 * deviation: torch refuses it, and here the running statistics stand in, as in evaluation.
 * @param {Float64Array} z changed in place
 * @param {Float64Array} standardized receives what the backward pass needs
 * @param {Float64Array} scale receives 1 / deviation of each unit
 * @param {import("./network.js").Layer} layer
 * @param {number} count of samples
 * @param {boolean} training
 */
export function normalizeBatch(z, standardized, scale, layer, count, training) {
  const { gamma, beta, runningMean, runningVar } = layer;
  for (let u = 0; u < layer.outputs; u++) {
    const [start, end] = [u * count, (u + 1) * count];
    let mean = runningMean[u];
    let variance = runningVar[u];
    if (training && count > 1) {
      let sum = 0;
      for (let i = start; i < end; i++) sum += z[i];
      mean = sum / count;
      let squares = 0;
      for (let i = start; i < end; i++) squares += (z[i] - mean) * (z[i] - mean);
      variance = squares / count;
      runningMean[u] += RUNNING_SHARE * (mean - runningMean[u]);
      runningVar[u] += RUNNING_SHARE * (squares / (count - 1) - runningVar[u]);
    }
    const inverse = 1 / Math.sqrt(variance + EPSILON);
    scale[u] = inverse;
    for (let i = start; i < end; i++) {
      standardized[i] = (z[i] - mean) * inverse;
      z[i] = gamma[u] * standardized[i] + beta[u];
    }
  }
}

/**
 * Turns the gradient of what `normalizeBatch` returned into that of what it was given.
 * @param {Float64Array} delta changed in place
 * @param {Float64Array} standardized
 * @param {Float64Array} scale
 * @param {import("./network.js").Layer} layer
 * @param {import("./network.js").Layer} gradient receives gamma's and beta's
 * @param {number} count of samples
 */
export function normalizeBackward(delta, standardized, scale, layer, gradient, count) {
  for (let u = 0; u < layer.outputs; u++) {
    const [start, end] = [u * count, (u + 1) * count];
    let sum = 0;
    let product = 0;
    for (let i = start; i < end; i++) {
      sum += delta[i];
      product += delta[i] * standardized[i];
    }
    gradient.beta[u] = sum;
    gradient.gamma[u] = product;
    const factor = layer.gamma[u] * scale[u];
    if (count > 1) {
      const [mean, slope] = [sum / count, product / count];
      for (let i = start; i < end; i++) {
        delta[i] = factor * (delta[i] - mean - standardized[i] * slope);
      }
    } else delta[start] *= factor; // the running statistics do not depend on the batch
  }
}
