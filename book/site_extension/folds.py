"""Folded code stands under the figure that it draws, so that a reader meets the figure first."""

from __future__ import annotations

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

FIGURES = ("<figure-sweep", "<js-figure", "<svg", "<figure")


def is_folded(node: nodes.Node) -> bool:
    """Tell whether a node is a cell with a fold for its code alone, which comes first."""
    return (
        isinstance(node, nodes.container)
        and node.get("hide_mode") == "input"
        and isinstance(node.next_node(), HideCodeCellNode)
    )


def shows_figure(output: nodes.Node) -> bool:
    """Tell whether the output of a cell is a figure or a plot."""
    return bool(list(output.findall(nodes.image))) or any(
        tag in raw.astext() for raw in output.findall(nodes.raw) for tag in FIGURES
    )


class FoldsBelow(SphinxPostTransform):
    """Moves the fold of a figure's code below the figure.

    Folded cells right before it that show nothing, such as imports and data, join its fold.
    """

    default_priority = 200  # after MyST-NB has made the folds
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Change the document."""
        for cell in list(self.document.findall(is_folded)):
            fold, *outputs = cell.children
            if not outputs or not all(map(shows_figure, outputs)):
                continue
            cell.children = []
            cell.extend([*outputs, fold])
            while is_folded(before := self.previous(cell)) and len(before.children) == 1:
                fold.insert(0, before.children[0].children)
                before.parent.remove(before)

    @staticmethod
    def previous(cell: nodes.Element) -> nodes.Node | None:
        """Return the node before a cell."""
        place = cell.parent.index(cell)
        return cell.parent[place - 1] if place else None


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_post_transform(FoldsBelow)
