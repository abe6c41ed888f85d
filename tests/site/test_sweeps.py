"""Every <figure-sweep>, with the keyboard only, from a server and from disk."""

import io
from urllib.parse import urlencode

import pytest
from built_site import SWEEPS, specification
from PIL import Image, ImageChops

IMAGE_HAS = "([figure, file]) => document.querySelector(`#${figure} > img`).src.endsWith(file)"


class Sweep:
    """A figure on an open page, and what the page should do with it."""

    def __init__(self, page, path, name):
        self.page, self.name = page, name
        self.spec = specification(path, name)
        self.controls = self.spec["controls"]
        self.first = [control["value"] for control in self.controls]
        self.position = list(self.first)
        self.element = page.locator(f"figure-sweep#{name}")
        self.picture = self.element.locator(":scope > img")
        page.locator(f"figure-sweep#{name}[ready]").wait_for()

    def input(self, k):
        return self.page.locator(f"[id='{self.name}-{self.controls[k]['name']}']")

    def file(self, position):
        index = 0
        for i, control in zip(position, self.controls, strict=True):
            index = index * len(control["texts"]) + i
        return self.spec["sources"][self.spec["frames"][index]].rsplit("/", 1)[1]

    def neighbors(self, position):
        """Return the files one movement away, and the one shown."""
        files = {self.file(position)}
        for k, control in enumerate(self.controls):
            for step in (-1, 1):
                if 0 <= position[k] + step < len(control["texts"]):
                    files.add(self.file([*position[:k], position[k] + step, *position[k + 1 :]]))
        return files

    def texts(self):
        return {
            control["name"]: control["texts"][i]
            for control, i in zip(self.controls, self.position, strict=True)
        }

    def hash(self, **changes):
        return f"#{self.name}?{urlencode({**self.texts(), **changes})}"

    def shown(self):
        """Wait for the frame and words of the present position; return the picture."""
        self.page.wait_for_function(IMAGE_HAS, arg=[self.name, self.file(self.position)])
        image = Image.open(io.BytesIO(self.picture.screenshot())).convert("RGB")
        alt = self.picture.get_attribute("alt")
        for control, i in zip(self.controls, self.position, strict=True):
            assert f"{control['label']} {control['texts'][i]}" in alt
        return image

    def press(self, k):
        """Move a control one step by its key, and return the step."""
        step = 1 if self.position[k] + 1 < len(self.controls[k]["texts"]) else -1
        self.page.keyboard.press("ArrowRight" if step > 0 else "ArrowLeft")
        self.position[k] += step
        assert int(self.input(k).input_value()) == self.position[k]


def differ(before, now):
    """Return whether two pictures differ, their edges aside, which shift with scrolling."""
    inside = (3, 3, before.width - 3, before.height - 3)
    return ImageChops.difference(before.crop(inside), now.crop(inside)).getbbox() is not None


def frames_requested(page):
    files = set()
    page.on("request", lambda request: files.add(request.url.rsplit("/", 1)[1])
            if "/_frames/" in request.url else None)
    return files


# One figure of each page, where the rest is the same.
FIRST = {path: name for path, name in reversed(SWEEPS)}
PLAYED = {path: name for path, name in reversed(SWEEPS)
          if any(control["play"] for control in specification(path, name)["controls"])}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "name", "protocol"),
    [(*sweep, "http") for sweep in SWEEPS] + [(*sweep, "file") for sweep in [*FIRST.items()][:3]],
)
def test_keyboard(visit, path, name, protocol):
    page = visit(path, protocol)
    sweep = Sweep(page, path, name)
    sweep.element.scroll_into_view_if_needed()
    before = sweep.shown()
    page.wait_for_timeout(200)
    requested = frames_requested(page)
    expected = set()
    for k, control in enumerate(sweep.controls):
        if k == 0:
            sweep.input(k).focus()
        else:  # by Tab, past the play button
            for _ in range(2 if sweep.controls[k - 1]["play"] else 1):
                page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == f"{name}-{control['name']}"
        for _ in control["texts"]:
            expected |= sweep.neighbors(sweep.position)
            sweep.press(k)
            now = sweep.shown()
            changed, before = differ(before, now), now
            if changed:
                break
        assert changed, f"{control['name']} moves and the picture stays"
    page.wait_for_timeout(200)
    # What is one movement away is fetched, and no more: a sweep weighs megabytes.
    expected |= sweep.neighbors(sweep.position)
    own = {source.rsplit("/", 1)[1] for source in sweep.spec["sources"]}
    assert requested & own <= expected
    assert len(expected) < len(sweep.spec["sources"]) or len(expected) < 8

    # The state is in the address, and the address restores the state.
    wanted = sweep.hash()
    page.wait_for_function("hash => location.hash === hash", arg=wanted)
    again = Sweep(visit(path, protocol, hash=wanted), path, name)
    again.position = sweep.position
    again.shown()
    for k, i in enumerate(sweep.position):
        assert int(again.input(k).input_value()) == i
    assert again.element.evaluate(
        "e => { const r = e.getBoundingClientRect(); return r.top < innerHeight && r.bottom > 0; }"
    ), "a link to a state leads to the figure"


@pytest.mark.parametrize("path", sorted(FIRST))
def test_nothing_is_fetched_before_it_is_seen_or_wanted(visit, path):
    page = visit("search.html")
    requested = frames_requested(page)
    page.goto(page.url.replace("search.html", path), wait_until="load")
    names = [name for page_name, name in SWEEPS if page_name == path]
    expected = set()
    for name in names:
        sweep = Sweep(page, path, name)
        # Sections that are laid out late would push it off the screen again.
        sweep.element.evaluate("element => figureState.show(element)")
        sweep.shown()
        expected.add(sweep.file(sweep.position))
    page.wait_for_timeout(200)
    sources = {s.rsplit("/", 1)[1] for name in names for s in specification(path, name)["sources"]}
    assert requested & sources == expected


@pytest.mark.parametrize(("path", "name"), PLAYED.items())
def test_play(visit, path, name):
    page = visit(path)
    sweep = Sweep(page, path, name)
    # Sections that are laid out late may still push the figure off the screen, where it stops.
    sweep.element.evaluate("element => figureState.show(element)")
    k = next(k for k, control in enumerate(sweep.controls) if control["play"])
    button, input = sweep.element.locator(".figure-play").first, sweep.input(k)
    label = button.get_attribute("aria-label")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-label") != label
    start = input.input_value()
    page.wait_for_function("([id, start]) => document.getElementById(id).value !== start",
                           arg=[f"{name}-{sweep.controls[k]['name']}", start])
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-label") == label
    stopped = input.input_value()
    page.wait_for_timeout(500)
    assert input.input_value() == stopped, "it plays on after it was stopped"
    # By hand, a movement also ends playing.
    page.keyboard.press("Enter")
    input.focus()
    page.keyboard.press("ArrowLeft")
    assert button.get_attribute("aria-label") == label
    # At the end it stops by itself, and begins again from the start.
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    button.focus()
    page.keyboard.press("Enter")
    shows = "([id, value]) => document.getElementById(id).value === String(value)"
    slider = f"{name}-{sweep.controls[k]['name']}"
    page.wait_for_function(shows, arg=[slider, len(sweep.controls[k]["texts"]) - 1])
    page.locator(f"#{name} .figure-play[aria-label='{label}']").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function(shows, arg=[slider, 0])
    page.keyboard.press("Enter")


@pytest.mark.parametrize("path", sorted(FIRST))
def test_a_link_to_a_state_that_is_not_there(visit, path):
    page = visit(path)
    for name in [name for page_name, name in SWEEPS if page_name == path]:
        sweep = Sweep(page, path, name)
        # What can be understood is still restored.
        for k in range(1, len(sweep.controls)):
            sweep.position[k] = 0
        bad = sweep.hash(**{sweep.controls[0]["name"]: "no such value"})
        page.evaluate("hash => { location.hash = hash; }", bad)
        message = sweep.element.locator("[role=status]")
        sweep.shown()
        page.wait_for_timeout(100)
        assert "no such value" in message.inner_text()
        sweep.input(0).focus()
        sweep.press(0)
        sweep.shown()
        assert message.text_content() == ""


@pytest.mark.parametrize("hash", ["#%", "#%E0%A4%A?x=1", "#{name}?", "#{name}?%%=&&"])
def test_nonsense_in_the_address(visit, hash):
    path, name = SWEEPS[0]
    sweep = Sweep(visit(path, hash=hash.format(name=name)), path, name)
    assert sweep.element.locator("[role=status]").text_content() == ""
    sweep.shown()


def test_a_frame_that_cannot_be_loaded(visit):
    path, name = SWEEPS[0]
    sweep = Sweep(visit(path), path, name)
    sweep.page.route("**/_frames/**", lambda route: route.abort())
    sweep.input(0).focus()
    sweep.press(0)
    message = sweep.element.locator("[role=status]")
    sweep.page.wait_for_function("m => m.textContent.includes('could not be loaded')",
                                 arg=message.element_handle())
    sweep.page.unroute("**/_frames/**")
    failed = list(sweep.position)
    for key, position in (("ArrowLeft", sweep.first), ("ArrowRight", failed)):
        sweep.page.keyboard.press(key)
        sweep.position = position
        sweep.shown()
    assert message.text_content() == ""
    visit.problems.clear()  # that requests fail was the point
