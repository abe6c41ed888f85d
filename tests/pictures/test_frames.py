import io

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from helpers import figures
from helpers.pictures import frames

pytestmark = pytest.mark.filterwarnings("error")

channel = st.integers(0, 255)


@pytest.fixture(autouse=True)
def no_figure_is_left_open():
    yield
    assert plt.get_fignums() == []


def decode(data, file_format):
    image = Image.open(io.BytesIO(data))
    assert image.format == file_format
    return np.asarray(image.convert("RGB")).astype(int)


def noise(height, width):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def test_a_picture_has_the_pixels_that_savefig_writes():
    with matplotlib.rc_context():
        figures.use_book_style()
        fig, ax = plt.subplots(figsize=(2, 1.5), dpi=80)
        ax.plot([0, 1, 4, 9], label="square")
        ax.legend()
        saved = io.BytesIO()
        fig.savefig(saved, format="png")
        image = frames.picture(fig)
    assert (image.mode, image.size) == ("RGB", (160, 120))
    np.testing.assert_array_equal(np.asarray(image), decode(saved.getvalue(), "PNG"))


def test_a_picture_is_drawn_without_pyplot_too():
    image = frames.picture(Figure(figsize=(1, 2), dpi=30, facecolor=(0, 1, 0)))
    assert image.size == (30, 60)
    assert image.getcolors() == [(1800, (0, 255, 0))]


def test_a_figure_is_closed_and_others_stay_open():
    other = plt.figure()
    frames.picture(plt.figure(figsize=(1, 1), dpi=20))
    assert plt.get_fignums() == [other.number]
    plt.close(other)


def test_a_figure_that_cannot_be_drawn_is_closed():
    fig = plt.figure(figsize=(1, 1), dpi=20)
    fig.text(0, 0, r"$\notacommand$")
    with pytest.raises(ValueError, match="notacommand"):
        frames.picture(fig)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda: None, r"not NoneType \(it returned nothing: end it with `return fig`\)"),
        (lambda: plt.subplots()[1], r"not Axes\. Make one with `fig, ax = plt\.subplots\(\)`"),
        (plt.subplots, "not tuple"),
        (lambda: "figure", "not str"),
    ],
)
def test_what_is_not_a_figure_is_refused_with_advice(returned, message):
    plt.figure()  # what a function that returns nothing leaves behind
    with pytest.raises(TypeError, match=message):
        frames.picture(returned())


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(channel, channel, channel, st.sampled_from([0, 128, 255])), min_size=1),
    st.integers(1, 15),
    st.integers(1, 15),
)
def test_a_small_picture_is_stored_without_loss(colors, width, height):
    pixels = np.resize(np.array(colors, dtype=np.uint8), (height, width, 4))
    pixels[pixels[..., 3] == 0] = 0  # what is not seen has no color
    stored = Image.open(io.BytesIO(frames.webp(Image.fromarray(pixels, "RGBA"))))
    np.testing.assert_array_equal(np.asarray(stored.convert("RGBA")), pixels)


def test_a_large_photo_is_stored_in_the_smaller_way():
    image = noise(200, 200).convert("RGBA")
    lossless = io.BytesIO()
    image.save(lossless, "WEBP", lossless=True, method=2)
    data = frames.webp(image)
    assert frames.EXACT < len(data) < len(lossless.getvalue())
    assert decode(data, "WEBP").shape == (200, 200, 3)


def test_png_is_exact():
    image = noise(40, 30)
    np.testing.assert_array_equal(decode(frames.png(image), "PNG"), np.asarray(image))
