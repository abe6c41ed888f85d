"""Figures that are computed in the reader's browser: `js_figure`, and a folder for each figure."""

from .js_figure import js_figure

__all__ = ["js_figure"]
