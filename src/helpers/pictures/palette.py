"""The colors and strokes of the book's figures."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_hex

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

# Bands of a surface seen from above, from low to high. Low ground is darker; even the darkest gray
# stays light enough for a black or blue path on it. Few flat bands and no lines between them:
# legible, and half the size.
_HEIGHTS = LinearSegmentedColormap.from_list("ground", ["#8F97A9", "#C6CAD5", "#F7F7FA"])
GROUND = [to_hex(color) for color in _HEIGHTS(np.linspace(0, 1, 12))]

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
