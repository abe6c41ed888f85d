"""Opens the playground in a browser: alone, as a notebook hosts it, and as a page of the book."""

import json
from pathlib import Path

import figure_page

from helpers import client_figures, playground
from helpers.client_figures.js_figure import bundle_module
from helpers.client_figures.playground.figure import DEFAULTS

ASSETS = Path(__file__).resolve().parents[1] / "book" / "assets"
STATE = {**DEFAULTS, "compare": None, "preset": "", "weights": None, "result": None}
ADDRESS = "http://book.test/playground.html"


def show(page, *, theme="light", above=0, **state):
    """Show the figure as a live kernel does: what it reports stands in ``model.state``."""
    figure_page.show(page, "playground", {**STATE, **state}, theme, above)
    begun(page)


def host(page, monkeypatch, hash="", *, above=0, **state):
    """Show the figure as the book's pages do, below a page, with the state in the address."""
    shown = []
    monkeypatch.setenv("HELPERS_STATIC", "1")
    monkeypatch.setattr(client_figures, "display", lambda data, raw: shown.append(data))
    playground(**state)
    monkeypatch.undo()
    scripts = "".join(f"<script>{(ASSETS / name).read_text('utf8')}</script>"
                      for name in ("long-pages.js", "figure-state.js", "js-figure.js"))
    # As the site puts a notebook's output, with the theme's rule for it and the book's own.
    style = ("<style>div.cell_output .output { max-width: 100%; overflow-x: auto }"
             + (ASSETS / "book.css").read_text("utf8") + "</style>")
    figure = ('<div class="cell"><div class="cell_output"><div class="output text_html">'
              f'{shown[0]["text/html"]}</div></div></div>')
    body = figure_page.PAGE.replace('<div id="figure"></div>', style + figure)
    body = body.replace('id="above"', f'id="above" style="height:{above}px"')
    page.route("**/*.html*", lambda route: route.fulfill(
        body=body.replace("</body>", f"{scripts}</body>"), content_type="text/html"))
    page.add_init_script("window.jsFigures = { playground: "
                         + json.dumps(bundle_module("playground")) + " };")
    page.goto(ADDRESS + hash)
    page.locator("js-figure[ready]").wait_for()
    begun(page)


def begun(page):
    """Wait until the figure has begun, which it does in parts, and has been drawn if it is seen."""
    page.locator(".pg-diagram").first.wait_for()
    page.wait_for_timeout(150)
    frames(page, 6)


def frames(page, count=3):
    """Wait for frames to pass."""
    page.evaluate("""async count => {
      for (let i = 0; i < count; i++) await new Promise(requestAnimationFrame); }""", count)


def get(page, key):
    """Return a key of the model."""
    return page.evaluate(
        "key => (window.model ?? document.querySelector('js-figure').model).get(key)", key)


def epoch(page):
    """Return the epoch that the figure shows."""
    return int(page.locator(".pg-status").inner_text().split()[-1].replace(",", ""))


def wait_for_epoch(page, least, timeout=15_000):
    """Wait until training has come so far."""
    page.wait_for_function(
        "least => Number(document.querySelector('.pg-status').textContent.replace(/[^0-9]/g, ''))"
        " >= least", arg=least, timeout=timeout)


def losses(page, lane=0):
    """Return training and test loss as they are written."""
    return page.locator(".pg-lane").nth(lane).locator(".pg-numbers").inner_text().split("\n")


def picture(page, selector, lane=0):
    """Return a canvas as text, to be compared."""
    return page.locator(".pg-lane").nth(lane).locator(selector).evaluate("c => c.toDataURL()")
