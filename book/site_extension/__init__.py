"""The site's Sphinx extension: what turns executed notebooks into pages that need no server.

One module for each concern; each has a ``setup(app)``.
"""

import hashlib
from pathlib import Path

from sphinx.application import Sphinx

from . import (
    assets,
    bibliography,
    cards,
    chapters,
    entrance,
    evidence,
    execution,
    exercises,
    feed,
    figures,
    folds,
    fonts,
    formulas,
    glossary,
    head,
    landing,
    links,
    numbering,
    offline,
    openings,
    pages,
    previews,
    report,
    search,
    sitemap,
    watchdog,
)

MODULES = (
    execution, watchdog, exercises, numbering, assets, figures, folds, fonts, formulas, cards,
    chapters, evidence, bibliography, landing, openings, pages, report, previews, links, head, feed,
    sitemap, entrance, glossary, search, offline,
)  # fmt: skip


def setup(app: Sphinx) -> dict[str, object]:
    """Register everything with Sphinx."""
    for module in MODULES:
        module.setup(app)
    # Pages that an older version of this code has made are made again.
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    version = hashlib.sha256(code).hexdigest()
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": version}
