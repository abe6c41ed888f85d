"""What is made of the built site for those who find, follow, carry or keep it."""

import zipfile
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from docutils.core import publish_doctree
from site_extension import entrance, feed, head, offline, sitemap
from tools import archive

BASE = "https://owner.github.io/book/"
CHANGELOG = """# Changelog

About it.

## Unreleased

New *things* & more.

## 1.1.0 (2027-03-01)

Better.

## 1.0.0

First.
"""


@pytest.mark.parametrize(("repository", "address"), [
    ("https://github.com/Owner/book", "https://owner.github.io/book/"),
    ("https://github.com/owner/book.git", "https://owner.github.io/book/"),
    ("https://github.com/owner/owner.github.io/", "https://owner.github.io/"),
    ("https://example.org/owner/book", ""),
    ("", ""),
])  # fmt: skip
def test_the_address_of_the_site_comes_from_the_repository(repository, address):
    assert head.address_of(repository) == address


@pytest.mark.parametrize(("text", "description"), [
    ("First.\n\n.. note:: Not this.\n\nSecond one.", "First. Second one."),
    ("As said [Efron *et al.*, 2004]. More.", "As said. More."),
    (r"Write :math:`\eta`. Then go.", "Then go."),
    ("Go. " + r"Write :math:`\eta`. Then stop.", "Go."),
    ("word " * 60, "word " * 38 + "word…"),
    (f"Short. Long {'and long ' * 30}.", "Short."),
    ("", ""),
])  # fmt: skip
def test_a_page_is_described_by_its_first_sentences(text, description):
    source = f"Title\n=====\n\n{text}\n"
    page = publish_doctree(source, settings_overrides={"doctitle_xform": False})
    assert head.describe(page) == description
    assert head.describe(None) == ""


def test_tags_are_escaped_and_empty_ones_left_out():
    lines = head.metadata('A "b" & c', "Book", "", f"{BASE}a.html", BASE, first=False)
    assert '<meta property="og:title" content="A &quot;b&quot; &amp; c" />' in lines
    assert not [line for line in lines if "description" in line or 'content=""' in line]
    assert not [line for line in head.metadata("A", "Book", "", "", "", True) if "http" in line]


def test_the_changelog_becomes_a_feed():
    found = feed.entries(CHANGELOG)
    assert [(entry["name"], entry["date"]) for entry in found] == [
        ("Unreleased", ""), ("1.1.0", "2027-03-01"), ("1.0.0", ""),
    ]  # fmt: skip
    assert "<em>things</em> &amp; more" in found[0]["html"]
    for entry in found:
        entry["date"] = f"{entry['date'] or '2026-01-01'}T00:00:00+00:00"
    root = ET.fromstring(feed.atom(found, "A & B", "Somebody", BASE))
    space = {"a": feed.ATOM}
    assert root.find("a:updated", space).text == "2027-03-01T00:00:00+00:00"
    assert [entry.find("a:content", space).text for entry in root.findall("a:entry", space)] == [
        entry["html"] for entry in found
    ]
    # The same entry keeps its identifier, and a fork has another.
    again, fork = (feed.atom(found[1:], "C", "D", base) for base in (BASE, "https://x.org/"))
    first = root.findall("a:entry", space)[1].find("a:id", space).text
    assert first in again.decode() and first not in fork.decode()


def test_without_a_repository_a_file_still_has_a_date(tmp_path):
    path = tmp_path / "CHANGELOG.md"
    path.write_text(CHANGELOG)
    assert datetime.fromisoformat(feed.last_change(path)).tzinfo


def test_a_sitemap_is_valid():
    root = ET.fromstring(sitemap.sitemap([BASE, f"{BASE}a&b.html"]))
    assert [place.text for place in root.iter() if not len(place)] == [BASE, f"{BASE}a&b.html"]


def test_a_page_is_shown_one_folder_up():
    page = (
        '<html data-content_root="../"><a href="notation.html#a?b=../c">x</a><a href="../a/b.html">'
        '</a><a href="#here">y</a><a href="https://x.org/../y">z</a>'
        '<img alt="href=&quot;../" '
        'src="../_images/a.webp?v=1"><script src="../_static/x.js"></script>'
        '<p>src="../text"</p><svg><use href="#glyph"/></svg>'
    )
    assert entrance.one_folder_up(page, "book") == (
        '<html data-content_root="./"><a href="book/notation.html#a?b=../c">x</a>'
        '<a href="a/b.html"></a><a href="#here">y</a><a href="https://x.org/../y">z</a>'
        '<img alt="href=&quot;../" '
        'src="_images/a.webp?v=1"><script src="_static/x.js"></script>'
        '<p>src="../text"</p><svg><use href="#glyph"/></svg>'
    )


@pytest.fixture
def site(tmp_path):
    for name in ("index.html", "a/b.html", ".doctrees/x", "a/.hidden", "service_worker.js"):
        path = tmp_path / "html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "html"


def test_the_zip_is_one_folder_and_the_same_every_time(site, tmp_path):
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    assert archive.pack(site, first, "book") == 3
    (site / "index.html").touch()
    (site / "a" / "b.html").chmod(0o600)
    archive.pack(site, second, "book")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as packed:
        names = ["book/a/b.html", "book/index.html", "book/service_worker.js"]
        assert packed.namelist() == names and packed.testzip() is None


def test_a_new_build_has_a_new_version(site):
    old = offline.version(site)
    (site / "service_worker.js").write_text("with the version in it")
    (site / ".doctrees" / "x").write_text("seen by nobody")
    assert offline.version(site) == old
    (site / "a" / "b.html").write_text("new")
    assert offline.version(site) != old
