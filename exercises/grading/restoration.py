"""Puts the released notebook's marks back on a student's copy.

Editors, learning platforms and students strip metadata, copy cells and delete them. nbgrader knows
a cell only by its metadata and would silently give no points.
"""

from __future__ import annotations

import copy

from nbformat import NotebookNode

from .search import Search, grade_id, is_answer, is_check

# A stub would replace what the student has defined in another place.
NO_STUB = "# This answer was not in its place."


def restore(submitted: NotebookNode, released: NotebookNode) -> list[str]:
    """Find the released notebook's cells in a submission and mark them again.

    Parameters
    ----------
    submitted : NotebookNode
        A student's notebook. It is changed in place: each marked cell of the release is in it
        once, with its marks, and no other cell has any. A check stands behind its answer. Other
        cells of the student stay where they are.
    released : NotebookNode
        The notebook that was handed out.

    Returns
    -------
    list of str
        What was amiss, one sentence each.
    """
    for cell in submitted.cells:
        repair(cell)
    search = Search(submitted.cells, released.cells)
    for original in released.cells:
        if grade_id(original) and not is_answer(original):
            search.locked(original)
    for original in released.cells:
        if is_answer(original) and original.cell_type == "code":
            search.code(original)
    search.texts()
    found, notes = search.found, search.notes

    # Nothing of the student's is lost, and below his answer a stub would undo it.
    submitted.cells = [cell for cell in submitted.cells if id(cell) not in search.needless]
    for number, cell in enumerate(submitted.cells, start=1):
        cell.metadata.pop("nbgrader", None)
        statement = search.statements.get(id(cell))
        # A name that two cells have would make nbformat invent others, silently.
        cell["id"] = statement["id"] if statement else f"student-{number}"
    for original in released.cells:
        if (cell := found.get(grade_id(original))) is None:
            continue
        convert(cell, original.cell_type)
        if not is_answer(original) and cell.source != original.source:
            put_back(cell, original, submitted.cells, notes)
        cell.metadata["nbgrader"] = copy.deepcopy(original.metadata["nbgrader"])
        cell["id"] = original["id"]
    marked = [cell for cell in released.cells if grade_id(cell)]
    insert_missing(submitted, marked, found)
    order_checks(submitted, marked, search.home)
    submitted.metadata = copy.deepcopy(released.metadata)
    submitted.nbformat, submitted.nbformat_minor = 4, 5
    return notes


def repair(cell: NotebookNode) -> None:
    """Give a cell what every cell has, since anybody can write a notebook by hand."""
    # Nothing else in there is needed, and nbconvert refuses a notebook for one wrong value.
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    cell["metadata"] = NotebookNode(nbgrader=marks) if marks else NotebookNode()
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        cell["cell_type"] = "raw"
    convert(cell, cell["cell_type"])
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None


def convert(cell: NotebookNode, kind: str) -> None:
    """Make a cell code or text, whichever it was."""
    cell["cell_type"] = kind
    if kind == "code":
        cell.pop("attachments", None)
        cell.setdefault("outputs", [])
        cell.setdefault("execution_count", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def put_back(
    cell: NotebookNode, original: NotebookNode, cells: list[NotebookNode], notes: list[str]
) -> None:
    """Give a cell that students do not write in its text back."""
    name = grade_id(original)
    if is_check(original):
        notes.append(f"{name}: the cell was changed, which has no effect")
    else:
        # Somebody who adds an import here needs it further down.
        own = copy.deepcopy(cell)
        own["id"] = f"student-{name}"
        place = next(i for i, other in enumerate(cells) if other is cell)
        cells.insert(place + 1, own)
        notes.append(f"{name}: the cell was changed; the released one runs before it")
    cell.source = original.source


def insert_missing(
    submitted: NotebookNode, marked: list[NotebookNode], found: dict[str, NotebookNode]
) -> None:
    """Put missing cells back, unanswered, behind the one that came before them in the release."""
    place = 0
    for original in marked:
        if (name := grade_id(original)) in found:
            place = next(i for i, cell in enumerate(submitted.cells) if cell is found[name]) + 1
        else:
            cell = copy.deepcopy(original)
            if is_answer(original) and original.cell_type == "code":
                cell.source = NO_STUB
            submitted.cells.insert(place, cell)
            place += 1


def order_checks(
    submitted: NotebookNode, marked: list[NotebookNode], home: dict[str, NotebookNode]
) -> None:
    """Move a check that stands before its answer to the place behind it."""
    for answer, check in zip(marked, marked[1:], strict=False):
        if not is_check(check):
            continue
        names = [grade_id(cell) for cell in submitted.cells]
        first, second = names.index(grade_id(answer)), names.index(grade_id(check))
        if other := home.get(grade_id(answer)):
            first = next(i for i, cell in enumerate(submitted.cells) if cell is other)
        if second < first:
            submitted.cells.insert(first, submitted.cells.pop(second))
