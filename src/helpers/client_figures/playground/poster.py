"""The picture of a trained playground, for where there is no JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

BELOW, ABOVE = "#D55E00", "#0072B2"
_MAP = LinearSegmentedColormap.from_list("sign", ["#E08A4D", "#F6F7F9", "#4D9CC9"])
_REACH = 6.0  # the plane is [-6, 6] squared

FEATURES: dict[str, tuple[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]] = {
    "x1": ("$x_1$", lambda a, b: a),
    "x2": ("$x_2$", lambda a, b: b),
    "x1_squared": ("$x_1^2$", lambda a, b: a**2),
    "x2_squared": ("$x_2^2$", lambda a, b: b**2),
    "x1x2": ("$x_1x_2$", lambda a, b: a * b),
    "sin_x1": (r"$\sin x_1$", lambda a, b: np.sin(a)),
    "sin_x2": (r"$\sin x_2$", lambda a, b: np.sin(b)),
}
ACTIVATIONS = {
    "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": F.relu, "leaky_relu": F.leaky_relu,
    "prelu": lambda z: F.leaky_relu(z, 0.25), "elu": F.elu, "gelu": F.gelu, "swish": F.silu,
    "mish": F.mish, "linear": lambda z: z,
}  # fmt: skip


def sample_points(data: str, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return 250 points (250, 2) like those of the browser, and their targets from -1 to 1."""
    n, half = 250, 125
    sign = np.repeat([1.0, -1.0], half)
    if data in ("plane", "gaussians"):
        points = rng.uniform(-_REACH, _REACH, (n, 2))
        if data == "plane":
            return points, points.sum(axis=1) / (2 * _REACH)
        centers = np.array([[x, y] for y in (2.5, -2.5) for x in (-4, 0, 4)])
        bumps = np.exp(-((points[:, None] - centers) ** 2).sum(axis=2) / 2)
        return points, bumps @ np.array([1, -1, 1, -1, 1, -1])
    if data == "circle":
        radius = np.where(sign > 0, 2.5 * np.sqrt(rng.random(n)), 3.5 + 1.5 * rng.random(n))
        angle = 2 * np.pi * rng.random(n)
        points, reach = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), 3
    elif data == "xor":
        points = rng.uniform(0.3, 5, (n, 2)) * rng.choice([-1, 1], n)[:, None]
        points[:, 1] *= sign
        reach = 3
    elif data == "gaussian":
        points, reach = 2 * sign[:, None] + 0.7 * rng.standard_normal((n, 2)), 4
    else:
        along = np.tile((np.arange(half) + 0.5) / half, 2)
        angle = 3.5 * np.pi * along + np.where(sign > 0, 0, np.pi)
        points = 5 * along[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
        reach = 1.5
    moved = points + noise / 100 * reach * rng.standard_normal((n, 2))
    return np.clip(moved, -_REACH, _REACH), sign


def train_roughly(
    settings: Mapping[str, Any], points: np.ndarray, targets: np.ndarray, steps: int = 400
) -> tuple[list[np.ndarray], Callable[[np.ndarray], list[np.ndarray]]]:
    """Train a network like the playground's.

    Returns
    -------
    list of numpy.ndarray
        The weights of each layer, (outputs, inputs).
    callable
        From points (n, 2) to the outputs of all units, layer by layer, (n, units) each.
    """
    names = settings["features"]
    bend = ACTIVATIONS[settings["activation"]]
    with torch.random.fork_rng():
        torch.manual_seed(settings["seed"])
        sizes = [len(names), *settings["hidden"], 1]
        layers = [torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:], strict=False)]

    def forward(where: np.ndarray) -> list[torch.Tensor]:
        columns = np.column_stack([FEATURES[name][1](*where.T) for name in names])
        outputs = [torch.from_numpy(columns).float()]
        for k, layer in enumerate(layers):
            z = layer(outputs[-1])
            outputs.append(bend(z) if k < len(layers) - 1 else torch.tanh(z))
        return outputs

    target = torch.from_numpy(targets).float()[:, None]
    optimizer = torch.optim.Adam([p for layer in layers for p in layer.parameters()], lr=0.03)
    for _ in range(steps):
        optimizer.zero_grad()
        ((forward(points)[-1] - target) ** 2).mean().backward()
        optimizer.step()

    def maps(where: np.ndarray) -> list[np.ndarray]:
        with torch.no_grad():
            return [values.numpy() for values in forward(where)]

    return [layer.weight.detach().numpy() for layer in layers], maps


def playground_poster(settings: Mapping[str, Any]) -> Figure:
    """Draw a network like the one that the settings describe, trained.

    Parameters
    ----------
    settings : mapping
        Those of `playground`, checked.

    Returns
    -------
    matplotlib.figure.Figure
        The network on the left, its output with the points on the right.
    """
    rng = np.random.default_rng(settings["seed"])
    points, targets = sample_points(settings["data"], settings["noise"], rng)
    weights, maps = train_roughly(settings, points, targets)
    fig = Figure(figsize=(9.6, 4.4), dpi=120)
    fig.set_layout_engine("none")
    left = fig.add_axes((0.01, 0.02, 0.58, 0.96))
    right = fig.add_axes((0.64, 0.12, 0.34, 0.8))
    _draw_network(left, settings, weights, maps)
    axis = np.linspace(-_REACH, _REACH, 80)
    plane = np.stack(np.meshgrid(axis, axis[::-1]), axis=-1).reshape(-1, 2)
    reach = (-_REACH, _REACH, -_REACH, _REACH)
    right.imshow(maps(plane)[-1].reshape(80, 80), extent=reach, cmap=_MAP, vmin=-1, vmax=1)
    right.scatter(*points.T, c=np.where(targets > 0, ABOVE, BELOW), s=22, edgecolors="white",
                  linewidths=0.7)
    right.set(xlabel="$x_1$", ylabel="$x_2$", title="Output of the network")
    right.grid(False)
    return fig


def _draw_network(
    ax: Axes,
    settings: Mapping[str, Any],
    weights: list[np.ndarray],
    maps: Callable[[np.ndarray], list[np.ndarray]],
) -> None:
    """Draw each unit as a small map, and each weight as a line between two of them."""
    ax.set(xlim=(0, 9.6 * 0.58), ylim=(0, 4.4 * 0.96))
    ax.axis("off")
    side, n = 0.36, 24
    axis = np.linspace(-_REACH, _REACH, n)
    outputs = maps(np.stack(np.meshgrid(axis, axis[::-1]), axis=-1).reshape(-1, 2))
    x = np.linspace(0.9, 9.6 * 0.58 - 0.4, len(outputs))
    y = [2.1 + (np.arange(o.shape[1])[::-1] - (o.shape[1] - 1) / 2) * 0.5 for o in outputs]
    bend = np.linspace(0, 1, 30)
    for k, matrix in enumerate(weights):
        for (out, inp), weight in np.ndenumerate(matrix):
            rise = y[k][inp] + (y[k + 1][out] - y[k][inp]) * (3 * bend**2 - 2 * bend**3)
            ax.plot(x[k] + (x[k + 1] - x[k]) * bend, rise, color=ABOVE if weight > 0 else BELOW,
                    linewidth=min(6, 0.5 + 2 * abs(weight)), alpha=0.75, zorder=1)
    for k, layer in enumerate(outputs):
        for row, values in enumerate(layer.T):
            place = (x[k] - side / 2, x[k] + side / 2, y[k][row] - side / 2, y[k][row] + side / 2)
            ax.imshow(values.reshape(n, n), extent=place, cmap=_MAP, vmin=-1, vmax=1, zorder=2,
                      aspect="auto")
            ax.add_patch(_frame(place))
        if k == 0:
            for row, name in enumerate(settings["features"]):
                ax.text(x[0] - 0.28, y[0][row], FEATURES[name][0], ha="right", va="center")
    ax.set(xlim=(0, 9.6 * 0.58), ylim=(0, 4.4 * 0.96))


def _frame(place: tuple[float, float, float, float]) -> Any:
    from matplotlib.patches import Rectangle

    left, right, bottom, top = place
    return Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor="#7c828d",
                     linewidth=0.8, zorder=3)
