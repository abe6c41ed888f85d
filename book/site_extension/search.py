"""The search: an index of all sections, built with the book and read in the browser on demand.

It takes the place of Sphinx's search, which finds only sections with all words as they were typed.
Pages opened from the disk may not fetch, so the index is a classic script. It stands beside
``_static``: whatever words are in there keep rules of the style sheet alive (see ``purge.cjs``).
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from tools.bundles import bundle
from tools.packages import BOOK, NODE

from .evidence import reading_order
from .glossary import fill_index, load_terms, place_of
from .sections import Section, read_sections

BUILD = Path(__file__).with_name("search_index.mjs")
SCRIPT = "_static/search.js"
DATA = "_search/data.js"
# Of Sphinx, and what an earlier build has left of it.
UNUSED = (
    "searchtools.js", "language_data.js", "doctools.js", "documentation_options.js",
    "sphinx_highlight.js",
)  # fmt: skip
# Made of what stands elsewhere, or about it: a line on what has changed must not make a word
# that it names less telling, and so turn the answer to a question about neural networks.
NOT_SEARCHED = ("book/evidence", "book/bibliography", "book/glossary", "book/changelog")
# How much a section counts by what it is for: readers ask for explanations first.
KINDS = {"chapters/": 1.0, "exercises/": 0.15, "book/": 0.6}
MINOR = {"what-to-remember": 0.7, "exercises": 0.2, "further-reading": 0.4}


def replace_search(app: Sphinx, config: Config) -> None:
    """Let Sphinx write the search's page and no index."""
    config.html_additional_pages = {**config.html_additional_pages, "search": "search.html"}


def stop_indexing(app: Sphinx) -> None:
    """Keep Sphinx from building an index of its own."""
    app.builder.search = False


def drop_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Leave Sphinx's scripts out of a page; nothing else needs them."""

    def wanted(script: object) -> bool:
        body = getattr(script, "attributes", {}).get("body") or ""
        name = str(getattr(script, "filename", script) or "").split("?")[0]
        return "DOCUMENTATION_OPTIONS" not in body and Path(name).name not in UNUSED

    context["script_files"] = [script for script in context["script_files"] if wanted(script)]


def sections_of(env: BuildEnvironment, folder: Path) -> dict[str, list[Section]]:
    """Return the sections of all pages that are searched, in the book's order."""
    names = [name for name in reading_order(env, env.config.root_doc) if name not in NOT_SEARCHED]
    return {name: read_sections((folder / f"{name}.html").read_text("utf8")) for name in names}


def weight(docname: str, section: Section) -> float:
    """Return how much a section counts."""
    kind = next((value for start, value in KINDS.items() if docname.startswith(start)), 0.5)
    return kind * MINOR.get(section.anchor, 1)


def write_index(app: Sphinx, exception: Exception | None) -> None:
    """Write the search's script and its index, and the index on the glossary's page."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    pages = sections_of(app.env, out)
    terms = load_terms(Path(app.srcdir))
    explained: dict[str, list[int]] = {}
    for number, term in enumerate(terms):
        docname, anchor = place_of(app.env, term)
        if anchor not in {section.anchor for section in pages.get(docname, [])}:
            raise ExtensionError(
                f"glossary.toml: {term['name']} is to be explained in {term['where']}, "
                "and no page has such a section"
            )
        explained.setdefault(f"{docname}.html#{anchor}", []).append(number)
    rows = []
    for docname, sections in pages.items():
        title = sections[0].title
        for section in sections:
            url = f"{docname}.html#{section.anchor}"
            rows.append(
                {
                    "url": url,
                    "page": "" if section is sections[0] else title,
                    "title": section.title,
                    "text": section.text,
                    "claims": "\n".join(section.claims),
                    "explains": " ".join(map(str, explained.get(url, []))),
                    "weight": round(weight(docname, section), 2),
                }
            )
    built = build(terms, rows)
    if terms:
        fill_index(out, terms, rows, built["counts"])
    data = {"terms": terms, "sections": rows, "index": built["index"]}
    (out / DATA).parent.mkdir(exist_ok=True)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    script = f"window.searchData = {json.dumps(text, ensure_ascii=False)};\n"
    (out / DATA).write_text(script, encoding="utf8")
    (out / SCRIPT).write_text(
        bundle(BOOK / "browser" / "search" / "index.js", minify=True, form="iife"), encoding="utf8"
    )
    for name in [*(f"_static/{name}" for name in UNUSED), "searchindex.js", "genindex.html"]:
        (out / name).unlink(missing_ok=True)


def build(terms: list[dict], rows: list[dict]) -> dict:
    """Return MiniSearch's index, and how often each section mentions each term.

    Parameters
    ----------
    terms, rows : list of dict
        The glossary, and the sections with the numbers of the terms that they explain.

    Returns
    -------
    dict
        ``index``, and ``counts``: for each term, by the number of a section as text, its
        mentions in ``title`` and ``text``.
    """
    given = json.dumps({"terms": terms, "sections": rows})
    command = [str(NODE), str(BUILD)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, encoding="utf8")
    if done.returncode:
        raise ExtensionError(f"the search's index could not be built: {done.stderr}")
    return json.loads(done.stdout)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", replace_search)
    app.connect("builder-inited", stop_indexing)
    app.connect("html-page-context", drop_scripts, priority=960)
    # Before the files are merged: the style sheet keeps what the script and the page name.
    app.connect("build-finished", write_index, priority=900)
