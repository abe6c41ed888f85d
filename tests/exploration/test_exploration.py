import importlib
import itertools
import json
import math
import re
from functools import partial

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from helpers import choice, explore, slider
from helpers.exploration import static
from helpers.exploration.exploration import Exploration
from helpers.exploration.static import sweep_html
from helpers.pictures import vectors
from helpers.static_page import embed_json

explore_module = importlib.import_module("helpers.exploration.explore")  # the function hides it
pytestmark = pytest.mark.filterwarnings("error")


def colored(color):
    """A figure of 20 by 20 pixels in one color (three numbers up to 255)."""
    return Figure(figsize=(1, 1), dpi=20, facecolor=[c / 255 for c in color])


def draw(rate, kind):
    """Curves of a rate and a kind."""
    return colored((rate * 20, 0 if kind == "plain" else 255, 9))


CONTROLS = {"rate": slider(0, 10, 3), "kind": choice("plain", "fancy")}


@pytest.fixture
def shown(monkeypatch):
    """What a cell shows, as a list of bundles."""
    bundles = []
    monkeypatch.setattr(
        explore_module, "display", lambda data, raw: bundles.append(data) if raw else None
    )
    return bundles


def sweep(fn, alt=None, **controls):
    """The parts of the static element: itself, its picture, its description and its frames."""
    soup = BeautifulSoup(sweep_html(Exploration(fn, alt, controls)), "html.parser")
    [figure] = soup.find_all(recursive=False)
    [element] = figure.find_all(recursive=False)
    spec, frames = (json.loads(script.string) for script in element.find_all("script"))
    return element, element.svg, spec, frames


def expanded(frames, k):
    """The elements of one frame."""
    runs = frames["frames"][k]
    numbers = [
        i for first, n in zip(runs[::2], runs[1::2], strict=True) for i in range(first, first + n)
    ]
    return [frames["elements"][i] for i in numbers]


def elements(figure):
    return vectors.draw(figure, "fn").elements


# The static element


@st.composite
def grids(draw):
    """The number of values of one or two controls, of at most 120 frames together."""
    first = draw(st.integers(2, 60))
    if draw(st.booleans()):
        return (first,)
    return (first, draw(st.integers(2, 120 // first)))


@settings(max_examples=25, deadline=None)
@given(grids(), st.integers(1, 150), st.data())
def test_a_sweep_has_the_picture_of_every_state_once(shape, repeat, data):
    """Over any grid; some states look the same."""
    defaults = [data.draw(st.integers(0, n - 1)) for n in shape]
    calls = []

    def number(state):
        a, b = [*state.values(), "v0"][:2]
        return int(a) * (shape + (1,))[1] + int(b[1:])

    def look(k):
        return k * (k - 1) // 2 % repeat  # repetitions stand between new pictures

    def picture(**state):
        k = look(number(state))
        return colored((k, 3 * k % 256, 255 - k))

    def fn(**state):
        """Colors."""
        calls.append(state)
        return picture(**state)

    names = ["a", "b"][: len(shape)]
    makers = (
        lambda n, i: slider(0, n - 1, n, integer=True, default=i),
        lambda n, i: choice(*(f"v{k}" for k in range(n)), default=f"v{i}"),
    )
    controls = {
        name: make(n, i) for name, make, n, i in zip(names, makers, shape, defaults, strict=False)
    }
    _, picture_shown, spec, frames = sweep(fn, **controls)

    values = [control.values for control in controls.values()]
    grid = [dict(zip(names, state, strict=True)) for state in itertools.product(*values)]
    assert calls == grid
    assert len(frames["frames"]) == math.prod(shape)
    assert len(frames["elements"]) == len(set(frames["elements"]))
    assert len(frames["elements"]) == len({look(k) for k in range(math.prod(shape))})
    for k, state in enumerate(grid):
        # The order is the one the page's script reads: the last control moves fastest.
        assert k == number(state)
    for state in data.draw(st.lists(st.sampled_from(grid), min_size=1, max_size=6)):
        assert expanded(frames, number(state)) == elements(picture(**state))
    shown_first = dict(zip(names, (c.values[c.default] for c in controls.values()), strict=True))
    first = "".join(expanded(frames, number(shown_first)))
    assert picture_shown.g.decode_contents() == BeautifulSoup(first, "html.parser").decode()
    assert [control["value"] for control in spec["controls"]] == defaults


def cloud(view):
    """A cloud of points that turns, far more than a page should hold as elements."""
    points = np.random.default_rng(0).normal(size=(4000, 3))
    fig, ax = plt.subplots(figsize=(2, 1.5))
    ax.scatter(points[:, 0] * np.cos(view) + points[:, 2] * np.sin(view), points[:, 1], s=1)
    return fig


@pytest.mark.parametrize("weight", [0, 10**9])
def test_a_cloud_becomes_pixels_where_they_are_smaller(weight, monkeypatch):
    """Below the weight from which it is tried, and where the pixels win."""
    monkeypatch.setattr(static, "HEAVY", weight)
    frames = sweep(cloud, view=slider(0, 3, 4))[3]
    pictures = [element for element in frames["elements"] if element.startswith("<image")]
    assert len(pictures) == (0 if weight else 4)
    assert len(json.dumps(frames)) < 300_000 or weight


def test_pixels_are_not_taken_where_they_are_larger(monkeypatch):
    monkeypatch.setattr(static, "HEAVY", 0)

    def discs(view):
        """Large discs of many colors, few enough to be elements."""
        rng = np.random.default_rng(view)
        fig, ax = plt.subplots(figsize=(6, 4))
        ax.scatter(*rng.random((2, 101)), s=2000, c=rng.random((101, 3)), alpha=0.4)
        return fig

    frames = sweep(discs, view=slider(1, 3, 2, integer=True))[3]
    assert not any("<image" in element for element in frames["elements"])


def test_letters_that_the_first_frame_lacks_come_with_the_frames():
    def title(kind):
        """A title."""
        fig, ax = plt.subplots(figsize=(2, 1.5))
        ax.set_axis_off()
        ax.set_title(kind)
        return fig

    _, svg, _, frames = sweep(title, kind=choice("ab", "bc"))
    used = {use["href"][1:] for element in frames["elements"]
            for use in BeautifulSoup(element, "html.parser").find_all("use")}  # fmt: skip
    here = {path["id"] for path in svg.find("defs").find_all("path")}
    assert len(used) == 3 and len(here) == 2
    assert here | frames["glyphs"].keys() == used
    assert not here & frames["glyphs"].keys()


def test_the_element_describes_itself_and_its_controls():
    element, picture, spec, _ = sweep(
        draw, rate=slider(0, 10, 3, label="rate (1/s)", play=True), kind=choice("plain", "fancy")
    )
    assert (element.name, element["id"]) == ("figure-sweep", "draw")
    assert [child.name for child in element.children] == ["svg", "script", "script"]
    assert {script["type"] for script in element.find_all("script")} == {"application/json"}
    assert picture["viewbox"] == "0 0 720 720"
    assert picture["role"] == "img"
    assert picture["aria-label"] == "Curves of a rate and a kind: rate (1/s) 5, kind plain"
    assert element.parent.name == "figure"
    assert element.parent["data-caption"] == "Curves of a rate and a kind"
    assert spec["alt"] == "Curves of a rate and a kind"
    assert spec["controls"] == [
        {"name": "rate", "label": "rate (1/s)", "texts": ["0", "5", "10"], "value": 1,
         "kind": "range", "play": True},
        {"name": "kind", "label": "kind", "texts": ["plain", "fancy"], "value": 0,
         "kind": "select", "play": False},
    ]  # fmt: skip


def test_underscores_in_a_name_are_spaces():
    element = sweep(one_color, learning_rate=slider(0, 1, 2))[0]
    assert element.svg["aria-label"].endswith(": learning rate 1")


def one_color(learning_rate):
    """One color."""
    return colored((0, 0, 0))


HOSTILE = ["</script><b>", "<!--<script>", "]]>", "\u2028", "&lt;", "\"'", "</figure-sweep>"]


@given(st.lists(st.sampled_from(HOSTILE), min_size=1).map(lambda parts: f"a{''.join(parts)}z"))
@settings(max_examples=40, deadline=None)
def test_no_text_can_leave_its_place(text):
    """Neither the script element nor the alternative text ends early, and both say the text."""
    control = choice(text, "other", label=text)
    element, picture, spec, _ = sweep(one_color, text, learning_rate=control)
    state = f"{text} {text}"
    assert [child.name for child in element.children] == ["svg", "script", "script"]
    assert picture["aria-label"] == f"{text}: {state}"
    assert element.parent["data-caption"] == text
    assert spec["controls"][0]["label"] == text
    assert spec["controls"][0]["texts"] == [text, "other"]
    # A browser leaves the script at "</script" and never after "<!--<script": no "<", no danger.
    assert not any("<" in script.string for script in element.find_all("script"))


hostile = st.text("<>/&\"'\\s!-é") | st.sampled_from(HOSTILE)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | hostile,
        lambda inner: st.lists(inner) | st.dictionaries(st.text("<k/"), inner),
        max_leaves=8,
    )
)
def test_embedded_json_says_the_same_without_a_bracket(data):
    text = embed_json(data)
    assert json.loads(text) == data
    assert "<" not in text


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_a_browser_cannot_parse_is_not_embedded(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        embed_json({"rate": number})


def test_the_limits_are_two_controls_and_120_frames():
    calls = []

    def fn(**state):
        """Nothing yet."""
        calls.append(state)
        return colored((0, 0, 0))

    three = {name: choice("x", "y") for name in "abc"}
    with pytest.raises(ValueError, match=r"fn has 3 controls, a static figure at most 2: fix one"):
        sweep(fn, **three)
    with pytest.raises(
        ValueError,
        match=r"fn has 11 \(a\) × 11 \(second one\) = 121 frames, a static figure at most 120: "
        r"give slider\(\.\.\., steps=\.\.\.\) fewer values",
    ):
        sweep(fn, a=slider(0, 1, 11), b=slider(0, 1, 11, label="second one"))
    with pytest.raises(ValueError, match="121 frames"):
        sweep(fn, a=slider(0, 1, 121))
    assert calls == []  # found out before the work
    assert len(sweep(fn, a=slider(0, 1, 120))[3]["frames"]) == len(calls) == 120


def fails_at_five(rate, kind):
    """Curves."""
    if (rate, kind) == (5, "fancy"):
        raise ZeroDivisionError("no rate left")
    return draw(rate, kind)


def test_a_failure_names_the_combination():
    with pytest.raises(
        RuntimeError,
        match="fails_at_five failed for rate 5, kind fancy: ZeroDivisionError: no rate left",
    ) as caught:
        sweep(fails_at_five, **CONTROLS)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    ("result", "advice"),
    [(None, r"end it with `return fig`"), ("axes", "not Axes.*plt.subplots"), ("text", "not str")],
)
def test_what_is_not_a_figure_names_the_combination(result, advice):
    def fn(rate):
        """Curves."""
        return plt.subplots()[1] if result == "axes" else result

    with pytest.raises(RuntimeError, match=f"fn failed for rate 0: TypeError: .*{advice}"):
        sweep(fn, rate=slider(0, 1, 2))
    assert plt.get_fignums() == []


def test_frames_have_one_size():
    def fn(rate):
        """Curves."""
        return Figure(figsize=(1 + rate, 1), dpi=20)

    with pytest.raises(RuntimeError, match="2 × 1 inches for rate 1 after frames of 1 × 1: every"):
        sweep(fn, rate=slider(0, 2, 3))


def test_figures_are_closed():
    def fn(rate):
        """Curves."""
        return plt.figure(figsize=(1, 1), dpi=20)

    sweep(fn, rate=slider(0, 1, 30))
    assert plt.get_fignums() == []


def test_the_work_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("HELPERS_PROGRESS", str(tmp_path / "log"))
    sweep(draw, **CONTROLS)
    assert (tmp_path / "log").read_text().endswith("  draw [" + 20 * "#" + "] 6/6 frames\n")


# The same cell in both modes


def test_the_cell_is_static_only_while_the_site_is_built(shown, monkeypatch):
    widget = "application/vnd.jupyter.widget-view+json"
    for value, kind in (("1", "text/html"), ("0", widget), (None, widget)):
        monkeypatch.delenv("HELPERS_STATIC", raising=False)
        if value is not None:
            monkeypatch.setenv("HELPERS_STATIC", value)
        assert explore(draw, **CONTROLS) is None
        assert set(shown[-1]) == {"text/plain", kind}
    assert shown[0]["text/html"].startswith("<figure class=")
    assert {bundle["text/plain"] for bundle in shown} == {
        "Interactive figure: Curves of a rate and a kind (rate: 0 to 10; kind: plain to fancy)"
    }


# What is wrong is said before anything is drawn


def undescribed(rate):
    return colored((0, 0, 0))


class Callable:
    """An object that can be called."""

    def __call__(self, rate):
        return colored((0, 0, 0))


RATE = slider(0, 1, 2)


@pytest.mark.parametrize("static", ["0", "1"])
@pytest.mark.parametrize(
    ("fn", "controls", "error", "message"),
    [
        (draw, {}, TypeError, r"needs a control, for example rate=slider\(0\.01, 1, log=True\)"),
        (draw, {"rate": [1, 2]}, TypeError,
         r"'rate' is a list; write rate=slider\(start, stop\) or rate=choice\(option, option\)"),
        (draw, {"rate": 0.5}, TypeError, "'rate' is a float; write rate=slider"),
        (draw, {"rate": RATE}, TypeError,
         r"the controls \(rate\) do not fit draw: missing a required argument: 'kind'"),
        (draw, {**CONTROLS, "speed": RATE}, TypeError,
         r"the controls \(rate, kind, speed\) do not fit draw: .*unexpected keyword.*'speed'"),
        (lambda rate: None, {"rate": RATE}, TypeError, "function with a name: .* with `def`"),
        (partial(draw, kind="plain"), {"rate": RATE}, TypeError, "function with a name"),
        (Callable(), {"rate": RATE}, TypeError, "function with a name"),
        (undescribed, {"rate": RATE}, ValueError,
         r"undescribed needs a docstring \(or alt=\.\.\.\): its first line describes the figure"),
    ],
)  # fmt: skip
def test_a_mistake_is_explained(fn, controls, error, message, static, shown, monkeypatch):
    monkeypatch.setenv("HELPERS_STATIC", static)
    with pytest.raises(error, match=message):
        explore(fn, **controls)
    assert shown == []


@pytest.mark.parametrize("alt", ["", "  ", "."])
def test_an_empty_text_is_no_alternative(alt):
    with pytest.raises(ValueError, match="needs a docstring"):
        Exploration(undescribed, alt, {"rate": RATE})


def test_the_alternative_text_is_one_line():
    def fn(rate):
        """A hill.

        More about it.
        """

    assert Exploration(fn, None, {"rate": RATE}).alt == "A hill"
    assert Exploration(fn, "A valley.\nAnd a hill.", {"rate": RATE}).alt == "A valley"


def test_a_function_may_have_more_arguments_with_defaults():
    def fn(rate, size=20):
        """Curves."""
        return colored((size, 0, 0))

    assert re.fullmatch("Curves: rate 1", sweep(fn, rate=RATE)[1]["aria-label"])
