"""`playground` from Python: its checks, what comes back, its picture, and the browser's side."""

import re

import numpy as np
import pytest
import torch
from engine_page import LOAD, engine
from ipywidgets.widgets import widget as registry
from playground_page import js_figure, show

from helpers import playground as playground_function
from helpers.client_figures.playground.figure import (
    CHOICES,
    DATA,
    DEFAULTS,
    FEATURES,
    PRESETS,
    RANGES,
    flatten_weights,
    layer_shapes,
    split_weights,
)
from helpers.client_figures.playground.poster import playground_poster, sample_points

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(js_figure, "display", lambda data, raw: bundles.append(data))
    return bundles


@pytest.fixture
def live(shown, monkeypatch):
    monkeypatch.delenv("HELPERS_STATIC", raising=False)

    def make(*arguments, **settings):
        handle = playground_function(*arguments, **settings)
        return handle, registry._instances[shown[-1][VIEW]["model_id"]]

    return make


@pytest.fixture
def module(browser):
    """Return what a module of the playground exports."""
    page = browser.new_page()

    def load(name):
        page.evaluate(LOAD, engine(f"playground/{name}.js"))
        return page.evaluate("({ ...engine })")

    yield load
    page.close()


# Python and the browser


def test_defaults_options_and_presets_are_the_same_in_the_browser(module):
    state = module("view/state")
    assert {key: state["DEFAULTS"][key] for key in DEFAULTS} == DEFAULTS
    assert set(state["DEFAULTS"]) == {*DEFAULTS, "compare", "preset", "weights"}
    options = {key: tuple(value for value, _ in known) for key, known in
               state["OPTIONS"].items()}
    assert options == CHOICES
    assert tuple(name for name, _ in state["FEATURE_NAMES"]) == FEATURES
    presets = module("view/presets")["PRESETS"]
    assert {name: preset["settings"] for name, preset in presets.items()} == PRESETS
    assert list(presets) == list(PRESETS)


def test_the_engine_knows_the_same_data_and_features(module):
    data = module("engine/data")
    assert tuple(data["FEATURES"]) == FEATURES
    assert {problem: tuple(sets) for problem, sets in data["DATA_SETS"].items()} == DATA


def test_limits_are_the_same_in_the_browser(browser):
    page = browser.new_page()
    page.evaluate(LOAD, engine("playground/view/state.js"))
    page.evaluate("""() => {
      window.accepts = (key, value) => {
        const values = { ...engine.DEFAULTS, [key]: value };
        return engine.mendModel({ get: k => values[k], set() {} }).length === 0;
      };
    }""")
    for key, (low, high, whole) in RANGES.items():
        inside = [low, high, (low + high) // 2]
        outside = [low - 1e-6, high + 1e-6] + ([low + 0.5] if whole else [])
        for value in inside + outside:
            assert page.evaluate("([k, v]) => accepts(k, v)", [key, value]) == (value in inside)
            if value in inside:
                playground_function.__globals__["_check"]({key: value})
            else:
                with pytest.raises(ValueError, match=key):
                    playground_function.__globals__["_check"]({key: value})
    page.close()


# Checks


@pytest.mark.parametrize(("settings", "message"), [
    ({"activation": "softsign"}, "activation must be one of sigmoid, tanh"),
    ({"data": "plane", "problem": "classification"}, "data='plane' is not for classification"),
    ({"noise": 51}, "noise must be a whole number from 0 to 50, not 51"),
    ({"noise": 1.5}, "noise must be a whole number"),
    ({"batch_size": True}, "batch_size must be a whole number"),
    ({"learning_rate": 0}, "learning_rate must be a number from 1e-05 to 10"),
    ({"learning_rate": float("nan")}, "learning_rate must be a number"),
    ({"learning_rate": "fast"}, "learning_rate must be a number"),
    ({"hidden": [9]}, "hidden must be 0 to 6 numbers from 1 to 8"),
    ({"hidden": [1] * 7}, "hidden must be"),
    ({"hidden": [2.5]}, "hidden must be"),
    ({"features": []}, "features must be some of x1"),
    ({"features": ["x3"]}, "features must be"),
    ({"batch_normalization": 1}, "batch_normalization must be True or False"),
    ({"compare": {"noise": 3}}, "leave out noise"),
    ({"compare": {"dropout": 2}}, "dropout must be"),
    ({"weights": [1, 2]}, "the network has 25 parameters, and weights has 2"),
    ({"weights": [float("inf")] * 25}, "finite"),
    ({"preset": "magic"}, "there is no preset 'magic'; known: first-steps"),
])
def test_what_makes_no_sense_is_refused(shown, settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        playground_function(**settings)
    assert not shown


def test_an_unknown_setting_is_told_the_known_ones(shown):
    with pytest.raises(TypeError, match="no setting learning_rat; known: problem, data"):
        playground_function(learning_rat=1)
    with pytest.raises(TypeError, match="no setting colour"):
        playground_function(compare={"colour": 1})


def test_one_of_problem_and_data_is_enough(shown):
    assert playground_function(data="gaussians").settings["problem"] == "regression"
    assert playground_function(problem="regression").settings["data"] == "plane"
    assert playground_function(data="spiral").settings["problem"] == "classification"


def test_a_preset_can_be_changed(shown):
    handle = playground_function("over-fitting-remedies", hidden=[3], noise=10)
    assert handle.settings == {**DEFAULTS, **{k: v for k, v in PRESETS[
        "over-fitting-remedies"].items() if k != "compare"}, "hidden": [3], "noise": 10}
    assert handle.compare == PRESETS["over-fitting-remedies"]["compare"]
    assert playground_function("dead-relus", features=["x2", "x1"]).settings["features"] == \
        ["x1", "x2"]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_passes_the_checks(shown, preset):
    playground_function(preset)
    assert shown


# What comes back


def test_weights_have_the_shapes_of_torch():
    settings = {**DEFAULTS, "features": list(FEATURES[:3]), "hidden": [4, 2], "activation": "prelu",
                "batch_normalization": True}
    network = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.PReLU(), torch.nn.Linear(4, 2),
        torch.nn.BatchNorm1d(2), torch.nn.PReLU(), torch.nn.Linear(2, 1),
    )
    names = [key for layer in layer_shapes(settings)[0] for key in layer]
    assert names == ["weight", "bias", "gamma", "beta", "slope"] * 2 + ["weight", "bias"]
    shapes = [shape for layer in layer_shapes(settings)[0] for shape in layer.values()]
    assert shapes == [tuple(p.shape) for p in network.parameters()]
    flat = np.arange(sum(p.numel() for p in network.parameters()) + 12, dtype=float)
    layers = split_weights(flat, settings)
    assert layers[0]["weight"].tolist() == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]
    assert layers[1]["running_var"].tolist() == flat[-2:].tolist()
    assert flatten_weights(layers) == flat.tolist()


def test_it_follows_the_reader(live):
    handle, widget = live(hidden=[])
    assert handle.weights == [] and handle.history == {"epoch": [], "train": [], "test": []}
    widget.set_state({"activation": "relu", "result": {
        "epoch": 3, "iteration": 75, "weights": [1.0, 2.0, 3.0],
        "history": {"epoch": [0, 3], "train": [0.7, 0.1], "test": [0.7, 0.2]},
    }})
    assert handle.settings["activation"] == "relu"
    [layer] = handle.weights
    assert layer["weight"].tolist() == [[1, 2]] and layer["bias"].tolist() == [3]
    assert handle.history["test"] == [0.7, 0.2]
    again, _ = live(**handle.settings, weights=handle.weights, name="second")
    assert again.weights[0]["weight"].tolist() == [[1, 2]]


def test_the_browser_reports_what_python_reads(live, browser):
    handle, widget = live(hidden=[3], activation="prelu", batch_normalization=True)
    page = browser.new_page()
    show(page, **{key: getattr(widget, key) for key in (*DEFAULTS, "compare", "preset", "weights")})
    page.get_by_role("button", name="+1 epoch").click()
    page.wait_for_function("model.state.result.epoch === 1")
    widget.set_state({"result": page.evaluate("model.state.result")})
    page.close()
    first, last = handle.weights
    assert {key: value.shape for key, value in first.items()} == {
        "weight": (3, 2), "bias": (3,), "gamma": (3,), "beta": (3,), "slope": (1,),
        "running_mean": (3,), "running_var": (3,)}
    assert set(last) == {"weight", "bias"}
    assert handle.history["epoch"] == [0, 1] and len(handle.history["train"]) == 2


def test_on_a_static_page_it_stays_at_the_first_state(shown, monkeypatch):
    monkeypatch.setenv("HELPERS_STATIC", "1")
    handle = playground_function("symmetric-start", name="twins")
    assert handle.settings["initialization"] == "symmetric"
    assert handle.weights == [] and handle.history["epoch"] == []
    html = shown[0]["text/html"]
    assert 'id="twins" module="playground"' in html and "data:image/webp" in html
    assert "hidden layers of 4 units" in shown[0]["text/plain"]
    assert handle._ipython_display_() is None, "as a cell's last value it shows nothing more"


# The picture


@pytest.mark.parametrize("settings", [
    {}, {"hidden": []}, {"hidden": [8] * 6, "features": list(FEATURES)},
    {"data": "plane"}, {"data": "gaussians", "activation": "mish"}, {"data": "xor", "noise": 50},
    {"data": "gaussian", "activation": "prelu"}, {"data": "spiral", "activation": "linear"},
])
def test_posters_can_be_drawn(settings, recwarn):
    state = playground_function.__globals__["_check"](settings)
    fig = playground_poster(state)
    fig.canvas.draw()
    assert not recwarn.list
    assert len(fig.axes) == 2 and fig.axes[1].get_title() == "Output of the network"


def test_a_poster_leaves_the_random_numbers_alone():
    torch.manual_seed(3)
    expected = torch.rand(3).tolist()
    torch.manual_seed(3)
    playground_poster(playground_function.__globals__["_check"]({"hidden": [2]}))
    assert torch.rand(3).tolist() == expected


@pytest.mark.parametrize("data", CHOICES["data"])
def test_points_of_posters_lie_in_the_plane(data):
    points, targets = sample_points(data, 50, np.random.default_rng(0))
    assert points.shape == (250, 2) and targets.shape == (250,)
    assert np.abs(points).max() <= 6 and np.abs(targets).max() <= 1
