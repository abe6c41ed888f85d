// The matrix products of the playground's plain engine. No DOM.
//
// A batch is stored unit by unit: the values of unit u stand at [u * count, (u + 1) * count).
// Four samples, or four sums, advance side by side: they stay in the processor's registers, and a
// weight is read once for all of them.

/**
 * target[r, b] = bias[r] + sum over k of weight[r * rowStep + k * innerStep] * source[k, b].
 * With the steps exchanged this multiplies with the transposed matrix.
 * @param {Float64Array} weight
 * @param {number} rowStep
 * @param {number} innerStep
 * @param {Float64Array | null} bias
 * @param {Float64Array} source
 * @param {Float64Array} target
 * @param {number} rows
 * @param {number} inner
 * @param {number} count of samples
 */
export function multiplyBatch(
  weight, rowStep, innerStep, bias, source, target, rows, inner, count,
) {
  if (count === 1) {
    for (let r = 0; r < rows; r++) {
      let sum = bias === null ? 0 : bias[r];
      for (let k = 0, at = r * rowStep; k < inner; k++, at += innerStep) {
        sum += weight[at] * source[k];
      }
      target[r] = sum;
    }
    return;
  }
  for (let r = 0; r < rows; r++) {
    const start = bias === null ? 0 : bias[r];
    const first = r * rowStep;
    const out = r * count;
    if (count < 4) {
      for (let b = 0; b < count; b++) {
        let sum = start;
        for (let k = 0, at = first, from = b; k < inner; k++, at += innerStep, from += count) {
          sum += weight[at] * source[from];
        }
        target[out + b] = sum;
      }
      continue;
    }
    for (let next = 0; next < count; next += 4) {
      const b = next + 4 > count ? count - 4 : next; // the last four may overlap those before
      let sum0 = start;
      let sum1 = start;
      let sum2 = start;
      let sum3 = start;
      for (let k = 0, at = first, from = b; k < inner; k++, at += innerStep, from += count) {
        const w = weight[at];
        sum0 += w * source[from];
        sum1 += w * source[from + 1];
        sum2 += w * source[from + 2];
        sum3 += w * source[from + 3];
      }
      target[out + b] = sum0;
      target[out + b + 1] = sum1;
      target[out + b + 2] = sum2;
      target[out + b + 3] = sum3;
    }
  }
}

/**
 * gradient[o, i] = sum over b of delta[o, b] * source[i, b]: a layer's weight gradient.
 * @param {Float64Array} delta
 * @param {Float64Array} source
 * @param {Float64Array} gradient
 * @param {number} outputs
 * @param {number} inputs
 * @param {number} count of samples
 */
export function multiplyOverBatch(delta, source, gradient, outputs, inputs, count) {
  for (let o = 0; o < outputs; o++) {
    const row = o * count;
    const out = o * inputs;
    if (count === 1) {
      const d = delta[o];
      for (let i = 0; i < inputs; i++) gradient[out + i] = d * source[i];
    } else if (inputs < 4) {
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let b = 0, from = i * count; b < count; b++) sum += delta[row + b] * source[from + b];
        gradient[out + i] = sum;
      }
    } else {
      for (let next = 0; next < inputs; next += 4) {
        const i = next + 4 > inputs ? inputs - 4 : next;
        let sum0 = 0;
        let sum1 = 0;
        let sum2 = 0;
        let sum3 = 0;
        const from1 = (i + 1) * count;
        const from2 = from1 + count;
        const from3 = from2 + count;
        for (let b = 0, from = i * count; b < count; b++) {
          const d = delta[row + b];
          sum0 += d * source[from + b];
          sum1 += d * source[from1 + b];
          sum2 += d * source[from2 + b];
          sum3 += d * source[from3 + b];
        }
        gradient[out + i] = sum0;
        gradient[out + i + 1] = sum1;
        gradient[out + i + 2] = sum2;
        gradient[out + i + 3] = sum3;
      }
    }
  }
}

/**
 * sums[o] = sum over b of delta[o, b].
 * @param {Float64Array} delta
 * @param {Float64Array} sums
 * @param {number} count of samples
 */
export function sumOverBatch(delta, sums, count) {
  for (let o = 0, at = 0; o < sums.length; o++) {
    let sum = 0;
    for (const end = at + count; at < end; at++) sum += delta[at];
    sums[o] = sum;
  }
}
