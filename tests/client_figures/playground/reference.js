// What `make bench` compares the playground's engine with: a network in the manner of the first
// network playgrounds, with one object per unit and per link, that takes one sample at a time.
// It trains as the engine does (same loss, same start, same penalty), by gradient descent.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const slopeOfSigmoid = (x) => sigmoid(x) * (1 - sigmoid(x));
const softplus = (x) => Math.log1p(Math.exp(x));
// The distribution function of the Gaussian, to 1e-7 (Abramowitz and Stegun, 26.2.17).
const normalDensity = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const normalBelow = (x) => {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail = normalDensity(x) * t * (0.31938153 + t * (-0.356563782
    + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x > 0 ? 1 - tail : tail;
};
const leaky = (slope) => ({
  output: (x) => (x > 0 ? x : slope * x),
  slope: (x) => (x > 0 ? 1 : slope),
});

const FUNCTIONS = {
  sigmoid: { output: sigmoid, slope: slopeOfSigmoid },
  tanh: { output: (x) => Math.tanh(x), slope: (x) => 1 - Math.tanh(x) * Math.tanh(x) },
  relu: { output: (x) => Math.max(0, x), slope: (x) => (x > 0 ? 1 : 0) },
  leaky_relu: leaky(0.01),
  prelu: leaky(0.25), // the slope is not learned
  elu: { output: (x) => (x > 0 ? x : Math.expm1(x)), slope: (x) => (x > 0 ? 1 : Math.exp(x)) },
  gelu: { output: (x) => x * normalBelow(x), slope: (x) => normalBelow(x) + x * normalDensity(x) },
  swish: {
    output: (x) => x * sigmoid(x),
    slope: (x) => sigmoid(x) + x * slopeOfSigmoid(x),
  },
  mish: {
    output: (x) => x * Math.tanh(softplus(x)),
    slope: (x) => Math.tanh(softplus(x)) + x * sigmoid(x) * (1 - Math.tanh(softplus(x)) ** 2),
  },
  linear: { output: (x) => x, slope: () => 1 },
};
const PENALTIES = { none: () => 0, l1: (w) => Math.sign(w), l2: (w) => w };

class ReferenceUnit {
  constructor(activation) {
    this.activation = activation;
    this.linksIn = [];
    this.linksOut = [];
    this.bias = 0;
    this.total = 0;
    this.output = 0;
    this.outputGradient = 0;
    this.totalGradient = 0;
    this.gathered = 0;
    this.samples = 0;
  }

  update() {
    this.total = this.bias;
    for (const link of this.linksIn) this.total += link.weight * link.source.output;
    this.output = this.activation.output(this.total);
    return this.output;
  }
}

class ReferenceLink {
  constructor(source, target, weight) {
    this.source = source;
    this.target = target;
    this.weight = weight;
    this.gradient = 0;
    this.gathered = 0;
    this.samples = 0;
    source.linksOut.push(this);
    target.linksIn.push(this);
  }
}

export class ReferenceNetwork {
  /** `layers` are those of the engine's network: the start is the same. */
  constructor(settings, layers) {
    const { features, hidden } = settings;
    const sizes = [features.length, ...hidden, 1];
    this.settings = settings;
    this.penalty = PENALTIES[settings.regularization];
    this.layers = sizes.map((size, depth) => {
      const inner = depth > 0 && depth < sizes.length - 1;
      const activation = FUNCTIONS[inner ? settings.activation : "linear"];
      return Array.from({ length: size }, () => new ReferenceUnit(activation));
    });
    for (let depth = 1; depth < sizes.length; depth++) {
      const { weight, bias } = layers[depth - 1];
      this.layers[depth].forEach((unit, o) => {
        unit.bias = bias[o];
        this.layers[depth - 1].forEach((source, i) =>
          new ReferenceLink(source, unit, weight[o * sizes[depth - 1] + i]));
      });
    }
  }

  forward(input) {
    const first = this.layers[0];
    for (let i = 0; i < first.length; i++) first[i].output = input[i];
    for (let depth = 1; depth < this.layers.length; depth++) {
      for (const unit of this.layers[depth]) unit.update();
    }
    return this.layers[this.layers.length - 1][0].output;
  }

  backward(target) {
    const last = this.layers.length - 1;
    const output = this.layers[last][0];
    output.outputGradient = this.settings.problem === "classification"
      ? sigmoid(output.output) - target : output.output - target;
    for (let depth = last; depth >= 1; depth--) {
      for (const unit of this.layers[depth]) {
        unit.totalGradient = unit.outputGradient * unit.activation.slope(unit.total);
        unit.gathered += unit.totalGradient;
        unit.samples += 1;
      }
      for (const unit of this.layers[depth]) {
        for (const link of unit.linksIn) {
          link.gradient = unit.totalGradient * link.source.output;
          link.gathered += link.gradient;
          link.samples += 1;
        }
      }
      if (depth === 1) continue;
      for (const unit of this.layers[depth - 1]) {
        unit.outputGradient = 0;
        for (const link of unit.linksOut) {
          unit.outputGradient += link.weight * link.target.totalGradient;
        }
      }
    }
  }

  updateWeights() {
    const { learning_rate: rate, regularization_rate: strength } = this.settings;
    for (let depth = 1; depth < this.layers.length; depth++) {
      for (const unit of this.layers[depth]) {
        unit.bias -= (rate * unit.gathered) / unit.samples;
        unit.gathered = 0;
        unit.samples = 0;
        for (const link of unit.linksIn) {
          const penalty = strength * this.penalty(link.weight);
          link.weight -= rate * (link.gathered / link.samples + penalty);
          link.gathered = 0;
          link.samples = 0;
        }
      }
    }
  }

  /** Trains on the points in the given order; each point is an object, as in the first ones. */
  runEpoch(points, order) {
    const size = this.settings.batch_size || order.length;
    for (let i = 0; i < order.length; i++) {
      const point = points[order[i]];
      this.forward(point.features());
      this.backward(point.target);
      if ((i + 1) % size === 0 || i === order.length - 1) this.updateWeights();
    }
  }
}

const FORMULAS = {
  x1: (x) => x.x1,
  x2: (x) => x.x2,
  x1_squared: (x) => x.x1 * x.x1,
  x2_squared: (x) => x.x2 * x.x2,
  x1x2: (x) => x.x1 * x.x2,
  sin_x1: (x) => Math.sin(x.x1),
  sin_x2: (x) => Math.sin(x.x2),
};

/** The points as objects that know their features. */
export function referencePoints({ x1, x2, target }, names) {
  const formulas = names.map((name) => FORMULAS[name]);
  return Array.from(target, (y, i) => {
    const point = { x1: x1[i], x2: x2[i], target: y };
    point.features = () => formulas.map((formula) => formula(point));
    return point;
  });
}
