"""The form of a chapter: its limits, and what to do where one is passed.

``python -m tools.form [--verbose] [NAME ...]``, for all chapters by default. Chapters that are not
yet revised (`UNREVISED`) are only warned.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from tools.bootstrap import ROOT
from tools.measures import is_folded, lines, moves, open_share, sections, shows_figure, words

# Chapters of the first edition. Take out whichever is brought into the form; the list must be empty
# when the second edition is finished.
UNREVISED = {
    "activations",
    "attention",
    "backpropagation",
    "convolution",
    "dropout",
    "gradient_descent",
    "initialization",
    "logistic_regression",
    "normalization",
    "optimizers",
    "recurrent",
}

CELLS = (30, 70)
WORDS = (1800, 3200)
WORDS_BEFORE_FIGURE = 80  # a title and five lines: with them the figure is within one screen
OPEN_MEDIAN = 8
OPEN_LINES = 20
OPEN_SHARE = 0.25
FOLDED_LINES = 35
UNREVISED_LINES = 25  # of any cell, an error also in the chapters that are only warned
REMEMBERED = 5
EXPLORATIONS = 2
LAST_SECTIONS = ["What to remember", "Exercises", "Further reading"]

def chapters() -> dict[str, Path]:
    """Return the notebooks of all chapters by name."""
    return {path.stem: path for path in sorted((ROOT / "chapters").rglob("[!.]*.ipynb"))}


def counted(cells: list[NotebookNode], text: str) -> Iterator[str]:
    """Yield what is wrong with the sizes of a chapter."""
    if not CELLS[0] <= len(cells) <= CELLS[1]:
        advice = "join some" if len(cells) > CELLS[1] else "one idea a cell, text before and after"
        yield f"{len(cells)} cells, {CELLS[0]} to {CELLS[1]} are the form: {advice}"
    if not WORDS[0] <= (count := words(text)) <= WORDS[1]:
        advice = "shorten it" if count > WORDS[1] else "say why, and what is seen"
        yield f"{count:,} words, {WORDS[0]:,} to {WORDS[1]:,} are the form: {advice}"
    shown = [cell for cell in cells if cell.get("id") != "bootstrap"]
    code = [cell for cell in shown if cell.cell_type == "code"]
    for cell in code:
        most = FOLDED_LINES if is_folded(cell) else OPEN_LINES
        if lines(cell) > most:
            kind = "folded" if is_folded(cell) else "open"
            advice = "split it" if is_folded(cell) else "split it, or fold what is no lesson"
            yield f"{cell.id} has {lines(cell)} lines of {kind} code, at most {most}: {advice}"
    median = statistics.median([lines(cell) for cell in code if not is_folded(cell)] or [0])
    if median > OPEN_MEDIAN:
        yield (
            f"open cells have {median:g} lines at the median, at most {OPEN_MEDIAN}: split them, "
            "and fold (tag hide-input) what repeats or draws"
        )
    if (share := open_share(shown)) > OPEN_SHARE:
        yield (
            f"open code fills about {share:.0%} of the page's height, at most {OPEN_SHARE:.0%}: "
            "fold what a reader need not see to understand"
        )


def opening(cells: list[NotebookNode]) -> Iterator[str]:
    """Yield what is wrong before and at the first figure."""
    if not cells or not cells[0].source.startswith("# "):
        yield "the first cell is not the title: begin it with '# '"
    before = []
    for cell in cells:
        if cell.get("id") == "bootstrap":
            continue
        before.append(cell)
        if shows_figure(cell):
            break
    else:
        yield "no figure is stored: begin with one, and run `make notebooks`"
        return
    text = "\n".join(cell.source for cell in before if cell.cell_type == "markdown")
    if words(text) > WORDS_BEFORE_FIGURE:
        yield (
            f"{words(text)} words stand before the first figure, at most {WORDS_BEFORE_FIGURE}, so "
            "that it is seen at once: move the others behind it"
        )
    for cell in before:
        # A folded cell without output joins the fold of the figure that follows, which is below it.
        alone = cell is not before[-1] and cell.get("outputs")
        if cell.cell_type == "code" and (alone or not is_folded(cell)):
            yield f"{cell.id} shows code before the first figure: fold it (tag hide-input)"
    if "?" not in text:
        yield "no question stands before the first figure: ask what the reader is to look for"


def framed(text: str, name: str) -> Iterator[str]:
    """Yield what is missing at the top and at the end of a chapter."""
    found = sections(text)
    # What the reader needs, and how long it takes, the site says under the title.
    if "**You will be able" not in found[""]:
        yield (
            "before the first section it does not say what the reader will be able to do "
            "('**You will be able to** ...')"
        )
    if list(found)[-3:] != LAST_SECTIONS:
        yield "the last sections are not " + ", ".join(f"'## {title}'" for title in LAST_SECTIONS)
    items = len(re.findall(r"^[-*] ", found.get("What to remember", ""), re.MULTILINE))
    if "What to remember" in found and items != REMEMBERED:
        yield f"'What to remember' has {items} lines that begin with '- ', not {REMEMBERED}"
    link = f"exercises/release/{name}/{name}.ipynb"
    if "Exercises" in found and f"]({'../' * 2}{link})" not in found["Exercises"]:
        yield f"'Exercises' does not link to ../../{link}"
    if "Further reading" in found and "{cite" not in found["Further reading"]:
        yield "'Further reading' cites nothing: use {cite} with a key of book/references.bib"


def explored(cells: list[NotebookNode]) -> Iterator[str]:
    """Yield what is wrong with the figures that move, and with what is by hand."""
    moving = [place for place, cell in enumerate(cells) if moves(cell)]
    if len(moving) < EXPLORATIONS:
        yield f"{len(moving)} figures that move, at least {EXPLORATIONS}: let the reader explore"
    for place in moving[1:]:  # the whole chapter answers the first
        before = next((c for c in cells[place::-1] if c.cell_type == "markdown"), None)
        after = cells[place + 1] if place + 1 < len(cells) else None
        if before is None or "?" not in before.source:
            yield f"{cells[place].id} explores without a question: ask one to predict, before it"
        if after is None or after.cell_type != "markdown" or "<details" not in after.source:
            yield f"{cells[place].id} has no folded answer (<details>) in the text right after it"
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    if "identity=True" not in code:
        yield "no claim says that plain and by hand agree: write one with identity=True"


def problems(notebook: NotebookNode, name: str) -> list[str]:
    """Return where a chapter leaves the form.

    Parameters
    ----------
    notebook : NotebookNode
        As stored, so executed.
    name : str
        The chapter's name, which is also that of its exercises.

    Returns
    -------
    list of str
        One sentence each, which says what to do; empty when all is well.
    """
    cells = notebook.cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return [*counted(cells, text), *opening(cells), *framed(text, name), *explored(cells)]


def too_long(notebook: NotebookNode) -> list[str]:
    """Return the cells that are too long also for a chapter that is not yet revised."""
    return [
        f"{cell.id} has {lines(cell)} lines of code, at most {UNREVISED_LINES}: split it"
        for cell in notebook.cells
        if cell.cell_type == "code" and lines(cell) > UNREVISED_LINES and cell.id != "bootstrap"
    ]


def check(name: str, path: Path, verbose: bool) -> bool:
    """Report where a chapter leaves the form; return whether it may."""
    notebook = nbformat.read(path, as_version=4)
    found = problems(notebook, name)
    errors = too_long(notebook) if name in UNREVISED else found
    for problem in errors:
        print(f"{name}: {problem}")
    if name in UNREVISED and found:
        print(f"{name}: not yet revised; warnings: {len(found)}")
        for problem in found if verbose else []:
            print(f"  {problem}")
    return not errors


def main() -> int:
    """Run the command; the exit status is 1 if a chapter leaves the form and may not."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters; all by default")
    parser.add_argument("--verbose", action="store_true", help="show each warning")
    arguments = parser.parse_args()
    known = chapters()
    for name in arguments.names:
        if name not in known:
            parser.error(f"there is no chapter {name!r}; there are {', '.join(known)}")
    names = arguments.names or list(known)
    return int(not all([check(name, known[name], arguments.verbose) for name in names]))


if __name__ == "__main__":
    sys.exit(main())
