"""Numbers by chapter: the second numbered equation of chapter 3 is (3.2), wherever it is named.

``_toc.yml`` numbers the chapters through all parts, and Sphinx the equations within them.
"""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment


def chapter_number(env: BuildEnvironment, docname: str) -> int | None:
    """Return the number that the contents give a chapter; its exercises have it as well.

    Parameters
    ----------
    env : BuildEnvironment
        With the whole book read.
    docname : str
        A page.

    Returns
    -------
    int or None
        None for a page that belongs to no numbered chapter.
    """
    if number := env.toc_secnumbers.get(docname, {}).get(""):
        return number[0]
    above = [name for name, below in env.toctree_includes.items() if docname in below]
    numbers = [env.toc_secnumbers.get(name, {}).get("") for name in above]
    return next((number[0] for number in numbers if number), None)


def number_by_chapter(app: Sphinx, config: Config) -> None:
    """Let Sphinx count what it numbers anew in each chapter, after the chapter's number."""
    config.numfig = True
    config.numfig_secnum_depth = 1


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", number_by_chapter)
