"""What came of repeating each chapter: a record beside it, and whether that is still true.

``python -m tools.records --check [NAME ...]``, for all chapters by default, reports records that
are missing or stale, and draws of chance that a repetition could not shift.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import html
import json
import re
import sys
from pathlib import Path

from tools.bootstrap import ROOT
from tools.chance import unshifted

TIMES = 20
# Of 20 repetitions 19.
STANDS = 0.95
CARD = re.compile(r'<div class="claim [^>]*?data-claim="([^"]*)"')
# What a claim says, beside what it measures and what it expects.
WORDS = {"statement", "measured", "source", "only_when", "identity"}


def chapters_in(folder: Path = ROOT / "chapters") -> list[Path]:
    """Return all chapters."""
    return sorted(folder.resolve().rglob("[!.]*.ipynb"))


def chapters_named(names: list[str], folder: Path = ROOT / "chapters") -> list[Path]:
    """Return the chapters of these names, in their order; all if there are none.

    Raises
    ------
    ValueError
        If there is no such chapter.
    """
    known = {chapter.stem: chapter for chapter in chapters_in(folder)}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"no chapter is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names or known]


def path_of(chapter: Path) -> Path:
    """Return where the record of a chapter is."""
    return chapter.with_suffix(".repetitions.json")


def cells_of(chapter: Path) -> dict[str, str]:
    """Return the source of each code cell by its id, without the bootstrap."""
    cells = json.loads(chapter.read_text("utf8"))["cells"]
    return {
        cell["id"]: "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and cell["id"] != "bootstrap"
    }


def statements_of(chapter: Path) -> dict[str, str]:
    """Return the statement of each claim by its id, as the stored outputs show them."""
    found = {}
    for cell in json.loads(chapter.read_text("utf8"))["cells"]:
        for output in cell.get("outputs", ()):
            for data in CARD.findall("".join(output.get("data", {}).get("text/html", ""))):
                card = json.loads(html.unescape(data))
                found[card["id"]] = card["statement"]
    return found


def code_hash(chapter: Path) -> str:
    """Return a number for what a chapter computes, in hexadecimal digits.

    Comments, layout and docstrings do not change it, and neither do a claim's words: its
    statement, source, condition, and the text of its measurement. What `holds` and `expected`
    say does, and so does all other code, that of drawings as well. The helpers' own code is
    not part of it.

    Raises
    ------
    SyntaxError
        If a cell is not plain Python.
    """
    forms = [
        _form(ast.parse(source, f"{chapter.name}, cell {name}"))
        for name, source in cells_of(chapter).items()
    ]
    return hashlib.sha256(repr(forms).encode()).hexdigest()[:16]


def _form(node: object) -> object:
    """Return a syntax tree as lists, alike in every Python, which `ast.dump` is not."""
    if isinstance(node, list):
        return [_form(item) for item in node if not _is_text(item)]
    if not isinstance(node, ast.AST):
        return node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "claim":
        kept = [keyword for keyword in node.keywords if keyword.arg not in WORDS]
        node = ast.Call(node.func, node.args[1:], kept)
    if isinstance(node, ast.JoinedStr):  # Python 3.12 ends some with an empty text
        node = ast.JoinedStr([part for part in node.values if getattr(part, "value", 0) != ""])
    fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
    return [type(node).__name__, *((name, _form(value)) for name, value in fields)]


def _is_text(node: object) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def read(chapter: Path) -> dict | None:
    """Return a chapter's record; None if there is none.

    Returns
    -------
    dict or None
        ``code``, the hash of the code that was repeated; ``times``, how often; ``failed``, how
        many of these ended with an error; ``claims``, for each id ``held``, the number of
        repetitions in which the measurement came out as the text says, ``of`` all. A repetition
        that failed counts as one in which the claims did not hold that it did not reach.
    """
    path = path_of(chapter)
    return json.loads(path.read_text("utf8")) if path.is_file() else None


def write(chapter: Path, record: dict) -> None:
    """Store a chapter's record, with a line for each claim."""
    claims = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(record['claims'][name], sort_keys=True)}"
        for name in sorted(record["claims"])
    )
    head = [f'  "{key}": {json.dumps(record[key])}' for key in ("code", "failed", "times")]
    text = ",\n".join([f'{{\n  "claims": {{\n{claims}\n  }}', *head]) + "\n}\n"
    path_of(chapter).write_text(text, encoding="utf8")


def problems(chapters: list[Path]) -> list[str]:
    """Return what is wrong with the chapters' records.

    Parameters
    ----------
    chapters : list of Path
        Notebooks, with their outputs stored.

    Returns
    -------
    list of str
        One sentence each, which says what to do; empty when all is well. A chapter without
        claims needs no record.
    """
    found = []
    for chapter in chapters:
        for name, source in cells_of(chapter).items():
            found += [f"{chapter}: {name}: {sentence}" for sentence in unshifted(source)]
        statements, record = statements_of(chapter), read(chapter)
        mend = f"run `make repeat NAME={chapter.stem}` and commit {path_of(chapter).name}"
        if not statements and record is None:
            continue
        if record is None:
            found.append(f"{chapter}: was never repeated; {mend}")
        elif record["code"] != code_hash(chapter):
            found.append(f"{chapter}: its code is not what was repeated; {mend}")
        elif missing := [text for name, text in statements.items() if name not in record["claims"]]:
            found.append(f"{chapter}: no repetition measured {missing[0]!r}; {mend}")
        elif record["times"] < TIMES:
            found.append(f"{chapter}: repeated {record['times']} times, not {TIMES}; {mend}")
    return found


def falling(chapters: list[Path]) -> list[str]:
    """Return the claims whose verdict does not stand, one line each.

    A verdict stands when the measurement agrees with the text in 95 % of the repetitions.
    """
    lines = []
    for chapter in chapters:
        record, statements = read(chapter), statements_of(chapter)
        for name, count in sorted(record["claims"].items()) if record else ():
            if count["held"] < STANDS * count["of"]:
                text = statements.get(name, name)
                lines.append(f"{chapter.stem}: {text} held in {count['held']} of {count['of']}")
    return lines


def main() -> int:
    """Check all records; the exit status is 1 if one is missing or stale."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a chapter; all unless given")
    parser.add_argument("--check", action="store_true", required=True)
    try:
        found = problems(chapters_named(parser.parse_args().names))
    except ValueError as error:
        parser.error(str(error))
    print("\n".join(found), end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
