import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from matplotlib.mathtext import MathTextParser

from helpers import surfaces

NAMES = ["ackley", "saddle", "rosenbrock", "beale", "bowl", "plateau"]
every_surface = pytest.mark.parametrize("surface", surfaces.ALL.values(), ids=surfaces.ALL.keys())


# The oracle: the formulas as published, in torch, which differentiates them itself.
def ackley(x, y):
    cone = -20 * torch.exp(-0.2 * torch.sqrt((x**2 + y**2) / 2))
    waves = -torch.exp((torch.cos(2 * torch.pi * x) + torch.cos(2 * torch.pi * y)) / 2)
    return cone + waves + 20 + np.e


PUBLISHED = {
    "ackley": ackley,
    "saddle": lambda x, y: x**2 - y**2,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "beale": lambda x, y: (
        (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
    ),
    "bowl": lambda x, y: (x**2 + 50 * y**2) / 2,
    "plateau": lambda x, y: (x**2 / 4 + y**2) / (1 + x**2 / 4 + y**2),
}


def points_in(surface, n, stretch=1.0):
    low, high = np.transpose(surface.domain) * stretch
    return np.random.default_rng(0).uniform(low, high, size=(n, 2))


def grid_over(domain, n=401):
    return np.stack(np.meshgrid(*(np.linspace(low, high, n) for low, high in domain)), axis=-1)


def test_all_holds_every_surface_by_name():
    assert list(surfaces.ALL) == NAMES
    for name, surface in surfaces.ALL.items():
        assert surface.name == name
        assert surface is getattr(surfaces, name)


@every_surface
@pytest.mark.parametrize("stretch", [0.1, 1.0, 3.0])
def test_value_and_gradient_equal_torch(surface, stretch):
    points = points_in(surface, 500, stretch)
    tensor = torch.tensor(points, requires_grad=True)
    value = PUBLISHED[surface.name](tensor[:, 0], tensor[:, 1])
    value.sum().backward()
    np.testing.assert_allclose(surface.value(points), value.detach(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(surface.gradient(points), tensor.grad, rtol=1e-11, atol=1e-12)


@every_surface
@given(data=st.data())
def test_gradient_equals_finite_differences(surface, data):
    point = np.array([data.draw(st.floats(low, high)) for low, high in surface.domain])
    h = 1e-3
    assume(surface.name != "ackley" or np.hypot(*point) > 0.1)  # the cone has no slope at its tip
    for axis in range(2):
        step = h * np.eye(2)[axis]
        near = surface.value(point + step) - surface.value(point - step)
        far = surface.value(point + 2 * step) - surface.value(point - 2 * step)
        slope = (8 * near - far) / (12 * h)  # fourth order
        gradient = surface.gradient(point)[axis]
        assert abs(gradient - slope) < 1e-7 * (1 + abs(slope) + abs(surface.value(point)))


@pytest.mark.parametrize(
    "name, point, value",
    [
        ("ackley", (1, 1), 3.6253849384403627),
        ("saddle", (3, 2), 5.0),
        ("rosenbrock", (-1.2, 1), 24.2),  # the usual start
        ("beale", (1, 1), 14.203125),
        ("bowl", (2, 1), 27.0),
        ("plateau", (2, 0), 0.5),
    ],
)
def test_known_values(name, point, value):
    assert surfaces.ALL[name].value(np.array(point, float)) == pytest.approx(value, rel=1e-13)


@pytest.mark.parametrize(
    "name, minima",
    [
        ("ackley", [(0, 0)]),
        ("saddle", np.empty((0, 2))),
        ("rosenbrock", [(1, 1)]),
        ("beale", [(3, 0.5)]),
        ("bowl", [(0, 0)]),
        ("plateau", [(0, 0)]),
    ],
)
def test_minima_are_the_published_ones(name, minima):
    assert np.array_equal(surfaces.ALL[name].minima, minima)


@every_surface
def test_minima_are_stationary_and_at_height_zero(surface):
    assert np.all(surface.value(surface.minima) == 0)
    assert np.all(surface.gradient(surface.minima) == 0)


@every_surface
def test_everything_around_a_minimum_is_higher(surface):
    angles = np.linspace(0, 2 * np.pi, 360)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for minimum in surface.minima:
        for radius in (1e-4, 1e-2, 0.1):
            assert np.all(surface.value(minimum + radius * ring) > 0)


@every_surface
def test_nothing_in_the_domain_is_lower_than_the_minima(surface):
    lowest = surface.value(grid_over(surface.domain)).min()
    assert lowest < 0 if len(surface.minima) == 0 else lowest >= 0


@every_surface
def test_minima_lie_inside_the_domain(surface):
    for low, high, coordinate in zip(*np.transpose(surface.domain), surface.minima.T, strict=True):
        assert low < high
        assert np.all((low < coordinate) & (coordinate < high))


def test_ackley_is_lowest_at_the_origin_over_the_searched_domain():
    grid = grid_over([(-32.768, 32.768)] * 2, n=655)  # 0.1 apart: ten points to each ripple
    values = surfaces.ackley.value(grid)
    assert np.hypot(*grid.reshape(-1, 2)[values.argmin()]) < 0.1
    assert "32.768" in surfaces.ackley.source


def test_ackley_gradient_is_zero_at_the_tip_only():
    points = np.array([[0.0, 0.0], [1e-9, 0.0], [0.0, -1e-9]])
    gradient = surfaces.ackley.gradient(points)
    assert np.array_equal(gradient[0], [0.0, 0.0])
    # The cone's slope: d/dr of -20 exp(-0.2 r / sqrt 2) at r = 0.
    np.testing.assert_allclose(gradient[1:], np.diag([1, -1]) * 20 * 0.2 / np.sqrt(2), atol=1e-6)


def test_ackley_gradient_is_right_where_the_tangent_is_infinite():
    points = np.array([[0.5, 1.0], [-1.5, 2.5], [3.0, -0.5]])  # cos(pi x) = 0
    tensor = torch.tensor(points, requires_grad=True)
    ackley(tensor[:, 0], tensor[:, 1]).sum().backward()
    np.testing.assert_allclose(surfaces.ackley.gradient(points), tensor.grad, atol=1e-13)


def hessian(surface, point, h=1e-5):
    steps = h * np.eye(2)
    return (surface.gradient(point + steps) - surface.gradient(point - steps)) / (2 * h)


def test_saddle_curves_up_and_down():
    assert np.array_equal(surfaces.saddle.gradient(np.zeros(2)), [0, 0])
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian(surfaces.saddle, np.zeros(2))), [-2, 2])


def test_bowl_has_condition_number_50():
    np.testing.assert_allclose(
        np.linalg.eigvalsh(hessian(surfaces.bowl, np.array([0.3, -0.7]))), [1, 50]
    )


def test_plateau_has_one_stationary_point():
    grid = grid_over([(-50, 50), (-50, 50)])
    grid = grid[np.hypot(grid[..., 0], grid[..., 1]) > 1e-9]
    outward = np.sum(surfaces.plateau.gradient(grid) * grid, axis=-1)
    assert np.all(outward > 0)  # it rises along every ray from the minimum


def test_plateau_is_mostly_an_almost_flat_shelf():
    grid = grid_over(surfaces.plateau.domain)
    slope = np.linalg.norm(surfaces.plateau.gradient(grid), axis=-1)
    assert np.mean(slope < 0.1 * slope.max()) > 0.5
    assert np.mean(surfaces.plateau.value(grid) > 0.8) > 0.5
    assert np.sum(slope == 0) == 1  # exactly flat at the minimum and nowhere else


@every_surface
@pytest.mark.parametrize("shape", [(2,), (1, 2), (5, 2), (7, 4, 2), (0, 2)])
def test_any_leading_shape_works_point_by_point(surface, shape):
    points = np.random.default_rng(1).uniform(-1, 1, size=shape)
    before = points.copy()
    value, gradient = surface.value(points), surface.gradient(points)
    assert np.shape(value) == shape[:-1]
    assert gradient.shape == shape
    assert value.dtype == gradient.dtype == np.float64
    for index in np.ndindex(shape[:-1]):
        np.testing.assert_allclose(value[index], surface.value(points[index]), rtol=1e-13)
        np.testing.assert_allclose(gradient[index], surface.gradient(points[index]), rtol=1e-13)
    assert np.array_equal(points, before)


@every_surface
def test_gradient_is_a_new_array(surface):
    points = np.ones((3, 2))
    first = surface.gradient(points)
    kept = first.copy()
    surface.gradient(points)[:] = 99
    assert np.array_equal(first, kept)
    assert np.all(points == 1)


@every_surface
def test_lists_integers_and_single_precision_are_computed_in_float64(surface):
    exact = surface.gradient(np.array([[1.0, 2.0]]))
    for points in ([[1, 2]], np.array([[1, 2]]), np.array([[1, 2]], np.float32)):
        assert surface.gradient(points).dtype == np.float64
        assert np.array_equal(surface.gradient(points), exact)


@every_surface
@pytest.mark.parametrize("points", [1.0, np.zeros(3), np.zeros((2, 3)), np.zeros((2, 1))])
def test_points_of_another_shape_are_refused(surface, points):
    for function in (surface.value, surface.gradient):
        with pytest.raises(ValueError, match=r"\(\.\.\., 2\).*got shape"):
            function(points)


@every_surface
def test_a_surface_cannot_be_changed_by_accident(surface):
    with pytest.raises(dataclasses.FrozenInstanceError):
        surface.title = "Another"
    with pytest.raises(ValueError, match="read-only"):
        surface.minima[:] = 0


@every_surface
def test_formula_is_valid_mathematics(surface):
    MathTextParser("agg").parse(f"${surface.formula}$")
    assert surface.title and surface.source
