"""The exercise bank, read once for the tests: source notebooks and wrong answers.

With the environment variable ``BOOK_CHAPTER`` only the exercises of one chapter.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest
import tomllib
from nbformat import NotebookNode
from tools.chapter import filled, notebook_from
from tools.regions import Regions, split

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ROOT / "exercises"
ALL_NAMES = sorted(path.parent.name for path in EXERCISES.glob("source/*/*.ipynb"))
NAMES = [name for name in ALL_NAMES if name == os.environ.get("BOOK_CHAPTER", name)]
if not NAMES:
    # Tests that are repeated for each name would all pass.
    raise pytest.UsageError(f"BOOK_CHAPTER names none of {', '.join(ALL_NAMES)}")
# The exercises with which `make chapter` starts a notebook are tested like those of a chapter.
TEMPLATE = "template"


@dataclass(frozen=True)
class Cell:
    """A cell of a source notebook, taken apart."""

    name: str
    kind: str
    marks: dict
    source: str
    regions: Regions

    @property
    def is_answer(self) -> bool:
        """Tell whether students write here."""
        return bool(self.marks.get("solution"))

    @property
    def is_check(self) -> bool:
        """Tell whether the cell grades code."""
        return bool(self.marks.get("grade")) and not self.is_answer


@dataclass(frozen=True)
class Wrong:
    """A plausible wrong answer."""

    cell: str
    check: str
    points: float
    says: str
    source: str


def read(name: str) -> NotebookNode:
    """Read a source notebook."""
    if name == TEMPLATE:
        return notebook_from(filled("exercises.md", name))
    return nbformat.read(EXERCISES / "source" / name / f"{name}.ipynb", as_version=4)


@cache
def cells(name: str) -> tuple[Cell, ...]:
    """Return the cells of a source notebook."""
    return tuple(
        Cell(
            cell.id,
            cell.cell_type,
            cell.metadata.get("nbgrader", {}),
            cell.source,
            split(cell.source),
        )
        for cell in read(name).cells
    )


@cache
def wrong_answers(name: str) -> tuple[Wrong, ...]:
    """Return the wrong answers of a notebook."""
    if name == TEMPLATE:
        text = filled("wrong_answers.toml", name)
    else:
        text = (EXERCISES / "wrong_answers" / f"{name}.toml").read_text("utf8")
    return tuple(Wrong(**answer) for answer in tomllib.loads(text)["wrong"])
