"""``exercises/course``: the commands for an instructor."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from . import table
from .collection import CollectionError
from .course import EXERCISES, Course, CourseError
from .sandbox import SandboxError


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    top = argparse.ArgumentParser(
        prog="exercises/course", description="Release, collect and grade exercises."
    )
    top.add_argument("--course", type=Path, default=EXERCISES, help="folder of the course")
    verbs = top.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("release", help="make the students' notebooks")
    verb.add_argument("chapters", nargs="*", help="for example gradient_descent; all by default")
    verb = verbs.add_parser("collect", help="take over submissions from a learning platform")
    verb.add_argument("chapter")
    verb.add_argument("source", type=Path, help="the folder or zip that you downloaded")
    verb = verbs.add_parser("grade", help="grade what is new, in a sandbox")
    verb.add_argument("chapter")
    verb.add_argument(
        "--trust-students",
        action="store_true",
        help="without a sandbox: a submission can then change anything on this computer",
    )
    verbs.add_parser("read", help="read the answers in words, in your browser")
    verb = verbs.add_parser("feedback", help="write a page for each student")
    verb.add_argument("chapter")
    verb = verbs.add_parser("grades", help="write the table of grades")
    verb.add_argument("chapter")
    return top


def read() -> int:
    """Serve nbgrader's Formgrader, which reads its settings in the folder of the exercises."""
    command = [sys.executable, "-m", "jupyter", "server", "--ServerApp.default_url=/formgrader"]
    if os.geteuid() == 0:
        command.append("--allow-root")
    return subprocess.run(command, cwd=EXERCISES).returncode


def main() -> int:
    """Run a command; the exit status is 1 if it could not be done."""
    arguments = parser().parse_args()
    try:
        if arguments.verb == "read":
            return read()
        course = Course(arguments.course, getattr(arguments, "trust_students", False))
        if arguments.verb == "release":
            lines = course.release(arguments.chapters)
        elif arguments.verb == "collect":
            lines = course.collect(arguments.chapter, arguments.source)
        elif arguments.verb == "grade":
            lines = course.grade(arguments.chapter)
        elif arguments.verb == "feedback":
            lines = course.feedback(arguments.chapter)
        else:
            lines = [str(table.write(course, arguments.chapter))]
        for line in lines:
            print(line, flush=True)
    except (CourseError, CollectionError, SandboxError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped. What is graded is kept; the same command goes on from here.",
            file=sys.stderr,
        )
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
