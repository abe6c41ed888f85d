"""What the book says of its chapters, checked and counted; and their small pictures."""

import pytest
import tomllib
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from site_extension import chapters, landing
from sphinx.errors import ExtensionError
from tools import measures
from tools.bootstrap import ROOT

from helpers.pictures import colors

ORDER = ["first", "second", "third"]


def known(**changed):
    """Return what ``chapters.toml`` would say."""
    whole = {
        "first": {"question": "How?", "needs": []},
        "second": {"question": "Why?", "needs": ["first"]},
        "third": {"question": "And then?", "needs": ["first", "second"]},
    }
    return whole | changed


def test_a_whole_file_is_accepted():
    chapters.check(known(), ORDER)
    chapters.check(known(), [*ORDER, "still being written"])


def test_every_chapter_that_is_read_has_an_entry():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    names = [chapters.name_of(file) for file in files if file.startswith(chapters.FOLDER)]
    assert list(tomllib.loads((ROOT / chapters.FILE).read_text("utf8"))) == names


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"second": {"question": "It is so.", "needs": []}}, "chapter second which question"),
        ({"second": {"question": "Why?"}}, "chapter second which question"),
        ({"second": {"question": "Why?", "needs": ["zeroth"]}}, "second needs 'zeroth'"),
        ({"second": {"question": "Why?", "needs": ["second"]}}, "second needs 'second'"),
        ({"second": {"question": "Why?", "needs": ["third"]}}, "no chapter before it"),
        ({"fourth": {"question": "Who?", "needs": []}}, "no chapter of _toc.yml: fourth"),
    ],
)
def test_what_is_wrong_is_named(changed, message):
    with pytest.raises(ExtensionError, match=message):
        chapters.check(known(**changed), ORDER)


def code(source, *outputs, tags=()):
    made = [new_output("display_data", data={"text/plain": text}) for text in outputs]
    return new_code_cell(source, outputs=made, metadata={"tags": list(tags)})


CLAIM = "Holds only when it rains: It is wet.\n  measured: 3\n  source: this chapter"
PLAIN_CLAIM = CLAIM.replace(" only when it rains", "")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (new_markdown_cell("word " * 400), 2),
        (new_markdown_cell("$$\nx = 1\n$$ (eq-x)\n\n$$\ny = 2\n$$"), 2 * 0.5),
        (code("x\n" * 20), 1),
        (code("x\n" * 20, tags=["hide-input"]), 0),
        (code("x", "Interactive figure: a line", tags=["hide-input"]), 2),
        (code("x", "<Figure size 1 with 1 Axes>", tags=["hide-input"]), 0.5),
        (code("x", CLAIM, PLAIN_CLAIM, tags=["hide-input"]), 2 * 0.25),
        (code("x", "Holds nothing"), 1 / 20),
    ],
)
def test_all_that_takes_a_reader_time_counts_once(cell, expected):
    nothing = measures.minutes([code("")])
    assert nothing == 0
    assert measures.minutes([cell]) == pytest.approx(expected)
    assert measures.minutes([cell, cell]) == pytest.approx(2 * expected)


def test_exercises_take_time_by_their_difficulty():
    tasks = ["## 1. A (easy)", "## 2. B (medium, in words)", "## 3. C (hard)", "## Easy, no task"]
    assert measures.exercise_minutes([new_markdown_cell(task) for task in tasks]) == 35


def test_times_and_needs_in_words():
    assert [chapters.rounded(minutes) for minutes in (0.3, 12.4, 12.6, 47)] == [5, 10, 15, 45]
    assert chapters.needs_in_words([]) == "Needs no other chapter"
    assert chapters.needs_in_words(["A"]) == "Needs A"
    assert chapters.needs_in_words(["A", "B", "C"]) == "Needs A, B and C"


def test_a_small_picture_has_no_letters_and_follows_the_theme():
    drawing = (
        '<svg class="drawing" viewBox="0 0 4608 2304" role="img" aria-label="A &lt; line">'
        '<defs><path id="glyph-a" d="M0 0"/></defs><g><path d="M1 1l5 5" '
        'stroke="var(--rgb-000000,#000000)"/><g transform="scale(2)"><g><use href="#glyph-a"/></g>'
        "</g></g></svg>"
    )
    found = landing.thumbnail(landing.DRAWING.search(f"<figure-sweep>{drawing}</figure-sweep>"))
    assert found["alt"] == "A &lt; line"
    assert (found["width"], found["height"]) == (320, 160)
    assert "glyph" not in found["svg"] and "<g transform" not in found["svg"]
    assert '<path d="M1 1l5 5"' in found["svg"]
    light, dark = found["svg"].split("@media(prefers-color-scheme:dark)")
    assert "background:#fff" in light
    assert f"background:{landing.DARK}" in dark
    css = (ROOT / "book" / "assets" / "css" / "page.css").read_text("utf8")
    assert f"--pst-color-background: {landing.DARK};" in css
    assert f"--rgb-000000:{colors.dark('#000000')}" in dark
