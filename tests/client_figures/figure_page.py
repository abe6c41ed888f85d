"""Shows a figure that runs in the browser: as a live kernel does, or as a page of the book does."""

import json
from functools import cache
from pathlib import Path

from settling import settled
from tools.bundles import bundle

from helpers.client_figures.js_figure import bundle_module, figure_modules

BOOK = Path(__file__).resolve().parents[2] / "book"
ADDRESS = "http://book.test/page.html"

PAGE = """<!doctype html><html lang="en"><head><title>Figure</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root { --pst-color-text-base: #222832; --pst-color-text-muted: #48566b; background: #fff;
    --pst-color-surface: #f3f4f5; --pst-color-primary: #176de8; }
  :root[data-theme=dark] {
    --pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af; background: #14181e;
    --pst-color-surface: #29313d; --pst-color-primary: #528fe4; }
  body { margin: 12px; color: var(--pst-color-text-base); font-family: sans-serif; }
  #figure, js-figure { display: block; background: var(--pst-color-surface); }
</style></head>
<body><main><h1>Figure</h1><div id="above"></div><div id="figure"></div></main></body></html>"""
# The part of anywidget's model that figures use.
RENDER = """async ([source, state]) => {
  window.model = {
    state, calls: [], saved: 0,
    get: key => model.state[key],
    set(key, value) {
      if (JSON.stringify(model.state[key]) === JSON.stringify(value)) return;
      model.state[key] = value;
      for (const [event, call] of [...model.calls]) if (event === `change:${key}`) call();
    },
    on: (event, call) => model.calls.push([event, call]),
    off(event, call) { model.calls = model.calls.filter(([e, c]) => e !== event || c !== call); },
    save_changes() { model.saved++; },
  };
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: figure } = await import(url);
  window.stop = figure.render({ model, el: document.getElementById("figure") });
  // Asked here: a busy machine may have drawn it before a test comes to ask.
  window.markedAtFirst = Boolean(document.querySelector("#figure [data-drawing]"));
}"""
PREPARE = """([theme, above]) => {
  document.documentElement.dataset.theme = theme;
  document.getElementById("above").style.height = `${above}px`;
}"""


def show(page, module, state, theme="light", above=0):
    """Show a figure.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Where; what it holds is replaced.
    module : str
        The figure's entry module.
    state : dict
        What its model holds. The page has it as ``model.state``.
    theme : str
        ``light`` or ``dark``.
    above : int
        Pixels of empty page above the figure.
    """
    page.set_content(PAGE)
    page.evaluate(PREPARE, [theme, above])
    page.evaluate(RENDER, [bundle_module(module), state])


@cache
def site_script():
    """Return what hosts a figure on the site, for a classic script."""
    return bundle(BOOK / "browser" / "js_figure.js", form="iife")


def host(page, html, hash="", above=0, modules=None):
    """Show figures as the book's pages do, with their states in the address.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Where.
    html : str
        What `js_figure` writes on a static page, once or more than once.
    hash : str
        The end of the address.
    above : int
        Pixels of empty page above the figures.
    modules : dict of str to str, optional
        JavaScript in place of the figures' own.
    """
    # As the site puts a notebook's output, with the theme's rule for it and the book's own.
    sheets = [path.read_text("utf8") for path in sorted((BOOK / "assets" / "css").glob("*.css"))]
    style = ("<style>div.cell_output .output { max-width: 100%; overflow-x: auto }"
             + "".join(sheets) + "</style>")
    cell = ('<div class="cell"><div class="cell_output"><div class="output text_html">'
            f"{html}</div></div></div>")
    body = PAGE.replace('<div id="figure"></div>', style + cell)
    body = body.replace('id="above"', f'id="above" style="height:{above}px"')
    body = body.replace("</body>", f"<script>{site_script()}</script></body>")
    page.route("**/*.html*", lambda route: route.fulfill(body=body, content_type="text/html"))
    if modules is None:
        modules = {name: bundle_module(name) for name in figure_modules() if f'"{name}"' in html}
    page.add_init_script(f"window.jsFigures = {json.dumps(modules)};")
    page.goto(ADDRESS + hash)


def get(page, key):
    """Return a key of the model."""
    return page.evaluate(
        "key => (window.model ?? document.querySelector('js-figure').model).get(key)", key)


LISTEN = """() => {
  window.spoken = [];
  const region = document.querySelector("[role=status]");
  new MutationObserver(() => spoken.push(region.textContent)).observe(
    region, { childList: true, characterData: true });
}"""


def listen(page):
    """Note from now on what screen readers are told."""
    page.evaluate(LISTEN)


def spoken(page, least=0):
    """Return the sentences that were told, once there are as many as expected."""
    page.wait_for_function("least => spoken.length >= least", arg=least)
    return page.evaluate("spoken")


def put(page, key, value):
    """Change a key of the model, as Python does, and wait until the figure shows it."""
    page.evaluate("([key, value]) => model.set(key, value)", [key, value])
    settled(page)
