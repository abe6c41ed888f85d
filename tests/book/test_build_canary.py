"""A cell that fails, or a claim that its measurement contradicts, breaks the build and is named."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tools.bootstrap import ROOT

BIN = Path(sys.executable).parent
CLAIM = """\
from helpers import claim
claim("A canary sings in a good mine.", {holds}, measured="silence", source="this chapter")"""
# The first time its kernel dies; then it is there. Kernels of the site have no ports.
DIES_ONCE = """\
import os
from pathlib import Path
from ipykernel.connect import get_connection_info
if not Path("been-here").exists():
    Path("been-here").touch()
    os.kill(os.getpid(), 9)
print("a canary over", get_connection_info(unpack=True)["transport"])"""
NOT_BEFORE = """
from site_extension import execution
execution.execute = lambda *arguments: None
"""


def build(folder, sources, only="", conf=""):
    """Build a book with the real book's settings; return status, output and folder.

    Each source is a page of its own; it stores an output which it never gave.
    """
    shutil.copy(ROOT / "_config.yml", folder)
    for name in ("assets", "templates"):
        shutil.copytree(ROOT / "book" / name, folder / "book" / name)
    shutil.copy(ROOT / "book" / "references.bib", folder / "book")
    # The terms are explained in chapters, which this book does not have.
    (folder / "book" / "glossary.toml").write_text("term = []\n", encoding="utf8")
    names = ["canary", "siskin"][: len(sources)]
    chapters = "".join(f"- file: {name}\n" for name in names[1:])
    toc = "format: jb-book\nroot: canary\n" + (f"chapters:\n{chapters}" if chapters else "")
    (folder / "_toc.yml").write_text(toc, encoding="utf8")
    for name, source in zip(names, sources, strict=True):
        stored = [new_output("stream", name="stdout", text="as it is stored\n")]
        code = new_code_cell(source, id="song", outputs=stored, execution_count=1)
        title = new_markdown_cell(f"# A {name}", id="title")
        nbformat.write(new_notebook(cells=[title, code]), folder / f"{name}.ipynb")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "book"), "BOOK_ONLY": only}
    subprocess.run([BIN / "jupyter-book", "config", "sphinx", folder], check=True, env=environment)
    with (folder / "conf.py").open("a") as file:
        file.write(conf)
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
    status, output, html = build(tmp_path, [CLAIM.format(holds=True)])
    assert status == 0, output
    page = (html / "canary.html").read_text("utf8")
    assert "A canary sings in a good mine." in page
    assert "as it is stored" not in page


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("depth = 0\nprint(1 / depth)", ["ZeroDivisionError", "canary", "song", "1 / depth"]),
        (CLAIM.format(holds=False), ["ClaimError", "canary", "song", "sings in a good mine."]),
    ],
    ids=["error", "claim"],
)
def test_a_failing_cell_breaks_the_build(tmp_path, source, names):
    status, output, _ = build(tmp_path, [source])
    assert status != 0
    for name in names:
        assert name in output


def test_a_kernel_that_dies_costs_a_message(tmp_path):
    status, output, html = build(tmp_path, [DIES_ONCE])
    assert status == 0, output
    assert "canary: its kernel died in cell 2 of 2 (song), and is started again" in output
    assert "a canary over ipc" in (html / "canary.html").read_text("utf8")


def test_only_what_is_asked_for_is_executed(tmp_path):
    status, output, html = build(tmp_path, ["print('la' * 3)", "1 / 0"], only="canary")
    assert status == 0, output
    assert "lalala" in (html / "canary.html").read_text("utf8")
    assert "as it is stored" in (html / "siskin.html").read_text("utf8")


def test_a_page_that_does_not_exist_cannot_be_asked_for(tmp_path):
    status, output, _ = build(tmp_path, ["1"], only="canari")
    assert status != 0 and "BOOK_ONLY names no page: canari" in output


def test_who_reads_pages_starts_no_kernels(tmp_path):
    """Readers are forked, and a kernel of a process that was forked may never answer."""
    status, output, _ = build(tmp_path, ["print(1)"], conf=NOT_BEFORE)
    assert status != 0
    assert "whose notebook was not executed before" in output
