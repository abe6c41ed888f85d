"""Folded code stands under the figure that it draws, and what prepares the figure with it."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document
from myst_nb.sphinx_ import HideCodeCellNode
from site_extension.folds import (
    FoldKeyCode,
    FoldsBelow,
    KeyCode,
    offer_switch,
    visit_key_code,
)

SWEEP = '<figure-sweep id="opening"></figure-sweep>'
CLAIM = '<div class="claim">It holds.</div>'


def code(text):
    return nodes.container("", nodes.literal_block(text, text), nb_element="cell_code_source")


def cell(text, output=None, mode="input"):
    """A cell as MyST-NB leaves it in a page."""
    source = HideCodeCellNode("", code(text)) if mode else code(text)
    made = nodes.container("", source, nb_element="cell_code", hide_mode=mode)
    if output:
        raw = nodes.raw("", output, format="html")
        made += nodes.container("", raw, nb_element="cell_code_output")
    return made


@pytest.fixture
def moved():
    """Return what a page shows of its cells, from top to bottom."""

    def move(*cells):
        document = new_document("page", get_default_settings())
        document += nodes.section("", *cells)
        FoldsBelow(document).run()
        texts = []
        for each in document[0]:
            if isinstance(each, nodes.paragraph):
                texts.append(each.astext())
                continue
            for child in each:
                if isinstance(child, HideCodeCellNode):
                    texts.append([block.astext() for block in child.findall(nodes.literal_block)])
                else:
                    texts.append(child.astext())
        return texts

    return move


@pytest.mark.parametrize("figure", [SWEEP, "<js-figure></js-figure>", "<svg></svg>"])
def test_the_fold_of_a_figure_is_below_it(moved, figure):
    assert moved(cell("explore(opening)", figure)) == [figure, ["explore(opening)"]]


def test_what_prepares_a_figure_joins_its_fold_in_order(moved):
    cells = [cell("import helpers"), cell("data = 7"), cell("explore(opening)", SWEEP)]
    assert moved(*cells) == [SWEEP, ["import helpers", "data = 7", "explore(opening)"]]


def test_text_ends_a_fold(moved):
    cells = [cell("x = 7"), nodes.paragraph("", "Look."), cell("explore(opening)", SWEEP)]
    assert moved(*cells) == [["x = 7"], "Look.", SWEEP, ["explore(opening)"]]


def test_each_figure_keeps_its_own_code(moved):
    cells = [cell("explore(a)", SWEEP), cell("x = 7"), cell("explore(b)", SWEEP)]
    assert moved(*cells) == [SWEEP, ["explore(a)"], SWEEP, ["x = 7", "explore(b)"]]


def test_other_cells_stay_as_they_are(moved):
    cells = [cell("claim(...)", CLAIM), cell("explore(open)", SWEEP, mode=None), cell("x = 7")]
    assert moved(*cells) == [["claim(...)"], CLAIM, "explore(open)", SWEEP, ["x = 7"]]


def test_a_fold_with_an_output_of_its_own_joins_no_other(moved):
    cells = [cell("claim(...)", CLAIM), cell("explore(a)", SWEEP)]
    assert moved(*cells) == [["claim(...)"], CLAIM, SWEEP, ["explore(a)"]]
    # Tagged hide-cell: the fold holds the output as well.
    cells = [cell("print(7)", mode="all"), cell("explore(a)", SWEEP)]
    assert moved(*cells) == [["print(7)"], SWEEP, ["explore(a)"]]


def test_an_output_without_code_joins_no_fold(moved):
    alone = cell("print(7)", CLAIM)
    alone.remove(alone[0])
    assert moved(alone, cell("explore(a)", SWEEP)) == [CLAIM, SWEEP, ["explore(a)"]]


@pytest.fixture
def wrapped(monkeypatch):
    """Return the HTML-like classes of what a cell begins with, on a page of some name."""

    def wrap(docname, *cells):
        document = new_document("page", get_default_settings())
        document += nodes.section("", *cells)
        monkeypatch.setattr(FoldKeyCode, "env", SimpleNamespace(docname=docname))
        FoldKeyCode(document).run()
        return [type(each[0]) for each in document[0]]

    return wrap


@pytest.mark.parametrize("page", ["chapters/training/dropout", "book/playground"])
def test_open_code_can_be_folded(wrapped, page):
    cells = [cell("x = 1", mode=None), cell("y = 2")]
    assert wrapped(page, *cells) == [KeyCode, HideCodeCellNode]


def test_where_code_is_the_point_it_stays(wrapped):
    page = "exercises/source/dropout/dropout"
    assert wrapped(page, cell("x = 1", mode=None)) == [nodes.container]


@pytest.mark.parametrize(("text", "says"), [("x = 1", "1 line"), ("x = 1\ny = 2\n", "2 lines")])
def test_a_fold_says_how_much_is_in_it(text, says):
    visitor = SimpleNamespace(body=[])
    visit_key_code(visitor, KeyCode("", code(text)))
    assert f"<summary>Code, {says}</summary>" in visitor.body[0]


@pytest.mark.parametrize(
    ("page", "body", "offered"),
    [
        ("chapters/a/b", '<div class="cell_input docutils">', True),
        ("chapters/a/b", "<p>No code at all.</p>", False),
        ("exercises/source/b/b", '<div class="cell_input docutils">', False),
    ],
)
def test_pages_with_code_offer_the_switch(page, body, offered):
    context = {"body": body}
    offer_switch(None, page, "page.html", context, None)
    assert context["code_switch"] is offered
