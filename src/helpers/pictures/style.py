"""The style of the book's figures."""

import matplotlib as mpl
from cycler import cycler

from ..static_page import is_static
from .palette import CYCLE
from .plots import draw_plots_as_vectors


def use_book_style():
    """Set Matplotlib's defaults to the book's style; call it once, at the top of a notebook.

    Figures are 6.4 by 4.0 inches at 160 dots per inch, so 1024 pixels wide, with constrained
    layout. Type is large enough to be read when a phone shrinks the figure to a third.
    """
    if is_static():
        draw_plots_as_vectors()
    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 4.0),
            "figure.dpi": 160,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "axes.facecolor": "white",
            "savefig.facecolor": "white",
            "savefig.dpi": "figure",
            "font.size": 13,
            "axes.titlesize": 14,
            "axes.labelsize": 13,
            "xtick.labelsize": 12,
            "ytick.labelsize": 12,
            "legend.fontsize": 12,
            "legend.edgecolor": "none",
            "legend.framealpha": 0.85,
            "axes.prop_cycle": cycler(color=CYCLE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": "#444444",
            "axes.axisbelow": True,
            "axes.grid": True,
            "grid.color": "#E3E3E3",
            "grid.linewidth": 0.8,
            "lines.linewidth": 2.2,
            "lines.markersize": 7,
        }
    )
