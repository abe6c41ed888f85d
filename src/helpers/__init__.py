"""What the book's notebooks import: plots, data, records, checks and interactive figures.

The ideas that a chapter teaches are never in here; they stand in the notebook.
"""

from . import figures, surfaces, trajectories
from .claims import ClaimError, claim
from .client_figures import js_figure
from .controls import choice, slider
from .exploration import explore
from .race import optimizer_race
from .seeding import seed_everything

__all__ = [
    "ClaimError",
    "choice",
    "claim",
    "explore",
    "figures",
    "js_figure",
    "optimizer_race",
    "seed_everything",
    "slider",
    "surfaces",
    "trajectories",
]
