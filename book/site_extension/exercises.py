"""Shows an exercise's source notebook to readers: task, what is given, and the folded solution.

The hidden tests leave the page before anything reads it. So they are nowhere on the site: not in
its search index and not in a download, which is the students' notebook.
"""

from __future__ import annotations

import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from tools.regions import split

FOLDER = "exercises/source/"
RELEASED = "exercises/release/"
WELCOME = (
    "\n\nDo them in the notebook: open it in **Colab** or download it, with the buttons above. "
    "There, checks tell you at once whether you are right. On this page you can read the tasks "
    "and, afterwards, a solution."
)
SHOW = {"solution": "Show a solution", "check": "Show the check"}
HIDE = {"solution": "Hide the solution", "check": "Hide the check"}


def is_exercises(pagename: str) -> bool:
    """Tell whether a page is made from an exercise notebook."""
    return pagename.startswith(FOLDER)


def released(pagename: str) -> str:
    """Return the page's notebook for students, without suffix and relative to the book's root."""
    return pagename.replace(FOLDER, RELEASED, 1)


def companion(pagename: str) -> str:
    """Return the name of the exercises that belong to a chapter."""
    name = pagename.rsplit("/", 1)[-1]
    return f"{FOLDER}{name}/{name}"


def show_to_readers(app: Sphinx, docname: str, source: list[str]) -> None:
    """Replace an exercise notebook by what its page shows."""
    if not is_exercises(docname):
        # A chapter links to the students' notebook, which is what its readers in Jupyter want.
        source[0] = source[0].replace(RELEASED, FOLDER)
        return
    notebook = json.loads(source[0])
    notebook["cells"][0]["source"] = "".join(notebook["cells"][0]["source"]) + WELCOME
    notebook["cells"] = [shown for cell in notebook["cells"] for shown in page_cells(cell)]
    source[0] = json.dumps(notebook)


def page_cells(cell: dict) -> list[dict]:
    """Return the cells of the page for one cell of the source notebook.

    Parameters
    ----------
    cell : dict
        As it stands in the file.

    Returns
    -------
    list of dict
        For an answer two cells: what is given, and the folded solution.
    """
    regions = split("".join(cell["source"]))
    marks = cell["metadata"].pop("nbgrader", {})
    cell["source"] = regions.solved
    if cell["cell_type"] == "code":
        kind = "solution" if marks.get("solution") else "check" if marks.get("grade") else ""
        tag = "hide-cell" if kind == "check" else "hide-input"
        cell["metadata"]["tags"] = [tag]
        if kind:
            prompts = {"code_prompt_show": SHOW[kind], "code_prompt_hide": HIDE[kind]}
            cell["metadata"]["mystnb"] = prompts
        if kind == "solution":
            given = {
                "id": f"{cell['id']}-given",
                "cell_type": "markdown",
                "metadata": {},
                "source": f"```python\n{regions.stub}\n```",
            }
            return [given, cell]
    elif marks.get("solution"):
        cell["source"] = (
            f'<details class="admonition hide"><summary>{SHOW["solution"]}</summary>\n\n'
            f"{regions.solved}\n\n</details>"
        )
    return [cell]


def check_releases(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Stop where an exercise has no students' notebook, which its page offers."""
    for page in filter(is_exercises, env.found_docs):
        if not Path(app.srcdir, released(page)).with_suffix(".ipynb").is_file():
            name = page.rsplit("/", 1)[-1]
            raise ExtensionError(f"{name} is not released: run `exercises/course release {name}`")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("env-before-read-docs", check_releases)
    app.connect("source-read", show_to_readers)
