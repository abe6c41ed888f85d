"""The style of the book's figures and its palette."""

import matplotlib as mpl
from cycler import cycler

# The palette of Okabe and Ito (2008), which readers with any common color-vision deficiency can
# tell apart. Its yellow is too pale for a line on white, so it only fills the stars.
COLORS = {
    "SGD": "#000000",
    "Momentum": "#0072B2",
    "Nesterov": "#56B4E9",
    "Adagrad": "#009E73",
    "Adadelta": "#CC79A7",
    "RMSProp": "#E69F00",
    "Adam": "#D55E00",
    "accent": "#0072B2",
    "muted": "#767676",
    "minimum": "#F0E442",
}

CYCLE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]

# Line style and end marker of each optimizer, so that color never has to carry the name alone.
STROKES = {
    "SGD": ("-", "o"),
    "Momentum": ((0, (7, 1.5)), "s"),
    "Nesterov": ((0, (3, 1.5)), "D"),
    "Adagrad": ((0, (5, 1.2, 1.2, 1.2)), "^"),
    "Adadelta": ((0, (5, 1.2, 1.2, 1.2, 1.2, 1.2)), "v"),
    "RMSProp": ((0, (2, 1.2)), "P"),
    "Adam": ((0, (1.2, 1.2)), "X"),
}

def use_book_style():
    """Set Matplotlib's defaults to the book's style; call it once, at the top of a notebook.

    Figures are 6.4 by 4.0 inches at 160 dots per inch, so 1024 pixels wide, with constrained
    layout. Type is large enough to be read when a phone shrinks the figure to a third.
    """
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
