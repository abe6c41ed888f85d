"""The book's figures: one style, one palette, and the few drawings that chapters share."""

from .drawings import draw_paths, draw_spread, draw_surface, draw_surface_3d
from .palette import COLORS
from .style import use_book_style

__all__ = [
    "COLORS",
    "draw_paths",
    "draw_spread",
    "draw_surface",
    "draw_surface_3d",
    "use_book_style",
]
