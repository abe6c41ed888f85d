"""Draw a digit as readers meet it: mouse, finger, keyboard, phone, bad addresses."""

import base64
import re

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from figure_page import get, listen, put, show, spoken
from settling import settled
from sklearn.datasets import load_digits
from torch import nn

from helpers.client_figures.draw_digit.figure import pack

COUNT_FRAMES = """() => {
  window.frames_asked = 0;
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = call => { window.frames_asked++; return ask(call); };
}"""


@pytest.fixture(scope="module")
def first_state():
    nets = {}
    for seed, name in enumerate(("one", "two")):
        torch.manual_seed(seed)
        nets[name] = nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(144, 10))
    digits = load_digits()
    return {"data": pack(nets, digits.images[:40], digits.target[:40], 2), "network": "one",
            "picture": 2, "drawing": "", "right": 0, "down": 0, "tool": "draw"}


@pytest.fixture
def digit(open_page, first_state):
    """Open a page with the figure."""

    def new(width=1280, height=1400, theme="light", above=0, **options):
        state = first_state | options.pop("state", {})
        page = open_page(width, height, **{"reduced_motion": "reduce"} | options)
        page.evaluate(COUNT_FRAMES)
        show(page, "draw_digit", state, theme, above)
        settled(page)
        return page

    return new


def picture(page, index=0):
    """Return the pixels of a canvas as text: 0 is the pad, then the rows of maps."""
    settled(page)
    return page.evaluate("i => document.querySelectorAll('.digit canvas')[i].toDataURL()", index)


def answer(page):
    return page.locator(".digit-answer").inner_text()


def at(page, x, y):
    """Return the place of a dot in the window."""
    box = page.locator(".digit-pad").bounding_box()
    return box["x"] + x / 48 * box["width"], box["y"] + y / 48 * box["height"]


def drawn(page):
    """Return the stored drawing, (48, 48)."""
    text = get(page, "drawing").replace("-", "+").replace("_", "/")
    bits = np.frombuffer(base64.b64decode(text), np.uint8)
    return np.unpackbits(bits, bitorder="little").reshape(48, 48)


def drag(page, *places):
    page.mouse.move(*at(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*at(page, *place), steps=6)
    page.mouse.up()
    settled(page)


def test_it_shows_a_test_image_and_all_maps(digit):
    page = digit()
    assert page.locator(".digit canvas").count() == 1 + 6
    assert re.match(r"The network says \d \(\d+\s%\), then \d .*(That is right|it is a 2)\.",
                    answer(page))
    total = page.evaluate("""() => [...document.querySelectorAll(".digit-bars li")]
        .reduce((sum, row) => sum + parseFloat(row.children[2].textContent), 0)""")
    assert 99 < total < 101
    labels = page.locator(".digit-stage").all_inner_texts()
    assert "Convolution 1 and ReLU: 6 × 12 × 12" in labels[2]
    assert "Max pooling 2: 16 × 3 × 3" in labels[5]


def test_it_walks_at_first_sight_and_rests_out_of_sight(digit):
    page = digit(reduced_motion="no-preference", above=3000)
    asked = page.evaluate("frames_asked")
    page.wait_for_timeout(300)
    assert page.evaluate("frames_asked") == asked, "nothing is computed before it is seen"
    page.locator(".digit-pad").scroll_into_view_if_needed()
    first = picture(page)
    page.wait_for_function(
        "first => document.querySelector('.digit canvas').toDataURL() !== first", arg=first)
    page.get_by_text("changed by the shift").first.wait_for()
    page.evaluate("scrollTo(0, 0)")
    settled(page)
    asked = page.evaluate("frames_asked")
    page.wait_for_timeout(400)
    assert page.evaluate("frames_asked") == asked, "it rests where nobody sees it"
    page.locator(".digit-pad").scroll_into_view_if_needed()
    page.get_by_role("button", name="Play").wait_for()
    assert (get(page, "right"), get(page, "down")) == (0, 0), "it comes back to its place"
    asked = page.evaluate("frames_asked")
    page.wait_for_timeout(400)
    assert page.evaluate("frames_asked") - asked < 3, "after the walk it is still"


def test_a_change_is_marked_until_it_is_drawn(digit):
    page = digit()
    before, marked, said, still = page.evaluate("""async () => {
      const [root, text] = [".digit", ".digit-answer"].map(name => document.querySelector(name));
      const before = text.textContent;
      model.set("picture", 7);
      const marked = root.hasAttribute("data-drawing");
      while (root.hasAttribute("data-drawing")) await new Promise(requestAnimationFrame);
      return [before, marked, text.textContent, root.hasAttribute("data-drawing")];
    }""")
    assert marked and not still and said != before


def test_a_stroke_ends_the_walk_where_it_is(digit):
    page = digit(reduced_motion="no-preference")
    page.wait_for_function("Number(document.querySelectorAll('.digit input[type=range]')[1].value)")
    drag(page, (10, 10), (30, 10))
    assert page.get_by_role("button", name="Play").is_visible()
    assert get(page, "right") > 0
    assert drawn(page)[10 - get(page, "down"), 20 - get(page, "right")] == 1


def test_mouse_draws_and_erases(digit):
    page = digit()
    page.get_by_role("button", name="Clear").click()
    settled(page)
    assert not drawn(page).any() and "empty" in answer(page)
    maps = picture(page, 3)
    drag(page, (12, 10), (36, 10), (24, 38))
    dots = drawn(page)
    assert dots[10, 12:36].all() and dots[38, 24] and not dots[25, 12]
    assert 100 < dots.sum() < 400
    assert picture(page, 3) != maps and "says" in answer(page)
    saved = page.evaluate("model.saved")
    page.get_by_role("radio", name="Erase").check()
    drag(page, (24, 8), (24, 12))
    assert not drawn(page)[10, 24] and drawn(page)[10, 14]
    assert page.evaluate("model.saved") <= saved + 2, "saved after strokes, not while drawing"


def test_drawing_follows_the_pointer_when_the_picture_is_moved(digit):
    page = digit(state={"right": 8, "down": -4})
    page.get_by_role("button", name="Clear").click()
    put(page, "right", 8)
    drag(page, (20, 20), (30, 20))
    assert drawn(page)[20, 12:22].all() and not drawn(page)[20, 26]


def test_mouse_moves_the_picture(digit):
    page = digit()
    page.get_by_role("radio", name="Move").check()
    before = picture(page)
    drag(page, (20, 20), (23, 16))
    assert (get(page, "right"), get(page, "down")) == (3, -4)
    assert picture(page) != before and get(page, "drawing") == ""
    drag(page, (10, 20), (47, 20))
    assert get(page, "right") == 8, "no further than the margin"
    texts = page.locator(".digit-stage").all_inner_texts()
    assert [("changed by the shift" in text) for text in texts] == [True, False] + 4 * [True]


def test_finger_draws_and_the_page_stays(digit):
    page = digit(width=390, height=700, has_touch=True)
    page.get_by_role("button", name="Clear").tap()
    page.locator(".digit-pad").scroll_into_view_if_needed()
    page.touchscreen.tap(*at(page, 24, 24))
    settled(page)
    assert drawn(page)[24, 24]
    assert page.evaluate("getComputedStyle(document.querySelector('.digit-pad')).touchAction") == (
        "none")
    assert page.evaluate("getComputedStyle(document.querySelector('.digit')).touchAction") == "auto"


def test_keyboard_draws_and_moves(digit):
    page = digit()
    page.get_by_role("button", name="Clear").focus()
    page.keyboard.press("Enter")
    pad = page.get_by_role("application", name="Drawing pad")
    pad.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    dots = drawn(page)
    assert dots[24:37, 23].all() and not dots[36, 28:].any()
    page.get_by_role("radio", name="Draw").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert get(page, "tool") == "move"
    pad.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowUp")
    assert (get(page, "right"), get(page, "down")) == (4, -1)
    settled(page)
    page.get_by_role("slider", name="Shift right").press("ArrowLeft")
    assert get(page, "right") == 3


def test_numbers_on_hover_and_focus(digit):
    page = digit()
    value = page.locator(".digit-value")
    holder = page.locator(".digit-maps").nth(2)
    box = holder.bounding_box()
    side = min(78, (box["width"] - 5 * 6) / 6)  # of one of six maps, with gaps of 6 pixels
    page.mouse.move(box["x"] + side + 6 + 2, box["y"] + 2)
    assert re.match(r"Convolution 1 and ReLU, map 2, row 1, column 1: −?\d", value.inner_text())
    page.mouse.move(5, 5)
    assert value.inner_text() == ""
    page.keyboard.press("Tab")
    holder.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert "map 1, row 2, column 2" in value.inner_text()
    for _ in range(11):
        page.keyboard.press("ArrowRight")
    assert "map 2, row 2, column 1" in value.inner_text()


def test_buttons(digit):
    page = digit()
    first = page.evaluate("JSON.stringify({ ...model.state, data: 0 })")
    page.get_by_role("button", name="Next mistake").click()
    settled(page)
    assert "Wrong: it is a" in answer(page)
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Fit to the frame").click()
    settled(page)
    assert "nothing to fit" in page.locator(".digit-note").inner_text()
    drag(page, (4, 4), (10, 12))
    assert page.locator(".digit-note").inner_text() == ""
    page.get_by_role("button", name="Fit to the frame").click()
    rows = np.flatnonzero(drawn(page).any(axis=1))
    assert (rows[0], rows[-1]) == (8, 39)
    page.get_by_role("button", name="Reset").click()
    assert page.evaluate("JSON.stringify({ ...model.state, data: 0 })") == first
    settled(page)
    page.get_by_role("slider", name="Test image").press("ArrowRight")
    assert get(page, "picture") == 3
    settled(page)
    before = answer(page)
    page.get_by_role("combobox", name="Network").select_option("two")
    settled(page)
    assert get(page, "network") == "two" and answer(page) != before


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_layout_and_accessibility(digit, width, theme):
    page = digit(width=width, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(page).response["violations"]
    assert not violations, [(v["id"], v["nodes"][0]["html"]) for v in violations]
    boxes = page.evaluate("""() => [...document.querySelectorAll(".digit button, .digit select, " +
        ".digit input")].map(element => {
          const { width, height } = element.getBoundingClientRect(); return [width, height]; })""")
    assert min(min(box) for box in boxes) >= 24
    pad, side = (page.locator(name).bounding_box() for name in (".digit-pad", ".digit-bars"))
    assert side["x"] > pad["x"] + pad["width"], "side by side, so that all fits a phone's height"


def test_a_changed_theme_and_size_are_followed(digit):
    page = digit()
    light = picture(page, 3)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    dark = picture(page, 3)
    assert dark != light
    page.set_viewport_size({"width": 390, "height": 800})
    settled(page)
    sizes = page.evaluate("""() => [...document.querySelectorAll(".digit canvas")].map(canvas =>
        [canvas.width - canvas.clientWidth, canvas.height - canvas.clientHeight])""")
    assert np.abs(sizes).max() <= 1


@pytest.mark.parametrize(("bad", "message"), [
    ({"network": "three"}, "no such network"),
    ({"drawing": "%%%"}, "drawing in this address is damaged"),
    ({"drawing": "AAAA", "picture": 9e9, "right": "far", "down": None}, "drawing"),
    ({"data": {}}, "network in this address is damaged"),
    ({"data": {"networks": [], "weights": "!", "images": "", "labels": ""}}, "damaged"),
    ({"tool": "spray", "right": 99, "picture": -4}, ""),
])
def test_nonsense_in_the_state_does_no_harm(digit, bad, message):
    page = digit()
    good = {key: get(page, key) for key in bad}
    for key, value in bad.items():
        put(page, key, value)
    note = page.locator(".digit-note").inner_text()
    assert message in note and bool(note) == bool(message)
    assert "says" in answer(page)
    for key, value in good.items():
        put(page, key, value)
    assert page.locator(".digit-note").inner_text() == ""


def test_screen_readers_hear_the_answer_and_are_not_flooded(digit):
    page = digit()
    listen(page)
    page.wait_for_timeout(1000)
    assert spoken(page) == [], "nobody has moved anything"
    page.get_by_role("slider", name="Test image").press("ArrowRight")
    [sentence] = spoken(page, 1)
    assert sentence == answer(page)
    page.mouse.move(*at(page, 10, 10))
    page.mouse.down()
    page.mouse.move(*at(page, 40, 40), steps=30)
    page.mouse.up()
    spoken(page, 2)
    page.wait_for_timeout(1000)
    # A sentence comes a moment after the last new answer, however slow the machine draws.
    assert len(spoken(page)) <= 4, "thirty moves, few sentences"


def test_a_walk_is_not_told(digit):
    page = digit(reduced_motion="no-preference")
    listen(page)
    page.get_by_role("button", name="Play").wait_for()
    page.wait_for_timeout(1000)
    assert spoken(page) == [], "it ends where it began"


def test_it_ends_cleanly(digit):
    page = digit()
    page.evaluate("stop()")
    assert page.locator("#figure").inner_html() == ""
    assert page.evaluate("model.calls.length") == 0
    put(page, "right", 2)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(100)
