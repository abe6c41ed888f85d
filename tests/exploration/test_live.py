import base64
import io

import matplotlib

matplotlib.use("agg")
import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from PIL import Image

from helpers import choice, slider
from helpers.exploration import live as live_module
from helpers.exploration.exploration import Exploration

pytestmark = pytest.mark.filterwarnings("error")


def draw(rate, kind):
    """One color for each rate and kind."""
    return Figure(figsize=(1, 1), dpi=20, facecolor=(rate / 255, kind == "fancy", 0))


class Live:
    """A live figure as the browser sees it, without a kernel."""

    def __init__(self, monkeypatch, fn, alt=None, **controls):
        made = []

        class VBox(widgets.VBox):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                made.append(self)

        monkeypatch.setattr(live_module.widgets, "VBox", VBox)
        self.bundle = live_module.live_bundle(Exploration(fn, alt, controls))
        [self.box] = made
        self.html, self.message, *rows = self.box.children
        self.plays = [row.children[0] if isinstance(row, widgets.HBox) else None for row in rows]
        self.inputs = [row.children[-1] if isinstance(row, widgets.HBox) else row for row in rows]

    @property
    def image(self):
        [image] = BeautifulSoup(self.html.value, "html.parser").find_all(True)
        return image

    @property
    def color(self):
        head, data = self.image["src"].split(",")
        assert head == "data:image/png;base64"
        image = Image.open(io.BytesIO(base64.b64decode(data)))
        assert image.size == (int(self.image["width"]), int(self.image["height"]))
        [(_, color)] = image.convert("RGB").getcolors()
        return color


@pytest.fixture
def live(monkeypatch):
    return lambda *args, **kwargs: Live(monkeypatch, *args, **kwargs)


CONTROLS = {"rate": slider(0, 200, 5, integer=True), "kind": choice("plain", "fancy")}


def test_the_bundle_names_the_box(live):
    figure = live(draw, **CONTROLS)
    assert figure.bundle == {
        "application/vnd.jupyter.widget-view+json": {
            "version_major": 2, "version_minor": 0, "model_id": figure.box.model_id,
        }
    }  # fmt: skip


def test_the_default_is_shown_first(live):
    figure = live(
        draw, rate=slider(0, 200, 5, default=150), kind=choice("a", "fancy", default="fancy")
    )
    assert figure.color == (150, 255, 0)
    assert figure.image["alt"] == "One color for each rate and kind: rate 150, kind fancy"
    assert figure.message.value == ""


def test_controls_are_a_slider_and_a_drop_down_list_with_their_texts(live):
    figure = live(
        draw,
        rate=slider(0, 200, 3, label="rate (1/s)", format="{:.1f}".format),
        kind=choice("plain", "fancy"),
    )
    rate, kind = figure.inputs
    assert isinstance(rate, widgets.SelectionSlider) and isinstance(kind, widgets.Dropdown)
    assert (rate.description, kind.description) == ("rate (1/s)", "kind")
    # Labels by the name of the synchronized trait: this is what reaches the browser.
    assert rate.get_state()["_options_labels"] == ("0.0", "100.0", "200.0")
    assert kind.get_state()["_options_labels"] == ("plain", "fancy")
    assert [control.style.description_width for control in figure.inputs] == ["initial"] * 2


def test_moving_a_control_changes_the_picture(live):
    figure = live(draw, **CONTROLS)
    rate, kind = figure.inputs
    for i, value in enumerate((0, 50, 100, 150, 200)):
        for j, name in enumerate(("plain", "fancy")):
            # The browser sends the index, as here.
            rate.set_state({"index": i})
            kind.set_state({"index": j})
            assert figure.color == (value, 255 * j, 0)
            assert figure.image["alt"].endswith(f"rate {value}, kind {name}")
    assert plt.get_fignums() == []


def test_every_movement_draws_once(live):
    calls = []

    def fn(rate):
        """Colors."""
        calls.append(rate)
        return Figure(figsize=(1, 1), dpi=20)

    figure = live(fn, rate=slider(0, 4, 5, integer=True, default=0))
    for i in (1, 3, 3, 0):
        figure.inputs[0].index = i
    assert calls == [0, 1, 3, 0]


def test_more_controls_and_frames_than_a_page_can_hold(live):
    def fn(a, b, c):
        """Colors."""
        return Figure(figsize=(1, 1), dpi=20, facecolor=(a / 255, b / 255, c / 255))

    figure = live(fn, **{name: slider(0, 255, 256, integer=True, default=7) for name in "abc"})
    figure.inputs[2].index = 200
    assert figure.color == (7, 7, 200)


def fails_at_100(rate):
    """Colors."""
    plt.figure()  # half drawn when the error comes
    if rate == 100:
        raise ValueError("the <b>rate</b> is 100")
    plt.close("all")
    return Figure(figsize=(1, 1), dpi=20, facecolor=(rate / 255, 0, 0))


def test_an_error_stands_in_place_until_the_next_good_frame(live):
    figure = live(fails_at_100, rate=slider(0, 200, 5, integer=True, default=50))
    [rate] = figure.inputs
    good = figure.html.value
    rate.index = 2
    assert figure.html.value == good  # the last good frame stays
    [pre] = BeautifulSoup(figure.message.value, "html.parser").find_all(True)
    assert (pre.name, pre["role"]) == ("pre", "alert")
    assert pre.text.startswith("rate 100\n")
    assert pre.text.rstrip().endswith("ValueError: the <b>rate</b> is 100")
    assert 'raise ValueError("the <b>rate</b> is 100")' in pre.text  # the line that failed
    assert plt.get_fignums() == []  # or Jupyter shows it below the next cell
    rate.index = 3
    assert figure.message.value == ""
    assert figure.color == (150, 0, 0)


def test_an_error_in_the_first_frame_is_shown_and_recovers(live):
    figure = live(fails_at_100, rate=slider(0, 200, 5, integer=True))
    assert figure.html.value == ""
    assert "ValueError" in figure.message.value
    figure.inputs[0].index = 0
    assert figure.message.value == ""
    assert figure.color == (0, 0, 0)


def test_a_function_without_return_is_told_to_return(live):
    def fn(rate):
        """Colors."""
        plt.figure()

    figure = live(fn, rate=slider(0, 1, 2))
    assert "end it with `return fig`" in figure.message.value
    assert plt.get_fignums() == []


def test_play_and_its_slider_move_each_other(live):
    figure = live(
        draw, rate=slider(0, 200, 5, integer=True, default=50, play=True), kind=CONTROLS["kind"]
    )
    [play, none], [rate, _] = figure.plays, figure.inputs
    assert none is None
    assert (play.min, play.max, play.value) == (0, 4, 1)
    play.value = 3
    assert rate.index == 3
    assert figure.color == (150, 0, 0)
    rate.index = 0
    assert play.value == 0
    assert figure.color == (0, 0, 0)


def test_texts_are_escaped(live):
    figure = live(draw, 'An "<alt>"', rate=slider(0, 1, 2), kind=choice("<b>&", "fancy"))
    assert figure.image["alt"] == 'An "<alt>": rate 1, kind <b>&'


def test_a_frame_has_the_pixels_that_matplotlib_draws(live):
    def plot(power):
        """A curve."""
        fig, ax = plt.subplots(figsize=(2, 1.5), dpi=60)
        ax.plot(np.linspace(0, 1) ** power)
        return fig

    figure = live(plot, power=slider(1, 3, 3))
    expected, found = io.BytesIO(), base64.b64decode(figure.image["src"].split(",")[1])
    fig = plot(2)
    fig.savefig(expected)
    plt.close(fig)
    np.testing.assert_array_equal(
        np.asarray(Image.open(io.BytesIO(found))),
        np.asarray(Image.open(expected).convert("RGB")),
    )
