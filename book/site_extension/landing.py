"""The first page: a card for each chapter, with a small picture from it, and some claims' cards.

Nothing on them is written by hand: a picture is the first drawing of a chapter's page, without its
letters, which nobody could read at this size; a claim's card is that of its chapter.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from helpers.pictures import colors

from . import cards
from .chapters import Chapter, chapters_of, needs_in_words, parts
from .figures import COLOR

DRAWING = re.compile(
    r'<svg class="drawing" viewBox="0 0 (?P<width>\d+) (?P<height>\d+)" role="img" '
    r'aria-label="(?P<alt>[^"]*)">(?P<body>.*?)</svg>',
    re.DOTALL,
)
LETTERS = re.compile(r"<defs>.*?</defs>|<use [^>]*/>", re.DOTALL)
EMPTY = re.compile(r"<g\b[^>]*></g>")
FOLDER = "_thumbnails"
LIGHT, DARK = "#fff", colors.PAPER  # the ground of pages, as css/page.css has it
WIDTH = 320  # of a picture, in pixels; its height follows


def drawings_of(env: BuildEnvironment) -> dict[str, str]:
    """Return by document the first drawing of its page, as HTML."""
    if not hasattr(env, "book_drawings"):
        env.book_drawings = {}
    return env.book_drawings


def thumbnail(drawing: re.Match[str]) -> dict:
    """Make a small picture of a drawing, a file of its own that follows light and dark.

    An image does not see the page's variables. It is drawn in the ``color-scheme`` of the page.

    Returns
    -------
    dict
        The file as ``svg``, what is to be seen as ``alt`` (escaped), ``width`` and ``height``.
    """
    body = LETTERS.sub("", drawing["body"])
    while (less := EMPTY.sub("", body)) != body:
        body = less
    width, height = int(drawing["width"]), int(drawing["height"])
    turned = {name: colors.dark(f"#{name}") for name in sorted(set(COLOR.findall(body)))}
    dark = "".join(f"--rgb-{name}:{color};" for name, color in turned.items() if color)
    style = (
        f"svg{{background:{LIGHT}}}@media(prefers-color-scheme:dark)"
        f"{{svg{{background:{DARK};{dark}}}}}"
    )
    return {
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f"<style>{style}</style>{body}</svg>\n",
        "alt": drawing["alt"],
        "width": WIDTH,
        "height": round(WIDTH * height / width),
    }


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the first drawing of a page that one has."""
    for raw in doctree.findall(nodes.raw):
        if drawing := DRAWING.search(raw.astext()):
            drawings_of(app.env)[app.env.docname] = drawing[0]
            return


def forget(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Drop the drawing of a page that is read again or removed."""
    drawings_of(env).pop(docname, None)


def merge(
    app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
) -> None:
    """Take over the drawings that a parallel reader found."""
    found = drawings_of(other)
    drawings_of(env).update({name: found[name] for name in docnames if name in found})


class FilledLater(nodes.General, nodes.Element):
    """Stands for what is known when every chapter has been read; ``kind`` says what goes here."""


class StartDirective(SphinxDirective):
    """``{start-reading}``: the links to the first chapter and to where a reader was."""

    def run(self) -> list[nodes.Node]:
        """Leave a place."""
        return [FilledLater(kind="start")]


class ChapterCardsDirective(SphinxDirective):
    """``{chapter-cards}``: a card for each chapter, by part."""

    def run(self) -> list[nodes.Node]:
        """Leave a place."""
        return [FilledLater(kind="chapters")]


class ClaimCardsDirective(SphinxDirective):
    """``{claim-cards}``: the cards of some claims, named by their ids."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Leave a place."""
        return [FilledLater(kind="claims", ids=[line for line in self.content if line.strip()])]


class ThumbnailDirective(SphinxDirective):
    """``{thumbnail} PAGE``: the small picture of a page, which leads there."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place."""
        return [FilledLater(kind="thumbnail", page=self.arguments[0])]


def refresh(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the first page again: any chapter may have changed."""
    return [env.config.root_doc] if parts(env) else []


def picture(app: Sphinx, docname: str, page: str) -> str:
    """Write a page's picture into a file, and return the image that shows it, or nothing."""
    drawing = DRAWING.search(drawings_of(app.env).get(page, ""))
    if not drawing:
        return ""
    found = thumbnail(drawing)
    digest = hashlib.sha256(found["svg"].encode()).hexdigest()[:12]
    target = Path(app.outdir, FOLDER, f"{page.rsplit('/', 1)[-1]}-{digest}.svg")
    target.parent.mkdir(exist_ok=True)
    target.write_text(found["svg"], encoding="utf8")
    here = "../" * docname.count("/")
    # The class keeps the theme from laying white behind it on dark pages.
    return (
        f'<img class="thumbnail dark-light" src="{here}{FOLDER}/{target.name}" alt="{found["alt"]}"'
        f' width="{found["width"]}" height="{found["height"]}" loading="lazy" decoding="async">'
    )


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put what is known now in the places that were left."""
    for place in list(doctree.findall(FilledLater)):
        chapters = chapters_of(app.env)
        if place["kind"] == "start":
            text = start(app, docname, chapters)
        elif place["kind"] == "chapters":
            text = chapter_cards(app, docname, chapters)
        elif place["kind"] == "claims":
            text = claim_cards(app, docname, place["ids"], chapters)
        else:
            page = place["page"]
            link = app.builder.get_relative_uri(docname, page)
            text = f'<a class="thumbnail-link" href="{link}">{picture(app, docname, page)}</a>'
        place.replace_self(nodes.raw("", text, format="html"))


def start(app: Sphinx, docname: str, chapters: list[Chapter]) -> str:
    """Write the links with which reading begins; ``reading.js`` shows the second."""
    link = app.builder.get_relative_uri(docname, chapters[0].docname)
    return (
        f'<p class="landing-start"><a class="landing-button" href="{link}">Start reading</a> '
        '<a class="reading-continue" hidden></a></p>'
    )


def chapter_cards(app: Sphinx, docname: str, chapters: list[Chapter]) -> str:
    """Write the cards of all chapters."""
    titles = {chapter.docname: chapter.title for chapter in chapters}
    lines = [
        '<p class="reading-note" hidden><span role="status"></span> '
        '<button type="button" class="reading-forget">Forget what I have read</button></p>'
    ]
    for part, inside in groupby(chapters, key=lambda chapter: chapter.part):
        items = "".join(chapter_card(app, docname, chapter, titles) for chapter in inside)
        lines.append(f'<h3>{html.escape(part)}</h3><ul class="chapter-cards">{items}</ul>')
    return "".join(lines)


def chapter_card(app: Sphinx, docname: str, chapter: Chapter, titles: dict[str, str]) -> str:
    """Write the card of one chapter; `titles` are those of all by document."""
    link = app.builder.get_relative_uri(docname, chapter.docname)
    number = app.env.toc_secnumbers.get(chapter.docname, {}).get("", ())
    title = f"{'.'.join(map(str, number))}. {chapter.title}" if number else chapter.title
    question = facts = ""
    if chapter.question:
        question = f"<p>{html.escape(chapter.question)}</p>"
        facts = f"{needs_in_words([html.escape(titles[need]) for need in chapter.needs])}<br>"
    time = f"{chapter.minutes} min"
    if chapter.exercise_minutes:
        time += f" + {chapter.exercise_minutes} min of exercises"
    counts = f"{chapter.explorations} moving figures · {chapter.claims} claims"
    return (
        f'<li class="chapter-card">{picture(app, docname, chapter.docname)}'
        f'<div><a class="chapter-link" href="{link}">{html.escape(title)}</a>'
        f'{question}<p class="chapter-facts">{facts}{time}<br>{counts}</p></div></li>'
    )


def claim_cards(app: Sphinx, docname: str, ids: list[str], chapters: list[Chapter]) -> str:
    """Write the cards of some claims, each with a link to its place.

    Raises
    ------
    sphinx.errors.ExtensionError
        If no chapter makes such a claim.
    """
    found = {
        claim["id"]: (chapter, claim)
        for chapter in chapters
        for claim in cards.claims_of(app.env).get(chapter.docname, ())
    }
    items = []
    for name in ids:
        if name not in found:
            raise ExtensionError(f"{docname} shows the claim {name!r}, which no chapter makes")
        chapter, claim = found[name]
        page = app.builder.get_relative_uri(docname, chapter.docname)
        text = cards.completed(app, docname, claim, card_of(app.env, chapter.docname, name))
        # Its name belongs to the chapter, and the link to it leads there.
        text = re.sub(r' (?:id|data-claim)="[^"]*"', "", text, count=2)
        text = text.replace(f'href="#{name}"', f'href="{page}#{name}"')
        title = html.escape(chapter.title)
        items.append(f'<li>{text}<p>From <a href="{page}#{name}">{title}</a></p></li>')
    return f'<ul class="landing-claims">{"".join(items)}</ul>'


def card_of(env: BuildEnvironment, docname: str, name: str) -> str:
    """Return the HTML of a claim's card as it stands in a chapter."""
    return next(
        card[0]
        for raw in env.get_doctree(docname).findall(nodes.raw)
        for card in cards.CARD.finditer(raw.astext())
        if f' id="{name}"' in card[0]
    )


def remove_old(app: Sphinx, exception: Exception | None) -> None:
    """Delete the pictures that the first page does not show any more."""
    if exception or app.builder.format != "html":
        return
    first = Path(app.outdir, f"{app.config.root_doc}.html").read_text("utf8")
    for path in Path(app.outdir, FOLDER).glob("*.svg"):
        if path.name not in first:
            path.unlink()


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_node(FilledLater)
    app.add_directive("start-reading", StartDirective)
    app.add_directive("chapter-cards", ChapterCardsDirective)
    app.add_directive("claim-cards", ClaimCardsDirective)
    app.add_directive("thumbnail", ThumbnailDirective)
    app.connect("doctree-read", collect)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", refresh)
    app.connect("doctree-resolved", fill)
    app.connect("build-finished", remove_old)
