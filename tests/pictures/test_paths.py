"""Paths as text: what is left out is not missed."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path

from helpers.pictures.paths import LONGEST, path_data

places = st.lists(st.tuples(*[st.integers(-40, 40)] * 2), min_size=2, max_size=60)


def drawn(data):
    """The points of a path of lines, from its text."""
    head, _, rest = data.partition("l")
    steps = np.array([int(n) for n in re.findall(r"-?\d+", rest)]).reshape(-1, 2)
    start = np.array([int(n) for n in re.findall(r"-?\d+", head)])
    return np.cumsum([start, *steps], axis=0)


def line(points):
    return path_data(np.array(points, float), np.array([1] + [2] * (len(points) - 1)))


def distance(point, polyline):
    """From a point to the nearest place on a polyline."""
    a, b = polyline[:-1].astype(float), polyline[1:].astype(float)
    step = b - a
    square = np.maximum((step**2).sum(1), 1e-12)
    along = np.clip(((point - a) * step).sum(1) / square, 0, 1)
    return np.hypot(*(a + along[:, None] * step - point).T).min()


@settings(max_examples=300, deadline=None)
@given(places)
def test_every_point_is_on_the_line_within_a_tenth_of_a_point(points):
    kept = drawn(line(points))
    assert kept[0].tolist() == list(points[0])
    assert kept[-1].tolist() == list(points[-1])
    assert {tuple(p) for p in kept.tolist()} <= set(points)
    if len(kept) > 1:
        assert max(distance(np.array(p), kept) for p in points) <= 1.0 + 1e-9


def test_a_circle_of_many_points_needs_few():
    angle = np.linspace(0, 2 * np.pi, 3000)
    points = 1000 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert 3000 / LONGEST <= len(drawn(line(points))) < 250


def test_a_line_that_turns_back_keeps_its_tip():
    assert line([(0, 0), (5, 0), (100, 0), (0, 0), (0, 50)]) == "M0 0l100 0-100 0 0 50"


@pytest.mark.parametrize(("code", "letter"), [(Path.CURVE3, "q"), (Path.CURVE4, "c")])
def test_curves_are_kept_whole(code, letter):
    count = {"q": 2, "c": 3}[letter]
    points = np.arange(2 * (count + 1), dtype=float).reshape(-1, 2)
    data = path_data(points, np.array([1] + [code] * count))
    assert data.startswith(f"M0 1{letter}") and len(re.findall(r"\d+", data)) == 2 * (count + 1)


def test_what_is_infinitely_far_is_a_number():
    assert path_data(np.array([[0.0, 0], [1e300, 0]]), np.array([1, 2])) == "M0 0l10000000 0"
