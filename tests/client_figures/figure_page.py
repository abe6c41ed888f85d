"""Shows a figure that runs in the browser on a page of its own, as a live kernel does."""

from helpers.client_figures.js_figure import bundle_module

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


def get(page, key):
    """Return a key of the model."""
    return page.evaluate("key => model.get(key)", key)


def put(page, key, value):
    """Change a key of the model, as Python does, and wait a moment."""
    page.evaluate("([key, value]) => model.set(key, value)", [key, value])
    page.wait_for_timeout(50)
