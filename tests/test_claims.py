import json
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import claim, claims
from helpers.claims import ClaimError

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def make(monkeypatch):
    """Make a claim and return its plain text and its card."""
    return lambda *args, **kwargs: shown(monkeypatch, *args, **kwargs)


def shown(monkeypatch, statement="Momentum overshoots.", holds=True, **keywords):
    bundles = []
    monkeypatch.setattr(claims, "display", lambda data, raw: bundles.append(data) if raw else None)
    keywords = {"measured": "0.664 % at x = 5", "source": "Polyak (1964)", **keywords}
    assert claim(statement, holds, **keywords) is None
    [bundle] = bundles
    assert set(bundle) == {"text/plain", "text/html"}
    [card] = BeautifulSoup(bundle["text/html"], "html.parser").find_all(recursive=False)
    return bundle["text/plain"], card


VERDICTS = [
    ({}, True, "holds", "Holds", "✓"),
    ({"only_when": "the rate is small"}, True, "conditional",
     "Holds only when the rate is small", "◐"),
    ({"expected": False}, False, "fails", "Does not hold here", "✗"),
]  # fmt: skip


@pytest.mark.parametrize(("keywords", "holds", "kind", "verdict", "mark"), VERDICTS)
def test_the_verdict_is_what_the_text_says_and_the_measurement_confirms(
    make, keywords, holds, kind, verdict, mark
):
    plain, card = make(holds=holds, **keywords)
    assert plain == (
        f"{verdict}: Momentum overshoots.\n  measured: 0.664 % at x = 5\n  source: Polyak (1964)"
    )
    assert card["class"] == ["claim", f"claim-{kind}"]
    assert card.strong.text == f"{mark} {verdict}:"
    assert card.select_one(".claim-statement").text == "Momentum overshoots."
    assert card.select_one(".claim-measured").text == "0.664 % at x = 5"
    # The words say it all; the color only repeats them.
    assert card.get_text(" ", strip=True) == (
        f"{mark} {verdict}: Momentum overshoots. measured: 0.664 % at x = 5 source: Polyak (1964)"
    )


@pytest.mark.parametrize(("keywords", "holds", "kind", "verdict", "mark"), VERDICTS)
def test_the_record_for_the_evidence_page_is_the_same_on_every_machine(
    make, keywords, holds, kind, verdict, mark
):
    record = json.loads(make(holds=holds, **keywords)[1]["data-claim"])
    assert record == {
        "id": "claim-momentum-overshoots",
        "kind": kind,
        "verdict": verdict,
        "statement": "Momentum overshoots.",
        "source": "Polyak (1964)",
    }
    plain, card = make(holds=holds, measured="0.665 % at x = 5", **keywords)
    assert json.loads(card["data-claim"]) == record
    # What a comparison of outputs leaves out is on one line, after "measured:".
    first = make(holds=holds, **keywords)[0]
    assert re.sub(r"measured: .*", "", plain) == re.sub(r"measured: .*", "", first)


@pytest.mark.parametrize(
    ("keywords", "holds", "says"),
    [({}, False, "holds"), ({"only_when": "x"}, False, "holds"),
     ({"expected": False}, True, "does not hold")],
)  # fmt: skip
def test_a_contradiction_names_the_claim_and_the_measurement(make, keywords, holds, says):
    with pytest.raises(ClaimError) as caught:
        make(holds=holds, **keywords)
    message = str(caught.value)
    assert isinstance(caught.value, AssertionError)
    assert f"The text says that this {says}, the measurement says the opposite" in message
    assert "claim:    Momentum overshoots." in message
    assert "measured: 0.664 % at x = 5" in message
    assert "Change the text (expected=..., only_when=...) or find out why" in message


@pytest.mark.parametrize("holds", [np.True_, np.float64(1) < 2, 1])
def test_a_measured_bool_may_come_from_numpy(make, holds):
    assert make(holds=holds)[0].startswith("Holds:")
    with pytest.raises(ClaimError):
        make(holds=holds, expected=False)


@pytest.mark.parametrize("field", ["statement", "measured", "source"])
@pytest.mark.parametrize("text", ["", " \n"])
def test_no_part_may_be_empty(make, field, text):
    with pytest.raises(ValueError, match="needs a statement, what was measured, and a source"):
        make(**{field: text})


def test_a_condition_needs_a_claim_that_holds(make):
    with pytest.raises(ValueError, match="only_when describes a claim that holds; leave it out"):
        make(holds=False, expected=False, only_when="the rate is small")


@settings(max_examples=60, deadline=None)
@given(*[st.text("<>&\"'/a =", min_size=1).filter(str.strip)] * 4)
def test_no_text_can_leave_its_place(statement, measured, source, condition):
    with pytest.MonkeyPatch.context() as patch:
        plain, card = shown(patch, statement, measured=measured, source=source, only_when=condition)
    assert {tag.name for tag in card.find_all(True)} == {"strong", "span", "br", "small"}
    assert set(card.attrs) == {"class", "id", "data-claim", "style"}
    assert card.select_one(".claim-statement").text == statement
    assert card.select_one(".claim-measured").text == measured
    assert card.strong.text == f"◐ Holds only when {condition}:"
    record = json.loads(card["data-claim"])
    assert (record["statement"], record["source"]) == (statement, source)


@settings(deadline=None)
@given(st.text(min_size=1).filter(str.strip))
def test_an_id_is_a_word_for_a_url(statement):
    with pytest.MonkeyPatch.context() as patch:
        card = shown(patch, statement)[1]
    assert re.fullmatch(r"claim-([a-z0-9]+(-[a-z0-9]+)*)?", card["id"])


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SGD doesn't need 2/λ steps.", "claim-sgd-doesn-t-need-2-steps"),
        ("  Spaces, and -- dashes!  ", "claim-spaces-and-dashes"),
        # Two long claims that begin alike stay apart.
        ("word " * 20 + "end", "claim-" + "word-" * 20 + "end"),
    ],
)
def test_an_id_is_made_of_the_words(make, statement, name):
    card = make(statement)[1]
    assert card["id"] == name == json.loads(card["data-claim"])["id"]
