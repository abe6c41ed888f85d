"""Repeat chapters under fresh seeds and count how often each claim holds: ``make repeat``.

``python -m tools.repetition [--times N] [NAME ...]``, all chapters by default. What is finished is
kept in ``_build/repetitions``; a run that was stopped goes on from there. ``--report`` repeats
nothing and lists the claims whose verdict does not stand.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import connection, get_context
from pathlib import Path

from tools import records
from tools.bootstrap import ROOT
from tools.trial import Trial, perform

KEPT = ROOT / "_build" / "repetitions"
# Side by side, each with one thread, which is also what makes them safe to fork; no window. With
# all that the processor offers, unlike the stored outputs: what only holds in one machine's
# arithmetic does not hold, and plain arithmetic takes two thirds longer.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
# Imported once, by the server from which every trial is forked; it computes nothing.
PRELOADED = [
    "helpers",
    "matplotlib.pyplot",
    "scipy.signal",
    "sklearn.datasets",
    "sklearn.linear_model",
    "tools.trial",
]


def trials_of(chapter: Path, times: int, kept: Path) -> list[Trial]:
    """Return a chapter's trials, under the shifts 1 to `times`."""
    folder = kept / chapter.stem / records.code_hash(chapter)
    return [Trial(chapter, shift, folder / f"{shift}.json") for shift in range(1, times + 1)]


class Progress:
    """How far the repetitions are, in one line for each that ends."""

    def __init__(self, trials: list[Trial], processes: int) -> None:
        self.processes = processes
        self.all = Counter(one.chapter for one in trials)
        self.done: Counter[Path] = Counter()
        self.seconds: Counter[Path] = Counter()
        for one in trials:
            if one.is_done():
                self._count(one)

    def _count(self, trial: Trial) -> None:
        self.done[trial.chapter] += 1
        self.seconds[trial.chapter] += trial.result()["seconds"]

    def left(self) -> float:
        """Return the seconds that are left; a chapter that never ran takes what others do."""
        mean = self.seconds.total() / max(self.done.total(), 1)
        return sum(
            (count - self.done[chapter])
            * (self.seconds[chapter] / self.done[chapter] if self.done[chapter] else mean)
            for chapter, count in self.all.items()
        ) / self.processes

    def show(self, trial: Trial) -> None:
        """Count a trial that has ended and say what came of it."""
        chapter, result = trial.chapter, trial.result()
        if result is None:
            print(f"{chapter.stem}: the process of shift {trial.shift} died without a result")
            return
        self._count(trial)
        if result["error"]:
            print(f"{chapter.stem}: failed under shift {trial.shift}\n{result['error']}")
        minutes, seconds = divmod(round(self.left()), 60)
        print(
            f"{chapter.stem}: {self.done[chapter]} of {self.all[chapter]} "
            f"({result['seconds']:.0f} s); all: {self.done.total()} of {self.all.total()}, "
            f"about {minutes} min {seconds} s left",
            flush=True,
        )


def run(trials: list[Trial], processes: int) -> Iterator[Trial]:
    """Perform trials, each in its own process.

    Parameters
    ----------
    trials : list of Trial
        In this order.
    processes : int
        How many at a time.

    Yields
    ------
    Trial
        Each that has ended. It has no result if its process died.
    """
    server = get_context("forkserver")
    server.set_forkserver_preload(PRELOADED)
    os.environ.update(ENVIRONMENT)
    waiting, running = list(trials), {}
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                trial = waiting.pop(0)
                process = server.Process(target=perform, args=(trial,))
                process.start()
                running[process.sentinel] = process, trial
            for sentinel in connection.wait(list(running)):
                process, trial = running.pop(sentinel)
                process.join()
                yield trial
    finally:
        for process, _ in running.values():
            process.kill()


def record_of(trials: list[Trial]) -> dict:
    """Count, over all trials of a chapter, in how many each claim held.

    Returns
    -------
    dict
        As `records.read` describes it.
    """
    results = [one.result() for one in trials]
    names = sorted({name for result in results for name in result["claims"]})
    return {
        "code": trials[0].path.parent.name,
        "times": len(results),
        "failed": sum(result["error"] is not None for result in results),
        "claims": {
            name: {"held": sum(result["claims"].get(name, False) for result in results),
                   "of": len(results)}
            for name in names
        },
    }


def repeat(chapters: list[Path], times: int, processes: int, kept: Path) -> bool:
    """Repeat chapters; store the record of each as soon as it is whole.

    Returns
    -------
    bool
        Whether all trials ran to their end.
    """
    plan = {chapter: trials_of(chapter, times, kept) for chapter in chapters}
    trials = [trial for one in plan.values() for trial in one]
    progress = Progress(trials, processes)

    def store(chapter: Path) -> None:
        if all(trial.result() for trial in plan[chapter]):
            records.write(chapter, record_of(plan[chapter]))

    # Also those that failed: what was wrong may have been mended outside of the chapter.
    waiting = [trial for trial in trials if not trial.is_done()]
    for trial in waiting:
        trial.path.unlink(missing_ok=True)
    for chapter in chapters:
        store(chapter)
    with closing(run(waiting, processes)) as ended:
        for trial in ended:
            progress.show(trial)
            store(trial.chapter)
    return all(trial.is_done() for trial in trials)


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
        chapters = records.chapters_named(arguments.names, arguments.folder)
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
