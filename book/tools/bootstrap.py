"""The first code cell of every notebook, made from the settings, so that each runs by itself."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import tomllib
import yaml

ROOT = Path(__file__).resolve().parents[2]
# Modules whose name is not that of their package.
MODULES = {"pillow": "PIL", "scikit-learn": "sklearn"}

TEMPLATE = """\
# Lets this notebook run by itself, for example on Colab: installs the book's `helpers` if they
# are missing, and of what they need only what is missing. Nothing that is here is replaced.
import subprocess
import sys
from importlib import invalidate_caches
from importlib.util import find_spec

BOOK = "git+{url}"
NEEDS = {needs}

def install(*packages):
    print("pip install", *packages)
    command = [sys.executable, "-m", "pip", "install", "--quiet", *packages]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError("pip needs the network, and git for the book's helpers. Check both "
                           "and run this cell again.\\n" + done.stderr)

if not find_spec("helpers"):
    if missing := [package for module, package in NEEDS.items() if not find_spec(module)]:
        install(*missing)
    install("--no-deps", BOOK)
    invalidate_caches()
"""


def bootstrap_source(config: Path = ROOT / "_config.yml") -> str:
    """Write the cell.

    Parameters
    ----------
    config : Path
        Jupyter Book's settings, whose ``repository.url`` is where the helpers come from.

    Returns
    -------
    str
        Python code, the same for every notebook.
    """
    url = yaml.safe_load(config.read_text("utf8"))["repository"]["url"].rstrip("/")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    packages = [re.match(r"[\w.-]+", line)[0] for line in project["dependencies"]]
    pairs = ", ".join(f'"{MODULES.get(name, name)}": "{name}"' for name in packages)
    needs = textwrap.fill(f"NEEDS = {{{pairs}}}", 100, subsequent_indent=" " * 9)
    return TEMPLATE.format(url=url, needs=needs.removeprefix("NEEDS = ")).rstrip("\n")
