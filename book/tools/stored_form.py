"""The one form in which notebooks are stored, so that a diff shows what somebody changed."""

from __future__ import annotations

import json
import re

import nbformat
from nbformat import NotebookNode

HASH = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]+)?")
CELL_METADATA = ("jupyter", "mystnb", "tags")
# Of the outputs only these: pictures and widgets are made again by whoever runs the notebook.
TEXT = ("text/plain", "text/html")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def normalize(notebook: NotebookNode, bootstrap: str) -> NotebookNode:
    """Bring a notebook into the form in which it is stored.

    Parameters
    ----------
    notebook : NotebookNode
        As executed, or as an editor saved it. It is changed in place.
    bootstrap : str
        Source of the cell that lets a notebook run by itself.

    Returns
    -------
    NotebookNode
        The same notebook.
    """
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    # What the theme is told about one page stays.
    own = {key: value for key, value in notebook.metadata.items() if key.startswith("html_theme.")}
    notebook.metadata = nbformat.from_dict(METADATA | own)
    if len(notebook.cells) < 2 or notebook.cells[1].get("id") != "bootstrap":
        notebook.cells.insert(1, nbformat.v4.new_code_cell(id="bootstrap"))
    # Folded in Jupyter, absent on the site: it is not what a reader came for.
    hidden = {"jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
    notebook.cells[1].update(source=bootstrap, metadata=hidden)
    count = 0
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata}
        if cell.cell_type == "code":
            if cell.execution_count is not None:
                count += 1
                cell.execution_count = count
            cell.outputs = text_outputs(cell)
    return notebook


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return a cell's outputs, neighboring pieces of one stream joined.

    A kernel sends what a cell prints in pieces, as its timer will have it: a line and its end may
    come as two outputs.
    """
    kept: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and kept and kept[-1].get("name") == output.name:
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def text_outputs(cell: NotebookNode) -> list[NotebookNode]:
    """Return the text of a cell's outputs."""
    kept = join_streams(cell.outputs)
    for output in kept:
        if "data" in output:
            output.metadata = {}
            output.data = {kind: output.data[kind] for kind in TEXT if kind in output.data}
        if "execution_count" in output:
            output.execution_count = cell.execution_count
    return kept


def serialize(notebook: NotebookNode) -> str:
    """Return the text of the notebook's file."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def problems(text: str, bootstrap: str) -> list[str]:
    """Return what is wrong with a stored notebook.

    Parameters
    ----------
    text : str
        The notebook's file.
    bootstrap : str
        Source of the cell that lets a notebook run by itself.

    Returns
    -------
    list of str
        One sentence each; empty when all is well.
    """
    # Not from nbformat: when it reads, it replaces ids that are missing or used twice.
    ids = [cell.get("id", "") for cell in json.loads(text)["cells"]]
    notebook = nbformat.reads(text, as_version=4)
    found = [f"the id {name} is used twice" for name in sorted(set(ids)) if ids.count(name) > 1]
    for name, cell in zip(ids, notebook.cells, strict=True):
        if not name or HASH.fullmatch(name):
            found.append(f"the id {name!r} is not a word: name the cell for what it shows")
        if cell.cell_type != "code":
            continue
        if cell.execution_count is None:
            found.append(f"{name} was never executed: run `make notebooks`")
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(f"{name} stores an error: mend it and run `make notebooks`")
    if ids[1:2] != ["bootstrap"] or notebook.cells[1].source != bootstrap:
        found.append("the second cell is not the current bootstrap: run `make notebooks`")
    elif not found and serialize(normalize(notebook, bootstrap)) != text:
        found.append("not stored in the common form: run `make notebooks`")
    return found
