"""`claim`: a sentence of the text beside the measurement that decides it."""

from __future__ import annotations

import html
import json
import os
import re

from IPython.display import display

from . import sources


class ClaimError(AssertionError):
    """A measurement contradicts what the text says."""


# How the text and a message call what was measured, or expected
WORDS = {True: "holds", False: "does not hold", None: "is not decided"}
MARKS = {"holds": "✓", "conditional": "◐", "fails": "✗", "undecided": "?"}
# The inline colors are for Jupyter and Colab; the site's style sheet refines them.
COLORS = {
    "holds": "#00795a",
    "conditional": "#9a6200",
    "fails": "#b03a06",
    "undecided": "#6d4fb3",
}


def claim(
    statement: str,
    holds: bool | None,
    *,
    measured: str,
    source: str | tuple[str, ...],
    expected: bool | None = True,
    only_when: str | None = None,
    identity: bool = False,
) -> None:
    """Show a claim with its verdict and measurement; fail if the text says otherwise.

    Parameters
    ----------
    statement : str
        The claim, one plain sentence, unique in the book.
    holds : bool or None
        What was measured: whether the statement held. ``None`` where the spread is larger than
        the difference, so that the measurement does not decide. Leave a margin around the number
        it depends on, so that another machine's last digits do not change the verdict.
    measured : str
        The number that decides it, with its unit.
    source : str or tuple of str
        Who makes the claim: keys of ``book/references.bib``, several separated by ``", "``; or
        "this chapter".
    expected : bool or None
        What the text says. With ``False`` the text reports that the claim does not hold here,
        with ``None`` that the measurement does not decide it.
    only_when : str, optional
        The condition, where the text says that the claim holds only under one.
    identity : bool, default False
        Whether the claim is true by algebra, or agreement with torch by construction: it cannot
        come out otherwise unless the code is wrong. All other claims are experiments.

    Raises
    ------
    ClaimError
        If `holds` differs from `expected`.
    ValueError
        If the statement or the measurement is empty, if `source` names no work of the
        bibliography, if `only_when` is given for a claim that is not expected to hold, or
        `identity` for one that is not.

    Notes
    -----
    The verdict is plain text that is the same on every machine. The measured number may differ
    in its last digits; it stands after ``measured:`` so that a comparison can leave it out.

    If the environment variable ``HELPERS_CLAIMS`` names a file, the chapter is being repeated:
    a line with the outcome is added to that file, nothing is shown, and no `ClaimError` is raised.
    """
    if not statement.strip() or not measured.strip():
        raise ValueError("a claim needs a statement and what was measured")
    if only_when and expected is not True:
        raise ValueError("only_when describes a claim that holds; leave it out or expect it to")
    if identity and expected is not True:
        raise ValueError("an identity is true; a claim that may fail is an experiment")
    keys = sources.keys_of(source)
    name = "claim-" + re.sub(r"[^a-z0-9]+", "-", statement.lower()).strip("-")
    found, expected = (x if x is None else bool(x) for x in (holds, expected))
    if path := os.environ.get("HELPERS_CLAIMS"):
        line = {"id": name, "statement": statement, "holds": found, "expected": expected}
        with open(path, "a", encoding="utf8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
        return
    if found is not expected:
        raise ClaimError(_contradiction(statement, measured, found, expected))
    record = {
        "id": name,
        "kind": "identity" if identity else "experiment",
        **_verdict(expected, only_when),
        "statement": statement,
        "measured": measured,
        "keys": keys,
        "source": sources.names_of(keys),
    }
    plain = (
        f"{record['verdict']}: {statement}\n  measured: {measured}\n"
        f"  source: {record['source']}\n  kind: {record['kind']}"
    )
    display({"text/plain": plain, "text/html": _card(record)}, raw=True)


def _verdict(expected: bool | None, only_when: str | None) -> dict[str, str]:
    """Return the outcome, a word for programs, and the verdict, words for readers."""
    if expected is None:
        return {"outcome": "undecided", "verdict": "Not decided here"}
    if not expected:
        return {"outcome": "fails", "verdict": "Does not hold here"}
    if only_when:
        return {"outcome": "conditional", "verdict": f"Holds only when {only_when}"}
    return {"outcome": "holds", "verdict": "Holds"}


def _contradiction(statement: str, measured: str, found: bool | None, expected: bool | None) -> str:
    """Say what differs, and what to do."""
    if found is None:
        todo = (
            "Let the text say so (expected=None), or repeat the experiment until its spread is "
            "smaller than the difference."
        )
    else:
        todo = (
            "Change the text (expected=..., only_when=...) or find out why the measurement differs."
        )
    return (
        f"The text says that this {WORDS[expected]}, the measurement says that it {WORDS[found]}."
        f"\n  claim:    {statement}\n  measured: {measured}\n{todo}"
    )


def _card(record: dict[str, str | list[str]]) -> str:
    text = {key: html.escape(value) for key, value in record.items() if key != "keys"}
    # The record travels with the card: the site's cards and its Evidence page are made from it.
    data = html.escape(json.dumps({k: v for k, v in record.items() if k != "measured"}))
    color = COLORS[record["outcome"]]
    return (
        f'<div class="claim claim-{record["outcome"]}" id="{record["id"]}" data-claim="{data}" '
        f'style="border-left:4px solid {color};padding:.3em .9em;margin:.6em 0">'
        f'<strong class="claim-verdict">{MARKS[record["outcome"]]} {text["verdict"]}:</strong> '
        f'<span class="claim-statement">{text["statement"]}</span> '
        f'<a class="claim-link" href="#{record["id"]}" aria-label="Link to this claim">¶</a><br>'
        f'<small>measured: <span class="claim-measured">{text["measured"]}</span><br>'
        f'source: <span class="claim-source">{text["source"]}</span><br>'
        f'<span class="claim-kind">{record["kind"]}</span></small></div>'
    )
