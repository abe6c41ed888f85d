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
    """Compress a picture for the site: 256 colors without loss, or with loss where smaller.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, or RGBA for a part of a drawing.

    Returns
    -------
    bytes
        A WebP file. Plots are mostly flat color, so that a palette of 256 colors (in error by
        4 % at most, where lines are smoothed) without loss keeps letters sharp at half the size
        of true color.
    """
    flat = image
    if image.mode == "RGB":
        palette = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        flat = palette.convert("RGB")
    flat = _save(flat, "WEBP", lossless=True, method=2, quality=75)
    # Losses show at sharp edges, which compress well without any.
    if len(flat) < (30_000 if image.mode == "RGB" else 5_000):
        return flat
    return min(flat, _save(image, "WEBP", quality=82, method=4), key=len)


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
