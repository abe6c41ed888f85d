"""What a reader's device and connection have to bear, against the limits in tests/budgets.json.

Times depend on what else the machine does, which can only make them longer: each is measured
several times, and the best counts. Even so the limits of times are about twice what an idle machine
needs; `measured` says what that was.
"""

import gzip
import re
import statistics
import time
from pathlib import Path

import pytest
from audit import load
from built_site import (
    CLIENT_FIGURES,
    LABORATORIES,
    PAGES,
    SWEEPS,
    WIDE,
    frames,
    frames_file,
    specification,
)
from playground_page import epoch, wait_for_epoch
from settling import settled

# From a key's input event to the frame that follows the new picture: the first frame callback after
# the change, and the first task after that, when the frame has been handed over for display.
PAINT = """name => {
  window.paints = [];
  const figure = document.getElementById(name);
  let moved = 0;
  figure.addEventListener("input", () => { moved = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => paints.push(performance.now() - moved);
    port2.postMessage(0);
  })).observe(figure.querySelector("svg.drawing"), { attributeFilter: ["aria-label"] });
}"""
# The time that all callbacks of a frame take, by the time of the frame.
SCRIPT_TIMES = """
window.scriptTimes = new Map();
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = call => ask(time => {
  const begin = performance.now();
  call(time);
  scriptTimes.set(time, (scriptTimes.get(time) ?? 0) + performance.now() - begin);
});
"""


@pytest.mark.parametrize("page_name", PAGES)
def test_loading(browser, address, budget, page_name):
    url = f"{address['http']}/{page_name}"
    seen = load(browser, url, enough=budget.limits["ms of blocked main thread"] / 2)
    largest = sorted(seen.sizes.items(), key=lambda item: -item[1])[:12]
    print("\n".join(f"{size / 1000:7.1f} kB {url}" for url, size in largest))
    budget.check("requests of the first view", len(seen.sizes), page_name)
    budget.check("kB of the first view", sum(seen.sizes.values()) / 1000, page_name)
    budget.check("ms of blocked main thread", seen.blocked, page_name)
    budget.check("ms to the largest paint", seen.painted, page_name)
    budget.check("shift of the layout", seen.shift, page_name)


def test_frames(budget):
    pages = {page: 0 for page, _ in SWEEPS}
    sizes = []
    for page, name in SWEEPS:
        pages[page] += len(frames(page, name)["frames"])
        size = len(gzip.compress(frames_file(page, name).read_bytes(), 6)) / 1000
        sizes.append(size)
        budget.check("kB of all frames of a figure", size, f"{page} {name}")
    for page, count in pages.items():
        budget.check("frames of a page", count, page)
    budget.check("kB of all frames of a figure, median", statistics.median(sizes))


@pytest.mark.parametrize("page_name", LABORATORIES)
def test_first_interaction(browser, address, budget, page_name):
    best = float("inf")
    for _ in range(3):
        page = browser.new_page(viewport=WIDE)
        page.goto(f"{address['http']}/{page_name}", wait_until="commit")
        page.get_by_role("button", name="Play", exact=True).click()
        page.get_by_text(re.compile("^Epoch [1-9]")).first.wait_for()
        best = min(best, page.evaluate("performance.now()") / 1000)
        page.close()
    budget.check("seconds to the first epoch", best, page_name)


@pytest.mark.parametrize("page_name", sorted({page for page, _ in SWEEPS}))
def test_a_moved_slider(visit, budget, page_name):
    sweeps = [(n, specification(p, n)["controls"]) for p, n in SWEEPS if p == page_name]
    name, controls = max(sweeps, key=lambda s: max(len(c["texts"]) for c in s[1]))
    control = max(controls, key=lambda control: len(control["texts"]))
    page = visit(page_name)
    input = page.locator(f"[id='{name}-{control['name']}']")
    page.locator(f"#{name}").evaluate("figure => figure.show()")
    settled(page)
    page.evaluate(PAINT, name)
    input.focus()
    best = float("inf")
    for _ in range(3):
        page.keyboard.press("Home")
        page.wait_for_timeout(300)
        page.evaluate("paints.length = 0")
        for key in ("ArrowRight", "ArrowLeft"):
            for _ in range(min(len(control["texts"]) - 1, 20)):
                page.keyboard.press(key)
                page.wait_for_timeout(70)
        times = sorted(page.evaluate("paints"))
        assert len(times) >= 8
        best = min(best, times[int(len(times) * 0.95)])
        if best <= budget.limits["ms from input to picture"]:
            break
    budget.check("ms from input to picture", best, page_name)


def measure_frames(page, budget, figure):
    """Note the rate of frames; return the median time between two, and the sorted scripts' times.

    They are those of the best of three times 150 frames.
    """
    rounds = []
    for _ in range(3):
        page.evaluate("scriptTimes.clear()")
        page.wait_for_function("scriptTimes.size >= 150", timeout=30_000)
        frames = page.evaluate("[...scriptTimes]")
        intervals = [b[0] - a[0] for a, b in zip(frames, frames[1:], strict=False)]
        dropped = sum(interval > 25 for interval in intervals) / len(intervals)
        scripts = sorted(script for _, script in frames)
        rounds.append((statistics.median(intervals), dropped, scripts))
    median, dropped, scripts = min(rounds)
    assert median > 0
    budget.note(f"frames a second of the {figure}, median", 1000 / median)
    budget.note(f"% of frames dropped by the {figure}", 100 * dropped)
    return median, scripts


def test_the_race(visit, budget):
    page_name = next(page for page, name in CLIENT_FIGURES if name == "optimizer_race")
    # Slow enough to last longer than the measurement.
    page = visit(page_name, hash="#optimizer_race?speed=30", script=SCRIPT_TIMES)
    page.locator("js-figure").first.locator("canvas").first.scroll_into_view_if_needed()
    page.locator("js-figure[ready]").first.wait_for()
    page.wait_for_timeout(1000)  # while the surface is drawn
    _, scripts = measure_frames(page, budget, "race")
    budget.check("ms of script in a frame of the race", scripts[int(len(scripts) * 0.95)])


@pytest.mark.parametrize("page_name", LABORATORIES)
def test_the_playground(visit, budget, page_name):
    # 3,000 epochs a second are 50 in each of 60 frames; all maps are on.
    page = visit(page_name, hash="#playground?hidden=[8,8,8]&speed=3000", script=SCRIPT_TIMES)
    page.get_by_role("button", name="Play", exact=True).click()
    wait_for_epoch(page, 1)
    page.wait_for_timeout(1000)  # while the code is compiled
    before, began = epoch(page), time.monotonic()
    median, scripts = measure_frames(page, budget, "playground")
    done, seconds = epoch(page) - before, time.monotonic() - began
    budget.note("epochs a second of the playground, of 3000", done / seconds)
    budget.check("ms of script in half of the playground's frames", scripts[len(scripts) // 2])
    # At 60 frames a second it is 16.7, and 33.3 where every other frame is missed.
    budget.check("ms between half of the playground's frames", median)


def test_every_limit_is_used(budget):
    tests = "".join(path.read_text("utf8") for path in Path(__file__).parent.glob("test_*.py"))
    assert not [name for name in budget.limits if f'"{name}"' not in tests]
