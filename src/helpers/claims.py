"""`claim`: a sentence of the text beside the measurement that decides it."""

from __future__ import annotations

import html
import json
import re

from IPython.display import display


class ClaimError(AssertionError):
    """A measurement contradicts what the text says."""


def claim(
    statement: str,
    holds: bool,
    *,
    measured: str,
    source: str,
    expected: bool = True,
    only_when: str | None = None,
) -> None:
    """Show a claim with its verdict and measurement; fail if the text says otherwise.

    Parameters
    ----------
    statement : str
        The claim, one plain sentence, unique in the book.
    holds : bool
        What was measured: whether the statement held. Leave a margin around the number it
        depends on, so that another machine's last digits do not change the verdict.
    measured : str
        The number that decides it, with its unit.
    source : str
        Who makes the claim: a paper, a lecture, or "this chapter".
    expected : bool
        What the text says. With ``False`` the text reports that the claim does not hold here.
    only_when : str, optional
        The condition, where the text says that the claim holds only under one.

    Raises
    ------
    ClaimError
        If `holds` differs from `expected`.
    ValueError
        If the statement or the measurement is empty, or `only_when` is given for a claim that
        is not expected to hold.

    Notes
    -----
    The verdict is plain text that is the same on every machine. The measured number may differ
    in its last digits; it stands after ``measured:`` so that a comparison can leave it out.
    """
    if not statement.strip() or not measured.strip() or not source.strip():
        raise ValueError("a claim needs a statement, what was measured, and a source")
    if only_when and not expected:
        raise ValueError("only_when describes a claim that holds; leave it out or expect it to")
    if bool(holds) != expected:
        raise ClaimError(
            f"The text says that this {'holds' if expected else 'does not hold'}, the measurement "
            f"says the opposite.\n  claim:    {statement}\n  measured: {measured}\n"
            "Change the text (expected=..., only_when=...) or find out why the measurement differs."
        )
    if not expected:
        kind, verdict = "fails", "Does not hold here"
    elif only_when:
        kind, verdict = "conditional", f"Holds only when {only_when}"
    else:
        kind, verdict = "holds", "Holds"
    record = {
        "id": "claim-" + re.sub(r"[^a-z0-9]+", "-", statement.lower()).strip("-"),
        "kind": kind,
        "verdict": verdict,
        "statement": statement,
        "measured": measured,
        "source": source,
    }
    plain = f"{verdict}: {statement}\n  measured: {measured}\n  source: {source}"
    display({"text/plain": plain, "text/html": _card(record)}, raw=True)


MARKS = {"holds": "✓", "conditional": "◐", "fails": "✗"}
# The inline colors are for Jupyter and Colab; the site's style sheet refines them.
COLORS = {"holds": "#00795a", "conditional": "#9a6200", "fails": "#b03a06"}


def _card(record: dict[str, str]) -> str:
    text = {key: html.escape(value) for key, value in record.items()}
    # The record travels with the card: the Evidence page is made from it.
    data = html.escape(json.dumps({k: v for k, v in record.items() if k != "measured"}))
    return (
        f'<div class="claim claim-{record["kind"]}" id="{record["id"]}" data-claim="{data}" '
        f'style="border-left:4px solid {COLORS[record["kind"]]};padding:.3em .9em;margin:.6em 0">'
        f'<strong class="claim-verdict">{MARKS[record["kind"]]} {text["verdict"]}:</strong> '
        f'<span class="claim-statement">{text["statement"]}</span><br>'
        f'<small>measured: <span class="claim-measured">{text["measured"]}</span><br>'
        f"source: {text['source']}</small></div>"
    )
