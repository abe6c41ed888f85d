"""The glossary's page, made from ``glossary.toml``, with the index of where its terms are used."""

from __future__ import annotations

import html
import re
from itertools import groupby
from pathlib import Path

import tomllib
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

SOURCE = "book/glossary.toml"
PAGE = "book/glossary"
REQUIRED = ("name", "chinese", "where", "text")
LISTS = ("also", "asked")
# Stands in the page until all pages are written and their sections can be read.
PLACE = "<!-- sections that mention {} -->"
# A section mentions a term in earnest if its title does, or its text as often as this.
OFTEN = 2
LONGEST = 6  # sections of a term


class GlossaryPlace(nodes.General, nodes.Element):
    """Stands in the page where the terms go, until every page has been read."""


class GlossaryDirective(SphinxDirective):
    """``{terms}``: all terms with their explanations."""

    def run(self) -> list[nodes.Node]:
        """Leave a place for the terms."""
        self.env.note_dependency(SOURCE)
        return [GlossaryPlace()]


def load_terms(folder: Path) -> list[dict]:
    """Return the terms in their order.

    Parameters
    ----------
    folder : Path
        The book's root.

    Returns
    -------
    list of dict
        With the keys ``name``, ``chinese``, ``also``, ``asked``, ``where``, ``text`` and
        ``url``, the term's place in the site.

    Raises
    ------
    ExtensionError
        If an entry is incomplete or has a key too many.
    """
    terms = tomllib.loads((folder / SOURCE).read_text("utf8"))["term"]
    for term in terms:
        for key in LISTS:
            term.setdefault(key, [])
        missing = [key for key in REQUIRED if not term.get(key)]
        unknown = set(term) - {*REQUIRED, *LISTS}
        if missing or unknown:
            raise ExtensionError(
                f"{SOURCE}: {term.get('name', 'a term')} lacks {', '.join(missing) or 'nothing'}"
                f" and has {', '.join(sorted(unknown)) or 'nothing'} too much"
            )
        term["url"] = f"{PAGE}.html#{anchor(term)}"
    return terms


def anchor(term: dict) -> str:
    """Return the id of a term on the page."""
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term["name"].lower()).strip("-")


def place_of(env: BuildEnvironment, term: dict) -> tuple[str, str]:
    """Return the document and the anchor of the section that explains a term."""
    page, _, section = term["where"].partition("#")
    found = [
        name for name in env.found_docs
        if name == page or (name.startswith("chapters/") and name.endswith(f"/{page}"))
    ]  # fmt: skip
    if len(found) != 1 or not section:
        raise ExtensionError(f"{SOURCE}: {term['name']} is explained in no page {term['where']}")
    return found[0], section


def refresh(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the page again: other pages may have changed."""
    return [PAGE] if PAGE in env.found_docs else []


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the terms in their place."""
    for place in doctree.findall(GlossaryPlace):
        place.replace_self(nodes.raw("", entries(app), format="html"))


def entries(app: Sphinx) -> str:
    """Write all terms as HTML, with a row of letters that leads to them."""
    terms = load_terms(Path(app.srcdir))
    letters = [
        (letter, list(group)) for letter, group in groupby(terms, lambda term: term["name"][0])
    ]
    row = " ".join(f'<a href="#{anchor(group[0])}">{letter}</a>' for letter, group in letters)
    lists = "".join(entry(term) for term in terms)
    return (
        f'<nav class="terms-letters" aria-label="Letters">{row}</nav>'
        f'<dl class="terms">{lists}</dl>'
    )


def entry(term: dict) -> str:
    """Write one term as HTML, with a place for the sections that explain and use it."""
    also = "".join(f", {written(name)}" for name in term["also"])
    return (
        f'<dt id="{anchor(term)}"><dfn>{html.escape(term["name"])}</dfn> '
        f'{written(term["chinese"])}<span class="terms-also">{also}</span></dt>'
        f"<dd><p>{html.escape(term['text'])}</p>{PLACE.format(anchor(term))}</dd>"
    )


def written(name: str) -> str:
    """Write a name as HTML; a Chinese one is marked, for its letters and its sound."""
    name = html.escape(name)
    return f'<span lang="zh-Hans">{name}</span>' if re.search(r"[\u4e00-\u9fff]", name) else name


def mentioning(rows: list[dict], counts: dict[str, dict]) -> list[int]:
    """Return the sections that mention a term in earnest, in the book's order.

    Parameters
    ----------
    rows : list of dict
        All sections, with ``url`` and ``weight``.
    counts : dict
        For each section that mentions the term, its number as text: how often in ``title`` and
        in ``text``.

    Returns
    -------
    list of int
        Numbers of sections, at most `LONGEST`: those that mention it most.
    """
    scores = {}
    for key, count in counts.items():
        row = rows[int(key)]
        if not row["url"].startswith("chapters/") or row["weight"] < 1:
            continue  # exercises and summaries repeat what a section explains
        if count["title"] or count["text"] >= OFTEN:
            scores[int(key)] = 5 * count["title"] + count["text"]
    best = sorted(scores, key=lambda number: -scores[number])[:LONGEST]
    return sorted(best)


def fill_index(out: Path, terms: list[dict], rows: list[dict], counts: list[dict]) -> None:
    """Write below each term on the page which section explains it and which ones use it.

    Parameters
    ----------
    out : Path
        The site.
    terms, rows : list of dict
        The glossary, and all sections; a section's ``explains`` has the numbers of terms.
    counts : list of dict
        As `mentioning` takes them, for each term.
    """
    path = out / f"{PAGE}.html"
    page = path.read_text("utf8")
    for number, (term, found) in enumerate(zip(terms, counts, strict=True)):
        [where] = [row for row in rows if str(number) in row["explains"].split()]
        used = [rows[other] for other in mentioning(rows, found) if rows[other] is not where]
        text = f"Explained in {link(where)}."
        if used:
            text += f" Used in {', '.join(map(link, used))}."
        page = page.replace(PLACE.format(anchor(term)), f'<p class="terms-sections">{text}</p>')
    path.write_text(page, encoding="utf8")


def link(row: dict) -> str:
    """Write a link to a section, from the glossary's page, as HTML."""
    label = f"{row['page']}: {row['title']}" if row["page"] else row["title"]
    return f'<a href="../{row["url"]}">{html.escape(label)}</a>'


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_node(GlossaryPlace)
    app.add_directive("terms", GlossaryDirective)
    app.connect("env-updated", refresh)
    app.connect("doctree-resolved", fill)
