"""Ends a build that makes no progress, and says what it waited for.

All processes of a build append to one file what they begin and what they have done. Another
process, this file run as a program, reads it. It shares nothing with the build, so it works
whatever is stuck there; and it ends the build as one ends what does not listen.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# Seconds; a notebook without progress is found a little earlier, by whoever runs it.
PATIENCE = 310.0
PROGRESS = "notebook-progress"  # an event; its text says which notebook is where
POLL_SECONDS = 0.25
START, FINISH = 1, 990  # before and after all that others do at the same event


class Watchdog:
    """What a build tells of itself."""

    def __init__(self) -> None:
        self.path: Path | None = None

    def start(self, app: Sphinx) -> None:
        """Begin to watch."""
        handle, path = tempfile.mkstemp(prefix="build-")
        os.close(handle)
        self.path = Path(path)
        subprocess.Popen(
            [sys.executable, __file__, path, str(os.getpid()), str(PATIENCE)],
            stdin=subprocess.DEVNULL,
            # Or else Ctrl-C would end it with a traceback of its own.
            start_new_session=True,
        )

    def tell(self, word: str, what: str) -> None:
        """Append a line: ``at`` something new, or a page that is begun or ``done``."""
        if self.path:
            with self.path.open("a", encoding="utf8") as log:
                log.write(f"{word} {what}\n")

    def stop(self, app: Sphinx, exception: Exception | None) -> None:
        """Stop watching; that the file is gone is the sign."""
        if self.path:
            self.path.unlink(missing_ok=True)


class Progress:
    """What the lines of the file say."""

    def __init__(self) -> None:
        self.at, self.pages = "starting", {}

    def learn(self, line: str) -> None:
        """Take in a line."""
        word, what = line.rstrip("\n").split(" ", 1)
        if word == "at":
            self.at, self.pages = what, {}
        elif word == "begin":
            self.pages[what] = None
        else:
            self.pages.pop(what, None)

    def __str__(self) -> str:
        """Say what the build is at."""
        return " ".join([self.at, ", ".join(self.pages)]).strip()


def watch(path: Path, build: int, patience: float) -> None:
    """Return when the build has ended, by itself or ended from here.

    Parameters
    ----------
    path : Path
        The file, removed at the build's end.
    build : int
        Its first process.
    patience : float
        Seconds without a new line, after which it is ended.
    """
    progress, heard = Progress(), time.monotonic()
    with path.open(encoding="utf8") as log:
        while path.exists() and os.getppid() == build:
            time.sleep(POLL_SECONDS)
            for line in log:
                heard = time.monotonic()
                progress.learn(line)
            if time.monotonic() - heard > patience:
                message = f"The build made no progress for {patience:g} s while {progress}."
                print(f"\n{message} It is ended.", file=sys.stderr, flush=True)
                end(build)
                break
    path.unlink(missing_ok=True)


def end(build: int) -> None:
    """End all processes of the build but this one."""
    first = psutil.Process(build)
    others = [child for child in first.children(recursive=True) if child.pid != os.getpid()]
    for process in [first, *others]:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            pass


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    dog = Watchdog()
    app.add_event(PROGRESS)
    app.connect("builder-inited", dog.start, priority=START)
    app.connect(PROGRESS, lambda app, what: dog.tell("at", f"executing {what}"))
    app.connect("env-before-read-docs", lambda *_: dog.tell("at", "reading"), priority=FINISH)
    app.connect("source-read", lambda app, name, source: dog.tell("begin", name), priority=START)
    app.connect("doctree-read", lambda app, _: dog.tell("done", app.env.docname), priority=FINISH)
    app.connect("env-updated", lambda *_: dog.tell("at", "resolving references"), priority=START)
    app.connect(
        "doctree-resolved", lambda app, _, name: dog.tell("at", f"writing {name}"), priority=START
    )
    app.connect("build-finished", lambda *_: dog.tell("at", "finishing"), priority=START)
    app.connect("build-finished", dog.stop, priority=FINISH)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
