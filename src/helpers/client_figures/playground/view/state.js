// What defines a playground: read from the model, which anyone may have written, for example by
// hand into the address of the page. So every value is checked here, and nowhere else.

import { DATA_SETS } from "../engine/data.js";

/**
 * What one network learns, and how.
 * @typedef {import("../engine/trainer.js").Settings} Settings
 *
 * How it is shown.
 * @typedef {object} View
 * @property {number} speed epochs per second
 * @property {boolean} show_test
 * @property {boolean} discretize
 * @property {string} preset
 * @property {number[] | null} weights to begin with instead of the initialization's
 *
 * What the model holds; `compare` is what B has of its own, or null without one.
 * @typedef {Settings & View & {compare: Partial<Settings> | null}} State
 *
 * @typedef {import("../../shared/frame.js").FigureModel} Model
 */

/** @type {State} */
export const DEFAULTS = {
  problem: "classification",
  data: "circle",
  noise: 0,
  train_share: 50,
  batch_size: 10,
  features: ["x1", "x2"],
  hidden: [4, 2],
  activation: "tanh",
  initialization: "xavier",
  optimizer: "sgd",
  learning_rate: 0.03,
  regularization: "none",
  regularization_rate: 0,
  batch_normalization: false,
  dropout: 0,
  seed: 0,
  speed: 60,
  show_test: false,
  discretize: false,
  compare: null,
  preset: "",
  weights: null,
};

/**
 * What the reader can choose from: the value and its name.
 * @satisfies {Record<string, [string | number, string][]>}
 */
export const OPTIONS = {
  problem: [["classification", "Classification"], ["regression", "Regression"]],
  data: [
    ["circle", "Circle"], ["xor", "XOR"], ["gaussian", "Clouds"],
    ["spiral", "Spiral"], ["plane", "Plane"], ["gaussians", "Hills"],
  ],
  activation: [
    ["sigmoid", "Sigmoid"], ["tanh", "Tanh"], ["relu", "ReLU"], ["leaky_relu", "Leaky ReLU"],
    ["prelu", "PReLU"], ["elu", "ELU"], ["gelu", "GELU"], ["swish", "Swish"], ["mish", "Mish"],
    ["linear", "Linear"],
  ],
  initialization: [
    ["zero", "All zero"], ["symmetric", "All equal"], ["small", "Small random"],
    ["uniform", "Uniform"], ["xavier", "Xavier"], ["kaiming", "Kaiming"],
  ],
  optimizer: [
    ["sgd", "SGD"], ["momentum", "Momentum"], ["nesterov", "Nesterov"], ["adagrad", "Adagrad"],
    ["rmsprop", "RMSProp"], ["adam", "Adam"], ["adamw", "AdamW"],
  ],
  regularization: [["none", "None"], ["l1", "L1"], ["l2", "L2"]],
  speed: [
    [5, "5 epochs/s"], [20, "20 epochs/s"], [60, "60 epochs/s"], [300, "300 epochs/s"],
    [3000, "3000 epochs/s"],
  ],
};

/**
 * The features with their names; the order is also that of the network's inputs.
 * @type {[string, string][]}
 */
export const FEATURE_NAMES = [
  ["x1", "x₁"], ["x2", "x₂"], ["x1_squared", "x₁²"], ["x2_squared", "x₂²"], ["x1x2", "x₁x₂"],
  ["sin_x1", "sin x₁"], ["sin_x2", "sin x₂"],
];

/** @type {(keyof Settings)[]} */
const DATA_KEYS = ["problem", "data", "noise", "train_share"];
/** @type {(keyof Settings)[]} what A and B may have of their own */
const LANE_KEYS = [
  "features", "hidden", "activation", "initialization", "batch_normalization", "dropout",
  "optimizer", "learning_rate", "batch_size", "regularization", "regularization_rate", "seed",
];
/** @type {Set<keyof Settings>} what can change without a new start: the weights stay */
const SOFT_KEYS = new Set([
  "batch_size", "optimizer", "learning_rate", "regularization", "regularization_rate", "dropout",
]);

/** @typedef {(value: unknown) => boolean} Check */

/** @type {(key: keyof typeof OPTIONS) => Check} */
const among = key => value => OPTIONS[key].some(([known]) => known === value);
/** @type {(low: number, high: number) => Check} */
const real = (low, high) => value => typeof value === "number" && value >= low && value <= high;
/** @type {(low: number, high: number) => Check} */
const whole = (low, high) => value => Number.isInteger(value) && real(low, high)(value);
/** @type {Check} */
const flag = value => typeof value === "boolean";
/** @type {Check} */
const knownFeature = name => FEATURE_NAMES.some(([known]) => known === name);

/** @type {Record<string, Check>} */
const CHECKS = {
  problem: among("problem"),
  data: among("data"),
  noise: whole(0, 50),
  train_share: whole(10, 90),
  batch_size: whole(0, 500),
  features: list => Array.isArray(list) && list.length > 0 && list.every(knownFeature),
  hidden: list => Array.isArray(list) && list.length <= 6 && list.every(whole(1, 8)),
  activation: among("activation"),
  initialization: among("initialization"),
  optimizer: among("optimizer"),
  learning_rate: real(1e-5, 10),
  regularization: among("regularization"),
  regularization_rate: real(0, 10),
  batch_normalization: flag,
  dropout: real(0, 0.8),
  seed: whole(0, 2 ** 31 - 1),
  speed: among("speed"),
  show_test: flag,
  discretize: flag,
  compare: value => value === null || (typeof value === "object" && !Array.isArray(value)),
  preset: value => typeof value === "string",
  weights: value => value === null
    || (Array.isArray(value) && value.every(number => Number.isFinite(number))),
};

/**
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean} whether two JSON values are the same
 */
export const sameJson = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @type {(key: string) => unknown} */
const usual = key => /** @type {Record<string, unknown>} */ (DEFAULTS)[key];

/**
 * @param {Pick<Model, "defaults">} model
 * @param {string} key
 * @returns {unknown} what the key has when the figure begins
 */
export function defaultOf(model, key) {
  const own = model.defaults?.[key];
  return own !== undefined && CHECKS[key](own) ? own : usual(key);
}

/**
 * Replaces what makes no sense in the model.
 * @param {Pick<Model, "get" | "set" | "defaults" | "given" | "refused">} model
 * @returns {string[]} a sentence for each value that was replaced
 */
export function mendModel(model) {
  /** @type {string[]} */
  const notices = [];
  /** @type {Record<string, string>} null, in words */
  const none = { compare: "off", weights: "none" };
  /** @type {(key: string, value: unknown, used: unknown) => void} */
  const report = (key, value, used) => notices.push(
    `${key} = ${show(value)} is not possible here; it is ${show(used ?? none[key])} now.`);
  /** @type {(key: string) => void} */
  const unknown = key => notices.push(`There is no setting called ${show(key)}.`);
  // What the page could not read from its address does not reach the model.
  for (const [key, text] of model.refused ?? []) {
    if (Object.hasOwn(DEFAULTS, key)) report(key, text, model.get(key) ?? usual(key));
    else unknown(key);
  }
  if (model.refused) model.refused = [];
  for (const [key, check] of Object.entries(CHECKS)) {
    const value = model.get(key);
    if (value === undefined || check(value)) continue;
    report(key, value, defaultOf(model, key));
    model.set(key, defaultOf(model, key));
  }
  const problem = String(model.get("problem") ?? DEFAULTS.problem);
  const data = String(model.get("data") ?? DEFAULTS.data);
  // One of the two is enough of an address: nobody asked for the other one.
  if (!DATA_SETS[problem].includes(data)) {
    if (problem === defaultOf(model, "problem") && !model.given?.has("problem")) {
      model.set("problem", Object.keys(DATA_SETS).find(name => DATA_SETS[name].includes(data)));
    } else {
      const [first] = DATA_SETS[problem];
      if (data !== defaultOf(model, "data")) report("data", data, first);
      model.set("data", first);
    }
  }
  const b = model.get("compare");
  if (b) {
    const own = /** @type {Set<string>} */ (new Set(LANE_KEYS));
    const wrong = Object.entries(b).filter(([key, value]) => !own.has(key) || !CHECKS[key](value));
    for (const [key, value] of wrong) {
      const used = own.has(key) ? usual(key) : "as in A";
      if (Object.hasOwn(DEFAULTS, key)) report(`compare: ${key}`, value, used);
      else unknown(key);
    }
    const right = Object.entries(b).filter(entry => !wrong.some(([key]) => key === entry[0]));
    if (wrong.length) model.set("compare", Object.fromEntries(right));
  }
  return notices;
}

/** @param {unknown} value */
function show(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "nothing";
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/**
 * @param {Settings} settings
 * @returns {Settings} with the features in their usual order
 */
function tidy(settings) {
  const features = FEATURE_NAMES.map(([name]) => name)
    .filter(name => settings.features.includes(name));
  return { ...settings, features };
}

/**
 * @param {Pick<Model, "get">} model after `mendModel`
 * @returns {{a: Settings, b: Settings | null, view: View}} settings of A and of B, and how to show
 *   them
 */
export function readState(model) {
  // What the model holds has been checked: from here on it has a type.
  const state = /** @type {State} */ (Object.fromEntries(
    Object.keys(DEFAULTS).map(key => [key, model.get(key) ?? usual(key)])));
  const { compare } = state;
  return {
    a: tidy(state),
    b: compare && tidy({ ...DEFAULTS, ...compare, ...pick(state, DATA_KEYS) }),
    view: state,
  };
}

/**
 * @param {Settings} settings
 * @param {(keyof Settings)[]} keys
 * @returns {Partial<Settings>}
 */
const pick = (settings, keys) => Object.fromEntries(keys.map(key => [key, settings[key]]));

/**
 * @param {Settings} settings
 * @returns {Partial<Settings>} settings of B as the model has them: what is not usual
 */
export const compareOf = settings =>
  pick(settings, LANE_KEYS.filter(key => !sameJson(settings[key], DEFAULTS[key])));

/**
 * @param {Settings} before
 * @param {Settings} after
 * @returns {"same" | "soft" | "restart"} what the change asks of the training
 */
export function changeOf(before, after) {
  const changed = [...DATA_KEYS, ...LANE_KEYS].filter(key => !sameJson(before[key], after[key]));
  if (!changed.length) return "same";
  return changed.every(key => SOFT_KEYS.has(key)) ? "soft" : "restart";
}

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * @param {number} value
 * @param {number} [digits]
 * @returns {string} a number for people: few digits, a true minus, for example 0.031 or 2·10⁻⁷
 */
export function numberText(value, digits = 3) {
  if (!Number.isFinite(value)) return "∞";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5) || String(size).length < 8) {
    return String(Number(value.toPrecision(digits))).replace("-", "−");
  }
  const [factor, power] = value.toExponential(0).split("e");
  const raised = [...String(Number(power))]
    .map(digit => SUPERSCRIPT[Number(digit)] ?? "⁻").join("");
  return `${factor.replace("-", "−")}·10${raised}`;
}
