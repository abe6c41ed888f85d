"""What a reader meets in a notebook: words, lines of code, figures, and how high they stand."""

from __future__ import annotations

import re

from nbformat import NotebookNode

FOLDS = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
# What `explore` and `js_figure` store of themselves, and what a plot stores.
MOVES = "Interactive figure: "
FIGURE = re.compile(rf"{MOVES}|<Figure size ")

# Heights on the site in pixels, for `open_share`: a line of code, the frame of a cell, a word of
# prose (13 to a line of 26 pixels), the space of a paragraph, heading, formula or fold, a figure
# with its controls, and the card of a claim or another output.
LINE, FRAME, WORD, BLOCK, PICTURE, OUTPUT = 15.6, 40, 2, 30, 700, 150

# Minutes of a reader, for `minutes` and `exercise_minutes`. They are a convention, which
# book/how_to_read.md tells: a slow reader's 200 words a minute, and time to think where one should.
A_WORD, A_FORMULA, A_PLOT, A_MOVING_FIGURE, A_CLAIM, A_LINE = 1 / 200, 0.5, 0.5, 2, 0.25, 1 / 20
AN_EXERCISE = {"easy": 5, "medium": 10, "hard": 20}
VERDICT = re.compile(r"^(Holds|Does not hold here|Not decided here)[^\n]*:", re.MULTILINE)
EXERCISE = re.compile(rf"^## \d+\. .*\(({'|'.join(AN_EXERCISE)})\b", re.MULTILINE)


def prose(text: str) -> str:
    """Return Markdown without code, formulas, tags and the targets of links."""
    text = re.sub(r"^(`{3,}|~{3,}).*?^\1", " ", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$(?: *\([\w-]+\))?|\$[^$]+\$", " ", text, flags=re.DOTALL)
    return re.sub(r"(?:\{[\w:]+\})?`[^`]*`|<[^>]*>|\]\([^)]*\)", " ", text)


def words(text: str) -> int:
    """Count the words of a Markdown text."""
    return len(re.findall(r"[^\W\d_][\w'’-]*", prose(text)))


def lines(cell: NotebookNode) -> int:
    """Count a code cell's lines without the empty ones."""
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def is_folded(cell: NotebookNode) -> bool:
    """Tell whether a reader first sees a code cell closed, or never."""
    return bool(FOLDS & set(cell.metadata.get("tags", [])))


def texts(cell: NotebookNode) -> list[str]:
    """Return the outputs of a code cell as plain text."""
    return [one.get("text") or one.get("data", {}).get("text/plain", "") for one in cell.outputs]


def shows_figure(cell: NotebookNode) -> bool:
    """Tell whether a cell shows a figure: a plot, one that moves, or a diagram in Markdown."""
    if cell.cell_type == "code":
        return any(FIGURE.match(text) for text in texts(cell))
    return bool(re.search(r"!\[[^\]]*\]\(|<(img|svg)\b", cell.source))


def moves(cell: NotebookNode) -> bool:
    """Tell whether a cell shows a figure that moves."""
    return cell.cell_type == "code" and any(text.startswith(MOVES) for text in texts(cell))


def open_share(cells: list[NotebookNode]) -> float:
    """Estimate which part of a page's height is code that stands open.

    Parameters
    ----------
    cells : list of NotebookNode
        Of an executed notebook, without what the site leaves out.

    Returns
    -------
    float
        From 0 to 1. It comes from counts of lines, words, blocks, figures and other outputs, times
        their usual height on a page 1,280 pixels wide. Of a real page it differs by a few
        hundredths.
    """
    code = rest = 0.0
    for cell in cells:
        if cell.cell_type == "markdown":
            blocks = len(re.split(r"\n\s*\n", cell.source.strip()))
            rest += WORD * words(cell.source) + BLOCK * (blocks + cell.source.count("$$"))
            rest += PICTURE * shows_figure(cell)
            continue
        if is_folded(cell):
            rest += BLOCK
        else:
            code += LINE * len(cell.source.splitlines()) + FRAME
        rest += sum(PICTURE if FIGURE.match(text) else OUTPUT for text in texts(cell))
    return code / (code + rest or 1)


def minutes(cells: list[NotebookNode]) -> float:
    """Estimate how long a reader takes for a chapter, without its exercises.

    Parameters
    ----------
    cells : list of NotebookNode
        Of an executed notebook.

    Returns
    -------
    float
        From counts of words, formulas on lines of their own, plots, figures that move, claims and
        lines of open code. Folded code takes no time.
    """
    total = 0.0
    for cell in cells:
        if cell.cell_type == "markdown":
            formulas = cell.source.count("$$") // 2
            total += A_WORD * words(cell.source) + A_FORMULA * formulas
            total += A_PLOT * shows_figure(cell)
            continue
        if not is_folded(cell):
            total += A_LINE * lines(cell)
        for text in texts(cell):
            total += A_CLAIM * len(VERDICT.findall(text))
            if FIGURE.match(text):
                total += A_MOVING_FIGURE if text.startswith(MOVES) else A_PLOT
    return total


def exercise_minutes(cells: list[NotebookNode]) -> float:
    """Estimate how long a reader takes for exercises, by the difficulty that each states."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return sum(AN_EXERCISE[difficulty] for difficulty in EXERCISE.findall(text))


def sections(text: str) -> dict[str, str]:
    """Return the text under each heading of the second level; under "" what comes first."""
    parts = re.split(r"^## +(.+?) *$", text, flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))
