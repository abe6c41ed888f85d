"""Compare what the notebooks gave while the site was built with what they store, as nbval does.

``python -m tools.comparison [NOTEBOOK ...]``, for all chapters by default.
"""

from __future__ import annotations

import argparse
import copy
import difflib
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
from jupyter_cache import get_cache
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, coalesce_streams, get_sanitize_patterns, nocolors
from site_extension.execution import cache_of
from tools.bootstrap import ROOT
from tools.notebooks import CHAPTERS
from tools.stored_form import text_outputs

SITE = ROOT / "_build" / "html"
RULES = ROOT / "tests" / "nbval_sanitize.cfg"
# What nbval leaves out, as far as the stored form has it
SKIPPED = ("metadata", "output_type", "name", "execution_count")
FIGURE = "Interactive figure: "  # the text that the helpers show where a figure stands


class Comparison:
    """Stands for a cell of nbval, whose code compares the outputs, outside of a run of pytest."""

    colors = nocolors
    compare_outputs = IPyNbCell.compare_outputs
    sanitize = IPyNbCell.sanitize

    def __init__(self, rules: Path = RULES) -> None:
        patterns = dict(get_sanitize_patterns(rules.read_text("utf8")))
        self.parent = SimpleNamespace(skip_compare=SKIPPED, sanitize_patterns=patterns)
        self.comparison_traceback: list[str] = []

    def format_output_compare(self, key: str, left: object, right: object) -> None:
        """Show what differs, line by line."""
        lines = [str(text).splitlines() for text in (left, right)]
        difference = difflib.unified_diff(*lines, "stored", "built", lineterm="")
        self.comparison_traceback += [f"{key} differs:", *difference]

    def differences(self, stored: NotebookNode, built: NotebookNode) -> dict[str, str]:
        """Compare all cells of a notebook.

        Parameters
        ----------
        stored, built : NotebookNode
            The same code with the outputs as they are stored, and as they came again.

        Returns
        -------
        dict of str to str
            The name of each cell that gave something else -> what differs.
        """
        pairs = zip(code_cells(stored), code_cells(built), strict=True)
        found = {}
        for before, after in pairs:
            outputs = [
                coalesce_streams([without_figure(one) for one in text_outputs(copy.deepcopy(cell))])
                for cell in (after, before)
            ]
            if not self.compare_outputs(*outputs):
                found[before.id] = "\n".join(self.comparison_traceback)
        return found


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that can have outputs."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def without_figure(output: NotebookNode) -> NotebookNode:
    """Leave of a figure the text that stands for it; its HTML is the site's, and not kept."""
    if output.get("data", {}).get("text/plain", "").startswith(FIGURE):
        output.data.pop("text/html", None)
    return output


def compare(path: Path, site: Path = SITE) -> bool:
    """Report where a notebook gave something else while the site was built.

    Parameters
    ----------
    path : Path
        The notebook.
    site : Path
        The site, whose cache is beside it.

    Returns
    -------
    bool
        Whether all is as it is stored.
    """
    stored = nbformat.read(path, as_version=4)
    try:
        _, built = get_cache(cache_of(site)).merge_match_into_notebook(stored)
    except KeyError:
        print(f"{path}: the site was built without it as it is now: run `make book`")
        return False
    found = Comparison().differences(stored, built)
    for name, difference in found.items():
        print(f"{path}, cell {name}: its output is not what is stored\n{difference}\n")
    return not found


def main() -> int:
    """Run the command; the exit status is 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=CHAPTERS)
    parser.add_argument("--site", type=Path, default=SITE, help="the folder of the site")
    arguments = parser.parse_args()
    passed = [compare(path, arguments.site) for path in arguments.notebooks]
    print(f"{sum(passed)} of {len(passed)} notebooks gave what they store")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
