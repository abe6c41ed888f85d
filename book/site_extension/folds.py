"""Code on demand: what draws a figure is folded under it, and open code can be folded as well."""

from __future__ import annotations

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxTranslator

# How much code a page shows is the reader's choice, where code is not the point of the page.
WITH_SWITCH = ("chapters/", "book/playground")
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


class KeyCode(nodes.Element):
    """A fold around code that stands open, until a reader chooses to see no code."""


def visit_key_code(self: SphinxTranslator, node: KeyCode) -> None:
    """Begin the fold; its line says how much is in it."""
    lines = node.astext().rstrip().count("\n") + 1
    amount = "1 line" if lines == 1 else f"{lines} lines"
    self.body.append(f'<details class="key-code" open><summary>Code, {amount}</summary>\n')


def depart_key_code(self: SphinxTranslator, node: KeyCode) -> None:
    """End the fold."""
    self.body.append("</details>\n")


class FoldKeyCode(SphinxPostTransform):
    """Makes code that stands open foldable."""

    default_priority = 201
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Change the document."""
        if not self.env.docname.startswith(WITH_SWITCH):
            return
        for cell in list(self.document.findall(nodes.container)):
            code = cell.children[0] if cell.children else None
            open_code = isinstance(code, nodes.container) and (
                code.get("nb_element") == "cell_code_source"
            )
            if open_code and cell.get("nb_element") == "cell_code":
                cell[0] = KeyCode("", code)


def offer_switch(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Tell the templates whether a page has the switch: where it has code to show or not."""
    has_code = 'class="cell_input' in context.get("body", "")
    context["code_switch"] = has_code and pagename.startswith(WITH_SWITCH)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_node(KeyCode, html=(visit_key_code, depart_key_code))
    app.add_post_transform(FoldsBelow)
    app.add_post_transform(FoldKeyCode)
    app.connect("html-page-context", offer_switch)
