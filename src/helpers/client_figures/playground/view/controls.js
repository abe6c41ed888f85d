// The playground's controls with their explanations. They know nothing of networks.

import { make, makeButton } from "../../shared/elements.js";
import { fieldGroup, listField, numberField, sliderOver, switchField } from "./dom.js";
import { newId } from "./dom.js";
import { PLAY_OPTIONS, playNumber } from "./state.js";

const RATES = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
// 0 stands for all training points, and is the largest of them.
const BATCHES = [1, 2, 5, 10, 20, 30, 50, 100, 200, 501];
const steps = (low, high, step) =>
  Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) =>
    Number((low + i * step).toFixed(6)));
const percent = value => `${value} %`;

const PLAY_HELP = {
  classes: "Classification: is a point blue or orange?",
  values: "Regression: which number belongs to a point? Blue is above zero, orange below.",
  noise: "How far chance moves the points. Noise is what a network should not learn.",
  train_share: "The share of the 500 points used for training. The others test the result.",
  show_test: "Shows also the points kept for the test, smaller and with a gray edge.",
  discretize: "Shows only which side of zero the output is on, so the border becomes sharp.",
  activation: "How a hidden unit bends its sum. Without a bend, many layers do the work of one.",
  initialization: "The weights before training. Xavier suits tanh, Kaiming suits ReLU.",
  batch_normalization:
    "Shifts and scales each unit's sum to mean 0 and variance 1 over the batch, before the activation.",
  dropout: "Switches off this share of the hidden units, at random, in each training step.",
  optimizer: "The rule that turns gradients into steps. SGD is the plain one.",
  learning_rate: "How far each step goes. Too small: slow. Too large: the loss jumps or explodes.",
  batch_size: "How many points decide one step. Few: noisy steps. All: smooth steps, one an epoch.",
  regularization: "A price on large weights, against over-fitting. L1 makes many weights zero.",
  regularization_rate: "How high that price is.",
  seed: "Where the random numbers begin. The same seed gives the same run; New seed takes the next, "
    + "and also changes the points.",
  seed_b: "Start and batches of B. The points are always those of A.",
};

/**
 * The controls of one network.
 * @param {boolean} first whether it is A
 * @param {(changes: Record<string, unknown>) => void} onChange
 * @param {(sentence: string) => void} onRefused what was typed makes no sense
 */
export function createLaneControls(first, onChange, onRefused) {
  const group = fieldGroup("pg-controls", "Point at a control, or choose it, to read what it does.");
  const controls = {};
  const put = (key, field, help = PLAY_HELP[key]) => {
    controls[key] = field;
    group.fields.append(group.add(field.element, field.control, help));
  };
  const set = key => value => onChange({ [key]: value });
  const list = (key, name, pick = set(key)) => put(key, listField(name, PLAY_OPTIONS[key], pick));
  list("activation", "Activation");
  list("initialization", "Initialization");
  list("optimizer", "Optimizer");
  put("learning_rate", sliderOver("Learning rate", RATES, value =>
    playNumber(value), set("learning_rate")));
  put("batch_size", sliderOver("Batch size", BATCHES, value => (value > 500 ? "all" : value), value =>
    onChange({ batch_size: value > 500 ? 0 : value })));
  let penalty = 0;
  list("regularization", "Regularization", value =>
    // With a rate of 0 the choice would do nothing, and look like a mistake.
    onChange(value !== "none" && !penalty ? { regularization: value, regularization_rate: 0.003 }
      : { regularization: value }));
  put("regularization_rate", sliderOver("Reg. rate", PENALTIES, value =>
    playNumber(value), set("regularization_rate")));
  put("dropout", sliderOver("Dropout", steps(0, 0.8, 0.1), value =>
    percent(Math.round(100 * value)), set("dropout")));
  put("seed", numberField("Seed", 0, 2 ** 31 - 1, set("seed"), onRefused),
    first ? PLAY_HELP.seed : PLAY_HELP.seed_b);
  put("batch_normalization", switchField("Batch normalization", set("batch_normalization")));
  return {
    element: group.element,
    /** @param {Record<string, unknown>} settings */
    show(settings) {
      penalty = settings.regularization_rate;
      for (const [key, control] of Object.entries(controls)) {
        control.show(key === "batch_size" && settings[key] === 0 ? 501 : settings[key]);
      }
      controls.regularization_rate.control.disabled = settings.regularization === "none";
    },
  };
}

/**
 * The controls of the data and of what is shown of them.
 * @param {(changes: Record<string, unknown>) => void} onChange
 */
export function createDataControls(onChange) {
  const group = fieldGroup("pg-data", "The points that the network learns from.");
  const name = newId();
  const pick = ([value, text], problem) => {
    const radio = make("input", { type: "radio", name, value });
    radio.addEventListener("change", () => onChange({ problem, data: value }));
    const picture = make("canvas", { width: 88, height: 88 });
    const label = make("label", { className: "pg-set", title: text }, radio, picture,
      make("span", { textContent: text }));
    return { value, radio, picture, label };
  };
  const sets = PLAY_OPTIONS.data.map((option, i) =>
    pick(option, i < 4 ? "classification" : "regression"));
  const kinds = [["Classification", sets.slice(0, 4)], ["Regression", sets.slice(4)]];
  const choice = make("fieldset", { className: "pg-sets" },
    make("legend", { textContent: "Data" }),
    make("div", { className: "pg-kinds" }, ...kinds.map(([title, members]) =>
      make("div", { className: "pg-kind" }, make("p", { textContent: title }),
        ...members.map(({ label }) => label)))));
  group.fields.before(choice);
  sets.forEach(({ label, radio }, i) =>
    group.add(label, radio, i < 4 ? PLAY_HELP.classes : PLAY_HELP.values));

  const fields = {
    noise: sliderOver("Noise", steps(0, 50, 5), percent, noise => onChange({ noise })),
    train_share: sliderOver("For training", steps(10, 90, 10), percent, train_share =>
      onChange({ train_share })),
    show_test: switchField("Show test points", show_test => onChange({ show_test })),
    discretize: switchField("Only the sign", discretize => onChange({ discretize })),
  };
  for (const [key, { element, control }] of Object.entries(fields)) {
    group.fields.append(group.add(element, control, PLAY_HELP[key]));
  }
  return {
    element: group.element,
    pictures: sets.map(({ value, picture }) => ({ value, picture })),
    show(settings, view) {
      for (const { value, radio } of sets) radio.checked = value === settings.data;
      for (const [key, field] of Object.entries(fields)) field.show({ ...settings, ...view }[key]);
    },
  };
}

/**
 * The bar that runs the training.
 * @param {Record<string, (event: Event) => void>} actions
 * @param {(speed: number) => void} onSpeed
 */
export function createRunBar(actions, onSpeed) {
  const play = makeButton("Play", actions.play);
  play.className = "pg-play";
  const status = make("p", { className: "pg-status" });
  const speed = listField("Speed", PLAY_OPTIONS.speed, onSpeed);
  speed.element.classList.add("pg-speed");
  const compare = makeButton("Compare two", actions.compare);
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
