"""Reading what may be broken, and writing what must not be."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

MAX_CELLS = 10_000
ERROR = re.compile(r"\s*(?:[\w.]+\.)?(\w+(?:Error|Exception|Kernel)): (.+)")


class CourseError(RuntimeError):
    """A step cannot be done; the message says what to do first."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise a `TimeoutError` in what works on a page for longer, in time of the processor."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"the page needs more than {seconds:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def unreadable(path: Path) -> str:
    """Return why a submission is no notebook; empty if it is one."""
    if not path.is_file():
        return "no notebook was handed in"
    try:
        notebook = nbformat.read(path, as_version=4)
        if not all(isinstance(cell.source, str) for cell in notebook.cells):
            return "the file is not a notebook"
    # The file can hold anything at all, and nbformat fails in many ways.
    except Exception as error:
        return f"the file is not a notebook ({type(error).__name__})"
    if len(notebook.cells) > MAX_CELLS:
        return f"the notebook has {len(notebook.cells)} cells, more than {MAX_CELLS}"
    return "" if notebook.cells else "the notebook is empty"


def failure(result: dict) -> str:
    """Return the last words of a failed step of nbgrader's."""
    text = "\n".join([result.get("error") or "", result.get("log") or ""])
    # The last one is nbgrader's own exception, which only says that there was another.
    errors = [
        found
        for line in text.splitlines()
        if (found := ERROR.fullmatch(line)) and found[1] != "NbGraderException"
    ]
    if not errors:
        return text.strip()[-300:] or "nbgrader gave no reason"
    name, message = errors[-1].groups()
    return (message if name in ("CheckError", "NoKernel") else f"{name}: {message}")[:300]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one piece: after a crash there is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
