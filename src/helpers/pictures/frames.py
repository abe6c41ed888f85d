"""A matplotlib figure as a compressed picture."""

from __future__ import annotations

import base64
import html
import io

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

EXACT = 5_000  # bytes up to which a picture is stored without loss


def check_figure(figure: object) -> None:
    """Raise a TypeError that says how to return a figure, unless it is one."""
    if not isinstance(figure, Figure):
        hint = " (it returned nothing: end it with `return fig`)" if figure is None else ""
        plt.close("all")
        raise TypeError(
            "a figure function must return a matplotlib Figure, "
            f"not {type(figure).__name__}{hint}. Make one with `fig, ax = plt.subplots()`."
        )


def picture(figure: Figure) -> Image.Image:
    """Draw a figure and close it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Returns
    -------
    PIL.Image.Image
        RGB, width and height in pixels as the figure's size times its dpi.

    Raises
    ------
    TypeError
        If it is not a figure; the message says how to return one.
    """
    check_figure(figure)
    try:
        # Drawing into the buffer and reading it costs a fifth of savefig's detour through PNG.
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return Image.fromarray(np.array(canvas.buffer_rgba()), "RGBA").convert("RGB")
    finally:
        plt.close(figure)


def webp(image: Image.Image) -> bytes:
    """Compress the picture of a surface or an array inside a drawing.

    Parameters
    ----------
    image : PIL.Image.Image
        RGBA.

    Returns
    -------
    bytes
        A WebP file, without loss where that is small, as for arrays, whose sharp edges would
        suffer; else with loss where that is smaller.
    """
    exact = _save(image, "WEBP", lossless=True, method=2, quality=75)
    if len(exact) < EXACT:
        return exact
    return min(exact, _save(image, "WEBP", quality=82, method=4), key=len)


def png(image: Image.Image) -> bytes:
    """Compress a picture quickly, for a live kernel."""
    return _save(image, "PNG", compress_level=1)


def data_uri(data: bytes, kind: str) -> str:
    """Return a picture as an address that holds it; `kind` is "webp" or "png"."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def image_tag(source: str, size: tuple[int, int], alt: str) -> str:
    """Return the HTML of a picture that is never wider than its page.

    Parameters
    ----------
    source : str
        Its address.
    size : tuple of int
        Width and height in pixels, so that the page keeps its place while it loads.
    alt : str
        Text for readers who cannot see it.
    """
    return (
        f'<img src="{source}" width="{size[0]}" height="{size[1]}" '
        f'alt="{html.escape(alt)}" style="max-width:100%;height:auto">'
    )


def _save(image: Image.Image, file_format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
