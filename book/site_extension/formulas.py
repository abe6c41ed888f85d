"""Formulas: how they stand in a line of text, and valid MathML for those who do not see them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib import katex

MARKS = re.compile(r"[.,;:?!)]+")
SHORT = 30  # characters of LaTeX; a longer formula must stay free to break on narrow screens

# HTML knows the namespace.
MATH = re.compile(r'<math xmlns="[^"]*"(.*?</math>)', re.DOTALL)
APPLY = "\u2061"  # "the function is applied": KaTeX writes it behind each name such as max
# How many parts an element has
ARITY = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2,
    "msubsup": 3, "munderover": 3,
}  # fmt: skip
# What MathML Core has no longer. It only moved what nobody sees: the picture is HTML.
OBSOLETE = ("columnalign", "columnspacing", "rowspacing", "columnlines", "rowlines", "fence",
            "separator")  # fmt: skip
# Letters of their own in Unicode, instead of a style
ALPHABETS = {
    "bold": "BOLD",
    "bold-italic": "BOLD ITALIC",
    "double-struck": "DOUBLE-STRUCK",
    "fraktur": "FRAKTUR",
    "script": "SCRIPT",
    "sans-serif": "SANS-SERIF",
    "monospace": "MONOSPACE",
}


class KeepPunctuation(SphinxPostTransform):
    """Keeps the mark behind a short formula on its line; a browser may break the line there."""

    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Bind each short formula to the mark that follows it."""
        for formula in list(self.document.findall(nodes.math)):
            parent, place = formula.parent, formula.parent.index(formula)
            text = parent[place + 1] if place + 1 < len(parent) else None
            mark = MARKS.match(text) if isinstance(text, nodes.Text) else None
            if mark and len(formula.astext()) <= SHORT:
                rest = nodes.Text(text[mark.end() :])
                bound = nodes.inline("", "", formula, nodes.Text(mark[0]), classes=["unbroken"])
                parent[place : place + 2] = [bound, rest]


def valid(rendered: str) -> str:
    """Return a formula with MathML that conforms to MathML Core, and without its TeX.

    Parameters
    ----------
    rendered : str
        What KaTeX writes: MathML for screen readers, and HTML for the eye.

    Raises
    ------
    ValueError
        If an element has not as many parts as it must.
    """

    def mend(found: re.Match[str]) -> str:
        math = ElementTree.fromstring(f"<math{found[1]}")
        _mend(math)
        return ElementTree.tostring(math, encoding="unicode", short_empty_elements=False)

    return MATH.sub(mend, rendered)


def _mend(element: ElementTree.Element) -> None:
    children = list(element)
    if element.tag == "math":
        # Without the TeX beside the formula, which no reader sees or hears.
        [[*children, _]] = element.iterfind("semantics")
    wanted = ARITY.get(element.tag)
    if wanted and len(children) > wanted:
        children = [child for child in children if child.text != APPLY]
    if wanted and len(children) != wanted:
        raise ValueError(f"<{element.tag}> has {len(children)} parts instead of {wanted}")
    element[:] = children
    for name in OBSOLETE:
        element.attrib.pop(name, None)
    variant = element.get("mathvariant", "")
    # "normal" keeps a letter upright; it means something in <mi> alone.
    if variant and not (variant == "normal" and element.tag == "mi"):
        del element.attrib["mathvariant"]
        if variant in ALPHABETS:
            element.text = "".join(_letter(sign, variant) for sign in element.text or "")
    for child in element:
        _mend(child)


def _letter(sign: str, variant: str) -> str:
    """Return a letter or digit in one of Unicode's mathematical alphabets, if it is there."""
    name = unicodedata.name(sign, "").replace("LATIN ", "").replace("LETTER ", "")
    for prefix in ("MATHEMATICAL ", ""):  # ℝ and some others are older than the alphabets
        try:
            return unicodedata.lookup(f"{prefix}{ALPHABETS[variant]} {name}")
        except KeyError:
            continue
    return sign


def write_valid(app: Sphinx, config: Config) -> None:
    """Mend what KaTeX writes wherever a formula is rendered."""
    render: Callable[..., str] = katex.render_latex
    if not hasattr(render, "mends"):  # the tests build several sites in one process

        def mended(latex: str, options: dict | None = None) -> str:
            return valid(render(latex, options))

        mended.mends = True
        katex.render_latex = mended


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(KeepPunctuation)
    app.connect("config-inited", write_valid)
