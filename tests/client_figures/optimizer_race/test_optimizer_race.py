"""The optimizer race: its rules equal torch's in a real browser, and its view does what it says."""

import inspect
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from engine_page import LOAD, engine, pack, unpack

from helpers import figures
from helpers.client_figures.optimizer_race import figure as race
from helpers.optimization import surfaces
from helpers.optimization.trajectories import run_torch

STEPS = 1000
SETTINGS = [(0.01, 0.9), (0.1, 0.5)]  # learning rate, momentum
CASES = [(surface, name) for surface in surfaces.ALL for name in race.NAMES]
SURFACES, OPTIMIZERS = "optimizer_race/surfaces.js", "optimizer_race/optimizers.js"

# One step from each row (x, y, then the entries of the state); the gradient is the engine's own
# unless it is given, (rows, 2).
STEP = """([surfaceName, ruleName, lr, momentum, rows, gradients]) => {
  const surface = engine.SURFACES.find(s => s.name === surfaceName);
  const rule = engine.RULES.find(r => r.name === ruleName);
  const table = unpack(rows);
  const given = gradients && unpack(gradients);
  const sizes = rule.state.map(key => (key === "step" ? 1 : 2));
  const width = 2 + sizes.reduce((a, b) => a + b, 0);
  const g = new Float64Array(2);
  for (let at = 0, row = 0; at < table.length; at += width, row++) {
    const x = table.slice(at, at + 2);
    const state = {};
    let from = at + 2;
    rule.state.forEach((key, i) => {
      state[key] = sizes[i] === 1 ? table[from] : table.slice(from, from + 2);
      from += sizes[i];
    });
    if (given) g.set(given.subarray(2 * row, 2 * row + 2));
    else surface.gradient(x[0], x[1], g);
    rule.update(x, g, state, { lr, momentum });
    const values = rule.state.map(key => state[key]);
    table.set([...x, ...values.flatMap(v => (typeof v === "number" ? v : [...v]))], at);
  }
  return pack(table);
}"""

PATHS = """([surfaceName, start, lr, momentum, steps]) => {
  const tracks = engine.createTracks(steps);
  const surface = engine.SURFACES.find(s => s.name === surfaceName);
  engine.RULES.forEach((rule, i) =>
    engine.runRule(rule, tracks[i], surface, start, { lr, momentum }));
  return tracks.map(({ x, y, finite }) => [pack(x), pack(y), finite]);
}"""


def starts_on(surface):
    """Return three starts, shape (3, 2): the race's own and two anywhere in the domain."""
    low, high = np.array(surface.domain).T
    rng = np.random.default_rng(7)
    return np.vstack([race.STARTS[surface.name], rng.uniform(low, high, size=(2, 2))])


def torch_steps(grounds, name, lr, momentum, steps=STEPS):
    """Return rows before and after each step, (steps, surfaces, 3, width); gradients; keys.

    All surfaces share one parameter, because the optimizers update each number by itself.
    """
    param = torch.nn.Parameter(torch.from_numpy(np.stack([starts_on(g) for g in grounds])))
    optimizer = race.torch_optimizers(lr, momentum)[name]([param])

    def row():
        parts = [param.detach().numpy()]
        for key in keys:
            value = optimizer.state[param].get(key)
            # torch makes some entries at the first step only: until then they are zero.
            shape = (len(grounds), 3, 1 if key == "step" else 2)
            parts.append(np.broadcast_to(0.0 if value is None else value.numpy(), shape))
        return np.concatenate(parts, axis=-1)

    probe = race.torch_optimizers(lr, momentum)[name]([torch.nn.Parameter(torch.zeros(2))])
    (weights,) = probe.param_groups[0]["params"]
    weights.grad = torch.ones(2)
    probe.step()
    keys = list(probe.state[weights])
    gradients, rows = [], [row()]
    with np.errstate(all="ignore"):
        for _ in range(steps):
            places = param.detach().numpy()
            slopes = [g.gradient(x) for g, x in zip(grounds, places, strict=True)]
            gradients.append(np.stack(slopes))
            param.grad = torch.from_numpy(gradients[-1])
            optimizer.step()
            rows.append(row())
    rows = np.stack(rows)
    return rows[:-1], rows[1:], np.stack(gradients), keys


def worst(before, after, ours, floor):
    """Return the largest error relative to the numbers before and after, and the rows compared."""
    with np.errstate(all="ignore"):
        finite = np.isfinite(before).all(axis=-1) & np.isfinite(after).all(axis=-1)
        error = np.abs(ours - after) / (np.maximum(np.abs(before), np.abs(after)) + floor)
    return error[finite].max(), int(finite.sum())


def compare_rule(page, grounds, name, lr, momentum, steps=STEPS):
    """Return for each surface errors of the rule alone and of the whole step, and rows compared."""
    before, after, gradients, keys = torch_steps(grounds, name, lr, momentum, steps)
    theirs = page.evaluate(f"engine.RULES.find(r => r.name === '{name}').state")
    assert sorted(theirs) == sorted(keys), "the state must be named as torch names it"
    # The engine's order of the state, in columns.
    starts = np.cumsum([2] + [1 if key == "step" else 2 for key in keys])
    columns = [0, 1]
    for key in theirs:
        first = starts[keys.index(key)]
        columns += [first] if key == "step" else [first, first + 1]
    before, after = before[..., columns], after[..., columns]
    return [
        compare_steps(page, surface, (name, lr, momentum), *parts)
        for surface, *parts in zip(
            grounds, *(np.swapaxes(rows, 0, 1) for rows in (before, after, gradients)), strict=True
        )
    ]


def compare_steps(page, surface, rule, before, after, gradients):
    """Return both errors on one surface, and the number of rows compared."""
    name, lr, momentum = rule

    def step(given):
        arguments = [surface.name, name, lr, momentum, pack(before), given]
        return unpack(page.evaluate(STEP, arguments)).reshape(before.shape)

    alone, compared = worst(before, after, step(pack(gradients)), floor=1e-300)
    # Where a gradient is a small difference of large terms, its last digits are noise: floor.
    ours = step(None)
    whole, _ = worst(before, after, ours, floor=1e-3)
    lost = np.isfinite(before).all(axis=-1) & ~np.isfinite(after).all(axis=-1)
    assert not np.isfinite(ours[lost]).all(axis=-1).any(), "ours must diverge where torch's does"
    return alone, whole, compared


@pytest.fixture(scope="module")
def engine_page(browser):
    page = browser.new_page()
    page.evaluate(LOAD, engine(SURFACES, OPTIMIZERS))
    yield page
    page.close()


@pytest.mark.parametrize("name", race.NAMES)
def test_each_step_equals_torch(engine_page, name, record_property):
    errors, compared = [], {}
    for lr, momentum in SETTINGS:
        grounds = list(surfaces.ALL.values())
        results = compare_rule(engine_page, grounds, name, lr, momentum)
        for surface, (rule, whole, rows) in zip(grounds, results, strict=True):
            errors.append((rule, whole))
            compared[surface.name, lr] = rows
            assert rule < 1e-9 and whole < 1e-9, (surface.name, lr, rule, whole)
    record_property("worst", np.max(errors, axis=0).tolist())
    print(f"\n{name}: rule {np.max(errors, axis=0)[0]:.1e}, with gradient "
          f"{np.max(errors, axis=0)[1]:.1e}, steps {sum(compared.values())}")
    full = 3 * STEPS
    # The three rules without a scale of their own overflow on the polynomials; no other may.
    if name in ("SGD", "Momentum", "Nesterov"):
        assert all(rows >= 6 for rows in compared.values()), compared
        assert sum(rows == full for rows in compared.values()) >= 6, compared
        assert sum(compared.values()) > 20_000, compared
    else:
        assert set(compared.values()) == {full}, compared


def with_noise(gradient):
    """Return the gradient with errors as large as rounding makes them, where terms cancel too."""
    rng = np.random.default_rng(5)

    def noisy(points):
        g = gradient(points)
        return g + 1e-14 * (1 + np.abs(g)) * rng.standard_normal(g.shape)

    return noisy


def test_whole_paths_equal_torch(engine_page):
    lr, momentum = SETTINGS[0]
    compared = 0
    grounds = list(surfaces.ALL.values())
    starts = np.array([race.STARTS[surface.name] for surface in grounds])
    # As one surface with a start on each, and once more with noise.
    gradients = [g.gradient for g in grounds] + [with_noise(g.gradient) for g in grounds]
    whole = SimpleNamespace(
        gradient=lambda points: np.stack([g(x) for g, x in zip(gradients, points, strict=True)]))
    paths = {name: run_torch(whole, factory, np.vstack([starts, starts]), STEPS)
             for name, factory in race.torch_optimizers(lr, momentum).items()}
    for i, surface in enumerate(grounds):
        ours = engine_page.evaluate(PATHS, [surface.name, starts[i].tolist(), lr, momentum, STEPS])
        for (x, y, finite), (name, both) in zip(ours, paths.items(), strict=True):
            path, other = both[:, i], both[:, len(grounds) + i]
            # The engine also stops where the loss overflows, a little before the path does.
            last = np.isfinite(path).all(axis=1).sum() - 1
            assert last - 4 <= finite <= last, (surface.name, name)
            mine = np.stack([unpack(x), unpack(y)], axis=-1)
            assert np.isnan(mine[finite + 1 :]).all()
            path, mine = path[: finite + 1], mine[: finite + 1]
            scale = np.maximum(1, np.abs(path))
            if not (np.abs(other[: finite + 1] - path) / scale).max() < 1e-8:
                continue  # rounding alone leads such a path elsewhere
            error = np.abs(mine - path) / scale
            assert error.max() < 1e-6, (surface.name, name, error.max())
            compared += 1
    print(f"\n{compared} of {len(CASES)} whole paths compared")
    assert compared >= 36, f"only {compared} of {len(CASES)} paths were compared"


@pytest.mark.parametrize("name", surfaces.ALL)
def test_surfaces_are_those_of_python(engine_page, name):
    surface = surfaces.ALL[name]
    facts = engine_page.evaluate(
        f"(({{ title, domain, minima, start }}) => ({{ title, domain, minima, start }}))"
        f"(engine.SURFACES.find(s => s.name === '{name}'))"
    )
    assert facts == {
        "title": surface.title,
        "domain": np.array(surface.domain).tolist(),
        "minima": surface.minima.tolist(),
        "start": list(race.STARTS[name]),
    }
    low, high = np.array(surface.domain).T
    points = np.random.default_rng(3).uniform(2 * low - 0.1, 2 * high + 0.1, size=(2000, 2))
    points = np.vstack([points, surface.minima, [[0.0, 0.0], low, high]])
    ours = unpack(engine_page.evaluate("""([name, points]) => {
        const surface = engine.SURFACES.find(s => s.name === name);
        const [p, g] = [unpack(points), new Float64Array(2)];
        const rows = new Float64Array(p.length / 2 * 3);
        for (let i = 0; i < p.length / 2; i++) {
          surface.gradient(p[2 * i], p[2 * i + 1], g);
          rows.set([surface.value(p[2 * i], p[2 * i + 1]), ...g], 3 * i);
        }
        return pack(rows);
      }""", [name, pack(points)])).reshape(-1, 3)
    expected = np.column_stack([surface.value(points), surface.gradient(points)])
    np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("SGD", "x[i] -= lr * g[i];", "x[i] -= 1.000001 * lr * g[i];"),
        ("Momentum", "x[i] -= lr * momentum_buffer[i];", "x[i] -= lr * g[i];"),
        ("Nesterov", "(g[i] + momentum * momentum_buffer[i])", "momentum_buffer[i]"),
        ("Adagrad", "ADAGRAD_EPS = 1e-10", "ADAGRAD_EPS = 1e-7"),
        ("Adadelta", "ADADELTA_RHO = 0.9", "ADADELTA_RHO = 0.95"),
        ("Adadelta", "ADADELTA_EPS = 1e-6", "ADADELTA_EPS = 1e-7"),
        ("RMSProp", "RMSPROP_ALPHA = 0.99", "RMSPROP_ALPHA = 0.9"),
        ("Adam", "ADAM_BETA2 = 0.999", "ADAM_BETA2 = 0.99"),
        ("Adam", "/ correction + ADAM_EPS", "+ ADAM_EPS"),
        ("Adam", "ADAM_EPS = 1e-8", "ADAM_EPS = 1e-7"),
    ],
)
def test_a_wrong_rule_would_be_caught(browser, name, right, wrong):
    page = browser.new_page()
    broken = engine(SURFACES, OPTIMIZERS, replace=[(OPTIMIZERS, right, wrong)])
    page.evaluate(LOAD, broken)
    [(rule, whole, _)] = compare_rule(page, [surfaces.ackley], name, 0.01, 0.9, steps=200)
    page.close()
    assert rule > 1e-9 and whole > 1e-9, (rule, whole)


def test_a_wrong_surface_would_be_caught(browser):
    page = browser.new_page()
    wrong = (SURFACES, "g[1] = 50 * y;", "g[1] = 50.00001 * y;")
    page.evaluate(LOAD, engine(SURFACES, OPTIMIZERS, replace=[wrong]))
    [(_, whole, _)] = compare_rule(page, [surfaces.bowl], "SGD", 0.01, 0.9, steps=20)
    page.close()
    assert whole > 1e-9


def test_python_and_browser_agree_on_the_rest(browser):
    page = browser.new_page()
    page.evaluate(LOAD, engine("optimizer_race/state.js"))
    constants = page.evaluate("({ ...engine })")
    assert constants["STEPS"] == race.STEPS
    assert tuple(constants["SPEEDS"]) == race.SPEEDS
    defaults = {
        key: parameter.default
        for key, parameter in inspect.signature(race.optimizer_race).parameters.items()
    }
    x, y = race.STARTS[defaults["surface"]]
    assert constants["DEFAULTS"] == {
        "surface": defaults["surface"], "start_x": x, "start_y": y, "speed": defaults["speed"],
        "learning_rate": defaults["learning_rate"], "momentum": defaults["momentum"], "hidden": [],
    }
    page.evaluate(LOAD, engine("optimizer_race/trails.js"))
    looks = page.evaluate("Object.entries(engine.LOOKS).map(([name, { light }]) => [name, light])")
    assert looks == [[name, figures.COLORS[name].lower()] for name in race.NAMES]
    page.close()


def test_the_first_state_and_its_checks(monkeypatch):
    shown = []
    monkeypatch.setattr(race, "js_figure", lambda module, **rest: shown.append((module, rest)))
    race.optimizer_race("bowl", learning_rate=0.03, hidden=["SGD"])
    module, rest = shown[0]
    assert module == "optimizer_race"
    assert "Ill-conditioned bowl" in rest.pop("alt")
    left, right = rest.pop("poster").axes
    assert left.get_xlim() == (-4, 4) and len(right.lines) == 6
    assert rest == {
        "surface": "bowl", "start_x": -3.6, "start_y": 1.2, "learning_rate": 0.03,
        "momentum": 0.9, "speed": 30, "hidden": ["SGD"], "name": "",
    }
    for wrong in (
        {"surface": "everest"}, {"start": (9, 0)}, {"learning_rate": 0}, {"momentum": 1},
        {"speed": 77}, {"hidden": ["Adan"]},
    ):
        with pytest.raises(ValueError, match=r"everest|start|learning_rate|momentum|speed|Adan"):
            race.optimizer_race(**wrong)


@pytest.mark.parametrize("name", surfaces.ALL)
def test_posters_can_be_drawn(name):
    # Also where paths diverge, and where nothing is left to draw.
    for rate, hidden in ((1.0, ()), (1e-4, race.NAMES)):
        fig = race.race_poster(surfaces.ALL[name], race.STARTS[name], rate, 0.0, hidden)
        fig.canvas.draw()
        plt.close(fig)
