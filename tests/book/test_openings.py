"""A chapter's question and its first figure are in one box, so that both fit the first screen."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document
from site_extension.openings import Opening

FIGURE = "<figure class='book-figure'><figure-sweep></figure-sweep></figure>"


def figure():
    raw = nodes.raw("", FIGURE, format="html")
    return nodes.container("", nodes.container("", raw), nb_element="cell_code")


def paragraph(text):
    return nodes.paragraph(text, text)


def opened(monkeypatch, *children, docname="chapters/training/one"):
    document = new_document("page", get_default_settings())
    document += nodes.section("", nodes.title("", "One"), *children)
    transform = Opening(document)
    monkeypatch.setattr(Opening, "env", SimpleNamespace(docname=docname))
    transform.run()
    return document[0]


def test_text_and_figure_share_a_box(monkeypatch):
    section = opened(monkeypatch, paragraph("Why?"), paragraph("Try."), figure(), paragraph("So."))
    assert [type(child) for child in section] == [nodes.title, nodes.container, nodes.paragraph]
    text, cell = section[1]
    assert section[1]["classes"] == ["opening"]
    assert text["classes"] == ["opening-text"] and text.astext() == "Why?\n\nTry."
    assert cell["nb_element"] == "cell_code"
    assert section[2].astext() == "So."


@pytest.mark.parametrize(
    "children",
    [
        [figure()],
        [paragraph("Why?")],
        [paragraph("Why?"), nodes.bullet_list(), figure()],
        [paragraph("Why?"), nodes.container("", nodes.literal_block("", "x = 1")), figure()],
    ],
    ids=["no text", "no figure", "a list between", "code between"],
)
def test_otherwise_all_stays_in_its_place(monkeypatch, children):
    kinds = [type(child) for child in children]
    section = opened(monkeypatch, *children)
    assert [type(child) for child in section[1:]] == kinds
    assert not [box for box in section.findall(nodes.container) if "opening" in box["classes"]]


def test_only_chapters_have_an_opening(monkeypatch):
    section = opened(monkeypatch, paragraph("Why?"), figure(), docname="book/playground")
    assert [type(child) for child in section[1:]] == [nodes.paragraph, nodes.container]
