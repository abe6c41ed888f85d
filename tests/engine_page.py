"""Loads a figure's mathematics into a page, and exchanges arrays with it."""

import base64

import numpy as np

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


def pack(numbers):
    """Return numbers as text, for the page's ``unpack``."""
    return base64.b64encode(np.ascontiguousarray(numbers, dtype=np.float64).tobytes()).decode()


def unpack(text):
    """Return the numbers, flat, that the page's ``pack`` has written."""
    return np.frombuffer(base64.b64decode(text))
