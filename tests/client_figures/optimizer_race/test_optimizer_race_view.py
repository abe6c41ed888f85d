"""The optimizer race as readers meet it: mouse, finger, keyboard, phone, bad addresses."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from engine_page import LOAD, engine
from figure_page import get, listen, put, show, spoken
from moves import press_at_once, type_at_once
from settling import settled

STATE = {
    "surface": "ackley", "start_x": -2.6, "start_y": 3.5, "learning_rate": 0.015, "momentum": 0.9,
    "speed": 300, "hidden": [],
}


@pytest.fixture
def race(open_page):
    """Open a page with the figure."""

    def new(width=1280, height=900, theme="light", above=0, **options):
        state = {**STATE, **options.pop("state", {})}
        page = open_page(width, height, **options)
        show(page, "optimizer_race", state, theme, above)
        return page

    return new


def step(page):
    text = page.locator(".race-bar p").inner_text()
    return int(re.match(r"Step (\d+)", text)[1]) if text else 0


def wait_for_step(page, least):
    page.wait_for_function(
        "least => parseInt(document.querySelector('.race-bar p').textContent.slice(5)) >= least",
        arg=least,
    )


def pixels(page, canvas):
    """Return the number of different colors and of opaque pixels in a canvas."""
    return page.evaluate("""index => {
      const canvas = document.querySelectorAll(".race-plot canvas")[index];
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const all = [...new Uint32Array(data.buffer)];
      return [new Set(all).size, all.filter(color => color !== 0).length];
    }""", canvas)


def test_it_starts_by_itself_and_draws(race):
    page = race()
    wait_for_step(page, 500)
    settled(page)
    ground, trails, markers, axes, curves, ends = (pixels(page, i) for i in range(6))
    assert ground[0] >= 12 and ground[1] > 80_000, "a surface in twelve bands"
    for colors, opaque in (trails, markers, axes, curves, ends):
        assert colors > 7 and opaque > 500
    assert page.get_by_role("button", name="Play").is_visible(), "it stops at the end"
    page.get_by_role("status").get_by_text("lowest loss: Momentum").wait_for(state="attached")


def test_off_screen_it_rests(race):
    page = race(above=4000)
    settled(page)
    page.wait_for_timeout(200)
    assert step(page) == 0
    page.locator(".race").scroll_into_view_if_needed()
    wait_for_step(page, 5)
    page.evaluate("scrollTo(0, 0)")
    settled(page)
    before = step(page)
    page.wait_for_timeout(300)
    assert before < 500 and step(page) == before


def test_with_reduced_motion_it_shows_the_result(race):
    page = race(reduced_motion="reduce")
    settled(page)
    assert step(page) == 500
    assert pixels(page, 1)[1] > 500
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "!document.querySelector('.race-bar p').textContent.startsWith('Step 500')")
    wait_for_step(page, 1)
    assert page.get_by_role("button", name="Pause").is_visible(), "asked for, it moves"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_layout_and_accessibility(race, width, theme):
    page = race(width=width, theme=theme)
    wait_for_step(page, 30)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(page).response["violations"]
    assert not violations, [(v["id"], v["nodes"][0]["html"]) for v in violations]
    boxes = page.evaluate("""() => [...document.querySelectorAll(
        ".race button, .race select, .race input[type=range], .race-legend label")]
        .map(element => { const { width, height } = element.getBoundingClientRect();
                          return [width, height]; })""")
    assert min(min(box) for box in boxes) >= 24
    surface, loss = (page.locator(".race-plot").nth(i).bounding_box() for i in range(2))
    assert (abs(surface["y"] - loss["y"]) < 2) == (width >= 640), "side by side where there is room"
    background = page.evaluate("""() => {
      const canvas = document.querySelectorAll(".race-plot canvas")[2];
      return getComputedStyle(canvas.parentElement).color; }""")
    assert (int(re.findall(r"\d+", background)[0]) > 127) == (theme == "dark")


def test_a_change_is_marked_until_it_is_drawn(race):
    page = race(reduced_motion="reduce")
    settled(page)
    before = pixels(page, 1)
    marked = page.evaluate("""() => { model.set("surface", "bowl");
        return document.querySelector(".race").hasAttribute("data-drawing"); }""")
    assert marked
    # Also while the surface is painted, which takes some frames more than the trails.
    page.evaluate("""async () => {
      const root = document.querySelector(".race");
      const canvas = root.querySelector("canvas");
      while (root.hasAttribute("data-drawing")) await new Promise(requestAnimationFrame);
      const at = [canvas.width / 2, canvas.height / 2, 1, 1];
      window.opaque = canvas.getContext("2d").getImageData(...at).data[3];
    }""")
    assert page.evaluate("opaque") == 255
    assert pixels(page, 1) != before


def test_a_changed_theme_is_followed(race):
    page = race(reduced_motion="reduce")
    settled(page)
    light = page.locator(".race-legend path").nth(1).get_attribute("fill")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    settled(page)
    dark = page.locator(".race-legend path").nth(1).get_attribute("fill")
    assert (light, dark) == ("#000000", "#ffffff")


def test_keyboard(race):
    page = race(state={"speed": 30})  # so that it still runs when it is to pause
    wait_for_step(page, 20)
    page.locator(".race-surface .race-plot").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert (get(page, "start_x"), get(page, "start_y")) == (-2.5, 3.49)
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    assert get(page, "start_y") == 4, "the start stays in the picture"
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Step").click()
    wait_for_step(page, 20)
    page.locator(".race-surface .race-plot").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pause").wait_for()
    assert step(page) < 20, "from the beginning"
    page.get_by_role("slider", name="Learning rate").press("ArrowRight")
    assert 0.015 < get(page, "learning_rate") < 0.02


def test_click_and_drag(race):
    page = race()
    wait_for_step(page, 100)
    box = page.locator(".race-surface .race-plot").bounding_box()
    middle = (box["x"] + box["width"] / 2 + 18, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    wait_for_step(page, 1)
    first = get(page, "start_x"), get(page, "start_y")
    assert abs(first[0]) < 0.5 and abs(first[1]) < 0.6
    page.mouse.move(middle[0] + 60, middle[1] - 40, steps=4)
    page.mouse.up()
    page.mouse.move(middle[0], middle[1])
    assert get(page, "start_x") > first[0] + 0.5 and get(page, "start_y") > first[1] + 0.3


def test_tap(race):
    page = race(width=390, height=844, has_touch=True)
    wait_for_step(page, 20)
    box = page.locator(".race-surface .race-plot").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("Math.abs(model.get('start_x')) < 1")
    assert abs(get(page, "start_x")) < 1 and abs(get(page, "start_y")) < 1


def test_changes_from_outside(race):
    page = race()
    wait_for_step(page, 20)
    for key, value in {"speed": 10, "surface": "bowl", "start_x": 2.0, "start_y": 1.0,
                       "learning_rate": 0.07, "momentum": 0.5, "hidden": ["SGD"]}.items():
        put(page, key, value)
    # 50 times a rate of 0.07 is beyond 2 (1 + 0.5): steepest descent leaves the picture.
    page.wait_for_function("document.querySelector('.race-legend label')"
                           ".innerText.includes('outside the picture')")
    assert page.get_by_role("combobox", name="Surface").input_value() == "bowl"
    assert page.get_by_role("combobox", name="Speed").input_value() == "10"
    assert page.get_by_role("slider", name="Learning rate").get_attribute(
        "aria-valuetext") == "0.07"
    assert page.get_by_role("slider", name="Momentum").get_attribute("aria-valuetext") == "0.5"
    boxes = page.get_by_role("checkbox")
    assert [boxes.nth(i).is_checked() for i in range(7)] == [False] + 6 * [True]
    page.get_by_role("button", name="Reset").click()
    assert get(page, "surface") == "ackley" and get(page, "hidden") == []


def test_legend_hides_and_reports_divergence(race):
    page = race(reduced_motion="reduce", state={"surface": "beale", "start_x": 1, "start_y": 1.5,
                                                "learning_rate": 0.01})
    settled(page)
    label = page.locator(".race-legend label").nth(1)
    assert "diverged at step" in label.inner_text()
    before = pixels(page, 1)[1]
    page.get_by_role("checkbox", name="SGD").click()
    settled(page)
    assert get(page, "hidden") == ["SGD"]
    assert pixels(page, 1)[1] < before


def test_a_new_surface_brings_its_start(race):
    page = race()
    wait_for_step(page, 5)
    page.get_by_role("combobox", name="Surface").select_option("saddle")
    assert [get(page, key) for key in ("surface", "start_x", "start_y")] == ["saddle", -1.6, 0.001]


def test_every_axis_has_a_few_ticks(open_page):
    page = open_page()
    page.evaluate(LOAD, engine("shared/axes.js"))
    counts = page.evaluate("""() => {
      const { axisTicks } = engine;
      const counts = [];
      for (let low = -9; low < 5; low += 0.17) {
        for (let span = 0.4; span < 13; span *= 1.3) {
          const [from, to] = [10 ** low, 10 ** (low + span)];
          counts.push(axisTicks({ from, to, log: true }, 5.7).length);
          counts.push(axisTicks({ from: -from, to: 10 ** span }, 5.7).length);
        }
      }
      return counts;
    }""")
    assert min(counts) >= 2 and max(counts) <= 12


@pytest.mark.parametrize(("height", "label"), [(300, "loss (log scale)"), (60, "loss")])
def test_the_name_of_an_axis_is_not_cut(open_page, height, label):
    page = open_page()
    page.evaluate(LOAD, engine("shared/axes.js"))
    drawn = page.evaluate("""height => {
      const context = document.createElement("canvas").getContext("2d");
      const texts = [];
      context.fillText = text => { texts.push([text, context.measureText(text).width]); };
      const axis = { from: 1e-4, to: 1e3, log: true, label: "loss (log scale)" };
      const rect = { x: 50, y: 10, width: 300, height };
      engine.drawAxes(context, rect, { ...axis, label: "step" }, axis, {}, false);
      return texts;
    }""", height)
    name, width = drawn[-1]
    assert name == label and width < height


@pytest.mark.parametrize("bad", [
    {"surface": "everest", "start_x": "far", "start_y": None},
    {"start_x": 1e300, "start_y": -7, "learning_rate": -1, "momentum": 3},
    {"learning_rate": "NaN", "momentum": None, "speed": 1e9, "hidden": "all"},
    {"hidden": [1, None, "Nobody", "SGD", "Momentum", "Nesterov", "Adagrad", "Adadelta", "RMSProp",
                "Adam"], "speed": 0},
])
def test_nonsense_in_the_state_does_no_harm(race, bad):
    page = race(state=bad)
    wait_for_step(page, 3)
    for key, value in STATE.items():
        put(page, key, value)
    for key, value in bad.items():
        put(page, key, value)
    assert pixels(page, 0)[0] > 5


def test_it_ends_cleanly(race):
    page = race()
    wait_for_step(page, 5)
    page.evaluate("stop()")
    assert page.locator("#figure").inner_html() == ""
    assert page.evaluate("model.calls.length") == 0
    put(page, "momentum", 0.2)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(100)


def test_what_is_spoken_is_not_seen(race):
    page = race(reduced_motion="reduce")
    box = page.get_by_role("status").bounding_box()
    assert max(box["width"], box["height"]) <= 1


def test_screen_readers_are_not_flooded(race):
    page = race(state={"speed": 10})
    listen(page)
    wait_for_step(page, 5)
    page.wait_for_timeout(1000)
    assert spoken(page) == [], "nothing is said while it runs"
    press_at_once(page.locator(".race-surface .race-plot"), "ArrowRight", 5)
    assert len(spoken(page, 1)) == 1, "five moves, one sentence"


def test_each_settled_move_is_told_once(race):
    page = race(reduced_motion="reduce")
    settled(page)
    listen(page)
    page.wait_for_timeout(1000)
    assert spoken(page) == [], "nobody has moved anything"
    slider = page.get_by_role("slider", name="Momentum")
    type_at_once(slider, "0.7", "0.6", "0.5")
    [result] = spoken(page, 1)
    assert re.match(r"Step 500 of 500; lowest loss: \w+, [\d.]+", result)
    page.locator(".race-surface .race-plot").press("ArrowRight")
    assert spoken(page, 2)[1].startswith("Start at x -2.5, y 3.5. Step 500 of 500; lowest loss")
    page.get_by_role("combobox", name="Speed").select_option("10")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    settled(page)
    page.wait_for_timeout(1000)
    assert len(spoken(page)) == 2, "what changes no result is not told"
