"""The table of grades, a row for each student."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

from nbgrader.api import Gradebook

from .collection import identifier, printable
from .course import Course
from .files import CourseError
from .outputs import in_line

NOTE_CHARACTERS = 600
NOTES_CHARACTERS = 2000


def write(course: Course, name: str) -> Path:
    """Write the table of grades.

    Parameters
    ----------
    course : Course
        The course.
    name : str
        The exercises.

    Returns
    -------
    Path
        A CSV with a row for each student (those of ``students.csv`` who handed in nothing
        included) and a column for each question. A cell is empty where nobody has graded yet.
    """
    questions = course.questions(name)
    roster = course.root / "students.csv"
    enrolled = listed(roster) if roster.is_file() else set()
    students = sorted({*enrolled, *course.submissions(name)})
    header = ["student", "points", "of", *(f"{q} ({p:g})" for q, p in questions.items())]
    path = course.root / "grades" / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".new")
    # With a mark for Excel, which otherwise garbles names that are not English.
    with (
        unfinished.open("w", encoding="utf-8-sig", newline="") as file,
        course.gradebook() as gradebook,
    ):
        table = csv.writer(file)
        table.writerow([*header, "state", "notes"])
        for student in students:
            table.writerow(
                [safe(cell) for cell in row(course, gradebook, name, student, questions)]
            )
    unfinished.replace(path)
    return path


def listed(roster: Path) -> set[str]:
    """Return the students of ``students.csv``, as `collect` would name them.

    Raises
    ------
    CourseError
        If it cannot be read, or has no column ``student``.
    """
    try:
        lines = roster.read_text("utf-8-sig").splitlines()
        first = lines[0] if lines else ""
        # Excel writes the one or the other, by the country it is set to.
        delimiter = max(",;\t", key=first.count)
        table = csv.DictReader(lines, delimiter=delimiter, skipinitialspace=True)
        names = [(row["student"] or "").strip() for row in table]
    except (KeyError, UnicodeDecodeError, csv.Error):
        raise CourseError(f"{roster.name} needs a column 'student', saved as UTF-8") from None
    return {identifier(printable(name)) for name in names} - {""}


def shortened(notes: list[str]) -> str:
    """Return notes as a cell of a table; the report and the feedback have all of them."""
    notes = [in_line(note, NOTE_CHARACTERS) for note in notes]
    ends = itertools.accumulate(len(note) + 2 for note in notes)
    kept = sum(end <= NOTES_CHARACTERS for end in ends)
    more = [f"and {len(notes) - kept} more"] if kept < len(notes) else []
    return "; ".join([*notes[:kept], *more])


def row(
    course: Course, gradebook: Gradebook, name: str, student: str, questions: dict[str, float]
) -> list[object]:
    """Return a student's row: name, points, maximum, each question, state and notes."""
    empty, total = [""] * len(questions), sum(questions.values())
    if not (course.root / "submitted" / student / name).is_dir():
        return [student, "", total, *empty, "handed in nothing", ""]
    report = course.report(name, student)
    if report is None:
        return [student, "", total, *empty, "not graded yet", ""]
    if report["problem"]:
        return [
            student,
            "",
            total,
            *empty,
            report["problem"] if report["again"] else f"not graded: {report['problem']}",
            shortened(report["notes"]),
        ]
    by_name = course.scores(gradebook, name, student)
    if by_name is None:
        return [student, "", total, *empty, "not graded yet", ""]
    points: list[object] = []
    waiting = 0
    for question in questions:
        grade = by_name[question]
        open_question = grade.needs_manual_grade and grade.manual_score is None
        waiting += open_question
        points.append("" if open_question else grade.score)
    reasons = [
        f"{question}: {line}"
        for question, verdict in report["questions"].items()
        for line in verdict["lines"]
        if ": right (" not in line
    ]
    state = f"{waiting} to be read" if waiting else "graded"
    again = [q for q in report["stale"] if by_name[q].needs_manual_grade]
    state += f"; changed since it was read: {', '.join(again)}" if again else ""
    earned = sum(point for point in points if point != "")
    return [student, earned, total, *points, state, shortened([*report["notes"], *reasons])]


def safe(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" and cell else cell
