"""Opens the playground in a browser: alone, as a notebook hosts it, and as a page of the book."""

import importlib
import itertools
import json
import re

import figure_page
from figure_page import get
from settling import PATIENCE, settled

from helpers import playground
from helpers.client_figures.playground.figure import DEFAULTS

# The package has a function of the same name.
js_figure = importlib.import_module("helpers.client_figures.js_figure")
STATE = {**DEFAULTS, "compare": None, "preset": "", "weights": None, "result": None}
visits = itertools.count()
written = {}  # pages of the book by their settings: each takes a poster, drawn by Matplotlib


def show(page, *, theme="light", above=0, **state):
    """Show the figure as a live kernel does: what it reports stands in ``model.state``."""
    figure_page.show(page, "playground", {**STATE, **state}, theme, above)
    settled(page)


def write(monkeypatch, **state):
    """Return what a page of the book has of the figure."""
    key = json.dumps(state, sort_keys=True)
    if key not in written:
        with monkeypatch.context() as patch:
            patch.setenv("HELPERS_STATIC", "1")
            patch.setattr(js_figure, "display",
                          lambda data, raw: written.update({key: data["text/html"]}))
            playground(**state)
    return written[key]


def host(page, monkeypatch, hash="", *, above=0, **state):
    """Show the figure as the book's pages do, below a page, with the state in the address."""
    # Each time another page: an address with another state alone would not load it again.
    figure_page.host(page, write(monkeypatch, **state), f"?{next(visits)}{hash}", above)
    settled(page)


def go(page, hash):
    """Follow a link to another state on the same page, and wait until the figure shows it."""
    page.evaluate("""hash => new Promise(resolve => {
      addEventListener("hashchange", resolve, { once: true });
      location.hash = hash; })""", hash)
    settled(page)


def press(page, *names):
    """Press buttons, one after the other, and wait until the figure shows what came of it."""
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()
    settled(page)


def epoch(page):
    """Return the epoch that the figure shows."""
    return int(page.locator(".pg-status").inner_text().split()[-1].replace(",", ""))


def wait_for_epoch(page, least, timeout=PATIENCE):
    """Wait until training has come so far."""
    page.wait_for_function(
        "least => Number(document.querySelector('.pg-status').textContent.replace(/[^0-9]/g, ''))"
        " >= least", arg=least, timeout=timeout)


def train(page, epochs, timeout=60_000):
    """Let it play for so many epochs at least, and pause."""
    press(page, "Play")
    wait_for_epoch(page, epochs, timeout)
    press(page, "Pause")


def weights(page):
    """Return all weights as Python gets them."""
    return get(page, "result")["weights"]


def losses(page, lane=0):
    """Return training and test loss as they are written."""
    return page.locator(".pg-lane").nth(lane).locator(".pg-numbers").inner_text().split("\n")


def read(text):
    """Return a number that the figure writes, for example 2·10⁻⁷ or 12 %."""
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
    match = re.fullmatch(r"([\d.]+)(?:·10([-\d]+))?(?: %)?", text.translate(digits))
    return float(match[1]) * 10 ** int(match[2] or 0)


def report(page, row, lane=0):
    """Return a row of the table below the network."""
    cells = page.locator(".pg-lane").nth(lane).locator(".pg-report tbody tr").nth(row)
    return [read(text) for text in cells.locator("td").all_inner_texts() if text]


def picture(page, selector, lane=0):
    """Return a canvas as text, to be compared."""
    return page.locator(".pg-lane").nth(lane).locator(selector).evaluate("c => c.toDataURL()")
