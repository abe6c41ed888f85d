"""On a phone the lists of contents open over the page, and close when they have been used."""

import pytest
from built_site import CHAPTERS, PHONE, PROTOCOLS, soup

CHAPTER = CHAPTERS[0]
LISTS = {
    "book": (".primary-toggle", "#pst-primary-sidebar-modal", "Contents of the book"),
    "page": (".secondary-toggle", "#pst-secondary-sidebar-modal", "On this page"),
}
SECTION = soup(CHAPTER).select("article > section > section[id]")[4]["id"]


@pytest.fixture
def opened(visit):
    """Open a list of contents; return the page and the list."""

    def open_list(kind, protocol="http"):
        page = visit(CHAPTER, protocol, viewport=PHONE, has_touch=True)
        button, dialog, name = LISTS[kind]
        page.locator(button).first.click()
        page.get_by_role("dialog", name=name).wait_for()
        return page, page.locator(dialog)

    return open_list


@pytest.mark.parametrize("kind", LISTS)
def test_escape_closes_and_the_focus_returns(opened, kind):
    page, contents = opened(kind)
    page.keyboard.press("Escape")
    contents.wait_for(state="hidden")
    button = LISTS[kind][0]
    page.wait_for_function("button => document.activeElement.matches(button)", arg=button)
    # And again: the list is back in its place.
    page.keyboard.press("Enter")
    contents.wait_for()
    assert contents.get_by_role("link").count() > 5
    page.touchscreen.tap(350 if kind == "book" else 20, 600)  # beside the list
    contents.wait_for(state="hidden")
    page.wait_for_function("button => document.activeElement.matches(button)", arg=button)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_place_on_the_page_closes_the_contents_and_is_shown(opened, protocol):
    page, contents = opened("page", protocol)
    contents.locator(f"a[href='#{SECTION}']").tap()
    contents.wait_for(state="hidden")
    page.wait_for_function(
        "id => Math.abs(document.getElementById(id).getBoundingClientRect().top) < 200",
        arg=SECTION,
    )
    assert page.url.endswith(f"#{SECTION}")


def test_a_link_to_the_same_page_closes_the_contents_of_the_book(opened):
    page, contents = opened("book")
    contents.locator(".current > a").last.tap()
    contents.wait_for(state="hidden")


def test_a_tab_of_its_own_leaves_the_contents_open(opened):
    page, contents = opened("page")
    with page.context.expect_page():
        contents.locator(f"a[href='#{SECTION}']").click(modifiers=["Control"])
    assert contents.is_visible()


def test_no_button_for_contents_that_a_page_does_not_have(visit):
    page = visit("book/index.html", viewport=PHONE)
    assert not page.locator(".secondary-toggle").is_visible()
