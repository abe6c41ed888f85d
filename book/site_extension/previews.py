"""What previews show of other pages, in small scripts that are loaded when they are needed.

``previews.js`` shows what a link leads to beside the link: a work of the bibliography, an equation,
a claim. What stands on the same page it takes from there. Pages opened from the disk may not
fetch, but may load scripts.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from sphinx.application import Sphinx

from .cards import CARD

SHOWN = (
    re.compile(r'<div class="citation" id="(?P<id>cite-[^"]*)".*?</div>', re.DOTALL),
    re.compile(r'<div class="math[^"]*" id="(?P<id>equation-[^"]*)".*?</div>', re.DOTALL),
    re.compile(rf'(?=<div [^>]*\bid="(?P<id>claim-[^"]*)"){CARD.pattern}', re.DOTALL),
)
# What has no sense beside a link
LEFT_OUT = re.compile(r'<p class="citation-places">.*?</p>| data-claim="[^"]*"', re.DOTALL)


def targets(body: str) -> dict[str, dict[str, str]]:
    """Return what previews may show of a page, as HTML by kind and by id."""
    found: dict[str, dict[str, str]] = {}
    for pattern in SHOWN:
        for part in pattern.finditer(body):
            kind = part["id"].split("-")[0]
            found.setdefault(kind, {})[part["id"]] = LEFT_OUT.sub("", part[0])
    return found


def write_targets(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Write the scripts of one page: one for each kind, because a link needs only one."""
    folder = Path(app.outdir, "_previews")
    for kind, parts in targets(context.get("body") or "").items():
        name = f"{pagename}.{kind}"
        path = folder / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(parts, ensure_ascii=False)
        line = f"(window.pagePreviews ??= {{}})[{json.dumps(name)}] = {text};\n"
        path.write_text(line, encoding="utf8")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", write_targets, priority=960)
