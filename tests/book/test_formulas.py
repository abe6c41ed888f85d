"""Formulas keep the mark behind them, and their MathML is valid."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document
from site_extension.formulas import SHORT, KeepPunctuation, valid


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


def written(inner):
    """What KaTeX writes around the MathML of a formula."""
    return (
        '<span><math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><semantics>'
        f'<mrow>{inner}</mrow><annotation encoding="application/x-tex">a &lt; b</annotation>'
        "</semantics></math></span><span>a</span>"
    )


@pytest.mark.parametrize(
    ("inner", "mended"),
    [
        ("<mi>a</mi><mo>&lt;</mo><mi></mi>", "<mi>a</mi><mo>&lt;</mo><mi></mi>"),
        # As KaTeX writes λ with a lowered "max"
        (
            "<msub><mi>λ</mi><mi>max</mi><mo>\u2061</mo></msub>",
            "<msub><mi>λ</mi><mi>max</mi></msub>",
        ),
        ("<mi>max</mi><mo>\u2061</mo><mi>x</mi>", "<mi>max</mi><mo>\u2061</mo><mi>x</mi>"),
        ('<mi mathvariant="double-struck">R</mi>', "<mi>ℝ</mi>"),
        ('<mi mathvariant="double-struck">E</mi>', "<mi>𝔼</mi>"),
        ('<mi mathvariant="bold">W</mi>', "<mi>𝐖</mi>"),
        ('<mn mathvariant="bold">10</mn>', "<mn>𝟏𝟎</mn>"),
        ('<mi mathvariant="normal">d</mi>', '<mi mathvariant="normal">d</mi>'),
        ('<mo mathvariant="normal">*</mo>', "<mo>*</mo>"),
        ('<mo fence="true">(</mo>', "<mo>(</mo>"),
        (
            '<mtable rowspacing="1em" columnalign="left"><mtr><mtd><mi>a</mi></mtd></mtr></mtable>',
            "<mtable><mtr><mtd><mi>a</mi></mtd></mtr></mtable>",
        ),
    ],
)
def test_mathml_is_valid_and_without_tex(inner, mended):
    expected = f'<span><math display="block"><mrow>{mended}</mrow></math></span><span>a</span>'
    assert valid(written(inner)) == expected


@pytest.mark.parametrize(
    "inner", ["<mfrac><mi>a</mi></mfrac>", "<msup><mi>a</mi><mi>b</mi><mi>c</mi></msup>"]
)
def test_mathml_that_cannot_be_mended_breaks_the_build(inner):
    with pytest.raises(ValueError, match="parts instead of 2"):
        valid(written(inner))
