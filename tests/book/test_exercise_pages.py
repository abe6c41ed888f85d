"""What the site shows of an exercise notebook."""

import json
from types import SimpleNamespace

import pytest
from site_extension import exercises, pages
from sphinx.errors import ExtensionError

ANSWER = """def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### BEGIN STUB
    # return ...
    ### END SOLUTION"""
CHECK = """# 1 point.
assert double(1) == 2
### BEGIN HIDDEN TESTS
def oracle(student, rng):
    yield secret
### END HIDDEN TESTS"""
PAGE = "exercises/source/lines/lines"


def cell(kind, source, **marks):
    return {
        "id": "a-cell",
        "cell_type": kind,
        "metadata": {"nbgrader": marks} if marks else {},
        "source": source.splitlines(keepends=True),
    }


def test_an_answer_becomes_what_is_given_and_a_folded_solution():
    given, solution = exercises.page_cells(cell("code", ANSWER, solution=True))
    assert given["source"] == "```python\ndef double(x):\n    return ...\n```"
    assert given["id"] != solution["id"]
    assert solution["source"] == "def double(x):\n    return 2 * x"
    assert solution["metadata"]["tags"] == ["hide-input"]
    assert solution["metadata"]["mystnb"]["code_prompt_show"] == "Show a solution"


def test_a_check_is_folded_with_its_output_and_loses_its_oracle():
    [check] = exercises.page_cells(cell("code", CHECK, grade=True))
    assert check["source"] == "# 1 point.\nassert double(1) == 2"
    assert check["metadata"]["tags"] == ["hide-cell"]
    assert "nbgrader" not in check["metadata"]


def test_a_model_answer_is_folded():
    text = "<!-- BEGIN SOLUTION -->\nBecause.\n<!-- END SOLUTION -->"
    [answer] = exercises.page_cells(cell("markdown", text, grade=True, solution=True))
    assert answer["source"].startswith("<details") and "\n\nBecause.\n\n" in answer["source"]
    assert "BEGIN" not in answer["source"]


def test_other_text_stays_as_it_is():
    assert exercises.page_cells(cell("markdown", "## 1. Title"))[0]["source"] == "## 1. Title"


def test_a_page_of_exercises_says_how_to_do_them():
    notebook = {"cells": [cell("markdown", "# Exercises: Lines"), cell("code", CHECK, grade=True)]}
    source = [json.dumps(notebook)]
    exercises.show_to_readers(None, PAGE, source)
    first, check = json.loads(source[0])["cells"]
    assert first["source"].startswith("# Exercises: Lines\n\nDo them in the notebook")
    assert "secret" not in source[0]


def test_a_chapter_links_to_the_page_of_its_exercises():
    source = ["[Six](../../exercises/release/lines/lines.ipynb)"]
    exercises.show_to_readers(None, "chapters/foundations/lines", source)
    assert source == ["[Six](../../exercises/source/lines/lines.ipynb)"]


def test_exercises_that_were_never_released_stop_the_build(tmp_path):
    app = SimpleNamespace(srcdir=tmp_path)
    env = SimpleNamespace(found_docs={PAGE, "book/index"})
    with pytest.raises(ExtensionError, match="exercises/course release lines"):
        exercises.check_releases(app, env, [])
    (tmp_path / "exercises/release/lines").mkdir(parents=True)
    (tmp_path / "exercises/release/lines/lines.ipynb").touch()
    exercises.check_releases(app, env, [])


def buttons(tmp_path, pagename, found):
    notebook = tmp_path / "source" / exercises.released(pagename)
    notebook.parent.mkdir(parents=True)
    notebook.with_suffix(".ipynb").write_text("{}")
    app = SimpleNamespace(
        srcdir=tmp_path / "source",
        outdir=tmp_path / "site",
        env=SimpleNamespace(found_docs=set(found)),
    )
    colab = {"text": "Colab", "url": f"https://colab.example/blob/main/{pagename}.ipynb"}
    context = {
        "header_buttons": [{"label": "launch-buttons", "buttons": [colab]}],
        "pathto": lambda name, resource=False: name,
    }
    pages.set_buttons(app, pagename, "page.html", context, None)
    return {button["label"]: button["url"] for button in context["header_buttons"]}


def test_buttons_of_exercises_open_the_notebook_for_students(tmp_path):
    assert buttons(tmp_path, PAGE, [PAGE]) == {
        "colab": "https://colab.example/blob/main/exercises/release/lines/lines.ipynb",
        "download-notebook": "notebooks/exercises/release/lines/lines.ipynb",
    }


def test_a_chapter_with_exercises_has_a_button_for_them(tmp_path):
    found = buttons(tmp_path, "chapters/foundations/lines", [PAGE])
    assert found["exercises"] == PAGE
    assert found["colab"].endswith("chapters/foundations/lines.ipynb")


def test_a_chapter_without_exercises_has_none(tmp_path):
    assert "exercises" not in buttons(tmp_path, "chapters/foundations/lines", [])


def test_the_arrows_in_the_list_of_chapters_have_a_name():
    context = {"generate_toctree_html": lambda kind, depth=1: f"<summary>{kind}{depth}</summary>"}
    pages.name_toggles(None, "page", "page.html", context, None)
    html = context["generate_toctree_html"]("sidebar", depth=2)
    assert html == '<summary aria-label="Show or hide the exercises">sidebar2</summary>'
