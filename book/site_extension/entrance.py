"""Where readers arrive who name no page: at the site's own address, or at a page that is not there.

The theme cannot make these pages: the links of the first lead from one folder higher than those
of the page that it shows, and the other is shown at any address.
"""

from __future__ import annotations

import posixpath
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from sphinx import addnodes
from sphinx.application import Sphinx

# Attributes that hold addresses, and values that mean the same in every folder.
ADDRESS = re.compile(
    r'(?P<before>\s(?:href|src|srcset|action|frames|poster|data-content_root)=")'
    r'(?!#|[a-z][a-z0-9+.-]*:|//)(?P<url>[^"]*)(?=")'
)
TAG = re.compile(r'<[a-z][^\s>]*\s(?:"[^"]*"|[^">])*>')


def one_folder_up(page: str, folder: str) -> str:
    """Return a page as it is shown from the site's own folder.

    Parameters
    ----------
    page : str
        The HTML of a page in `folder`, with addresses relative to it.
    folder : str
        For example ``book``.
    """

    def move(address: re.Match[str]) -> str:
        url = address["url"]
        path, mark, rest = re.match(r"([^?#]*)([?#]?)(.*)", url, re.S).groups()
        moved = posixpath.normpath(posixpath.join(folder, path))
        if path.endswith("/"):
            moved += "/"
        return address["before"] + moved + mark + rest

    return TAG.sub(lambda tag: ADDRESS.sub(move, tag[0]), page)


def contents(app: Sphinx) -> list[dict[str, object]]:
    """Return the book's parts, each with its pages.

    Returns
    -------
    list of dict
        ``caption``, and ``pages``: address, relative to the site, and title.
    """
    found = []
    for toctree in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree):
        pages = [
            (app.builder.get_target_uri(name), app.env.titles[name].astext())
            for _, name in toctree["entries"]
            if name in app.env.titles
        ]
        found.append({"caption": toctree.get("caption") or "", "pages": pages})
    return found


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write ``index.html``, in place of one that only sends readers on, and ``404.html``."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    root = app.builder.get_target_uri(app.config.root_doc)
    first = (site / root).read_text("utf8")
    if folder := posixpath.dirname(root):
        first = one_folder_up(first, folder)
        (site / "index.html").write_text(first, encoding="utf8")
    context = {
        # A path alone: a mirror on another host has the same.
        "base": urlsplit(app.config.html_baseurl).path or "/",
        "title": unescape(app.config.html_title),
        "parts": contents(app),
    }
    missing = app.builder.templates.render("404.html", context)
    (site / "404.html").write_text(missing, encoding="utf8")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    # After the toolchain's own page at the root.
    app.connect("build-finished", write, priority=940)
