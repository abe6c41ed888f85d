"""Each notebook, alone in an empty folder, runs where only Colab's versions are installed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from tools.bootstrap import ROOT, bootstrap_source
from tools.notebooks import CHAPTERS
from tools.regions import split

REQUIREMENTS = Path(__file__).with_name("colab-requirements.txt")
RELEASED = sorted((ROOT / "exercises" / "release").glob("*/*.ipynb"))
INSTALLED = ("alchemy-to-experiment", "anywidget", "psygnal")  # by a chapter's first cell
WIDGET = "application/vnd.jupyter.widget-view+json"


def pip(python, *arguments):
    command = [python, "-m", "pip", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def colab_python():
    """The Python of an environment like Colab's, kept in _build until its versions change."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = ROOT / "_build" / f"colab-{key}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip(python, "install", "--quiet", "-r", REQUIREMENTS)
        (folder / "complete").touch()
    return python


@pytest.fixture(scope="module")
def book_url(tmp_path_factory):
    """The book as others clone it, with the changes that are not committed yet."""
    clone = tmp_path_factory.mktemp("home") / "book"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--no-gpg-sign", "-m", "Book"]):
        subprocess.run([*git, *command], cwd=clone, check=True)
    return clone.as_uri()


def without_the_book(python):
    pip(python, "uninstall", "-y", *INSTALLED)
    return python


@pytest.fixture(scope="module")
def chapters_python(colab_python):
    """The first chapter that runs here installs what is missing; all have the same first cell."""
    return without_the_book(colab_python)


@pytest.fixture(scope="module")
def exercises_python(colab_python):
    """Exercises install nothing."""
    return without_the_book(colab_python)


def run_alone(path, python, folder, monkeypatch, last_cell, **options):
    """Execute a notebook with another environment's kernel, and nothing of this one."""
    kernel = folder / "kernels" / "colab"
    kernel.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "Colab", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf8")
    monkeypatch.setenv("JUPYTER_PATH", str(folder))
    for name in ("PYTHONPATH", "HELPERS_STATIC", "MPLBACKEND"):
        monkeypatch.delenv(name, raising=False)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(last_cell))
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(
        notebook, kernel_name="colab", timeout=300, resources=resources, **options
    )
    client.execute()
    return notebook


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_runs_alone(chapter, chapters_python, book_url, tmp_path, monkeypatch):
    before = versions(chapters_python)
    home = bootstrap_source().split('BOOK = "git+')[1].split('"')[0]
    alone = tmp_path / "downloads" / chapter.name
    alone.parent.mkdir()
    text = chapter.read_text("utf8")
    assert text.count(home) == 1
    alone.write_text(text.replace(home, book_url), encoding="utf8")

    where = "import helpers; print(helpers.__file__)"
    notebook = run_alone(alone, chapters_python, tmp_path / "jupyter", monkeypatch, where)

    imported = Path(notebook.cells[-1].outputs[0].text.strip())
    assert imported.is_relative_to(chapters_python.parents[1] / "lib")
    after = versions(chapters_python)
    assert before.items() <= after.items(), "the first cell replaced a version that was there"
    assert after.keys() - before.keys() == set(INSTALLED) - before.keys()
    shown = [
        output.data
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    figures = [data for data in shown if data["text/plain"].startswith("Interactive figure")]
    assert figures and all(WIDGET in data for data in figures)
    assert os.listdir(alone.parent) == [alone.name], "the notebook needs or leaves other files"


def versions(python):
    """Return the version, or the origin, of each package."""
    lines = pip(python, "freeze").splitlines()
    return dict(line.split("==" if "==" in line else " @ ", 1) for line in lines)


def checks(notebook):
    marks = [(cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells]
    return [cell for cell, mark in marks if mark.get("grade") and not mark.get("solution")]


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_exercises_run_without_an_installation(path, exercises_python, tmp_path, monkeypatch):
    alone = tmp_path / "downloads" / path.name
    alone.parent.mkdir()
    shutil.copy(path, alone)
    where = "import importlib.util; print(importlib.util.find_spec('helpers'))"

    blank = run_alone(
        alone, exercises_python, tmp_path / "jupyter", monkeypatch, where, allow_errors=True
    )

    # In each check's cell stands a sentence that says what to do.
    for check in checks(blank):
        [error] = [output for output in check.outputs if output.output_type == "error"]
        assert error.ename in {"AssertionError", "NotImplementedError"}, error.evalue
        assert len(error.evalue.split()) >= 4
    assert blank.cells[-1].outputs[0].text == "None\n", "the book's package is installed"

    solved = nbformat.read(path, as_version=4)
    source = nbformat.read(ROOT / "exercises" / "source" / path.stem / path.name, as_version=4)
    solutions = {cell.id: split(cell.source).solved for cell in source.cells}
    for cell in solved.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = solutions[cell.id]
    nbformat.write(solved, alone)
    solved = run_alone(alone, exercises_python, tmp_path / "jupyter2", monkeypatch, where)

    for check in checks(solved):
        assert "Well done" in check.outputs[-1].text, check.outputs
    assert os.listdir(alone.parent) == [alone.name], "the notebook needs or leaves other files"
