"""Execute the chapters and store them in one form, so that a diff shows what somebody changed.

``notebooks.py [--check] [NOTEBOOK ...]``, for all chapters by default. What is stored is text only:
pictures are made again by whoever reads, and the stored text is what `make test` compares with.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from tools.bootstrap import ROOT, bootstrap_source

MAX_LINES = 25
HASH_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]+)?")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# The plainest arithmetic, so that the stored numbers are those of any processor.
KERNEL_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "ATEN_CPU_CAPABILITY": "default"}


def normalize(notebook: NotebookNode, bootstrap: str) -> NotebookNode:
    """Return the notebook in the form in which it is stored.

    Parameters
    ----------
    notebook : NotebookNode
        As executed, or as an editor saved it. It is changed in place.
    bootstrap : str
        Source of the cell that makes a notebook run by itself.

    Returns
    -------
    NotebookNode
        With that cell, and of the outputs the text.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    if notebook.cells[1].get("id") != "bootstrap":
        notebook.cells.insert(1, nbformat.v4.new_code_cell(id="bootstrap"))
    notebook.cells[1].source = bootstrap
    notebook.cells[1].metadata["tags"] = ["remove-cell"]
    executed = 0
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("mystnb", "tags") if cell.metadata.get(key)}
        if cell.cell_type == "code":
            cell.outputs = text_outputs(cell.outputs)
            if cell.execution_count is not None:
                executed += 1
                cell.execution_count = executed
    return notebook


def text_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the text of a cell's outputs, neighboring pieces of one stream joined."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            if kept and kept[-1].get("name") == output.name:
                kept[-1].text += output.text
                continue
        elif output.output_type != "error":
            output.metadata = {}
            output.data = {
                kind: text for kind, text in output.data.items() if kind in ("text/plain", "text/html")
            }
            if output.output_type == "execute_result":
                # Its number would repeat the cell's.
                output.output_type = "display_data"
                del output["execution_count"]
        kept.append(output)
    return kept


def execute(notebook: NotebookNode, folder: Path, name: str) -> None:
    """Run all cells in a live kernel and say how far it is."""
    total = len(notebook.cells)

    def show(cell: NotebookNode, cell_index: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{name}: cell {cell_index + 1} of {total} ", end="", flush=True)

    client = NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=show,
    )
    client.execute()


def problems(text: str, bootstrap: str) -> list[str]:
    """Return what is wrong with a stored notebook.

    Parameters
    ----------
    text : str
        The notebook's file.
    bootstrap : str
        Source of the cell that makes a notebook run by itself.

    Returns
    -------
    list of str
        One sentence each; empty when all is well.
    """
    notebook = nbformat.reads(text, as_version=4)
    found = []
    ids = [cell.get("id", "") for cell in notebook.cells]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        found.append(f"the id {name} is used twice")
    for cell in notebook.cells:
        name = cell.get("id", "")
        if not name or HASH_ID.fullmatch(name):
            found.append(f"the id {name!r} is not a word: name the cell for what it shows")
        if cell.cell_type != "code":
            continue
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > MAX_LINES:
            found.append(f"{name} has {len(lines)} lines of code, at most {MAX_LINES}: split it")
        if cell.execution_count is None:
            found.append(f"{name} was never executed: run `make notebooks`")
        if any(output.output_type == "error" for output in cell.outputs):
            found.append(f"{name} stores an error: mend it and run `make notebooks`")
    if len(ids) < 2 or ids[1] != "bootstrap" or notebook.cells[1].source != bootstrap:
        found.append("the second cell is not the current bootstrap: run `make notebooks`")
    elif not found and serialize(normalize(notebook, bootstrap)) != text:
        found.append("not stored in the common form: run `make notebooks`")
    return found


def serialize(notebook: NotebookNode) -> str:
    """Return the notebook as the text of its file."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def main() -> int:
    """Run the command; the exit status is 1 if a notebook failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="all chapters unless given")
    parser.add_argument("--check", action="store_true", help="only report, change nothing")
    arguments = parser.parse_args()
    bootstrap = bootstrap_source()
    os.environ.update(KERNEL_ENVIRONMENT)
    failed = False
    for path in arguments.notebooks or sorted((ROOT / "chapters").rglob("[!.]*.ipynb")):
        text = path.read_text("utf8")
        if arguments.check:
            for problem in problems(text, bootstrap):
                print(f"{path}: {problem}")
                failed = True
            continue
        notebook = nbformat.reads(text, as_version=4)
        normalize(notebook, bootstrap)
        try:
            execute(notebook, path.parent, path.stem)
        except CellExecutionError as error:
            print(f"\n{path} failed and was left as it is:\n{error}")
            failed = True
            continue
        path.write_text(serialize(normalize(notebook, bootstrap)), encoding="utf8")
        print(f"\r{path}: executed {len(notebook.cells)} cells")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
