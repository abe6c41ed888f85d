"""Figures on a page: their captions, drawings and frames, and the scripts that they need."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from helpers.client_figures.js_figure import bundle_module, figure_modules
from helpers.pictures import colors, vectors
from helpers.pictures.paths import UNITS
from helpers.pictures.renderer import EM

from .numbering import chapter_number

FIGURE = re.compile(
    r'<figure class="book-figure"(?P<attributes>[^>]*)>(?P<body>.*?)</figure>', re.S
)
CAPTION = re.compile(r' data-caption="([^"]*)"')
FRAMES = re.compile(r'<script type="application/json" class="frames">(.*?)</script>', re.S)
GLYPHS = re.compile(r'<defs>((?:<path id="glyph-[^"]*" d="[^"]*"/>)+)</defs>')
GLYPH = re.compile(r'<path id="(glyph-[^"]*)" d="([^"]*)"/>')
PLOT = re.compile(r'<img [^>]*?src="[^"]*_images/(?P<name>[^"/]*\.svg)"[^>]*>')
END = re.compile(r"[.:] ")  # of a sentence, or of what announces the others
ALT = re.compile(r' alt="([^"]*)"')
NAME = re.compile(r'<(?:figure-sweep|js-figure)\b[^>]*? id="([^"]*)"')
DRAWING = re.compile(r'<svg class="drawing" viewBox="0 0 (\d+) (\d+)"[^>]*>.*?</svg>', re.S)
# A text is a group; a letter in it, that of an exponent, may have a scale besides.
TEXT_SCALE = re.compile(r'<g transform="translate\([^)]*\)(?:rotate\([^)]*\))?scale\((0?\.\d+)\)"')
TITLE = 14  # points: the largest text of the book's style
COLOR = re.compile(r"--rgb-([0-9a-f]{6})")
MODULE = re.compile(r'<js-figure\b[^>]* module="(\w+)"')


def number_captions(body: str, chapter: int | None = None) -> str:
    """Give each figure its number and its caption, by which it is also called.

    Parameters
    ----------
    body : str
        The page's HTML, with what a caption says in ``data-caption``.
    chapter : int, optional
        The chapter's number, which stands before that of the figure.

    Returns
    -------
    str
        The HTML with a ``<figcaption>`` in each figure.
    """
    count = 0
    before = f"{chapter}." if chapter else ""

    def add(figure: re.Match[str]) -> str:
        nonlocal count
        caption = CAPTION.search(figure["attributes"])
        if not caption:
            return figure[0]
        count += 1
        attributes = CAPTION.sub("", figure["attributes"])
        return (
            f'<figure class="book-figure"{attributes} aria-labelledby="caption-{count}">'
            f'{figure["body"]}<figcaption id="caption-{count}"><span class="caption-number">'
            f"Figure {before}{count}.</span> {caption[1]}.</figcaption></figure>"
        )

    return FIGURE.sub(add, body)


def externalize(body: str, folder: Path, url: str) -> str:
    """Move the frames of a page's explorations to files, one for each.

    Parameters
    ----------
    body : str
        The page's HTML with the frames in its figures.
    folder : Path
        Where the files go. Their names are hashes of their content, so that a browser may keep
        them for ever.
    url : str
        The folder as the page sees it.

    Returns
    -------
    str
        The HTML with the files' addresses instead. They are classic scripts, which also load
        from the disk.
    """

    def store(match: re.Match[str]) -> str:
        text = json.dumps(json.loads(match[1]), separators=(",", ":"), ensure_ascii=False)
        name = hashlib.sha256(text.encode()).hexdigest()[:20]
        folder.mkdir(parents=True, exist_ok=True)
        line = f'(window.figureFrames??={{}})["{name}"]={text};\n'
        (folder / f"{name}.js").write_text(line, encoding="utf8")
        return f'<a class="frames" href="{url}/{name}.js"></a>'

    def figure(match: re.Match[str]) -> str:
        # First a mark where the frames stood, then the attribute.
        moved = FRAMES.sub(store, match[0])
        mark = re.search(r'<a class="frames" href="([^"]*)"></a>', moved)
        if not mark:
            return moved
        rest = moved.replace(mark[0], "")
        return rest.replace("<figure-sweep ", f'<figure-sweep frames="{mark[1]}" ', 1)

    return FIGURE.sub(figure, body)


def inline_plots(body: str, images: dict[str, Path]) -> str:
    """Put the drawings of plain plots into the page, where its colors reach them, with captions.

    A caption is the first sentence of the description, or what stands before its colon.

    Parameters
    ----------
    body : str
        The page's HTML, with images of files in ``_images``.
    images : dict of str to Path
        Where the files come from, by their names.
    """

    def put(image: re.Match[str]) -> str:
        drawing = images[image["name"]].read_text("utf8") if image["name"] in images else ""
        if not drawing.startswith(vectors.OPENING):
            return image[0]
        alt = ALT.search(image[0])
        # What the kernel does not know: the text that the cell's metadata gives.
        text = alt[1] if alt else ""
        caption = END.split(text, maxsplit=1)[0].rstrip(".")
        drawing = drawing.replace('aria-label=""', f'aria-label="{text}"', 1)
        return f'<figure class="book-figure" data-caption="{caption}">{drawing}</figure>'

    return PLOT.sub(put, body)


def size_drawings(body: str) -> str:
    """Tell the style sheet how large each drawing is when its text is as large as the page's.

    Parameters
    ----------
    body : str
        The page's HTML with all drawings in it.

    Returns
    -------
    str
        The HTML with the custom properties ``--width``, in em, and ``--ratio``, of the width to
        the height, in the style of each drawing. At that width a title, or whatever its largest
        text is, is one em tall.
    """

    def put(drawing: re.Match[str]) -> str:
        width, height = int(drawing[1]), int(drawing[2])
        sizes = [float(scale) * EM / UNITS for scale in TEXT_SCALE.findall(drawing[0])]
        em = max([TITLE, *sizes]) * UNITS
        style = f"--width:{width / em:.4g};--ratio:{width / height:.4g}"
        return drawing[0].replace("<svg ", f'<svg style="{style}" ', 1)

    return DRAWING.sub(put, body)


def share_glyphs(body: str) -> str:
    """Keep each letter's shape once on a page, in one place that all drawings refer to."""
    glyphs: dict[str, str] = {}
    for sheet in GLYPHS.findall(body):
        glyphs |= dict(GLYPH.findall(sheet))
    if not glyphs:
        return body
    sheet = f'<svg class="glyphs" aria-hidden="true">{vectors.defs(glyphs)}</svg>'
    return sheet + GLYPHS.sub("", body)


def color_rules(texts: Iterable[str]) -> str:
    """Return what the colors of drawings are on dark pages and where colors are forced.

    Parameters
    ----------
    texts : iterable of str
        All that may name a color: pages and frames.

    Returns
    -------
    str
        CSS. On paper and on light pages the colors are those that the drawings name.
    """
    used = sorted(set().union(*(COLOR.findall(text) for text in texts)))
    turned = {name: colors.dark(f"#{name}") for name in used}
    dark = "".join(f"--rgb-{name}:{color};" for name, color in turned.items() if color)
    # Grays lie between the reader's own two colors.
    forced = "".join(
        f"--rgb-{name}:color-mix(in srgb,CanvasText {colors.ink(name):.0%},Canvas);"
        for name in used
        if colors.is_gray(f"#{name}")
    )
    return (
        f'@media screen{{html[data-theme="dark"]{{{dark}}}}}'
        f"@media screen and (forced-colors:active) and (prefers-color-scheme:dark)"
        f"{{html[data-theme]{{{dark}}}}}"
        f"@media (forced-colors:active){{html[data-theme]{{{forced}}}}}"
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
    """Give a page the drawings, frames and modules that its figures need, and no others."""
    body = context.get("body", "")
    names = NAME.findall(body)
    if twice := {name for name in names if names.count(name) > 1}:
        raise ExtensionError(
            f"{pagename} has two figures called {', '.join(sorted(twice))}: a link to a state "
            "could mean either. Name their functions differently (js_figure: name=...)"
        )
    frames = context["pathto"]("_frames", resource=True) if names else ""
    body = externalize(body, Path(app.outdir) / "_frames", frames)
    sources = {name: Path(app.srcdir, source) for source, name in app.builder.images.items()}
    body = inline_plots(body, sources)
    body = number_captions(size_drawings(body), chapter_number(app.env, pagename))
    context["body"] = share_glyphs(body)
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
