// The playground's controls with their explanations. They know nothing of networks.

import { make, makeButton } from "../../shared/elements.js";
import { onlyTouch } from "../../shared/frame.js";
import { fieldGroup, listField, numberField, sliderOver, switchField } from "./dom.js";
import { newId } from "./dom.js";
import { OPTIONS, numberText } from "./state.js";

const RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
// 0 stands for all training points, and is the largest of them.
const BATCHES = [1, 2, 5, 10, 20, 30, 50, 100, 200, 501];
/** @type {(low: number, high: number, step: number) => number[]} */
const steps = (low, high, step) =>
  Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) =>
    Number((low + i * step).toFixed(6)));
/** @param {number} value */
const percent = value => `${value} %`;

/** @type {Record<string, string>} */
const HELP = {
  classes: "Classification: is a point blue or orange?",
  values: "Regression: which number belongs to a point? Blue is above zero, orange below.",
  noise: "How far chance moves the points. Noise is what a network should not learn.",
  train_share: "The share of the 500 points used for training. The others test the result.",
  show_test: "Shows also the points kept for the test, smaller and with a gray edge.",
  discretize: "Shows only which side of zero the output is on, so the border becomes sharp.",
  activation: "How a hidden unit bends its sum. Without a bend, many layers do the work of one.",
  initialization: "The weights before training. Xavier suits tanh, Kaiming suits ReLU.",
  batch_normalization:
    "Shifts and scales each unit's sum to mean 0 and variance 1 over the batch, before the "
    + "activation.",
  dropout: "Switches off this share of the hidden units, at random, in each training step.",
  optimizer: "The rule that turns gradients into steps. SGD is the plain one.",
  learning_rate: "How far each step goes. Too small: slow. Too large: the loss jumps or explodes.",
  batch_size: "How many points decide one step. Few: noisy steps. All: smooth steps, one an epoch.",
  regularization: "A price on large weights, against over-fitting. L1 makes many weights zero.",
  regularization_rate: "How high that price is.",
  seed: "Where the random numbers begin. The same seed gives the same run; New seed takes the "
    + "next, and also changes the points.",
  seed_b: "Start and batches of B. The points are always those of A.",
};

/**
 * The controls of one network.
 * @param {boolean} first whether it is A
 * @param {(changes: Record<string, unknown>) => void} onChange
 * @param {(sentence: string) => void} onRefused what was typed makes no sense
 */
export function createLaneControls(first, onChange, onRefused) {
  const group = fieldGroup(
    "pg-controls", onlyTouch() ? "Choose a control to read what it does."
      : "Point at a control, or choose it, to read what it does.");
  /**
   * @typedef {import("./state.js").Settings} Settings
   * @typedef {import("./dom.js").Field<unknown>} Field
   * @type {Map<keyof Settings, Field>}
   */
  const controls = new Map();
  /** @type {(key: keyof Settings, field: Field, help?: string) => void} */
  const put = (key, field, help = HELP[key]) => {
    controls.set(key, field);
    group.fields.append(group.add(field.element, field.control, help));
  };
  /** @type {(key: keyof Settings) => (value: unknown) => void} */
  const set = key => value => onChange({ [key]: value });
  /** @param {keyof Settings & keyof typeof OPTIONS} key @param {string} name */
  const list = (key, name, pick = set(key)) => put(key, listField(name, OPTIONS[key], pick));
  list("activation", "Activation");
  list("initialization", "Initialization");
  list("optimizer", "Optimizer");
  put("learning_rate", sliderOver("Learning rate", RATES, value =>
    numberText(value), set("learning_rate")));
  put("batch_size", sliderOver("Batch size", BATCHES, value =>
    (value > 500 ? "all" : String(value)), value =>
    onChange({ batch_size: value > 500 ? 0 : value })));
  let penalty = 0;
  list("regularization", "Regularization", value =>
    // With a rate of 0 the choice would do nothing, and look like a mistake.
    onChange(value !== "none" && !penalty ? { regularization: value, regularization_rate: 0.003 }
      : { regularization: value }));
  const price = sliderOver("Reg. rate", PENALTIES, value =>
    numberText(value), set("regularization_rate"));
  put("regularization_rate", price);
  put("dropout", sliderOver("Dropout", steps(0, 0.8, 0.1), value =>
    percent(Math.round(100 * value)), set("dropout")));
  put("seed", numberField("Seed", 0, 2 ** 31 - 1, set("seed"), onRefused),
    first ? HELP.seed : HELP.seed_b);
  put("batch_normalization", switchField("Batch normalization", set("batch_normalization")));
  return {
    element: group.element,
    fields: group.fields,
    /** @param {Settings} settings */
    show(settings) {
      penalty = settings.regularization_rate;
      for (const [key, control] of controls) {
        control.show(key === "batch_size" && settings[key] === 0 ? 501 : settings[key]);
      }
      price.control.disabled = settings.regularization === "none";
    },
  };
}

/**
 * @typedef {object} DataChoice
 * @property {string} value
 * @property {HTMLInputElement} radio
 * @property {HTMLCanvasElement} picture
 * @property {HTMLLabelElement} label
 */

/**
 * The controls of the data and of what is shown of them.
 * @param {(changes: Record<string, unknown>) => void} onChange
 */
export function createDataControls(onChange) {
  const group = fieldGroup("pg-data", "The points that the network learns from.");
  const name = newId();
  /** @type {(option: [string, string], problem: string) => DataChoice} */
  const pick = ([value, text], problem) => {
    const radio = make("input", { type: "radio", name, value });
    radio.addEventListener("change", () => onChange({ problem, data: value }));
    const picture = make("canvas", { width: 88, height: 88 });
    const label = make("label", { className: "pg-set", title: text }, radio, picture,
      make("span", { textContent: text }));
    return { value, radio, picture, label };
  };
  const sets = OPTIONS.data.map((option, i) =>
    pick(option, i < 4 ? "classification" : "regression"));
  /** @type {[string, DataChoice[]][]} */
  const kinds = [["Classification", sets.slice(0, 4)], ["Regression", sets.slice(4)]];
  const choice = make("fieldset", { className: "pg-sets" },
    make("legend", { textContent: "Data" }),
    make("div", { className: "pg-kinds" }, ...kinds.map(([title, members]) =>
      make("div", { className: "pg-kind" }, make("p", { textContent: title }),
        ...members.map(({ label }) => label)))));
  group.fields.before(choice);
  sets.forEach(({ label, radio }, i) =>
    group.add(label, radio, i < 4 ? HELP.classes : HELP.values));

  const noise = sliderOver("Noise", steps(0, 50, 5), percent, value => onChange({ noise: value }));
  const share = sliderOver("For training", steps(10, 90, 10), percent, value =>
    onChange({ train_share: value }));
  const test = switchField("Show test points", value => onChange({ show_test: value }));
  const sign = switchField("Only the sign", value => onChange({ discretize: value }));
  for (const [{ element, control }, help] of /** @type {const} */ ([
    [noise, HELP.noise], [share, HELP.train_share], [test, HELP.show_test],
    [sign, HELP.discretize],
  ])) group.fields.append(group.add(element, control, help));
  return {
    element: group.element,
    pictures: sets.map(({ value, picture }) => ({ value, picture })),
    /**
     * @param {import("./state.js").Settings} settings
     * @param {import("./state.js").View} view
     */
    show(settings, view) {
      for (const { value, radio } of sets) radio.checked = value === settings.data;
      noise.show(settings.noise);
      share.show(settings.train_share);
      test.show(view.show_test);
      sign.show(view.discretize);
    },
  };
}

/**
 * The bar that runs the training.
 * @param {Record<"play" | "batch" | "epoch" | "restart" | "reseed" | "compare", () => void>}
 *   actions
 * @param {(speed: number) => void} onSpeed
 */
export function createRunBar(actions, onSpeed) {
  const play = makeButton("Play", actions.play);
  play.className = "pg-play";
  const status = make("p", { className: "pg-status" });
  const speed = listField("Speed", OPTIONS.speed, onSpeed);
  speed.element.classList.add("pg-speed");
  const compare = makeButton("Compare two", actions.compare);
  /** @type {(text: string, title: string, action: () => void) => HTMLButtonElement} */
  const button = (text, title, action) => Object.assign(makeButton(text, action), { title });
  const element = make("div", { className: "pg-bar" }, play,
    button("+1 batch", "One step of the optimizer", actions.batch),
    button("+1 epoch", "All training points once", actions.epoch), status);
  // Apart, because on a phone the bar stays in sight and has to be one row.
  const more = make("div", { className: "pg-more" },
    button("Restart", "Back to the first weights", actions.restart), speed.element,
    button("New seed", "Other points, weights and batches", actions.reseed), compare);
  return { element, more, play, status, speed, compare };
}
