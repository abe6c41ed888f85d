"""Every <figure-sweep>, with the keyboard only, from a server and from disk."""

import re
from urllib.parse import urlencode

import pytest
from built_site import SWEEPS, frames_file, specification
from moves import type_at_once
from settling import settled

# Whether the picture is, node by node, the frame of this number in the figure's file.
IS_FRAME = """([name, file, number]) => {
  const { elements, frames } = window.figureFrames?.[file] ?? {};
  if (!frames) return false;
  const runs = frames[number], expected = [];
  for (let i = 0; i < runs.length; i += 2)
    expected.push(...elements.slice(runs[i], runs[i] + runs[i + 1]));
  const parsed = document.createElementNS("http://www.w3.org/2000/svg", "g");
  parsed.innerHTML = expected.join("");
  const shown = [...document.querySelector(`#${name} svg.drawing > g`).children];
  return shown.length === parsed.children.length &&
    shown.every((node, i) => node.isEqualNode(parsed.children[i]));
}"""
# What a figure says to screen readers, in order.
LISTEN = """name => {
  const said = window.said = []; // what another figure says later does not count
  for (const region of document.querySelectorAll(`#${name} [role=status]`))
    new MutationObserver(() => said.push(region.textContent)).observe(
      region, { childList: true, characterData: true, subtree: true });
}"""
# The values that a slider passes, in order: none stays for long while it plays.
NOTE_TEXTS = """slider => {
  window.passed = [];
  new MutationObserver(() => passed.push(slider.getAttribute("aria-valuetext"))).observe(
    slider, { attributes: true, attributeFilter: ["aria-valuetext"] });
}"""
ON_SCREEN = """figure => {
  const { top, bottom } = figure.getBoundingClientRect();
  return top < innerHeight && bottom > 0;
}"""


class Sweep:
    """A figure on an open page, and what the page should do with it."""

    def __init__(self, page, path, name):
        self.page, self.path, self.name = page, path, name
        self.controls = specification(path, name)["controls"]
        self.first = [control["value"] for control in self.controls]
        self.position = list(self.first)
        self.element = page.locator(f"figure-sweep#{name}")
        self.picture = self.element.locator("svg.drawing")
        self.message = self.element.locator(".figure-message")
        page.locator(f"figure-sweep#{name}[ready]").wait_for()

    def input(self, k):
        return self.page.locator(f"[id='{self.name}-{self.controls[k]['name']}']")

    def number(self):
        index = 0
        for i, control in zip(self.position, self.controls, strict=True):
            index = index * len(control["texts"]) + i
        return index

    def texts(self):
        return {
            control["name"]: control["texts"][i]
            for control, i in zip(self.controls, self.position, strict=True)
        }

    def hash(self, **changes):
        return f"#{self.name}?{urlencode({**self.texts(), **changes})}"

    def words(self):
        """Return what is said of the position."""
        return ", ".join(f"{control['label']} {control['texts'][i]}"
                         for control, i in zip(self.controls, self.position, strict=True))

    def come(self):
        """Bring the figure into view and wait for it."""
        self.element.evaluate("figure => figure.show()")
        self.page.wait_for_function(
            "file => window.figureFrames?.[file]", arg=frames_file(self.path, self.name).stem
        )
        settled(self.page)

    def shown(self):
        """Check that picture, words and controls are those of the position; return the picture."""
        settled(self.page)
        file = frames_file(self.path, self.name).stem
        self.page.wait_for_function(IS_FRAME, arg=[self.name, file, self.number()])
        label = self.picture.get_attribute("aria-label")
        for k, (control, i) in enumerate(zip(self.controls, self.position, strict=True)):
            assert f"{control['label']} {control['texts'][i]}" in label
            assert int(self.input(k).input_value()) == i
        return self.picture.inner_html()

    def press(self, k):
        """Move a control one step by its key."""
        step = 1 if self.position[k] + 1 < len(self.controls[k]["texts"]) else -1
        self.page.keyboard.press("ArrowRight" if step > 0 else "ArrowLeft")
        self.position[k] += step

    def go(self, hash, **position):
        """Follow a link to a state."""
        self.page.evaluate("hash => { location.hash = hash; }", hash)
        self.position = [
            position.get(control["name"], control["value"]) for control in self.controls
        ]


def other(control):
    """Another value of a control than its first."""
    return (control["value"] + 1) % len(control["texts"])


PATHS = sorted({path for path, _ in SWEEPS})
NAMES = {path: [name for page, name in SWEEPS if page == path] for path in PATHS}


@pytest.mark.parametrize(
    ("visit", "path", "protocol"),
    [("browser", path, "http") for path in PATHS]
    + [("browser", path, "file") for path in PATHS[:3]]
    + [("firefox", path, "http") for path in PATHS[:1]],
    indirect=["visit"],
)
def test_every_control_moves_its_picture_and_the_address(visit, path, protocol):
    page = visit(path, protocol)
    for name in NAMES[path]:
        sweep = Sweep(page, path, name)
        sweep.come()
        before = sweep.shown()
        page.evaluate(LISTEN, name)
        for k, control in enumerate(sweep.controls):
            if k == 0:
                sweep.input(k).focus()
            else:  # by Tab, past the play button
                for _ in range(2 if sweep.controls[k - 1]["play"] else 1):
                    page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.id") == f"{name}-{control['name']}"
            for _ in control["texts"]:
                sweep.press(k)
                now = sweep.shown()
                changed, before = now != before, now
                if changed:
                    break
            assert changed, f"{control['name']} moves and the picture stays"
        page.wait_for_function("hash => location.hash === hash", arg=sweep.hash())
        # Moves without a pause are spoken once, when they have paused.
        page.wait_for_function("text => said.at(-1) === text", arg=sweep.words())
        page.evaluate(LISTEN, name)
        values = len(sweep.controls[-1]["texts"])
        sweep.position[-1] = (sweep.position[-1] + 1) % values
        type_at_once(sweep.input(-1), *range(values), sweep.position[-1])
        page.wait_for_function("said.length > 0")
        page.wait_for_timeout(100)
        assert page.evaluate("said") == [sweep.words()]
        # Reset, the first button after the controls, brings the first picture back.
        sweep.element.get_by_role("button", name="Reset").press("Enter")
        sweep.position = list(sweep.first)
        sweep.shown()


@pytest.mark.parametrize("path", PATHS)
def test_links_lead_to_states_and_back(visit, path):
    """Also links that name some controls only, or what the figure does not have."""
    page = visit(path)
    for name in NAMES[path]:
        sweep = Sweep(page, path, name)
        changed = {control["name"]: other(control) for control in sweep.controls}
        sweep.position = list(changed.values())
        everything = sweep.hash()
        sweep.go(everything, **changed)
        sweep.come()
        sweep.shown()
        assert sweep.element.evaluate(ON_SCREEN), "a link to a state leads to the figure"

        last = sweep.controls[-1]
        if len(sweep.controls) > 1:  # otherwise the link is the same one, which leads nowhere
            some = f"#{name}?{urlencode({last['name']: last['texts'][other(last)]})}"
            sweep.go(some, **{last["name"]: other(last)})
            sweep.shown()
            page.go_back()
            sweep.position = list(changed.values())
            sweep.shown()

        sweep.go(f"#{name}?{urlencode({last['name']: 'no such value'})}")
        sweep.shown()
        page.wait_for_function(
            "m => m.textContent.includes('no such value')", arg=sweep.message.element_handle()
        )
        sweep.input(0).focus()
        sweep.press(0)
        sweep.shown()
        assert sweep.message.text_content() == ""


def test_a_link_to_a_state_works_from_outside(visit):
    for path, protocol in ((PATHS[0], "http"), (PATHS[-1], "file")):
        name = NAMES[path][-1]
        control = specification(path, name)["controls"][0]
        query = urlencode({control["name"]: control["texts"][other(control)]})
        page = visit(path, protocol, hash=f"#{name}?{query}")
        sweep = Sweep(page, path, name)
        sweep.position[0] = other(control)
        sweep.shown()


def test_the_link_can_be_copied(visit):
    path, name = SWEEPS[0]
    page = visit(path, permissions=["clipboard-read", "clipboard-write"])
    sweep = Sweep(page, path, name)
    sweep.come()
    sweep.input(0).focus()
    sweep.press(0)
    sweep.element.get_by_role("button", name="Copy link").click()
    sweep.element.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith(sweep.hash())


@pytest.mark.parametrize("path", PATHS[:1])
def test_frames_are_fetched_when_their_figure_comes_near(visit, path):
    page = visit("search.html")
    requested = []
    page.on("request", lambda request: requested.append(request.url.rsplit("/", 1)[1])
            if "/_frames/" in request.url else None)  # fmt: skip
    page.goto(page.url.replace("search.html", path), wait_until="load")
    settled(page)
    files = [frames_file(path, name).name for name in NAMES[path]]
    assert not set(requested) & set(files[1:]), "figures far below are not fetched"
    for name in NAMES[path]:
        Sweep(page, path, name).come()
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    settled(page)
    assert sorted(requested) == sorted(files), "each file once"


PLAYED = {path: name for path, name in reversed(SWEEPS)
          if any(control["play"] for control in specification(path, name)["controls"])}  # fmt: skip


def test_a_slow_play_is_not_told_either(visit):
    """With less motion a frame stays for a second, longer than what counts as a pause."""
    path, name = next(iter(PLAYED.items()))
    page = visit(path, reduced_motion="reduce")
    sweep = Sweep(page, path, name)
    sweep.come()
    k = next(k for k, control in enumerate(sweep.controls) if control["play"])
    input, button = sweep.input(k), sweep.element.locator(".figure-play").first
    input.press("Home")
    sweep.position[k] = 0
    page.wait_for_timeout(1000)  # until that has been said
    page.evaluate(LISTEN, name)
    button.press("Enter")
    moved = "id => document.getElementById(id).value >= 2"
    page.wait_for_function(moved, arg=f"{name}-{sweep.controls[k]['name']}")
    assert page.evaluate("said") == []
    button.press("Enter")
    sweep.position[k] = int(input.input_value())
    page.wait_for_function("said.length > 0")
    assert page.evaluate("said") == [sweep.words()]


@pytest.mark.parametrize(("path", "name"), PLAYED.items())
def test_play(visit, path, name):
    page = visit(path)
    sweep = Sweep(page, path, name)
    sweep.come()
    k = next(k for k, control in enumerate(sweep.controls) if control["play"])
    button, input = sweep.element.locator(".figure-play").first, sweep.input(k)
    label = button.get_attribute("aria-label")
    input.press("Home")
    page.wait_for_timeout(1000)  # until that has been said
    page.evaluate(LISTEN, name)
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-label") != label
    moved = "id => document.getElementById(id).value >= 2"
    slider = f"{name}-{sweep.controls[k]['name']}"
    page.wait_for_function(moved, arg=slider)
    assert page.evaluate("said.length") == 0, "no word for each frame of a play"
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-label") == label
    stopped = input.input_value()
    page.wait_for_function("said.length > 0")  # longer than a step of the play
    assert input.input_value() == stopped, "it plays on after it was stopped"
    assert page.evaluate("said.length") == 1
    sweep.position[k] = int(stopped)
    sweep.shown()
    # By hand, a movement also ends playing.
    page.keyboard.press("Enter")
    input.focus()
    page.keyboard.press("ArrowRight")
    page.locator(f"#{name} .figure-play[aria-label='{label}']").wait_for()
    # At the end it stops by itself, and begins again from the start.
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    button.focus()
    page.keyboard.press("Enter")
    shows = "([id, value]) => document.getElementById(id).value === String(value)"
    page.wait_for_function(shows, arg=[slider, len(sweep.controls[k]["texts"]) - 1])
    page.locator(f"#{name} .figure-play[aria-label='{label}']").wait_for()
    input.evaluate(NOTE_TEXTS)
    page.keyboard.press("Enter")
    page.wait_for_function("passed.length > 0")
    page.keyboard.press("Enter")
    assert page.evaluate("passed[0]") == sweep.controls[k]["texts"][0]


def test_nonsense_in_the_address(visit):
    path, name = SWEEPS[0]
    page = visit(path)
    sweep = Sweep(page, path, name)
    for hash in ("#%", "#%E0%A4%A?x=1", f"#{name}?", f"#{name}?%%=&&"):
        sweep.go(hash)
        sweep.shown()
        assert sweep.message.text_content() == ""


def test_frames_that_cannot_be_loaded(visit):
    path, name = SWEEPS[0]
    page = visit("search.html")
    page.route("**/_frames/**", lambda route: route.abort())
    page.goto(page.url.replace("search.html", path), wait_until="load")
    sweep = Sweep(page, path, name)
    sweep.input(0).focus()
    sweep.press(0)
    page.wait_for_function(
        "m => m.textContent.includes('could not be loaded')", arg=sweep.message.element_handle()
    )
    page.unroute("**/_frames/**")
    sweep.press(0)
    sweep.shown()
    assert sweep.message.text_content() == ""
    visit.problems.clear()  # that requests fail was the point


def test_colors_follow_the_page_and_forced_colors(visit):
    path, name = SWEEPS[0]
    ink = f"() => getComputedStyle(document.querySelector('#{name} svg.drawing g[fill]')).fill"
    light = visit(path, color_scheme="light").evaluate(ink)
    dark = visit(path, color_scheme="dark").evaluate(ink)
    forced = visit(path, color_scheme="light", forced_colors="active").evaluate(ink)
    values = [sum(map(float, re.findall(r"[\d.]+", color)[:3])) for color in (light, dark)]
    assert values[0] < 150 < 600 < values[1], (light, dark)
    assert forced != light or "0, 0, 0" in forced or "color(" in forced
    # On paper the page is light, whatever it was on the screen.
    page = visit(path, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate(ink) == light
