"""What the site asks of a reader and of a device, measured on any built site and in both browsers.

``make audit`` prints a table; ``BOOK_SITE=...`` names another site, ``BOOK_PAGES=...`` some of its
pages, and ``BROWSERS=chromium`` one browser. The tests use the same measures, so that what they
forbid is what the table counts.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from axe_playwright_python.sync_playwright import Axe
from browser import BROWSERS, launch
from built_site import CLOSED, LAPTOP, PAGES, PHONE, SITE, WIDE
from playwright.sync_api import Error, sync_playwright
from settling import settled

TEXT = (".html", ".css", ".js", ".json", ".svg", "/")

# The browser says when it could not answer for 50 ms, when the largest part of the first screen
# stood there, and what moved afterwards.
WATCH = """
window.watched = { tasks: [], painted: 0, shift: 0 };
const observe = (type, see) => {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return;
  const observer = new PerformanceObserver(list => list.getEntries().forEach(see));
  observer.observe({ type, buffered: true });
};
observe("longtask", task => watched.tasks.push(task.duration));
observe("largest-contentful-paint", paint => { watched.painted = paint.startTime; });
observe("layout-shift", shift => { if (!shift.hadRecentInput) watched.shift += shift.value; });
"""
# What is far away has no layout of its own before a reader comes near.
LAY_OUT = "* { content-visibility: visible !important; }"
AT_ONCE = "html { scroll-behavior: auto !important; }"
# How much of the screen a picture and its controls take, and from where to where.
FIGURE = """figure => {
  const shown = element => element.checkVisibility() && element.getBoundingClientRect().height > 2;
  const parts = [...figure.querySelectorAll("svg.drawing, canvas, svg, img, input, select, button")]
    .filter(part => shown(part) && !part.closest(".figure-buttons, details:not([open])"));
  const boxes = (parts.length ? parts : [figure]).map(part => part.getBoundingClientRect());
  const head = [...document.querySelectorAll(".bd-header, .bd-header-article")].filter(bar =>
    shown(bar) && ["sticky", "fixed"].includes(getComputedStyle(bar).position));
  return {
    top: Math.min(...boxes.map(box => box.top)),
    bottom: Math.max(...boxes.map(box => box.bottom)),
    head: Math.max(0, ...head.map(bar => bar.getBoundingClientRect().bottom)),
  };
}"""
OPEN_CODE = """() => {
  const code = [...document.querySelectorAll("article div.highlight")].filter(block =>
    block.checkVisibility() && !block.parentElement.closest("div.highlight"));
  const height = element => element.getBoundingClientRect().height;
  return code.reduce((sum, block) => sum + height(block), 0) /
    height(document.querySelector("article"));
}"""
# What the Tab key should reach. A group of radio buttons is one stop, and a browser may add what
# scrolls.
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter(element => element.tabIndex >= 0 && !element.disabled && element.type !== "radio" &&
    element.checkVisibility({ contentVisibilityAuto: false, visibilityProperty: true }) &&
    !element.closest("[inert]"))
  .map((element, i) => { element.dataset.stop = i; return i; })"""
# A short name: the same control on many pages has the same.
NAME = """const nameOf = element => {
  const said = element.getAttribute("aria-label") || element.textContent.trim().slice(0, 30);
  return `${[element.localName, ...element.classList].join(".")} ${said}`;
};"""
# The look of what has the focus is compared with its look without: an outline, a shadow, a border
# or an underline must tell. Called before each step with the element that will have lost it.
FOCUSED = "() => {" + NAME + """
  const look = element => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === "none" || !parseFloat(style.outlineWidth)
      ? [] : [style.outlineStyle, style.outlineWidth, style.outlineColor, style.outlineOffset];
    return [...outline, style.boxShadow, style.borderColor, style.borderWidth,
      style.textDecoration].join("|");
  };
  const focused = document.activeElement;
  // An input that is not to be seen lies over what stands for it.
  const hidden = focused && getComputedStyle(focused).opacity === "0";
  const element = hidden ? focused.nextElementSibling ?? focused : focused;
  const before = window.walked;
  const same = before?.element.isConnected && look(before.element) === before.look
    ? before.name : null;
  window.walked = null;
  if (!element || element === document.body || element === document.documentElement)
    return { end: true, same };
  const name = nameOf(element);
  window.walked = { element, look: look(element), name };
  const box = [...element.getClientRects()].find(box => box.width && box.height)
    ?? element.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight &&
    box.right > 0 && box.left < innerWidth && Number(getComputedStyle(element).opacity) > 0 &&
    (element.contains(top) || top?.contains(element) || top === focused ||
      top?.closest("label")?.control === focused);
  return { stop: focused.dataset.stop ?? null, name, seen, same };
}"""
# Axe spends a millisecond on each word of code and each sign of a formula, and there are thousands.
# Each block of code keeps one word of each kind, and a formula of one color is one text.
ONE_WORD_OF_EACH_KIND = """() => {
  // Those in folded code are not looked at. All are asked first: a change would delay each answer.
  const tokens = [...document.querySelectorAll("pre span[class]")].map(
    token => [token, token.checkVisibility()]);
  const seen = new Map([...document.querySelectorAll("pre")].map(block => [block, new Set()]));
  for (const [token, visible] of tokens) {
    const kinds = seen.get(token.closest("pre"));
    if (visible && !kinds.has(token.className)) kinds.add(token.className);
    else token.replaceWith(...token.childNodes);
  }
  for (const formula of document.querySelectorAll(".katex-html"))
    if (!formula.querySelector("[style*=color]")) formula.textContent = formula.textContent;
}"""
# Icons, and controls that have a text or a mark of their own.
MARKS = "() => {" + NAME + """
return [...document.querySelectorAll(
    "i[class*=fa-], span[class*=fa-], button, select, summary, input, .btn")].filter(mark => {
  const box = mark.getBoundingClientRect();
  return mark.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    box.width > 3 && box.height > 3 && box.top > 0 && box.bottom < innerHeight && box.left >= 0 &&
    box.right < innerWidth;
}).map(mark => {
  const { x, y, width, height } = mark.getBoundingClientRect();
  return { name: nameOf(mark), box: [x, y, x + width, y + height] };
}); }"""


class Handler(SimpleHTTPRequestHandler):
    """A quiet server that keeps connections open, as those that publish sites do."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        """Say nothing."""


@contextmanager
def served(site=SITE):
    """Serve a folder on this machine and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def compressed(url, body):
    """Return the size of a body as a server sends it: texts with gzip, the rest as it is."""
    path = url.split("?")[0].split("#")[0]
    return len(gzip.compress(body, 6)) if path.endswith(TEXT) else len(body)


@dataclass
class Load:
    """What a first visit costs a reader with a slow device.

    Attributes
    ----------
    sizes : dict of str to int
        Bytes of each file that it loads, as a server sends them.
    blocked, painted : float
        Milliseconds in which the page could not answer, and until the largest paint.
    shift : float
        The sum of the layout's shifts, in shares of the screen.
    """

    sizes: dict[str, int]
    blocked: float
    painted: float
    shift: float


def keep_response(files, response):
    """Add what came over http."""
    if response.url.startswith("http"):
        files.append(response)


def load(browser, url, times=8, enough=0.0):
    """Visit a page several times, and return the best of all.

    What other programs take of the processor is not the page's. Chromium is slowed down to a
    quarter; Firefox cannot be, and tells only the time of the largest paint.
    """
    runs = []
    while len(runs) < times and (not runs or min(run.blocked for run in runs) > enough):
        if len(runs) == 4:
            time.sleep(5)  # a machine that has neighbors is slow for seconds
        context = browser.new_context(proxy=CLOSED, viewport=WIDE)
        page = context.new_page()
        page.add_init_script(WATCH)
        files = []
        page.on("response", partial(keep_response, files))
        if browser.browser_type.name == "chromium":
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(url, wait_until="networkidle")
        page.locator("html[data-scripts=ready]").wait_for(state="attached")
        page.wait_for_timeout(500)
        seen = page.evaluate("watched")
        sizes = {file.url: compressed(file.url, file.body()) for file in files}
        blocked = sum(task - 50 for task in seen["tasks"])
        runs.append(Load(sizes, blocked, seen["painted"], seen["shift"]))
        context.close()
    times = ("blocked", "painted", "shift")
    return Load(runs[0].sizes, *(min(getattr(run, name) for run in runs) for name in times))


def misfits(page):
    """Return (figures, those that do not fit) of a page, each reached by its own address."""
    apart, figures = [], "figure-sweep, js-figure"
    names = page.evaluate(f"[...document.querySelectorAll('{figures}')].map(e => e.id)")
    for name in names:
        page.evaluate("name => { location.hash = `#${name}`; }", name)
        page.wait_for_timeout(600)  # bringIntoView follows for half a second
        settled(page)
        box = page.locator(f"[id='{name}']").evaluate(FIGURE)
        if box["top"] < box["head"] - 1 or box["bottom"] > page.viewport_size["height"] + 1:
            room = page.viewport_size["height"] - box["head"]
            apart.append(f"{name} {box['bottom'] - box['top']:.0f} of {room:.0f} px")
    return names, apart


def keyboard_walk(page, limit=1500):
    """Press Tab from the top until the page is left; return the number of stops and all faults."""
    page.add_style_tag(content=AT_ONCE)
    wanted = set(map(str, page.evaluate(STOPS)))
    faults, reached = [], set()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0); walked = null")
    name_of = f"element => {{ {NAME} return nameOf(element); }}"
    for _ in range(limit):
        page.keyboard.press("Tab")
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        at = page.evaluate(FOCUSED)
        if at["same"]:
            faults.append(f"focus is not shown: {at['same']}")
        if at.get("end") or at["stop"] is not None and at["stop"] in reached:
            break
        if at["stop"] is not None:
            reached.add(at["stop"])
        if not at["seen"]:
            faults.append(f"focus is out of sight: {at['name']}")
    else:
        faults.append(f"no end after {limit} steps")
    for stop in sorted(wanted - reached, key=int):
        missed = page.locator(f"[data-stop='{stop}']").first.evaluate(name_of)
        faults.append(f"never reached: {missed}")
    return len(reached), faults


def axe(page, rules=()):
    """Return axe's violations, with everything on the page laid out."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    return Axe().run(page, options=options).response["violations"]


def invisible_marks(page):
    """Return the icons and controls on the screen that are one plain color."""
    marks = page.evaluate(MARKS)
    screen = Image.open(io.BytesIO(page.screenshot())).convert("L")
    gone = []
    for mark in marks:
        low, high = screen.crop([round(edge) for edge in mark["box"]]).getextrema()
        if high - low < 60:
            gone.append(mark["name"])
    return marks, gone


def sheets(page):
    """Return the number of A4 pages on paper."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


def audit(browser, root, name):
    """Return what is measured of one page, by the heads of the table, and the faults."""
    url = f"{root}/{name}"
    chromium = browser.browser_type.name == "chromium"
    row, faults = {}, []
    visit = load(browser, url, 5 if chromium else 1)
    row["kB"], row["requests"] = sum(visit.sizes.values()) / 1000, len(visit.sizes)
    row["blocked ms"], row["LCP ms"], row["CLS"] = visit.blocked, visit.painted, visit.shift
    context = browser.new_context(proxy=CLOSED, viewport=LAPTOP)
    page = context.new_page()
    page.goto(url, wait_until="load")
    page.locator("html[data-scripts=ready]").wait_for(state="attached")
    for size, head in ((LAPTOP, "fit laptop"), (PHONE, "fit phone")):
        page.set_viewport_size(size)
        names, apart = misfits(page)
        row["figures"], row[head] = len(names), len(names) - len(apart)
        faults += [f"{head}: {figure}" for figure in apart]
    page.set_viewport_size({"width": 320, "height": 640})
    page.add_style_tag(content=LAY_OUT)
    row["wider than 320"] = page.evaluate("document.documentElement.scrollWidth") - 320
    page.set_viewport_size(LAPTOP)
    row["open code %"] = 100 * page.evaluate(OPEN_CODE)
    page.goto("about:blank")
    page.goto(url, wait_until="load")  # the walk begins where the address leads
    page.locator("html[data-scripts=ready]").wait_for(state="attached")
    row["stops"], walk = keyboard_walk(page)
    row["walk faults"] = len(walk)
    faults += walk
    if chromium:
        page.emulate_media(forced_colors="active")
        page.evaluate("scrollTo(0, 0)")
        _, gone = invisible_marks(page)
        row["marks lost"] = len(gone)
        faults += [f"invisible in forced colors: {mark}" for mark in gone]
        page.emulate_media(forced_colors="none")
        row["A4 pages"] = sheets(page)
    page.evaluate(ONE_WORD_OF_EACH_KIND)
    violations = axe(page)
    for impact in (("serious", "critical"), ("moderate", "minor")):
        found = [violation for violation in violations if violation["impact"] in impact]
        row[f"axe {impact[0]}"] = sum(len(violation["nodes"]) for violation in found)
        faults += [f"axe {v['id']}, first {v['nodes'][0]['html'][:90]}" for v in found]
    context.close()
    return row, faults


def main():
    """Print a table for each browser, and what is wrong where."""
    wanted = os.environ.get("BROWSERS", ",".join(BROWSERS)).split(",")
    with sync_playwright() as playwright, served() as root:
        for name in wanted:
            browser = launch(playwright, name)
            print(f"{name} {browser.version}, {SITE}", flush=True)
            rows, listed = [], []
            for page in PAGES:
                try:
                    row, faults = audit(browser, root, page)
                except (Error, AssertionError) as error:
                    print(f"{page}: {error}", flush=True)
                    continue
                rows.append(row)
                listed += dict.fromkeys(faults)
                if len(rows) == 1:
                    print(" ".join(f"{head:>10}" for head in row), flush=True)
                print(" ".join(f"{value:10.4g}" for value in row.values()), page, flush=True)
            print(" ".join(f"{sum(r[head] for r in rows):10.4g}" for head in rows[0]), "sum")
            print(" ".join(f"{max(r[head] for r in rows):10.4g}" for head in rows[0]), "largest")
            for fault, pages in Counter(listed).most_common():
                print(f"on {pages} pages: {' '.join(fault.split())}", flush=True)
            browser.close()


if __name__ == "__main__":
    main()
