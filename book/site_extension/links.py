"""Links that leave the site say so, to browsers and to readers."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

LINK = re.compile(r'<a\b(?=[^>]*\shref="https?://)[^>]*>')
RELATION = re.compile(r'\srel="([^"]*)"')
# noopener: the other page has no hold on ours. external: what the style sheet marks.
WANTED = ("external", "noopener")


def mark_external(page: str) -> str:
    """Return a page whose links to elsewhere carry ``rel="external noopener"``."""

    def mark(link: re.Match[str]) -> str:
        given = RELATION.search(link[0])
        words = dict.fromkeys([*(given[1].split() if given else ()), *WANTED])
        rest = RELATION.sub("", link[0])
        return f'{rest[:-1]} rel="{" ".join(words)}">'

    return LINK.sub(mark, page)


def finish_pages(app: Sphinx) -> None:
    """Mark the links of whole pages: many come from the theme's templates."""
    if app.builder.format != "html":
        return
    render = app.builder.templates.render
    app.builder.templates.render = lambda name, context: mark_external(render(name, context))


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("builder-inited", finish_pages)
