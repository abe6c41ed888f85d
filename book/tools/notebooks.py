"""Execute the chapters and store their text outputs, with which `make test` compares.

``python -m tools.notebooks [--check] [NOTEBOOK ...]``, for all chapters by default.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from tools.bootstrap import ROOT, bootstrap_source
from tools.stored_form import normalize, problems, serialize

# The playground's page is a notebook as well.
CHAPTERS = sorted(
    [*(ROOT / "chapters").rglob("[!.]*.ipynb"), *(ROOT / "book").glob("[!.]*.ipynb")]
)
# The plainest arithmetic, so that the stored numbers are those of any processor.
KERNEL_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "ATEN_CPU_CAPABILITY": "default"}


def execute(notebook: NotebookNode, folder: Path, name: str) -> None:
    """Run all cells in a live kernel and show how far it is.

    Parameters
    ----------
    notebook : NotebookNode
        Its outputs are replaced.
    folder : Path
        Where the kernel runs.
    name : str
        What the progress line calls it.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """

    def show(cell: NotebookNode, cell_index: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{name}: cell {cell_index + 1} of {len(notebook.cells)}", end=" ", flush=True)

    NotebookClient(
        notebook,
        timeout=300,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
        on_cell_start=show,
    ).execute()


def renew(path: Path, bootstrap: str) -> bool:
    """Execute a notebook and store it; if a cell fails, report it and leave the file alone."""
    notebook = normalize(nbformat.read(path, as_version=4), bootstrap)
    try:
        execute(notebook, path.parent, path.stem)
    except CellExecutionError as error:
        print(f"\n{path} is left as it was, because a cell failed:\n{error}")
        return False
    path.write_text(serialize(normalize(notebook, bootstrap)), encoding="utf8")
    print(f"\r{path.stem}: executed {len(notebook.cells)} cells")
    return True


def check(path: Path, bootstrap: str) -> bool:
    """Report what is wrong with a stored notebook."""
    found = problems(path.read_text("utf8"), bootstrap)
    for problem in found:
        print(f"{path}: {problem}")
    return not found


def main() -> int:
    """Run the command; the exit status is 1 if a notebook failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=CHAPTERS)
    parser.add_argument("--check", action="store_true", help="only report, change nothing")
    arguments = parser.parse_args()
    os.environ.update(KERNEL_ENVIRONMENT)
    bootstrap = bootstrap_source()
    passed = [
        (check if arguments.check else renew)(path, bootstrap) for path in arguments.notebooks
    ]
    print(f"{sum(passed)} of {len(passed)} notebooks are well")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
