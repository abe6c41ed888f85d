"""Colors of drawings as variables of the page, and what they are on a dark page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .palette import COLORS, GROUND

# Of the page itself: the theme's background, and its text, in dark mode.
PAPER, INK = "#121212", "#e3e7ec"
# The palette, bright enough for a dark page and still told apart with any color vision.
DARK = {
    COLORS["Momentum"]: "#4ea3e6",
    COLORS["Nesterov"]: "#93d3f8",
    COLORS["Adagrad"]: "#33c196",
    COLORS["Adadelta"]: "#e09cc3",
    COLORS["RMSProp"]: "#f2b53d",
    COLORS["Adam"]: "#f5874a",
    COLORS["minimum"]: "#f0e442",
}
# Bands of a surface, from low to high.
HEIGHTS = "#07090c", "#3a4356"
# Below this difference of its channels, of 255, a color is a gray and turns with the page.
GRAY = 12


def hex_of(color: Sequence[float]) -> str:
    """Return red, green and blue from 0 to 1 as ``#rrggbb``."""
    return "#" + "".join(f"{round(float(c) * 255):02x}" for c in color[:3])


def follows(color: Sequence[float]) -> bool:
    """Tell whether a color follows the page: grays, and the colors of the book's style."""
    return dark(hex_of(color)) is not None


def variable(color: Sequence[float], fixed: bool = False) -> str:
    """Return a color as a value for SVG.

    Parameters
    ----------
    color : sequence of float
        Red, green, blue from 0 to 1; what comes after them is ignored.
    fixed : bool
        Whether it stays the same on light and dark pages, because its ground does.

    Returns
    -------
    str
        ``var(--rgb-rrggbb,#rrggbb)`` or ``#rrggbb``.
    """
    value = hex_of(color)
    if fixed or dark(value) is None:
        return value
    return f"var(--rgb-{value[1:]},{value})"


def dark(value: str) -> str | None:
    """Return what a color is on a dark page, or None if it stays as it is.

    Parameters
    ----------
    value : str
        ``#rrggbb``.
    """
    for light, other in DARK.items():
        if light.lower() == value:
            return other
    if value in GROUND:
        # Low ground is darker here as well, because the chapters say so.
        return mixed(*HEIGHTS, GROUND.index(value) / (len(GROUND) - 1))
    return mixed(PAPER, INK, ink(value)) if is_gray(value) else None


def is_gray(value: str) -> bool:
    """Tell whether ``#rrggbb`` is a gray, black or white."""
    return np.ptp(_channels(value)) <= GRAY


def ink(value: str) -> float:
    """Return how much of its ink a gray ``#rrggbb`` has: 0 for white, 1 for black."""
    return float(1 - _channels(value).mean() / 255)


def mixed(first: str, second: str, part: float) -> str:
    """Return a color between two, of which `part` is the second."""
    start, end = _channels(first), _channels(second)
    return "#" + "".join(f"{round(v):02x}" for v in start + part * (end - start))


def _channels(value: str) -> np.ndarray:
    """Return red, green and blue of ``#rrggbb``, from 0 to 255."""
    digits = value.removeprefix("#")
    return np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)])

