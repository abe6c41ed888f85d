"""The first screen of a chapter: its question beside the figure that answers it."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from .folds import shows_figure

CHAPTERS = "chapters/"


class Opening(SphinxPostTransform):
    """Puts what stands before a chapter's first figure, and the figure, into one box.

    Where the screen is wide, its text stands beside the figure; so both are seen at once, with the
    figure's controls (``css/page.css``).
    """

    default_priority = 210  # after the folds have moved below the figures
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Change the document."""
        first = next(self.document.findall(nodes.section), None)
        if first is None or not self.env.docname.startswith(CHAPTERS):
            return
        before = []
        for node in first.children[1:]:  # the first child is the title
            if isinstance(node, nodes.paragraph):
                before.append(node)
                continue
            if before and isinstance(node, nodes.container) and shows_figure(node):
                text = nodes.container("", *before, classes=["opening-text"])
                box = nodes.container("", text, node, classes=["opening"])
                first.children[1 : 2 + len(before)] = []
                first.insert(1, box)
            return


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(Opening)
