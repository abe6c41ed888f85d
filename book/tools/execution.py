"""Runs notebooks side by side, each in a kernel of its own, and always comes to an end.

The process that asks has neither kernels nor sockets, so that it may fork afterwards. It starts
workers, ``python -m tools.execution``, and reads the files to which they and their kernels append:
``events`` (a kernel or a cell began) and ``progress`` (the bars of `helpers.progress`).
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

BOOK = Path(__file__).resolve().parents[1]
PATIENCE = 300.0  # seconds without a sign of progress
LIVES = 2  # a kernel that dies is started again once
POLL_SECONDS = 0.05
LOGS = ("events", "progress")
FOLDERS = "/tmp"  # not the user's own folder: a socket's path has at most about 100 characters


class NotebookFailed(RuntimeError):
    """A notebook did not run to its end. The message names it, its cell, and the reason."""


@dataclass
class Job:
    """A notebook to run.

    Attributes
    ----------
    name : str
        What messages call it.
    notebook : NotebookNode
        Its outputs are replaced.
    folder : Path
        Where its kernel runs.
    seconds : float
        It is expected to take; the longest runs first.
    """

    name: str
    notebook: NotebookNode
    folder: Path
    seconds: float = 0.0


def cores() -> int:
    """Return how many processes can run side by side."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_all(
    jobs: Sequence[Job],
    *,
    report: Callable[[str], None] = print,
    notice: Callable[[str], None] = lambda what: None,
    patience: float = PATIENCE,
    lives: int = LIVES,
    at_once: int | None = None,
) -> Iterator[tuple[Job, float]]:
    """Run notebooks, the longest first.

    Parameters
    ----------
    jobs : sequence of Job
    report : callable
        Takes lines for whoever waits: progress bars, and kernels that are started again.
    notice : callable
        Called at every sign of progress with the notebook and its cell.
    patience : float
        Seconds without a sign of progress, after which a notebook has failed.
    lives : int
        How often a notebook may begin whose kernel dies.
    at_once : int, optional
        How many run side by side; by default as many as there are cores.

    Yields
    ------
    tuple of (Job, float)
        A job that is done, and the seconds it took.

    Raises
    ------
    NotebookFailed
        As soon as a cell fails, a notebook makes no progress, or its kernel has died too often.
        Those that still run are ended.
    """
    waiting = sorted(jobs, key=lambda job: job.seconds)
    idle: list[Worker] = []
    running: list[Run] = []
    try:
        while waiting or running:
            while waiting and len(running) < (at_once or cores()):
                worker = idle.pop() if idle else Worker()
                running.append(Run(waiting.pop(), lives, worker))
            time.sleep(POLL_SECONDS)
            for run in list(running):
                heard = run.heard
                done = run.advance(report, patience)
                if run.heard > heard:
                    notice(f"{run.job.name} {run.place}")
                if done:
                    running.remove(run)
                    idle.append(run.worker)
                    yield run.job, run.now - run.begin
    finally:
        for run in running:
            run.end()
        for worker in idle:
            worker.end()


class Worker:
    """A process that runs one notebook after the other."""

    def __init__(self) -> None:
        self.words = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.execution"],
            cwd=BOOK,
            stdin=subprocess.PIPE,
            stdout=self.words,
            stderr=self.words,
        )

    def take(self, folder: Path) -> None:
        """Give it the next notebook."""
        with suppress(BrokenPipeError):  # that it has died is found by whoever waits for it
            self.process.stdin.write(f"{folder}\n".encode())
            self.process.stdin.flush()

    def last_words(self) -> str:
        """Return the end of what it said."""
        self.words.seek(max(self.words.seek(0, os.SEEK_END) - 2000, 0))
        return self.words.read().decode("utf8", errors="replace").strip()

    def end(self) -> None:
        """End it, also in the middle of a notebook. Calling it twice does no harm."""
        self.process.kill()
        self.process.wait()
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.words.close()


class Run:
    """A job on its way: who runs it, and what is known of it."""

    def __init__(self, job: Job, lives: int, worker: Worker) -> None:
        self.job, self.lives, self.worker = job, lives, worker
        self.begin = time.monotonic()
        self.start()

    def start(self) -> None:
        """Hand the notebook over, in a folder of its own."""
        self.lives -= 1
        self.place = "before its first cell"
        self.kernel = 0
        self.now = self.heard = time.monotonic()
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=FOLDERS))
        from helpers.progress import PROGRESS_VARIABLE  # a worker need not load the helpers

        environment = {PROGRESS_VARIABLE: str(self.folder / "progress")}
        text = json.dumps([str(self.job.folder), environment, self.job.notebook])
        (self.folder / "job.json").write_text(text, encoding="utf8")
        self.logs = [(self.folder / name).open("a+", encoding="utf8") for name in LOGS]
        self.worker.take(self.folder)

    def advance(self, report: Callable[[str], None], patience: float) -> bool:
        """Read what has come, and tell whether the notebook is done."""
        over = (self.folder / "result.json").exists() or self.worker.process.poll() is not None
        self.now = time.monotonic()
        self.listen(report)
        if over:
            return self.finish(report)
        if self.now - self.heard > patience:
            raise NotebookFailed(
                f"{self.job.name} made no progress for {patience:g} s, {self.place}"
            )
        return False

    def listen(self, report: Callable[[str], None]) -> None:
        """Read the new lines, whole ones only: somebody may be in the middle of the last."""
        for log in self.logs:
            place = log.tell()
            while (line := log.readline()).endswith("\n"):
                place, self.heard = log.tell(), self.now
                if log is self.logs[1]:
                    report(line.rstrip("\n"))
                elif line.startswith("kernel"):
                    self.kernel = int(line.split()[1])
                else:
                    self.place = self.name_of(int(line.split()[1]))
            log.seek(place)

    def name_of(self, index: int) -> str:
        """Say which cell it is."""
        cells = self.job.notebook.cells
        return f"in cell {index + 1} of {len(cells)} ({cells[index].get('id', 'without a name')})"

    def finish(self, report: Callable[[str], None]) -> bool:
        """Take the result; where there is none, start again or give up."""
        with suppress(FileNotFoundError):
            error, notebook = json.loads((self.folder / "result.json").read_text("utf8"))
            if error:
                raise NotebookFailed(f"{self.job.name} failed {self.place}\n{error}")
            if notebook:
                self.job.notebook = nbformat.from_dict(notebook)
                self.clear()
                return True
        words = self.worker.last_words()
        if not self.lives:
            raise NotebookFailed(f"{self.job.name}: its kernel died again, {self.place}\n{words}")
        report(f"{self.job.name}: its kernel died {self.place}, and is started again")
        if self.worker.process.poll() is not None:
            self.worker.end()
            self.worker = Worker()
        self.clear()
        self.start()
        return False

    def clear(self) -> None:
        """End what is left of the kernel, and remove the folder."""
        for log in self.logs:
            log.close()
        if self.kernel:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.kernel, signal.SIGKILL)
        # A kernel may still create a file while it dies.
        for _ in range(100):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(POLL_SECONDS)

    def end(self) -> None:
        """End it in the middle of its work."""
        self.worker.end()
        self.clear()


def work(folder: Path) -> None:
    """Run the notebook of a folder and leave there what came of it."""
    # Only here: whoever asks shall not load what opens sockets.
    from nbclient.exceptions import CellExecutionError
    from tools import kernels

    kernels.FOLDERS = str(folder)  # so that nothing is left if this process is ended
    place, environment, content = json.loads((folder / "job.json").read_text("utf8"))
    os.environ.update(environment)
    notebook, error = nbformat.from_dict(content), ""

    def tell(kind: str, value: int) -> None:
        with (folder / "events").open("a", encoding="utf8") as events:
            events.write(f"{kind} {value}\n")

    try:
        kernels.run(
            notebook,
            place,
            seconds=None,  # whoever asks is the one who loses patience
            on_start=lambda pid: tell("kernel", pid),
            on_cell=lambda index: tell("cell", index),
        )
    except CellExecutionError as failure:
        error = str(failure)
    except RuntimeError as death:
        print(f"{type(death).__name__}: {death}", file=sys.stderr, flush=True)
        notebook = None
    part = folder / "result.part"
    part.write_text(json.dumps([error, notebook]), encoding="utf8")
    part.rename(folder / "result.json")


def main() -> None:
    """Run the notebooks of the folders that standard input names; end when it ends."""
    folders: queue.SimpleQueue[Path] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            folders.put(Path(line.rstrip("\n")))
        os._exit(0)  # whoever asked is gone; a kernel notices by itself that it is alone

    threading.Thread(target=listen, daemon=True).start()
    while True:
        work(folders.get())


if __name__ == "__main__":
    main()
