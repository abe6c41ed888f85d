"""What the helpers know of the static page that a notebook may run to become."""

from __future__ import annotations

import json
import os

STATIC_VARIABLE = "HELPERS_STATIC"


def is_static() -> bool:
    """Tell whether the notebook runs to become a static page (the site's build says so)."""
    return os.environ.get(STATIC_VARIABLE) == "1"


def embed_json(data: object) -> str:
    """Write data as JSON that neither ends nor prolongs the script element it stands in."""
    # "</script" would end it, and after "<!--<script" its own end would not count.
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
