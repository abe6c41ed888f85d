"""The service worker, which keeps what was read for when there is no network (``book/worker``)."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from tools.bundles import bundle
from tools.packages import BOOK

SOURCE = BOOK / "worker" / "service_worker.js"
NAME = "service_worker.js"


def version(site: Path) -> str:
    """Return what tells the files of one build from those of another: a hash of them all."""
    digest = hashlib.sha256()
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site)
        if path.is_file() and name.name != NAME and not name.parts[0].startswith("."):
            digest.update(f"{name.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the worker at the root of the site, because it serves only what is below itself."""
    if exception or app.builder.format != "html":
        return
    script = bundle(SOURCE, minify=True, form="iife")
    if script.count('"unbuilt"') != 1:
        raise ExtensionError(f"{SOURCE.name} does not name its version once")
    site = Path(app.outdir)
    script = script.replace('"unbuilt"', f'"{version(site)}"')
    (site / NAME).write_text(script, encoding="utf8")


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    # When all other files are there.
    app.connect("build-finished", write, priority=990)
