"""Each notebook, alone in an empty folder, gives what it stores where only Colab's versions are.

There it runs in one thread and with the plainest arithmetic, so that this is the other end of what
readers have: the site is built with the book's own versions and all that the processor offers.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from filelock import FileLock
from nbformat.v4 import new_code_cell, new_output
from tools import kernels
from tools.bootstrap import ROOT, bootstrap_source
from tools.notebooks import CHAPTERS
from tools.regions import split

TESTS = ROOT / "tests"
REQUIREMENTS = TESTS / "colab-requirements.txt"
RELEASED = sorted((ROOT / "exercises" / "release").glob("*/*.ipynb"))
INSTALLED = {"alchemy-to-experiment", "anywidget", "psygnal"}  # by a chapter's first cell
WIDGET = "application/vnd.jupyter.widget-view+json"
# Of this environment's nothing may reach the other's kernels.
FOREIGN = ("PYTHONPATH", "HELPERS_STATIC", "MPLBACKEND", "PYTEST_XDIST_WORKER")
PLAIN = {"OMP_NUM_THREADS": "1", "ATEN_CPU_CAPABILITY": "default"}
VERSIONS = """import json
from importlib.metadata import distributions
print(json.dumps({one.name.lower(): [one.version, str(one.locate_file(""))]
                  for one in reversed(list(distributions()))}))"""


def run(*command, **options):
    done = subprocess.run(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="session")
def colab_python():
    """The Python of an environment like Colab's, kept in _build until its versions change."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = ROOT / "_build" / "colab" / key
    python = folder / "bin" / "python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            run(sys.executable, "-m", "venv", folder)
            run(python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS)
            (folder / "complete").touch()
    return python


@pytest.fixture(scope="session")
def chapters_python(colab_python, tmp_path_factory):
    """The same environment for one process of the tests, with room for what a chapter installs.

    The first chapter that runs here installs what is missing; all have the same first cell.
    """
    folder = tmp_path_factory.mktemp("colab")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    [base] = colab_python.parents[1].glob("lib/python*/site-packages")
    [room] = folder.glob("lib/python*/site-packages")
    (room / "colab.pth").write_text(f"{base}\n", encoding="utf8")
    return folder / "bin" / "python"


@pytest.fixture(scope="session")
def book_url(tmp_path_factory):
    """The book as others clone it, with the changes that are not committed yet."""
    clone = tmp_path_factory.mktemp("home") / "book"
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--no-gpg-sign", "-m", "Book"]):
        run(*git, *command, cwd=clone)
    return clone.as_uri()


def specify(python, folder):
    """Describe a kernel of another environment; return the variables by which it is found."""
    kernel = folder / "kernels" / "colab"
    kernel.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "Colab", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf8")
    return {"JUPYTER_PATH": str(folder), **PLAIN}


def nbval(notebook, python, folder):
    """Let nbval compare a notebook in a folder below `folder`; return its report."""
    shutil.copy(ROOT / "chapters" / "conftest.py", folder)
    environment = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-kernel-name", "colab"]
    command += ["--nbval-sanitize-with", TESTS / "nbval_sanitize.cfg", "--nbval-cell-timeout=300"]
    command += ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", folder]
    command += ["-o", f"pythonpath={ROOT / 'book'}", "--junitxml", folder / "report.xml"]
    run(
        *command,
        notebook,
        cwd=folder,
        env=environment | specify(python, folder / "jupyter"),
    )
    return ElementTree.parse(folder / "report.xml")


def longest_first(chapter):
    return -chapter.stat().st_size


@pytest.mark.parametrize("chapter", sorted(CHAPTERS, key=longest_first), ids=lambda path: path.stem)
def test_a_chapter_alone_gives_what_it_stores(chapter, chapters_python, book_url, tmp_path):
    before = versions(chapters_python)
    home = bootstrap_source().split('BOOK = "git+')[1].split('"')[0]
    alone = tmp_path / "downloads" / chapter.name
    alone.parent.mkdir()
    text = chapter.read_text("utf8")
    assert text.count(home) == 1
    notebook = nbformat.reads(text.replace(home, book_url), as_version=4)
    place = chapters_python.parents[1] / "lib"
    notebook.cells.append(
        new_code_cell(
            f"import helpers; print(helpers.__file__.startswith({str(place)!r}))",
            execution_count=1,
            outputs=[new_output("stream", name="stdout", text="True\n")],
        )
    )
    # The first chapter tells what it installs, as it does to readers.
    if not INSTALLED & before.keys():
        told = "".join(
            f"pip install {words}\n" for words in ("anywidget", f"--no-deps git+{book_url}")
        )
        notebook.cells[1].outputs = [new_output("stream", name="stdout", text=told)]
        notebook.cells[1].execution_count = 1
    nbformat.write(notebook, alone)

    report = nbval(alone, chapters_python, tmp_path)

    after = versions(chapters_python)
    assert before.items() <= after.items(), "the first cell replaced a version that was there"
    assert after.keys() - before.keys() == INSTALLED - before.keys()
    cells = list(report.iter("testcase"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(cells) == len(code), "nbval did not run every cell"
    figures = 0
    for cell, case in zip(code, cells, strict=True):
        [shown] = [one.get("value") for one in case.iter("property") if one.get("name") == "shown"]
        kinds = [kinds for kinds in json.loads(shown) if kinds]
        stored = [output.data["text/plain"] for output in cell.outputs if "data" in output]
        for name, of in zip(stored, kinds, strict=True):
            if name.startswith("Interactive figure"):
                assert WIDGET in of
                figures += 1
    assert figures
    assert os.listdir(alone.parent) == [alone.name], "the notebook needs or leaves other files"


def versions(python):
    """Return the version of each package, and where it is."""
    found = json.loads(run(python, "-c", VERSIONS))
    return {name: tuple(version) for name, version in found.items()}


def run_alone(path, python, folder, monkeypatch, last_cell, errors=False):
    """Execute a notebook with another environment's kernel, and nothing of this one."""
    for name, value in specify(python, folder).items():
        monkeypatch.setenv(name, value)
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_code_cell(last_cell))
    kernels.run(notebook, path.parent, kernel="colab", errors=errors)
    return notebook


def checks(notebook):
    marks = [(cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells]
    return [cell for cell, mark in marks if mark.get("grade") and not mark.get("solution")]


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_exercises_run_without_an_installation(path, colab_python, tmp_path, monkeypatch):
    alone = tmp_path / "downloads" / path.name
    alone.parent.mkdir()
    shutil.copy(path, alone)
    where = "import importlib.util; print(importlib.util.find_spec('helpers'))"

    blank = run_alone(alone, colab_python, tmp_path / "jupyter", monkeypatch, where, errors=True)

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
    solved = run_alone(alone, colab_python, tmp_path / "jupyter2", monkeypatch, where)

    for check in checks(solved):
        assert "Well done" in check.outputs[-1].text, check.outputs
    assert os.listdir(alone.parent) == [alone.name], "the notebook needs or leaves other files"
