import json
import re

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import claim, claims, sources
from helpers.claims import ClaimError

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def make(monkeypatch):
    """Make a claim and return its plain text and its card."""
    monkeypatch.delenv("HELPERS_CLAIMS", raising=False)
    return lambda *args, **kwargs: shown(monkeypatch, *args, **kwargs)


def shown(monkeypatch, statement="Momentum overshoots.", holds=True, **keywords):
    bundles = []
    monkeypatch.setattr(claims, "display", lambda data, raw: bundles.append(data) if raw else None)
    keywords = {"measured": "0.664 % at x = 5", "source": "polyak1964", **keywords}
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
    ({"expected": None}, None, "undecided", "Not decided here", "?"),
    ({"identity": True}, True, "holds", "Holds", "✓"),
]  # fmt: skip


@pytest.mark.parametrize(("keywords", "holds", "outcome", "verdict", "mark"), VERDICTS)
def test_the_verdict_is_what_the_text_says_and_the_measurement_confirms(
    make, keywords, holds, outcome, verdict, mark
):
    kind = "identity" if "identity" in keywords else "experiment"
    plain, card = make(holds=holds, **keywords)
    assert plain == (
        f"{verdict}: Momentum overshoots.\n  measured: 0.664 % at x = 5\n"
        f"  source: Polyak (1964)\n  kind: {kind}"
    )
    assert card["class"] == ["claim", f"claim-{outcome}"]
    assert card.strong.text == f"{mark} {verdict}:"
    assert card.select_one(".claim-statement").text == "Momentum overshoots."
    assert card.select_one(".claim-measured").text == "0.664 % at x = 5"
    assert card.select_one(".claim-source").text == "Polyak (1964)"
    assert card.select_one(".claim-kind").text == kind
    # The words say it all; the color only repeats them.
    assert card.get_text(" ", strip=True) == (
        f"{mark} {verdict}: Momentum overshoots. ¶ measured: 0.664 % at x = 5 "
        f"source: Polyak (1964) {kind}"
    )


def test_each_verdict_has_a_mark_and_a_color_of_its_own():
    outcomes = {outcome for _, _, outcome, _, _ in VERDICTS}
    for table in (claims.MARKS, claims.COLORS):
        assert set(table) == outcomes
        assert len(set(table.values())) == len(outcomes)


@pytest.mark.parametrize(("keywords", "holds", "outcome", "verdict", "mark"), VERDICTS)
def test_the_record_for_the_site_is_the_same_on_every_machine(
    make, keywords, holds, outcome, verdict, mark
):
    record = json.loads(make(holds=holds, **keywords)[1]["data-claim"])
    assert record == {
        "id": "claim-momentum-overshoots",
        "kind": "identity" if "identity" in keywords else "experiment",
        "outcome": outcome,
        "verdict": verdict,
        "statement": "Momentum overshoots.",
        "keys": ["polyak1964"],
        "source": "Polyak (1964)",
    }
    plain, card = make(holds=holds, measured="0.665 % at x = 5", **keywords)
    assert json.loads(card["data-claim"]) == record
    # What a comparison of outputs leaves out is on one line, after "measured:".
    first = make(holds=holds, **keywords)[0]
    assert re.sub(r"measured: .*", "", plain) == re.sub(r"measured: .*", "", first)


WORDS = {True: "holds", False: "does not hold", None: "is not decided"}


@pytest.mark.parametrize("expected", WORDS)
@pytest.mark.parametrize("holds", WORDS)
def test_a_contradiction_names_the_claim_and_the_measurement(make, holds, expected):
    if holds is expected:
        make(holds=holds, expected=expected)
        return
    with pytest.raises(ClaimError) as caught:
        make(holds=holds, expected=expected)
    message = str(caught.value)
    assert isinstance(caught.value, AssertionError)
    assert (
        f"The text says that this {WORDS[expected]}, the measurement says that it {WORDS[holds]}."
    ) in message
    assert "claim:    Momentum overshoots." in message
    assert "measured: 0.664 % at x = 5" in message
    if holds is None:
        assert "(expected=None), or repeat the experiment" in message
    else:
        assert "Change the text (expected=..., only_when=...) or find out why" in message


@pytest.mark.parametrize("keywords", [{"only_when": "x"}, {"identity": True}])
def test_a_condition_or_algebra_excuses_nothing(make, keywords):
    with pytest.raises(ClaimError, match="this holds, the measurement says that it does not hold"):
        make(holds=False, **keywords)


@pytest.mark.parametrize("holds", [np.True_, np.float64(1) < 2, 1])
def test_a_measured_bool_may_come_from_numpy(make, holds):
    assert make(holds=holds)[0].startswith("Holds:")
    assert make(holds=holds, expected=np.True_)[0].startswith("Holds:")
    for expected in (False, None):
        with pytest.raises(ClaimError):
            make(holds=holds, expected=expected)


@pytest.mark.parametrize("field", ["statement", "measured"])
@pytest.mark.parametrize("text", ["", " \n"])
def test_no_part_may_be_empty(make, field, text):
    with pytest.raises(ValueError, match="needs a statement and what was measured"):
        make(**{field: text})


@pytest.mark.parametrize("expected", [False, None])
def test_a_condition_needs_a_claim_that_holds(make, expected):
    with pytest.raises(ValueError, match="only_when describes a claim that holds; leave it out"):
        make(holds=expected, expected=expected, only_when="the rate is small")


@pytest.mark.parametrize("expected", [False, None])
def test_an_identity_is_true(make, expected):
    with pytest.raises(ValueError, match="a claim that may fail is an experiment"):
        make(holds=expected, expected=expected, identity=True)


# Sources


@pytest.mark.parametrize(
    ("source", "keys", "text"),
    [
        ("this chapter", [], "this chapter"),
        ("he2015", ["he2015"], "He et al. (2015)"),
        ("he2015, qiu2023", ["he2015", "qiu2023"], "He et al. (2015); Qiu (2023)"),
        (("he2015", "qiu2023"), ["he2015", "qiu2023"], "He et al. (2015); Qiu (2023)"),
    ],
)
def test_a_source_is_named_by_its_key(make, source, keys, text):
    plain, card = make(source=source)
    assert f"\n  source: {text}\n" in plain
    record = json.loads(card["data-claim"])
    assert (record["keys"], record["source"]) == (keys, text)
    assert card.select_one(".claim-source").text == text


@pytest.mark.parametrize(
    ("source", "near"),
    [("He et al. (2015)", "he2015"), ("he2025", "he2015"), ("polyak", "polyak1964")],
)
def test_what_is_no_key_is_refused_with_those_that_are_near(make, source, near):
    with pytest.raises(ValueError, match="is no key of book/references.bib; near it: ") as caught:
        make(source=source)
    assert near in str(caught.value).split("near it: ")[1].split(". ")[0].split(", ")
    assert "make sources" in str(caught.value)


@pytest.mark.parametrize(
    "source",
    ["", " ", "common belief", "he2015, ", "he2015,qiu2023", "he2015, this chapter", ("",), ()],
)
def test_no_other_text_is_a_source(make, source):
    with pytest.raises(ValueError, match="this chapter"):
        make(source=source)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from([*sources.works()]), max_size=3)))
def test_a_source_is_a_list_of_keys_or_refused(source):
    if isinstance(source, list):
        source = ", ".join(source)
    try:
        keys = sources.keys_of(source)
    except ValueError:
        assert source != "this chapter"
        assert any(key not in sources.works() for key in source.split(", "))
    else:
        assert (", ".join(keys) or "this chapter") == source


# A chapter that is repeated


def test_a_repetition_records_what_came_out_and_goes_on(make, monkeypatch, tmp_path, capsys):
    path = tmp_path / "claims"
    monkeypatch.setenv("HELPERS_CLAIMS", str(path))
    said = {"measured": "1", "source": "this chapter"}
    claim("Äpfel fall.", True, **said)
    claim("It holds.", np.False_, **said)
    claim("It fails.", None, expected=False, **said)
    claim("Nobody knows.", True, expected=None, **said)
    lines = [json.loads(line) for line in path.read_text("utf8").splitlines()]
    assert lines == [
        {"id": "claim-pfel-fall", "statement": "Äpfel fall.", "holds": True, "expected": True},
        {"id": "claim-it-holds", "statement": "It holds.", "holds": False, "expected": True},
        {"id": "claim-it-fails", "statement": "It fails.", "holds": None, "expected": False},
        {"id": "claim-nobody-knows", "statement": "Nobody knows.", "holds": True,
         "expected": None},
    ]  # fmt: skip
    # No verdict is shown: it may be another one than the text's.
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "wrong", [{"source": "nobody"}, {"measured": ""}, {"only_when": "x", "expected": False}]
)
def test_a_repetition_forgives_no_mistake_in_the_call(monkeypatch, tmp_path, wrong):
    monkeypatch.setenv("HELPERS_CLAIMS", str(tmp_path / "claims"))
    with pytest.raises(ValueError):
        claim("It holds.", True, **{"measured": "1", "source": "this chapter", **wrong})
    assert not (tmp_path / "claims").exists()


# The card


@settings(max_examples=60, deadline=None)
@given(*[st.text("<>&\"'/a =", min_size=1).filter(str.strip)] * 3)
def test_no_text_can_leave_its_place(statement, measured, condition):
    with pytest.MonkeyPatch.context() as patch:
        plain, card = shown(patch, statement, measured=measured, only_when=condition)
    assert {tag.name for tag in card.find_all(True)} == {"strong", "span", "a", "br", "small"}
    assert set(card.attrs) == {"class", "id", "data-claim", "style"}
    assert card.select_one(".claim-statement").text == statement
    assert card.select_one(".claim-measured").text == measured
    assert card.strong.text == f"◐ Holds only when {condition}:"
    assert json.loads(card["data-claim"])["statement"] == statement


@settings(deadline=None)
@given(st.text(min_size=1).filter(str.strip))
def test_an_id_is_a_word_for_a_url_and_the_card_links_to_it(statement):
    with pytest.MonkeyPatch.context() as patch:
        card = shown(patch, statement)[1]
    assert re.fullmatch(r"claim-([a-z0-9]+(-[a-z0-9]+)*)?", card["id"])
    assert card.a["href"] == f"#{card['id']}"
    assert card.a["aria-label"] == "Link to this claim"


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
