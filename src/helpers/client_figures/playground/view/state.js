// What defines a playground: read from the model, which anyone may have written, for example by
// hand into the address of the page. So every value is checked here, and nowhere else.

export const PLAY_DEFAULTS = {
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
  speed: 60, // epochs per second
  show_test: false,
  discretize: false,
  compare: null, // the settings of B, or null without one
  preset: "",
  weights: null, // to begin with instead of the initialization's
};

/** What the reader can choose from: the value and its name. */
export const PLAY_OPTIONS = {
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

/** The features with their names; the order is also that of the network's inputs. */
export const PLAY_FEATURES = [
  ["x1", "x₁"], ["x2", "x₂"], ["x1_squared", "x₁²"], ["x2_squared", "x₂²"], ["x1x2", "x₁x₂"],
  ["sin_x1", "sin x₁"], ["sin_x2", "sin x₂"],
];

export const DATA_KEYS = ["problem", "data", "noise", "train_share"];
/** What A and B may have of their own. */
export const LANE_KEYS = [
  "features", "hidden", "activation", "initialization", "batch_normalization", "dropout",
  "optimizer", "learning_rate", "batch_size", "regularization", "regularization_rate", "seed",
];
/** What can change without a new start: the weights stay as they are. */
const SOFT_KEYS = new Set([
  "batch_size", "optimizer", "learning_rate", "regularization", "regularization_rate", "dropout",
]);
const DATA_OF = {
  classification: ["circle", "xor", "gaussian", "spiral"], regression: ["plane", "gaussians"],
};

const among = key => value => PLAY_OPTIONS[key].some(([known]) => known === value);
const real = (low, high) => value => typeof value === "number" && value >= low && value <= high;
const whole = (low, high) => value => Number.isInteger(value) && value >= low && value <= high;
const flag = value => typeof value === "boolean";
const knownFeature = name => PLAY_FEATURES.some(([known]) => known === name);

const PLAY_CHECKS = {
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

/** @returns {boolean} whether two JSON values are the same */
export const sameJson = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @returns {unknown} what a key has when the figure begins */
export function defaultOf(model, key) {
  const own = model.defaults?.[key];
  return own !== undefined && PLAY_CHECKS[key](own) ? own : PLAY_DEFAULTS[key];
}

/**
 * Replaces what makes no sense in the model.
 * @param {{get: Function, set: Function, defaults?: object, given?: Set<string>,
 *   refused?: [string, string][]}} model as the site hosts it, also with what its address gave
 * @returns {string[]} a sentence for each value that was replaced
 */
export function mendModel(model) {
  const notices = [];
  const none = { compare: "off", weights: "none" }; // null, in words
  const report = (key, value, used) => notices.push(
    `${key} = ${show(value)} is not possible here; it is ${show(used ?? none[key])} now.`);
  const unknown = key => notices.push(`There is no setting called ${show(key)}.`);
  // What the page could not read from its address does not reach the model.
  for (const [key, text] of model.refused ?? []) {
    if (Object.hasOwn(PLAY_DEFAULTS, key)) report(key, text, model.get(key) ?? PLAY_DEFAULTS[key]);
    else unknown(key);
  }
  if (model.refused) model.refused = [];
  for (const [key, check] of Object.entries(PLAY_CHECKS)) {
    const value = model.get(key);
    if (value === undefined || check(value)) continue;
    report(key, value, defaultOf(model, key));
    model.set(key, defaultOf(model, key));
  }
  const problem = model.get("problem") ?? PLAY_DEFAULTS.problem;
  const data = model.get("data") ?? PLAY_DEFAULTS.data;
  // One of the two is enough of an address: nobody asked for the other one.
  if (!DATA_OF[problem].includes(data)) {
    if (problem === defaultOf(model, "problem") && !model.given?.has("problem")) {
      model.set("problem", Object.keys(DATA_OF).find(name => DATA_OF[name].includes(data)));
    } else {
      const [first] = DATA_OF[problem];
      if (data !== defaultOf(model, "data")) report("data", data, first);
      model.set("data", first);
    }
  }
  const b = model.get("compare");
  if (b) {
    const wrong = Object.entries(b).filter(([key, value]) =>
      !LANE_KEYS.includes(key) || !PLAY_CHECKS[key](value));
    for (const [key, value] of wrong) {
      const used = LANE_KEYS.includes(key) ? PLAY_DEFAULTS[key] : "as in A";
      if (Object.hasOwn(PLAY_DEFAULTS, key)) report(`compare: ${key}`, value, used);
      else unknown(key);
    }
    const right = Object.entries(b).filter(entry => !wrong.some(([key]) => key === entry[0]));
    if (wrong.length) model.set("compare", Object.fromEntries(right));
  }
  return notices;
}

function show(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "nothing";
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** @returns {Record<string, unknown>} all settings with features in their usual order */
function tidy(settings) {
  const features = PLAY_FEATURES.map(([name]) => name)
    .filter(name => settings.features.includes(name));
  return { ...settings, features };
}

/**
 * @param {{get: Function}} model after `mendModel`
 * @returns {{a: object, b: object | null, view: object}} settings of A and of B, and how to show them
 */
export function readPlayState(model) {
  const pick = keys => Object.fromEntries(
    keys.map(key => [key, model.get(key) ?? PLAY_DEFAULTS[key]]));
  const data = pick(DATA_KEYS);
  const compare = model.get("compare") ?? null;
  return {
    a: tidy({ ...data, ...pick(LANE_KEYS) }),
    b: compare && tidy({ ...PLAY_DEFAULTS, ...compare, ...data }),
    view: pick(["speed", "show_test", "discretize", "preset", "weights"]),
  };
}

/** @returns {Record<string, unknown>} settings of B as the model has them: what is not usual */
export function compareOf(settings) {
  return Object.fromEntries(LANE_KEYS.map(key => [key, settings[key]])
    .filter(([key, value]) => !sameJson(value, PLAY_DEFAULTS[key])));
}

/** @returns {"same" | "soft" | "restart"} what a change of settings asks of the training */
export function changeOf(before, after) {
  const changed = [...DATA_KEYS, ...LANE_KEYS].filter(key => !sameJson(before[key], after[key]));
  if (!changed.length) return "same";
  return changed.every(key => SOFT_KEYS.has(key)) ? "soft" : "restart";
}

const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @returns {string} a number for people: few digits, a true minus, for example 0.031 or 2·10⁻⁷ */
export function playNumber(value, digits = 3) {
  if (!Number.isFinite(value)) return "∞";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5) || String(size).length < 8) {
    return String(Number(value.toPrecision(digits))).replace("-", "−");
  }
  const [factor, power] = value.toExponential(0).split("e");
  const raised = [...String(Number(power))].map(digit => SUPERSCRIPT[digit] ?? "⁻").join("");
  return `${factor.replace("-", "−")}·10${raised}`;
}
