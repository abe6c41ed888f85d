"""`explore`: one cell that is interactive in a live kernel and on a static page."""

from __future__ import annotations

from collections.abc import Callable

from IPython.display import display
from matplotlib.figure import Figure

from ..static_page import is_repeating, is_static
from .controls import Control
from .exploration import Exploration
from .live import live_bundle
from .static import sweep_html


def explore(fn: Callable[..., Figure], *, alt: str | None = None, **controls: Control) -> None:
    """Show a figure with controls.

    In a live kernel each movement of a control calls `fn`. While the book is being built, `fn` is
    called once for every combination, and the page moves through the frames without a kernel.

    Parameters
    ----------
    fn : callable
        Takes one keyword argument for each control and returns a matplotlib figure. It should
        only draw: compute what is expensive before, outside of it.
    alt : str, optional
        Text for readers who cannot see the figure; the first line of `fn`'s docstring unless
        given. The values of the controls are added to it.
    **controls : Control
        One `slider` or `choice` for each argument of `fn`. A static page shows at most two
        controls and 120 frames.

    Raises
    ------
    TypeError
        If a control is not a `slider` or `choice` or does not fit `fn`, or `fn` has no name.
    ValueError
        If there is no alternative text, or a static page would need too many controls or frames.
    RuntimeError
        If `fn` fails for a combination, or returns something else than a figure, while the book
        is being built. In a live kernel the error is shown in the figure's place instead.
    """
    figure = Exploration(fn, alt, controls)
    if is_repeating():
        bundle = {}
    elif is_static():
        bundle = {"text/html": sweep_html(figure)}
    else:
        bundle = live_bundle(figure)
    display({"text/plain": figure.summary(), **bundle}, raw=True)
