"""An exploration on a static page: every frame, drawn while the book is built."""

from __future__ import annotations

import gzip
import html
import itertools
import json
import math

from .. import progress
from ..pictures import vectors
from ..pictures.paths import UNITS
from ..pictures.renderer import DPI
from ..static_page import embed_json
from .exploration import Exploration

MAX_CONTROLS = 2
MAX_FRAMES = 120
# Bytes, compressed, from which it is tried whether pixels are smaller.
HEAVY = 80_000


def sweep_html(figure: Exploration) -> str:
    """Draw the whole grid into one self-contained element.

    Parameters
    ----------
    figure : Exploration

    Returns
    -------
    str
        A figure with a ``<figure-sweep>``: the default frame, which is all that a page without
        JavaScript shows; a description of the controls; and all frames, in which every element
        stands once.

    Raises
    ------
    ValueError
        If there are more than 2 controls or 120 frames.
    RuntimeError
        If the function fails for a combination, which the message names.
    """
    shape = [len(control) for control in figure.controls.values()]
    _check_size(figure, shape)
    drawings = _drawings(figure, shape, pixels=False)
    frames = _frames(figure, drawings)
    if _size(frames) > HEAVY:
        # Surfaces and clouds have thousands of elements. Whichever is smaller is kept.
        other = _drawings(figure, shape, pixels=True)
        packed = _frames(figure, other)
        if _size(packed) < _size(frames):
            drawings, frames = other, packed
    first = drawings[_default(figure)]
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
    }
    picture = vectors.svg(first, figure.describe(figure.default()))
    return (
        f'<figure class="book-figure" data-caption="{html.escape(figure.alt)}">'
        f'<figure-sweep id="{figure.name}">{picture}'
        f'<script type="application/json" class="controls">{embed_json(spec)}</script>'
        f'<script type="application/json" class="frames">{embed_json(frames)}</script>'
        "</figure-sweep></figure>"
    )


def _default(figure: Exploration) -> int:
    """Return the number of the frame that is shown first."""
    default = 0
    for i, control in zip(figure.default(), figure.controls.values(), strict=True):
        default = default * len(control) + i
    return default


def _drawings(figure: Exploration, shape: list[int], pixels: bool) -> list[vectors.Drawing]:
    drawings: list[vectors.Drawing] = []
    grid = itertools.product(*map(range, shape))
    for indices in progress.bar(grid, math.prod(shape), figure.name):
        try:
            drawing = vectors.draw(figure.fn(**figure.values(indices)), figure.name, pixels)
        except Exception as error:
            raise RuntimeError(
                f"{figure.name} failed for {figure.state(indices)}: "
                f"{type(error).__name__}: {error}"
            ) from error
        if drawings and drawing.size != drawings[0].size:
            raise RuntimeError(
                f"{figure.name} returned a frame of {_inches(drawing)} inches for "
                f"{figure.state(indices)} after frames of {_inches(drawings[0])}: "
                "every frame needs one size"
            )
        drawings.append(drawing)
    return drawings


def _inches(drawing: vectors.Drawing) -> str:
    return " × ".join(f"{side / UNITS / DPI:g}" for side in drawing.size)


def _frames(figure: Exploration, drawings: list[vectors.Drawing]) -> dict:
    """Return the packed frames, and the letters that the default frame does not bring."""
    letters: dict[str, str] = {}
    for drawing in drawings:
        letters |= drawing.glyphs
    own = drawings[_default(figure)].glyphs
    return vectors.pack(drawings) | {
        "glyphs": {name: letters[name] for name in sorted(letters.keys() - own.keys())}
    }


def _size(frames: dict) -> int:
    return len(gzip.compress(json.dumps(frames).encode(), 6))


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
