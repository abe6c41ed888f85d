"""The marked regions of an exercise's source: solution, stub and hidden tests.

::

    def step(theta, gradient, lr):
        ### BEGIN SOLUTION
        return theta - lr * gradient
        ### BEGIN STUB
        # return ...
        ### END SOLUTION

Readers of the site see the solution, students the stub, and the hidden tests only the grader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WORDS = r"(BEGIN|END) (SOLUTION|STUB|HIDDEN TESTS)"
MARK = re.compile(rf"\s*(?:### {WORDS}|<!-- {WORDS} -->)\s*")
# A line that was meant as a mark. Passed over, it would show the solution to the students.
ALMOST = re.compile(
    r"\s*(?:#+|<!--)[\s#]*(BEGIN|END)[\s_]*(SOLUTION|STUB|HIDDEN[\s_]*TEST)S?[\s:.#]*(?:-->)?\s*",
    re.IGNORECASE,
)
CODE_STUB = 'raise NotImplementedError("Write your answer here.")'
TEXT_STUB = "*Write your answer here.*"


@dataclass
class Regions:
    """A cell's source, taken apart.

    Attributes
    ----------
    solved : str
        With the solution and without marks, stub and hidden tests: what the site shows.
    stub : str
        With the stub in the place of the solution: what a student gets.
    solution : str
        The solution alone; empty where there is none.
    hidden : str
        The hidden tests alone; empty where there are none.
    """

    solved: str
    stub: str
    solution: str
    hidden: str


def split(source: str) -> Regions:
    """Take the source of a cell apart.

    Parameters
    ----------
    source : str
        A code or Markdown cell of an exercise's source notebook.

    Raises
    ------
    ValueError
        If the marks do not fit together; the message names the mark.
    """
    place = "outside"
    lines: dict[str, list[str]] = {"solved": [], "stub": [], "solution": [], "hidden": []}
    has_stub, start, indent, text = False, 0, "", False
    for line in source.split("\n"):
        if mark := MARK.fullmatch(line):
            is_text = mark[1] is None
            verb, name = mark.groups()[2:] if is_text else mark.groups()[:2]
            step = (place, f"{verb} {name}")
            if place != "outside" and is_text != text:
                raise ValueError(f"'{line.strip()}' is not written like the mark before it")
            if step == ("outside", "BEGIN SOLUTION"):
                has_stub, start, text = False, len(lines["solution"]), is_text
                indent = line[: len(line) - len(line.lstrip())]
            elif step == ("SOLUTION", "BEGIN STUB"):
                has_stub = True
            elif step in (("SOLUTION", "END SOLUTION"), ("STUB", "END SOLUTION")):
                if not "".join(lines["solution"][start:]).strip():
                    raise ValueError("'BEGIN SOLUTION' has no solution behind it")
                if not has_stub:
                    lines["stub"].append(indent + (TEXT_STUB if text else CODE_STUB))
            elif step == ("outside", "BEGIN HIDDEN TESTS"):
                text = is_text
            elif step != ("HIDDEN TESTS", "END HIDDEN TESTS"):
                raise ValueError(f"'{verb} {name}' does not fit here")
            place = "outside" if verb == "END" else name
        elif ALMOST.fullmatch(line):
            raise ValueError(
                f"'{line.strip()}' is almost a mark: write '### BEGIN SOLUTION' in code, "
                "'<!-- BEGIN SOLUTION -->' in text"
            )
        elif place == "STUB":
            # Headings and lists of a text begin with the sign of a comment as well.
            lines["stub"].append(line if text else re.sub(r"^(\s*)# ?", r"\1", line).rstrip())
        elif place == "HIDDEN TESTS":
            lines["hidden"].append(line)
        else:
            lines["solved"].append(line)
            lines["solution" if place == "SOLUTION" else "stub"].append(line)
    if place != "outside":
        raise ValueError(f"'BEGIN {place}' has no end")
    return Regions(**{name: "\n".join(part).rstrip() for name, part in lines.items()})
