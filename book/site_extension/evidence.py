"""The Evidence page: every claim of the book, gathered from the chapters that measure it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

CARD = re.compile(
    r'<div class="claim [^>]* data-claim="([^"]*)".*?<span class="claim-measured">(.*?)</span>',
    re.DOTALL,
)
NAMES = {"holds": "hold", "conditional": "hold only under a condition", "fails": "do not hold here"}


class EvidenceTable(nodes.General, nodes.Element):
    """Stands in a page where the table goes, until every chapter has been read."""


class EvidenceDirective(SphinxDirective):
    """``{evidence}``: the table of all claims."""

    def run(self) -> list[nodes.Node]:
        """Leave a place for the table."""
        return [EvidenceTable()]


def claims_of(env: BuildEnvironment) -> dict[str, list[dict[str, str]]]:
    """Return the claims by document, kept with Sphinx's own state between builds."""
    if not hasattr(env, "book_claims"):
        env.book_claims = {}
    return env.book_claims


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Read the claims of one chapter."""
    found = []
    for raw in doctree.findall(nodes.raw):
        for data, measured in CARD.findall(raw.astext()):
            found.append({**json.loads(html.unescape(data)), "measured": html.unescape(measured)})
    claims_of(app.env)[app.env.docname] = found


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop the claims of a chapter that is read again or removed."""
    claims_of(env).pop(docname, None)


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    """Take over the claims that a parallel reader found."""
    for docname in docnames:
        claims_of(env)[docname] = claims_of(other).get(docname, [])


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
    """Write the summary and the table as HTML."""
    env = app.env
    claims = claims_of(env)
    order = [name for name in reading_order(env, app.config.root_doc) if claims.get(name)]
    rows = []
    counts = dict.fromkeys(NAMES, 0)
    for chapter in order:
        title = env.titles[chapter].astext()
        page = app.builder.get_relative_uri(docname, chapter)
        for claim in claims[chapter]:
            counts[claim["kind"]] += 1
            text = {key: html.escape(value) for key, value in claim.items()}
            rows.append(
                f'<tr><td><a href="{page}#{claim["id"]}">{text["statement"]}</a></td>'
                f'<td class="claim-{claim["kind"]}"><strong>{text["verdict"]}</strong></td>'
                f"<td>{text['measured']}</td><td>{text['source']}</td>"
                f"<td>{html.escape(title)}</td></tr>"
            )
    summary = ", ".join(f"{counts[kind]} {name}" for kind, name in NAMES.items())
    heads = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Claim", "Verdict", "Measured", "Source", "Chapter")
    )
    return (
        f"<p>{len(rows)} claims: {summary}.</p>"
        '<div class="evidence" tabindex="0" role="region" aria-label="Table of all claims">'
        f'<table class="table"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody>'
        "</table></div>"
    )


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_node(EvidenceTable)
    app.add_directive("evidence", EvidenceDirective)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", refresh)
    app.connect("doctree-resolved", fill)
