// The seven update rules of the optimizer race, and the race itself. No DOM here: the parity test
// runs this file alone, step by step, against torch.optim.
//
// The rules keep torch's default options (apart from lr and momentum), torch's names for the state
// and torch's order of operations, so that a step differs from torch's by rounding at most.

/**
 * What the reader can set.
 * @typedef {{lr: number, momentum: number}} Settings
 *
 * The memory of one rule: `step` is a number, every other entry holds one value per coordinate.
 * @typedef {Record<string, number | Float64Array>} State
 *
 * @typedef {object} Track the path of one optimizer; entry k is its place after k steps
 * @property {string} name
 * @property {Float64Array} x
 * @property {Float64Array} y
 * @property {Float64Array} loss
 * @property {number} finite number of steps before a coordinate, loss or gradient overflowed
 */

/**
 * Changes `x` in place, given the gradient `g` at `x`.
 * @template Memory what the rule needs of its state
 * @typedef {(x: Float64Array, g: Float64Array, state: Memory, settings: Settings) => void} Update
 */

/**
 * `state` are the names of the entries of its memory, as in `torch.optim`.
 * @typedef {{name: string, state: string[],
 *   update(x: Float64Array, g: Float64Array, state: State, settings: Settings): void}} Rule
 */

/**
 * @typedef {{momentum_buffer: Float64Array}} Momentum
 * @typedef {{step: number, sum: Float64Array}} Sum
 * @typedef {{step: number, square_avg: Float64Array}} Mean
 * @typedef {Mean & {acc_delta: Float64Array}} TwoMeans
 * @typedef {{step: number, exp_avg: Float64Array, exp_avg_sq: Float64Array}} Moments
 */

const ADAGRAD_EPS = 1e-10;
const ADADELTA_RHO = 0.9;
const ADADELTA_EPS = 1e-6;
const RMSPROP_ALPHA = 0.99;
const RMSPROP_EPS = 1e-8;
const ADAM_BETA1 = 0.9;
const ADAM_BETA2 = 0.999;
const ADAM_EPS = 1e-8;

/** @type {Update<object>} x ← x − lr g */
function updateSGD(x, g, state, { lr }) {
  for (let i = 0; i < 2; i++) x[i] -= lr * g[i];
}

/** @type {Update<Momentum>} b ← μ b + g;  x ← x − lr b (torch starts with b = g, as here) */
function updateMomentum(x, g, { momentum_buffer }, { lr, momentum }) {
  for (let i = 0; i < 2; i++) {
    momentum_buffer[i] = momentum * momentum_buffer[i] + g[i];
    x[i] -= lr * momentum_buffer[i];
  }
}

/** @type {Update<Momentum>} b ← μ b + g;  x ← x − lr (g + μ b) */
function updateNesterov(x, g, { momentum_buffer }, { lr, momentum }) {
  for (let i = 0; i < 2; i++) {
    momentum_buffer[i] = momentum * momentum_buffer[i] + g[i];
    x[i] -= lr * (g[i] + momentum * momentum_buffer[i]);
  }
}

/** @type {Update<Sum>} s ← s + g²;  x ← x − lr g / (√s + ε) */
function updateAdagrad(x, g, state, { lr }) {
  const { sum } = state;
  state.step += 1;
  for (let i = 0; i < 2; i++) {
    sum[i] += g[i] * g[i];
    x[i] -= (lr * g[i]) / (Math.sqrt(sum[i]) + ADAGRAD_EPS);
  }
}

/**
 * v ← ρ v + (1−ρ) g²;  d = g √(u+ε) / √(v+ε);  u ← ρ u + (1−ρ) d²;  x ← x − lr d
 * @type {Update<TwoMeans>}
 */
function updateAdadelta(x, g, state, { lr }) {
  const { square_avg, acc_delta } = state;
  state.step += 1;
  for (let i = 0; i < 2; i++) {
    square_avg[i] = ADADELTA_RHO * square_avg[i] + (1 - ADADELTA_RHO) * g[i] * g[i];
    const rms = Math.sqrt(square_avg[i] + ADADELTA_EPS);
    const delta = (Math.sqrt(acc_delta[i] + ADADELTA_EPS) / rms) * g[i];
    acc_delta[i] = ADADELTA_RHO * acc_delta[i] + (1 - ADADELTA_RHO) * delta * delta;
    x[i] -= lr * delta;
  }
}

/** @type {Update<Mean>} v ← α v + (1−α) g²;  x ← x − lr g / (√v + ε) */
function updateRMSProp(x, g, state, { lr }) {
  const { square_avg } = state;
  state.step += 1;
  for (let i = 0; i < 2; i++) {
    square_avg[i] = RMSPROP_ALPHA * square_avg[i] + (1 - RMSPROP_ALPHA) * g[i] * g[i];
    x[i] -= (lr * g[i]) / (Math.sqrt(square_avg[i]) + RMSPROP_EPS);
  }
}

/**
 * m, v: running means of g, g²;  x ← x − lr m̂ / (√v̂ + ε), hats: bias-corrected
 * @type {Update<Moments>}
 */
function updateAdam(x, g, state, { lr }) {
  const { exp_avg, exp_avg_sq } = state;
  state.step += 1;
  const stepSize = lr / (1 - ADAM_BETA1 ** state.step);
  const correction = Math.sqrt(1 - ADAM_BETA2 ** state.step);
  for (let i = 0; i < 2; i++) {
    exp_avg[i] += (1 - ADAM_BETA1) * (g[i] - exp_avg[i]);
    exp_avg_sq[i] = ADAM_BETA2 * exp_avg_sq[i] + (1 - ADAM_BETA2) * g[i] * g[i];
    x[i] -= (stepSize * exp_avg[i]) / (Math.sqrt(exp_avg_sq[i]) / correction + ADAM_EPS);
  }
}

/** @type {Rule[]} in the order of the legend */
export const RULES = [
  { name: "SGD", state: [], update: updateSGD },
  { name: "Momentum", state: ["momentum_buffer"], update: updateMomentum },
  { name: "Nesterov", state: ["momentum_buffer"], update: updateNesterov },
  { name: "Adagrad", state: ["step", "sum"], update: updateAdagrad },
  { name: "Adadelta", state: ["step", "square_avg", "acc_delta"], update: updateAdadelta },
  { name: "RMSProp", state: ["step", "square_avg"], update: updateRMSProp },
  { name: "Adam", state: ["step", "exp_avg", "exp_avg_sq"], update: updateAdam },
];

/**
 * The state of a rule before its first step.
 * @param {Rule} rule
 * @returns {State}
 */
export function freshState(rule) {
  /** @type {State} */
  const state = {};
  for (const key of rule.state) state[key] = key === "step" ? 0 : new Float64Array(2);
  return state;
}

/**
 * Room for a race of `steps` steps, reused from one run to the next.
 * @param {number} steps
 * @returns {Track[]} one track per rule
 */
export function createTracks(steps) {
  const room = () => new Float64Array(steps + 1);
  return RULES.map(({ name }) => ({ name, x: room(), y: room(), loss: room(), finite: 0 }));
}

/**
 * Runs one rule from a start and fills its track. After an overflow the track holds NaN.
 * @param {Rule} rule
 * @param {Track} track
 * @param {import("./surfaces.js").RaceSurface} surface
 * @param {[number, number]} start
 * @param {Settings} settings
 */
export function runRule(rule, track, surface, start, settings) {
  const x = Float64Array.from(start);
  const g = new Float64Array(2);
  const state = freshState(rule);
  track.finite = track.x.length - 1;
  for (let k = 0; k < track.x.length; k++) {
    if (k > 0) {
      surface.gradient(x[0], x[1], g);
      rule.update(x, g, state, settings);
    }
    const loss = surface.value(x[0], x[1]);
    if (!Number.isFinite(x[0] + x[1] + loss)) {
      track.finite = k - 1;
      for (const row of [track.x, track.y, track.loss]) row.fill(NaN, k);
      return;
    }
    track.x[k] = x[0];
    track.y[k] = x[1];
    track.loss[k] = loss;
  }
}
