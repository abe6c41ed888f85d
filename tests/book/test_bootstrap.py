"""The notebooks' first code cell: one for all, made from one setting, silent when not needed."""

import re
import subprocess
import sys

import nbformat
import tomllib
import yaml
from tools.bootstrap import ROOT, bootstrap_source
from tools.notebooks import CHAPTERS


def home():
    return yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))["repository"]["url"]


def run(source, prelude=""):
    """Run the cell in a new Python, after code that changes what it finds."""
    return subprocess.run(
        [sys.executable, "-c", prelude + "\n" + source], capture_output=True, text=True
    )


# Hides modules from `find_spec`, and replaces pip by something that prints what it was asked.
WITHOUT = """
import importlib.util, subprocess
hidden, real = {hidden!r}, importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name in hidden else real(name)
def pip(command, **options):
    print("asked", *command[5:])
    return subprocess.CompletedProcess(command, {status}, "", "no such host")
subprocess.run = pip
"""


def test_it_stands_in_every_chapter_byte_for_byte():
    cells = {}
    for path in CHAPTERS:
        cell = nbformat.read(path, as_version=4).cells[1]
        assert cell.id == "bootstrap" and cell.metadata.tags == ["remove-cell"], path
        cells[path.stem] = cell.source
    assert len(cells) >= 2
    assert set(cells.values()) == {bootstrap_source()}


def test_it_names_the_home_in_the_settings_and_nothing_else_of_it():
    source = bootstrap_source()
    assert re.findall(r"https?://[^\"]+", source) == [home()]


def test_a_fork_changes_one_line(tmp_path):
    settings = (ROOT / "_config.yml").read_text("utf8")
    assert settings.count(home()) == 1
    fork = tmp_path / "_config.yml"
    fork.write_text(settings.replace(home(), "https://example.org/course"), encoding="utf8")
    changed = bootstrap_source(fork)
    assert changed == bootstrap_source().replace(home(), "https://example.org/course")
    assert changed != bootstrap_source()


def test_it_does_and_says_nothing_when_all_is_here():
    done = run(bootstrap_source(), WITHOUT.format(hidden=[], status=1))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_installs_what_is_missing_and_never_replaces_what_is_not():
    prelude = WITHOUT.format(hidden=["helpers", "anywidget", "PIL"], status=0)
    lines = run(bootstrap_source(), prelude).stdout.splitlines()
    assert lines == [
        "pip install anywidget pillow",
        "asked anywidget pillow",
        f"pip install --no-deps git+{home()}",
        f"asked --no-deps git+{home()}",
    ]


def test_it_knows_every_dependency_of_the_helpers():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    names = [re.split(r"[<>=!~ ;\[]", line)[0] for line in project["dependencies"]]
    modules = {"pillow": "PIL", "scikit-learn": "sklearn"}
    hidden = ["helpers", *(modules.get(name, name) for name in names)]
    done = run(bootstrap_source(), WITHOUT.format(hidden=hidden, status=0))
    assert done.stdout.splitlines()[0].split()[2:] == names


def test_it_says_what_to_do_when_pip_fails():
    done = run(bootstrap_source(), WITHOUT.format(hidden=["helpers"], status=1))
    assert done.returncode != 0
    last = done.stderr[done.stderr.index("RuntimeError") :]
    assert "network" in last and "git" in last and "again" in last and "no such host" in last


def test_it_is_readable():
    lines = bootstrap_source().splitlines()
    assert len(lines) <= 25 and max(map(len, lines)) <= 100
