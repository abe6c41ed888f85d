"""The built site as files: its pages, parsed, and the figures on them."""

import json
import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("BOOK_SITE", ROOT / "_build" / "html")).resolve()
if not (SITE / "_search" / "data.js").is_file():
    # An empty list of pages would let every test pass that is repeated for each page.
    raise pytest.UsageError(f"no built site in {SITE}: run `make book` first")

PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if not path.relative_to(SITE).parts[0].startswith(("_", "."))
    # The first page as it is shown at the root, and what is shown at addresses that are not there
    # (test_entrance.py)
    and path not in (SITE / "index.html", SITE / "404.html")
)
if ONLY := os.environ.get("BOOK_PAGES"):
    # Some pages, with commas between: `make check` looks at those of one chapter.
    if unknown := set(ONLY.split(",")) - set(PAGES):
        raise pytest.UsageError(f"BOOK_PAGES names no page of {SITE}: {', '.join(unknown)}")
    PAGES = ONLY.split(",")
CHAPTERS = [page for page in PAGES if page.startswith("chapters/")]
# Pages that are one large figure.
LABORATORIES = [page for page in PAGES if page == "book/playground.html"]
# One page of each kind, for the slower browser.
SAMPLE = [
    *{Path(page).parent: page for page in reversed(CHAPTERS)}.values(),
    *[page for page in PAGES if page.startswith("exercises/")][:1],
    *LABORATORIES,
    *(page for page in PAGES if page in ("book/index.html", "book/evidence.html", "search.html")),
]
PROTOCOLS = ["http", "file"]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LAPTOP = {"width": 1366, "height": 650}
# A browser that keeps nothing, as those do that refuse to store: to be run before a page's scripts.
BLOCKED = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() {
    throw new DOMException("Access is denied for this document.", "SecurityError"); } });"""
# A proxy that is not there closes the network of a whole browser context, whatever asks.
CLOSED = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}


@cache
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup((SITE / page).read_text("utf8"), "html.parser")


@cache
def ids(page: str) -> frozenset[str]:
    return frozenset(tag["id"] for tag in soup(page).find_all(id=True))


def resolve(page: str, url: str) -> tuple[Path, str]:
    """Return the file that a relative URL names, and the fragment."""
    parts = urlsplit(url)
    target = (SITE / page).parent / unquote(parts.path) if parts.path else SITE / page
    return target.resolve(), parts.fragment


@cache
def specification(page: str, name: str) -> dict:
    """Return what a figure knows of itself: the controls of a sweep, or a first state."""
    figure = soup(page).find(["figure-sweep", "js-figure"], id=name)
    return json.loads(figure.find("script").string)


@cache
def frames_file(page: str, name: str) -> Path:
    """Return the file with the frames of an exploration."""
    return resolve(page, soup(page).find("figure-sweep", id=name)["frames"])[0]


@cache
def frames(page: str, name: str) -> dict:
    """Return the elements and the frames of an exploration, from its file."""
    return json.loads(frames_file(page, name).read_text("utf8").split("=", 2)[2].rstrip(";\n"))


def figures(tag: str) -> list[tuple[str, str]]:
    """Return (page, id) of every figure of a kind."""
    # Not by parsing: each process that runs tests would spend 20 s on it first.
    opening = re.compile(rf'<{tag}\b[^>]* id="([^"]+)"')
    return [
        (page, name) for page in PAGES for name in opening.findall((SITE / page).read_text("utf8"))
    ]


SWEEPS = figures("figure-sweep")
CLIENT_FIGURES = figures("js-figure")
