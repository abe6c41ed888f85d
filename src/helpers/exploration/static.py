"""An exploration on a static page: every frame, rendered while the book is built."""

from __future__ import annotations

import itertools
import math

from .. import progress
from ..pictures import frames
from ..static_page import embed_json
from .exploration import Exploration

MAX_CONTROLS = 2
MAX_FRAMES = 120


def sweep_html(figure: Exploration) -> str:
    """Render the whole grid into one self-contained element.

    Parameters
    ----------
    figure : Exploration

    Returns
    -------
    str
        A ``<figure-sweep>`` with the default frame, which is all that a page without JavaScript
        shows, and a description of the grid with the frames as data URIs, equal ones only once.

    Raises
    ------
    ValueError
        If there are more than 2 controls or 120 frames.
    RuntimeError
        If the function fails for a combination, which the message names.
    """
    shape = [len(control) for control in figure.controls.values()]
    _check_size(figure, shape)
    sources: dict[str, int] = {}
    order: list[int] = []
    size = (0, 0)
    grid = itertools.product(*map(range, shape))
    for indices in progress.bar(grid, math.prod(shape), figure.name):
        try:
            image = frames.picture(figure.fn(**figure.values(indices)))
        except Exception as error:
            raise RuntimeError(
                f"{figure.name} failed for {figure.state(indices)}: "
                f"{type(error).__name__}: {error}"
            ) from error
        if size not in ((0, 0), image.size):
            raise RuntimeError(
                f"{figure.name} returned a frame of {image.size} pixels for "
                f"{figure.state(indices)} after frames of {size}: every frame needs one size"
            )
        size = image.size
        source = frames.data_uri(frames.webp(image), "webp")
        order.append(sources.setdefault(source, len(sources)))
    default = 0
    for i, n in zip(figure.default(), shape, strict=True):
        default = default * n + i
    urls = list(sources)
    spec = {
        "alt": figure.alt,
        "controls": [
            {
                "name": name,
                "label": figure.label(name),
                "texts": control.texts,
                "value": control.default,
                "kind": control.kind,
                "play": control.play,
            }
            for name, control in figure.controls.items()
        ],
        "frames": order,
        "sources": urls,
    }
    image = frames.image_tag(urls[order[default]], size, figure.describe(figure.default()))
    return (
        f'<figure-sweep id="{figure.name}">{image}'
        f'<script type="application/json">{embed_json(spec)}</script></figure-sweep>'
    )


def _check_size(figure: Exploration, shape: list[int]) -> None:
    if len(shape) > MAX_CONTROLS:
        raise ValueError(
            f"{figure.name} has {len(shape)} controls, a static figure at most {MAX_CONTROLS}: "
            "fix one of them or make two figures"
        )
    if math.prod(shape) > MAX_FRAMES:
        counts = " × ".join(
            f"{n} ({figure.label(name)})" for name, n in zip(figure.controls, shape, strict=True)
        )
        raise ValueError(
            f"{figure.name} has {counts} = {math.prod(shape)} frames, a static figure at most "
            f"{MAX_FRAMES}: give slider(..., steps=...) fewer values"
        )
