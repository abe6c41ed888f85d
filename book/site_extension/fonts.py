"""The fonts of text and formulas, reduced to the letters that the pages use.

A slow link waits for each of them. A font as it is published has letters for dozens of languages,
and hints for screens that nobody has any more: three quarters of its bytes.
"""

from __future__ import annotations

import html
import io
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx
from tools import packages

PACKAGE = packages.MODULES / "@fontsource" / "source-serif-4"
# As css/fonts.css names them: upright, slanted, and for what is to stand out
FACES = ("400-normal", "400-italic", "600-normal")
# How letters stand beside each other; without the rest, such as small capitals and fractions
FEATURES = ["kern", "liga", "locl", "mark", "ccmp"]
HIDDEN = re.compile(r"<(script|style)\b.*?</\1>", re.S)
TAG = re.compile(r"<[^>]*>")
ALWAYS = frozenset(map(chr, range(32, 127)))  # what a script may write, and a reader type


def letters(pages: Iterable[str]) -> set[str]:
    """Return the characters that HTML pages show, and those of ASCII.

    Parameters
    ----------
    pages : iterable of str
        Their HTML.
    """
    found = set(ALWAYS)
    for page in pages:
        found.update(html.unescape(TAG.sub("", HIDDEN.sub("", page))))
    return found


def reduce(font: bytes, characters: Iterable[str]) -> bytes:
    """Return a font with the glyphs of some characters only.

    Parameters
    ----------
    font : bytes
        In any form that fontTools reads.
    characters : iterable of str
        Those that it lacks are left out.

    Returns
    -------
    bytes
        WOFF2, without hints.
    """
    options = subset.Options(hinting=False, layout_features=FEATURES)
    reader = TTFont(io.BytesIO(font), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(reader)
    reader.flavor = "woff2"
    written = io.BytesIO()
    reader.save(written)
    return written.getvalue()


def write_fonts(app: Sphinx, exception: Exception | None) -> None:
    """Write the text's faces, and KaTeX's in place of the whole ones."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    used = letters(path.read_text("utf8") for path in site.rglob("*.html"))
    text = site / "_static" / "fonts"
    text.mkdir(parents=True, exist_ok=True)
    shutil.copy(PACKAGE / "LICENSE", text)
    for face in FACES:
        font = PACKAGE / "files" / f"source-serif-4-latin-{face}.woff2"
        target = text / f"source-serif-{face}.woff2"
        target.write_bytes(reduce(font.read_bytes(), used))
    for font in (site / "_static" / "katex" / "fonts").glob("*.woff2"):
        font.write_bytes(reduce(font.read_bytes(), used))


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", write_fonts)
