"""`js_figure`: a figure that is computed in the reader's browser, with or without a kernel."""

from __future__ import annotations

import html
import re
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure

from ..pictures import frames
from ..pictures.plots import plot_svg
from ..static_page import embed_json, is_repeating, is_static

FOLDER = Path(__file__).parent


def js_figure(
    module: str, *, alt: str, name: str = "", poster: Figure | None = None, **state: Any
) -> None:
    """Show a client-side figure.

    Parameters
    ----------
    module : str
        Name of a folder beside this file. Its ``index.js`` has the form that anywidget hosts:
        ``export default { render({ model, el }) { ... } }``.
    alt : str
        Text for readers who cannot see the figure.
    name : str, optional
        What links to the figure's state call it, where a page has two of one module; the
        module's name unless given.
    poster : matplotlib.figure.Figure, optional
        What a page shows before the figure starts, and all it shows without JavaScript.
    **state
        The figure's initial state, as JSON values. On a page it can be put in the URL.

    Raises
    ------
    ValueError
        If there is no such figure, no alternative text, or a number in the state is not finite.
    """
    # Nothing is returned: as a cell's last value, the widget would be shown a second time.
    show_figure(module, alt=alt, name=name, poster=poster, **state)


def show_figure(
    module: str, *, alt: str, name: str = "", poster: Figure | None = None, **state: Any
) -> Any:
    """Show a client-side figure, as `js_figure` does, and return what follows its reader.

    Returns
    -------
    anywidget.AnyWidget or None
        In a live kernel the widget, whose traits are the state; otherwise None.
    """
    if not alt.strip():
        raise ValueError("js_figure needs alt=..., a text for readers who cannot see the figure")
    if module not in figure_modules():
        known = ", ".join(figure_modules())
        raise ValueError(f"there is no figure {module!r}; known: {known}")
    widget = None
    if is_repeating():
        return widget
    if poster is not None:
        frames.check_figure(poster)
        plt.close(poster)
    if is_static():
        bundle = {"text/html": _static_html(module, name or module, alt, poster, state)}
    else:
        widget = _live_widget(module, state)
        bundle = _live_bundle(widget)
    display({"text/plain": f"Interactive figure: {alt}", **bundle}, raw=True)
    return widget


def _static_html(
    module: str, name: str, alt: str, poster: Figure | None, state: dict[str, Any]
) -> str:
    picture = f"<p>{html.escape(alt)}</p>" if poster is None else plot_svg(poster, alt)
    # The figure has a role, and its caption names it: a name on the element inside, which has no
    # role, would not be read, or a second time.
    return (
        f'<figure class="book-figure" data-caption="{html.escape(_first_sentence(alt))}">'
        f'<js-figure id="{html.escape(name)}" module="{module}">{picture}'
        f'<script type="application/json">{embed_json(state)}</script></js-figure></figure>'
    )


def _first_sentence(text: str) -> str:
    """Return it without the period at its end."""
    return re.split(r"\.(?=\s|$)", text.strip(), maxsplit=1)[0]


def _live_widget(module: str, state: dict[str, Any]) -> Any:
    import anywidget
    import traitlets

    # A synchronized trait for each part of the state: the browser's changes come back to Python.
    traits = {name: traitlets.Any(value).tag(sync=True) for name, value in state.items()}
    return type(module, (anywidget.AnyWidget,), {"_esm": bundle_module(module), **traits})()


def _live_bundle(widget: Any) -> dict[str, Any]:
    # anywidget's own bundle, because it also prepares Colab for widgets of third parties.
    shown = widget._repr_mimebundle_() or {}
    data = shown[0] if isinstance(shown, tuple) else shown
    return {key: value for key, value in data.items() if key != "text/plain"}


def figure_modules() -> list[str]:
    """Return the names of the figures: the folders that have a ``bundle.js``.

    Nothing else of their JavaScript is there where the package is installed.
    """
    return sorted(path.parent.name for path in FOLDER.glob("*/bundle.js"))


@cache
def bundle_module(module: str) -> str:
    """Return a figure's JavaScript in one file, because a widget is one.

    Parameters
    ----------
    module : str
        Name of the figure's folder.

    Returns
    -------
    str
        One ES module, joined and minified by ``make bundles`` and committed, because Colab has
        no Node to make it with.
    """
    return (FOLDER / module / "bundle.js").read_text("utf8")
