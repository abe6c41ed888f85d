"""Plain plots on a static page: drawings instead of pictures."""

from __future__ import annotations

import itertools

from IPython import get_ipython
from matplotlib.figure import Figure
from matplotlib_inline.backend_inline import configure_inline_support
from matplotlib_inline.config import InlineBackend

from . import vectors

_numbers = itertools.count(1)


def draw_plots_as_vectors() -> None:
    """Let the kernel show figures as SVG and not as PNG; without a kernel do nothing."""
    shell = get_ipython()
    if shell is None:
        return
    # No format of its own, in which the figure would be drawn as well.
    InlineBackend.instance(parent=shell).figure_formats = set()
    configure_inline_support(shell, "module://matplotlib_inline.backend_inline")
    shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, plot_svg)


def plot_svg(figure: Figure, label: str = "") -> str:
    """Return a figure as SVG, with surfaces and clouds in pixels where that is smaller.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        It is closed.
    label : str
        Text for readers who cannot see it. That of a plain plot stands in its cell's metadata,
        which a kernel does not know: it is empty until the page is put together.
    """
    drawing = vectors.draw(figure, f"plot{next(_numbers)}")
    if vectors.weight(drawing) > vectors.HEAVY:
        other = vectors.draw(figure, f"plot{next(_numbers)}", pixels=True)
        drawing = min(drawing, other, key=vectors.weight)
    return vectors.svg(drawing, label)
