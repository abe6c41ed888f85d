"""How formulas stand in a line of text."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

MARKS = re.compile(r"[.,;:?!)]+")
SHORT = 30  # characters of LaTeX; a longer formula must stay free to break on narrow screens


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


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(KeepPunctuation)
