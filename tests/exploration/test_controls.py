import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers import choice, slider

pytestmark = pytest.mark.filterwarnings("error")

steps = st.integers(2, 40)
sign = st.sampled_from([-1, 1])


def test_evenly_spaced_values_of_a_decimal_step_are_written_exactly():
    """Tenths are the nearest floats to k / 10, without the dust of repeated addition."""
    for first in range(-20, 20, 3):
        for last in range(first + 1, 21):
            control = slider(first / 10, last / 10, last - first + 1)
            assert control.values == tuple(k / 10 for k in range(first, last + 1))
            assert control.texts == tuple(f"{k / 10:g}" for k in range(first, last + 1))


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), sign, steps)
def test_a_slider_is_evenly_spaced_between_its_ends(start, span, direction, count):
    stop = start + direction * span
    assume(span > 1e-4 * abs(start))  # 12 digits tell neighbors apart
    values = np.array(slider(start, stop, count).values)
    fraction = np.arange(count) / (count - 1)
    tolerance = 1e-11 * (abs(start) + span)
    np.testing.assert_allclose(
        values, start * (1 - fraction) + stop * fraction, rtol=0, atol=tolerance
    )
    assert (np.diff(values) * direction > 0).all()
    assert values.min() >= min(start, stop) - tolerance
    assert values.max() <= max(start, stop) + tolerance


@settings(deadline=None)
@given(st.floats(1e-9, 1e9), st.floats(1.01, 1e9), st.booleans(), steps)
def test_a_logarithmic_slider_multiplies_by_a_constant(low, factor, falls, count):
    ends = (low, low * factor)
    control = slider(*(ends[::-1] if falls else ends), count, log=True)
    ratios = [b / a for a, b in pairwise(control.values)]
    expected = (1 / factor if falls else factor) ** (1 / (count - 1))
    np.testing.assert_allclose(ratios, expected, rtol=1e-10)
    np.testing.assert_allclose(sorted((control.values[0], control.values[-1])), ends, rtol=1e-11)


@settings(deadline=None)
@given(st.integers(-1000, 1000), st.integers(1, 1000), steps)
def test_an_integer_slider_has_different_whole_numbers_between_its_ends(start, span, count):
    control = slider(start, start + span, count, integer=True)
    assert all(type(v) is int for v in control.values)
    assert list(control.values) == sorted(set(control.values))
    assert (control.values[0], control.values[-1]) == (start, start + span)
    assert len(control) == min(count, span + 1) == len(control.values)
    assert control.texts == tuple(str(v) for v in control.values)


def test_an_integer_slider_rounds_and_drops_repetitions():
    assert slider(values=[1, 1.4, 2.6, 10.2], integer=True).values == (1, 3, 10)


@settings(deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 3)), min_size=2, unique=True),
    st.floats(-2e6, 2e6),
)
def test_the_default_is_the_nearest_value(values, default):
    control = slider(values=values, default=default)
    nearest = control.values[control.default]
    assert all(abs(nearest - default) <= abs(v - default) for v in control.values)


def test_the_middle_value_is_shown_first_unless_a_default_is_given():
    assert [slider(0, 1, n).default for n in (2, 3, 8, 9)] == [1, 1, 4, 4]
    assert slider(0, 1, 3, default=0).default == 0
    assert slider(0, 1, 3, default=99).default == 2


@settings(deadline=None)
@given(st.lists(st.floats(-1e7, 1e7).map(lambda v: float(f"{v:.9g}")), min_size=2, unique=True))
def test_texts_differ_and_say_the_value_to_three_digits(values):
    control = slider(values=values)
    assert control.values == tuple(values)
    assert len(set(control.texts)) == len(values)
    for value, text in zip(values, control.texts, strict=True):
        assert float(text) == pytest.approx(value, rel=5.1e-3, abs=0)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.001, 0.00123456, 1234.5, 2e6], ("0.001", "0.00123", "1230", "2e+06")),
        ([-1e-5, 0, 0.5, 99000], ("-1e-05", "0", "0.5", "99000")),
        ([0.999, 0.9995, 1], ("0.999", "0.9995", "1")),  # too close for three digits
        ([-1, -0.0], ("-1", "0")),
        ([3, 1, 2], ("3", "1", "2")),  # in the order given
    ],
)
def test_texts_are_short(values, texts):
    control = slider(values=values)
    assert control.texts == texts
    assert control.values == tuple(values)


def test_zero_inside_the_ends_is_zero():
    assert slider(0.1, -0.2, 4).texts == ("0.1", "0", "-0.1", "-0.2")
    assert slider(1e-20, 3e-20, 3).values == (1e-20, 2e-20, 3e-20)  # small is not dust


def test_format_writes_the_texts():
    control = slider(0, 1, 3, format="{:.0%}".format)
    assert control.texts == ("0%", "50%", "100%")
    assert slider(1, 3, 3, integer=True, format=lambda v: f"{v} m").texts == ("1 m", "2 m", "3 m")


def test_a_slider_carries_its_label_and_play_button():
    control = slider(0, 1, label="time (s)", play=True)
    assert (control.kind, control.label, control.play, len(control)) == (
        "range", "time (s)", True, 9,
    )  # fmt: skip
    assert not slider(0, 1).play
    with pytest.raises(dataclasses.FrozenInstanceError):
        control.play = False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, r"needs a start and a stop, or values=\[\.\.\.\]"),
        ({"start": 1}, "needs a start and a stop"),
        ({"start": 0, "stop": 1, "steps": 1}, "at least 2 steps, got 1"),
        ({"start": 0, "stop": 1, "log": True}, "positive ends, got 0 and 1; drop log=True or move"),
        ({"start": 1, "stop": -1, "log": True}, "positive ends"),
        ({"values": [1, float("nan")]}, "must be finite"),
        ({"values": [1, float("inf")]}, "must be finite"),
        ({"values": [1]}, "at least two different values"),
        ({"values": []}, "at least two different values"),
        ({"start": 0.6, "stop": 1.4, "integer": True}, "at least two different values"),
        ({"start": 1, "stop": 1}, "values must differ"),
        ({"values": [1, 2, 1]}, "values must differ"),
    ],
)
def test_a_slider_that_cannot_be_made_says_why(arguments, message):
    with pytest.raises(ValueError, match=message):
        slider(**arguments)


options = st.lists(
    st.one_of(
        st.text("aé<& ", min_size=1), st.integers(), st.floats(allow_nan=False), st.booleans()
    ),
    min_size=2,
    unique_by=str,
)


@settings(deadline=None)
@given(options, st.data())
def test_a_choice_keeps_its_options_in_order(values, data):
    index = data.draw(st.integers(0, len(values) - 1))
    control = choice(*values, default=values[index], label="x")
    assert control.values == tuple(values)
    assert control.texts == tuple(str(v) for v in values)
    assert control.default == index
    assert (control.kind, control.label, control.play) == ("select", "x", False)
    assert choice(*values).default == 0


def test_a_choice_takes_numpy_scalars():
    control = choice(np.float64(0.1), np.int64(2), np.bool_(True), default=2)
    assert control.texts == ("0.1", "2", "True")
    assert control.default == 1


@pytest.mark.parametrize("default", [0, False, ""])
def test_a_default_may_be_false_in_a_condition(default):
    assert choice("other", default, default=default).default == 1


@pytest.mark.parametrize(
    ("values", "keywords", "error", "message"),
    [
        ((), {}, ValueError, "at least two options"),
        (("a",), {}, ValueError, "at least two options"),
        (("a", "b", "a"), {}, ValueError, "look different, got a, b, a"),
        ((1, "1"), {}, ValueError, "look different, got 1, 1"),
        (("a", "b"), {"default": 0}, ValueError, "0 is not among the options a, b"),
        (("a", "b"), {"default": "c"}, ValueError, "'c' is not among the options a, b"),
        ((np.sin, np.cos), {}, TypeError, "got ufunc: offer names and look the object up"),
        (("a", None), {}, TypeError, "takes strings, numbers and booleans, got NoneType"),
        ((["a", "b"],), {}, TypeError, "got list"),
    ],
)
def test_a_choice_that_cannot_be_made_says_why(values, keywords, error, message):
    with pytest.raises(error, match=message):
        choice(*values, **keywords)
