"""What a notebook runs for, as far as the helpers must know: a static page, or a repetition."""

from __future__ import annotations

import json
import os

STATIC_VARIABLE = "HELPERS_STATIC"
# Names the file to which claims report; set in a repetition only.
CLAIMS_VARIABLE = "HELPERS_CLAIMS"


def is_static() -> bool:
    """Tell whether the notebook runs to become a static page (the site's build says so)."""
    return os.environ.get(STATIC_VARIABLE) == "1"


def is_repeating() -> bool:
    """Tell whether the notebook runs for its claims alone (``make repeat``): no figure is drawn."""
    return bool(os.environ.get(CLAIMS_VARIABLE))


def embed_json(data: object) -> str:
    """Write data as JSON that neither ends nor prolongs the script element it stands in."""
    # "</script" would end it, and after "<!--<script" its own end would not count.
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
