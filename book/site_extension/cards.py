"""The cards of claims: gathered from the chapters, and completed on their pages.

A card leaves its notebook with the names of its sources. On the site they lead to the
bibliography, formulas are set, and an experiment says in how many repetitions its verdict came out.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from tools import records

from helpers import sources

from .typesetting import typeset

CARD = re.compile(r'<div class="claim [^>]*? data-claim="([^"]*)".*?</small></div>', re.DOTALL)
# What a reader sees of a record, by its key. The mark before the verdict and the colon stay.
SHOWN = {
    "verdict": re.compile(r'(?<=<strong class="claim-verdict">. )[^<]*(?=:</strong>)'),
    "statement": re.compile(r'(?<=<span class="claim-statement">)[^<]*(?=</span>)'),
    "measured": re.compile(r'(?<=<span class="claim-measured">)[^<]*(?=</span>)'),
}
MEASURED = re.compile(r'<span class="claim-measured">(.*?)</span>', re.DOTALL)
SOURCE = re.compile(r'(?<=<span class="claim-source">).*?(?=</span>)', re.DOTALL)
KIND = re.compile(r'(?<=<span class="claim-kind">)experiment(?=</span>)')


def claims_of(env: BuildEnvironment) -> dict[str, list[dict]]:
    """Return the claims by document, kept with Sphinx's own state between builds.

    Returns
    -------
    dict
        For each document its claims in their order: the record of each card, ``measured``, and
        ``repeated``, which is ``{"held": int, "of": int}`` or None.
    """
    if not hasattr(env, "book_claims"):
        env.book_claims = {}
    return env.book_claims


def repetitions(env: BuildEnvironment, docname: str) -> dict[str, dict[str, int]]:
    """Return by claim what came of repeating a chapter; nothing if it never was repeated."""
    record = records.read(Path(env.doc2path(docname)))
    return record["claims"] if record else {}


def cards_in(raw: nodes.raw) -> list[dict]:
    """Return the records of the cards in a piece of HTML, with ``measured``."""
    return [
        {
            **json.loads(html.unescape(card[1])),
            "measured": html.unescape(MEASURED.search(card[0])[1]),
        }
        for card in CARD.finditer(raw.astext())
    ]


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Read the claims of one chapter."""
    env = app.env
    found = [card for raw in doctree.findall(nodes.raw) for card in cards_in(raw)]
    counts = repetitions(env, env.docname) if found else {}
    claims_of(env)[env.docname] = [{**c, "repeated": counts.get(c["id"])} for c in found]


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop the claims of a chapter that is read again or removed."""
    claims_of(env).pop(docname, None)


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    """Take over the claims that a parallel reader found."""
    for docname in docnames:
        claims_of(env)[docname] = claims_of(other).get(docname, [])


def outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Return the chapters that have been repeated since they were read."""
    found = []
    for docname, claims in claims_of(env).items():
        if claims and docname not in removed:
            counts = repetitions(env, docname)
            if any(claim["repeated"] != counts.get(claim["id"]) for claim in claims):
                found.append(docname)
    return found


def stands(claim: dict) -> bool | None:
    """Tell whether a verdict came out often enough; None if it was never repeated."""
    repeated = claim["repeated"]
    return repeated["held"] >= records.STANDS * repeated["of"] if repeated else None


def repetition(claim: dict) -> str:
    """Say in how many repetitions an experiment had the verdict that its card shows."""
    if claim["repeated"] is None:
        return "not yet repeated"
    count = "in {held} of {of} repetitions under fresh seeds".format(**claim["repeated"])
    return count if stands(claim) else f"{count}: does not stand"


def source_links(app: Sphinx, docname: str, claim: dict) -> str:
    """Return the sources of a claim as HTML, each a link to its entry in the bibliography.

    Raises
    ------
    sphinx.errors.ExtensionError
        If no page lists a work.
    """
    # The names as the bibliography has them now, and not when the chapter was executed.
    if not claim["keys"]:
        return html.escape(claim["source"])
    entries = {c.key: c for c in app.env.get_domain("cite").citations}
    links = []
    for key in claim["keys"]:
        if key not in entries:
            raise ExtensionError(
                f"{docname}: the source {key} of {claim['statement']!r} stands on no page; "
                "book/references.bib must have it, and book/bibliography.md list all works"
            )
        page = app.builder.get_relative_uri(docname, entries[key].bibliography_key.docname)
        name = html.escape(sources.works()[key])
        links.append(f'<a href="{page}#{entries[key].citation_id}">{name}</a>')
    return "; ".join(links)


def completed(app: Sphinx, docname: str, claim: dict, card: str) -> str:
    """Return a claim's card, as it left its notebook, as the page `docname` shows it."""
    links = source_links(app, docname, claim)
    text = SOURCE.sub(lambda _: links, card, count=1)
    for key, pattern in SHOWN.items():
        text = pattern.sub(lambda _, key=key: typeset(claim[key]), text, count=1)
    return KIND.sub(f"experiment, {repetition(claim)}", text, count=1)


def complete(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write links, repetitions and formulas into the cards of a page."""
    claims = {claim["id"]: claim for claim in claims_of(app.env).get(docname, ())}

    def write(card: re.Match) -> str:
        claim = claims[json.loads(html.unescape(card[1]))["id"]]
        return completed(app, docname, claim, card[0])

    for raw in doctree.findall(nodes.raw) if claims else ():
        text = raw.astext()
        if (new := CARD.sub(write, text)) != text:
            raw[:] = [nodes.Text(new)]


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-get-outdated", outdated)
    app.connect("doctree-resolved", complete)
