// The matrix products of the playground's plain engine. No DOM.
//
// Two rows of four sums advance side by side: the eight stay in the processor's registers, and
// each number read takes part in two or four products. `| 0` says that an index stays a 32-bit
// integer, which saves a check in the innermost loops.

/**
 * target[r, c] = start[r] + sum over k of a[r, k] * b[k, c]; target's rows lie one after another.
 * Each matrix is an array with the distance of two neighbors in a column and in a row: exchanged,
 * they transpose it.
 * @param {Float64Array} a
 * @param {number} aRow from a[r, k] to a[r + 1, k]
 * @param {number} aInner from a[r, k] to a[r, k + 1]
 * @param {Float64Array} b
 * @param {number} bInner from b[k, c] to b[k + 1, c]
 * @param {number} bColumn from b[k, c] to b[k, c + 1]
 * @param {Float64Array | null} start null for zeros
 * @param {Float64Array} target
 * @param {number} rows
 * @param {number} inner
 * @param {number} columns
 */
export function multiply(
  a, aRow, aInner, b, bInner, bColumn, start, target, rows, inner, columns,
) {
  if (rows === 1) {
    for (let c = 0; c < columns; c++) {
      let sum = start === null ? 0 : start[0];
      for (let k = 0, p = 0, q = c * bColumn; k < inner; k++) {
        sum += a[p] * b[q];
        p = (p + aInner) | 0;
        q = (q + bInner) | 0;
      }
      target[c] = sum;
    }
    return;
  }
  const bColumn2 = 2 * bColumn;
  const bColumn3 = 3 * bColumn;
  for (let next = 0; next < rows; next += 2) {
    const r = next + 2 > rows ? rows - 2 : next; // the last two may begin with a row done before
    const start0 = start === null ? 0 : start[r];
    const start1 = start === null ? 0 : start[r + 1];
    const first = r * aRow;
    const out0 = r * columns;
    const out1 = out0 + columns;
    let c = 0;
    for (; c + 4 <= columns; c += 4) {
      let sum00 = start0;
      let sum01 = start0;
      let sum02 = start0;
      let sum03 = start0;
      let sum10 = start1;
      let sum11 = start1;
      let sum12 = start1;
      let sum13 = start1;
      for (let k = 0, p = first, q = c * bColumn; k < inner; k++) {
        const a0 = a[p];
        const a1 = a[(p + aRow) | 0];
        const b0 = b[q];
        const b1 = b[(q + bColumn) | 0];
        const b2 = b[(q + bColumn2) | 0];
        const b3 = b[(q + bColumn3) | 0];
        sum00 += a0 * b0;
        sum01 += a0 * b1;
        sum02 += a0 * b2;
        sum03 += a0 * b3;
        sum10 += a1 * b0;
        sum11 += a1 * b1;
        sum12 += a1 * b2;
        sum13 += a1 * b3;
        p = (p + aInner) | 0;
        q = (q + bInner) | 0;
      }
      target[out0 + c] = sum00;
      target[out0 + c + 1] = sum01;
      target[out0 + c + 2] = sum02;
      target[out0 + c + 3] = sum03;
      target[out1 + c] = sum10;
      target[out1 + c + 1] = sum11;
      target[out1 + c + 2] = sum12;
      target[out1 + c + 3] = sum13;
    }
    for (; c < columns; c++) {
      let sum0 = start0;
      let sum1 = start1;
      for (let k = 0, p = first, q = c * bColumn; k < inner; k++) {
        const number = b[q];
        sum0 += a[p] * number;
        sum1 += a[(p + aRow) | 0] * number;
        p = (p + aInner) | 0;
        q = (q + bInner) | 0;
      }
      target[out0 + c] = sum0;
      target[out1 + c] = sum1;
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
