"""Figures with controls: `explore`, and its `slider` and `choice`."""

from .controls import choice, slider
from .explore import explore

__all__ = ["choice", "explore", "slider"]
