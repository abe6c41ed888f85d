"""The site's Sphinx extension: what turns executed notebooks into pages that need no server.

One module for each concern; each has a ``setup(app)``.
"""

from sphinx.application import Sphinx

from . import assets, cards, evidence, execution, exercises, figures, formulas, pages, watchdog


def setup(app: Sphinx) -> dict[str, object]:
    """Register everything with Sphinx."""
    modules = (execution, watchdog, exercises, assets, figures, formulas, cards, evidence, pages)
    for module in modules:
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
