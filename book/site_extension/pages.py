"""What the theme puts on a page and this book does not want, and what it lacks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.fileutil import copy_asset_file  # noqa: F401

THEBE = re.compile(
    r'\s*<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = [^<]*</script>',
    re.DOTALL,
)


def drop_thebe(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Remove the scripts that would run code on somebody's server.

    The book never uses them, they name an outside host, and together they declare a constant
    twice, which is an error on every page.
    """
    context["script_files"] = [
        script
        for script in context["script_files"]
        if "THEBE" not in (getattr(script, "attributes", {}).get("body") or "")
        and "thebe" not in str(getattr(script, "filename", script))
    ]
    context["css_files"] = [
        css for css in context["css_files"] if "thebe" not in str(getattr(css, "filename", css))
    ]
    if context.get("body"):
        context["body"] = THEBE.sub("", context["body"])


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", drop_thebe, priority=900)
