"""A matplotlib figure as vectors: a list of SVG elements, in colors that follow the page.

Figures of one exploration share most of their elements. So a figure is a list of elements, each of
which is a text of its own: equal ones can be stored once (`pack`). Letters are shapes, because
no two systems have the same fonts: a label is as wide everywhere as where it was placed.
"""

from __future__ import annotations

import gzip
import html
from collections.abc import Sequence
from functools import cache

import matplotlib.pyplot as plt
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from . import frames
from .renderer import DPI, PIXELS, Drawing, VectorRenderer

MANY = 100  # elements of one artist that may be cheaper in pixels
HEAVY = 25_000  # bytes, compressed, of a drawing that may be
OPENING = '<svg class="drawing"'


def draw(figure: Figure, name: str, pixels: bool = False) -> Drawing:
    """Draw a figure as vectors and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Begins the ids in the drawing, so it must be unique on a page.
    pixels : bool
        Whether surfaces, clouds and other artists of more than 100 elements become pictures
        inside the drawing.

    Returns
    -------
    Drawing

    Raises
    ------
    TypeError
        If it is not a figure; the message says how to return one.
    """
    frames.check_figure(figure)
    dpi = figure.dpi
    try:
        figure.dpi = DPI
        renderer = _Canvas(figure).get_renderer()
        renderer.begin(*figure.get_size_inches(), name)
        if pixels:
            for artist in figure.findobj(_is_heavy):
                artist.set_rasterized(True)
            mixed = MixedModeRenderer(figure, *figure.get_size_inches(), PIXELS, renderer)
            figure.draw(mixed)
        else:
            figure.draw(renderer)
        return renderer.drawing
    finally:
        figure.dpi = dpi
        plt.close(figure)


def _is_heavy(artist: object) -> bool:
    if isinstance(artist, Poly3DCollection):  # which has no paths before it is drawn
        return True
    if isinstance(artist, Collection):
        return max(len(artist.get_paths()), len(artist.get_offsets())) > MANY
    marked = isinstance(artist, Line2D) and artist.get_marker() not in ("None", None, " ", "")
    return marked and len(artist.get_xdata()) > MANY and artist.get_markevery() is None


class _Canvas(FigureCanvasBase):
    """Measures texts for the layout as they will be drawn."""

    @staticmethod
    @cache
    def get_renderer() -> VectorRenderer:
        # One for all figures: what matplotlib has measured it remembers by renderer, and measuring
        # the same labels for each frame again took half of the time.
        return VectorRenderer()


def svg(drawing: Drawing, label: str, glyphs: bool = True) -> str:
    """Return a drawing as an element of a page.

    Parameters
    ----------
    drawing : Drawing
    label : str
        Text for readers who cannot see it.
    glyphs : bool
        Whether the shapes of its letters come with it.

    Returns
    -------
    str
        ``<svg>`` with the role of a picture, as wide as its page lets it be.
    """
    width, height = drawing.size
    shapes = defs(drawing.glyphs) if glyphs else ""
    return (
        f'{OPENING} viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{html.escape(label)}">{shapes}<g>{"".join(drawing.elements)}</g></svg>'
    )


def weight(drawing: Drawing) -> int:
    """Return the bytes of a drawing's elements, compressed."""
    return len(gzip.compress("".join(drawing.elements).encode(), 6))


def defs(glyphs: dict[str, str]) -> str:
    """Return shapes of letters as SVG definitions."""
    shapes = "".join(f'<path id="{name}" d="{data}"/>' for name, data in sorted(glyphs.items()))
    return f"<defs>{shapes}</defs>" if shapes else ""


def pack(drawings: Sequence[Drawing]) -> dict[str, list]:
    """Store every element of many drawings once.

    Returns
    -------
    dict
        ``elements``, all different ones; and ``frames``, one list for each drawing, of pairs
        (first, count) of runs of neighbors in ``elements``, flat.
    """
    numbers: dict[str, int] = {}
    rows = []
    for drawing in drawings:
        row: list[int] = []
        for element in drawing.elements:
            number = numbers.setdefault(element, len(numbers))
            if row and row[-2] + row[-1] == number:
                row[-1] += 1
            else:
                row += [number, 1]
        rows.append(row)
    return {"elements": list(numbers), "frames": rows}
