"""Find a Chromium for the browser tests, or get one.

``python tests/browser.py`` does both and prints its path; `make test` calls it first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first is Chromium without its windows, whose own controls would be drawn for each page too.
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
    "google-chrome-stable",
)  # fmt: skip
# No sandbox for root, whom Chromium refuses one; and nothing of its own that uses the network.
ARGUMENTS = [
    *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []),
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HELP = """\
The browser tests need Chromium, and none was found or could be installed. Get one, for example with
  apt-get install chromium             (Debian; as root)
  .venv/bin/playwright install chromium
  brew install --cask chromium         (macOS)
and run `make test` again."""


def find() -> str | None:
    """Return the path of a Chromium: one on PATH, else the one that playwright installed."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Get Debian's package where that is possible, else playwright's own download."""
    if ARGUMENTS[0] == "--no-sandbox" and shutil.which("apt-get"):
        command = ["apt-get", "install", "-y", "--no-install-recommends"]
        if run("apt-get", "update"):
            # Older Debians do not have the first.
            if any(run(*command, name) for name in NAMES[:2]) and find():
                return
    run(sys.executable, "-m", "playwright", "install", "chromium")


def run(*command: str) -> bool:
    """Run a command, shown first, and tell whether it succeeded."""
    print("+", *command, file=sys.stderr, flush=True)
    return subprocess.run(command, stdout=sys.stderr).returncode == 0


def main() -> int:
    """Print the path; the exit status is 1 without one."""
    path = find()
    if path is None:
        install()
        path = find()
    print(path or HELP)
    return int(path is None)


if __name__ == "__main__":
    sys.exit(main())
