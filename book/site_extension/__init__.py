"""The site's Sphinx extension: what turns executed notebooks into pages that need no server.

One module for each concern; each has a ``setup(app)``.
"""

from sphinx.application import Sphinx

from . import (
    assets,
    cards,
    entrance,
    evidence,
    execution,
    exercises,
    feed,
    figures,
    folds,
    formulas,
    head,
    offline,
    pages,
    sitemap,
    watchdog,
)

MODULES = (
    execution, watchdog, exercises, assets, figures, folds, formulas, cards, evidence, pages,
    head, feed, sitemap, entrance, offline,
)


def setup(app: Sphinx) -> dict[str, object]:
    """Register everything with Sphinx."""
    for module in MODULES:
        module.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
