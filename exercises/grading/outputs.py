"""What a student's kernel says, made harmless and short."""

from __future__ import annotations

import re
from typing import Any

import nbformat
from nbformat import NotebookNode

REASON_CHARACTERS = 300
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
RICH_CHARACTERS = 20_000  # what cleans them for a page can take the square of that
PICTURES = ("image/png", "image/jpeg")


def in_line(text: object, most: int = REASON_CHARACTERS) -> str:
    """Return a text as one line of at most `most` characters that every file can hold."""
    # Only the beginning is looked at: it can be many megabytes.
    line = " ".join(str(text)[: 10 * most].encode("utf8", "replace").decode("utf8").split())
    return line if len(line) <= most else line[: most - 3] + "..."


def storable(output: NotebookNode) -> NotebookNode | None:
    """Return of an output what is harmless in a notebook and on a page; None if nothing is.

    Scripts, files' paths and settings that a page would put beside a picture are not.
    """

    def text(value: Any) -> str:
        value = value if isinstance(value, str) else "".join(value)
        # Half a pair of surrogates fits into JSON, but into no file.
        return value.encode("utf8", "replace").decode("utf8")

    kind = output.output_type
    if kind == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        return nbformat.v4.new_output(kind, name=name, text=text(output.text))
    if kind == "error":
        lines = [text(line) for line in output.traceback]
        return nbformat.v4.new_output(
            kind, ename=text(output.ename), evalue=text(output.evalue), traceback=lines
        )
    data = {mime: text(output.data[mime]) for mime in TEXTS if mime in output.data}
    long = [m for m in data if m != "text/plain" and len(data[m]) > RICH_CHARACTERS]
    for mime in long:
        del data[mime]
        data.setdefault("text/plain", "This output is too long to be shown.")
    for mime in PICTURES:
        if mime in output.data and BASE64.fullmatch(text(output.data[mime])):
            data[mime] = text(output.data[mime])
    return nbformat.v4.new_output("display_data", data=data) if data else None
