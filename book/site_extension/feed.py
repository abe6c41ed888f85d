"""The changelog as an Atom feed, so that who wants to hears of a new edition."""

from __future__ import annotations

import re
import subprocess
import uuid
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from sphinx.application import Sphinx

from .head import address_of

ATOM = "http://www.w3.org/2005/Atom"
# "## 1.0.0" or "## 1.0.0 (2027-03-01)"
SECTION = re.compile(r"^## +(?P<name>[^(\n]+?)(?: *\((?P<date>\d{4}-\d\d-\d\d)\))? *$", re.M)


def entries(changelog: str) -> list[dict[str, str]]:
    """Return the versions of a changelog, in its order.

    Parameters
    ----------
    changelog : str
        Markdown with a heading of level 2 for each version, with or without its date.

    Returns
    -------
    list of dict
        ``name``; ``date``, empty if the heading has none; and ``html``.
    """
    heads = list(SECTION.finditer(changelog))
    ends = [head.start() for head in heads[1:]] + [len(changelog)]
    return [
        {
            "name": head["name"],
            "date": head["date"] or "",
            "html": MarkdownIt().render(changelog[head.end() : end].strip()),
        }
        for head, end in zip(heads, ends, strict=True)
    ]


def atom(found: list[dict[str, str]], title: str, author: str, base: str) -> bytes:
    """Return the feed.

    Parameters
    ----------
    found : list of dict
        ``name``, ``date`` (ISO 8601 with the zone) and ``html`` of each version.
    title, author : str
        Of the book.
    base : str
        Where the site is published. Identifiers depend on it, so that forks have their own.
    """
    page = f"{base}book/changelog.html"
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en"})

    def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
        element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
        element.text = text or None
        return element

    def identifier(name: str) -> str:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{page}#{name}").urn

    add(feed, "id", identifier(""))
    add(feed, "title", f"{title}: what is new")
    add(feed, "updated", max(entry["date"] for entry in found))
    add(add(feed, "author"), "name", author)
    add(feed, "link", href=page)
    add(feed, "link", rel="self", href=f"{base}feed.xml")
    for version in found:
        entry = add(feed, "entry")
        add(entry, "id", identifier(version["name"]))
        add(entry, "title", version["name"])
        add(entry, "updated", version["date"])
        add(entry, "link", href=page)
        add(entry, "content", version["html"], type="html")
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True)


def last_change(path: Path) -> str:
    """Return when a file was last changed: in the repository, or on the disk without one."""
    command = ["git", "log", "-1", "--format=%cI", "--", path.name]
    try:
        found = subprocess.run(command, cwd=path.parent, capture_output=True, text=True).stdout
    except FileNotFoundError:
        found = ""
    return found.strip() or datetime.fromtimestamp(int(path.stat().st_mtime), UTC).isoformat()


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write ``feed.xml``."""
    changelog = Path(app.srcdir, "CHANGELOG.md")
    if exception or app.builder.format != "html" or not changelog.is_file():
        return
    citation = yaml.safe_load(Path(app.srcdir, "CITATION.cff").read_text("utf8"))
    released = {citation["version"]: citation["date-released"]}
    found = entries(changelog.read_text("utf8"))
    for entry in found:
        day = entry["date"] or released.get(entry["name"])
        entry["date"] = f"{day}T00:00:00+00:00" if day else last_change(changelog)
    base = app.config.html_baseurl or address_of(citation["repository-code"])
    feed = atom(found, app.config.html_title, app.config.author, base)
    Path(app.outdir, "feed.xml").write_bytes(feed)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", write)
