"""Who makes a claim: the works of the book's bibliography, by their keys.

A notebook that runs alone has no bibliography. What it needs is in ``sources.json``, which
``make sources`` writes from ``book/references.bib``.
"""

from __future__ import annotations

import difflib
import functools
import json
from pathlib import Path

OURS = "this chapter"
FILE = Path(__file__).with_name("sources.json")


@functools.cache
def works() -> dict[str, str]:
    """Return all works of the bibliography.

    Returns
    -------
    dict
        For each key its authors and year, such as ``"Baur and Strassen (1983)"``.
    """
    return json.loads(FILE.read_text("utf8"))


def keys_of(source: str | tuple[str, ...] | list[str]) -> list[str]:
    """Return the keys that a source names.

    Parameters
    ----------
    source : str or sequence of str
        One key, several separated by ``", "``, or "this chapter".

    Returns
    -------
    list of str
        In the order given; empty for "this chapter".

    Raises
    ------
    ValueError
        If there is no key, or one that the bibliography lacks. The message lists the keys that
        look like it.
    """
    if source == OURS:
        return []
    keys = source.split(", ") if isinstance(source, str) else list(source)
    if not keys:
        raise ValueError(f"a claim needs a source: keys of the bibliography, or {OURS!r}")
    for key in keys:
        if key not in works():
            raise ValueError(_unknown(key))
    return keys


def names_of(keys: list[str]) -> str:
    """Return authors and years of some works, separated by semicolons; of none, "this chapter"."""
    return "; ".join(works()[key] for key in keys) or OURS


def _unknown(key: str) -> str:
    # By key or by name: whoever wrote "Cauchy (1847)" finds cauchy1847.
    known = {name: k for k, name in works().items()} | {k: k for k in works()}
    close = difflib.get_close_matches(key, known, n=4, cutoff=0.5)
    near = list(dict.fromkeys(known[name] for name in close))
    hint = f"; near it: {', '.join(near)}" if near else ""
    return (
        f"{key!r} is no key of book/references.bib{hint}. A source is one key, several separated "
        f"by ', ', or {OURS!r}. Add a new work there and run `make sources`."
    )
