"""A cell that fails, or a claim that its measurement contradicts, breaks the build and is named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tools.bootstrap import ROOT

BIN = Path(sys.executable).parent
CLAIM = """\
from helpers import claim
claim("A canary sings in a good mine.", {holds}, measured="silence", source="this chapter")"""


def build(folder, source):
    """Build a book of one page with the real book's settings; return status, output and folder."""
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copytree(ROOT / "book" / "assets", folder / "book" / "assets")
    shutil.copy(ROOT / "book" / "references.bib", folder / "book")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: canary\n", encoding="utf8")
    title = new_markdown_cell("# A canary", id="title")
    notebook = new_notebook(cells=[title, new_code_cell(source, id="song")])
    nbformat.write(notebook, folder / "canary.ipynb")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "book")}
    subprocess.run([BIN / "jupyter-book", "config", "sphinx", folder], check=True, env=environment)
    options = ["-W", "--keep-going", "--color"]
    html = folder / "_build" / "html"
    done = subprocess.run(
        [BIN / "sphinx-build", *options, folder, html],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout, html


def test_a_healthy_book_builds(tmp_path):
    status, output, html = build(tmp_path, CLAIM.format(holds=True))
    assert status == 0, output
    assert "A canary sings in a good mine." in (html / "canary.html").read_text("utf8")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("depth = 0\nprint(1 / depth)", ["ZeroDivisionError", "canary", "1 / depth"]),
        (CLAIM.format(holds=False), ["ClaimError", "canary", "A canary sings in a good mine."]),
    ],
    ids=["error", "claim"],
)
def test_a_failing_cell_breaks_the_build(tmp_path, source, names):
    status, output, _ = build(tmp_path, source)
    assert status != 0
    for name in names:
        assert name in output
