"""`date_alignment`: a trained network reads a date that the reader types, in the browser.

The browser runs the network itself (``index.js``); here its weights are packed, and
the picture is drawn that a page shows before the figure starts and where there is no JavaScript.
The network and its training stand in the chapter on attention.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ..js_figure import js_figure

LARGEST = 150_000  # bytes of base64 in a page
_WEIGHT_COLORS = LinearSegmentedColormap.from_list("weight", ["#FFFFFF", "#004574"])


def weight_shapes(n_letters: int, n_symbols: int, hidden: int) -> dict[str, tuple[int, ...]]:
    """Return the network's weights, in the order in which they are stored, with their shapes.

    Parameters
    ----------
    n_letters, n_symbols : int
        How many characters can be read, and written.
    hidden : int
        Size of each state. The three gates (reset, update, candidate) stand side by side.

    Returns
    -------
    dict of str to tuple of int
        ``read*`` is the GRU that reads, forward and backward; ``write*`` the one that writes, whose
        table has one more row for the beginning; ``query``, ``key`` and ``score`` are the
        additive attention; ``out`` takes the state and the context to logits.
    """
    n, m, h = n_letters, n_symbols, hidden
    return {
        "read": (2, n, 3 * h), "read_h": (2, h, 3 * h), "read_b": (2, 3 * h),
        "start": (2 * h, h),
        "write": (m + 1, 3 * h), "write_h": (h, 3 * h), "write_b": (3 * h,),
        "query": (h, h), "key": (2 * h, h), "score": (h,),
        "out": (3 * h, m), "out_b": (m,),
    }


def date_alignment(
    weights: Mapping[str, np.ndarray],
    letters: str,
    symbols: str,
    *,
    text: str,
    answer: str,
    alignment: np.ndarray,
    longest: int,
    examples: Sequence[str],
    row: int = 6,
    alt: str | None = None,
    name: str = "",
) -> None:
    """Show a network that writes a date in words as year-month-day, and where it looks.

    The reader types a date; the network runs in the browser, and a matrix shows the weight of
    each typed character (columns) for each written one (rows).

    Parameters
    ----------
    weights : mapping of str to array
        The trained weights, with the names and shapes of `weight_shapes`.
    letters, symbols : str
        The characters that the network can read (small letters), and those that it can write.
    text : str
        What it reads at first.
    answer : str
        What it writes then. Every answer has this length.
    alignment : array of shape (len(answer), len(text))
        The attention weights of that answer, for the picture; each row sums to 1.
    longest : int
        Characters of the longest text that the network was trained on.
    examples : sequence of str
        Texts that a button shows one after another.
    row : int, default 6
        The written character that is marked at first, from 1.
    alt : str, optional
        Text for readers who cannot see the figure.
    name : str, optional
        What links to the figure's state call it, where a page has two.

    Raises
    ------
    ValueError
        If weights are missing, have another shape, are not finite or are too many for a page; if
        a text has characters that the network cannot read, or is too long; if the alignment does
        not fit the text and the answer; or if there is no such row.
    """
    for one in (text, *examples):
        if unknown := sorted(set(one) - set(letters)):
            raise ValueError(f"the network cannot read {unknown} in {one!r}; it knows {letters!r}")
        if not 1 <= len(one.strip()) <= longest:
            raise ValueError(f"{one!r} must have 1 to {longest} characters (longest)")
    if not examples:
        raise ValueError("date_alignment needs examples=[...], at least one text")
    if not 1 <= row <= len(answer):
        raise ValueError(f"row must be between 1 and {len(answer)}, not {row!r}")
    alignment = np.asarray(alignment, dtype=float)
    if alignment.shape != (len(answer), len(text)):
        raise ValueError(
            f"alignment must have the shape {(len(answer), len(text))}, written by read "
            f"characters, not {alignment.shape}"
        )
    if not np.allclose(alignment.sum(axis=1), 1, atol=1e-3):
        raise ValueError("each row of alignment must sum to 1")
    hidden = np.shape(weights.get("query", [[]]))[-1]
    js_figure(
        "date_alignment",
        # No answer: a text that is stored with the notebook must be the same on any machine.
        alt=alt or f"A network reads the date “{text}” and writes it as year-month-day. A matrix "
        "shows, for each written character, how much attention each typed character gets",
        name=name,
        poster=alignment_poster(text, answer, alignment),
        model={
            "letters": letters, "symbols": symbols, "hidden": int(hidden),
            "longest": int(longest), "length": len(answer), "examples": list(examples),
            "weights": pack_weights(weights, len(letters), len(symbols), hidden),
        },
        text=text,
        row=int(row),
    )


def pack_weights(
    weights: Mapping[str, np.ndarray], n_letters: int, n_symbols: int, hidden: int
) -> str:
    """Return the weights as base64 of float32 numbers, little end first.

    Parameters
    ----------
    weights : mapping of str to array
        As for `date_alignment`.
    n_letters, n_symbols, hidden : int
        As for `weight_shapes`.

    Returns
    -------
    str
        All numbers, one weight after another.

    Raises
    ------
    ValueError
        If weights are missing, unknown, of another shape, not finite, or too many for a page.
    """
    shapes = weight_shapes(n_letters, n_symbols, hidden)
    if different := set(shapes) ^ set(weights):
        raise ValueError(f"missing or unknown weights: {', '.join(sorted(different))}")
    parts = []
    for name, shape in shapes.items():
        part = np.asarray(weights[name], dtype="<f4")
        if part.shape != shape:
            raise ValueError(f"the weight {name!r} must have the shape {shape}, not {part.shape}")
        if not np.isfinite(part).all():
            raise ValueError(f"the weight {name!r} is not finite: did the training diverge?")
        parts.append(part.ravel())
    text = base64.b64encode(np.concatenate(parts).tobytes()).decode()
    if len(text) > LARGEST:
        raise ValueError(
            f"the weights take {len(text):,} bytes of at most {LARGEST:,}: use a smaller network"
        )
    return text


def alignment_poster(text: str, answer: str, alignment: np.ndarray) -> Figure:
    """Draw the attention matrix of one date.

    Parameters
    ----------
    text, answer : str
        What was read, and what was written.
    alignment : array of shape (len(answer), len(text))
        The weights.

    Returns
    -------
    matplotlib.figure.Figure
        A row for each written character, a column for each read one.
    """
    fig, ax = plt.subplots(figsize=(6.4, 4.2))
    image = ax.imshow(alignment, cmap=_WEIGHT_COLORS, vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(text)), ["␣" if c == " " else c for c in text])
    ax.set_yticks(range(len(answer)), answer)
    ax.tick_params(labeltop=True, labelbottom=False, length=0, labelfontfamily="monospace")
    ax.set(xlabel="read", ylabel="written")
    ax.grid(False)
    fig.colorbar(image, ax=ax, label="weight")
    return fig
