"""The date figure: the browser's network equals torch's, and Python checks what it is given."""

import base64
import re

import numpy as np
import pytest
from date_reader import (
    ENGINE,
    LETTERS,
    MODULE,
    SYMBOLS,
    largest_difference,
    random_texts,
    random_weights,
)
from engine_page import LOAD, engine

from helpers.client_figures.date_alignment import figure
from helpers.client_figures.date_alignment.figure import (
    alignment_poster,
    date_alignment,
    weight_shapes,
)


@pytest.fixture(scope="module")
def engine_page(browser):
    page = browser.new_page()
    page.evaluate(LOAD, ENGINE)
    yield page
    page.close()


@pytest.mark.parametrize(
    ("n_letters", "n_symbols", "hidden", "longest", "length"),
    [(len(LETTERS), 11, 24, 36, 10), (5, 11, 3, 8, 10), (2, 2, 1, 3, 1), (24, 7, 16, 60, 25)],
)
def test_the_engine_equals_torch(engine_page, n_letters, n_symbols, hidden, longest, length):
    letters, symbols = LETTERS[:n_letters], SYMBOLS[:n_symbols]
    for seed in range(4):
        weights = random_weights(n_letters, n_symbols, hidden, seed)
        texts = random_texts(letters, 15, longest, seed)
        gap = largest_difference(engine_page, weights, letters, symbols, texts, length)
        assert gap < 1e-10, (seed, gap)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("candidate + update * (old - candidate)", "old + update * (candidate - old)"),
        ("reset * g[2 * size + i]", "g[2 * size + i]"),
        ("part ? codes.length - 1 - k : k", "k"),
        ("Math.tanh(q[i] + value)", "(q[i] + value)"),
        ("last, model.start, hidden).map(Math.tanh)", "last, model.start, hidden)"),
        ("+= weights[i] * v", "+= v / states.length"),
        ("let previous = symbols.length", "let previous = 0"),
        ("previous = chances.indexOf", "chances.indexOf"),
        ("symbols.length, 0, out_b)", "symbols.length)"),
        ("part * size * 3 * size", "0"),
        ("part * 3 * size)", "0)"),
    ],
)
def test_a_wrong_engine_would_be_caught(browser, right, wrong):
    page = browser.new_page()
    page.evaluate(LOAD, engine(MODULE, replace=[(MODULE, right, wrong)]))
    weights = random_weights(len(LETTERS), 11, 8, 0)
    texts = random_texts(LETTERS, 10, 20, 0)
    assert largest_difference(page, weights, LETTERS, SYMBOLS, texts, 10) > 1e-4
    page.close()


def test_too_few_weights_are_an_error(engine_page):
    text = base64.b64encode(np.zeros(10, "<f4").tobytes()).decode()
    stored = {"letters": "ab", "symbols": "01", "hidden": 2, "weights": text}
    message = engine_page.evaluate(
        "stored => { try { engine.loadModel(stored); } catch (e) { return e.message; } }", stored
    )
    assert message.startswith("10 weights instead of ")


def arguments(**changes):
    text, answer = "3 abc 2021", "2021-03-03"
    return {
        "weights": random_weights(len(LETTERS), len(SYMBOLS), 6, 0),
        "letters": LETTERS, "symbols": SYMBOLS, "text": text, "answer": answer,
        "alignment": np.full((10, len(text)), 1 / len(text)), "longest": 12,
        "examples": ["1.1.21", text], **changes,
    }


@pytest.fixture
def shown(monkeypatch):
    calls = []
    monkeypatch.setattr(figure, "js_figure", lambda module, **rest: calls.append((module, rest)))
    return calls


def test_the_first_state(shown):
    given = arguments()
    date_alignment(**given)
    [(module, rest)] = shown
    assert module == "date_alignment"
    assert "3 abc 2021" in rest["alt"] and "2021-03-03" not in rest["alt"]
    assert (rest["text"], rest["row"], rest["name"]) == ("3 abc 2021", 6, "")
    model = rest["model"]
    numbers = np.frombuffer(base64.b64decode(model.pop("weights")), "<f4")
    expected = np.concatenate([
        given["weights"][name].ravel() for name in weight_shapes(len(LETTERS), 11, 6)
    ])
    np.testing.assert_array_equal(numbers, expected)
    assert model == {"letters": LETTERS, "symbols": SYMBOLS, "hidden": 6, "longest": 12,
                     "length": 10, "examples": ["1.1.21", "3 abc 2021"]}


def without(name):
    weights = random_weights(len(LETTERS), len(SYMBOLS), 6, 0)
    del weights[name]
    return weights


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": "3 März", "alignment": np.full((10, 6), 1 / 6)}, "cannot read ['M', 'r', 'z'"),
        ({"examples": ["zzz"]}, "cannot read ['z']"),
        ({"examples": []}, "at least one text"),
        ({"longest": 5}, "must have 1 to 5 characters"),
        ({"row": 11}, "row must be between 1 and 10"),
        ({"alignment": np.ones((10, 3))}, "must have the shape (10, 10)"),
        ({"alignment": np.ones((10, 10))}, "must sum to 1"),
        ({"weights": without("score")}, "missing or unknown weights: score"),
        ({"weights": without("query")}, "missing or unknown weights: query"),
        ({"weights": {**without("out"), "out": np.zeros((3, 3))}}, "'out' must have the shape"),
        ({"weights": {**without("score"), "score": np.full(6, np.nan)}}, "'score' is not finite"),
        ({"weights": random_weights(len(LETTERS), 11, 40, 0)}, "use a smaller network"),
    ],
)
def test_wrong_arguments_say_what_to_do(shown, changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        date_alignment(**arguments(**changes))
    assert not shown


def test_the_poster_shows_the_matrix():
    alignment = np.eye(3)[[0, 2]]
    fig = alignment_poster("a b", "20", alignment)
    [image] = fig.axes[0].get_images()
    np.testing.assert_array_equal(image.get_array(), alignment)
    assert [t.get_text() for t in fig.axes[0].get_xticklabels()] == ["a", "␣", "b"]
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == ["2", "0"]
