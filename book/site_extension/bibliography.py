"""The bibliography: by author and year, with a link to each paper and back to where it is cited."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable

from docutils import nodes
from pybtex.database import Entry, Person
from pybtex.plugin import find_plugin, register_plugin
from pybtex.style.formatting import toplevel
from pybtex.style.formatting.unsrt import Style, pages
from pybtex.style.template import (
    Node,
    field,
    href,
    join,
    optional,
    optional_field,
    sentence,
    tag,
    words,
)
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinxcontrib.bibtex.citation_target import parse_citation_targets
from tools.sources import authors_and_year, plain

from .cards import cards_in
from .evidence import reading_order

BOOKS = ("book", "inbook", "proceedings")
first_name = find_plugin("pybtex.style.names", "lastfirst")().format
other_name = find_plugin("pybtex.style.names", "plain")().format


class ByAuthor(find_plugin("pybtex.style.sorting", "author_year_title")):
    """Sorts by author, year and title; the braces around a name that is no person's count not."""

    def person_key(self, person: Person) -> str:
        """Return what a name is sorted by."""
        return plain(super().person_key(person))


class AuthorYear(Style):
    """Begins each entry with its authors and its year, by which the text calls it."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self.sort = ByAuthor().sort

    def format_entry(self, label: str, entry: Entry, bib_data: object = None) -> object:
        """Format an entry of any type; a part that it lacks is left out."""
        setattr(self, f"get_{entry.type}_template", self.template)
        return super().format_entry(label, entry, bib_data)

    def template(self, entry: Entry) -> Node:
        """Return the parts of an entry in their order."""
        title = self.format_btitle if entry.type in BOOKS else self.format_title
        report = words["Technical report", field("number")]
        number = optional["(", field("number"), ")"]
        return toplevel[
            join[self.authors(entry), " (", field("year"), ")."],
            title(entry, "title"),
            sentence[
                optional[tag("em")[field("journal")]],
                optional[words["In", tag("em")[field("booktitle")]]],
                report if entry.type == "techreport" else None,
                optional[join[field("volume"), number, optional[":", pages]]],
                None if "volume" in entry.fields else optional[words["pages", pages]],
                optional_field("institution"),
                optional_field("publisher"),
                optional_field("address"),
                self.format_edition(entry),
                optional_field("howpublished"),
            ],
            sentence[optional_field("note")],
            self.format_web_refs(entry),
        ]

    def authors(self, entry: Entry) -> Node:
        """Name all authors; of the first the last name stands first, as the list is sorted."""
        first, *others = entry.persons["author"]
        names = [first_name(first), *map(other_name, others)]
        return join(sep=", ", sep2=", and ", last_sep=", and ")[names]

    def format_url(self, entry: Entry) -> Node:
        """Show an address without what all addresses begin with."""
        url = entry.fields.get("url", "")
        return href(field("url", raw=True))[url.removeprefix("https://").removeprefix("www.")]


def use_style(app: Sphinx, config: Config) -> None:
    """Choose the style. Previews show what a tooltip would, to the keyboard as well."""
    register_plugin("pybtex.style.formatting", "book_author_year", AuthorYear)
    config.bibtex_default_style = "book_author_year"
    config.bibtex_tooltips = False


def tell_years_apart(app: Sphinx) -> None:
    """Add letters to the years of works that authors and year do not tell apart."""
    same = defaultdict(list)
    for entry in app.env.get_domain("cite").bibdata.data.entries.values():
        # Sphinx keeps the entries from build to build.
        entry.fields["year"] = entry.fields.get("year", "").rstrip("abcdefgh")
        same[authors_and_year(entry)].append(entry)
    for entries in same.values():
        entries.sort(key=lambda entry: plain(entry.fields["title"]).lower())
        for letter, entry in zip("abcdefgh", entries if len(entries) > 1 else (), strict=False):
            entry.fields["year"] += letter


# Where works are cited


def places_of(env: BuildEnvironment) -> dict[str, list[tuple[str, str, bool]]]:
    """Return by document, in order, what is cited: key, place on the page, whether by a claim."""
    if not hasattr(env, "book_citations"):
        env.book_citations = {}
    return env.book_citations


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Note which works a page cites, and where."""
    found = []
    for node in doctree.findall():
        if isinstance(node, pending_xref) and node.get("refdomain") == "cite":
            targets = parse_citation_targets(node["reftarget"])
            found += [(target.key, node["ids"][0], False) for target in targets]
        elif isinstance(node, nodes.raw):
            found += [(key, card["id"], True) for card in cards_in(node) for key in card["keys"]]
    places_of(app.env)[app.env.docname] = found


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop what a page cites that is read again or removed."""
    places_of(env).pop(docname, None)


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    """Take over what a parallel reader found."""
    for docname in docnames:
        places_of(env)[docname] = places_of(other).get(docname, [])


def refresh(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the page with the bibliography again."""
    return sorted({key.docname for key in env.get_domain("cite").bibliographies})


def link_back(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Add to each work where it is cited; its label goes, because its authors and year name it."""
    entries = [node for node in doctree.findall(nodes.citation) if node.get("docname") == docname]
    if not entries:
        return
    order = reading_order(app.env, app.config.root_doc)
    keys = {c.citation_id: c.key for c in app.env.get_domain("cite").citations}
    for entry in entries:
        for label in list(entry.findall(nodes.label)):
            entry.remove(label)
        if text := cited_in(app, docname, order, keys[entry["ids"][0]]):
            entry += nodes.raw("", f'<p class="citation-places">{text}</p>', format="html")


def cited_in(app: Sphinx, docname: str, order: list[str], key: str) -> str:
    """Return the pages that cite a work as HTML, with a link to each place.

    Parameters
    ----------
    app : Sphinx
        With all pages read.
    docname : str
        The page with the bibliography; what it says itself is left out.
    order : list of str
        All pages, in the order of the book.
    key : str
        The work's.

    Returns
    -------
    str
        Empty if no page cites it.
    """
    parts = []
    for name in order:
        places = [place for place in places_of(app.env).get(name, ()) if place[0] == key]
        if not places or name == docname:
            continue
        page = app.builder.get_relative_uri(docname, name)
        title = html.escape(app.env.titles[name].astext())
        links = []
        for what in ("text", "claim"):
            anchors = [anchor for _, anchor, claims in places if claims == (what == "claim")]
            for number, anchor in enumerate(anchors, 1):
                called = f"{what}\N{NO-BREAK SPACE}{number}" if len(anchors) > 1 else what
                links.append(
                    f'<a href="{page}#{anchor}" aria-label="{title}, {called}">{called}</a>'
                )
        parts.append(f"{title}: {', '.join(links)}")
    return f"Cited in {'; '.join(parts)}." if parts else ""


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", use_style)
    app.connect("builder-inited", tell_years_apart, priority=900)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", refresh)
    app.connect("doctree-resolved", link_back)
