"""`optimizer_race`: seven optimizers leave from one start, live in the reader's browser.

The browser computes the race itself (``index.js``); here are its first state, checked,
and the picture that a page shows before the race starts and where there is no JavaScript.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from ... import pictures as figures
from ...optimization import surfaces
from ...optimization.trajectories import run_torch
from ...pictures.drawings import stroke
from ..js_figure import js_figure

STEPS = 500
SPEEDS = (10, 30, 100, 300)
NAMES = ("SGD", "Momentum", "Nesterov", "Adagrad", "Adadelta", "RMSProp", "Adam")

# Where a race begins unless told otherwise: places from which the optimizers part ways.
STARTS = {
    "ackley": (-2.6, 3.5),
    "saddle": (-1.6, 0.001),
    "rosenbrock": (-1.5, 2.5),
    "beale": (1.0, 1.5),
    "bowl": (-3.6, 1.2),
    "plateau": (-5.0, 2.5),
}


def optimizer_race(
    surface: str = "ackley",
    start: Sequence[float] | None = None,
    learning_rate: float = 0.015,
    momentum: float = 0.9,
    *,
    speed: int = 30,
    hidden: Sequence[str] = (),
    alt: str | None = None,
    name: str = "",
) -> None:
    """Show seven optimizers that descend a surface from one start, with their losses beside.

    The reader can pick the surface, click another start, and move the learning rate and the
    momentum; the race then runs in the browser, with the rules of `torch.optim`.

    Parameters
    ----------
    surface : str, default "ackley"
        A key of `surfaces.ALL`.
    start : pair of float, optional
        Where all begin, inside the surface's domain. By default a telling place of each surface.
    learning_rate : float, default 0.015
        The same for all seven, from 1e-4 to 1.
    momentum : float, default 0.9
        Of Momentum and Nesterov, from 0 to 0.99.
    speed : {10, 30, 100, 300}, default 30
        Steps per second.
    hidden : sequence of str, optional
        Optimizers that are not drawn at first.
    alt : str, optional
        Text for readers who cannot see the figure; a description of the race unless given.
    name : str, optional
        What links to its state call it, where a page has two races.

    Raises
    ------
    ValueError
        If a value is unknown or out of range.
    """
    if surface not in surfaces.ALL:
        raise ValueError(f"there is no surface {surface!r}; known: {', '.join(surfaces.ALL)}")
    ground = surfaces.ALL[surface]
    x, y = (float(value) for value in (STARTS[surface] if start is None else start))
    (x0, x1), (y0, y1) = ground.domain
    if not (x0 <= x <= x1 and y0 <= y <= y1):
        raise ValueError(f"start ({x:g}, {y:g}) is outside of {surface}'s domain {ground.domain}")
    if not 1e-4 <= learning_rate <= 1:
        raise ValueError(f"learning_rate must be between 1e-4 and 1, not {learning_rate!r}")
    if not 0 <= momentum <= 0.99:
        raise ValueError(f"momentum must be between 0 and 0.99, not {momentum!r}")
    if speed not in SPEEDS:
        raise ValueError(f"speed must be one of {', '.join(map(str, SPEEDS))}, not {speed!r}")
    if unknown := set(hidden) - set(NAMES):
        raise ValueError(f"no optimizer is called {', '.join(sorted(unknown))}; known: {NAMES}")
    js_figure(
        "optimizer_race",
        alt=alt or _describe(ground, (x, y), learning_rate, momentum),
        name=name,
        poster=race_poster(ground, (x, y), learning_rate, momentum, hidden),
        surface=surface,
        start_x=x,
        start_y=y,
        learning_rate=float(learning_rate),
        momentum=float(momentum),
        speed=int(speed),
        hidden=list(hidden),
    )


def _describe(
    ground: surfaces.Surface, start: tuple[float, float], learning_rate: float, momentum: float
) -> str:
    # No results: a text that is stored with the notebook must be the same on any machine.
    return (
        f"Race of seven optimizers ({', '.join(NAMES)}) on the surface {ground.title}, from "
        f"({start[0]:g}, {start[1]:g}) with learning rate {learning_rate:g} and momentum "
        f"{momentum:g}: left, their paths seen from above; right, their losses over {STEPS} steps"
    )


def torch_optimizers(
    learning_rate: float, momentum: float
) -> dict[str, Callable[[list], torch.optim.Optimizer]]:
    """Return the race's seven optimizers as torch has them.

    Parameters
    ----------
    learning_rate : float
        Of all seven; their other options are torch's defaults.
    momentum : float
        Of Momentum and Nesterov.

    Returns
    -------
    dict of str to callable
        Name -> ``factory(params)``, as `trajectories.run_torch` takes it.
    """
    optim, lr = torch.optim, learning_rate
    return {
        "SGD": lambda params: optim.SGD(params, lr=lr),
        "Momentum": lambda params: optim.SGD(params, lr=lr, momentum=momentum),
        # torch refuses Nesterov with momentum 0, which is plain SGD.
        "Nesterov": lambda params: optim.SGD(
            params, lr=lr, momentum=momentum, nesterov=momentum > 0
        ),
        "Adagrad": lambda params: optim.Adagrad(params, lr=lr),
        "Adadelta": lambda params: optim.Adadelta(params, lr=lr),
        "RMSProp": lambda params: optim.RMSprop(params, lr=lr),
        "Adam": lambda params: optim.Adam(params, lr=lr),
    }


def race_poster(
    ground: surfaces.Surface,
    start: tuple[float, float],
    learning_rate: float,
    momentum: float,
    hidden: Sequence[str] = (),
) -> Figure:
    """Draw the finished race.

    Parameters
    ----------
    ground : Surface
        What is descended.
    start : pair of float
        Where all begin.
    learning_rate, momentum : float
        As for `optimizer_race`.
    hidden : sequence of str, optional
        Optimizers that are not drawn.

    Returns
    -------
    matplotlib.figure.Figure
        Paths on the left, losses on the right.
    """
    paths = {
        name: run_torch(ground, factory, np.array([start]), STEPS)[:, 0]
        for name, factory in torch_optimizers(learning_rate, momentum).items()
        if name not in hidden
    }
    # A third wider than the book's other figures, because it is two.
    width, height = plt.rcParams["figure.figsize"]
    fig, (left, right) = plt.subplots(1, 2, figsize=(width * 4 / 3, height * 4 / 3))
    figures.draw_surface(left, ground)
    figures.draw_paths(left, paths, legend=False)
    lowest = ground.value(ground.minima[0]) if len(ground.minima) else 0.0
    drawn = []
    for name, path in paths.items():
        with np.errstate(all="ignore"):  # a diverged path has no loss, and its curve ends
            loss = ground.value(path) - lowest
        inside = np.all([(a <= path[:, i]) & (path[:, i] <= b)
                         for i, (a, b) in enumerate(ground.domain)], axis=0)
        drawn.append(loss[inside])
        # Beyond 1e30 a diverging curve is long off the axis, and would overflow in the renderer.
        right.plot(np.where(np.abs(loss) < 1e30, loss, np.nan), color=figures.COLORS[name],
                   linestyle=stroke(name, 0)[1][0], label=name)
    _set_loss_axis(right, np.concatenate([*drawn, [np.nan]]), log=len(ground.minima) > 0)
    if paths:
        fig.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return fig


def _set_loss_axis(ax: plt.Axes, losses: np.ndarray, log: bool) -> None:
    """Show the losses inside the surface's domain, down to 1e-8, as the browser does."""
    losses = losses[np.isfinite(losses)]
    low, high = (losses.min(), losses.max()) if len(losses) else (0.1, 1.0)
    ax.set(xlabel="step", ylabel="loss", xlim=(0, STEPS))
    if log:
        high = max(high, 1e-7) * 1.3
        low = max(min(low, high / 2), 1e-8) / 1.3
        ax.set_yscale("log")
    if high > low and math.isfinite(high - low):
        ax.set_ylim(low, high)
