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


def plot_svg(figure: Figure) -> str:
    """Return a figure as SVG.

    The cell's metadata, which a kernel does not know, says what it shows. So its label is empty
    until the page is put together.
    """
    drawing = vectors.draw(figure, f"plot{next(_numbers)}")
    smaller = drawing
    if vectors.weight(drawing) > vectors.HEAVY:
        smaller = vectors.draw(figure, f"plot{next(_numbers)}", pixels=True)
    return vectors.svg(min(drawing, smaller, key=vectors.weight), "")
