"""Nothing that a student writes stops the feedback or the table of grades of the others."""

import signal
import time
from types import SimpleNamespace

import pytest
from grading import preprocessors, table
from grading.course import CourseError
from grading.files import at_most
from grading.outputs import storable
from grading.preprocessors import harmless_markdown
from grading.table import shortened
from nbformat.v4 import new_output

# What takes the square of its length, in the worst cases that were found.
SLOW = ["<i a={}>", "\\\\[", "# a\n", "\\begin{{a}}"]


def page():
    """Return what a page's template gives for each of its cells."""
    return {"resources": {}, "cell": {}}


def repeated(pattern, characters):
    count = characters // len(pattern.format(0)) + 1
    return "".join(pattern.format(number) for number in range(count))


@pytest.mark.parametrize("pattern", SLOW)
def test_a_page_takes_seconds_whatever_is_on_it(pattern):
    context, start = page(), time.process_time()
    for _ in range(50):
        harmless_markdown(context, repeated(pattern, preprocessors.CELL_CHARACTERS - 30))
    harmless_markdown(context, repeated(pattern, 300_000))
    assert time.process_time() - start < 40  # 3 on an idle computer


def test_a_long_row_of_blanks_is_shortened():
    start = time.process_time()
    shown = harmless_markdown(page(), "*a*" + " " * 300_000 + "b")
    assert time.process_time() - start < 1
    assert "<em>a</em>" in shown and len(shown) < 200


def test_a_rich_output_that_is_too_long_gives_way_to_its_plain_form():
    def kept(html):
        data = {"text/html": html, "text/plain": "plain"}
        return storable(new_output("display_data", data=data)).data

    assert "text/html" in kept("<b>1</b>")
    assert kept("<div>" * 10_000) == {"text/plain": "plain"}
    only = new_output("display_data", data={"text/markdown": "*a" * 50_000})
    assert "too long" in storable(only).data["text/plain"]


def test_a_page_that_needs_too_long_is_given_up():
    with pytest.raises(TimeoutError, match="the page needs more than 0.1 s"):
        with at_most(0.1):
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                pass
    with at_most(60):
        pass
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


def test_a_text_that_is_too_long_is_shown_as_it_was_written():
    text = "<script>1</script> " * 1000
    assert harmless_markdown(page(), text) == (
        f"<pre>{'&lt;script&gt;1&lt;/script&gt; ' * 1000}</pre>"
    )


@pytest.mark.parametrize("source", ["![a](attachment:lost.png)", "<b>" * 3000])
def test_a_text_that_cannot_be_rendered_is_shown_as_it_was_written(source):
    assert harmless_markdown(page(), source)


def test_a_table_has_room_for_some_notes_and_counts_the_others():
    assert shortened(["a: b", "c"]) == "a: b; c"
    assert shortened([]) == ""
    many = shortened([f"cell {number}: it failed" for number in range(50_000)])
    assert len(many) < 2100
    assert many.startswith("cell 0: it failed; cell 1: ")
    assert many.endswith(f"; and {50_000 - many.count('it failed')} more")
    assert len(shortened(["x" * 200_000])) < 700


def roster(tmp_path, content):
    path = tmp_path / "students.csv"
    path.write_bytes(content)
    return table.listed(path)


@pytest.mark.parametrize(
    "text",
    [
        "student,group\nJosé,1\n Anna O'Neil ,2\n,3\n\n   ,\n",
        "group;student\r\n1;José\r\n2;Anna O'Neil\r\n",
        "student\nJosé\nAnna O'Neil\n",
        "\ufeffgroup;student\n1;Jose\u0301\n2;Anna O'Neil\n",
        'group, student\n1, "José"\n2, "Anna O\'Neil"\n',
    ],
)
def test_a_roster_is_read_as_spreadsheets_write_it(tmp_path, text):
    assert roster(tmp_path, text.encode()) == {"José", "Anna_O_Neil"}


@pytest.mark.parametrize("content", [b"name\nAnna\n", "student\nJosé\n".encode("latin-1")])
def test_a_roster_that_cannot_be_read_says_what_it_needs(tmp_path, content):
    with pytest.raises(CourseError, match="students.csv needs a column 'student', saved as UTF-8"):
        roster(tmp_path, content)


def test_hidden_tests_leave_the_checks_only():
    def cell(**marks):
        source = "1\n### BEGIN HIDDEN TESTS\n2"
        return SimpleNamespace(source=source, metadata={"nbgrader": marks} if marks else {})

    clear = preprocessors.ClearChecks()
    for mine in (cell(), cell(solution=True, locked=False), cell(solution=True, grade=True)):
        before = mine.source
        clear.preprocess_cell(mine, {}, 0)
        assert mine.source == before
