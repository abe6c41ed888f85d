"""Interactive figures on a page: their frames as files, their scripts where they are needed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from helpers.client_figures.js_figure import bundle_module, figure_modules

FIGURE = re.compile(r"<(figure-sweep|js-figure)\b.*?</\1>", re.DOTALL)
DATA_URI = re.compile(r"data:image/(webp|png);base64,([A-Za-z0-9+/=]+)")
NAME = re.compile(r'<(?:figure-sweep|js-figure)\b[^>]*? id="([^"]*)"')
MODULE = re.compile(r'<js-figure\b[^>]* module="(\w+)"')


def externalize(body: str, folder: Path, url: str) -> str:
    """Move the frames of a page's figures to files.

    Parameters
    ----------
    body : str
        The page's HTML with data URIs inside its figures.
    folder : Path
        Where the files go. Their names are hashes of their content, so that equal frames are
        stored once and a browser may keep them for ever.
    url : str
        The folder as the page sees it.

    Returns
    -------
    str
        The HTML with URLs instead.
    """

    def store(match: re.Match[str]) -> str:
        data = base64.b64decode(match[2])
        name = f"{hashlib.sha256(data).hexdigest()[:20]}.{match[1]}"
        if not (folder / name).exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return f"{url}/{name}"

    return FIGURE.sub(
        lambda figure: DATA_URI.sub(store, figure[0]).replace(
            # The theme dims pictures in dark mode unless they say that they suit both.
            "<img ", '<img class="dark-light" loading="lazy" decoding="async" ', 1
        ),
        body,
    )


def write_modules(app: Sphinx) -> None:
    """Write each client-side figure as a classic script, which also loads from ``file://``.

    In every build, because an edited module makes no page outdated.
    """
    folder = Path(app.outdir) / "_static" / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    for module in figure_modules():
        name, source = json.dumps(module), json.dumps(bundle_module(module))
        line = f"(window.jsFigures ??= {{}})[{name}] = {source};\n"
        (folder / f"{module}.js").write_text(line, encoding="utf8")


def add_figures(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Give a page the frames and the client-side modules that its figures need, and no others."""
    body = context.get("body", "")
    names = NAME.findall(body)
    if not names:
        return
    if twice := {name for name in names if names.count(name) > 1}:
        raise ExtensionError(
            f"{pagename} has two figures called {', '.join(sorted(twice))}: a link to a state "
            "could mean either. Name their functions differently (js_figure: name=...)"
        )
    context["body"] = externalize(
        body, Path(app.outdir) / "_frames", context["pathto"]("_frames", resource=True)
    )
    for module in sorted(set(MODULE.findall(body))):
        app.add_js_file(f"figures/{module}.js", loading_method="defer")


def remove_old_frames(app: Sphinx, exception: Exception | None) -> None:
    """Delete the frames that no page shows any more."""
    if exception or app.builder.format != "html":
        return
    pages = "".join(path.read_text("utf8") for path in Path(app.outdir).rglob("*.html"))
    shown = set(re.findall(r"_frames/([\w.]+)", pages))
    for frame in (Path(app.outdir) / "_frames").glob("*"):
        if frame.name not in shown:
            frame.unlink()


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("builder-inited", write_modules)
    app.connect("html-page-context", add_figures)
    app.connect("build-finished", remove_old_frames)
