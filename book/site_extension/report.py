"""*Report a problem*: a link on every page to a form that already names the page.

``report.js`` adds the section that is being read when the link is used.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode

from sphinx.application import Sphinx

BODY = "Page: {page}\nSection: \n\nWhat is wrong, and what would be right?\n"


def add_button(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Put the link among the buttons above a page."""
    repository = app.config.html_theme_options.get("repository_url", "").rstrip("/")
    if not repository or "header_buttons" not in context:
        return
    title = html.unescape(re.sub(r"<[^>]*>", "", context.get("title") or pagename))
    fields = {"title": f"{title}: ", "body": BODY.format(page=f"{pagename}.html")}
    context["header_buttons"].append(
        {
            "type": "link",
            "url": html.escape(f"{repository}/issues/new?{urlencode(fields)}"),
            "text": "Report a problem",
            "tooltip": "Report a problem on this page",
            "icon": "fas fa-flag",
            "label": "report",
        }
    )


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", add_button, priority=910)
