"""Name the works of ``book/references.bib`` for the notebooks: ``make sources``.

A notebook that runs alone has no bibliography, so the helpers carry each work's authors and year.
``python -m tools.sources --check`` reports when they are not those of the bibliography.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.richtext import Text
from tools.bootstrap import ROOT

BIBLIOGRAPHY = ROOT / "book" / "references.bib"
# By path: importing the helpers would load torch, for seconds.
NAMES = ROOT / "src" / "helpers" / "sources.json"


def plain(latex: str) -> str:
    r"""Return the text that LaTeX stands for, such as ``{\'e}`` for an e with an accent."""
    return str(Text.from_latex(latex))


def authors_and_year(entry: Entry) -> str:
    """Return how a text calls a work, such as "He et al. (2015)".

    Parameters
    ----------
    entry : Entry
        With authors and a year.

    Returns
    -------
    str
        Last names of one or two authors, of more only the first; and the year.

    Raises
    ------
    ValueError
        If it lacks authors or the year.
    """
    people = entry.persons.get("author", [])
    year = entry.fields.get("year")
    if not people or not year:
        raise ValueError(f"{entry.key}: a work needs authors and a year")
    last = [plain(" ".join([*p.prelast_names, *p.last_names])) for p in people]
    who = " and ".join(last) if len(last) < 3 else f"{last[0]} et al."
    return f"{who} ({year})"


def names(bibliography: BibliographyData) -> dict[str, str]:
    """Return a name for each work; where two would share one, the title is added."""
    short = {key: authors_and_year(entry) for key, entry in bibliography.entries.items()}
    shared = Counter(short.values())
    return {
        key: f"{name}, {plain(bibliography.entries[key].fields['title'])}"
        if shared[name] > 1
        else name
        for key, name in sorted(short.items())
    }


def text_of(path: Path = BIBLIOGRAPHY) -> str:
    """Return the file that the helpers carry."""
    found = names(parse_file(str(path), bib_format="bibtex"))
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write or check the file; the exit status is 1 if it is stale."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only report, change nothing")
    if not parser.parse_args().check:
        NAMES.write_text(text_of(), encoding="utf8")
        return 0
    if NAMES.is_file() and NAMES.read_text("utf8") == text_of():
        return 0
    print(f"{NAMES}: not what book/references.bib says; run `make sources` and commit it")
    return 1


if __name__ == "__main__":
    sys.exit(main())
