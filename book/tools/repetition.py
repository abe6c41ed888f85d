"""Repeat chapters under fresh seeds and count how often each claim holds: ``make repeat``.

``python -m tools.repetition [--times N] [NAME ...]``, all chapters by default. What is finished is
kept in ``_build/repetitions``; a run that was stopped goes on from there. ``--report`` repeats
nothing and lists the claims whose verdict does not stand.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import linecache
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
import types
from collections import Counter
from dataclasses import dataclass
from multiprocessing import connection, context, get_context, parent_process
from pathlib import Path

from tools import records
from tools.bootstrap import ROOT

KEPT = ROOT / "_build" / "repetitions"
# Side by side, each with one thread, which is also what makes them safe to fork; no window. With
# all that the processor offers, unlike the stored outputs: what only holds in one machine's
# arithmetic does not hold, and plain arithmetic takes two thirds longer.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
# Imported once, by the server from which every repetition is forked; it computes nothing.
PRELOADED = ["helpers", "matplotlib.pyplot", "sklearn.datasets", "sklearn.linear_model",
             "scipy.signal"]


@dataclass(frozen=True)
class Repetition:
    """One run of a chapter under one shift of its seeds."""

    chapter: Path
    shift: int
    # Where its result is, or will be
    path: Path

    def result(self) -> dict | None:
        """Return what came of it; None if it has not finished.

        Returns
        -------
        dict or None
            ``claims``, id -> whether the measurement came out as the text says; ``seconds``; and
            ``error``, None or a traceback.
        """
        return json.loads(self.path.read_text("utf8")) if self.path.is_file() else None

    def is_done(self) -> bool:
        """Tell whether it ran to its end."""
        result = self.result()
        return result is not None and result["error"] is None


def repetitions_of(chapter: Path, times: int, kept: Path) -> list[Repetition]:
    """Return a chapter's repetitions, under the shifts 1 to `times`."""
    folder = kept / chapter.stem / records.code_hash(chapter)
    return [Repetition(chapter, n, folder / f"{n}.json") for n in range(1, times + 1)]


def perform(repetition: Repetition) -> None:
    """Run the chapter's cells in this process, and store what came of it.

    Parameters
    ----------
    repetition : Repetition
        The process must be its own: its environment and modules are changed.
    """
    # Ctrl-C reaches the whole group of processes. It is for the one that started this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cells = records.cells_of(repetition.chapter)
    if records.code_hash(repetition.chapter) != repetition.path.parent.name:
        sys.exit(f"{repetition.chapter} was changed while it was repeated")
    repetition.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        claims = Path(folder) / "claims.jsonl"
        claims.touch()
        os.environ["HELPERS_CLAIMS"] = str(claims)
        os.environ["HELPERS_SEED_SHIFT"] = str(repetition.shift)
        os.chdir(repetition.chapter.parent)
        begin = time.perf_counter()
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            error = _run(cells)
        result = {
            "claims": _verdicts(claims),
            "error": error,
            "seconds": round(time.perf_counter() - begin, 1),
        }
    # Under its own name only when it is whole
    part = repetition.path.with_suffix(".part")
    part.write_text(json.dumps(result, indent=1), encoding="utf8")
    part.replace(repetition.path)


def _end_with_parent() -> None:
    connection.wait([parent_process().sentinel])
    os._exit(1)


def _run(cells: dict[str, str]) -> str | None:
    """Run all cells in one module; return the traceback of the one that fails."""
    import matplotlib.pyplot as plt
    from IPython.display import display

    from helpers import seed_everything

    seed_everything()  # before the first import of a chapter could take a name that is replaced
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    module.display = display
    for name, source in cells.items():
        file = f"cell {name}"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        try:
            exec(compile(source, file, "exec"), vars(module))
        except (Exception, SystemExit) as error:
            # Without the line above
            error.__traceback__ = error.__traceback__.tb_next
            return "".join(traceback.format_exception(error))
        plt.close("all")
    return None


def _verdicts(claims: Path) -> dict[str, bool]:
    """Return whether each claim came out as the text says, each time if it is made often."""
    verdicts: dict[str, bool] = {}
    for line in claims.read_text("utf8").splitlines():
        claim = json.loads(line)
        agrees = claim["holds"] == claim["expected"]
        verdicts[claim["id"]] = verdicts.get(claim["id"], True) and agrees
    return verdicts


class Progress:
    """How far the repetitions are, in one line for each that ends."""

    def __init__(self, repetitions: list[Repetition], processes: int) -> None:
        self.processes = processes
        self.all = Counter(one.chapter for one in repetitions)
        self.done: Counter[Path] = Counter()
        self.seconds: Counter[Path] = Counter()
        for one in repetitions:
            if one.is_done():
                self._count(one)

    def _count(self, repetition: Repetition) -> None:
        self.done[repetition.chapter] += 1
        self.seconds[repetition.chapter] += repetition.result()["seconds"]

    def left(self) -> float:
        """Return the seconds that are left; a chapter that never ran takes what others do."""
        mean = self.seconds.total() / max(self.done.total(), 1)
        return sum(
            (count - self.done[chapter])
            * (self.seconds[chapter] / self.done[chapter] if self.done[chapter] else mean)
            for chapter, count in self.all.items()
        ) / self.processes

    def show(self, repetition: Repetition) -> None:
        """Count a repetition that has ended and say so."""
        self._count(repetition)
        chapter, result = repetition.chapter, repetition.result()
        if result["error"]:
            print(f"{chapter.stem}: failed under shift {repetition.shift}\n{result['error']}")
        minutes, seconds = divmod(round(self.left()), 60)
        print(
            f"{chapter.stem}: {self.done[chapter]} of {self.all[chapter]} "
            f"({result['seconds']:.0f} s); all: {self.done.total()} of {self.all.total()}, "
            f"about {minutes} min {seconds} s left",
            flush=True,
        )


def run(repetitions: list[Repetition], processes: int) -> list[Repetition]:
    """Perform those that are not done, each in its own process.

    Parameters
    ----------
    repetitions : list of Repetition
        In this order.
    processes : int
        How many at a time.

    Returns
    -------
    list of Repetition
        Those whose process died and left no result.
    """
    server = get_context("forkserver")
    server.set_forkserver_preload(PRELOADED)
    os.environ.update(ENVIRONMENT)
    progress = Progress(repetitions, processes)
    # Also those that failed: what was wrong may have been mended outside of the chapter.
    waiting = [one for one in repetitions if not one.is_done()]
    running: dict[int, tuple[context.ForkServerProcess, Repetition]] = {}
    died = []
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                one = waiting.pop(0)
                one.path.unlink(missing_ok=True)  # of an earlier failure
                process = server.Process(target=perform, args=(one,))
                process.start()
                running[process.sentinel] = process, one
            for sentinel in connection.wait(list(running)):
                process, one = running.pop(sentinel)
                process.join()
                if one.result() is None:
                    died.append(one)
                    print(f"{one.chapter.stem}: the process of shift {one.shift} ended with "
                          f"{process.exitcode}, without a result")
                else:
                    progress.show(one)
    finally:
        for process, _ in running.values():
            process.kill()
    return died


def record_of(repetitions: list[Repetition]) -> dict:
    """Count, over all repetitions of a chapter, in how many each claim held.

    Returns
    -------
    dict
        As `records.read` describes it.
    """
    results = [one.result() for one in repetitions]
    names = sorted({name for result in results for name in result["claims"]})
    return {
        "code": repetitions[0].path.parent.name,
        "times": len(results),
        "failed": sum(result["error"] is not None for result in results),
        "claims": {
            name: {"held": sum(result["claims"].get(name, False) for result in results),
                   "of": len(results)}
            for name in names
        },
    }


def chapters_named(names: list[str], chapters: list[Path]) -> list[Path]:
    """Return the chapters of these names, in their order; all if there are none.

    Raises
    ------
    ValueError
        If there is no such chapter.
    """
    known = {chapter.stem: chapter for chapter in chapters}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"no chapter is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] or chapters


def repeat(chapters: list[Path], times: int, processes: int, kept: Path) -> bool:
    """Repeat chapters and store their records.

    Returns
    -------
    bool
        Whether all repetitions ran to their end.
    """
    plan = {chapter: repetitions_of(chapter, times, kept) for chapter in chapters}
    died = run([one for repetitions in plan.values() for one in repetitions], processes)
    whole = not died
    for chapter, repetitions in plan.items():
        if not any(one in died for one in repetitions):
            record = record_of(repetitions)
            records.write(chapter, record)
            whole &= not record["failed"]
    return whole


def main() -> int:
    """Run the command; the exit status is 1 if a repetition failed, 130 if it was stopped."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="a chapter; all unless given")
    parser.add_argument("--times", type=int, default=records.TIMES)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--report", action="store_true", help="only list what does not stand")
    parser.add_argument("--folder", type=Path, default=ROOT / "chapters", help="of the chapters")
    parser.add_argument("--kept", type=Path, default=KEPT, help="where results are kept")
    arguments = parser.parse_args()
    if arguments.times < 1:
        parser.error("--times must be at least 1")
    try:
        chapters = chapters_named(arguments.names, records.chapters_in(arguments.folder))
    except ValueError as error:
        parser.error(str(error))
    if not arguments.report:
        try:
            whole = repeat(chapters, arguments.times, arguments.processes, arguments.kept.resolve())
        except KeyboardInterrupt:
            print("\nStopped. The same command goes on from here.")
            return 130
    lines = records.falling(chapters)
    print("\n".join(lines or ["Every verdict stands."]))
    return 0 if arguments.report else int(not whole)


if __name__ == "__main__":
    sys.exit(main())
