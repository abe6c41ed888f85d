"""Keyboard, forced colors, landmarks and large targets, by the measures of the audit."""

import pytest
from audit import LAY_OUT, axe, invisible_marks, keyboard_walk
from built_site import CHAPTERS, LABORATORIES, LAPTOP, PHONE
from settling import settled

KINDS = [CHAPTERS[0], *LABORATORIES, "book/index.html"]


@pytest.mark.parametrize(
    ("visit", "page_name"),
    [("browser", page) for page in (*KINDS, "book/evidence.html")] + [("firefox", CHAPTERS[0])],
    indirect=["visit"],
)
def test_the_tab_key_reaches_all_and_shows_where_it_is(visit, page_name):
    page = visit(page_name, viewport=LAPTOP)
    stops, faults = keyboard_walk(page)
    assert stops > 20
    assert not faults, "\n".join(faults)


def test_the_first_stop_skips_the_contents(visit):
    page = visit(CHAPTERS[0])
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to main content")
    assert link.evaluate("e => e === document.activeElement && e.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("page_name", KINDS)
@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_forced_colors_leave_icons_and_controls(visit, page_name, size):
    page = visit(page_name, viewport=size, forced_colors="active")
    settled(page)
    marks, gone = invisible_marks(page)
    assert len(marks) > 3
    assert not gone, "\n".join(gone)


@pytest.mark.parametrize("page_name", KINDS)
def test_what_is_touched_is_large_or_stands_apart(visit, page_name):
    page = visit(page_name, viewport=PHONE, has_touch=True)
    page.add_style_tag(content=LAY_OUT)
    settled(page)
    small = [node for violation in axe(page, ["target-size"]) for node in violation["nodes"]]
    apart = [node["html"][:120] for node in small if "figure" not in node["target"][0]]
    assert not apart, "\n".join(apart)
