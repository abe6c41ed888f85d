"""The form of a chapter: each limit, passed and kept, on a notebook that has nothing else."""

import copy
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tools import form
from tools.form import UNREVISED, chapters, problems
from tools.measures import open_share, words

WORD_ROW = "word " * 70
TOP = "**You will be able to** count."
END = """## What to remember

- one
- two
- three
- four
- five

## Exercises

[Five](../../exercises/release/counting/counting.ipynb).

## Further reading

{cite:t}`polyak1964`."""


def text(name, source):
    return new_markdown_cell(source, id=name)


def code(name, source, output="", tags=()):
    outputs = [new_output("display_data", data={"text/plain": output})] if output else []
    return new_code_cell(source, id=name, outputs=outputs, metadata={"tags": list(tags)})


def moving(name):
    return code(name, f"explore({name})", "Interactive figure: seven", ["hide-input"])


def chapter():
    """A chapter of 32 cells that keeps every limit."""
    cells = [
        text("title", "# Counting\n\nHow many are there?"),
        code("bootstrap", "pass\n" * 40, tags=["remove-cell"]),
        code("imports", "import helpers", tags=["hide-input"]),
        moving("opening"),
        text("top", TOP),
        text("predict", "What will be seen?"),
        moving("sweep"),
        text("answer", "<details><summary>Answer</summary>\n\nSeven.\n\n</details>"),
        code("agree", "claim(..., identity=True)", "Holds: seven"),
    ]
    for i in range(11):
        cells += [text(f"text-{i}", WORD_ROW * 2 + WORD_ROW), code(f"code-{i}", "x = 7\n" * 5)]
    return new_notebook(cells=[*cells, text("end", END)])


def cell(notebook, name):
    return next(one for one in notebook.cells if one.id == name)


def replaced(name, old, new):
    def spoil(notebook):
        one = cell(notebook, name)
        assert old in one.source
        one.source = one.source.replace(old, new)

    return spoil


def lengthened(name, count, fold=False):
    def spoil(notebook):
        cell(notebook, name).source = "\n\n".join(f"x = {i}" for i in range(count))
        cell(notebook, name).metadata.tags = ["hide-input"] if fold else []

    return spoil


def with_few_cells(notebook):
    del notebook.cells[-4:-1]


def with_many_cells(notebook):
    notebook.cells[-1:-1] = [code(f"more-{i}", "7", tags=["remove-cell"]) for i in range(39)]


def with_few_words(notebook):
    for one in notebook.cells:
        if one.id.startswith("text-"):
            one.source = "word " * 150


def with_many_words(notebook):
    cell(notebook, "text-0").source += "word " * 1000


def with_many_lines_in_most_cells(notebook):
    for i in range(7):
        cell(notebook, f"code-{i}").source = "x = 7\n" * 9


def with_much_open_code(notebook):
    for i in range(11):
        cell(notebook, f"code-{i}").source = "x = 7\n" * (20 if i < 5 else 8)


def with_words_before_the_figure(notebook):
    cell(notebook, "title").source += " word" * 80


def with_open_imports(notebook):
    cell(notebook, "imports").metadata.tags = []


def with_an_open_figure(notebook):
    cell(notebook, "opening").metadata.tags = []


def with_an_output_before_the_figure(notebook):
    cell(notebook, "imports").outputs = [new_output("stream", name="stdout", text="hello")]


def without_figures(notebook):
    for one in notebook.cells:
        if one.cell_type == "code":
            one.outputs = []


def with_one_exploration(notebook):
    cell(notebook, "sweep").outputs = []


def with_a_picture_first(notebook):
    notebook.cells.insert(4, text("diagram", "![Seven dots](seven.svg)"))
    cell(notebook, "opening").outputs = []


def without_an_answer(notebook):
    notebook.cells.remove(cell(notebook, "answer"))


def with_other_last_sections(notebook):
    notebook.cells.append(text("after", "## Appendix"))


SPOILED = {
    "few cells": (with_few_cells, "29 cells, 30 to 70"),
    "many cells": (with_many_cells, "71 cells, 30 to 70"),
    "few words": (with_few_words, r"1,\d\d\d words, 1,800 to 3,200 are the form: say why"),
    "many words": (with_many_words, r"3,\d\d\d words, 1,800 to 3,200 are the form: shorten"),
    "a long open cell": (lengthened("code-0", 21), "code-0 has 21 lines of open code, at most 20"),
    "a long folded cell": (
        lengthened("code-0", 36, fold=True), "code-0 has 36 lines of folded code, at most 35"
    ),
    "long open cells": (with_many_lines_in_most_cells, "open cells have 9 lines at the median"),
    "much open code": (with_much_open_code, r"open code fills about \d\d% .* at most 25%"),
    "no title": (replaced("title", "# ", "## "), "first cell is not the title"),
    "a late figure": (with_words_before_the_figure, r"8\d words stand before the first figure"),
    "open imports": (with_open_imports, "imports shows code before the first figure"),
    "an open figure": (with_an_open_figure, "opening shows code before the first figure"),
    "an early output": (with_an_output_before_the_figure, "imports shows code before the first"),
    "no figure": (without_figures, "no figure is stored"),
    "no question": (replaced("title", "?", "."), "no question stands before the first figure"),
    "no ability": (replaced("top", "**You will be able", "You"), "will be able to do"),
    "a section after the last": (with_other_last_sections, "the last sections are not"),
    "four lines to remember": (replaced("end", "- five", "five"), "has 4 lines that begin with"),
    "no link to exercises": (replaced("end", "release/c", "c"), "does not link to ../../exercises"),
    "nothing cited": (replaced("end", "{cite:t}", ""), "cites nothing"),
    "one exploration": (with_one_exploration, "1 figures that move, at least 2"),
    "nothing to predict": (replaced("predict", "?", "."), "sweep explores without a question"),
    "no answer": (without_an_answer, r"sweep has no folded answer \(<details>\)"),
    "an open answer": (replaced("answer", "<details>", ""), "sweep has no folded answer"),
    "no agreement": (replaced("agree", "identity=True", ""), "identity=True"),
}


def test_a_chapter_in_the_form_has_no_problems():
    assert problems(chapter(), "counting") == []


@pytest.mark.parametrize("case", SPOILED)
def test_each_limit_says_what_to_do(case):
    spoil, message = SPOILED[case]
    notebook = chapter()
    spoil(notebook)
    found = problems(notebook, "counting")
    assert any(re.search(message, problem) for problem in found), found


@pytest.mark.parametrize(
    "spoil",
    [
        lengthened("code-0", 20),
        lengthened("code-0", 35, fold=True),
        with_a_picture_first,
    ],
)
def test_what_just_fits_is_allowed(spoil):
    notebook = chapter()
    spoil(notebook)
    found = problems(notebook, "counting")
    assert not [problem for problem in found if "at most" in problem or "first" in problem], found


def test_words_are_those_of_prose():
    assert words("Two words") == 2
    assert words("# A *few* more, don't you think – 7?") == 6
    assert words("`code` $x + y$ {cite}`key2015` <b>one</b> [two](to/three.ipynb)") == 2
    assert words("a\n```python\nx = y\n```\nb\n\n$$\nx y\n$$ (eq-name)\n\nc") == 3


def test_the_share_of_open_code_grows_with_it_and_not_with_folded_code():
    def share(*cells):
        return open_share([text("prose", "word " * 1000), *cells])

    short, long = code("short", "x = 7\n" * 5), code("long", "x = 7\n" * 50)
    assert share() == 0
    assert 0 < share(short) < share(long) < 1
    assert share(code("long", "x = 7\n" * 50, tags=["hide-input"])) == 0
    # The figure takes its place beside the code.
    assert share(code("plot", "x = 7\n" * 5, "<Figure size 100x100 with 1 Axes>")) < share(short)


def test_the_list_of_unrevised_chapters_names_chapters():
    assert set(chapters()) >= UNREVISED


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Two chapters that leave the form, of which only the second is revised."""
    notebook = copy.deepcopy(chapter())
    with_few_cells(notebook)
    paths = {}
    for name in ("old", "new"):
        replace = replaced("end", "counting/counting", f"{name}/{name}")
        each = copy.deepcopy(notebook)
        replace(each)
        paths[name] = tmp_path / f"{name}.ipynb"
        nbformat.write(each, paths[name])
    monkeypatch.setattr(form, "chapters", lambda: paths)
    monkeypatch.setattr(form, "UNREVISED", {"old"})
    return paths


def run(monkeypatch, *arguments):
    monkeypatch.setattr("sys.argv", ["form", *arguments])
    return form.main()


def test_an_unrevised_chapter_is_warned_in_one_line(book, monkeypatch, capsys):
    assert run(monkeypatch, "old") == 0
    assert capsys.readouterr().out == "old: not yet revised; warnings: 1\n"
    assert run(monkeypatch, "old", "--verbose") == 0
    assert "29 cells" in capsys.readouterr().out


def test_a_revised_chapter_fails(book, monkeypatch, capsys):
    assert run(monkeypatch) == 1
    assert "new: 29 cells, 30 to 70 are the form" in capsys.readouterr().out


def test_a_very_long_cell_fails_in_an_unrevised_chapter_too(book, monkeypatch, capsys):
    notebook = nbformat.read(book["old"], as_version=4)
    lengthened("code-0", 26)(notebook)
    nbformat.write(notebook, book["old"])
    assert run(monkeypatch, "old") == 1
    assert "code-0 has 26 lines of code, at most 25" in capsys.readouterr().out


def test_an_unknown_chapter_is_refused(book, monkeypatch, capsys):
    with pytest.raises(SystemExit):
        run(monkeypatch, "none")
    assert "there is no chapter 'none'; there are old, new" in capsys.readouterr().err
