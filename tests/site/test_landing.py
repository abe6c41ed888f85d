"""The first page, and the line under each chapter's title."""

import io
import re

import matplotlib.pyplot as plt
import pytest
import tomllib
import yaml
from built_site import CHAPTERS, LAPTOP, PHONE, ROOT, resolve, soup

PAGE = "book/index.html"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
KNOWN = tomllib.loads((ROOT / "book" / "chapters.toml").read_text("utf8"))
FIRST = TOC["parts"][0]["chapters"][0]["file"]
SMALL = {"width": 320, "height": 640}


def words(tag):
    return " ".join(tag.get_text(" ").split())


def title(page):
    """Return a page's title, without its number."""
    heading = soup(page).select_one("article h1")
    return "".join(part for part in heading.find_all(string=True) if part.parent is heading)


def page_of(name):
    [page] = [page for page in CHAPTERS if page.endswith(f"/{name}.html")]
    return page


def test_each_chapter_has_a_card_in_its_part():
    expected = {
        part["caption"]: [f"{chapter['file']}.html" for chapter in part["chapters"]]
        for part in TOC["parts"]
        if part["chapters"][0]["file"].startswith("chapters/")
    }
    found = {}
    for cards in soup(PAGE).select("ul.chapter-cards"):
        links = [card.select_one("a.chapter-link")["href"] for card in cards.select("li")]
        found[cards.find_previous("h3").text] = [link.removeprefix("../") for link in links]
    assert found == expected


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_card_says_what_its_chapter_is(page):
    [card] = soup(PAGE).select(f".chapter-card:has([href='../{page}'])")
    entry = KNOWN[re.search(r"(\w+)\.html", page)[1]]
    text = words(card)
    number = words(soup(page).select_one("article h1 .section-number"))
    assert text.startswith(f"{number} {title(page)} ")
    assert entry["question"] in text
    needs = [title(page_of(need)) for need in entry["needs"]]
    for need in needs or ["no other chapter"]:
        assert need in text
    figures = len(soup(page).select("article :is(figure-sweep, js-figure)"))
    claims = len(soup(page).select(".claim[id]"))
    assert f"{figures} moving figures · {claims} claims" in text
    # The line under the chapter's title says the same, with links.
    line = soup(page).select_one("h1 + .chapter-line")
    assert [link.text for link in line.select("a")] == needs
    minutes, exercises = re.search(r"(\d+) min \+ (\d+) min of exercises", text).groups()
    assert f"about {minutes} minutes, and {exercises} for the exercises" in words(line)
    assert 15 <= int(minutes) <= 90 and 15 <= int(exercises) <= 90


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_card_shows_the_first_drawing_of_its_chapter(page):
    picture = soup(PAGE).select_one(f".chapter-card:has([href='../{page}']) img")
    drawing = soup(page).select_one("svg.drawing")
    assert picture["alt"] == drawing["aria-label"]
    assert picture["loading"] == "lazy"
    svg = resolve(PAGE, picture["src"])[0].read_text("utf8")
    assert drawing["viewbox"] in svg
    assert svg.count("<path") > 5
    assert len(svg) < 110_000, "compressed, about a tenth of it"


def test_the_claims_are_those_of_the_chapters():
    shown = soup(PAGE).select(".landing-claims .claim")
    verdicts = {tag for card in shown for tag in card["class"]}
    assert {"claim-holds", "claim-fails"} <= verdicts
    for card in shown:
        target, name = resolve(PAGE, card.select_one("a.claim-link")["href"])
        [original] = soup(page_of(target.stem)).select(f"[id='{name}']")
        assert words(card) == words(original)


@pytest.mark.parametrize("size", [LAPTOP, PHONE, SMALL], ids=lambda size: str(size["width"]))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_screen(visit, size, theme):
    page = visit(PAGE, "file", viewport=size, color_scheme=theme)
    start = page.get_by_role("link", name="Start reading")
    box = start.bounding_box()
    assert box["y"] + box["height"] < size["height"] - 20
    assert box["height"] >= 40
    if size is not SMALL:
        assert page.locator("js-figure").bounding_box()["y"] < size["height"] - 150
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    # Nothing was read yet.
    assert not page.locator(".reading-continue, .reading-note").locator("visible=true").count()
    assert page.locator(".search-button").first.is_visible()
    start.click()
    page.wait_for_url(f"**/{FIRST}.html")


def brightness(locator):
    return plt.imread(io.BytesIO(locator.screenshot()))[..., :3].mean()


def test_the_pictures_follow_the_theme_also_against_the_system(visit):
    page = visit(PAGE, "file", color_scheme="light")
    picture = page.locator(".chapter-card img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("i => i.complete && i.naturalWidth", arg=picture.element_handle())
    assert brightness(picture) > 0.7
    page.locator(".theme-switch-button").first.press("Enter")
    page.locator("html[data-theme=dark]").wait_for()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert brightness(picture) < 0.3
