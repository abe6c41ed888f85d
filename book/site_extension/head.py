"""What a page says of itself to search engines, to feed readers, and where its link is shared."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

PICTURE = "preview.webp"
PICTURE_TEXT = "The optimizer race: seven paths on a surface, and the loss of each."
# What does not belong to the text that runs through a page
APART = (nodes.Admonition, nodes.list_item, nodes.Part, nodes.block_quote, nodes.citation)
LONGEST = 200  # characters of a description: search engines show no more
TAG = re.compile(r"<[^>]*>")
CITATION = re.compile(r"\s*\[[^][]*\d{4}[^][]*\]")


def address_of(repository: str) -> str:
    """Return where GitHub publishes the pages of a repository; empty for other hosts.

    Parameters
    ----------
    repository : str
        For example ``https://github.com/owner/book``.

    Returns
    -------
    str
        For example ``https://owner.github.io/book/``.
    """
    parts = urlsplit(repository)
    names = parts.path.strip("/").removesuffix(".git").split("/")
    if parts.hostname != "github.com" or len(names) != 2:
        return ""
    owner, name = names
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def set_address(app: Sphinx, config: Config) -> None:
    """Derive the site's address from the repository's, unless ``html: baseurl`` names another."""
    if not config.html_baseurl:
        config.html_baseurl = address_of(config.html_theme_options.get("repository_url", ""))


def inside(node: nodes.Node, kinds: tuple[type[nodes.Node], ...]) -> bool:
    """Tell whether a node stands in one of some kinds."""
    while node := node.parent:
        if isinstance(node, kinds):
            return True
    return False


def describe(doctree: nodes.document | None) -> str:
    """Return what a page is about: the sentences that it begins with.

    Parameters
    ----------
    doctree : docutils.nodes.document or None
        The page. None has no description, as a page without sentences.

    Returns
    -------
    str
        At most 200 characters, without citations and without formulas that only LaTeX can read.
    """
    if doctree is None:
        return ""
    text = " ".join(
        paragraph.astext()
        for paragraph in doctree.findall(nodes.paragraph)
        if not inside(paragraph, APART)
    )
    words = " ".join(CITATION.sub("", TAG.sub("", text)).split())
    chosen = ""
    for sentence in re.split(r"(?<=[.?!:])\s+(?=[A-Z])", words):
        fits = "\\" not in sentence and len(f"{chosen} {sentence}") <= LONGEST
        if chosen and not fits:
            break
        if "\\" not in sentence:
            chosen = f"{chosen} {sentence}".strip()
    if len(chosen) > LONGEST:
        chosen = chosen[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
    return chosen


def metadata(
    title: str, site: str, description: str, address: str, base: str, first: bool
) -> list[str]:
    """Return the tags of one page.

    Parameters
    ----------
    title, site : str
        The names of the page and of the book, as plain text.
    description : str
        What the page is about; may be empty.
    address, base : str
        Where the page and the site are published; may be empty.
    first : bool
        Whether it is the page that stands for the book.
    """
    properties = {
        "og:type": "website" if first else "article",
        "og:site_name": site,
        "og:title": title,
        "og:description": description,
        "og:url": address,
        # Those who show the picture do not know the site, so its address must be whole.
        "og:image": base and f"{base}_static/{PICTURE}",
        "og:image:alt": base and PICTURE_TEXT,
    }
    names = {"description": description, "twitter:card": "summary_large_image" if base else ""}
    return [
        f'<meta {kind}="{key}" content="{html.escape(value)}" />'
        for kind, group in (("name", names), ("property", properties))
        for key, value in group.items()
        if value
    ]


def add_metadata(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Write the tags into a page's head."""
    first = pagename == app.config.root_doc
    base = app.config.html_baseurl
    if first and base:
        context["pageurl"] = base  # the book's address itself shows this page
    title = html.unescape(TAG.sub("", context.get("title", "")))
    lines = metadata(
        title, app.config.html_title, describe(doctree), context.get("pageurl") or "", base, first
    )
    # What the page's own metadata say comes first, and is not said twice.
    own = context.get("metatags", "")
    lines = [line for line in lines if line.split(" content=")[0] not in own]
    feed = context["pathto"]("feed.xml", resource=True)
    lines.append(
        f'<link rel="alternate" type="application/atom+xml" title="What is new" href="{feed}" />'
    )
    context["metatags"] = "\n    ".join([own, *lines])


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", set_address)
    app.connect("html-page-context", add_metadata)
