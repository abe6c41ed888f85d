"""Formulas keep the mark behind them."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document
from site_extension.formulas import SHORT, KeepPunctuation


def transformed(*children):
    """Return the parts of a paragraph, as text and class, after the transformation."""
    document = new_document("page", get_default_settings())
    document.settings.env = SimpleNamespace(config=None)
    paragraph = nodes.paragraph("", "", *children)
    document += paragraph
    KeepPunctuation(document).run()
    return [(part.astext(), *part.get("classes", [])) if isinstance(part, nodes.Element)
            else (str(part),) for part in paragraph]


@pytest.mark.parametrize("mark", [".", ",", ";", "?", ").", ":"])
def test_a_mark_stays_with_its_formula(mark):
    parts = transformed(nodes.Text("for "), nodes.math("", "x^2"), nodes.Text(f"{mark} Then"))
    assert parts == [("for ",), (f"x^2{mark}", "unbroken"), (" Then",)]


@pytest.mark.parametrize("text", [" and then.", "-axis", ""])
def test_other_text_is_left_alone(text):
    parts = transformed(nodes.math("", "x"), nodes.Text(text))
    assert parts == [("x",), (text,)]


def test_a_long_formula_may_break():
    formula = "a" * (SHORT + 1)
    assert transformed(nodes.math("", formula), nodes.Text(".")) == [(formula,), (".",)]
    assert transformed(nodes.math("", "x")) == [("x",)]
