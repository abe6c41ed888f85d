"""A progress bar for long work in a kernel whose output becomes part of a page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TypeVar

PROGRESS_VARIABLE = "HELPERS_PROGRESS"

Item = TypeVar("Item")


def bar(items: Iterable[Item], total: int, name: str) -> Iterator[Item]:
    """Pass items through and report every tenth of them.

    Parameters
    ----------
    items : iterable
    total : int
        How many there are.
    name : str
        What is being made.

    Yields
    ------
    object
        The items.

    Notes
    -----
    What a kernel prints becomes part of the page. So the bar is appended to the file that the
    environment names, which the site's build shows in its own terminal; without one it is silent.
    """
    path = os.environ.get(PROGRESS_VARIABLE)
    for done, item in enumerate(items, 1):
        yield item
        if path and done * 10 // total > (done - 1) * 10 // total:
            filled = done * 20 // total
            with open(path, "a", encoding="utf8") as log:
                log.write(f"  {name} [{'#' * filled}{'.' * (20 - filled)}] {done}/{total} frames\n")
