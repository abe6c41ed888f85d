"""Start a chapter: a whole little one in the book's form, with its exercises and its record.

``python -m tools.chapter NAME PART``. Everything is made in a folder of its own, and taken over
when it is whole.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import tomllib
from myst_nb.core.read import read_myst_markdown_notebook
from nbformat import NotebookNode
from tools.bootstrap import ROOT, bootstrap_source
from tools.notebooks import KERNEL_ENVIRONMENT, renew
from tools.records import TIMES
from tools.stored_form import METADATA

TEMPLATES = Path(__file__).parent / "templates"
PARTS = ("foundations", "training", "architectures", "pretraining")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

# What nbgrader wants to know of each cell that it looks at.
MARKS = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
NEXT = """\
{chapter} and its exercises are there, and whole. Next:
  1. Name both in _toc.yml, in the place where they are to be read:
       - file: chapters/{part}/{name}
         sections:
           - file: exercises/source/{name}/{name}
     and say in book/chapters.toml which question it answers and what it needs.
  2. Replace the lesson by yours. `make notebooks NOTEBOOKS={chapter}`
     runs it and stores its outputs.
  3. Write the exercises in exercises/source/{name}/ and their wrong answers in
     exercises/wrong_answers/{name}.toml. `exercises/course release {name}`
     makes the students' notebook.
  4. `make repeat NAME={name} TIMES={times}` repeats it under fresh seeds.
  5. `make check NAME={name}` checks all of it, as often as you like."""


class ChapterError(Exception):
    """A chapter that cannot be started; the message says why."""


def files_of(name: str, part: str) -> dict[str, Path]:
    """Return the files of a chapter, relative to the book's root."""
    return {
        "chapter": Path("chapters", part, f"{name}.ipynb"),
        "record": Path("chapters", part, f"{name}.repetitions.json"),
        "exercises": Path("exercises", "source", name, f"{name}.ipynb"),
        "released": Path("exercises", "release", name, f"{name}.ipynb"),
        "wrong answers": Path("exercises", "wrong_answers", f"{name}.toml"),
    }


def require_new(name: str, part: str, root: Path) -> None:
    """Refuse what can be no chapter, or is one already.

    Raises
    ------
    ChapterError
        If the name is no name, the part is none of the book's, or a file is there already.
    """
    if not NAME.fullmatch(name):
        raise ChapterError(
            f"{name!r} is no name for a chapter: write small letters, digits and single "
            "underscores, for example NAME=batch_size"
        )
    if part not in PARTS:
        raise ChapterError(f"there is no part {part!r}; PART is one of {', '.join(PARTS)}")
    for path in files_of(name, "*").values():
        if found := sorted(root.glob(str(path))):
            raise ChapterError(
                f"{found[0].relative_to(root)} is there already: choose another NAME, or remove it"
            )


def title_of(name: str) -> str:
    """Return the title that a chapter has until its author finds a better one."""
    return name.replace("_", " ").capitalize()


def filled(template: str, name: str) -> str:
    """Return a template's text with the chapter's name and title."""
    text = (TEMPLATES / template).read_text("utf8")
    return text.replace("@name@", name).replace("@title@", title_of(name))


def notebook_from(text: str) -> NotebookNode:
    """Make a notebook from a template, a MyST text whose cells say their id.

    Returns
    -------
    NotebookNode
        Not executed. The marks for nbgrader are made whole.
    """
    notebook = read_myst_markdown_notebook(text)
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.id = cell.metadata.pop("id")
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader = {**MARKS, **cell.metadata.nbgrader, "grade_id": cell.id}
    return notebook


def write(text: str, path: Path) -> None:
    """Write a file and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf8")


def run(command: list[str], what: str, folder: Path) -> None:
    """Run a tool of the book; if it fails, show what it said."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'exercises'}{os.pathsep}{ROOT / 'book'}"}
    done = subprocess.run(
        [sys.executable, *command], env=environment, cwd=folder, capture_output=True, text=True
    )
    if done.returncode:
        raise ChapterError(f"{what} failed:\n{done.stdout}{done.stderr}")


def make(name: str, part: str, folder: Path) -> None:
    """Make all files of a chapter in an empty folder."""
    files = {key: folder / path for key, path in files_of(name, part).items()}
    write(nbformat.writes(notebook_from(filled("chapter.md", name))), files["chapter"])
    if not renew([files["chapter"]], bootstrap_source()):
        raise ChapterError("the template's cells fail here: mend the book's environment first")
    exercises = notebook_from(filled("exercises.md", name))
    write(nbformat.writes(exercises) + "\n", files["exercises"])
    answers = filled("wrong_answers.toml", name)
    tomllib.loads(answers)
    write(answers, files["wrong answers"])
    run(["-m", "grading", "--course", "exercises", "release", name], "releasing", folder)
    options = ["--times", str(TIMES), "--folder", "chapters", "--kept", "kept"]
    run(["-m", "tools.repetition", name, *options], "repeating", folder)


def take_over(files: list[Path], folder: Path, root: Path) -> None:
    """Copy files into the book: all of them, or none if one cannot be written."""
    made: list[Path] = []
    try:
        for path in files:
            for above in reversed((root / path).parents):
                if not above.exists():
                    above.mkdir()
                    made.append(above)
            made.append(root / path)
            shutil.copyfile(folder / path, root / path)
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        raise


def start(name: str, part: str, root: Path = ROOT) -> str:
    """Start a chapter and return what to do next.

    Parameters
    ----------
    name : str
        Its file's name, for example ``batch_size``.
    part : str
        One of `PARTS`.
    root : Path
        The book's folder.

    Raises
    ------
    ChapterError
        If it cannot be started; then nothing is left behind.
    """
    require_new(name, part, root)
    files = files_of(name, part)
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
        make(name, part, Path(folder))
        take_over(list(files.values()), Path(folder), root)
    return NEXT.format(chapter=files["chapter"], part=part, name=name, times=TIMES)


def main() -> int:
    """Run the command; the exit status is 1 if the chapter could not be started."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", help="for example batch_size")
    parser.add_argument("part", help=f"one of {', '.join(PARTS)}")
    arguments = parser.parse_args()
    os.environ.update(KERNEL_ENVIRONMENT)
    try:
        print(start(arguments.name, arguments.part))
    except ChapterError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
