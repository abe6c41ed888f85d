"""What the book's notebooks import: plots, data, records, checks and interactive figures.

The ideas that a chapter teaches are never in here; they stand in the notebook.
"""

from . import figures, surfaces, trajectories
from .claims import ClaimError, claim
from .client_figures import js_figure
from .controls import choice, slider
from .date_alignment import date_alignment
from .draw_digit import draw_digit
from .exploration import explore
from .playground import playground
from .race import optimizer_race
from .seeding import seed_everything

__all__ = [
    "ClaimError",
    "choice",
    "claim",
    "date_alignment",
    "draw_digit",
    "explore",
    "figures",
    "js_figure",
    "optimizer_race",
    "playground",
    "seed_everything",
    "slider",
    "surfaces",
    "trajectories",
]
