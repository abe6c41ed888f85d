"""Join each figure's JavaScript into the one file that a widget is: ``make bundles``.

The bundles are committed, because Colab has no Node to make them with.
``python -m tools.bundles --check`` reports those that are not what their modules give.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from tools.packages import MODULES, NODE

from helpers.client_figures.js_figure import FOLDER

ESBUILD = MODULES / "esbuild" / "bin" / "esbuild"
OPTIONS = ["--bundle", "--charset=utf8", "--target=es2022", "--log-level=warning"]


class BundleError(RuntimeError):
    """The modules could not be joined; the message is esbuild's."""


def bundle(entry: Path | str, *, minify: bool = False, form: str = "esm") -> str:
    """Join a module with all that it imports.

    Parameters
    ----------
    entry : Path or str
        A file; or, as text, a module whose imports are relative to ``helpers/client_figures``.
    minify : bool
        Whether to shorten names and leave out white space and comments.
    form : {"esm", "iife"}
        A module, or a function called at once, for a classic script.

    Returns
    -------
    str
        JavaScript; the same on every machine.

    Raises
    ------
    BundleError
        If a module is missing or not valid.
    """
    options = [*OPTIONS, f"--format={form}", *(["--minify"] if minify else [])]
    if isinstance(entry, Path):
        return esbuild([*options, str(entry)])
    return esbuild(options, entry)


def shorter_css(css: str) -> str:
    """Return a style sheet without white space and comments, except those of licenses."""
    return esbuild(["--loader=css", "--minify", "--charset=utf8", "--log-level=error"], css)


def esbuild(options: list[str], text: str | None = None) -> str:
    """Return what esbuild writes for a file among its options, or for a text."""
    command = [str(ESBUILD), *options]
    # Where npm ran no scripts, this file is still the one that finds the program for Node.
    if ESBUILD.read_bytes().startswith(b"#!"):
        command = [str(NODE), *command]
    done = subprocess.run(command, input=text, cwd=FOLDER, capture_output=True, text=True)
    if done.returncode:
        raise BundleError(done.stderr)
    return done.stdout


def check(figure: str, text: str) -> bool:
    """Tell whether the committed bundle is `text`, and say so if it is not."""
    path = FOLDER / figure / "bundle.js"
    if path.is_file() and path.read_text("utf8") == text:
        return True
    print(f"{path}: not what its modules give; run `make bundles` and commit it")
    return False


def main() -> int:
    """Write or check every figure's bundle; the exit status is 1 if one is stale."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only report, change nothing")
    arguments = parser.parse_args()
    fresh = True
    for figure in sorted(path.parent.name for path in FOLDER.glob("*/index.js")):
        text = bundle(FOLDER / figure / "index.js", minify=True)
        if arguments.check:
            fresh &= check(figure, text)
        else:
            (FOLDER / figure / "bundle.js").write_text(text, encoding="utf8")
            print(f"{figure}: {len(text.encode()) / 1000:.1f} kB")
    return int(not fresh)


if __name__ == "__main__":
    sys.exit(main())
