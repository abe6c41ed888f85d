"""Formulas in the plain text of claims: what is set, and what only looks like one."""

import html
import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from site_extension.typesetting import LOWERED, RAISED, typeset


def marked(text):
    """Return what is set, with formulas in braces, variables after _ and raised parts after ^."""
    shown = typeset(text)
    for tag, mark in (("var", "_"), ("sup", "^"), ("sub", "↓")):
        shown = shown.replace(f"<{tag}>", mark).replace(f"</{tag}>", "")
    shown = re.sub(r'<span class="radicand">([^<]*)</span>', r"\1", shown)
    return html.unescape(shown.replace('<span class="formula">', "{").replace("</span>", "}"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("at least as fast as 4⁻ᵏ.", "at least as fast as {4^−_k}."),
        ("after 10² to 10⁵ steps", "after {10^2} to {10^5} steps"),
        ("is 2/(λmax + λmin).", "is {2/(_λ↓max + _λ↓min)}."),
        ("keeps 1 − (1 − ηh)^τ of it", "keeps {1 − (1 − _η_h)^_τ} of it"),
        ("with λ = 1/(ητ).", "with {_λ = 1/(_η_τ)}."),
        ("the saddle x² − y² from", "the saddle {_x^2 − _y^2} from"),
        ("ln(1/δ)/ln(1 + 2η) steps", "{ln(1/_δ)/ln(1 + 2_η)} steps"),
        ("(√κ − 1)/(√κ + 1) per step", "{(√_κ − 1)/(√_κ + 1)} per step"),
        ("ln(1 + eᶻ) − yz is 1000", "{ln(1 + _e^_z) − _y_z} is 1000"),
        ("the sum of min(z, 0).", "the sum of {min(_z, 0)}."),
        ("multiplied by I − ηM in each", "multiplied by {_I − _η_M} in each"),
        ("slope is S(1 − S).", "slope is {_S(1 − _S)}."),
        ("β₁ = 0, x₂ and |x|", "{_β↓1 = 0}, {_x↓2} and {|_x|}"),
        ("∇J points up, |∇J| ≤ 2", "{∇_J} points up, {|∇_J| ≤ 2}"),
        ("at z = -0.69; slope -0.02", "at {_z = −0.69}; slope −0.02"),
        ("within 8e-09 cm²", "within {8 × 10^−9} cm²"),
        ("step h = 1e-5, from 5.2e+07", "step {_h = 10^−5}, from {5.2 × 10^7}"),
        ("difference 0e+00", "difference {0}"),
        ("N × C × H × W", "{_N × _C × _H × _W}"),
        ("vectors of d numbers, whatever d is", "vectors of {_d} numbers, whatever {_d} is"),
        ("12 x 12 pixels", "12 × 12 pixels"),
        ("3 m at t = 3", "3 m at {_t = 3}"),
    ],
)
def test_what_can_be_nothing_else_is_set(text, shown):
    assert marked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "A network that I trained is a good one.",
        "Adam's rate, Xavier’s rule and the U.S.",
        "0.24 s a step, 5 × 400 starts, 3 of 5 at 2.5 ± 0.4 %",
        "torch.nn.BatchNorm1d, weight_decay and float32",
        "L2 penalty, k-fold, x-axis, e.g. 10-20 and 03/12/21",
        "it writes “the x and y of 1e-5 κ”",
        "outside [−5, 5], by +0 %, (3 and 5)",
    ],
)
def test_what_only_looks_like_a_formula_stays(text):
    assert typeset(text) == html.escape(text)


def test_a_long_formula_may_break():
    assert 'class="formula long"' in typeset(" + ".join(["x²"] * 20))


def signs(text):
    """Return the letters and digits of a text, raised and lowered ones on the line."""
    plain = text.translate(str.maketrans({**RAISED, **LOWERED}))
    return re.sub(r"[\s×−-]", "", plain)


TEXTS = st.text("abxI κη√(){}|^²₁⁻=+−-/,.5e0 <&'“”λmax", max_size=24).filter(
    lambda text: not re.search(r"\de[+-]?\d|\^", text)
)


@given(TEXTS)
def test_no_sign_is_lost_or_added(text):
    shown = typeset(text)
    assert signs(BeautifulSoup(shown, "html.parser").get_text()) == signs(text)
    assert shown.count("<") == shown.count(">")
