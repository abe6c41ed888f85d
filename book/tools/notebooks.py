"""Execute the chapters and store their text outputs, with which `make test` compares.

``python -m tools.notebooks [--check] [NOTEBOOK ...]``, for all chapters by default.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from tools.bootstrap import ROOT, bootstrap_source
from tools.execution import Job, NotebookFailed, run_all
from tools.stored_form import normalize, problems, serialize

# The playground's page is a notebook as well.
CHAPTERS = sorted(
    [*(ROOT / "chapters").rglob("[!.]*.ipynb"), *(ROOT / "book").glob("[!.]*.ipynb")]
)
# The plainest arithmetic, so that the stored numbers are those of any processor.
KERNEL_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "ATEN_CPU_CAPABILITY": "default"}


def execute(notebook: NotebookNode, folder: Path, name: str) -> NotebookNode:
    """Run all cells of one notebook and return it with its outputs.

    Raises
    ------
    tools.execution.NotebookFailed
        If a cell fails.
    """
    [(job, _)] = run_all([Job(name, notebook, folder)])
    return job.notebook


def renew(paths: list[Path], bootstrap: str) -> bool:
    """Execute notebooks side by side and store each; at the first failure leave the rest alone."""
    jobs = {
        str(path): Job(
            str(path),
            normalize(nbformat.read(path, as_version=4), bootstrap),
            path.resolve().parent,
            path.stat().st_size,
        )
        for path in paths
    }
    try:
        for job, seconds in run_all(list(jobs.values())):
            text = serialize(normalize(job.notebook, bootstrap))
            Path(job.name).write_text(text, encoding="utf8")
            print(f"{job.name}: executed {len(job.notebook.cells)} cells in {seconds:.0f} s")
    except NotebookFailed as error:
        print(f"\n{error}\nIts file, and those not named above, are left as they were.")
        return False
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
    if not arguments.check:
        return int(not renew(arguments.notebooks, bootstrap))
    passed = [check(path, bootstrap) for path in arguments.notebooks]
    print(f"{sum(passed)} of {len(passed)} notebooks are well")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
