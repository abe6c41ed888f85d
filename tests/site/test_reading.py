"""Where a reader was and what has been read: noticed, shown, forgotten, and no harm without."""

import json

import pytest
from built_site import BLOCKED, CHAPTERS, PHONE, PROTOCOLS, soup

KEY = "from-alchemy-to-experiment: reading"
PAGE = "book/index.html"
CHAPTER = CHAPTERS[0]
SECTIONS = [section["id"] for section in soup(CHAPTER).select("article > section > section[id]")]
# A browser that keeps nothing: whoever asks gets an error.


def kept(page):
    return json.loads(page.evaluate("key => localStorage.getItem(key)", KEY) or "{}")


def remember(*pages, last=None):
    """Return a script that puts what was read, by page, into an empty storage."""
    reading = json.dumps({"pages": dict(pages)} | ({"last": last} if last else {}))
    key, value = json.dumps(KEY), json.dumps(reading)
    return f"if (localStorage.getItem({key}) === null) localStorage.setItem({key}, {value});"


def end_of(page, section):
    """Scroll so that the end of a section, and what follows it, is on the screen."""
    page.evaluate(
        """async id => {
          for (let frame = 0; frame < 20; frame++) { // sections on the way are laid out, and move
            const { bottom } = document.getElementById(id).getBoundingClientRect();
            scrollBy({ top: bottom - innerHeight / 2, behavior: "instant" });
            await new Promise(requestAnimationFrame);
          }
        }""",
        section,
    )


NOTED = """([key, page, id]) => {
  const { pages, last } = JSON.parse(localStorage.getItem(key)) ?? { pages: {} };
  return pages[page]?.seen.includes(id) && last.section === id;
}"""


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_is_read_is_noticed_shown_and_forgotten(visit, protocol):
    page = visit(CHAPTER, protocol)
    end_of(page, SECTIONS[1])
    page.wait_for_function(NOTED, arg=[KEY, CHAPTER, SECTIONS[1]])
    reading = kept(page)
    assert reading["pages"] == {CHAPTER: {"seen": [SECTIONS[1]], "of": len(SECTIONS)}}
    heading, title = (
        soup(CHAPTER).select_one(place).get_text().removesuffix("#")
        for place in (f"[id='{SECTIONS[1]}'] h2", "article h1")
    )
    assert reading["last"] == {
        "page": CHAPTER, "title": title, "section": SECTIONS[1], "heading": heading
    }  # fmt: skip
    share = f"1 of {len(SECTIONS)} sections read"
    link = page.locator(".bd-docs-nav .current > a").last
    assert " ".join(link.text_content().split()) == f"{title}1/{len(SECTIONS)}, {share}"
    # On the first page, and after a reload of it.
    page.goto(page.url.split("#")[0].replace(CHAPTER, PAGE))
    card = page.locator(f".chapter-card:has([href='../{CHAPTER}'])")
    card.locator(".reading-mark").wait_for()
    assert share in card.text_content()
    assert page.locator(".chapter-card .reading-mark").count() == 1
    place = page.locator(".reading-continue")
    assert f"{title}: {heading}" in place.text_content()
    place.click()
    page.wait_for_url(f"**/{CHAPTER}#{SECTIONS[1]}")
    page.go_back()
    page.locator(".reading-forget").click()
    assert page.locator(".reading-note").text_content().strip() == "Forgotten."
    assert page.evaluate("document.activeElement.className") == "reading-note"
    assert not page.locator(".reading-mark").count()
    assert not place.is_visible()
    assert kept(page) == {}
    page.reload()
    page.locator("html[data-scripts=ready]").wait_for(state="attached")
    assert not page.locator(".reading-note").is_visible()


def test_who_only_follows_a_link_has_not_read_what_is_above_it(visit):
    page = visit(CHAPTER, hash=f"#{SECTIONS[3]}")
    page.wait_for_function(
        "([key, id]) => JSON.parse(localStorage.getItem(key))?.last?.section === id",
        arg=[KEY, SECTIONS[3]],
    )
    assert SECTIONS[2] not in kept(page)["pages"].get(CHAPTER, {}).get("seen", [])


def test_a_chapter_is_read_when_four_fifths_of_it_are(visit):
    progress = {
        page: {"seen": [f"s{i}" for i in range(seen)], "of": 10}
        for page, seen in zip(CHAPTERS, (7, 8, 10), strict=False)
    }
    gone = {"page": "chapters/gone.html", "title": "Gone", "section": "", "heading": ""}
    page = visit(PAGE, script=remember(*progress.items(), last=gone), viewport=PHONE)
    marks = page.locator(".chapter-card .reading-mark")
    assert sorted(text.strip() for text in marks.all_text_contents()) == [
        "7 of 10 sections read", "✓ read", "✓ read"
    ]  # fmt: skip
    assert "You have read 2 of 11 chapters" in page.locator(".reading-note").text_content()
    in_contents = page.locator(".bd-docs-nav .reading-mark")
    assert sorted(in_contents.all_text_contents()) == ["7/10, 7 of 10 sections read", "✓, read",
                                                       "✓, read"]
    # A page that is no longer in the book is not offered.
    assert not page.locator(".reading-continue").is_visible()


@pytest.mark.parametrize("junk", ["no JSON", "null", "3", '{"pages": null}', "[]"])
def test_what_others_left_under_the_key_does_no_harm(visit, junk):
    page = visit(PAGE, script=f"localStorage.setItem({json.dumps(KEY)}, {json.dumps(junk)})")
    assert not page.locator(".reading-mark, .reading-note:not([hidden])").count()


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("page_name", [PAGE, CHAPTER])
def test_without_storage_nothing_breaks_and_the_theme_switches(visit, page_name, protocol):
    page = visit(page_name, protocol, script=BLOCKED, color_scheme="light")
    modes = set()
    for _ in range(3):
        page.locator(".theme-switch-button").first.press("Enter")
        root = page.locator("html")
        modes.add((root.get_attribute("data-mode"), root.get_attribute("data-theme")))
        scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        assert scheme == root.get_attribute("data-theme")
    assert modes == {("auto", "light"), ("light", "light"), ("dark", "dark")}
    # What comes after the theme's script has run as well.
    page.set_viewport_size(PHONE)
    page.locator(".primary-toggle").first.click()
    page.locator("#pst-primary-sidebar-modal[open]").wait_for()
