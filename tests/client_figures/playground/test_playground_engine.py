"""The playground's engine: each of its steps equals torch's in a real browser."""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pytest
import torch
from engine_page import LOAD, engine, pack, unpack
from torch import nn

from helpers.client_figures.js_figure import FOLDER

STEPS = 100
MODULES = [f"playground/engine/{name}.js" for name in (
    "accelerator", "data", "exponential", "network", "optimizers", "random", "step", "trainer",
)]  # fmt: skip
ENGINE = engine(*MODULES)

DEFAULTS = {
    "problem": "classification", "data": "circle", "noise": 0, "train_share": 50,
    "batch_size": 10, "features": ["x1", "x2"], "hidden": [4, 2], "activation": "tanh",
    "initialization": "xavier", "optimizer": "sgd", "learning_rate": 0.03,
    "regularization": "none", "regularization_rate": 0, "batch_normalization": False,
    "dropout": 0, "seed": 0,
}  # fmt: skip

ACTIVATIONS = {
    "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU,
    "prelu": nn.PReLU, "elu": nn.ELU, "gelu": nn.GELU, "swish": nn.SiLU, "mish": nn.Mish,
    "linear": nn.Identity,
}  # fmt: skip

OPTIMIZERS = {
    "sgd": lambda params, lr: torch.optim.SGD(params, lr=lr),
    "momentum": lambda params, lr: torch.optim.SGD(params, lr=lr, momentum=0.9),
    "nesterov": lambda params, lr: torch.optim.SGD(params, lr=lr, momentum=0.9, nesterov=True),
    "adagrad": lambda params, lr: torch.optim.Adagrad(params, lr=lr),
    "rmsprop": lambda params, lr: torch.optim.RMSprop(params, lr=lr),
    "adam": lambda params, lr: torch.optim.Adam(params, lr=lr),
    "adamw": lambda params, lr: torch.optim.AdamW(params, lr=lr),
}

# What is combined: every value of each, and every pair of values of two.
CHOICES = {
    "activation": list(ACTIVATIONS),
    "optimizer": list(OPTIMIZERS),
    "initialization": ["zero", "symmetric", "small", "xavier", "kaiming", "uniform"],
    "regularization": ["none", "l1", "l2"],
    "batch_normalization": [False, True],
    "dropout": [0, 0.3],
    "problem": ["classification", "regression"],
    "batch_size": [1, 7, 10, 0],
    "hidden": [[], [4, 2], [8, 8, 8], [1, 3, 2, 3, 2, 3]],
    "features": [
        ["x1", "x2"],
        ["x1", "x2", "x1_squared", "x2_squared", "x1x2", "sin_x1", "sin_x2"],
    ],
}

# Numbers travel as text: exact, infinities survive, and it is quick.

FACTS = """settings => {
  const data = engine.makeData(settings);
  const network = engine.createNetwork(settings);
  return {
    inputs: pack(settings.features.flatMap(
      name => [...engine.featureValues(name, data.x1, data.x2)])),
    target: pack(data.target),
    train: pack(data.train),
    test: pack(data.test),
    weights: pack([...network.parameters, ...network.statistics]),
    state: Object.keys(engine.createOptimizer(settings.optimizer, 1).arrays),
  };
}"""

# From each row (parameters, statistics, then the entries of the optimizer's state) one step, and
# the optimizer's part of it alone from a given gradient. What they leave, and the step's gradients.
STEP = """([settings, table, batches, given]) => {
  const data = engine.makeData(settings);
  const columns = settings.features.map(
    name => engine.featureValues(name, data.x1, data.x2));
  const network = engine.createNetwork(settings);
  const { parameters, statistics } = network;
  const count = parameters.length;
  const optimizer = engine.createOptimizer(settings.optimizer, count);
  const arrays = [parameters, statistics, ...Object.values(optimizer.arrays)];
  const width = arrays.reduce((sum, array) => sum + array.length, 0);
  const before = unpack(table);
  const [whole, rule] = [before.slice(), before.slice()];
  const gradient = unpack(given);
  const mine = gradient.slice();
  const load = step => {
    let at = step * width;
    for (const array of arrays) {
      array.set(before.subarray(at, at + array.length));
      at += array.length;
    }
    optimizer.step = step;
  };
  const store = (step, rows) => {
    let at = step * width;
    for (const array of arrays) {
      rows.set(array, at);
      at += array.length;
    }
  };
  JSON.parse(batches).forEach(({ indices, masks }, step) => {
    load(step);
    const inputs = Float64Array.from(columns.flatMap(column => indices.map(i => column[i])));
    const targets = Float64Array.from(indices, i => data.target[i]);
    const dropped = masks && masks.map(unpack);
    const work = engine.trainOnce(network, optimizer, inputs, targets, dropped, settings);
    mine.set(work.gradient, step * count);
    store(step, whole);
    load(step);
    const theirs = gradient.subarray(step * count, (step + 1) * count);
    engine.applyOptimizer(optimizer, parameters, theirs, settings.learning_rate);
    store(step, rule);
  });
  return [whole, rule, mine].map(pack);
}"""

SHOWN = """([settings, weights]) => {
  const trainer = engine.createTrainer(settings, engine.makeData(settings), { wasm: false });
  trainer.loadWeights(unpack(weights));
  const grid = trainer.makeGrid(5);
  const { units, output } = trainer.maps(grid);
  const { train, test } = trainer.losses();
  return { losses: [train, test], inputs: pack(grid.inputs), output: pack(output),
    units: units.map(layer => pack(layer.flatMap(map => [...map]))) };
}"""


def pairs_of(case):
    """Return the pairs of values that a case covers."""
    items = [(key, repr(case[key])) for key in CHOICES]
    return set(combinations(items, 2))


def covering_cases():
    """Return cases that cover every pair of values, chosen greedily."""
    missing = {
        ((a, repr(x)), (b, repr(y)))
        for a, b in combinations(CHOICES, 2)
        for x, y in product(CHOICES[a], CHOICES[b])
    }
    rng = np.random.default_rng(0)
    cases = []
    while missing:
        # Complete a missing pair in many ways, and keep the way that covers most.
        fixed = dict(min(missing))
        best, gain = None, 0
        for _ in range(60):
            case = {
                key: next(
                    v for v in values
                    if repr(v) == fixed.get(key, repr(values[rng.integers(len(values))]))
                )
                if key in fixed else values[rng.integers(len(values))]
                for key, values in CHOICES.items()
            }
            if (gained := len(pairs_of(case) & missing)) > gain:
                best, gain = case, gained
        missing -= pairs_of(best)
        cases.append(best)
    return cases


CASES = covering_cases()


class TorchNetwork:
    """The same network, made of torch's modules."""

    def __init__(self, settings, weights):
        self.settings = settings
        sizes = [len(settings["features"]), *settings["hidden"], 1]
        self.linear = nn.ModuleList(
            nn.Linear(a, b) for a, b in zip(sizes, sizes[1:], strict=False)
        )
        normalized = settings["batch_normalization"]
        self.norm = nn.ModuleList(
            nn.BatchNorm1d(size) if normalized else nn.Identity() for size in settings["hidden"]
        )
        self.activation = nn.ModuleList(
            ACTIVATIONS[settings["activation"]]() for _ in settings["hidden"]
        )
        hidden = zip(self.linear, self.norm, self.activation, strict=False)
        # Layer after layer, as the engine's flat array has them.
        self.modules = nn.ModuleList([m for group in hidden for m in group] + [self.linear[-1]])
        self.modules.double()
        self.parameters = list(self.modules.parameters())
        self.statistics = [
            array for norm in self.norm if normalized
            for array in (norm.running_mean, norm.running_var)
        ]
        rest = torch.tensor(weights)
        with torch.no_grad():
            for tensor in [*self.parameters, *self.statistics]:
                tensor.copy_(rest[: tensor.numel()].reshape(tensor.shape))
                rest = rest[tensor.numel() :]
        assert not len(rest), "the engine has more parameters than torch"

    def outputs(self, x, masks=None):
        """Return the outputs of all layers, hidden ones after activation and dropout."""
        layers = []
        for i, linear in enumerate(self.linear):
            x = linear(x)
            if i < len(self.norm):
                x = self.activation[i](self.norm[i](x))
                if masks is not None:
                    x = x * masks[i]
            layers.append(x)
        return layers

    def loss(self, output, target):
        """Return the mean loss without the penalty."""
        if self.settings["problem"] == "classification":
            return nn.functional.binary_cross_entropy_with_logits(output, target)
        return nn.functional.mse_loss(output, target) / 2

    def penalty(self):
        """Return what the regularization adds to the loss."""
        weights = [linear.weight for linear in self.linear]
        rate = self.settings["regularization_rate"]
        if self.settings["regularization"] == "l1":
            return rate * sum(weight.abs().sum() for weight in weights)
        if self.settings["regularization"] == "l2":
            return rate / 2 * sum(weight.square().sum() for weight in weights)
        return 0.0


def flat(tensors):
    """Return tensors as one flat array."""
    return np.concatenate([tensor.detach().numpy().ravel() for tensor in tensors] or [[]])


def facts_of(page, settings):
    """Return the data and the first weights."""
    facts = page.evaluate(FACTS, settings)
    for key in ("train", "test"):
        facts[key] = unpack(facts[key]).astype(int)
    return facts


def torch_steps(settings, facts, steps):
    """Return batches, rows before and after each step, and gradients; and the network."""
    network = TorchNetwork(settings, unpack(facts["weights"]))
    optimizer = OPTIMIZERS[settings["optimizer"]](
        network.parameters, settings["learning_rate"]
    )
    inputs = torch.tensor(unpack(facts["inputs"]).reshape(len(settings["features"]), -1).T.copy())
    target = torch.tensor(unpack(facts["target"]))[:, None]
    rng = np.random.default_rng(4)
    rate = settings["dropout"]

    def row():
        # torch makes the state at the first step only: until then it is zero.
        entries = [
            [optimizer.state[p].get(key) for p in network.parameters] for key in facts["state"]
        ]
        entries = [
            flat(torch.zeros_like(p) if value is None else value
                 for p, value in zip(network.parameters, values, strict=True))
            for values in entries
        ]
        return np.concatenate([flat(network.parameters), flat(network.statistics), *entries])

    batches, rows, gradients = [], [row()], []
    for _ in range(steps):
        size = settings["batch_size"] or len(facts["train"])
        indices = rng.choice(facts["train"], size, replace=False)
        masks = None
        if rate:
            masks = [(rng.random((n, size)) >= rate) / (1 - rate) for n in settings["hidden"]]
        # torch refuses to normalize a batch of one; the running statistics then stand in.
        network.norm.train(size > 1)
        given = masks and [torch.tensor(mask.T.copy()) for mask in masks]
        output = network.outputs(inputs[indices], given)[-1]
        optimizer.zero_grad()
        (network.loss(output, target[indices]) + network.penalty()).backward()
        gradients.append(flat(p.grad for p in network.parameters))
        optimizer.step()
        rows.append(row())
        batches.append({"indices": indices.tolist(), "masks": masks and [pack(m) for m in masks]})
    rows = np.stack(rows)
    return batches, rows[:-1], rows[1:], np.stack(gradients), network


@dataclass
class Errors:
    """The largest relative errors of a case."""

    step: float  # what a whole step leaves: parameters, statistics, the optimizer's state
    rule: float  # what the optimizer leaves, given torch's gradient
    gradient: float
    compared: float  # the share of numbers that `step` covers

    def worst(self):
        return np.max([self.step, self.rule, self.gradient])  # NaN if one is NaN


def compare(page, settings, steps=STEPS):
    """Return the errors of all steps, each from torch's state, and both networks' facts."""
    facts = facts_of(page, settings)
    batches, before, after, gradients, network = torch_steps(settings, facts, steps)
    assert np.isfinite(after).all(), "the case diverges; choose another"
    answer = page.evaluate(STEP, [settings, pack(before), json.dumps(batches), pack(gradients)])
    whole, rule, mine = map(unpack, answer)
    size = np.maximum(np.abs(before), np.abs(after))
    mine = mine.reshape(gradients.shape)
    largest = np.abs(gradients).max(axis=1, keepdims=True)
    # A number that is a small difference of larger ones has noise for last digits: floors.
    gradient_error = np.abs(mine - gradients) / (np.abs(gradients) + 1e-3 * largest + 1e-12)
    step_error = np.abs(whole.reshape(after.shape) - after) / (size + 1e-3)
    # A gradient that is zero but for rounding (a constant that normalization takes away again) is
    # noise in all its digits, and some optimizers divide it by its own size.
    noise = (np.abs(gradients) < 1e-12 * largest) & (mine != gradients)
    count, fixed = gradients.shape[1], len(flat(network.statistics))
    covered = np.ones(after.shape, bool)
    for start in [0, *range(count + fixed, after.shape[1], count)]:
        covered[:, start : start + count] = ~noise
    rule_error = np.abs(rule.reshape(after.shape) - after) / (size + 1e-300)
    rule_error[:, count : count + fixed] = 0
    errors = Errors(
        step_error[covered].max(), rule_error.max(), gradient_error.max(), covered.mean()
    )
    return errors, facts, network


def settings_of(case):
    """Return complete settings; regression needs data of its own."""
    settings = {**DEFAULTS, "regularization_rate": 0.01, "seed": 3, **case}
    if settings["optimizer"] in ("sgd", "momentum", "nesterov"):
        settings["learning_rate"] = 0.002  # some of the networks diverge with more
    if settings["problem"] == "regression":
        settings["data"] = "gaussians"
    return settings


def name_of(case):
    """Return a case's values in one word."""
    return "-".join(
        "x".join(map(str, value)) or "none" if key == "hidden"
        else str(len(value)) if isinstance(value, list) else str(value)
        for key, value in case.items()
    )


@pytest.fixture(scope="module")
def page(browser):
    page = browser.new_page()
    page.evaluate(LOAD, ENGINE)
    yield page
    page.close()


def test_the_cases_cover_every_pair():
    covered = set().union(*map(pairs_of, CASES))
    sizes = [len(values) for values in CHOICES.values()]
    assert len(covered) == sum(a * b for a, b in combinations(sizes, 2))


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_steps_and_views_equal_torch(page, case):
    settings = settings_of(case)
    errors, facts, network = compare(page, settings)
    print(f"\n{errors}")
    assert errors.worst() < 1e-9, errors
    # How many are noise depends on the processor: none, where it adds up as the engine does.
    assert errors.compared > 0.5, errors
    check_views(page, settings, facts, network)


def check_views(page, settings, facts, network):
    """Compare losses and maps in evaluation."""
    network.norm.eval()
    weights = np.concatenate([flat(network.parameters), flat(network.statistics)])
    shown = page.evaluate(SHOWN, [settings, pack(weights)])
    features = len(settings["features"])
    inputs = torch.tensor(unpack(facts["inputs"]).reshape(features, -1).T.copy())
    target = torch.tensor(unpack(facts["target"]))[:, None]
    with torch.no_grad():
        losses = [
            network.loss(network.outputs(inputs[part])[-1], target[part]).item()
            for part in (facts["train"], facts["test"])
        ]
        grid = torch.tensor(unpack(shown["inputs"]).reshape(features, -1).T.copy())
        *hidden, output = network.outputs(grid)
    np.testing.assert_allclose(shown["losses"], losses, rtol=1e-9)
    if settings["problem"] == "classification":
        output = 2 * torch.sigmoid(output) - 1
    # The maps are float32.
    np.testing.assert_allclose(unpack(shown["output"]), output[:, 0], rtol=1e-6, atol=1e-7)
    for ours, theirs in zip(shown["units"], hidden, strict=True):
        np.testing.assert_allclose(unpack(ours), theirs.T.ravel(), rtol=1e-6, atol=1e-7)


# Of each module: what stands in it, what would be wrong, and settings that show it.
MISTAKES = {
    "optimizers": [
        ("DECAY = 0.01", "DECAY = 0.011", {"optimizer": "adamw"}),
        ("ADAM_EPSILON = 1e-8", "ADAM_EPSILON = 1e-7", {"optimizer": "adam"}),
        ("ADAM_SECOND = 0.999", "ADAM_SECOND = 0.99", {"optimizer": "adam"}),
        ("RMSPROP_SMOOTHING = 0.99", "RMSPROP_SMOOTHING = 0.9", {"optimizer": "rmsprop"}),
        ("ADAGRAD_EPSILON = 1e-10", "ADAGRAD_EPSILON = 1e-8", {"optimizer": "adagrad"}),
        ("(gradient[i] + MOMENTUM * moved)", "moved", {"optimizer": "nesterov"}),
        ("learningRate * moved;", "learningRate * gradient[i];", {"optimizer": "momentum"}),
    ],
    "step": [
        ("rate * Math.sign(weight[i])", "rate * weight[i]", {"regularization": "l1"}),
        ("+= rate * weight[i]", "+= 2 * rate * weight[i]", {"regularization": "l2"}),
        ("; i++) a[i] *= mask[i]", "; i++) a[i] *= 1", {"dropout": 0.3}),
        ("delta[i] *= mask[i]", "delta[i] *= 1", {"dropout": 0.3}),
        ("d * Math.min(z[i], 0)", "d * z[i]", {"activation": "prelu"}),
        ("- targets[b]) / count;\n    }", ") / count;\n    }", {}),
    ],
    "normalization": [
        ("squares / (count - 1)", "squares / count", {"batch_normalization": True}),
        (" - standardized[i] * slope)", ")", {"batch_normalization": True}),
        ("EPSILON = 1e-5;", "EPSILON = 1.01e-5;", {"batch_normalization": True}),
        ("training && count > 1", "training", {"batch_normalization": True, "batch_size": 1}),
    ],
    "activations": [
        ("LEAKY_SLOPE = 0.01", "LEAKY_SLOPE = 0.010001", {"activation": "leaky_relu"}),
        ("0.3091267438131794", "0.3091267538131794", {"activation": "gelu"}),
        ("DENSITY_SCALE * bell", "bell", {"activation": "gelu"}),
        ("y * (1 + x * (1 - y))", "y * (1 + x * y)", {"activation": "swish"}),
        ("(1 - y * y);", "(1 - y);", {"activation": "mish"}),
        ("s[i] = e + 1;", "s[i] = 1;", {"activation": "elu"}),
        ("s[i] = y * (1 - y);", "s[i] = y;", {"activation": "sigmoid"}),
        ("s[i] = 1 - y * y;", "s[i] = 1 - y;", {"activation": "tanh"}),
        ("s[i] = Number(x > 0);", "s[i] = 1;", {"activation": "relu"}),
    ],
    "products": [
        ("rows - 2 : next", "rows - 3 : next", {"hidden": [5, 3]}),
        ("(q + bColumn3) | 0", "(q + bColumn2) | 0", {"hidden": [8, 8, 8]}),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("module", "right", "wrong", "change"),
    [(module, *mistake) for module, mistakes in MISTAKES.items() for mistake in mistakes],
)
def test_a_wrong_engine_would_be_caught(browser, module, right, wrong, change):
    page = browser.new_page()
    replace = [(f"playground/engine/{module}.js", right, wrong)]
    page.evaluate(LOAD, engine(*MODULES, replace=replace))
    errors, _, _ = compare(page, settings_of(change), 60)
    page.close()
    assert not errors.worst() < 1e-9, errors  # NaN is caught as well


def test_the_exponential_function_is_exact(page):
    x = np.concatenate([
        np.linspace(-700, 700, 20001), np.linspace(-1, 1, 20001),
        np.geomspace(1e-300, 1, 500), -np.geomspace(1e-300, 1, 500), [0.0],
    ])  # fmt: skip
    ours = page.evaluate(
        "x => [pack(unpack(x).map(engine.expFast)), pack(unpack(x).map(engine.expm1Fast))]",
        pack(x),
    )
    np.testing.assert_allclose(unpack(ours[0]), np.exp(x), rtol=2e-14)
    np.testing.assert_allclose(unpack(ours[1]), np.expm1(x), rtol=2e-14)
    assert page.evaluate("isNaN(engine.expFast(NaN)) && isNaN(engine.expm1Fast(NaN))")


MAKE_DATA = """settings => {
  const { x1, x2, target, train, test } = engine.makeData(settings);
  return [[x1, x2, target].map(pack), [...train], [...test]];
}"""


def make_data(page, **change):
    """Return points (500, 2), targets and the indices of training and test points."""
    (x1, x2, target), train, test = page.evaluate(MAKE_DATA, {**DEFAULTS, **change})
    return np.stack([unpack(x1), unpack(x2)], axis=1), unpack(target), train, test


DATA = [
    *[("classification", name) for name in ("circle", "xor", "gaussian", "spiral")],
    *[("regression", name) for name in ("plane", "gaussians")],
]


@pytest.mark.parametrize(("problem", "data"), DATA)
def test_data(page, problem, data):
    kind = {"problem": problem, "data": data}
    points, target, train, test = make_data(page, **kind)
    assert points.shape == (500, 2) and np.abs(points).max() <= 6
    assert sorted(train + test) == list(range(500)) and len(train) == 250
    if problem == "classification":
        assert sorted(np.unique(target, return_counts=True)[1]) == [250, 250]
        assert 90 < target[train].sum() < 160  # both classes on both sides
    else:
        assert np.abs(target).max() <= 1 and target.std() > 0.2
    # The same seed draws the same points, another seed others.
    again = make_data(page, **kind)
    assert (again[0] == points).all() and again[2] == train
    other = make_data(page, **kind, seed=1)
    assert (other[0] != points).any(axis=1).all() and other[2] != train
    # Noise moves the same points, or their targets, and leaves the split as it is.
    for noise in (10, 50):
        moved, values, same, _ = make_data(page, **kind, noise=noise)
        assert same == train and np.abs(moved).max() <= 6 and np.abs(values).max() <= 1
        if problem == "classification":
            assert (values == target).all() and 0 < np.median(np.abs(moved - points)) < 0.03 * noise
        else:
            assert (moved == points).all() and (values != target).mean() > 0.8
    # A larger share of training points contains the smaller one.
    small = make_data(page, **kind, train_share=10)[2]
    assert small == train[:50] and len(make_data(page, **kind, train_share=90)[3]) == 50


def test_features(page):
    points = np.random.default_rng(0).uniform(-6, 6, (50, 2))
    a, b = points.T
    expected = {
        "x1": a, "x2": b, "x1_squared": a**2, "x2_squared": b**2, "x1x2": a * b,
        "sin_x1": np.sin(a), "sin_x2": np.sin(b),
    }  # fmt: skip
    assert page.evaluate("engine.FEATURES") == list(expected)
    for name, values in expected.items():
        ours = page.evaluate(
            "([name, x1, x2]) => pack(engine.featureValues(name, unpack(x1), unpack(x2)))",
            [name, pack(a), pack(b)],
        )
        np.testing.assert_allclose(unpack(ours), values, rtol=1e-14)


def test_initializations(page):
    def first(initialization, **change):
        settings = {
            **DEFAULTS, "hidden": [8] * 6, "initialization": initialization, "seed": 5, **change,
        }  # fmt: skip
        return [
            tuple(map(unpack, layer)) for layer in page.evaluate(
                "s => engine.createNetwork(s).layers.map(l => [l.weight, l.bias].map(pack))",
                settings,
            )
        ]

    for initialization in CHOICES["initialization"]:
        layers = first(initialization)
        assert not any(bias.any() for _, bias in layers)
        inner = np.concatenate([weight for weight, _ in layers[1:-1]])  # 320 weights, 8 -> 8
        deviation = {"zero": 0, "symmetric": 0, "small": 0.01, "xavier": 8**-0.5,
                     "kaiming": 0.5, "uniform": 12**-0.5}[initialization]
        mean = 0.5 if initialization == "symmetric" else 0
        assert inner.mean() == pytest.approx(mean, abs=deviation / 5)
        assert inner.std() == pytest.approx(deviation, rel=0.12)
        same, other = first(initialization), first(initialization, seed=6)
        assert all((a[0] == b[0]).all() for a, b in zip(layers, same, strict=True))
        # What does not concern the weights does not redraw them.
        unmoved = first(initialization, optimizer="adam", activation="relu", noise=20)
        assert all((a[0] == b[0]).all() for a, b in zip(layers, unmoved, strict=True))
        if deviation:
            assert (layers[1][0] != other[1][0]).all()
    # Fan-in and fan-out where they differ: 2 -> 8.
    many = [first("xavier", seed=seed)[0][0] for seed in range(60)]
    assert np.std(many) == pytest.approx((2 / 10) ** 0.5, rel=0.08)
    many = [first("kaiming", seed=seed)[0][0] for seed in range(60)]
    assert np.std(many) == pytest.approx(1, rel=0.08)


def test_dropout_masks(page):
    for rate in (0.1, 0.5, 0.8):
        mask = unpack(page.evaluate("""rate => {
          const mask = new Float64Array(20000);
          engine.drawMask(mask, 20000, rate, engine.createRandom(3, "dropout").words);
          return pack(mask);
        }""", rate))
        assert set(mask) == {0, 1 / (1 - rate)}
        assert (mask == 0).mean() == pytest.approx(rate, abs=0.015)


# Builds trainers and does what a list of calls says; returns what the last one gives.
CALLS = """([settings, wasm, calls]) => {
  const trainer = engine.createTrainer(settings, engine.makeData(settings), { wasm });
  let answer;
  for (const [name, ...rest] of calls) {
    answer = typeof trainer[name] === "function" ? trainer[name](...rest) : trainer[name];
  }
  return answer;
}"""


def call(page, settings, *calls, wasm=False):
    return page.evaluate(CALLS, [{**DEFAULTS, **settings}, wasm, calls])


@pytest.mark.parametrize("wasm", [False, True], ids=["plain", "wasm"])
def test_steps_and_epochs(page, wasm):
    # 175 points in batches of 10: the last batch of an epoch has 5.
    settings = {"train_share": 35}
    steps = [["step"]] * 36
    assert call(page, settings, *steps, ["iteration"], wasm=wasm) == 36
    assert call(page, settings, *steps, ["epoch"], wasm=wasm) == 2
    assert call(page, settings, ["run", 2], ["iteration"], wasm=wasm) == 36
    by_step = call(page, settings, *steps, ["weights"], wasm=wasm)
    assert call(page, settings, ["run", 2], ["weights"], wasm=wasm) == by_step
    assert call(page, settings, ["run", 1], ["run", 1], ["weights"], wasm=wasm) == by_step
    # `run` first ends the epoch that steps have begun.
    assert call(page, settings, ["step"], ["run", 2], ["weights"], wasm=wasm) == by_step
    other = call(page, {**settings, "seed": 1}, ["run", 2], ["weights"], wasm=wasm)
    assert other != by_step
    # A batch may be larger than there are points.
    for size in (0, 500):
        settings = {"batch_size": size, "train_share": 10}
        assert call(page, settings, ["run", 3], ["iteration"], wasm=wasm) == 3


@pytest.mark.parametrize("wasm", [False, True], ids=["plain", "wasm"])
def test_the_trainer_takes_the_training_points(page, wasm):
    settings = settings_of({"batch_size": 0, "features": CHOICES["features"][1]})
    facts = facts_of(page, settings)
    network = TorchNetwork(settings, unpack(facts["weights"]))
    inputs = torch.tensor(unpack(facts["inputs"]).reshape(7, -1).T.copy())[facts["train"]]
    target = torch.tensor(unpack(facts["target"]))[facts["train"], None]
    network.loss(network.outputs(inputs)[-1], target).backward()
    expected = flat(
        p - settings["learning_rate"] * p.grad for p in network.parameters
    )
    ours = call(page, settings, ["step"], ["weights"], wasm=wasm)
    np.testing.assert_allclose(ours, expected, rtol=1e-5 if wasm else 1e-12, atol=1e-6 * wasm)
    norms = [linear.weight.grad.norm().item() for linear in network.linear]
    report = call(page, settings, ["step"], ["layerReport"], wasm=wasm)
    np.testing.assert_allclose(
        [layer["gradientNorm"] for layer in report], norms, rtol=1e-5 if wasm else 1e-9
    )


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "gelu"])
def test_saturation(page, activation):
    settings = settings_of({"activation": activation, "hidden": [8, 8, 8]})
    facts = facts_of(page, settings)
    weights = 4 * unpack(facts["weights"])
    weights[16:24] = np.linspace(-40, 30, 8)  # biases: some units are silent
    network = TorchNetwork(settings, weights)
    x = torch.tensor(unpack(facts["inputs"]).reshape(2, -1).T.copy())[facts["train"]]
    report = call(page, settings, ["loadWeights", list(weights)], ["layerReport"])
    for linear, layer in zip(network.linear[:-1], report, strict=False):
        z = linear(x).detach().requires_grad_()
        x = network.activation[0](z)
        (slope,) = torch.autograd.grad(x.sum(), z)
        assert layer["saturated"] == pytest.approx((slope.abs() < 0.01).double().mean().item())
        assert layer["dead"] == pytest.approx((slope == 0).all(dim=0).double().mean().item())
        x = x.detach()
    if activation == "relu":
        assert report[0]["dead"] > 0
    assert report[-1]["saturated"] == report[-1]["dead"] == 0


@pytest.mark.parametrize("wasm", [False, True], ids=["plain", "wasm"])
def test_weights_round_trip(page, wasm):
    settings = {"activation": "prelu", "batch_normalization": True} if not wasm else {}
    # The weights travel as JSON, and later training starts from them.
    weights = call(page, settings, ["run", 3], ["weights"], wasm=wasm)
    assert call(page, settings, ["loadWeights", weights], ["weights"], wasm=wasm) == weights
    before = call(page, settings, ["loadWeights", weights], ["losses"], wasm=wasm)
    assert before == call(page, settings, ["run", 3], ["losses"], wasm=wasm)
    after = call(page, settings, ["loadWeights", weights], ["run", 5], ["losses"], wasm=wasm)
    assert after["train"] < before["train"]
    edits = [["setWeight", 1, 1, 2, 0.25], ["setBias", 0, 3, -0.5]]
    edited = np.array(call(page, settings, *edits, ["weights"], wasm=wasm))
    before = np.array(call(page, settings, ["weights"], wasm=wasm))
    assert sorted(edited[edited != before]) == [-0.5, 0.25]
    stepped = np.array(call(page, settings, *edits, ["step"], ["weights"], wasm=wasm))
    places = edited != before
    np.testing.assert_allclose(stepped[places], edited[places], atol=0.1)
    assert (stepped[places] != edited[places]).any()
    assert page.evaluate("""([settings, calls]) => {
      const data = engine.makeData(settings);
      try { engine.createTrainer(settings, data).loadWeights([1, 2]); return ""; }
      catch (error) { return error.message; }
    }""", [DEFAULTS, []]).startswith("expected ")


@pytest.mark.parametrize("wasm", [False, True], ids=["plain", "wasm"])
def test_divergence_is_noticed(page, wasm):
    settings = {
        "problem": "regression", "data": "plane", "activation": "linear", "learning_rate": 10,
    }  # fmt: skip
    assert call(page, settings, ["run", 20], ["diverged"], wasm=wasm)
    assert not call(page, {}, ["run", 20], ["diverged"], wasm=wasm)
    stopped = [["run", 20], ["iteration"]]
    count = call(page, settings, *stopped, wasm=wasm)
    assert call(page, settings, *stopped, ["run", 5], ["step"], ["iteration"], wasm=wasm) == count


# WebAssembly. It works in float32, and only with common settings.

KERNEL_ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "swish", "mish", "linear"]


def test_the_module_is_that_of_the_source(page):
    folder = FOLDER / "playground" / "engine"
    module = (folder / "wasm.js").read_text("utf8")
    source = (folder / "kernel.c").read_bytes()
    assert hashlib.sha256(source).hexdigest() in module, "the kernel has changed: run `make wasm`"
    text = re.search(r"KERNEL_BASE64 = `([^`]+)`", module)[1]
    binary = base64.b64decode(text)
    assert len(gzip.compress(binary)) < 4000
    assert page.evaluate("""text => {
      const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
      return WebAssembly.Module.imports(new WebAssembly.Module(bytes)).length;
    }""", text.strip()) == 0


def wasm_cases():
    """Return what the kernel takes: every activation, optimizer, penalty, and shape."""
    yield from ({"activation": name} for name in KERNEL_ACTIVATIONS)
    yield from ({"optimizer": name} for name in OPTIMIZERS)
    yield from ({"regularization": name} for name in ("l1", "l2"))
    yield from ({"batch_size": size} for size in (1, 2, 3, 4, 7, 12, 16, 31, 0))
    yield from ({"hidden": hidden} for hidden in CHOICES["hidden"])
    yield from ({"problem": "regression"}, {"features": CHOICES["features"][1]})
    yield {"initialization": "small", "hidden": [8, 8, 8]}
    yield {"initialization": "zero"}


@pytest.mark.parametrize("case", list(wasm_cases()), ids=str)
def test_wasm_equals_plain(page, case):
    rate = {"learning_rate": 0.01} if "optimizer" in case else {}
    settings = {**settings_of(case), "train_share": 35, **rate}
    assert call(page, settings, ["engine"], wasm=True) == "wasm"
    assert call(page, settings, ["engine"]) == "plain"
    # One step from every state on the way: the state's float32 rounding does not add up.
    weights = [call(page, settings, ["run", n], ["weights"]) for n in (1, 4, 16)]
    for start in weights:
        one, two = (
            np.array(call(page, settings, ["loadWeights", start], ["step"], ["weights"], wasm=wasm))
            for wasm in (True, False)
        )
        np.testing.assert_allclose(one, two, rtol=2e-6, atol=1e-6)
        # The step itself, not just where it leads.
        moved = np.abs(two - start).max()
        assert np.abs(one - two).max() < 1e-3 * moved + 1e-6
    wasm, plain = (call(page, settings, ["run", 50], ["losses"], wasm=wasm) for wasm in (1, 0))
    for key in ("train", "test"):
        assert wasm[key] == pytest.approx(plain[key], rel=2e-3), (wasm, plain)


def test_plain_takes_the_rest(browser, page):
    for settings in (
        {"activation": "prelu"}, {"activation": "gelu"}, {"dropout": 0.2},
        {"batch_normalization": True},
    ):  # fmt: skip
        assert call(page, settings, ["engine"], wasm=True) == "plain"
    # A browser without SIMD refuses the module; one without WebAssembly has none to compile it.
    for obstacle in (
        "() => { WebAssembly.Module = function () { throw new WebAssembly.CompileError(); }; }",
        "() => { delete window.WebAssembly; }",
    ):
        other = browser.new_page()
        other.evaluate(obstacle)
        other.evaluate(LOAD, ENGINE)
        assert call(other, {}, ["run", 1], ["engine"], wasm=True) == "plain"
        other.close()
