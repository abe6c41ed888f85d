// States of the playground that show one thing each. What a preset does not name has its default.

/** @type {Record<string, {title: string, note: string,
 *   settings: Partial<import("./state.js").State>}>} */
export const PRESETS = {
  "first-steps": {
    title: "First steps",
    note: "Six units, two inputs. Can they fence in the blue points? Press Play and watch the "
      + "squares: each unit draws a soft border, and the output mixes them.",
    settings: {},
  },
  "vanishing-gradient": {
    title: "Vanishing gradient",
    note: "Five layers of sigmoids. Press Play: nothing happens. Read the row “Gradient” from "
      + "right to left: each layer lets less of it through. Then choose Tanh, or switch on batch "
      + "normalization.",
    settings: { hidden: [4, 4, 4, 4, 4], activation: "sigmoid", learning_rate: 0.1, speed: 300 },
  },
  "dead-relus": {
    title: "Dead ReLUs",
    note: "The steps are too large for ReLU. Press Play and watch “Dead”: units that are zero for "
      + "every point get no gradient and never come back. Restart with Leaky ReLU, or with a "
      + "learning rate of 0.03.",
    settings: {
      hidden: [8, 8], activation: "relu", initialization: "kaiming", learning_rate: 1,
      data: "spiral", speed: 20,
    },
  },
  "symmetric-start": {
    title: "Symmetric start",
    note: "All weights of a layer begin equal. Press Play: the four units of the layer stay twins "
      + "and do the work of one. Then choose Xavier: random numbers tell them apart.",
    settings: { hidden: [4], initialization: "symmetric" },
  },
  "over-fitting": {
    title: "Over-fitting",
    note: "Few points, much noise, many weights. Press Play: the training loss falls, the test "
      + "loss turns and rises. The map bends around single points.",
    settings: {
      noise: 35, train_share: 10, hidden: [8, 8], optimizer: "adam", learning_rate: 0.01,
      features: ["x1", "x2", "x1x2", "sin_x1", "sin_x2"], show_test: true, speed: 300,
    },
  },
  "over-fitting-remedies": {
    title: "Remedies",
    note: "A is left alone. B pays for large weights (L2). Press Play and compare the dashed test "
      + "losses. Then try dropout in B, or more points for training.",
    settings: {
      noise: 35, train_share: 10, hidden: [8, 8], optimizer: "adam", learning_rate: 0.01,
      features: ["x1", "x2", "x1x2", "sin_x1", "sin_x2"], show_test: true, speed: 300,
      compare: {
        hidden: [8, 8], optimizer: "adam", learning_rate: 0.01, regularization: "l2",
        regularization_rate: 0.03, features: ["x1", "x2", "x1x2", "sin_x1", "sin_x2"],
      },
    },
  },
  "batch-size": {
    title: "Batch of 1 or all",
    note: "A takes a step after each point, B one step for all points. Press Play: after the same "
      + "number of epochs A has made 250 times as many steps. Its loss trembles, and it is far "
      + "ahead.",
    settings: { noise: 10, batch_size: 1, compare: { batch_size: 0 }, speed: 20 },
  },
  "learning-rate": {
    title: "Rate too high",
    note: "The same network with a learning rate of 0.3 (A) and of 0.03 (B). Press Play: A jumps "
      + "about and never settles. Lower its rate while it runs.",
    settings: { learning_rate: 0.3, compare: { learning_rate: 0.03 } },
  },
};
