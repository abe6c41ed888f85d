"""Settings of the course for nbgrader: where things are, and what replaces nbgrader's own steps.

`exercises/course` uses them, and so does every command of nbgrader's that is run in this folder.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [path for path in (str(HERE), str(HERE.parent / "book")) if path not in sys.path]

from grading.preprocessors import (  # noqa: E402
    ClearChecks,
    Examine,
    RestoreMarks,
    StripOutputs,
    UseStubs,
    harmless_markdown,
)
from nbgrader import preprocessors as nbgrader  # noqa: E402

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "alchemy"
c.CourseDirectory.root = str(HERE)

c.GenerateAssignment.preprocessors = [
    nbgrader.LockCells,
    UseStubs,
    StripOutputs,
    nbgrader.CheckCellMetadata,
    nbgrader.ComputeChecksums,
    nbgrader.SaveCells,
    nbgrader.ClearHiddenTests,
    nbgrader.ComputeChecksums,
    nbgrader.CheckCellMetadata,
]
c.Autograde.sanitize_preprocessors = [
    RestoreMarks,
    nbgrader.OverwriteCells,
    nbgrader.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    Examine,
    nbgrader.LimitOutput,
    nbgrader.SaveAutoGrades,
    nbgrader.AssignLatePenalties,
    nbgrader.CheckCellMetadata,
]
c.GenerateFeedback.preprocessors = [nbgrader.GetGrades, ClearChecks]
# What a student's notebook shows must not run in the browser of whoever opens the feedback.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"markdown2html": harmless_markdown}
c.ClearHiddenTests.begin_test_delimeter = "BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "END HIDDEN TESTS"
