"""An exploration: a figure function with its controls, checked."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from .controls import Control


class Exploration:
    """A figure function with its controls, checked.

    Parameters
    ----------
    fn, alt, controls
        As for `explore`.
    """

    def __init__(self, fn: Callable[..., Figure], alt: str | None, controls: dict[str, Control]):
        if not controls:
            raise TypeError("explore needs a control, for example rate=slider(0.01, 1, log=True)")
        for name, control in controls.items():
            if not isinstance(control, Control):
                raise TypeError(
                    f"control {name!r} is a {type(control).__name__}; "
                    f"write {name}=slider(start, stop) or {name}=choice(option, option)"
                )
        self.fn = fn
        self.name = getattr(fn, "__name__", "")
        if not self.name.isidentifier():  # a lambda or a partial
            raise TypeError("explore needs a function with a name: define it with `def`")
        try:
            inspect.signature(fn).bind(**controls)
        except TypeError as error:
            raise TypeError(
                f"the controls ({', '.join(controls)}) do not fit {self.name}: {error}"
            ) from None
        self.alt = (alt or inspect.getdoc(fn) or "").strip().split("\n")[0].rstrip(".")
        if not self.alt:
            raise ValueError(
                f"{self.name} needs a docstring (or alt=...): its first line describes the figure "
                "to readers who cannot see it"
            )
        self.controls = controls

    def label(self, name: str) -> str:
        """Return how a control is called on the page."""
        return self.controls[name].label or re.sub(r"_+", " ", name)

    def values(self, indices: tuple[int, ...]) -> dict[str, Any]:
        """Return the arguments of `fn` for one position of each control."""
        return {
            name: control.values[i]
            for (name, control), i in zip(self.controls.items(), indices, strict=True)
        }

    def state(self, indices: tuple[int, ...]) -> str:
        """Return the position of every control in words."""
        return ", ".join(
            f"{self.label(name)} {control.texts[i]}"
            for (name, control), i in zip(self.controls.items(), indices, strict=True)
        )

    def default(self) -> tuple[int, ...]:
        """Return the positions shown first."""
        return tuple(control.default for control in self.controls.values())

    def describe(self, indices: tuple[int, ...]) -> str:
        """Return the alternative text for one position of each control."""
        return f"{self.alt}: {self.state(indices)}"

    def summary(self) -> str:
        """Return what a reader without widgets sees; the same on every machine."""
        controls = "; ".join(
            f"{self.label(name)}: {control.texts[0]} to {control.texts[-1]}"
            for name, control in self.controls.items()
        )
        return f"Interactive figure: {self.alt} ({controls})"
