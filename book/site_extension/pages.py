"""What the theme puts on a page and this book does not want, and what it lacks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from markupsafe import Markup
from sphinx.application import Sphinx

from .exercises import companion, is_exercises, released

THEBE = re.compile(
    r'\s*<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = [^<]*</script>',
    re.DOTALL,
)

# How a page is laid out differs where one of these stands on it.
LOOKS = {
    "landing-lead": "landing-page",
    'class="evidence"': "wide-page",
    'module="playground"': "wide-page",
}
UNUSED_LINES = re.compile("THEBE|toggle(Hint|OpenOnPrint|buttonSelector)")


def drop_thebe(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Remove the scripts that would run code on somebody's server.

    The book never uses them, they name an outside host, and together they declare a constant
    twice, which is an error on every page.
    """
    context["script_files"] = [
        script
        for script in context["script_files"]
        if not UNUSED_LINES.search(getattr(script, "attributes", {}).get("body") or "")
    ]
    if context.get("body"):
        context["body"] = THEBE.sub("", context["body"])


def set_buttons(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Show Colab, the notebook's download and the exercises as plain links on every chapter.

    The theme hides them in menus, and offers the download only with a copy of every source file
    in the site, which would publish the hidden tests of exercises.
    """
    buttons = {button.get("label"): button for button in context.get("header_buttons", [])}
    own = []

    def add(label: str, url: str, text: str, tooltip: str, icon: str, attributes: str = "") -> None:
        button = {"label": label, "url": url, "text": text, "tooltip": tooltip, "icon": icon}
        own.append({**button, "attributes": Markup(attributes)})

    # Students get the exercises without solutions.
    source = released(pagename) if is_exercises(pagename) else pagename
    notebook = Path(app.srcdir, source).with_suffix(".ipynb")
    if notebook.is_file():
        name = f"notebooks/{source}.ipynb"
        target = Path(app.outdir, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(notebook, target)
        for button in buttons.get("launch-buttons", {"buttons": []})["buttons"]:
            url = button["url"].replace(pagename, source)
            text = button["text"]
            tip = f"Run this page on {text}, in a new tab"
            # An icon as the others have it: the theme's picture is a request of 8 kB.
            new_tab = ' target="_blank" rel="noopener external"'
            add(text.lower(), url, text, tip, "fas fa-rocket", new_tab)
        url = context["pathto"](name, resource=True)
        tip = "Download this page as a notebook"
        add("download-notebook", url, "Notebook", tip, "fas fa-download", " download")
    if (exercises := companion(pagename)) in app.env.found_docs and exercises != pagename:
        url = context["pathto"](exercises)
        tip = "Do the exercises of this chapter"
        add("exercises", url, "Exercises", tip, "fas fa-pencil")
    context["header_buttons"] = own


def name_toggles(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Give the arrows in the list of chapters, which the theme leaves nameless, a name."""
    generate = context.get("generate_toctree_html")
    if generate:
        label = '<summary aria-label="Show or hide the exercises">'
        context["generate_toctree_html"] = lambda *arguments, **options: str(
            generate(*arguments, **options)
        ).replace("<summary>", label)


def mend_body(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Load pictures only when a reader comes near them, and correct the bibliography's roles."""
    if context.get("body"):
        context["body"] = (
            context["body"]
            .replace('<img alt="', '<img loading="lazy" class="dark-light" alt="')
            # Its entries are not list items, so that a screen reader would announce an empty list.
            .replace('role="list" class="citation-list"', 'class="citation-list"')
        )


def name_look(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Say how the page is laid out, in a class that ``layout.html`` gives to all of it."""
    body = context.get("body") or ""
    context["look"] = next((look for mark, look in LOOKS.items() if mark in body), "")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("html-page-context", set_buttons, priority=900)
    app.connect("html-page-context", name_toggles, priority=900)
    app.connect("html-page-context", mend_body, priority=900)
    app.connect("html-page-context", name_look, priority=900)
