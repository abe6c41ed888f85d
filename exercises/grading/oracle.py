"""Judges answers outside the student's kernel.

A check's hidden tests define ``oracle(student, rng)``, a generator of `part`. It runs here, in a
process that the student cannot reach, and asks his kernel for plain values on inputs drawn now.
Whatever he changes in his kernel, NumPy and assert included, changes only the values that he
gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .kernel import Failure
from .outputs import in_line
from .student_side import plain_values

REASON_CHARACTERS = 500


@dataclass(frozen=True)
class Part:
    """A part of an exercise, judged.

    Attributes
    ----------
    points : float
        What it is worth.
    what : str
        What was asked, in a few words.
    reason : str
        Why it earned nothing; empty if it earned its points.
    """

    points: float
    what: str
    reason: str


@dataclass
class Verdict:
    """What an answer earned, and a line for each of its parts."""

    points: float = 0.0
    lines: list[str] = field(default_factory=list)


class Student:
    """The student's notebook, seen from the grader: it is asked for plain values.

    ``student.f(x)`` calls a function, ``student["name"]`` reads a variable, and
    ``student.run("f(x)[0]", x=x)`` evaluates an expression. A value, or a `Failure` that says why
    there is none.

    Parameters
    ----------
    ask : callable
        ``ask(code, values)`` gives the value of the code in the student's kernel.
    """

    def __init__(self, ask: Callable[[str, dict[str, Any]], Any]) -> None:
        self._ask = ask

    def run(self, code: str, /, **values: Any) -> Any:
        """Return the value of code that ends in an expression, with `values` added to its names."""
        return self._ask(code, values)

    def __getitem__(self, name: str) -> Any:
        """Return the value of a variable."""
        return self._ask(name, {})

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a function that is called in the student's kernel."""

        def call(*arguments: Any, **named: Any) -> Any:
            return self._ask(
                f"{name}(*arguments, **named)", {"arguments": list(arguments), "named": named}
            )

        return call


def part(
    points: float,
    what: str,
    answer: Any,
    expected: Any,
    *,
    tolerance: float = 1e-6,
    mistakes: dict[str, Any] | None = None,
) -> Part:
    """Judge one value.

    Parameters
    ----------
    points : float
        What it is worth.
    what : str
        What was asked, in a few words that the student reads.
    answer : object
        A plain value from the student's kernel, or a `Failure`.
    expected : object
        The right value, or a function of the answer that tells whether it is right.
    tolerance : float
        Relative and absolute difference that is allowed.
    mistakes : dict, optional
        For typical mistakes: the message for whoever answered the value.

    Returns
    -------
    Part
        With the reason, if the answer is not right.
    """
    return Part(points, what, reason_against(answer, expected, tolerance, mistakes or {}))


def reason_against(answer: Any, expected: Any, tolerance: float, mistakes: dict[str, Any]) -> str:
    """Return why an answer is not right; empty if it is."""
    if failure := failure_in(answer):
        # A kernel in the student's hand can fail without a word.
        return in_line(failure.reason, REASON_CHARACTERS) or "there is no answer"
    if callable(expected):
        try:
            right = not is_empty(answer) and bool(expected(answer))
        # The answer can be of any kind and shape, so a predicate can fail in any way.
        except Exception:
            right = False
        reason = "" if right else f"your answer, {short(answer)}, is not right"
    else:
        reason = difference(answer, plain(expected), tolerance)
    if not reason:
        return ""
    for message, value in mistakes.items():
        if not difference(answer, plain(value), tolerance):
            return message
    return reason


def failure_in(answer: Any) -> Failure | None:
    """Return the failure that an answer is, or that is among the answers of a list."""
    answers = answer if isinstance(answer, list | tuple) else [answer]
    return next((one for one in answers if isinstance(one, Failure)), None)


def is_empty(answer: Any) -> bool:
    """Tell whether an answer has no value in it: whatever is asked of all values is true of it."""
    if isinstance(answer, np.ndarray):
        return not answer.size
    if isinstance(answer, list | tuple | dict):
        items = answer.values() if isinstance(answer, dict) else answer
        return all(is_empty(item) for item in items)
    return isinstance(answer, str) and not answer


def plain(value: Any) -> Any:
    """Return an author's value in the form that answers have: tensors as arrays and so on."""
    return plain_values.decode(plain_values.encode(value))


def difference(answer: Any, expected: Any, tolerance: float) -> str:
    """Return in words how an answer differs from the expected value; empty if it does not."""
    if isinstance(expected, dict):
        if not isinstance(answer, dict) or set(answer) != set(expected):
            return f"a dict with the keys {', '.join(expected)} was expected, not {short(answer)}"
        pairs = [(f"at {key!r} ", answer[key], expected[key]) for key in expected]
        return first_difference(pairs, tolerance)
    if expected is None or isinstance(expected, str):
        same = type(answer) is type(expected) and answer == expected
        return "" if same else f"it is {short(answer)}, not {short(expected)}"
    wanted = numbers(expected)
    if wanted is None:
        if not isinstance(answer, list | tuple) or len(answer) != len(expected):
            return f"{len(expected)} values were expected, not {short(answer)}"
        pairs = [(f"at {i} ", a, b) for i, (a, b) in enumerate(zip(answer, expected, strict=True))]
        return first_difference(pairs, tolerance)
    # What NumPy gives is often an array of one number, which the visible checks take for it.
    if isinstance(answer, np.ndarray) and answer.size == 1 and not wanted.shape:
        answer = answer.reshape(())[()]
    given = numbers(answer)
    if given is None:
        kind = "numbers were" if wanted.shape else "a number was"
        return f"{kind} expected, not {short(answer)}"
    if given.shape != wanted.shape:
        return f"the shape is {given.shape}, not {wanted.shape}"
    # True and 1 are the same here, as they are in Python; nothing is almost true.
    allowed = 0 if isinstance(expected, bool | np.bool_) else tolerance
    close = np.isclose(given, wanted, rtol=allowed, atol=allowed, equal_nan=True)
    if close.all():
        return ""
    if not wanted.shape:
        return f"it is {short(answer)}, not {short(expected)}"
    at = np.unravel_index(np.argmin(close), close.shape)
    place = ", ".join(str(int(i)) for i in at)
    return f"at [{place}] it is {given[at]:.6g}, not {wanted[at]:.6g}"


def numbers(value: Any) -> np.ndarray | None:
    """Return numbers, or equally long lists of them, as an array; None for anything else."""
    try:
        # NumPy itself would read "1" as a number, and None as nan.
        return np.asarray(value, dtype=float) if only_numbers(value) else None
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def only_numbers(value: Any) -> bool:
    """Tell whether a value holds nothing but numbers."""
    if isinstance(value, list | tuple):
        return all(only_numbers(item) for item in value)
    return isinstance(value, bool | int | float | np.generic | np.ndarray)


def first_difference(pairs: list[tuple[str, Any, Any]], tolerance: float) -> str:
    """Return the first difference among pairs of values, after the words for its place."""
    for place, answer, expected in pairs:
        if reason := difference(answer, expected, tolerance):
            return place + reason
    return ""


def short(value: Any) -> str:
    """Return a value in few characters."""
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    try:
        return in_line(str(value) if not isinstance(value, str) else repr(value), 60)
    except (ValueError, RecursionError):
        return f"a {type(value).__name__}"


def judge(hidden: str, student: Student, rng: np.random.Generator, points: float) -> Verdict:
    """Run the oracle of a check.

    Parameters
    ----------
    hidden : str
        The hidden tests, which define ``oracle``.
    student : Student
        Whom it asks.
    rng : numpy.random.Generator
        Draws the inputs.
    points : float
        What the check is worth.

    Returns
    -------
    Verdict
        The sum of the parts' points, at most `points`.

    Raises
    ------
    ValueError
        If there is no oracle, or its parts' points do not sum to `points`. That is a mistake of
        the exercise's author.
    """
    import torch

    scope: dict[str, Any] = {"np": np, "torch": torch, "math": math, "part": part}
    exec(compile(hidden, "<oracle>", "exec"), scope)
    if not callable(scope.get("oracle")):
        raise ValueError("the hidden tests define no oracle(student, rng)")
    # For oracles that draw with torch.
    torch.manual_seed(int(rng.integers(2**31)))
    verdict, total = Verdict(), 0.0
    with np.errstate(all="ignore"):
        for judged in scope["oracle"](student, rng):
            total += judged.points
            verdict.points += 0 if judged.reason else judged.points
            verdict.lines.append(
                f"{judged.what}: {judged.reason or 'right'} "
                f"({0 if judged.reason else judged.points:g} of {judged.points:g})"
            )
    if not math.isclose(total, points):
        raise ValueError(f"the parts are worth {total:g} points and the check {points:g}")
    return verdict
