"""Loads a figure's mathematics into a page, and exchanges arrays with it."""

import base64
import shutil
import tempfile
from pathlib import Path

import numpy as np
from tools.bundles import bundle

from helpers.client_figures.js_figure import FOLDER

# The page has the module as ``engine``, and ``pack`` and ``unpack``.
LOAD = """async source => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.engine = await import(url);
  window.unpack = text =>
    new Float64Array(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
  window.pack = numbers => {
    const bytes = new Uint8Array(Float64Array.from(numbers).buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i += 8192) {
      text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return btoa(text);
  };
}"""


def engine(*modules, replace=()):
    """Join modules into one, for `LOAD`.

    Parameters
    ----------
    modules : str
        Paths below ``helpers/client_figures``; what they export, the page has.
    replace : iterable of (str, str, str)
        Module, what stands in it exactly once, and what shall: an error that a test must notice.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "figures"
        if replace:
            shutil.copytree(FOLDER, copy)
        for module, right, wrong in replace:
            text = (copy / module).read_text("utf8")
            assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times"
            (copy / module).write_text(text.replace(right, wrong), encoding="utf8")
        root = copy if replace else FOLDER
        entry = "".join(f'export * from "{root / module}";\n' for module in modules)
        return bundle(entry)


def pack(numbers):
    """Return numbers as text, for the page's ``unpack``."""
    return base64.b64encode(np.ascontiguousarray(numbers, dtype=np.float64).tobytes()).decode()


def unpack(text):
    """Return the numbers, flat, that the page's ``pack`` has written."""
    return np.frombuffer(base64.b64decode(text))
