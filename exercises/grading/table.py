"""The table of grades, a row for each student."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook

if TYPE_CHECKING:
    from .course import Course


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
    enrolled = []
    if roster.is_file():
        with roster.open(encoding="utf-8-sig", newline="") as file:
            enrolled = [row["student"].strip() for row in csv.DictReader(file)]
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
            "; ".join(report["notes"]),
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
    return [student, earned, total, *points, state, "; ".join([*report["notes"], *reasons])]


def safe(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" and cell else cell
