"""`playground`: a small network that is trained in the reader's browser, with everything to see.

The browser computes it all (``index.js``). Here are its first state, checked, what comes
back to a live kernel, and the picture that a page shows where there is no JavaScript.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...static_page import is_static
from ..js_figure import show_figure
from .poster import playground_poster

DATA = {
    "classification": ("circle", "xor", "gaussian", "spiral"),
    "regression": ("plane", "gaussians"),
}
FEATURES = ("x1", "x2", "x1_squared", "x2_squared", "x1x2", "sin_x1", "sin_x2")
CHOICES = {
    "problem": tuple(DATA),
    "data": (*DATA["classification"], *DATA["regression"]),
    "activation": ("sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "gelu", "swish",
                   "mish", "linear"),
    "initialization": ("zero", "symmetric", "small", "uniform", "xavier", "kaiming"),
    "optimizer": ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"),
    "regularization": ("none", "l1", "l2"),
    "speed": (5, 20, 60, 300, 3000),
}  # fmt: skip
# Lowest and highest value, and whether it is whole.
RANGES = {
    "noise": (0, 50, True),
    "train_share": (10, 90, True),
    "batch_size": (0, 500, True),
    "learning_rate": (1e-5, 10, False),
    "regularization_rate": (0, 10, False),
    "dropout": (0, 0.8, False),
    "seed": (0, 2**31 - 1, True),
}
DEFAULTS = {
    "problem": "classification",
    "data": "circle",
    "noise": 0,
    "train_share": 50,
    "batch_size": 10,
    "features": ["x1", "x2"],
    "hidden": [4, 2],
    "activation": "tanh",
    "initialization": "xavier",
    "optimizer": "sgd",
    "learning_rate": 0.03,
    "regularization": "none",
    "regularization_rate": 0,
    "batch_normalization": False,
    "dropout": 0,
    "seed": 0,
    "speed": 60,
    "show_test": False,
    "discretize": False,
}
# What the second network of a comparison shares with the first, because it has the same points.
SHARED = ("problem", "data", "noise", "train_share", "speed", "show_test", "discretize")

_CROWDED = ["x1", "x2", "x1x2", "sin_x1", "sin_x2"]
_OVERFIT = {
    "noise": 35, "train_share": 10, "hidden": [8, 8], "optimizer": "adam", "learning_rate": 0.01,
    "features": _CROWDED, "show_test": True, "speed": 300,
}  # fmt: skip
# The same as in view/presets.js, where their titles and notes are.
PRESETS: dict[str, dict[str, Any]] = {
    "first-steps": {},
    "vanishing-gradient": {
        "hidden": [4, 4, 4, 4, 4], "activation": "sigmoid", "learning_rate": 0.1, "speed": 300,
    },
    "dead-relus": {
        "hidden": [8, 8], "activation": "relu", "initialization": "kaiming", "learning_rate": 1,
        "data": "spiral", "speed": 20,
    },
    "symmetric-start": {"hidden": [4], "initialization": "symmetric"},
    "over-fitting": _OVERFIT,
    "over-fitting-remedies": {
        **_OVERFIT,
        "compare": {
            "hidden": [8, 8], "optimizer": "adam", "learning_rate": 0.01, "regularization": "l2",
            "regularization_rate": 0.03, "features": _CROWDED,
        },
    },
    "batch-size": {"noise": 10, "batch_size": 1, "compare": {"batch_size": 0}, "speed": 20},
    "learning-rate": {"learning_rate": 0.3, "compare": {"learning_rate": 0.03}},
}  # fmt: skip


class Playground:
    """What a playground is doing now, for the cells below it.

    In a live kernel it follows the reader; on a static page it stays at the first state.
    """

    def __init__(self, state: dict[str, Any], widget: Any = None) -> None:
        """Take the first state, and the widget that follows the reader if there is one."""
        self._state = state
        self._widget = widget

    def _get(self, key: str) -> Any:
        return getattr(self._widget, key) if self._widget is not None else self._state[key]

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the (first) network, to be passed on to `playground`."""
        return {key: self._get(key) for key in DEFAULTS}

    @property
    def compare(self) -> dict[str, Any] | None:
        """The settings of the second network as far as they are not usual, or None."""
        return self._get("compare")

    @property
    def weights(self) -> list[dict[str, np.ndarray]]:
        """The parameters of each layer: ``weight`` (outputs, inputs), ``bias`` (outputs,), ...

        With batch normalization also ``gamma``, ``beta``, ``running_mean``, ``running_var``
        (outputs,), with PReLU ``slope`` (1,). Empty before the browser has reported.
        """
        flat = (self._get("result") or {}).get("weights") or self._get("weights")
        return split_weights(flat, self.settings) if flat else []

    @property
    def history(self) -> dict[str, list[float]]:
        """Losses over time: lists ``epoch``, ``train`` and ``test``.

        At most 800 points: a long training keeps fewer of its past.
        """
        history = (self._get("result") or {}).get("history") or {}
        return {key: list(history.get(key, [])) for key in ("epoch", "train", "test")}

    def _ipython_display_(self) -> None:
        """Show nothing: the figure itself was shown when it was made."""


def playground(
    preset: str = "",
    *,
    compare: Mapping[str, Any] | None = None,
    weights: Sequence[Any] | None = None,
    alt: str | None = None,
    name: str = "",
    **settings: Any,
) -> Playground:
    """Show a small network on points in a plane, to be trained and changed in the browser.

    Parameters
    ----------
    preset : str, optional
        A key of `PRESETS`: a state that shows one thing. The settings given besides win.
    compare : mapping, optional
        Settings of a second network, shown beside the first on the same points.
    weights : sequence, optional
        Parameters to begin with instead of the initialization's: what another playground's
        `Playground.weights` returned, or flat numbers in the order that `split_weights` reads.
    alt : str, optional
        Text for readers who cannot see the figure; a description unless given.
    name : str, optional
        What links to its state call it, where a page has two playgrounds.
    **settings
        Any of these, with the defaults in `DEFAULTS`:

        - ``problem``: "classification" or "regression", and ``data``: one of ``DATA[problem]``
        - ``noise``: 0 to 50 percent; ``train_share``: 10 to 90 percent of the 500 points
        - ``batch_size``: 1 to 500, or 0 for all training points
        - ``features``: some of `FEATURES`; ``hidden``: units of 0 to 6 layers, 1 to 8 each
        - ``activation``, ``initialization``, ``optimizer``, ``regularization``, ``speed``
          (epochs per second): one of `CHOICES`
        - ``learning_rate``: 1e-5 to 10; ``regularization_rate``: 0 to 10; ``dropout``: 0 to 0.8
        - ``batch_normalization``, ``show_test``, ``discretize``: bool
        - ``seed``: a whole number from 0

    Returns
    -------
    Playground
        Settings, weights and history. In a live kernel they follow the reader.

    Raises
    ------
    TypeError
        If there is no setting of a name.
    ValueError
        If a value is unknown or out of range, or the weights do not fit the network.
    """
    if preset and preset not in PRESETS:
        raise ValueError(f"there is no preset {preset!r}; known: {', '.join(PRESETS)}")
    prepared = PRESETS.get(preset, {})
    second = compare if compare is not None else prepared.get("compare")
    given = {key: value for key, value in prepared.items() if key != "compare"} | settings
    state = _check(given)
    if second is not None:
        second = _check_second(second, state)
    flat = None if weights is None else flatten_weights(weights)
    if flat is not None:
        split_weights(flat, state)
    state |= {"compare": second, "preset": preset, "weights": flat, "result": None}
    widget = show_figure(
        "playground",
        alt=alt or _describe(state),
        name=name,
        poster=playground_poster(state) if is_static() else None,
        **state,
    )
    return Playground(state, widget)


def _check(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings, those that are given checked."""
    if unknown := set(given) - set(DEFAULTS):
        raise TypeError(
            f"playground has no setting {', '.join(sorted(unknown))}; known: {', '.join(DEFAULTS)}"
        )
    state = {**DEFAULTS, **given}
    # One of the two is enough.
    if "problem" not in given:
        state["problem"] = "regression" if state["data"] in DATA["regression"] else "classification"
    elif "data" not in given and state["problem"] in DATA:
        state["data"] = DATA[state["problem"]][0]
    for key, known in CHOICES.items():
        if state[key] not in known:
            raise ValueError(f"{key} must be one of {', '.join(map(str, known))}, "
                             f"not {state[key]!r}")
    if state["data"] not in DATA[state["problem"]]:
        raise ValueError(f"data={state['data']!r} is not for {state['problem']}; "
                         f"known: {', '.join(DATA[state['problem']])}")
    for key, (low, high, whole) in RANGES.items():
        value = state[key]
        number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
        if not number or not low <= value <= high or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"{key} must be {kind} from {low} to {high}, not {value!r}")
        state[key] = int(value) if whole else float(value)
    for key in ("batch_normalization", "show_test", "discretize"):
        if not isinstance(state[key], (bool, np.bool_)):
            raise ValueError(f"{key} must be True or False, not {state[key]!r}")
        state[key] = bool(state[key])
    return state | {"features": _features(state["features"]), "hidden": _hidden(state["hidden"])}


def _features(names: Any) -> list[str]:
    chosen = [names] if isinstance(names, str) else list(names)
    if not chosen or set(chosen) - set(FEATURES):
        raise ValueError(f"features must be some of {', '.join(FEATURES)}, not {names!r}")
    return [name for name in FEATURES if name in chosen]


def _hidden(sizes: Any) -> list[int]:
    numbers = [int(size) for size in sizes]
    if len(numbers) > 6 or not all(1 <= n <= 8 for n in numbers) or numbers != list(sizes):
        raise ValueError(f"hidden must be 0 to 6 numbers from 1 to 8, not {sizes!r}")
    return numbers


def _check_second(given: Mapping[str, Any], first: Mapping[str, Any]) -> dict[str, Any]:
    """Return the second network's settings as far as they are not the defaults."""
    if shared := set(given) & set(SHARED):
        raise ValueError(f"compare has the points of the first network: leave out "
                         f"{', '.join(sorted(shared))}")
    state = _check({**given, "problem": first["problem"], "data": first["data"]})
    usual = _check({})
    return {
        key: state[key] for key in DEFAULTS if key not in SHARED and state[key] != usual[key]
    }


def layer_shapes(settings: Mapping[str, Any]) -> tuple[list[dict[str, tuple[int, ...]]], list]:
    """Return the shapes of each layer's parameters, and of its running statistics, in order."""
    sizes = [len(settings["features"]), *settings["hidden"], 1]
    parameters, statistics = [], []
    for k, (inputs, outputs) in enumerate(zip(sizes, sizes[1:], strict=False)):
        hidden = k < len(sizes) - 2
        shapes = {"weight": (outputs, inputs), "bias": (outputs,)}
        normalized = hidden and settings["batch_normalization"]
        if normalized:
            shapes |= {"gamma": (outputs,), "beta": (outputs,)}
        if hidden and settings["activation"] == "prelu":
            shapes["slope"] = (1,)
        names = ("running_mean", "running_var") if normalized else ()
        parameters.append(shapes)
        statistics.append({name: (outputs,) for name in names})
    return parameters, statistics


def split_weights(
    flat: Sequence[float], settings: Mapping[str, Any]
) -> list[dict[str, np.ndarray]]:
    """Cut flat parameters into those of each layer.

    Parameters
    ----------
    flat : sequence of float
        Layer after layer ``weight`` row by row, ``bias``, then ``gamma`` and ``beta``, then
        ``slope``, as far as they exist; after the last layer, layer after layer,
        ``running_mean`` and ``running_var``.
    settings : mapping
        Of the network: ``features``, ``hidden``, ``activation``, ``batch_normalization``.

    Returns
    -------
    list of dict of str to numpy.ndarray
        One for each layer.

    Raises
    ------
    ValueError
        If the numbers are too few or too many for the network, or not finite.
    """
    numbers = np.asarray(flat, dtype=np.float64)
    parameters, statistics = layer_shapes(settings)
    needed = sum(math.prod(shape) for layer in (*parameters, *statistics)
                 for shape in layer.values())
    if numbers.shape != (needed,):
        raise ValueError(f"the network has {needed} parameters, and weights has {numbers.size}")
    layers: list[dict[str, np.ndarray]] = [{} for _ in parameters]
    at = 0
    for shapes in (parameters, statistics):
        for layer, own in zip(layers, shapes, strict=True):
            for key, shape in own.items():
                size = math.prod(shape)
                layer[key] = numbers[at : at + size].reshape(shape)
                at += size
    return layers


def flatten_weights(weights: Sequence[Any]) -> list[float]:
    """Return parameters as flat numbers, from flat numbers or from what `split_weights` returns."""
    layers = list(weights)
    if layers and isinstance(layers[0], Mapping):
        order = ("weight", "bias", "gamma", "beta", "slope")
        late = ("running_mean", "running_var")
        parts = [np.ravel(layer[key]) for keys in (order, late) for layer in layers
                 for key in keys if key in layer]
        layers = np.concatenate(parts).tolist()
    flat = np.asarray(layers, dtype=np.float64)
    if flat.ndim != 1 or not np.isfinite(flat).all():
        raise ValueError("weights must be finite numbers: a flat list, or a dict for each layer")
    return flat.tolist()


def _describe(state: Mapping[str, Any]) -> str:
    # No results: a text that is stored with the notebook must be the same on any machine.
    units = ", ".join(map(str, state["hidden"]))
    layers = f"hidden layers of {units} units" if state["hidden"] else "no hidden layer"
    second = "; beside it a second network with other settings" if state["compare"] is not None \
        else ""
    return (
        f"Network playground: {len(state['features'])} features, {layers} with activation "
        f"{state['activation']}, and one output, to be trained on the data set {state['data']}. "
        f"Each unit is drawn as a small map of the plane, each weight as a line{second}"
    )
