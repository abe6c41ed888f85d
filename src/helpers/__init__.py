"""What the book's notebooks import: plots, data, records, checks and interactive figures.

The ideas that a chapter teaches are never in here; they stand in the notebook.
"""

from . import pictures as figures
from .claims import ClaimError, claim
from .client_figures import js_figure
from .client_figures.date_alignment.figure import date_alignment
from .client_figures.draw_digit.figure import draw_digit
from .client_figures.optimizer_race.figure import optimizer_race
from .client_figures.playground.figure import playground
from .exploration import choice, explore, slider
from .optimization import surfaces, trajectories
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
