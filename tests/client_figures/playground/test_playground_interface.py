"""The playground as readers meet it: controls, presets, comparison, keyboard, addresses, phones."""

import json
import re

import figure_page
import pytest
from axe_playwright_python.sync_playwright import Axe
from engine_page import engine
from figure_page import get
from playground_page import (
    STATE,
    epoch,
    go,
    host,
    losses,
    picture,
    press,
    read,
    report,
    show,
    train,
    wait_for_epoch,
    weights,
)
from settling import settled

from helpers.client_figures.playground.figure import DEFAULTS, PRESETS


@pytest.fixture
def playing(open_page):
    """Open a page with the figure, as a notebook hosts it."""

    def new(width=1280, height=900, **state):
        page = open_page(width, height)
        show(page, **state)
        return page

    return new


# Frames: when they are asked for, and when all is drawn

COUNT_FRAMES = """() => {
  const ask = window.requestAnimationFrame;
  window.asked = 0;
  window.requestAnimationFrame = call => { asked++; return ask(call); };
  window.rest = async () => { // until it has asked for no frame during ten of them
    for (let quiet = 0, before = asked; quiet < 10; before = asked) {
      await new Promise(ask);
      quiet = asked === before ? quiet + 1 : 0;
    }
  };
}"""


def test_it_waits_for_the_reader_and_draws(playing):
    page = playing()
    page.evaluate(COUNT_FRAMES)
    page.evaluate("rest()")
    assert page.evaluate("asked") == 0, "at rest nothing is computed"
    assert epoch(page) == 0 and page.get_by_role("button", name="Play").is_visible()
    for canvas in (".pg-diagram canvas", ".pg-field-canvas", ".pg-points-canvas",
                   ".pg-chart canvas"):
        colors = page.locator(canvas).evaluate("""canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size; }""")
        assert colors > 8, canvas


def test_off_screen_it_rests(playing):
    page = playing(above=5000)
    page.evaluate(COUNT_FRAMES)
    page.evaluate("document.querySelector('.pg-play').click()")
    page.evaluate("rest()")
    assert page.evaluate("asked") == 0
    assert page.locator(".pg-status").inner_text() in ("", "Epoch 0")
    page.locator(".pg-play").scroll_into_view_if_needed()
    wait_for_epoch(page, 5)
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("rest()")
    before = epoch(page)
    page.evaluate("rest()")
    assert epoch(page) == before


MARKED = "document.querySelector('.pg').hasAttribute('data-drawing')"
# Makes a change; returns whether it was marked, and what is to be seen when the mark goes.
WHEN_DRAWN = """async change => {
  const root = document.querySelector(".pg");
  new Function(change)();
  await null; // observers are told of the page's theme
  const marked = root.hasAttribute("data-drawing");
  if (marked) await new Promise(resolve => new MutationObserver((_, observer) => {
    if (root.hasAttribute("data-drawing")) return;
    observer.disconnect();
    resolve();
  }).observe(root, { attributes: true }));
  return [marked, look()];
}"""
LOOK = """window.look = () => [...document.querySelectorAll(".pg-numbers, canvas")].map(
  element => element.toDataURL?.() ?? element.textContent)"""
PRESS = "[...document.querySelectorAll('button')].find(b => b.textContent === '%s').click()"


@pytest.mark.parametrize("change", [
    PRESS % "+1 epoch", PRESS % "Compare two", "document.documentElement.dataset.theme = 'dark'",
    "model.set('discretize', true)", "model.set('data', 'spiral')",
], ids=["step", "compare", "theme", "sign", "data"])
def test_it_is_marked_until_all_is_drawn(playing, change):
    page = playing()
    page.evaluate(COUNT_FRAMES)
    page.evaluate(LOOK)
    before = page.evaluate("look()")
    marked, first = page.evaluate(WHEN_DRAWN, change)
    assert marked and first != before
    page.evaluate("rest()")
    assert not page.evaluate(MARKED)
    assert page.evaluate("look()") == first, "nothing is drawn later"


def test_it_is_marked_from_the_beginning(open_page):
    page = open_page()
    figure_page.show(page, "playground", STATE)
    assert page.evaluate("markedAtFirst")


def test_what_the_reader_changes_while_it_plays_is_marked_until_it_is_drawn(playing):
    page = playing()
    press(page, "Play")
    wait_for_epoch(page, 3)
    page.evaluate("""() => { const root = document.querySelector(".pg"); window.marks = [];
      new MutationObserver(() => marks.push(root.hasAttribute("data-drawing")))
        .observe(root, { attributes: true }); }""")
    wait_for_epoch(page, epoch(page) + 20)
    assert page.evaluate("marks") == [], "training alone is no change of the state"
    x, y = place_of(page, 1, 2)
    page.mouse.move(x, y)
    settled(page)
    assert page.evaluate("marks.length") > 0
    assert page.locator(".pg-out-title").inner_text() == "Layer 1, unit 3: its output"


def test_a_change_during_the_first_picture_is_drawn(playing):
    page = playing(compare={})
    page.evaluate("""async () => {
      const button = [...document.querySelectorAll("button")].find(
        button => button.textContent === "Close B");
      button.click();
      await new Promise(requestAnimationFrame);
      button.click(); // B begins again
      for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
      model.set("data", "spiral"); }""")
    settled(page)
    points = ".pg-points-canvas"
    assert picture(page, points) == picture(page, points, 1), "both show the spiral"


# Play, pause, step


def test_play_pause_and_steps(playing):
    page = playing()
    before = picture(page, ".pg-field-canvas"), picture(page, ".pg-diagram canvas"), losses(page)
    press(page, "+1 batch")
    assert epoch(page) == 0 and get(page, "result")["iteration"] == 1
    assert losses(page) != before[2]
    press(page, "+1 epoch")
    assert epoch(page) == 1 and get(page, "result")["iteration"] == 25
    train(page, 30)
    stopped = epoch(page)
    page.evaluate(COUNT_FRAMES)
    page.evaluate("rest()")
    assert epoch(page) == stopped
    after = picture(page, ".pg-field-canvas"), picture(page, ".pg-diagram canvas"), losses(page)
    assert all(a != b for a, b in zip(after, before, strict=True))
    history = get(page, "result")["history"]
    assert history["train"][-1] < history["train"][0]
    assert history["epoch"] == sorted(history["epoch"]) and history["epoch"][-1] == stopped
    press(page, "Restart")
    assert epoch(page) == 0
    assert losses(page) == before[2], "the same seed gives the same start"
    assert picture(page, ".pg-diagram canvas") == before[1]


def test_the_same_seed_gives_the_same_run(playing):
    runs = []
    for _ in range(2):
        page = playing(dropout=0.2, hidden=[3])
        press(page, *["+1 epoch"] * 3)
        runs.append(weights(page))
    assert runs[0] == runs[1]


# Controls: what each puts into the model, and whether training begins again

LISTS = [
    ("Activation", "relu", "ReLU"), ("Initialization", "zero", "All zero"),
    ("Optimizer", "adam", "Adam"), ("Regularization", "l2", "L2"), ("Speed", 300, "300 epochs/s"),
]
SLIDERS = [
    ("Learning rate", "learning_rate", 0.1), ("Batch size", "batch_size", 20),
    ("Dropout", "dropout", 0.1), ("Noise", "noise", 5), ("For training", "train_share", 60),
]
SOFT = {"learning_rate", "batch_size", "dropout", "optimizer", "regularization", "speed",
        "regularization_rate"}


def check_effect(page, key):
    """A new start where the setting asks for one; otherwise the weights go on as they are."""
    if key in SOFT:
        assert epoch(page) == 2
        press(page, "+1 epoch")
        assert epoch(page) == 3
    else:
        assert epoch(page) == 0
    press(page, "Restart", "+1 epoch", "+1 epoch")  # for the next one


def test_lists_and_sliders(playing):
    page = playing()
    press(page, "+1 epoch", "+1 epoch")
    for label, value, text in LISTS:
        page.get_by_role("combobox", name=label, exact=True).select_option(text)
        settled(page)
        key = label.lower()
        assert get(page, key) == value
        check_effect(page, key)
    for label, key, value in SLIDERS:
        slider = page.get_by_role("slider", name=re.compile(f"^{label}"))
        slider.press("ArrowRight")
        settled(page)
        assert get(page, key) == pytest.approx(value)
        assert slider.get_attribute("aria-valuetext").split()[0] in (str(value), "10")
        check_effect(page, key)


def test_rates_in_the_middle_of_the_training(playing):
    page = playing()
    press(page, "+1 epoch", "+1 epoch")
    before = weights(page)
    page.get_by_role("slider", name=re.compile("^Learning rate")).press("Home")
    assert get(page, "learning_rate") == 1e-5
    press(page, "+1 batch")
    moves = [abs(a - b) for a, b in zip(weights(page), before, strict=True)]
    assert 0 < max(moves) < 1e-4, "from where they were, and with the new rate"
    rate = page.get_by_role("slider", name=re.compile(r"^Reg\. rate"))
    assert rate.is_disabled(), "the rate of a penalty waits for a penalty"
    page.get_by_role("combobox", name="Regularization").select_option("L1")
    settled(page)
    assert rate.is_enabled() and get(page, "regularization_rate") == 0.003
    rate.press("ArrowRight")
    assert get(page, "regularization_rate") == 0.01


def test_switches_and_the_seed(playing):
    page = playing()
    press(page, "+1 epoch", "+1 epoch")
    before = weights(page)
    points = picture(page, ".pg-points-canvas")
    page.get_by_label("Show test points").check()
    settled(page)
    assert get(page, "show_test") is True and picture(page, ".pg-points-canvas") != points
    field = picture(page, ".pg-field-canvas")
    page.get_by_label("Only the sign").check()
    settled(page)
    assert get(page, "discretize") is True and picture(page, ".pg-field-canvas") != field
    assert epoch(page) == 2
    page.get_by_label("Batch normalization").check()
    settled(page)
    assert get(page, "batch_normalization") is True and epoch(page) == 0
    press(page, "+1 epoch")
    assert len(weights(page)) == len(before) + 4 * (4 + 2)
    page.get_by_role("spinbutton", name="Seed").fill("7")
    page.get_by_role("spinbutton", name="Seed").press("Enter")
    settled(page)
    assert get(page, "seed") == 7 and epoch(page) == 0
    press(page, "New seed")
    assert get(page, "seed") == 8
    for text in ("-3", "99999999999", "3.7", ""):
        seed = page.get_by_role("spinbutton", name="Seed")
        seed.fill(text)
        seed.press("Tab")
        assert get(page, "seed") == 8 and seed.input_value() == "8", "it is not taken"
        notice = page.get_by_role("alert")
        assert "Seed is a whole number from 0 to 2147483647." in notice.inner_text()
        press(page, "Close")


DATA_SETS = [
    ("XOR", "xor", "classification"), ("Clouds", "gaussian", "classification"),
    ("Spiral", "spiral", "classification"), ("Plane", "plane", "regression"),
    ("Hills", "gaussians", "regression"), ("Circle", "circle", "classification"),
]


def test_data(playing):
    page = playing()
    for name, data, problem in DATA_SETS:
        press(page, "+1 epoch")
        points = picture(page, ".pg-points-canvas")
        page.get_by_role("radio", name=name).check()
        settled(page)
        assert (get(page, "data"), get(page, "problem"), epoch(page)) == (data, problem, 0)
        assert picture(page, ".pg-points-canvas") != points


def test_layers_units_and_features(playing):
    page = playing(hidden=[4, 2])
    press(page, "Add a hidden layer")
    assert get(page, "hidden") == [4, 2, 2]
    press(page, "Add a unit to layer 1")
    press(page, "Remove a unit of layer 2")
    assert get(page, "hidden") == [5, 1, 2]
    assert page.get_by_role("button", name="Remove a unit of layer 2").is_disabled()
    for _ in range(3):
        press(page, "Add a hidden layer")
    assert get(page, "hidden") == [5, 1, 2, 2, 2, 2]
    assert page.get_by_role("button", name="Add a hidden layer").is_disabled()
    assert page.locator(".pg-report tbody tr").first.locator("td").count() == 7
    for _ in range(6):
        press(page, "Remove a hidden layer")
    assert get(page, "hidden") == []
    press(page, "+1 epoch")
    assert len(weights(page)) == 3
    page.get_by_label("x₁x₂").check()
    settled(page)
    for name in ("x₁", "x₂"):
        page.get_by_label(name, exact=True).uncheck()
        settled(page)
    assert get(page, "features") == ["x1x2"]
    page.get_by_label("x₁x₂").click()
    settled(page)
    assert get(page, "features") == ["x1x2"] and page.get_by_label("x₁x₂").is_checked(), \
        "the last feature stays"


def test_every_control_is_explained(playing):
    page = playing()
    unexplained = page.evaluate("""() => [...document.querySelectorAll(
        ".pg-controls :is(input, select), .pg-data :is(input, select)")]
      .filter(control => {
        const text = document.getElementById(control.getAttribute("aria-describedby"))?.textContent;
        return !text || text.split(" ").length < 4 || !control.labels[0].textContent.trim();
      }).map(control => control.outerHTML)""")
    assert not unexplained
    page.get_by_role("combobox", name="Optimizer").focus()
    assert "gradients into steps" in page.locator(".pg-controls .pg-help").inner_text()


# Presets


def test_presets(playing):
    page = playing(activation="elu", hidden=[1], noise=50)
    titles = page.locator(".pg-presets button").all_inner_texts()
    for title, (preset, settings) in zip(titles, PRESETS.items(), strict=True):
        press(page, title)
        expected = {**DEFAULTS, "compare": None, **settings, "preset": preset}
        assert {key: get(page, key) for key in expected} == expected
        assert epoch(page) == 0 and len(page.locator(".pg-note").inner_text()) > 60
        assert page.get_by_role("button", name=title, pressed=True).count() == 1
        assert page.locator(".pg-lane").count() == 1 + (expected["compare"] is not None)
        train(page, 8)
        page.get_by_role("combobox", name="Activation").first.select_option("Swish")
        settled(page)
        assert get(page, "preset") == "", "it is not the preset any more"
        assert page.locator(".pg-note").inner_text(), "but what it said stays"


def losses_after(page, first):
    history = get(page, "result")["history"]
    pairs = zip(history["epoch"], history["train"], strict=True)
    return [loss for at, loss in pairs if at > first]


def step_epochs(page, epochs):
    """Train for so many epochs exactly: a busy machine pauses a play late, many epochs later."""
    page.get_by_role("button", name="+1 epoch").evaluate(
        "(button, epochs) => { for (let i = 0; i < epochs; i++) button.click(); }", epochs)
    settled(page)


def test_what_the_presets_promise(playing):
    def run(preset, epochs):
        page = playing(preset=preset, **PRESETS[preset])
        step_epochs(page, epochs)
        assert epoch(page) == epochs
        return page

    def loss(page, kind, lane=0):
        return read(losses(page, lane)[kind].split()[-1])

    page = run("vanishing-gradient", 200)
    gradients = report(page, 0)
    assert gradients[0] < gradients[-1] / 100, gradients
    assert loss(page, 0) > 0.6
    page.get_by_role("combobox", name="Activation").select_option("Tanh")
    settled(page)
    step_epochs(page, 200)
    assert loss(page, 0) < 0.2, "tanh learns what sigmoids do not"

    page = run("dead-relus", 100)
    assert max(report(page, 2)) >= 50, report(page, 2)
    page = run("symmetric-start", 100)
    flat = page.evaluate("model.state.result.weights")
    assert max(flat[0:8:2]) - min(flat[0:8:2]) < 1e-6, "four times the same unit"
    page = run("over-fitting", 300)
    assert loss(page, 0) < 0.1 and loss(page, 1) > 1
    page = run("over-fitting-remedies", 300)
    assert loss(page, 1, lane=1) < 0.7 * loss(page, 1)
    page = run("batch-size", 60)
    assert loss(page, 0) < 0.5 * loss(page, 0, lane=1)
    page = run("learning-rate", 900)
    late = losses_after(page, 300)
    assert max(late) > 10 * min(late), "A jumps about"
    assert loss(page, 0, lane=1) < 0.02
    slider = page.get_by_role("slider", name=re.compile("^Learning rate")).first
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    assert get(page, "learning_rate") == 0.03
    changed = epoch(page)
    step_epochs(page, 400)
    late = losses_after(page, changed + 100)
    assert max(late) < 0.02, "a lower rate calms it"


# Two networks


def test_comparison(playing):
    page = playing(activation="relu", hidden=[3], learning_rate=0.1)
    press(page, "+1 epoch")
    press(page, "Compare two")
    assert get(page, "compare") == {"activation": "relu", "hidden": [3], "learning_rate": 0.1}
    assert page.locator(".pg-lane").count() == 2 and epoch(page) == 0, "both begin together"
    assert losses(page) == losses(page, 1)
    second = page.get_by_role("region", name="Network B")
    second.get_by_role("combobox", name="Activation").select_option("Sigmoid")
    settled(page)
    assert get(page, "activation") == "relu" and get(page, "compare")["activation"] == "sigmoid"
    press(page, "+1 epoch")
    assert losses(page) != losses(page, 1)
    train(page, 30)
    before = picture(page, ".pg-points-canvas", 1)
    page.get_by_role("radio", name="Spiral").check()
    settled(page)
    assert picture(page, ".pg-points-canvas", 1) != before
    assert picture(page, ".pg-points-canvas") == picture(page, ".pg-points-canvas", 1)
    second.get_by_role("button", name="Add a hidden layer").click()
    settled(page)
    assert get(page, "compare")["hidden"] == [3, 3] and get(page, "hidden") == [3]
    press(page, "Close B")
    assert get(page, "compare") is None and page.locator(".pg-lane").count() == 1


# Weights


def place_of(page, column, row):
    """Where a unit of the default network is on the screen."""
    box = page.locator(".pg-diagram").bounding_box()
    x = [98, None, None, box["width"] - 30]
    x[1], x[2] = (98 + (x[3] - 98) * k / 3 for k in (1, 2))
    count = (7, 4, 2, 1)[column]
    return box["x"] + x[column], box["y"] + 168 + (row - (count - 1) / 2) * 42


def test_a_weight_is_shown_and_changed_with_the_mouse(playing):
    page = playing()
    press(page, "+1 epoch")
    before = weights(page)
    x, y = place_of(page, 2, 0)
    end, height = place_of(page, 3, 0)
    page.mouse.move((x + end) / 2, (y + height) / 2)
    settled(page)
    text = page.locator(".pg-formula").inner_text()
    assert text.startswith("Weight from unit 1 to output: ")
    assert read(text.split()[-1].lstrip("−")) == pytest.approx(abs(before[-3]), rel=0.01)
    page.mouse.click((x + end) / 2, (y + height) / 2)
    field = page.get_by_label("Weight from unit 1 to output")
    assert field.evaluate("field => field === document.activeElement")
    drawn = picture(page, ".pg-diagram canvas"), losses(page)
    field.fill("-2.5")
    settled(page)
    assert weights(page)[-3] == -2.5 and weights(page)[:-3] == before[:-3]
    assert picture(page, ".pg-diagram canvas") != drawn[0] and losses(page) != drawn[1]
    page.get_by_label("Bias of output").fill("1.25")
    assert weights(page)[-1] == 1.25
    press(page, "Play")
    wait_for_epoch(page, 3)
    assert weights(page) is not None
    press(page, "Done")
    assert page.locator(".pg-weights input").count() == 0


def test_a_unit_is_seen_large_when_it_is_pointed_at(playing):
    page = playing()
    output = picture(page, ".pg-field-canvas")
    page.mouse.move(*place_of(page, 1, 2))
    settled(page)
    assert page.locator(".pg-out-title").inner_text() == "Layer 1, unit 3: its output"
    assert page.locator(".pg-formula").inner_text().startswith("Layer 1, unit 3 = tanh(")
    assert picture(page, ".pg-field-canvas") != output
    page.mouse.move(5, 5)
    settled(page)
    assert picture(page, ".pg-field-canvas") == output


def test_a_weight_is_changed_with_the_keyboard(playing):
    page = playing()
    press(page, "+1 epoch")
    before = weights(page)
    page.get_by_role("slider", name=re.compile("^Learning rate")).focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "pg-diagram":
            break
    settled(page)
    assert "Feature x₁" in page.locator(".pg-formula").inner_text()
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    settled(page)
    assert page.locator(".pg-formula").inner_text().startswith("Layer 2, unit 1 = ")
    page.wait_for_function(
        "document.querySelector('[role=status]').textContent.startsWith('Layer 2, unit 1 = ')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.ariaLabel")
    assert focused == "Weight from unit 2 to layer 2, unit 1"
    page.keyboard.press("Control+A")
    page.keyboard.type("0.75")
    settled(page)
    changed = [i for i, (a, b) in enumerate(zip(weights(page), before, strict=True)) if a != b]
    assert changed == [4 * 2 + 4 + 1] and weights(page)[13] == 0.75
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "pg-diagram"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    assert get(page, "features") == ["x1", "x2"]
    page.keyboard.press("Space")
    settled(page)
    assert get(page, "features") != ["x1", "x2"], "on a feature, it switches"


# Addresses

ADDRESSED = {
    "problem": "regression", "data": "gaussians", "noise": 20, "train_share": 70,
    "batch_size": 50, "features": ["x2", "x1x2"], "hidden": [3, 3, 2], "activation": "gelu",
    "initialization": "kaiming", "optimizer": "rmsprop", "learning_rate": 0.003,
    "regularization": "l1", "regularization_rate": 0.01, "batch_normalization": True,
    "dropout": 0.3, "seed": 12, "speed": 300, "show_test": True, "discretize": True,
    "compare": {"activation": "relu", "hidden": [5]},
}


def as_hash(state):
    query = "&".join(f"{key}={value if isinstance(value, str) else json.dumps(value)}"
                     for key, value in state.items())
    return f"#playground?{query}".replace('"', "%22").replace(" ", "")


def test_an_address_holds_every_setting(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch, as_hash(ADDRESSED))
    assert {key: get(page, key) for key in ADDRESSED} == ADDRESSED
    assert page.locator(".pg-notice").is_hidden()
    press(page, "+1 epoch")
    first = losses(page), losses(page, 1)
    link = page.evaluate("document.querySelector('js-figure').model.link()")
    again = open_page()
    host(again, monkeypatch, "#" + link.split("#")[1])
    assert {key: get(again, key) for key in ADDRESSED} == ADDRESSED
    press(again, "+1 epoch")
    assert (losses(again), losses(again, 1)) == first


def test_the_address_follows_the_reader_but_not_the_training(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch)
    page.get_by_role("combobox", name="Activation").select_option("ELU")
    page.wait_for_function("location.hash === '#playground?activation=elu'")
    train(page, 10)
    page.wait_for_timeout(400)  # as long as an address takes to be written
    assert page.url.endswith("#playground?activation=elu")


def test_links_to_presets(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch, "#playground?preset=dead-relus")
    expected = {**DEFAULTS, **PRESETS["dead-relus"]}
    assert {key: get(page, key) for key in expected} == expected
    assert "Dead" in page.locator(".pg-note").inner_text()
    page.get_by_role("combobox", name="Optimizer").select_option("Adam")
    go(page, "#playground?preset=symmetric-start")
    expected = {**DEFAULTS, **PRESETS["symmetric-start"]}
    assert {key: get(page, key) for key in expected} == expected, "nothing is left of before"


def test_a_link_to_a_preset_works_again(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch, "#playground?preset=dead-relus")
    expected = {**DEFAULTS, **PRESETS["dead-relus"], "preset": "dead-relus"}
    page.get_by_role("combobox", name="Speed").select_option("300 epochs/s")
    page.wait_for_function("location.hash.includes('speed=300')")
    go(page, "#playground?preset=dead-relus")
    assert {key: get(page, key) for key in expected} == expected


def test_back_to_the_page_without_a_state(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch)
    go(page, "#playground?preset=vanishing-gradient")
    assert len(get(page, "hidden")) == 5
    page.evaluate("""async () => {
      window.moved = 0;
      Element.prototype.scrollIntoView = () => { moved++; };
      for (let before = -1; before !== moved;) { // until the figure has been brought into view
        before = moved;
        for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
      }
      moved = 0; }""")
    page.go_back()
    settled(page)
    assert {key: get(page, key) for key in DEFAULTS} == DEFAULTS
    assert get(page, "preset") == "" and page.locator(".pg-note").inner_text() == ""
    assert page.evaluate("moved") == 0, "the browser finds the reader's place itself"
    page.go_forward()
    settled(page)
    expected = {**DEFAULTS, **PRESETS["vanishing-gradient"]}
    assert {key: get(page, key) for key in expected} == expected
    assert "sigmoids" in page.locator(".pg-note").inner_text()


def test_a_link_holds_what_was_changed_in_a_preset(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch, "#playground?preset=over-fitting")
    page.get_by_label("Show test points").uncheck()
    page.get_by_role("combobox", name="Speed").select_option("60 epochs/s")
    link = page.evaluate("document.querySelector('js-figure').model.link()")
    again = open_page()
    host(again, monkeypatch, "#" + link.split("#")[1])
    expected = {**DEFAULTS, **PRESETS["over-fitting"], "show_test": False, "speed": 60}
    assert {key: get(again, key) for key in expected} == expected


def test_what_is_given_beside_a_preset_wins(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch,
         "#playground?preset=learning-rate&learning_rate=0.03&compare=null&noise=0")
    assert get(page, "learning_rate") == 0.03 and get(page, "compare") is None
    page = open_page()
    host(page, monkeypatch, "#playground?preset=batch-size&noise=0")
    assert get(page, "noise") == 0 and get(page, "batch_size") == 1


def test_what_python_gives_beside_a_preset_wins(open_page, monkeypatch):
    page = open_page()
    for hash in ("", "#playground?speed=20", "#playground?preset=over-fitting"):
        host(page, monkeypatch, hash, preset="over-fitting", noise=10, show_test=False)
        expected = {**DEFAULTS, **PRESETS["over-fitting"], "noise": 10, "show_test": False}
        if "speed" in hash:
            expected["speed"] = 20
        assert {key: get(page, key) for key in expected} == expected
        assert "Few points" in page.locator(".pg-note").inner_text()


def test_a_kernel_keeps_what_it_gave_beside_a_preset(playing):
    page = playing(**{**PRESETS["over-fitting"], "noise": 0}, preset="over-fitting")
    assert get(page, "noise") == 0


PAIRS = [
    ("problem=regression", "regression", "plane", None),
    ("data=plane", "regression", "plane", None),
    ("preset=dead-relus&data=plane", "regression", "plane", None),
    ("problem=regression&data=spiral", "regression", "plane", "data = spiral"),
    ("problem=classification&data=plane", "classification", "circle", "data = plane"),
    ("data=__proto__", "classification", "circle", "data = __proto__"),
]


def test_problem_and_data_in_an_address(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch, f"#playground?{PAIRS[0][0]}")
    for query, problem, data, named in PAIRS:
        if query != PAIRS[0][0]:
            go(page, f"#playground?{query}")
        assert (get(page, "problem"), get(page, "data")) == (problem, data)
        notice = page.locator(".pg-notice")
        assert notice.is_hidden() if named is None else named in notice.inner_text()
        press(page, "+1 epoch")
        assert epoch(page) == 1


TOLD = [
    ("weights=[1,2,3]", "weights has 3 numbers, and the network needs 25. "
     "It begins with those of its initialization."),
    ("preset=toString", "There is no preset called toString."),
    ("preset=__proto__", "There is no preset called __proto__."),
    ("toString=1", "There is no setting called toString."),
    ("__proto__={}", "There is no setting called __proto__."),
    ("compare=5", "compare = 5 is not possible here; it is off now."),
    ("weights=[null]", "weights = [null] is not possible here; it is none now."),
    ('compare={"foo":1}', "There is no setting called foo."),
    ('compare={"noise":3}', "compare: noise = 3 is not possible here; it is as in A now."),
]


def test_what_a_bad_address_is_told(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch)
    for query, sentence in TOLD:
        go(page, "#playground?" + query.replace('"', "%22"))
        assert page.locator(".pg-notice li").all_inner_texts() == [sentence]
        press(page, "+1 epoch")
        assert epoch(page) == 1
    go(page, "#playground?preset=symmetric-start")
    assert page.locator(".pg-notice").is_hidden(), "the next address has nothing to be told"


def test_an_address_leads_to_the_top_of_a_figure_that_grows(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch)
    top = page.evaluate("""async () => {
      const element = document.querySelector("js-figure");
      document.getElementById("above").style.height = "3000px";
      element.replaceChildren();
      element.style.height = "300px"; // a poster
      const arrived = element.show();
      for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
      element.style.height = "3000px";
      await arrived;
      return element.getBoundingClientRect().top; }""")
    assert -1 < top < 900


BAD = [
    ("activation=softsign", "activation"), ("noise=99", "noise"), ("noise=abc", "noise"),
    ("hidden=[9]", "hidden"), ("hidden=[1,1,1,1,1,1,1]", "hidden"), ("hidden=3", "hidden"),
    ("features=[]", "features"), ("features=[%22x3%22]", "features"), ("seed=1.5", "seed"),
    ("learning_rate=0", "learning_rate"), ("learning_rate=1e999", "learning_rate"),
    ("batch_normalization=1", "batch_normalization"), ("dropout=-1", "dropout"),
    ("problem=ranking", "problem"), ("problem=classification&data=plane", "data"),
    ("speed=7", "speed"),
    ("compare={%22activation%22:%22x%22}", "compare: activation"),
    ("compare={%22noise%22:3}", "compare: noise"), ("compare=[1]", "compare"),
    ("preset=nothing", "nothing"), ("nonsense=1", "nonsense"), ("weights=[null]", "weights"),
]


def test_a_bad_address_falls_back_and_says_so(open_page, monkeypatch):
    page = open_page()
    for query, named in (BAD[0], BAD[2], BAD[16], BAD[-3]):
        host(page, monkeypatch, f"#playground?{query}&optimizer=adam")
        check_fallback(page, named)


def check_fallback(page, named):
    notice = page.get_by_role("alert")
    assert named in notice.inner_text()
    key = named.split(":")[0]
    if key in DEFAULTS:
        assert get(page, key) == DEFAULTS[key]
    assert get(page, "optimizer") == "adam", "what makes sense is kept"
    press(page, "+1 epoch")
    assert epoch(page) == 1
    page.get_by_role("button", name="Close", exact=True).click()
    assert notice.is_hidden()


def test_an_address_starts_anew(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch)
    press(page, "+1 epoch")
    assert epoch(page) == 1
    go(page, "#playground?learning_rate=0.1")  # which needs no new start
    assert get(page, "learning_rate") == 0.1
    assert epoch(page) == 0


def test_bad_addresses_one_after_the_other(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch)
    for query, named in BAD:
        go(page, f"#playground?{query}&optimizer=adam")
        check_fallback(page, named)


def test_reset(open_page, monkeypatch):
    page = open_page()
    host(page, monkeypatch, as_hash(ADDRESSED) + "&bad=1", activation="relu", hidden=[3])
    press(page, "+1 epoch")
    press(page, "Reset")
    expected = {**DEFAULTS, "activation": "relu", "hidden": [3], "compare": None}
    assert {key: get(page, key) for key in expected} == expected
    assert epoch(page) == 0 and page.get_by_role("alert").is_hidden()
    page.wait_for_function("location.hash === '#playground?'")


def test_changes_from_python(playing):
    page = playing()
    press(page, "+1 epoch")
    for key, value in {**ADDRESSED, "compare": None}.items():
        page.evaluate("([key, value]) => model.set(key, value)", [key, value])
    settled(page)
    assert page.get_by_role("combobox", name="Activation").input_value() == "6"
    assert page.get_by_label("Batch normalization").is_checked()
    assert page.get_by_role("radio", name="Hills").is_checked()
    assert page.locator(".pg-notice").is_hidden()


def test_weights_to_begin_with(playing):
    page = playing(hidden=[], weights=[0.5, -0.25, 0.125])
    assert weights(page) == [0.5, -0.25, 0.125]
    press(page, "+1 epoch")
    assert weights(page) != [0.5, -0.25, 0.125]
    press(page, "Restart")
    assert weights(page) == [0.5, -0.25, 0.125]
    page.get_by_role("combobox", name="Initialization").select_option("All zero")
    settled(page)
    press(page, "Restart")
    assert weights(page) == [0, 0, 0] and get(page, "weights") is None


# What readers are told


def test_a_divergence_is_explained_and_stops(playing):
    page = playing(data="plane", problem="regression", activation="linear", learning_rate=10,
                   features=["x1_squared", "x2_squared"], speed=3000)
    press(page, "Play")
    notice = page.get_by_role("alert")
    notice.get_by_text("too large to compute with. Lower the learning rate").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    assert page.locator(".pg-warning").inner_text().startswith("The weights have become too large")
    bars = page.locator(".pg-report tbody tr").first.locator("td").evaluate_all(
        "cells => cells.map(cell => cell.style.getPropertyValue('--part'))")
    assert set(bars) == {"100%"}, "what is beyond all numbers is not nothing"
    press(page, "Restart")
    assert notice.is_hidden() and page.get_by_text("too large to compute").count() == 0


def test_a_batch_of_one_and_normalization(playing):
    page = playing(batch_size=1, batch_normalization=True)
    assert page.get_by_text("A batch of one has no spread").is_visible()


def test_which_of_two_networks_is_lost(playing):
    page = playing(data="plane", problem="regression", speed=3000, compare={
        "activation": "linear", "features": ["x1_squared", "x2_squared"], "learning_rate": 10})
    press(page, "Play")
    page.get_by_role("alert").get_by_text("B: The weights have become too large").wait_for()
    press(page, "Close B")
    assert page.get_by_role("alert").is_hidden()


def test_typed_weights_are_bounded(playing):
    page = playing(hidden=[])
    page.mouse.click(*(place_of(page, 3, 0)))
    field = page.get_by_label("Bias of output")
    field.fill("1e300")
    assert weights(page)[-1] == 1000
    field.press("Tab")
    settled(page)
    assert field.input_value() == "1000", "the field shows what is used"


@pytest.mark.parametrize("settings", [{}, {"dropout": 0.2}])
def test_another_rate_leaves_the_optimizer_and_the_batches_as_they_are(playing, settings):
    runs = []
    for change in (False, True):
        page = playing(optimizer="momentum", **settings)
        press(page, "+1 epoch", "+1 batch")
        if change:
            gradients = report(page, 0)
            slider = page.get_by_role("slider", name=re.compile("^Learning rate"))
            slider.press("ArrowRight")
            settled(page)
            assert report(page, 0) == gradients
            slider.press("ArrowLeft")
            settled(page)
        press(page, "+1 epoch", "+1 epoch")
        runs.append(weights(page))
    assert runs[0] == runs[1]


@pytest.mark.parametrize("settings", [{}, {"dropout": 0.2}])
def test_a_rate_and_a_penalty_take_effect_at_once(playing, settings):
    page = playing(**settings, speed=300)
    press(page, "+1 epoch")
    before = weights(page)
    page.get_by_role("combobox", name="Regularization").select_option("L2")
    settled(page)  # until the rate, which had no meaning, can be moved
    rate = page.get_by_role("slider", name=re.compile(r"^Reg\. rate"))
    for key in ("End", "ArrowLeft"):
        rate.press(key)
    settled(page)
    assert get(page, "regularization_rate") == 3
    train(page, 21)
    after = weights(page)
    assert max(map(abs, after)) < 0.2 * max(map(abs, before)), "a high price makes weights small"


def test_another_optimizer_leaves_the_gradients_in_sight(playing):
    page = playing()
    press(page, "+1 epoch")
    gradients = report(page, 0)
    page.get_by_role("combobox", name="Optimizer").select_option("Adam")
    settled(page)
    assert report(page, 0) == gradients
    press(page, "+1 batch")
    assert report(page, 0) != gradients
    press(page, "Restart")
    assert page.locator(".pg-report tbody td").first.inner_text() == "–"


def test_a_legend_says_what_the_map_shows(playing):
    page = playing()
    legend = page.locator(".pg-legend")
    assert legend.inner_text().split("\n") == ["orange", "blue"]
    for column in (0, 1):
        page.mouse.move(*place_of(page, column, 1))
        settled(page)
        assert legend.inner_text().split("\n") == ["≤ −1", "≥ 1"]
    page.mouse.move(*place_of(page, 3, 0))
    settled(page)
    assert legend.inner_text().split("\n") == ["orange", "blue"]


def test_screen_readers_hear_of_presets_and_warnings(playing):
    page = playing()
    press(page, "Vanishing gradient")
    spoken = page.get_by_role("status")
    spoken.get_by_text("Five layers of sigmoids").wait_for()
    page = playing(batch_size=1, batch_normalization=True)
    press(page, "+1 batch")
    page.get_by_role("status").get_by_text("A batch of one has no spread").wait_for()


def test_screen_readers_are_not_flooded(playing):
    page = playing()
    page.evaluate("""() => { window.spoken = []; const region = document.querySelector(
        "[role=status]"); new MutationObserver(() => spoken.push(region.textContent))
        .observe(region, { childList: true, characterData: true, subtree: true }); }""")
    press(page, "Play")
    wait_for_epoch(page, 60)  # longer than a sentence waits for its end
    assert page.evaluate("spoken") == [], "nothing is said while it runs"
    press(page, "Pause")
    page.wait_for_function("spoken.length > 0")
    [said] = page.evaluate("spoken")
    assert re.fullmatch(r"Epoch \d+, training loss [\d.]+, test loss [\d.]+", said)


# Looks


@pytest.mark.parametrize(("width", "theme", "preset"), [
    (390, "light", ""), (390, "dark", "over-fitting-remedies"), (760, "dark", ""),
    (1280, "light", "vanishing-gradient"), (1280, "dark", "over-fitting-remedies"),
])
def test_layout_and_accessibility(playing, width, theme, preset):
    page = playing(width=width, theme=theme, preset=preset, **PRESETS.get(preset, {}))
    press(page, "+1 epoch")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(page).response["violations"]
    assert not violations, [(v["id"], v["nodes"][0]["html"], v["nodes"][0]["failureSummary"])
                            for v in violations]
    small = page.evaluate("""() => [...document.querySelectorAll(
        ".pg button, .pg select, .pg input")]
      .map(c => ["radio", "checkbox"].includes(c.type) ? c.closest("label") : c)
      .map(control => [control.outerHTML.slice(0, 90), control.getBoundingClientRect()])
      .filter(([, { width, height }]) => Math.min(width, height) < 24)
      .map(([html, { width, height }]) => `${width} × ${height}: ${html}`)""")
    assert not small
    output, network = (page.locator(f".pg-lane >> nth=0 >> {part}").bounding_box()
                       for part in (".pg-map", ".pg-diagram"))
    side_by_side = output["x"] > network["x"] + 100 and output["y"] < network["y"] + 300
    assert side_by_side == (width == 1280 and preset != "over-fitting-remedies" or width == 760)


def test_on_a_phone_the_network_scrolls_in_its_own_box(playing):
    page = playing(width=390, height=844, hidden=[4] * 6)
    box = page.locator(".pg-scroll")
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") > 100
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_play_stays_in_sight(open_page, monkeypatch):
    page = open_page(390, 844)
    host(page, monkeypatch)
    bar = page.locator(".pg-bar")
    page.evaluate("""() => {
      document.querySelector(".pg-status").textContent = "Epoch 12,345";
      document.querySelector("main").style.margin = "0 4px"; // together 16 pixels, as on the site
      scrollTo(0, document.querySelector(".pg-map").getBoundingClientRect().top); }""")
    settled(page)
    box = bar.bounding_box()
    assert 0 <= box["y"] < 100, "it sticks to the screen"
    assert box["height"] < 65, "in one row"


def test_a_changed_theme_is_followed(playing):
    page = playing()
    before = [picture(page, c) for c in (".pg-field-canvas", ".pg-diagram canvas",
                                         ".pg-chart canvas")]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    settled(page)
    after = [picture(page, c) for c in (".pg-field-canvas", ".pg-diagram canvas",
                                        ".pg-chart canvas")]
    assert all(a != b for a, b in zip(after, before, strict=True))


def test_it_ends_cleanly(playing):
    page = playing(compare={})
    press(page, "Play")
    wait_for_epoch(page, 3)
    page.evaluate("stop()")
    assert page.locator("#figure").inner_html() == ""
    assert page.evaluate("model.calls.length") == 0
    page.evaluate(COUNT_FRAMES)
    page.evaluate("model.set('noise', 10); document.documentElement.dataset.theme = 'dark'")
    page.evaluate("rest()")
    assert page.evaluate("asked") == 0


# Endurance

STRESS = """async ([count, seed]) => {
  let state = seed;
  const random = n => (state = (state * 48271) % 2147483647) % n;
  const root = document.querySelector(".pg");
  const fire = (element, type) => element.dispatchEvent(new Event(type, { bubbles: true }));
  for (let i = 0; i < count; i++) {
    const controls = [...root.querySelectorAll("button:not(:disabled), select, input:enabled")];
    const control = controls[random(controls.length)];
    if (control.localName === "button" || ["radio", "checkbox"].includes(control.type)) {
      control.click();
    } else if (control.localName === "select") {
      control.selectedIndex = random(control.options.length);
      fire(control, "change");
    } else if (control.type === "range") {
      control.value = random(Number(control.max) + 1);
      fire(control, "input");
    } else {
      control.value = [random(100) / 10, -random(5), "", "1e9"][random(4)];
      fire(control, "input");
      fire(control, "change");
    }
    if (random(10) === 0) {
      const diagram = root.querySelector(".pg-diagram");
      const { left, top, width, height } = diagram.getBoundingClientRect();
      const place = { bubbles: true, pointerType: "mouse", clientX: left + random(width | 0),
        clientY: top + random(height | 0) };
      diagram.dispatchEvent(new PointerEvent("pointermove", place));
      diagram.dispatchEvent(new PointerEvent("click", place));
      const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter", "Escape"];
      diagram.dispatchEvent(new KeyboardEvent("keydown", { key: keys[random(6)], bubbles: true }));
    }
    if (i % 40 === 39) await new Promise(requestAnimationFrame);
  }
}"""


def memory(page, session):
    """Return bytes of the heap and numbers of nodes and listeners, in one and the same state."""
    press(page, "Reset")
    page.wait_for_timeout(500)  # what was asked for with a pause is done
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(50)
    values = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return [values[name] for name in ("JSHeapUsedSize", "Nodes", "JSEventListeners")]


def test_five_thousand_events(playing, record_property):
    page = playing(width=1000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate(STRESS, [1000, 1])
    before = memory(page, session)
    for seed in range(2, 6):
        page.evaluate(STRESS, [1000, seed])
    after = memory(page, session)
    record_property("memory", (before, after))
    print("\nbytes, nodes, listeners:", before, after)
    assert after[0] < 1.1 * before[0] + 400_000  # less than 200 bytes an event
    assert after[1] < 1.2 * before[1] + 200 and after[2] < 1.2 * before[2] + 100
    # And it still works.
    press(page, "Reset")
    press(page, "+1 epoch")
    assert epoch(page) == 1 and len(weights(page)) == 25


def test_a_long_history_stays_short(open_page):
    lists = open_page().evaluate("""async source => {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      const history = (await import(url)).createHistory();
      for (let i = 0; i <= 20000; i++) history.add(i, 1 / (i + 1), 2 / (i + 1));
      return history.lists;
    }""", engine("playground/view/losses.js"))
    assert len(lists["epoch"]) == len(lists["train"]) == len(lists["test"])
    assert 300 < len(lists["epoch"]) <= 801
    assert lists["epoch"][0] == 0 and lists["epoch"][-1] == 20000
    assert lists["epoch"] == sorted(set(lists["epoch"]))
    assert lists["test"] == [2 / (epoch + 1) for epoch in lists["epoch"]]
