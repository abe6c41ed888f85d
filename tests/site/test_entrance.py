"""Where readers arrive, and what the site says of itself to others: mostly without a browser."""

import xml.etree.ElementTree as ET
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from built_site import CHAPTERS, PAGES, PHONE, PROTOCOLS, SITE, resolve, soup

BASE = "https://from-alchemy-to-experiment.github.io/book/"
ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@cache
def head(page):
    text = (SITE / page).read_text("utf8").partition("<body")[0]
    return BeautifulSoup(text, "html.parser").head


def meta(page, **attributes):
    return [tag["content"] for tag in head(page).find_all("meta", attrs=attributes)]


def test_the_root_is_the_first_page():
    def parts(page):
        return [(tag.name, tag.get("id"), tag.get_text()) for tag in soup(page).find_all(True)]

    assert parts("index.html") == parts("book/index.html")
    assert not soup("index.html").find("meta", attrs={"http-equiv": True})
    for tag in soup("index.html").find_all(["a", "link", "script", "img", "form"]):
        url = tag.get("href") or tag.get("src") or tag.get("action") or "#"
        if not url.startswith(("http", "data:", "#")):
            assert resolve("index.html", url)[0].is_file(), url


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_root_works_as_the_first_page_does(visit, protocol):
    page = visit("index.html", protocol)
    page.locator("a", has_text="Gradient descent").filter(visible=True).first.click()
    page.wait_for_url("**/gradient_descent.html")


def test_every_page_says_what_it_is():
    for page in (*PAGES, "index.html"):
        [canonical] = [link["href"] for link in head(page).find_all("link", rel="canonical")]
        first = page in ("index.html", "book/index.html")
        assert canonical == (BASE if first else BASE + page)
        [feed] = head(page).find_all("link", type="application/atom+xml")
        assert resolve(page, feed["href"])[0] == SITE / "feed.xml"
        [image] = meta(page, property="og:image")
        assert (SITE / image.removeprefix(BASE)).is_file()
    for page in CHAPTERS:
        [description] = meta(page, name="description")
        assert meta(page, property="og:description") == [description]
        assert 50 < len(description) <= 200 and "\\" not in description, description
        [title] = meta(page, property="og:title")
        assert head(page).title.text.startswith(f"{title} ")
        assert meta(page, name="twitter:card") == ["summary_large_image"]


def test_the_sitemap_names_the_pages_and_nothing_else():
    places = [place.text for place in ET.parse(SITE / "sitemap.xml").iter() if not len(place)]
    assert places[0] == BASE and len(set(places)) == len(places)
    named = {place.removeprefix(BASE) for place in places[1:]}
    assert named == set(PAGES) - {"book/index.html", "search.html", "genindex.html"}


def test_no_page_leads_to_the_empty_index():
    assert not [page for page in PAGES if 'genindex.html"' in (SITE / page).read_text("utf8")]


def test_the_feed_is_valid():
    feed = ET.parse(SITE / "feed.xml").getroot()
    assert feed.tag == f"{{{ATOM['atom']}}}feed"
    entries = feed.findall("atom:entry", ATOM)
    assert {entry.find("atom:title", ATOM).text for entry in entries} >= {"0.1.0"}
    for element in (feed, *entries):
        updated = element.find("atom:updated", ATOM).text
        assert datetime.fromisoformat(updated).tzinfo
        assert element.find("atom:id", ATOM).text.startswith("urn:uuid:")
        assert element.find("atom:title", ATOM).text
    identifiers = [element.find("atom:id", ATOM).text for element in (feed, *entries)]
    assert len(set(identifiers)) == len(identifiers)
    [address] = {entry.find("atom:link", ATOM).get("href") for entry in entries}
    assert (SITE / address.removeprefix(BASE)).is_file()
    assert feed.find("atom:link[@rel='self']", ATOM).get("href") == f"{BASE}feed.xml"


def test_an_address_that_is_not_there_helps_on_at_any_depth():
    page = soup("404.html")
    assert page.head.base["href"] == urlsplit(BASE).path
    links = [link["href"] for link in page.nav.find_all("a")]
    assert set(CHAPTERS) < set(links)
    assert all((SITE / link).is_file() for link in [*links, page.form["action"]])
    # Nothing is loaded, from wherever it is shown.
    assert not page.find_all(["link", "img"]) and not page.find_all("script", src=True)


def test_the_page_for_such_addresses_can_be_used_by_all(open_page, address):
    page = open_page(**PHONE)
    page.goto(f"{address['http']}/404.html")
    assert page.locator("h1").filter(visible=True).inner_text() == "This page is not here"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found = Axe().run(page).response["violations"]
    assert not [violation["id"] for violation in found]
