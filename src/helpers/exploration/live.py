"""An exploration in a live kernel, with ipywidgets 7 or 8."""

from __future__ import annotations

import html
import traceback
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt

from ..pictures import frames
from .exploration import Exploration


def live_bundle(figure: Exploration) -> dict[str, Any]:
    """Return the output of a cell that shows the figure above its controls.

    Parameters
    ----------
    figure : Exploration

    Returns
    -------
    dict
        MIME type -> data.
    """
    inputs = [_input(figure, name) for name in figure.controls]
    # An HTML image instead of the Image widget, because that one has no alternative text.
    image, message = widgets.HTML(), widgets.HTML()

    def update(_change: object = None) -> None:
        indices = tuple(control.value for control in inputs)
        try:
            drawn = frames.picture(figure.fn(**figure.values(indices)))
        except Exception:
            # The last good frame stays; the error is shown under it, where the reader looks.
            text = html.escape(f"{figure.state(indices)}\n{traceback.format_exc(limit=-2)}")
            message.value = f'<pre role="alert" style="color:#b03a06">{text}</pre>'
            # Jupyter would show a half-drawn figure below the next cell that runs.
            plt.close("all")
            return
        source = frames.data_uri(frames.png(drawn), "png")
        image.value = frames.image_tag(source, drawn.size, figure.describe(indices))
        message.value = ""

    for control in inputs:
        control.observe(update, "value")
    update()
    rows = [
        _with_play(figure, name, control)
        for name, control in zip(figure.controls, inputs, strict=True)
    ]
    box = widgets.VBox([image, message, *rows])
    return {
        "application/vnd.jupyter.widget-view+json": {
            "version_major": 2,
            "version_minor": 0,
            "model_id": box.model_id,
        }
    }


def _input(figure: Exploration, name: str) -> widgets.Widget:
    control = figure.controls[name]
    kind = widgets.SelectionSlider if control.kind == "range" else widgets.Dropdown
    return kind(
        # Options are positions, so that values of any type pass and equal texts cannot collide.
        options=[(text, i) for i, text in enumerate(control.texts)],
        value=control.default,
        description=figure.label(name),
        # Otherwise long names are cut off.
        style={"description_width": "initial"},
        layout=widgets.Layout(width="min(100%, 32em)"),
    )


def _with_play(figure: Exploration, name: str, control: widgets.Widget) -> widgets.Widget:
    if not figure.controls[name].play:
        return control
    play = widgets.Play(
        min=0, max=len(figure.controls[name]) - 1, value=control.value, interval=300
    )
    # A selection has an index and Play a value: link them in Python, which ipywidgets 7 also can.
    play.observe(lambda change: setattr(control, "index", change["new"]), "value")
    control.observe(lambda change: setattr(play, "value", change["new"]), "index")
    return widgets.HBox([play, control])
