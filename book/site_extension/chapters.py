"""What the book knows of its chapters, and the line under each chapter's title that says it.

``book/chapters.toml`` holds a chapter's question and what it needs; the rest is counted in its
notebook and in that of its exercises.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import tomllib
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from tools import measures

from .cards import claims_of
from .exercises import companion

FILE = Path("book", "chapters.toml")
FOLDER = "chapters/"
STEP = 5  # minutes: an estimate to the minute would promise too much


@dataclass(frozen=True)
class Chapter:
    """A chapter as its card shows it; times are minutes, and needs are names of documents.

    Without a question nothing is known of its needs.
    """

    docname: str
    title: str
    part: str
    question: str
    needs: tuple[str, ...]
    minutes: int
    exercise_minutes: int
    explorations: int
    claims: int


def name_of(docname: str) -> str:
    """Return the name of a chapter's file, by which ``chapters.toml`` calls it."""
    return docname.rsplit("/", 1)[-1]


def check(known: dict[str, dict], order: list[str]) -> None:
    """Check what ``chapters.toml`` says, against the table of contents.

    Parameters
    ----------
    known : dict
        The file's content.
    order : list of str
        Names of the book's chapters, in their order.

    Raises
    ------
    sphinx.errors.ExtensionError
        If an entry is not whole, or a chapter needs what is not read before it. So no chapter can
        need itself, by whatever way. A chapter without an entry is still being written.
    """
    for place, name in enumerate(order):
        if not (entry := known.get(name)):
            continue
        if not str(entry.get("question", "")).endswith("?") or "needs" not in entry:
            raise ExtensionError(
                f"{FILE} does not say of the chapter {name} which question it answers "
                '(question = "...?") and which chapters it needs (needs = ["..."], or [])'
            )
        for need in entry["needs"]:
            if need not in order[:place]:
                raise ExtensionError(
                    f"{FILE}: {name} needs {need!r}, which is no chapter before it in _toc.yml"
                )
    if unknown := known.keys() - set(order):
        raise ExtensionError(f"{FILE} names no chapter of _toc.yml: {', '.join(sorted(unknown))}")


def parts(env: BuildEnvironment) -> list[tuple[str, list[str]]]:
    """Return the parts of the book that have chapters: caption and documents of each."""
    found = []
    for toctree in env.get_doctree(env.config.root_doc).findall(addnodes.toctree):
        names = [name for name in toctree["includefiles"] if name.startswith(FOLDER)]
        if names:
            found.append((toctree["caption"] or "", names))
    return found


def chapters_of(env: BuildEnvironment) -> list[Chapter]:
    """Return the chapters in their order, as the last reading found them."""
    return getattr(env, "book_chapters", [])


def rounded(minutes: float) -> int:
    """Round a time to steps that an estimate can promise."""
    return max(STEP, STEP * round(minutes / STEP))


def describe(env: BuildEnvironment) -> list[Chapter]:
    """Gather what is known of all chapters."""
    contents = parts(env)
    order = [docname for _, names in contents for docname in names]
    if not order:
        return []
    known = tomllib.loads(Path(env.srcdir, FILE).read_text("utf8"))
    check(known, [name_of(docname) for docname in order])
    docnames = {name_of(docname): docname for docname in order}
    found = []
    for part, names in contents:
        for docname in names:
            entry = known.get(name_of(docname), {"question": "", "needs": []})
            cells = nbformat.read(env.doc2path(docname), as_version=4).cells
            exercises = companion(docname)
            tasks = []
            if exercises in env.found_docs:
                tasks = nbformat.read(env.doc2path(exercises), as_version=4).cells
            found.append(
                Chapter(
                    docname,
                    env.titles[docname].astext(),
                    part,
                    entry["question"],
                    tuple(docnames[need] for need in entry["needs"]),
                    rounded(measures.minutes(cells)),
                    rounded(measures.exercise_minutes(tasks)) if tasks else 0,
                    sum(map(measures.moves, cells)),
                    len(claims_of(env).get(docname, ())),
                )
            )
    return found


def refresh(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Write the chapters' pages again if anything that their lines say has changed."""
    before, env.book_chapters = chapters_of(env), describe(env)
    return [] if before == env.book_chapters else [one.docname for one in env.book_chapters]


def needs_in_words(names: list[str]) -> str:
    """Say what a chapter needs: `names` are titles, or links."""
    if not names:
        return "Needs no other chapter"
    return f"Needs {' and '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}"


def time_in_words(chapter: Chapter) -> str:
    """Say how long a chapter takes."""
    time = f"about {chapter.minutes} minutes"
    return time + (
        f", and {chapter.exercise_minutes} for the exercises" if chapter.exercise_minutes else ""
    )


def add_line(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    """Say under the title of a chapter what it needs and how long it takes."""
    chapters = {chapter.docname: chapter for chapter in chapters_of(app.env)}
    if pagename not in chapters or not context.get("body"):
        return
    links = [
        f'<a href="{app.builder.get_relative_uri(pagename, need)}">'
        f"{html.escape(chapters[need].title)}</a>"
        for need in chapters[pagename].needs
    ]
    facts = [needs_in_words(links)] if chapters[pagename].question else []
    facts.append(time_in_words(chapters[pagename]))
    line = f'<p class="chapter-line">{" · ".join(facts)}</p>'
    context["body"] = context["body"].replace("</h1>", f"</h1>{line}", 1)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("env-updated", refresh)
    app.connect("html-page-context", add_line)
