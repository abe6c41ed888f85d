"""Surfaces to descend, and the paths of optimizers on them."""

from . import surfaces, trajectories

__all__ = ["surfaces", "trajectories"]
