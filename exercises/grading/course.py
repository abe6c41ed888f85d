"""The steps of a course's week: release, collect, grade, feedback, grades.

Each can be stopped at any moment and run again: whatever is finished has its report in
``reports/``, written in one piece after everything else.
"""

from __future__ import annotations

import fcntl
import hashlib
import html
import json
import os
import shutil
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from . import collection
from .files import CourseError, at_most, failure, unreadable, write_whole
from .preprocessors import kernels, report_of

EXERCISES = Path(__file__).resolve().parents[1]
PAGE_SECONDS = 120

# nbgrader's own handling of its sessions, of which nobody here can change anything.
warnings.filterwarnings("ignore", category=SAWarning)


class Course:
    """A course: a folder with what nbgrader expects, ``source``, ``release`` and so on.

    Parameters
    ----------
    root : Path
        The folder.
    trust_students : bool
        Whether to grade without a sandbox.
    """

    def __init__(self, root: Path = EXERCISES, trust_students: bool = False) -> None:
        self.root = root.resolve()
        self.trusted = trust_students
        # nbgrader calls alembic, which is installed beside this Python, by its bare name.
        bin_folder = str(Path(sys.executable).parent)
        if bin_folder not in os.environ["PATH"].split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([bin_folder, os.environ["PATH"]])
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(EXERCISES))
        config: Config = loader.load_config()
        config.CourseDirectory.root = str(self.root)
        config.Examine.trust_students = trust_students
        self.api = NbGraderAPI(CourseDirectory(config=config), config=config)
        self.api.log.setLevel("WARNING")
        self.api.log.propagate = False

    def exercises(self) -> list[str]:
        """Return the names of all exercise notebooks."""
        return sorted(path.parent.name for path in self.root.glob("source/*/*.ipynb"))

    def require(self, name: str) -> None:
        """Refuse a name that no exercise notebook has."""
        if name not in self.exercises():
            raise CourseError(f"no exercises {name!r}; there are {', '.join(self.exercises())}")

    def gradebook(self) -> Gradebook:
        """Open the gradebook, to be used in a ``with``."""
        return Gradebook(self.api.coursedir.db_url, self.api.coursedir.course_id)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second command out while one writes."""
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CourseError(
                    "another command is at work in this course: wait for it"
                ) from None
            yield

    # release

    def release(self, names: list[str]) -> list[str]:
        """Make the students' notebooks and enter their questions into the gradebook.

        Parameters
        ----------
        names : list of str
            The exercises to release; all if empty.

        Returns
        -------
        list of str
            A line for each.
        """
        names = names or self.exercises()
        for name in names:
            self.require(name)
        lines = []
        with self.alone():
            for name in names:
                result = self.api.generate_assignment(name, force=True)
                if not result["success"]:
                    raise CourseError(f"{name} could not be released:\n{failure(result)}")
                path = self.root / "release" / name / f"{name}.ipynb"
                # One form, whatever wrote it: a diff shows what somebody changed.
                notebook = nbformat.read(path, as_version=4)
                path.write_text(nbformat.writes(notebook) + "\n", encoding="utf8")
                lines.append(f"{name}: {path.relative_to(self.root)}")
        return lines

    def questions(self, name: str) -> dict[str, float]:
        """Return the graded cells of an exercise notebook, in their order, with their points."""
        self.require(name)
        path = self.root / "release" / name / f"{name}.ipynb"
        if not path.is_file():
            raise CourseError(f"{name} is not released yet: exercises/course release {name}")
        cells = nbformat.read(path, as_version=4).cells
        marks = [cell.metadata.get("nbgrader", {}) for cell in cells]
        return {mark["grade_id"]: float(mark["points"]) for mark in marks if mark.get("grade")}

    # collect

    def collect(self, name: str, source: Path) -> list[str]:
        """Take over the submissions of a folder or zip.

        Parameters
        ----------
        name : str
            The exercises that were handed in.
        source : Path
            What the learning platform gave.

        Returns
        -------
        list of str
            What was done, and what was unusual.
        """
        self.questions(name)
        submissions, nameless = collection.choose(collection.read(source), name)
        if not submissions:
            raise CourseError(f"no submissions in {source}")
        counts = {"new": 0, "changed": 0, "known": 0, "without a notebook": 0}
        lines = []
        with self.alone():
            for submission in submissions:
                folder = self.root / "submitted" / submission.student / name
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{name}.ipynb"
                if submission.content is None:
                    kind = "without a notebook"
                elif not path.exists():
                    kind = "new"
                else:
                    kind = "known" if path.read_bytes() == submission.content else "changed"
                counts[kind] += 1
                if submission.content is not None:
                    write_whole(path, submission.content)
                # Not for a student who handed something better in before.
                if submission.content is not None or not path.exists():
                    write_whole(folder / "note.txt", submission.note.encode())
                # One of two who would have the same name can have been alone before.
                old = f"submitted/{submission.otherwise}/{name}"
                if submission.otherwise and (self.root / old).is_dir():
                    lines.append(
                        f"{submission.student}: {submission.otherwise}, collected before, may be "
                        f"the same: if so, remove {old}"
                    )
                if submission.note:
                    lines.append(f"{submission.student}: {submission.note}")
        lines += [f"no student can be told from the name: {path}" for path in nameless]
        return [*lines, ", ".join(f"{count} {kind}" for kind, count in counts.items())]

    # grade

    def submissions(self, name: str) -> list[str]:
        """Return the students who handed something in."""
        return sorted(path.parent.name for path in self.root.glob(f"submitted/*/{name}"))

    def report_path(self, name: str, student: str) -> Path:
        """Return where the report on a submission is."""
        return self.root / "reports" / name / f"{student}.json"

    def report(self, name: str, student: str) -> dict | None:
        """Return the report on a submission, if it is graded and has not changed since."""
        path = self.report_path(name, student)
        if not path.is_file():
            return None
        report = json.loads(path.read_text("utf8"))
        return report if report["digest"] == self.digest(name, student) else None

    def digest(self, name: str, student: str) -> str:
        """Return a hash of what a grade depends on: the submission and the exercises."""
        digest = hashlib.sha256()
        folder = self.root / "submitted" / student / name
        for path in (
            folder / f"{name}.ipynb",
            folder / "note.txt",
            self.root / "release" / name / f"{name}.ipynb",
            self.root / "source" / name / f"{name}.ipynb",
        ):
            content = path.read_bytes() if path.is_file() else b""
            digest.update(len(content).to_bytes(8) + content)
        return digest.hexdigest()

    def is_new(self, name: str, student: str) -> bool:
        """Tell whether a submission is to be graded: new, changed, or a trial that failed."""
        report = self.report(name, student)
        if report is None or report["again"]:
            return True
        # Somebody can have removed the gradebook and left the reports.
        with self.gradebook() as gradebook:
            return not report["problem"] and self.scores(gradebook, name, student) is None

    def scores(self, gradebook: Gradebook, name: str, student: str) -> dict[str, Any] | None:
        """Return a student's grades by question; None if the gradebook lacks one of them."""
        try:
            grades = gradebook.find_submission_notebook(name, name, student).grades
        except MissingEntry:
            return None
        by_name = {grade.name: grade for grade in grades}
        return by_name if set(self.questions(name)) <= set(by_name) else None

    def grade(self, name: str) -> Iterator[str]:
        """Grade what is new.

        Parameters
        ----------
        name : str
            The exercises.

        Yields
        ------
        str
            A line of progress for each submission, and a summary.

        Raises
        ------
        SandboxError
            If there is no sandbox and the students are not trusted.
        CourseError
            If nothing was released.
        """
        questions = self.questions(name)
        # Refuse before anything else is done.
        kernels(self.trusted)
        with self.alone():
            # Also when the notebook was released elsewhere, as in a fresh clone.
            with self.gradebook() as gradebook:
                try:
                    gradebook.find_assignment(name)
                    known = True
                except MissingEntry:
                    known = False
            if not known:
                raise CourseError(
                    f"{name} is not in the gradebook: exercises/course release {name}"
                )
            students = self.submissions(name)
            new = [student for student in students if self.is_new(name, student)]
            begin = time.monotonic()
            for number, student in enumerate(new, start=1):
                start = time.monotonic()
                report = self.grade_one(name, student)
                report["seconds"] = round(time.monotonic() - start, 2)
                write_whole(self.report_path(name, student), json.dumps(report, indent=1).encode())
                left = (time.monotonic() - begin) / number * (len(new) - number)
                earned = sum(q["points"] for q in report.get("questions", {}).values())
                result = report["problem"] or f"{earned:g} of {sum(questions.values()):g}"
                notes = f", {len(report['notes'])} notes" if report["notes"] else ""
                yield (
                    f"[{number}/{len(new)}] {student}: {result}{notes} "
                    f"({report['seconds']:.1f} s, about {left:.0f} s left)"
                )
        yield f"{len(new)} graded, {len(students) - len(new)} were graded already"

    def grade_one(self, name: str, student: str) -> dict:
        """Grade a submission and return its report."""
        folder = self.root / "submitted" / student / name
        note = folder / "note.txt"
        notes = note.read_text("utf8").split("\n") if note.is_file() else []
        notes = [line for line in notes if line]
        report = {
            "digest": self.digest(name, student),
            "again": False,  # whether the next run shall try again
            "problem": "",
            "notes": notes,
            "questions": {},
            "texts": {},  # hashes of the answers in words
            "stale": [],  # those that have changed since somebody graded them
        }
        path = folder / f"{name}.ipynb"
        graded = self.root / "autograded" / student / name
        report["problem"] = unreadable(path)
        if report["problem"]:
            # The result of an earlier, readable version must not stay.
            shutil.rmtree(graded, ignore_errors=True)
            with self.gradebook() as gradebook:
                try:
                    gradebook.remove_submission(name, student)
                except MissingEntry:
                    pass
            return report
        before = self.unread(name, student)
        result = self.api.autograde(name, student, force=True, create=True)
        if not result["success"]:
            # nbgrader stops at nothing, not even when it is told to.
            if result.get("error", "").rstrip().endswith("KeyboardInterrupt"):
                raise KeyboardInterrupt
            report["problem"] = f"could not be graded: {failure(result)}"
            report["again"] = True
            return report
        record = report_of(graded / f"{name}.ipynb")
        report["notes"] += record["notes"]
        report["questions"] = record["questions"]
        report["texts"] = record["texts"]
        self.mark_read(name, student, report, before)
        return report

    def unread(self, name: str, student: str) -> set[str]:
        """Return the graded answers that nbgrader wants a person to look at."""
        with self.gradebook() as gradebook:
            grades = self.scores(gradebook, name, student) or {}
            return {question for question, grade in grades.items() if grade.needs_manual_grade}

    def mark_read(self, name: str, student: str, report: dict, before: set[str]) -> None:
        """Tell answers that have changed since a person graded them from those that have not.

        nbgrader keeps that person's points, and after each run wants everything to be read again.
        """
        path = self.report_path(name, student)
        old = json.loads(path.read_text("utf8")) if path.is_file() else {}
        texts = old.get("texts") or report["texts"]
        with self.gradebook() as gradebook:
            for question, grade in (self.scores(gradebook, name, student) or {}).items():
                if grade.manual_score is None:
                    continue
                changed = texts.get(question) != report["texts"].get(question)
                if changed or question in old.get("stale", []) and question in before:
                    report["stale"].append(question)
                else:
                    grade.needs_manual_grade = False
            gradebook.db.commit()

    # feedback

    def feedback(self, name: str) -> Iterator[str]:
        """Write a page for each student.

        Parameters
        ----------
        name : str
            The exercises.

        Yields
        ------
        str
            A line of progress for each student, and a summary.

        Raises
        ------
        CourseError
            If nobody handed in, and in place of the summary if a page could not be written.
        """
        students = self.submissions(name)
        if not students:
            raise CourseError(f"nobody handed in {name}: exercises/course collect {name} FILE")
        written, ungraded = 0, 0
        with self.alone():
            for number, student in enumerate(students, start=1):
                report = self.report(name, student)
                target = self.root / "feedback" / student / name / f"{name}.html"
                if report is None:
                    ungraded += 1
                    yield f"[{number}/{len(students)}] {student}: not graded yet"
                    continue
                if report["problem"]:
                    shutil.rmtree(target.parent, ignore_errors=True)
                    page = f"<!doctype html><meta charset=utf-8><title>{name}</title><p>"
                    page += html.escape(f"Not graded: {report['problem']}")
                    write_whole(target, page.encode())
                else:
                    with at_most(PAGE_SECONDS):
                        result = self.api.generate_feedback(name, student, force=True)
                    if not result["success"]:
                        yield f"[{number}/{len(students)}] {student}: {failure(result)}"
                        continue
                written += 1
                yield f"[{number}/{len(students)}] {student}: {target.relative_to(self.root)}"
        count = f"{written} pages written"
        count += f", {ungraded} not graded yet" if ungraded else ""
        if failed := len(students) - written - ungraded:
            raise CourseError(f"{count}, {failed} could not be")
        yield count

    # grades
