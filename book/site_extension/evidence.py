"""The Evidence page: every claim of the book, gathered from the chapters that measure it."""

from __future__ import annotations

import html
from collections import Counter

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from .cards import claims_of, source_links, stands
from .typesetting import typeset

VERDICTS = {
    "holds": "Holds",
    "conditional": "Holds only when …",
    "fails": "Does not hold here",
    "undecided": "Not decided here",
}
NAMES = {
    "holds": "hold",
    "conditional": "hold only under a condition",
    "fails": "do not hold here",
    "undecided": "are not decided here",
}
KINDS = {"identity": "identities", "experiment": "experiments"}
HEADS = ("Claim", "Verdict", "Kind", "Repeated", "Measured", "Source", "Chapter")


class EvidenceTable(nodes.General, nodes.Element):
    """Stands in a page where the table goes, until every chapter has been read."""


class EvidenceDirective(SphinxDirective):
    """``{evidence}``: the table of all claims."""

    def run(self) -> list[nodes.Node]:
        """Leave a place for the table."""
        return [EvidenceTable()]


def refresh(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Check that no claim is made twice, and write the pages with the table again."""
    seen: dict[str, str] = {}
    for docname, claims in claims_of(env).items():
        for claim in claims:
            if claim["id"] in seen:
                raise ExtensionError(
                    f"the claim {claim['statement']!r} stands in {seen[claim['id']]} and in "
                    f"{docname}: a claim is made once, in words of its own"
                )
            seen[claim["id"]] = docname
    return [name for name in env.found_docs if name.endswith("evidence")]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the table in its place."""
    for place in doctree.findall(EvidenceTable):
        place.replace_self(nodes.raw("", table(app, docname), format="html"))


def reading_order(env: BuildEnvironment, docname: str) -> list[str]:
    """Return a document and all below it, as the table of contents has them."""
    below = env.toctree_includes.get(docname, [])
    return [docname, *(name for child in below for name in reading_order(env, child))]


def table(app: Sphinx, docname: str) -> str:
    """Write the summary, the filters and the table as HTML.

    The table says what it is, because it is laid out as a grid (``css/evidence.css``).
    """
    env = app.env
    order = [name for name in reading_order(env, app.config.root_doc) if claims_of(env).get(name)]
    chapters = {name: env.titles[name].astext() for name in order}
    rows = [
        row(app, docname, chapter, place, claim)
        for place, chapter in enumerate(order)
        for claim in claims_of(env)[chapter]
    ]
    heads = "".join(f'<th role="columnheader" scope="col">{name}</th>' for name in HEADS)
    return (
        f"{summary([claim for name in order for claim in claims_of(env)[name]])}"
        f"{filters(chapters)}"
        '<div class="evidence" tabindex="0" role="region" aria-label="Table of all claims">'
        f'<table class="table" role="table"><thead role="rowgroup"><tr role="row">{heads}</tr>'
        f'</thead><tbody role="rowgroup">{"".join(rows)}</tbody></table></div>'
    )


def summary(claims: list[dict]) -> str:
    """Count the claims of each kind by their verdicts, and the experiments that were repeated."""
    lines = [f'<div class="evidence-summary"><p>{len(claims)} claims.</p>']
    for kind, name in KINDS.items():
        counts = Counter(claim["outcome"] for claim in claims if claim["kind"] == kind)
        parts = ", ".join(f"{counts[k]} {words}" for k, words in NAMES.items() if counts[k])
        lines.append(f"<p>{counts.total()} {name}{': ' if parts else ''}{parts}.</p>")
    stand = Counter(stands(claim) for claim in claims if claim["kind"] == "experiment")
    known = f"{stand[True]} stand when repeated under fresh seeds, {stand[False]} do not"
    rest = f"; {stand[None]} are not yet repeated" if stand[None] else ""
    lines.append(f"<p>Of the experiments {known}{rest}.</p></div>")
    return "".join(lines)


def filters(chapters: dict[str, str]) -> str:
    """Write the form that chooses claims; ``evidence.js`` shows it and makes it work.

    Parameters
    ----------
    chapters : dict
        For each document its title.

    Returns
    -------
    str
        HTML.
    """
    choices = {
        "Chapter": {name.rsplit("/", 1)[-1]: title for name, title in chapters.items()},
        "Verdict": VERDICTS,
        "Kind": {kind: kind for kind in KINDS},
    }
    parts = []
    for label, options in choices.items():
        inner = "".join(
            f'<option value="{html.escape(value)}">{html.escape(text)}</option>'
            for value, text in {"": "all", **options}.items()
        )
        parts.append(f'<label>{label} <select name="{label.lower()}">{inner}</select></label>')
    return (
        '<form class="evidence-filters" role="search" aria-label="Choose claims" hidden>'
        f'{"".join(parts)}<label>Words <input type="search" name="text"></label>'
        '<button type="button">Show all</button><output></output></form>'
    )


def row(app: Sphinx, docname: str, chapter: str, place: int, claim: dict) -> str:
    """Write one claim as a row of the table.

    Parameters
    ----------
    app : Sphinx
        With all chapters read.
    docname, chapter : str
        The document that the table is in, and that of the claim.
    place : int
        Of the chapter in the book; the column of chapters is sorted by it.
    claim : dict
        As `claims_of` has it.

    Returns
    -------
    str
        HTML.
    """
    page = app.builder.get_relative_uri(docname, chapter)
    text = {key: typeset(claim[key]) for key in ("statement", "verdict", "measured", "kind")}
    times, share = "none needed", 2.0
    if claim["kind"] == "experiment":
        times, share = "not yet", -1.0
        if repeated := claim["repeated"]:
            share = repeated["held"] / repeated["of"]
            times = "{held} of {of}".format(**repeated)
            if not stands(claim):
                times = f"<strong>{times}: does not stand</strong>"
    title = html.escape(app.env.titles[chapter].astext())
    cells = (
        ("", f'<a href="{page}#{claim["id"]}">{text["statement"]}</a>'),
        (f' class="claim-{claim["outcome"]}"', f"<strong>{text['verdict']}</strong>"),
        ("", text["kind"]),
        (f' data-sort="{share:.3f}"', times),
        ("", text["measured"]),
        ("", source_links(app, docname, claim)),
        (f' data-sort="{place}"', title),
    )
    inner = "".join(f'<td role="cell"{more}>{cell}</td>' for more, cell in cells)
    return (
        f'<tr role="row" data-chapter="{chapter.rsplit("/", 1)[-1]}" '
        f'data-verdict="{claim["outcome"]}" data-kind="{claim["kind"]}">'
        f"{inner}</tr>"
    )


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_node(EvidenceTable)
    app.add_directive("evidence", EvidenceDirective)
    app.connect("env-updated", refresh)
    app.connect("doctree-resolved", fill)
