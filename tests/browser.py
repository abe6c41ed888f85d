"""Find the browsers of the tests, or get them: Chromium, and Firefox for a sample of the pages.

``python tests/browser.py`` does both and prints their paths; `make test` calls it first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

# Of Chromium the first is the one without its windows, whose own controls would be drawn too.
BROWSERS = {
    "chromium": (
        "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
        "google-chrome-stable",
    ),
    "firefox": ("firefox-esr", "firefox"),
}  # fmt: skip
ROOT = getattr(os, "geteuid", lambda: 1)() == 0
# No sandbox for root, whom Chromium refuses one; and nothing of its own that uses the network.
ARGUMENTS = [
    *(["--no-sandbox"] if ROOT else []),
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HELP = {
    "chromium": """\
The browser tests need Chromium, and none was found or could be installed. Get one, for example with
  apt-get install chromium             (Debian; as root)
  .venv/bin/playwright install chromium
  brew install --cask chromium         (macOS)
and run `make test` again.""",
    "firefox": """\
A sample of the pages is tested in Firefox, and none was found or could be installed. Get it, with
  apt-get install firefox-esr          (Debian; as root)
  apt-get install firefox              (other Linux; not Ubuntu's snap)
  brew install --cask firefox          (macOS; then put it on the PATH)
and run `make test` again.""",
}


def find(name: str = "chromium", playwright: Playwright | None = None) -> str | None:
    """Return the path of a browser: one on PATH, else the Chromium that playwright installed."""
    for command in BROWSERS[name]:
        if path := shutil.which(command):
            return path
    if name == "firefox":  # playwright's own is another program than the one that readers have
        return None
    if playwright is None:
        with sync_playwright() as playwright:
            return find(name, playwright)
    path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch(playwright: Playwright, name: str = "chromium") -> Browser:
    """Start a browser; Firefox as it is distributed, through the protocol that it speaks itself.

    Raises
    ------
    FileNotFoundError
        If there is none; the message says how to get it.
    """
    path = find(name, playwright)
    if path is None:
        raise FileNotFoundError(HELP[name])
    options = {"args": ARGUMENTS} if name == "chromium" else {"channel": "moz-firefox"}
    return getattr(playwright, name).launch(executable_path=path, **options)


def install(name: str) -> None:
    """Get Debian's package where that is possible, else playwright's own download of Chromium."""
    if ROOT and shutil.which("apt-get"):
        command = ["apt-get", "install", "-y", "--no-install-recommends"]
        if run("apt-get", "update"):
            # Older Debians do not have the first.
            if any(run(*command, package) for package in BROWSERS[name][:2]) and find(name):
                return
    if name == "chromium":
        run(sys.executable, "-m", "playwright", "install", "chromium")


def run(*command: str) -> bool:
    """Run a command, shown first, and tell whether it succeeded."""
    print("+", *command, file=sys.stderr, flush=True)
    return subprocess.run(command, stdout=sys.stderr).returncode == 0


def main() -> int:
    """Print the paths; the exit status is 1 if one is missing."""
    missing = False
    for name in BROWSERS:
        path = find(name)
        if path is None:
            install(name)
            path = find(name)
        missing = missing or path is None
        print(path or HELP[name])
    return int(missing)


if __name__ == "__main__":
    sys.exit(main())
