import dataclasses
import io
import itertools
import warnings

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from helpers import figures, surfaces

OPTIMIZERS = ["SGD", "Momentum", "Nesterov", "Adagrad", "Adadelta", "RMSProp", "Adam"]
every_surface = pytest.mark.parametrize("surface", surfaces.ALL.values(), ids=surfaces.ALL.keys())


@pytest.fixture(autouse=True)
def book_style():
    with matplotlib.rc_context():
        figures.use_book_style()
        yield
    plt.close("all")


def pixels(fig):
    """The figure as drawn: uint8 of shape (height, width, 3)."""
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())[..., :3].copy()


def inside(ax):
    """The pixels inside the axes, without the frame; shape (height, width, 3)."""
    image = pixels(ax.figure)
    x0, y0, x1, y1 = np.round(ax.get_window_extent().extents).astype(int)
    return image[len(image) - y1 + 6 : len(image) - y0 - 6, x0 + 6 : x1 - 6]


def surface_axes(surface):
    ax = plt.subplots()[1]
    figures.draw_surface(ax, surface)
    return ax


def named_lines(ax):
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def zigzag(n=20):
    return np.stack([np.linspace(-1, 1, n), 0.3 * (-1.0) ** np.arange(n)], axis=-1)


def test_style_makes_white_figures_1024_pixels_wide():
    fig, ax = plt.subplots()
    ax.axis("off")
    image = pixels(fig)
    assert image.shape == (640, 1024, 3)
    assert np.all(image == 255)


def test_style_lays_figures_out_without_overlap():
    fig, axes = plt.subplots(1, 2)
    for ax in axes:
        ax.set(xlabel="step", ylabel="loss", title="Training")
    fig.canvas.draw()
    left, right = (ax.get_tightbbox() for ax in axes)
    assert left.x1 <= right.x0
    assert left.x0 >= 0 and right.x1 <= 1024 and left.y0 >= 0 and left.y1 <= 640


def test_type_is_legible_when_a_phone_shows_the_figure_350_pixels_wide():
    fig, ax = plt.subplots()
    texts = [ax.xaxis.label, ax.title, *ax.get_xticklabels(), *ax.legend([]).get_texts()]
    for text in texts:
        assert text.get_fontsize() / 72 * 350 / fig.get_figwidth() >= 9  # CSS pixels


# Color vision: severe deficiencies as simulated by Machado, Oliveira and Fernandes (2009),
# matrices on linear RGB, then the distance in CIELAB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(color, vision):
    """CIELAB coordinates of a color as seen with the given vision."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(vision) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    t = np.array(to_xyz) @ linear / [0.9505, 1.0, 1.089]
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION.values(), ids=VISION.keys())
def test_optimizer_colors_differ_for_every_reader(vision):
    for first, second in itertools.combinations(OPTIMIZERS, 2):
        distance = np.linalg.norm(
            lab(figures.COLORS[first], vision) - lab(figures.COLORS[second], vision)
        )
        assert distance > 12, (first, second, distance)


def test_a_red_green_pair_would_fail_the_color_test():
    red, green = (lab(color, VISION["deuteranopia"]) for color in ("#B05A3C", "#7A7A32"))
    assert np.linalg.norm(red - green) < 12


def test_colors_has_the_documented_names():
    assert list(figures.COLORS) == OPTIMIZERS + ["accent", "muted", "minimum"]


@every_surface
def test_surface_is_labeled_and_keeps_its_domain(surface):
    ax = surface_axes(surface)
    ax.plot([-1e3, 1e3], [-1e3, 1e3])
    assert (ax.get_xlim(), ax.get_ylim()) == surface.domain
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x$", "$y$")
    assert ax.get_aspect() == 1


@every_surface
def test_stars_mark_the_minima(surface):
    ax = surface_axes(surface)
    stars = [line.get_xydata() for line in ax.lines if line.get_marker() == "*"]
    np.testing.assert_array_equal(np.concatenate(stars), surface.minima)


@every_surface
def test_contours_leave_no_hole(surface):
    ax = surface_axes(surface)
    ax.set_facecolor("red")
    image = inside(ax).astype(int)
    assert not np.any((image[..., 0] > 200) & (image[..., 1] < 100))


@every_surface
def test_contours_are_few_flat_colors(surface):
    ax = surface_axes(surface)
    for line in list(ax.lines):
        line.remove()
    colors, counts = np.unique(inside(ax).reshape(-1, 3), axis=0, return_counts=True)
    bands = counts[counts > 0.002 * counts.sum()]
    assert 6 <= len(bands) <= 14
    assert bands.sum() > 0.95 * counts.sum()


@every_surface
def test_frames_stay_small(surface):
    file = io.BytesIO()
    Image.fromarray(pixels(surface_axes(surface).figure)).save(file, "webp", quality=82)
    assert file.tell() < 16_000


@every_surface
def test_lower_ground_is_darker(surface):
    ax = surface_axes(surface)
    for line in list(ax.lines):
        line.remove()
    image = inside(ax)
    rows, columns = image.shape[:2]
    (x0, x1), (y0, y1) = surface.domain
    x = x0 + (x1 - x0) * np.linspace(0.02, 0.98, 25)
    y = y0 + (y1 - y0) * np.linspace(0.02, 0.98, 25)
    height = surface.value(np.stack(np.meshgrid(x, y), axis=-1))
    column = np.round(np.linspace(0.02, 0.98, 25) * (columns - 1)).astype(int)
    row = np.round(np.linspace(0.98, 0.02, 25) * (rows - 1)).astype(int)
    light = image[np.ix_(row, column)].sum(axis=-1)
    order = np.argsort(height, axis=None)
    low, high = light.ravel()[order[:60]], light.ravel()[order[-60:]]
    assert low.max() < high.min()


def test_levels_are_logarithmic_only_where_that_helps():
    logarithmic = []
    for name, surface in surfaces.ALL.items():
        bands = surface_axes(surface).collections[0].levels
        assert np.all(np.diff(bands) > 0)
        if not np.allclose(np.diff(bands), bands[1] - bands[0]):
            logarithmic.append(name)
            np.testing.assert_allclose(bands[2:] / bands[1:-1], bands[2] / bands[1])
    assert logarithmic == ["rosenbrock", "beale"]


def test_resolution_sets_the_grid():
    seen = []

    def value(points):
        seen.append(points.shape)
        return surfaces.bowl.value(points)

    figures.draw_surface(
        plt.subplots()[1], dataclasses.replace(surfaces.bowl, value=value), resolution=37
    )
    assert (37, 37, 2) in seen


@every_surface
def test_landscape_is_drawn_and_labeled(surface):
    fig, ax = plt.subplots(subplot_kw={"projection": "3d"})
    figures.draw_surface_3d(ax, surface)
    image = pixels(fig).astype(int)
    assert np.mean(image[..., 2] - image[..., 0] > 8) > 0.06  # only the landscape is blue
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel()) == ("$x$", "$y$", "$f(x, y)$")


def test_landscape_ticks_of_a_steep_surface_are_heights():
    ax = plt.subplots(subplot_kw={"projection": "3d"})[1]
    figures.draw_surface_3d(ax, surfaces.rosenbrock)
    labels = [text.get_text() for text in ax.get_zticklabels()]
    assert labels == ["0", "$10^2$", "$10^3$"]
    np.testing.assert_allclose(10 * (10 ** ax.get_zticks() - 1), [0, 100, 1000], atol=1e-9)
    summit = surfaces.rosenbrock.value(np.array([-2.0, -1.0]))  # drawn on the same scale
    assert ax.get_zlim()[1] >= np.log10(1 + summit / 10) * 0.99


def test_landscape_needs_three_dimensions():
    with pytest.raises(TypeError, match="projection"):
        figures.draw_surface_3d(plt.subplots()[1], surfaces.bowl)


def test_each_optimizer_has_its_color_line_style_and_marker():
    ax = surface_axes(surfaces.bowl)
    figures.draw_paths(ax, {name: zigzag() for name in OPTIMIZERS})
    lines = named_lines(ax)
    assert list(lines) == OPTIMIZERS
    assert {name: line.get_color() for name, line in lines.items()} == {
        name: figures.COLORS[name] for name in OPTIMIZERS
    }
    assert len({line.get_marker() for line in lines.values()}) == 7
    assert len({str(line._unscaled_dash_pattern) for line in lines.values()}) == 7
    assert [text.get_text() for text in ax.get_legend().get_texts()] == OPTIMIZERS


def test_an_optimizer_looks_the_same_whatever_else_is_drawn():
    alone, together = surface_axes(surfaces.bowl), surface_axes(surfaces.bowl)
    figures.draw_paths(alone, {"Adam": zigzag()})
    figures.draw_paths(together, {"SGD": zigzag(), "Adam": zigzag()})
    first, second = named_lines(alone)["Adam"], named_lines(together)["Adam"]
    assert first.get_color() == second.get_color()
    assert first.get_marker() == second.get_marker()


def test_other_names_get_distinct_looks():
    ax = surface_axes(surfaces.bowl)
    figures.draw_paths(ax, {"step 0.1": zigzag(), "step 0.2": zigzag()})
    first, second = named_lines(ax).values()
    assert first.get_color() != second.get_color()
    assert first.get_marker() != second.get_marker()


def test_path_is_drawn_from_start_to_end_marker_over_a_white_halo():
    ax = surface_axes(surfaces.bowl)
    path = zigzag()
    figures.draw_paths(ax, {"Adam": path})
    line = named_lines(ax)["Adam"]
    np.testing.assert_array_equal(line.get_xydata(), path)
    assert line.get_markevery() == [len(path) - 1]
    halo = [other for other in ax.lines if other.get_label() == "_halo"]
    np.testing.assert_array_equal(halo[0].get_xydata(), path)
    assert to_rgb(halo[0].get_color()) == (1, 1, 1)
    assert halo[0].get_linewidth() > line.get_linewidth()
    assert halo[0].get_zorder() < line.get_zorder()
    assert any(np.array_equal(other.get_xydata(), path[:1]) for other in ax.lines)


def test_legend_can_be_left_out_and_hides_nothing():
    ax = surface_axes(surfaces.bowl)
    figures.draw_paths(ax, {"Adam": zigzag()}, legend=False)
    assert ax.get_legend() is None
    figures.draw_paths(ax, {"Adam": zigzag()})
    ax.figure.canvas.draw()
    assert ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1
    assert ax.get_legend().get_window_extent().x1 <= 1024


def test_diverging_paths_are_drawn_without_a_warning_as_far_as_they_are_finite():
    path = zigzag()
    path[10:] = [1e200, -1e250]
    path[15:] = np.nan
    path[18:] = [np.inf, 0]
    ax = surface_axes(surfaces.bowl)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures.draw_paths(ax, {"SGD": path})
        image = inside(ax)
    assert np.any(np.all(image < 40, axis=-1))  # some of the black line is in view
    assert (ax.get_xlim(), ax.get_ylim()) == surfaces.bowl.domain
    drawn = named_lines(ax)["SGD"].get_xydata()
    np.testing.assert_array_equal(drawn[:10], path[:10])
    assert np.all(np.abs(drawn[10:15]) < 1e6)
    assert np.all(np.isnan(drawn[15:]))
    assert path[10, 0] == 1e200 and path[18, 0] == np.inf  # the caller's array is left alone


@pytest.mark.parametrize("path", [np.zeros((5, 3)), np.zeros((5, 4, 2)), np.zeros((0, 2))])
def test_a_path_of_another_shape_is_named(path):
    with pytest.raises(ValueError, match="'Adam' must have shape"):
        figures.draw_paths(plt.subplots()[1], {"Adam": path})


def test_spread_draws_the_median_and_the_whole_range():
    ax = plt.subplots()[1]
    x = np.arange(4)
    runs = np.array([[1.0, 2, 3, 4], [3.0, 2, 9, 0], [2.0, 8, 4, 1]])
    figures.draw_spread(ax, x, runs, "SGD", color="#D55E00")
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), np.c_[x, [2, 2, 4, 1]])
    assert ax.lines[0].get_label() == "SGD"
    corners = ax.collections[0].get_paths()[0].vertices
    for position, low, high in zip(x, [1, 2, 3, 0], [3, 8, 9, 4], strict=True):
        at = corners[corners[:, 0] == position, 1]
        assert (at.min(), at.max()) == (low, high)
    assert to_rgb(ax.lines[0].get_color()) == to_rgb("#D55E00")
    assert tuple(ax.collections[0].get_facecolor()[0, :3]) == to_rgb("#D55E00")


def test_spreads_take_the_next_color_for_line_and_band():
    ax = plt.subplots()[1]
    for label in ("a", "b"):
        figures.draw_spread(ax, np.arange(3), np.eye(3), label)
    for line, band in zip(ax.lines, ax.collections, strict=True):
        assert tuple(band.get_facecolor()[0, :3]) == to_rgb(line.get_color())
    assert ax.lines[0].get_color() != ax.lines[1].get_color()
    assert len(ax.get_legend_handles_labels()[1]) == 2


def test_spread_leaves_out_points_where_a_run_diverged():
    runs = np.array([[1.0, np.nan, 3, 4], [3.0, 2, np.inf, 6]])
    ax = plt.subplots()[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures.draw_spread(ax, np.arange(4), runs, "SGD")
        ax.figure.canvas.draw()
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [2, np.nan, np.nan, 5])
    assert np.isnan(runs[0, 1])


@pytest.mark.parametrize(
    "x, runs",
    [
        (np.arange(4), np.zeros((2, 3))),
        (np.arange(3), np.zeros(3)),
        (np.arange(3), np.zeros((0, 3))),
        (np.zeros((3, 1)), np.zeros((2, 3))),
    ],
)
def test_spread_refuses_shapes_that_do_not_fit(x, runs):
    with pytest.raises(ValueError, match=r"runs must have shape \(seeds, n\)"):
        figures.draw_spread(plt.subplots()[1], x, runs, "SGD")
