"""A build that is stuck, wherever, ends and says what it waited for."""

import os
import re
import subprocess
import sys
import time

import psutil
import pytest
from site_extension.watchdog import Progress
from tools.bootstrap import ROOT

PATIENCE = 4
CONF = f"""
import sys, time
sys.path.insert(0, {str(ROOT / "book" / "site_extension")!r})
import watchdog
watchdog.PATIENCE = {PATIENCE}
extensions = ["watchdog"]
html_theme = "basic"

def hang(*arguments):
    if {{where}}:
        time.sleep(600)

def setup(app):
    app.connect({{event!r}}, hang)
    return {{{{"parallel_read_safe": True}}}}
"""
PAGES = ["index", "one", "two", "three", "four", "five", "six", "seven"]


def build(folder, event, where="False", processes=1):
    """Build a small site that hangs in one place; return status, output and seconds."""
    names = "".join(f"   {name}\n" for name in PAGES[1:])
    for name in PAGES:
        toc = f"\n.. toctree::\n\n{names}" if name == "index" else ""
        (folder / f"{name}.rst").write_text(f"{name}\n{'=' * len(name)}\n{toc}")
    (folder / "conf.py").write_text(CONF.format(event=event, where=where))
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-j", str(processes), folder, folder / "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
        timeout=PATIENCE + 50,
    )
    return done.returncode, done.stdout, time.monotonic() - begin


def left(folder):
    """The processes and files of a build that are still there after a moment."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        lines = [" ".join(one.info["cmdline"] or []) for one in psutil.process_iter(["cmdline"])]
        found = [line for line in lines if str(folder) in line], list(folder.glob("build-*"))
        if not any(found):
            return None
        time.sleep(0.2)
    return found


@pytest.mark.parametrize(
    ("event", "where", "processes", "named"),
    [
        # A reader is a process that was forked; whoever waits for it waits for ever.
        ("doctree-read", "arguments[0].env.docname == 'two'", 3, "reading .*two"),
        ("doctree-read", "arguments[0].env.docname == 'two'", 1, "reading two"),
        ("env-updated", "True", 1, "resolving references"),
        ("html-page-context", "arguments[1] == 'six'", 1, "writing six"),
        ("build-finished", "True", 1, "finishing"),
    ],
    ids=["reader", "reading", "resolving", "writing", "finishing"],
)
def test_a_build_that_is_stuck_ends_and_says_where(tmp_path, event, where, processes, named):
    status, output, _ = build(tmp_path, event, where, processes)
    assert status != 0
    message = rf"The build made no progress for {PATIENCE} s while {named}"
    assert re.search(message, output.replace(".0 s", " s")), output
    assert left(tmp_path) is None


def test_a_build_that_goes_on_is_left_alone(tmp_path):
    """Longer in all than patience would allow, but never at one thing."""
    pause = f"time.sleep({PATIENCE / 5})"
    status, output, seconds = build(tmp_path, "doctree-read", where=pause)
    assert status == 0, output
    assert seconds > PATIENCE
    assert "no progress" not in output
    assert left(tmp_path) is None


def test_what_is_waited_for_is_what_was_begun_and_is_not_done():
    progress = Progress()
    assert str(progress) == "starting"
    for line in ("at reading", "begin one", "begin chapters/two", "begin three", "done one"):
        progress.learn(line + "\n")
    assert str(progress) == "reading chapters/two, three"
    progress.learn("at writing one\n")
    assert str(progress) == "writing one"
