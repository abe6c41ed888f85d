"""Drawings look as matplotlib's own pictures do, in a browser; and store every element once."""

import io
import re

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image, ImageFilter

from helpers import figures
from helpers.optimization import surfaces
from helpers.pictures import colors, frames, palette, vectors

pytestmark = pytest.mark.filterwarnings("error")

SIZE = (4, 2.5)  # inches
WIDTH = int(SIZE[0] * 160)  # pixels


def lines(ax):
    x = np.linspace(0, 6, 200)
    for k, style in enumerate(("-", "--", (0, (1, 1, 4, 1)), ":")):
        ax.plot(x, np.sin(x + k), linestyle=style, linewidth=1 + k)
    ax.plot(x, 5 * np.tan(x), color="0.6", zorder=0)  # beyond the axes, and infinite
    ax.set_ylim(-1.5, 1.5)


def gaps(ax):
    x = np.linspace(0.1, 1, 50)
    y = np.sin(9 * x)
    y[20:25], y[40] = np.nan, np.inf
    ax.plot(x, y)
    ax.fill_between(x, y - 0.1, y + 0.1, alpha=0.3)
    ax.fill_between(x, y, 0, where=y > 0)
    ax.plot(x, np.full(50, np.nan))
    ax.fill_between(x, np.where(x < 0.5, 1e300, 1), 1.5, color="C3")
    ax.set_ylim(-2, 2)


def markers(ax):
    for k, mark in enumerate("osD^vPX*.x+"):
        ax.plot([k, k + 1], [k % 3, 2], mark, markersize=5 + k, markeredgecolor="k")
    ax.plot([0, 5, 10], [0.5, np.nan, 1.5], "o-", markevery=[0, 2], alpha=0.4)


def words(ax):
    ax.set_title(r"Loss $\frac{1}{2}\|x_i^{2} - \hat{y}\|$ of Ünïcode, −1")
    ax.text(0.5, 0.5, "turned", rotation=60, ha="center", va="center", fontsize=16)
    ax.text(0.1, 0.8, "two\nlines", color="C1", alpha=0.5, bbox={"facecolor": "C2"})
    ax.annotate("here", (0.7, 0.2), (0.9, 0.9), arrowprops={"arrowstyle": "->"})
    ax.set(xlabel="step $t$", ylabel="a long label")


def bars(ax):
    fills, hatches = ["C0", "#8F97A9", "w", "k"], ["", "/", "x", ""]
    ax.bar(range(4), [1, 3, 2, 4], color=fills, edgecolor="k", hatch=hatches)
    ax.fill_between([0, 1, 2, 3], [0, 1, 0, 2], [2, 2, 3, 3], alpha=0.3, color="C1")
    ax.legend(["bars"], loc="upper left")


def ground(ax):
    figures.draw_surface(ax, surfaces.ALL["beale"], resolution=60)
    figures.draw_paths(ax, {"SGD": np.array([[1, 1], [2, 1.5], [3, 0.5]])}, legend=False)


def picture(ax):
    ax.imshow(np.random.default_rng(0).random((6, 9)), cmap="gray")
    ax.text(4, 3, "on it", color="red", fontsize=20)


def cloud(ax):
    rng = np.random.default_rng(0)
    ax.scatter(*rng.normal(size=(2, 60)), s=rng.uniform(4, 80, 60), c=rng.random(60), alpha=0.7)


DRAWN = [lines, gaps, markers, words, bars, ground, picture, cloud]


def make(fill):
    fig, ax = plt.subplots(figsize=SIZE)
    fill(ax)
    return fig


def in_browser(page, drawing):
    """What a browser shows, as an image."""
    svg = vectors.svg(drawing, "a plot")
    page.set_content(f'<body style="margin:0"><div style="width:{WIDTH}px">{svg}</div></body>')
    return Image.open(io.BytesIO(page.locator("svg").screenshot())).convert("RGB")


def difference(first, second):
    """The largest difference after a blur, which forgives how edges are smoothed."""
    first, second = (
        np.asarray(image.filter(ImageFilter.GaussianBlur(4)), dtype=float)
        for image in (first, second)
    )
    return np.abs(first - second).max()


@pytest.fixture(scope="module")
def page(browser):
    context = browser.new_context(viewport={"width": WIDTH, "height": 420})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("pixels", [False, True])
@pytest.mark.parametrize("fill", DRAWN)
def test_a_drawing_looks_like_the_picture(page, fill, pixels):
    with matplotlib.rc_context():
        figures.use_book_style()
        expected = frames.picture(make(fill))
        shown = in_browser(page, vectors.draw(make(fill), "plot", pixels))
    assert shown.size == expected.size
    assert difference(shown, expected) < 40


def test_the_comparison_notices_a_moved_label_and_a_missing_line(page):
    with matplotlib.rc_context():
        figures.use_book_style()
        expected = frames.picture(make(words))
        drawing = vectors.draw(make(words), "plot")
    letters = [i for i, element in enumerate(drawing.elements) if element.startswith("<g ")]
    right = re.compile(r"translate\((\d+)")
    moved = right.sub(lambda m: f"translate({int(m[1]) + 60}", drawing.elements[letters[0]])
    drawing.elements[letters[0]] = moved
    assert difference(in_browser(page, drawing), expected) > 40
    del drawing.elements[letters[0]]
    assert difference(in_browser(page, drawing), expected) > 40


def test_a_surface_in_space_becomes_a_picture_with_letters_around_it():
    def drawn(pixels):
        fig, ax = plt.subplots(subplot_kw={"projection": "3d"})
        figures.draw_surface_3d(ax, surfaces.ALL["saddle"])
        return vectors.draw(fig, "plot", pixels)

    full, small = drawn(False), drawn(True)
    assert len(full.elements) > 5000
    assert len(small.elements) < 100
    assert sum(element.startswith("<image") for element in small.elements) == 1
    assert small.glyphs == full.glyphs


def test_a_figure_is_closed_and_keeps_its_resolution():
    fig = plt.figure(figsize=(1, 1), dpi=33)
    assert vectors.draw(fig, "plot").size == (720, 720)
    assert fig.dpi == 33
    assert plt.get_fignums() == []


def test_the_white_sheet_is_left_to_the_page():
    assert vectors.draw(Figure(figsize=(1, 1), facecolor="w"), "p").elements == []
    [sheet] = vectors.draw(Figure(figsize=(1, 1), facecolor="#123456"), "p").elements
    assert 'fill="#123456"' in sheet


def test_what_is_no_figure_is_told_how_to_become_one():
    with pytest.raises(TypeError, match="end it with `return fig`"):
        vectors.draw(None, "plot")


def test_what_cannot_be_drawn_says_what_to_do():
    fig, ax = plt.subplots()
    ax.pcolormesh(np.random.default_rng(0).random((3, 3)), shading="gouraud")
    with pytest.raises(NotImplementedError, match="use shading='nearest'"):
        vectors.draw(fig, "plot")
    assert plt.get_fignums() == []


def test_ids_begin_with_the_name_or_are_letters():
    def ids(name):
        drawing = vectors.draw(make(bars), name)
        found = set(re.findall(r' id="([^"]+)"', vectors.svg(drawing, "", glyphs=False)))
        used = re.findall(r"url\(#([^)]+)\)", "".join(drawing.elements))
        assert found == set(used), "what is named is there"
        return found

    assert ids("one") and not ids("one") & ids("two")
    letters = vectors.draw(make(words), "one").glyphs
    assert all(re.fullmatch(r"glyph-[\w-]+", name) for name in letters)


def test_no_label_ends_the_element():
    assert 'aria-label="&quot;&gt;&lt;b&gt;"' in vectors.svg(vectors.Drawing((1, 1)), '"><b>')


# Packing


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefg"), max_size=12), min_size=1, max_size=8))
def test_packed_frames_are_the_frames(rows):
    packed = vectors.pack([vectors.Drawing((1, 1), list(row)) for row in rows])
    assert len(packed["elements"]) == len(set(packed["elements"]))
    for runs, row in zip(packed["frames"], rows, strict=True):
        numbers = []
        for first, count in zip(runs[::2], runs[1::2], strict=True):
            numbers += range(first, first + count)
        assert [packed["elements"][i] for i in numbers] == row


def test_a_still_frame_costs_nothing():
    def drawn(k):
        fig, ax = plt.subplots()
        ax.plot([0, 1], [0, k])
        ax.set_ylim(0, 2)
        return vectors.draw(fig, "plot")

    drawings = [drawn(1), drawn(2)]
    packed = vectors.pack(drawings)
    assert len(packed["elements"]) == len(drawings[0].elements) + 1


# Colors


def contrast(first, second):
    def light(value):
        c = np.array([int(value[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        return c @ [0.2126, 0.7152, 0.0722]

    high, low = sorted([light(first), light(second)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", sorted({c.lower() for c in palette.COLORS.values()}))
def test_the_palette_is_seen_on_a_dark_page_and_on_its_darkest_and_lightest_ground(color):
    dark = colors.dark(color)
    assert contrast(dark, colors.PAPER) > 4.5
    assert contrast(dark, colors.dark(palette.GROUND[0])) > 4.5
    assert contrast(dark, colors.dark(palette.GROUND[-1])) > 2.4


def test_the_palette_stays_different_on_dark_pages():
    turned = [colors.dark(c.lower()) for c in palette.CYCLE]
    assert len(set(turned)) == len(palette.CYCLE)


def test_low_ground_is_darker_on_dark_pages_too():
    bands = [sum(int(colors.dark(c)[i : i + 2], 16) for i in (1, 3, 5)) for c in palette.GROUND]
    assert bands == sorted(bands) and bands[0] < bands[-1]


def test_grays_turn_and_other_colors_stay():
    assert colors.dark("#ffffff") == colors.PAPER
    assert colors.dark("#000000") == colors.INK
    assert colors.dark("#dce9f5") is None
    assert colors.variable((0, 0, 0)) == "var(--rgb-000000,#000000)"
    assert colors.variable((0, 0, 0), fixed=True) == "#000000"
    assert colors.variable((0.1, 0.9, 0.2)) == "#1ae633"


def test_what_stands_on_a_picture_does_not_turn_with_the_page():
    def labelled(color, place):
        fig, ax = plt.subplots()
        ax.imshow(np.random.default_rng(0).random((4, 4)))
        ax.text(*place, "label", color=color)
        drawing = vectors.draw(fig, "plot")
        return [e for e in drawing.elements if e.startswith("<g ") and e.count("<use") == 5][-1]

    assert 'fill="#ffffff"' in labelled("w", (1, 1))
    assert 'fill="var(--rgb-000000,#000000)"' in labelled("k", (5, 1))


def test_what_stands_on_a_large_colored_area_does_not_turn_either():
    fig, ax = plt.subplots()
    ax.axvspan(0, 1, color="#DCE9F5")
    ax.plot([0.2, 0.8], [0.2, 0.8], "o", color="k")
    circles = [e for e in vectors.draw(fig, "plot").elements if e.startswith("<circle")]
    assert len(circles) == 2
    assert all('fill="#000000"' in circle for circle in circles)
