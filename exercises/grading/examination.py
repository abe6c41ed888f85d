"""Runs a student's notebook and has each check judged, whatever the notebook does."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from nbformat import NotebookNode
from tools.regions import split

from .kernel import Failure, KernelLost, Outcome, StudentKernel
from .oracle import Student, Verdict, judge
from .outputs import in_line
from .pool import Kernels, NoKernel

CELL_SECONDS = 10
QUESTION_SECONDS = 5
NOTEBOOK_SECONDS = 60
PATIENCE = 4  # by which all these are multiplied at most
RESTARTS = 3
OUTPUT_BYTES = 4_000_000  # of a notebook; beyond that nobody reads them
TOO_LONG = "it ran for"

# What a cell can change for all cells behind it: functions of libraries, and settings. The ids of
# functions tell whether somebody has put others in their places.
MACHINERY = """
import ast, base64, builtins, hashlib, json, math, signal, sys, threading, numpy
places = [builtins, ast, base64, json, math, sys, numpy, numpy.linalg, numpy.random]
places += [sys.modules["plain_values"]]
found = {
    "names": sorted(name for name in globals() if hasattr(builtins, name)),
    "tracing": str([sys.gettrace(), sys.getprofile(), sys.getrecursionlimit()]),
    "errors": str(numpy.geterr()),
    "alarm": str(signal.getitimer(signal.ITIMER_REAL)),
    "threads": sorted(thread.name for thread in threading.enumerate()),
}
if torch := sys.modules.get("torch"):
    places += [torch, torch.Tensor, torch.nn.functional]
    found["dtype"] = str(torch.get_default_dtype())
for place in places:
    functions = [
        (id(place), name, id(value), id(getattr(value, "__code__", None)))
        for name, value in sorted(vars(place).items())
        if callable(value)
    ]
    found[place.__name__] = hashlib.sha256(repr(functions).encode()).hexdigest()
found
"""
GIVEN = "{name: id(value) for name, value in globals().items() if callable(value)}"


class CheckError(RuntimeError):
    """A check cannot be judged, because its author has made a mistake."""


@dataclass
class Exercise:
    """A check, and the cells that were written for it.

    Attributes
    ----------
    check : NotebookNode
        The cell that grades.
    before : list of NotebookNode
        The released cells before it, which no student writes.
    answers : list of NotebookNode
        The answers since the check before it.
    """

    check: NotebookNode
    before: list[NotebookNode]
    answers: list[NotebookNode]

    @property
    def name(self) -> str:
        """Return the name that nbgrader knows the check by."""
        return self.check.metadata["nbgrader"]["grade_id"]

    @property
    def points(self) -> float:
        """Return what the check is worth."""
        return float(self.check.metadata["nbgrader"]["points"])


@dataclass
class Examination:
    """One notebook's run.

    When a cell or a question costs the kernel, a new one is started, the cells that had run well
    are run again, and the work goes on behind the cell that did it. And when a cell has done
    something that others feel, each check that did not earn everything is judged a second time, in
    a kernel that has run no answers but its own and some that are right. So no cell costs the
    answers to other exercises.

    Attributes
    ----------
    kernels : Kernels
        Where kernels come from.
    secret : bytes
        From it the inputs are drawn: nobody can foresee them, and a second run draws the same.
    notes : list of str
        What went wrong outside a check, for the report.
    """

    kernels: Kernels
    secret: bytes
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin without a kernel."""
        self.kernel: StudentKernel | None = None
        self.lost = False  # whether a kernel was lost, or a cell had to be stopped
        self.slow: set[str] = set()  # the checks that needed too long
        self.kept = 0

    def run(self, notebook: NotebookNode) -> dict[str, Verdict]:
        """Run all cells in their order.

        Parameters
        ----------
        notebook : NotebookNode
            With nbgrader's metadata and the checks' hidden tests. Its outputs are replaced.

        Returns
        -------
        dict
            For each check, by its ``grade_id``, what it earned.

        Raises
        ------
        CheckError
            If an oracle fails, whatever the student answers.
        NoKernel
            If no kernel can be started.
        """
        try:
            verdicts, disturbed = self.together(notebook)
            if disturbed:
                self.one_by_one(notebook, verdicts)
        finally:
            if self.kernel:
                self.kernel.close()
        return verdicts

    def together(self, notebook: NotebookNode) -> tuple[dict[str, Verdict], bool]:
        """Run all cells in one kernel; tell as well whether one of them can have spoiled others."""
        self.begin(RESTARTS)
        verdicts, last = {}, ""
        for number, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type != "code":
                continue
            marks = cell.metadata.get("nbgrader", {})
            name = marks.get("grade_id") or f"cell {number}"
            if is_check(cell):
                verdicts[name] = self.check(cell)
                continue
            outcome = self.execute(cell.source)
            cell.outputs = self.limited(outcome)
            # Once nothing runs any more, the first cell that did not says so for all.
            if outcome.failure and not (self.over and outcome.failure == last):
                self.notes.append(f"{name}: {outcome.failure}")
            last = outcome.failure
            if marks and not marks.get("solution"):
                self.note_given()
        return verdicts, not self.is_clean()

    def one_by_one(self, notebook: NotebookNode, verdicts: dict[str, Verdict]) -> None:
        """Judge each check again that did not earn everything, without what can have spoiled it."""
        until = time.monotonic() + patience() * NOTEBOOK_SECONDS
        clean, run = False, 0
        for exercise in exercises(notebook):
            first = verdicts[exercise.name]
            if first.points >= exercise.points or exercise.name in self.slow:
                continue
            if time.monotonic() > until:
                self.notes.append(f"{exercise.name}: no time was left to judge it alone")
                continue
            if not clean:
                self.begin(restarts=1)
                run = 0
            for cell in exercise.before[run:]:
                self.execute(cell.source)
                self.note_given()
            run = len(exercise.before)
            outcomes = [self.execute(cell.source) for cell in exercise.answers]
            second = self.check(exercise.check, first)
            if second.points > first.points:
                verdicts[exercise.name] = second
                self.notes.append(
                    f"{exercise.name}: judged without other answers, which had spoiled it"
                )
                for cell, outcome in zip(exercise.answers, outcomes, strict=True):
                    cell.outputs = self.limited(outcome)
            # A kernel takes a second, so one that is as good as new is used again.
            clean = second.points >= exercise.points and self.is_clean()

    def note_given(self) -> None:
        """Note which functions a released cell has defined, which no answer should replace."""
        names = self.ask(GIVEN, {})
        self.given |= names if isinstance(names, dict) else {"": 0}

    def is_clean(self) -> bool:
        """Tell whether the kernel is still as it was, apart from what the answers have defined."""
        if self.lost or self.over:
            return False
        for before, question in ((self.given, GIVEN), (self.machinery, MACHINERY)):
            now = self.ask(question, {})
            # More may have come, for example an imported library.
            if not isinstance(before, dict) or not isinstance(now, dict):
                return False
            if any(now.get(name) != value for name, value in before.items()):
                return False
        return True

    def begin(self, restarts: int) -> None:
        """Begin with a kernel that has run nothing."""
        if self.kernel:
            self.kernel.close()
        self.kernel = self.kernels.take()
        self.done: list[str] = []
        self.restarts = restarts
        self.deadline = time.monotonic() + patience() * NOTEBOOK_SECONDS
        self.over, self.lost = "", False
        self.given: dict[str, int] = {}
        self.machinery = self.ask(MACHINERY, {})

    def execute(self, code: str) -> Outcome:
        """Run a cell; a lost kernel is a failure like others."""
        if reason := self.closed():
            return Outcome(failure=reason)
        try:
            outcome = self.kernel.run(code, self.allowed(CELL_SECONDS))
        except KernelLost as lost:
            self.restart()
            return Outcome(failure=str(lost))
        # A cell that failed half-way may have defined something: it is part of the state as well.
        if outcome.failure.startswith(TOO_LONG):
            self.lost = True
        else:
            self.done.append(code)
        return outcome

    def limited(self, outcome: Outcome) -> list[NotebookNode]:
        """Return a cell's outputs while the notebook has room for them."""
        self.kept += outcome.size
        if self.kept <= OUTPUT_BYTES:
            return outcome.outputs
        text = "The notebook's outputs are too long to be kept.\n"
        return [NotebookNode(output_type="stream", name="stdout", text=text)]

    def check(self, cell: NotebookNode, first: Verdict | None = None) -> Verdict:
        """Have a check's oracle judge what the kernel answers, and write that into the cell.

        Parameters
        ----------
        cell : NotebookNode
            The check.
        first : Verdict, optional
            An earlier verdict, which stays in the cell unless this one is better.
        """
        marks = cell.metadata["nbgrader"]
        name, points = marks["grade_id"], float(marks["points"])

        def ask(code: str, values: dict[str, Any]) -> Any:
            answer = self.ask(code, values)
            if isinstance(answer, Failure) and answer.reason.startswith(TOO_LONG):
                self.slow.add(name)
            return answer

        try:
            verdict = self.judge(cell, ask)
        # That says nothing about the check.
        except NoKernel:
            raise
        except Exception as error:
            # Does it fail by itself, or only on what this student answers?
            try:
                self.judge(cell, lambda code, values: Failure("no answer"))
            except Exception as own:
                reason = in_line(f"{type(own).__name__}: {own}")
                raise CheckError(f"{name}: its oracle fails: {reason}") from own
            reason = in_line(f"{type(error).__name__}: {error}")
            self.notes.append(f"{name}: its oracle failed on this answer: {reason}")
            verdict = Verdict(0.0, [f"the answer is of no kind that can be judged: {reason}"])
        if first is None or verdict.points > first.points:
            cell.outputs = written(verdict, points)
        return verdict

    def judge(self, cell: NotebookNode, ask: Any) -> Verdict:
        """Run a check's oracle, with inputs that are the same in each run."""
        marks = cell.metadata["nbgrader"]
        digest = hashlib.sha256(self.secret + marks["grade_id"].encode()).digest()
        rng = np.random.default_rng(list(digest))
        return judge(split(cell.source).hidden, Student(ask), rng, float(marks["points"]))

    def ask(self, code: str, values: dict[str, Any]) -> Any:
        """Ask the kernel, within the time that is left."""
        if reason := self.closed():
            return Failure(reason)
        try:
            answer = self.kernel.ask(code, values, self.allowed(QUESTION_SECONDS))
        except KernelLost as lost:
            self.restart()
            return Failure(str(lost))
        if isinstance(answer, Failure) and answer.reason.startswith(TOO_LONG):
            self.lost = True
        return answer

    def allowed(self, seconds: float) -> float:
        """Return how long a cell or question may take, within what the notebook still has."""
        return min(patience() * seconds, max(self.deadline - time.monotonic(), 0.5))

    def closed(self) -> str:
        """Return why nothing runs any more; empty while it does."""
        if not self.over and time.monotonic() > self.deadline:
            self.over = "the notebook had used up its time"
        return self.over

    def restart(self) -> None:
        """Take a new kernel and bring it to where the lost one was."""
        self.lost = True
        self.kernel.close()
        self.restarts -= 1
        if self.restarts < 0:
            self.over = "the notebook had cost too many kernels"
            return
        self.kernel = self.kernels.take()
        try:
            for code in self.done:
                if self.closed():
                    return
                self.kernel.run(code, self.allowed(CELL_SECONDS))
        except KernelLost as lost:
            self.over = f"a second run of the same cells failed: {lost}"


def patience() -> int:
    """Return by what limits of time are multiplied: on a busy computer honest work takes longer."""
    busy = os.getloadavg()[0] / (2 * (os.cpu_count() or 1))
    return min(PATIENCE, max(1, round(busy)))


def is_check(cell: NotebookNode) -> bool:
    """Tell whether a cell grades code."""
    marks = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(marks.get("grade")) and not marks.get("solution")


def exercises(notebook: NotebookNode) -> list[Exercise]:
    """Return the checks of a notebook with the cells that belong to them."""
    found, before, answers = [], [], []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if is_check(cell):
            found.append(Exercise(cell, list(before), answers))
            answers = []
        elif cell.cell_type == "code" and marks:
            (answers if marks.get("solution") else before).append(cell)
    return found


def written(verdict: Verdict, points: float) -> list[NotebookNode]:
    """Return a verdict as outputs: nbgrader reads the points there, a student the reasons."""
    text = "\n".join(verdict.lines) + "\n"
    return [
        NotebookNode(output_type="stream", name="stdout", text=text),
        NotebookNode(
            output_type="execute_result",
            execution_count=None,
            metadata={},
            data={
                "text/plain": f"{verdict.points:g}",
                "text/html": f"{verdict.points:g} of {points:g} points",
            },
        ),
    ]
