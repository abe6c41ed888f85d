"""The search, which runs in the reader's browser on an index that was built with the book."""

import re

import pytest
from built_site import CHAPTERS, PROTOCOLS, soup


def telling_words():
    """Return a word of each chapter's title, and one that only the text has."""
    words = [("momentum", next(c for c in CHAPTERS if c.endswith("optimizers.html")))]
    for chapter in CHAPTERS:
        title = soup(chapter).find("h1").text
        words.append((max(re.findall(r"[A-Za-z]+", title), key=len).lower(), chapter))
    return words


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(("word", "chapter"), telling_words())
def test_a_word_finds_its_chapter(visit, word, chapter, protocol):
    page = visit("search.html", protocol)
    # The theme has a second, hidden field for its dialog.
    page.locator("input[type=search]:visible").first.fill(word)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**q={word}**")
    result = page.locator(f"#search-results a[href*='{chapter}']").first
    result.wait_for()
    # Once more than a second has passed, what it fetches for its summaries has come or failed.
    page.wait_for_timeout(800)
    result.click()
    page.wait_for_url(f"**/{chapter}**")


def test_a_word_that_is_nowhere(visit):
    page = visit("search.html?q=zyzzyva")
    page.locator("#search-results").get_by_text("did not match").wait_for()


@pytest.mark.parametrize(
    ("visit", "protocol"),
    [("browser", "http"), ("browser", "file"), ("firefox", "http"), ("firefox", "file")],
    indirect=["visit"],
)
def test_search_from_a_chapter_by_keyboard(visit, protocol):
    page = visit(CHAPTERS[0], protocol)
    page.keyboard.press("Control+k")
    page.locator("input[type=search]:visible").first.fill("momentum")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=momentum**")
    page.locator("#search-results a[href*='optimizers']").first.wait_for()
