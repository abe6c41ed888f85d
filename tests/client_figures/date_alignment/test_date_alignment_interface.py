"""The date figure as readers meet it: typing, mouse, finger, keyboard, phone, bad addresses."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from date_reader import LETTERS, SYMBOLS, random_weights, torch_translate
from engine_page import LOAD, engine
from figure_page import get, listen, put, show, spoken
from moves import press_at_once, type_at_once
from settling import settled

from helpers.client_figures.date_alignment.figure import pack_weights

# Small letters of some months; the network is random, so its answers are nonsense, but its own.
WEIGHTS = random_weights(len(LETTERS), len(SYMBOLS), 6, 1, scale=1.2)
EXAMPLES = ["3 feb 2021", "1.2.34", "5 dec '06"]
STATE = {
    "model": {
        "letters": LETTERS, "symbols": SYMBOLS, "hidden": 6, "longest": 20, "length": 10,
        "examples": EXAMPLES, "weights": pack_weights(WEIGHTS, len(LETTERS), len(SYMBOLS), 6),
    },
    "text": EXAMPLES[0],
    "row": 6,
}


@pytest.fixture
def figure(open_page):
    """Open a page with the figure."""

    def new(width=1280, height=900, theme="light", above=0, rest=True, **options):
        state = {**STATE, **options.pop("state", {})}
        if rest:
            options["reduced_motion"] = "reduce"
        page = open_page(width, height, **options)
        show(page, "date_alignment", state, theme, above)
        settled(page)
        return page

    return new


def answer(page):
    return page.locator(".date-written").inner_text()


def detail(page):
    return page.locator(".date-detail").inner_text()


def note(page):
    return page.locator(".date-answer span").inner_text()


def box(page):
    return page.get_by_label("A date in words")


def expected(text):
    return torch_translate(WEIGHTS, LETTERS, SYMBOLS, text, 10)


def colors(page):
    """Return how many different colors the canvas shows."""
    return page.evaluate("""() => {
      const canvas = document.querySelector(".date-matrix canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }""")


def picture(page):
    return page.evaluate("document.querySelector('.date-matrix canvas').toDataURL()")


def cell(page, row, column, columns):
    """Return the page's coordinates of a cell, from 0."""
    area = page.locator(".date-matrix").bounding_box()
    width = min(40, (area["width"] - 32) / columns)
    return area["x"] + 30 + (column + 0.5) * width, area["y"] + 30 + (row + 0.5) * 26


def test_it_writes_a_character_at_a_time(figure):
    page = figure(rest=False)
    # Read in one breath, because it goes on.
    first, told = page.wait_for_function("""() => {
      const [written, detail] = [".date-written", ".date-detail"].map(
        selector => document.querySelector(selector).innerText);
      return written && [written, detail];
    }""").json_value()
    assert 1 <= len(first) < 8
    assert f"Character {len(first)} of" in told
    page.wait_for_function("document.querySelector('.date-written').textContent.length === 10")
    assert answer(page) == expected(EXAMPLES[0])[0]
    page.wait_for_function(
        "document.querySelector('.date-detail').textContent.startsWith('Character 6 of')")
    settled(page)
    before = picture(page)
    page.evaluate("""() => { window.asked = 0; const ask = requestAnimationFrame;
        window.requestAnimationFrame = call => { asked++; return ask(call); }; }""")
    page.wait_for_timeout(300)
    assert picture(page) == before, "it rests when the answer is written"
    assert page.evaluate("asked") == 0, "and asks for no more frames"
    assert detail(page).startswith("Character 6 of")


def test_off_screen_it_rests(figure):
    page = figure(above=4000, rest=False)
    page.wait_for_timeout(200)
    assert answer(page) == ""
    page.locator(".date-figure").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.date-written').textContent.length >= 2")
    page.evaluate("scrollTo(0, 0)")
    settled(page)
    before = answer(page)
    page.wait_for_timeout(500)
    assert len(before) < 10 and answer(page) == before


def test_typing_is_answered_at_once(figure):
    page = figure()
    box(page).fill("")
    assert note(page).startswith("Type a date")
    for i, letter in enumerate("12 feb 2034", start=1):
        page.keyboard.type(letter)
        typed = "12 feb 2034"[:i]
        if typed.endswith(" "):
            continue
        assert answer(page) == expected(typed)[0], typed
    assert get(page, "text") == "12 feb 2034"
    assert "probability of" in note(page)
    chance = float(re.search(r"([\d.]+) %", note(page))[1])
    assert abs(chance - 100 * expected("12 feb 2034")[2].prod()) < 0.06


def test_capitals_and_outer_spaces_are_forgiven(figure):
    page = figure()
    box(page).fill("  3 FEB 2021 ")
    assert answer(page) == expected("3 feb 2021")[0]


def test_the_apostrophe_of_a_phone_is_an_apostrophe(figure):
    page = figure()
    box(page).fill("5 dec ’06")
    assert get(page, "text") == "5 dec ’06"
    assert answer(page) == expected("5 dec '06")[0]


@pytest.mark.parametrize(("text", "message"), [
    ("3 März 2021", "has never seen “m”, “ä”, “r”, “z”"),
    ("3 feb 2021 ☃", "has never seen “☃”"),
    ("1" * 23, "has 23 characters. The longest date that the network was trained on has 20"),
    ("1" * 23, "take away 3."),
    ("   ", "Type a date, for example 3 feb 2021."),
])
def test_what_it_cannot_read_gets_a_message(figure, text, message):
    page = figure()
    box(page).fill(text)
    assert message in note(page)
    assert answer(page) == "" and detail(page) == ""
    assert box(page).get_attribute("aria-invalid") == "true"
    page.get_by_role("status").get_by_text(message).wait_for(state="attached")
    box(page).fill("3 feb 2021")
    assert answer(page) == expected("3 feb 2021")[0]
    assert box(page).get_attribute("aria-invalid") == "false"


def test_the_message_names_what_it_knows(figure):
    page = figure()
    box(page).fill("quartz")
    known = "It knows the digits, the space, ' , . / and the letters a to z except k, l, m"
    assert known in note(page)


def test_no_day_of_the_calendar(figure):
    page = figure()  # its network is random, so its answer is hardly ever a day
    assert "This is no day of the calendar" in note(page)
    page.evaluate(LOAD, engine("date_alignment/state.js"))
    days = page.evaluate("days => days.map(engine.isCalendarDay)", [
        "2021-02-28", "2024-02-29", "2021-02-29", "2021-13-01", "2021-00-10", "2021-04-31",
        "2021-1-01", "20-21-0101", "1999-12-31"])
    assert days == [True, True, False, False, False, False, False, False, True]


def test_the_mouse_reads_weights(figure):
    page = figure()
    _, weights, _ = expected(EXAMPLES[0])
    page.mouse.move(*cell(page, 2, 4, 10))
    assert detail(page).startswith("Character 3 of")
    percent = float(re.search(r"gives ([\d.]+) %", detail(page))[1])
    assert abs(percent - 100 * weights[2, 4]) < 0.06
    assert "character 5 of the date" in detail(page)
    assert get(page, "row") == 6, "hovering changes no address"
    page.mouse.move(5, 5)
    assert detail(page).startswith("Character 6 of")
    page.mouse.click(*cell(page, 8, 1, 10))
    page.mouse.move(5, 5)
    assert get(page, "row") == 9 and detail(page).startswith("Character 9 of")


def test_a_tap_stays(figure):
    page = figure(width=390, height=844, has_touch=True)
    page.touchscreen.tap(*cell(page, 3, 2, 10))
    page.wait_for_function("model.get('row') === 4")
    assert get(page, "row") == 4
    assert "character 3 of the date" in detail(page)


def test_keyboard(figure):
    page = figure()
    page.locator(".date-matrix").focus()
    page.keyboard.press("ArrowDown")
    assert get(page, "row") == 7 and detail(page).startswith("Character 7 of")
    assert "looks at" in detail(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "space, character 2 of the date" in detail(page)
    # It is said a moment later, so that only the last of several keys is.
    page.get_by_role("status").get_by_text(detail(page), exact=True).wait_for(state="attached")
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    assert get(page, "row") == 1
    slider = page.get_by_role("slider", name="Written character")
    slider.press("ArrowRight")
    assert get(page, "row") == 2
    assert slider.get_attribute("aria-valuetext") == detail(page)
    assert "Character 2 of" in page.locator(".date-matrix").get_attribute("aria-label")


def test_the_weights_that_are_told_are_torchs(figure):
    page = figure()
    _, weights, _ = expected(EXAMPLES[0])
    for row in range(10):
        put(page, "row", row + 1)
        told = re.findall(r"\((\d+)\) ([\d.]+) %", detail(page))
        order = np.argsort(-weights[row], kind="stable")
        assert [int(i) - 1 for i, _ in told] == list(order[:len(told)])
        for i, percent in told:
            assert abs(float(percent) - 100 * weights[row, int(i) - 1]) < 0.06


def test_buttons(figure):
    page = figure()
    page.get_by_role("button", name="Another date").click()
    assert get(page, "text") == EXAMPLES[1]
    assert box(page).input_value() == EXAMPLES[1]
    assert answer(page) == expected(EXAMPLES[1])[0]
    for _ in range(2):
        page.get_by_role("button", name="Another date").click()
    assert get(page, "text") == EXAMPLES[0]
    page.get_by_role("button", name="Write it again").click()
    assert len(answer(page)) < 10, "asked for, it moves"
    box(page).fill("1.1.11")
    assert len(answer(page)) == 10
    page.get_by_role("button", name="Reset").click()
    assert (get(page, "text"), get(page, "row")) == (EXAMPLES[0], 6)
    assert box(page).input_value() == EXAMPLES[0]


@pytest.mark.parametrize("bad", [
    {"text": None, "row": None}, {"text": 7, "row": "far"}, {"text": ["a"], "row": 1e300},
    {"text": "<b>ä</b>", "row": -5}, {"text": "1" * 5000, "row": 0.4},
])
def test_nonsense_in_the_state_gets_a_message(figure, bad):
    page = figure(state=bad)
    assert note(page)
    for key, value in STATE.items():
        put(page, key, value)
    assert answer(page) == expected(EXAMPLES[0])[0]
    for key, value in bad.items():
        put(page, key, value)
    assert note(page) and answer(page) == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_layout_and_accessibility(figure, width, theme):
    page = figure(width=width, theme=theme)
    assert colors(page) > 20
    for text in ("3 feb 2021", "1" * 20, "quartz and so on"):
        box(page).fill(text)
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        violations = Axe().run(page).response["violations"]
        assert not violations, [(v["id"], v["nodes"][0]["html"]) for v in violations]
    sizes = page.evaluate("""() => [...document.querySelectorAll(
        ".date-figure button, .date-figure input")].map(element => {
          const { width, height } = element.getBoundingClientRect(); return [width, height]; })""")
    assert min(min(size) for size in sizes) >= 24


def test_the_canvas_follows_screen_and_theme(figure):
    page = figure(width=390, device_scale_factor=3)
    canvas = "document.querySelector('.date-matrix canvas')"
    assert page.evaluate(f"{canvas}.width === Math.round({canvas}.clientWidth * 3)")
    light = picture(page)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    settled(page)
    dark = picture(page)
    assert dark != light
    page.set_viewport_size({"width": 320, "height": 700})
    settled(page)
    assert page.evaluate(f"{canvas}.width === Math.round({canvas}.clientWidth * 3)")


def test_screen_readers_are_not_flooded(figure):
    page = figure()
    listen(page)
    page.wait_for_timeout(1000)
    assert spoken(page) == [], "nobody has moved anything"
    text = "12 feb 2034"
    type_at_once(box(page), *(text[:end] for end in range(len(text) + 1)))
    [sentence] = spoken(page, 1)
    assert expected(text)[0] in sentence, "eleven strokes, one answer"
    press_at_once(page.locator(".date-matrix"), "ArrowDown", 3)
    assert spoken(page, 2)[1:] == [detail(page)], "three moves, one sentence"


def test_an_answer_is_told_when_it_is_written(figure):
    page = figure(rest=False)
    listen(page)
    [sentence] = spoken(page, 1)
    assert sentence.startswith(f"{expected(EXAMPLES[0])[0]}. "), "a voice cannot keep up with it"


def test_it_ends_cleanly(figure):
    page = figure(rest=False)
    page.evaluate("stop()")
    assert page.locator("#figure").inner_html() == ""
    assert page.evaluate("model.calls.length") == 0
    put(page, "text", "1.1.11")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(100)
