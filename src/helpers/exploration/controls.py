"""The controls of an interactive figure: `slider` and `choice`.

Both are lists of values, because a static page can only show frames that were rendered before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Control:
    """One control: the values a parameter can take, and how they are shown.

    Parameters
    ----------
    values : tuple
        What the figure function receives.
    texts : tuple of str
        How each value is written beside the control; no two are alike.
    default : int
        Index of the value shown first.
    kind : {"range", "select"}
        A slider or a drop-down list.
    label : str
        Name of the control; empty to use the name of the parameter.
    play : bool
        Whether a play button steps through the values.
    """

    values: tuple
    texts: tuple[str, ...]
    default: int
    kind: str
    label: str = ""
    play: bool = False

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self.values)


def slider(
    start: float | None = None,
    stop: float | None = None,
    steps: int = 9,
    *,
    values: Sequence[float] | None = None,
    default: float | None = None,
    log: bool = False,
    integer: bool = False,
    label: str = "",
    play: bool = False,
    format: Callable[[float], str] | None = None,
) -> Control:
    """Make a slider over numbers, evenly spaced from `start` to `stop` or given as `values`.

    Parameters
    ----------
    start, stop : float
        First and last value.
    steps : int
        How many values.
    values : sequence of float, optional
        The values themselves, instead of `start`, `stop` and `steps`.
    default : float, optional
        The value shown first (the nearest one is taken); the middle one unless given.
    log : bool
        Space the values evenly in their logarithm.
    integer : bool
        Round the values to whole numbers and drop repetitions.
    label : str
        Name of the control, with its unit; the parameter's name unless given.
    play : bool
        Add a play button.
    format : callable, optional
        Writes a value as text; three significant digits unless given.

    Returns
    -------
    Control

    Raises
    ------
    ValueError
        If the values cannot be made or are fewer than two.
    """
    if values is None:
        if start is None or stop is None:
            raise ValueError("slider needs a start and a stop, or values=[...]")
        if steps < 2:
            raise ValueError(f"slider needs at least 2 steps, got {steps}")
        if log and not (start > 0 and stop > 0):
            raise ValueError(
                f"a logarithmic slider needs positive ends, got {start} and {stop}; "
                "drop log=True or move the ends"
            )
        spaced = np.geomspace(start, stop, steps) if log else np.linspace(start, stop, steps)
        if not log:
            # Passing zero, linspace may leave 1e-17.
            spaced[np.abs(spaced) < 1e-12 * abs(stop - start)] = 0
    else:
        spaced = np.asarray(values, dtype=float)
    if not np.all(np.isfinite(spaced)):
        raise ValueError(f"every value of a slider must be finite, got {spaced.tolist()}")
    if integer:
        numbers = list(dict.fromkeys(int(round(v)) for v in spaced))
    else:
        # 12 digits remove the dust of linspace (0.30000000000000004), so that equal means equal.
        numbers = [float(f"{v:.12g}") + 0.0 for v in spaced]  # adding zero drops the sign of -0
    if len(numbers) < 2:
        raise ValueError("a slider needs at least two different values")
    write = format or (str if integer else _short)
    texts = tuple(write(v) for v in numbers)
    if len(set(texts)) < len(texts):
        # Values too close for three digits: write them in full.
        texts = tuple(f"{v:.12g}" for v in numbers)
    if len(set(texts)) < len(texts):
        raise ValueError(f"a slider's values must differ, got {numbers}")
    if default is None:
        index = len(numbers) // 2
    else:
        index = int(np.argmin([abs(v - default) for v in numbers]))
    return Control(tuple(numbers), texts, index, "range", label, play)


def choice(*options: Any, default: Any = None, label: str = "") -> Control:
    """Make a drop-down list of strings, numbers or booleans.

    Parameters
    ----------
    *options : str, int, float or bool
        The values, in order.
    default : optional
        The option shown first; the first one unless given.
    label : str
        Name of the control; the parameter's name unless given.

    Returns
    -------
    Control

    Raises
    ------
    TypeError
        If an option is of another type.
    ValueError
        If there are fewer than two options, two look alike, or `default` is not one of them.
    """
    for option in options:
        if not isinstance(option, (str, int, float, bool, np.integer, np.floating, np.bool_)):
            raise TypeError(
                f"choice takes strings, numbers and booleans, got {type(option).__name__}: "
                "offer names and look the object up in the function, for example in a dict"
            )
    texts = tuple(str(option) for option in options)
    if len(options) < 2:
        raise ValueError("choice needs at least two options")
    if len(set(texts)) < len(texts):
        raise ValueError(f"choice needs options that look different, got {', '.join(texts)}")
    if default is not None and str(default) not in texts:
        raise ValueError(f"default {default!r} is not among the options {', '.join(texts)}")
    index = 0 if default is None else texts.index(str(default))
    return Control(tuple(options), texts, index, "select", label)


def _short(value: float) -> str:
    """Three significant digits, without an exponent where it reads better without one."""
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return np.format_float_positional(
            value, precision=3, fractional=False, trim="-", unique=False
        )
    return f"{value:.3g}"
