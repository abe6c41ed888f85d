"""`make check`: what it runs for a chapter, and that each step that fails is named."""

import sys

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tools import check
from tools.bootstrap import ROOT
from tools.check import Step, contents, documents, figures_tests, linked, plan
from tools.form import UNREVISED, chapters

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
NEW = ("chapters/training/residual", "exercises/source/residual/residual")


def step(name, code, **more):
    return Step(name, [[sys.executable, "-c", code]], f"mend {name}", **more)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run steps in place of those of a chapter; return the exit status and what was said."""

    def run(quick, *lanes):
        monkeypatch.setattr(check, "plan", lambda name, path: (quick, *lanes))
        monkeypatch.setattr(check, "FOLDER", tmp_path)
        monkeypatch.setattr("sys.argv", ["check", "convolution"])
        status = check.main()
        return status, capsys.readouterr().out

    return run


def test_all_is_well(run):
    status, said = run([step("form", "print('quiet')")], [step("build", "")])
    assert status == 0
    assert "convolution is well" in said
    for name in ("form", "build"):
        assert any(line.split()[::3] == [name, "ok"] for line in said.splitlines()), said
    assert "quiet" not in said


def test_a_failing_step_is_named_with_what_it_said_and_what_to_do(run):
    quick = [step("form", "print('29 cells'); raise SystemExit(1)"), step("style", "")]
    status, said = run(quick, [step("build", "")])
    assert status == 1
    assert "    29 cells" in said
    assert "convolution failed in form (" in said
    assert "  form: mend form" in said
    assert said.count("ok") == 2, "the others run all the same"


def test_a_lane_ends_where_it_fails_and_the_other_goes_on(run):
    bad, never = step("build", "raise SystemExit(3)"), step("pages", "")
    status, said = run([], [bad, never], [step("exercises", "")])
    assert status == 1
    assert "pages" not in said
    assert "failed in build (" in said
    assert "exercises" in said.split("failed in")[0]


def test_a_step_ends_with_the_command_that_fails(run, tmp_path):
    two = Step("two", [[sys.executable, "-c", "raise SystemExit(1)"],
                       [sys.executable, "-c", "print('second')"]], "mend it")
    assert run([two], [])[0] == 1
    assert "second" not in (tmp_path / "two.log").read_text("utf8")


def test_warnings_of_a_step_are_shown(run):
    assert "a warning" in run([step("form", "print('a warning')", show=True)], [])[1]


@pytest.mark.parametrize("arguments", [[], ["convolutions"]])
def test_an_unknown_chapter_is_told_which_there_are(monkeypatch, capsys, arguments):
    monkeypatch.setattr("sys.argv", ["check", *arguments])
    assert check.main() == 2
    said = capsys.readouterr().err
    assert "NAME=" in said if not arguments else "no chapter 'convolutions'" in said
    assert ", convolution, " in said


def test_the_contents_stay_where_they_have_the_chapter():
    known = "convolution"
    there = (f"chapters/architectures/{known}", f"exercises/source/{known}/{known}")
    assert contents(TOC, *there) is TOC


@pytest.mark.parametrize(
    ("part", "caption"), [("training", "Making it train"), ("pretraining", "New")]
)
def test_a_chapter_that_the_contents_lack_comes_last_in_its_part(part, caption):
    chapter = f"chapters/{part}/residual"
    found = contents(TOC, chapter, NEW[1])
    assert set(documents(found)) == {*documents(TOC), chapter, NEW[1]}
    [place] = [one for one in found["parts"] if one["caption"] == caption]
    assert place["chapters"][-1] == {"file": chapter, "sections": [{"file": NEW[1]}]}
    assert chapter not in set(documents(TOC)), "the book's own table is left alone"


def test_a_chapter_without_its_exercises_in_the_contents_gets_them_once():
    alone = {**TOC, "parts": [{"caption": "One", "chapters": [{"file": NEW[0]}]}, *TOC["parts"]]}
    listed = list(documents(contents(alone, *NEW)))
    assert listed.count(NEW[0]) == listed.count(NEW[1]) == 1


def test_pages_to_whose_figures_a_chapter_links_are_executed_as_well():
    text = """[a race](../training/optimizers.ipynb#race?speed=3), [plain](dropout.ipynb),
    <a href="../../book/playground.html#playground?hidden=[8]">four units</a>, [text](#here),
    [a page](../../book/notation.md#x), [a notebook that is no page](../conftest.ipynb#x),
    [exercises](../../exercises/release/dropout/dropout.ipynb#x)"""
    notebook = new_notebook(cells=[new_markdown_cell(text)])
    found = linked("chapters/training/initialization", notebook, set(documents(TOC)))
    assert found == {"chapters/training/optimizers", "book/playground"}


def test_a_figure_brings_its_own_tests():
    def names(code):
        tests = figures_tests(new_notebook(cells=[new_code_cell(code)]))
        return [test.rsplit("/", 1)[1] for test in tests]

    assert names("explore(opening)") == []
    assert names("draw_digit(networks)") == ["test_draw_digit_page.py"]
    assert names("date_alignment(model)") == ["test_date_alignment_page.py"]


def test_the_plan_of_a_chapter(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "FOLDER", tmp_path)
    quick, work, looked = plan("convolution", chapters()["convolution"])
    names = [one.name for one in (*quick, *work, *looked)]
    assert names == ["form", "stored form", "record", "style", "exercises", "build", "outputs",
                     "pages", "budgets"]
    assert work[0].environment["BOOK_CHAPTER"] == "convolution"
    only = looked[0].environment["BOOK_ONLY"].split(",")
    assert {"chapters/architectures/convolution", "exercises/source/convolution/convolution"} <= {
        *only
    }
    pages = looked[2].environment["BOOK_PAGES"].split(",")
    assert pages[0] == "chapters/architectures/convolution.html"
    assert all(one.advice for one in (*quick, *work, *looked))
    paths = [word for one in (*work, *looked) for command in one.commands for word in command
             if word.endswith(".py")]
    assert paths and all((ROOT / path).is_file() for path in paths)


def style(notebook, tmp_path, monkeypatch, revised):
    path = ROOT / "chapters" / "training" / "dropout.ipynb"
    monkeypatch.setattr(check, "FOLDER", tmp_path)
    monkeypatch.setattr(check, "UNREVISED", UNREVISED - ({"dropout"} if revised else set()))
    [one] = [one for one in plan("dropout", path)[0] if one.name == "style"]
    nbformat.write(notebook, tmp_path / "cells.ipynb")
    [command] = one.commands
    return Step("style", [[*command[:-1], str(tmp_path / "cells.ipynb")]], "").run(tmp_path)


@pytest.mark.parametrize(
    ("code", "revised", "passes"),
    [
        ("print(7)", True, True),
        ("print(seven)", True, False),
        ("print(seven)", False, False),
        ("import math", True, False),
        ("import math", False, True),
    ],
)
def test_cells_have_a_style(tmp_path, monkeypatch, code, revised, passes):
    notebook = new_notebook(cells=[new_code_cell(code)])
    assert style(notebook, tmp_path, monkeypatch, revised) is passes
