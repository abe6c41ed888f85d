"""The list of pages for search engines. Pages that are only tools for readers are not on it."""

from __future__ import annotations

from html import escape
from pathlib import Path

from sphinx.application import Sphinx


def sitemap(addresses: list[str]) -> str:
    """Return the text of a sitemap."""
    places = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write ``sitemap.xml``, if it is known where the site will be published."""
    base = app.config.html_baseurl
    if exception or app.builder.format != "html" or not base:
        return
    # The first page is the site's own address.
    rest = sorted(app.env.found_docs - {app.config.root_doc})
    pages = [base, *(base + app.builder.get_target_uri(name) for name in rest)]
    Path(app.outdir, "sitemap.xml").write_text(sitemap(pages), encoding="utf8")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", write)
