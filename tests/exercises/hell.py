"""The class from hell: 60 submissions of one exercise notebook, and what each of them is worth.

Half of them come from any class. The others hold whatever can go wrong or be tried. A bad cell
stands in one exercise, and the answers to the others are right: they must get their points.
"""

from __future__ import annotations

import json
import zipfile
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from bank import EXERCISES, cells, wrong_answers
from grading import collection
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

NAME = "gradient_descent"
CHECKS = {cell.name: float(cell.marks["points"]) for cell in cells(NAME) if cell.is_check}
ANSWERS = {
    cell.name: cell.regions.solved for cell in cells(NAME) if cell.is_answer and cell.kind == "code"
}
STUBS = {cell.name: cell.regions.stub for cell in cells(NAME) if cell.is_answer}
TEXT = "why-scale"
WORDS = "The bowl becomes round. Then one rate suits all directions. Correlated features stay so."
SECRET = "a-secret-of-the-instructor"
PWNED = "window.pwned = 1"


@dataclass
class Entry:
    """A submission and what must come of it.

    Attributes
    ----------
    student : str
        Whose it is.
    content : bytes
        The file.
    points : dict or None
        What each check earns; None if it cannot be graded.
    says : str
        A piece of the row in the table of grades, which says why.
    file : str
        The file's name.
    ordinary : bool
        Whether it could come from any class.
    """

    student: str
    content: bytes
    points: dict[str, float] | None
    says: str
    file: str = f"{NAME}.ipynb"
    ordinary: bool = False


@dataclass
class Places:
    """What the bad submissions look for on the instructor's computer."""

    course: Path
    canary: Path
    socket: Path


@dataclass
class Class:
    """Makes the submissions."""

    places: Places
    entries: list[Entry] = field(default_factory=list)

    def notebook(self, answers=ANSWERS, words=WORDS):
        """Return the released notebook with answers."""
        path = EXERCISES / "release" / NAME / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.id in answers:
                cell.source = answers[cell.id]
            if cell.id == TEXT and words:
                cell.source = words
        return notebook

    def add(self, student, notebook, lost=(), says="1 to be read", **more):
        """Add a submission that earns everything but the points of the checks in `lost`."""
        points = CHECKS | (lost if isinstance(lost, dict) else dict.fromkeys(lost, 0.0))
        content = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
        self.entries.append(Entry(student, content, points, says, **more))

    def bad(self, student, code, says, cell="by-hand", lost=None):
        """Add a submission with a bad cell in the place of one answer."""
        lost = (f"{cell}-check",) if lost is None else lost
        self.add(student, self.notebook(ANSWERS | {cell: code}), lost, says)

    def refused(self, student, content, says, **more):
        """Add a submission that is no notebook."""
        self.entries.append(Entry(student, content, None, says, **more))


def cell_of(notebook, name):
    """Return a cell by its name."""
    return next(cell for cell in notebook.cells if cell.id == name)


def submissions(places: Places) -> list[Entry]:
    """Return the whole class."""
    made = Class(places)
    ordinary(made)
    count = len(made.entries)
    for entry in made.entries:
        entry.ordinary = True
    that_stop(made)
    that_hoard(made)
    that_reach_out(made)
    that_lie(made)
    odd_notebooks(made)
    no_notebooks(made)
    assert count >= 25 and len(made.entries) - count >= 30
    assert len({entry.student for entry in made.entries}) == len(made.entries) >= 60
    return made.entries


def pack(entries: list[Entry], path: Path) -> Path:
    """Write the submissions into a zip, a folder for each student."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(f"{entry.student}/{entry.file}", entry.content)
    return path


def ordinary(made: Class) -> None:
    """Add what comes from any class."""
    made.add("right", made.notebook())
    for number, wrong in enumerate(wrong_answers(NAME), start=1):
        # What the visible check says is not in the table; what the oracle says is.
        made.add(
            f"wrong-{number:02d}-{wrong.cell}",
            made.notebook(ANSWERS | {wrong.cell: wrong.source}),
            {wrong.check: float(wrong.points)},
            f"{wrong.check}: ",
        )
    made.add("blank", made.notebook({}, ""), CHECKS.keys(), "still `...`")
    made.add("words-only", made.notebook({}), CHECKS.keys(), "1 to be read")
    made.add("no-words", made.notebook(words=""), says="graded")
    first = dict(list(ANSWERS.items())[:3])
    rest = [check for check in CHECKS if check.removesuffix("-check") not in first]
    made.add("half-done", made.notebook(first), rest, "measure-limit-check: ")

    helper = made.notebook()
    helper.cells.insert(2, new_code_cell("import math\nhalf = 0.5"))
    cell_of(helper, "by-hand").source = ANSWERS["by-hand"].replace("0.5", "half")
    made.add("own-cells", helper)

    printed = made.notebook()
    cell_of(printed, "gradient").source += "\nfor i in range(3000):\n    print(i)\n"
    cell_of(
        printed, "rates"
    ).source += "\nimport matplotlib.pyplot as plt\nplt.plot(rates)\nplt.show()\n"
    made.add("prints-and-plots", printed)

    torch = made.notebook()
    cell_of(torch, "gradient").source = (
        "import torch\n\n\ndef gradient(theta, X, y):\n"
        "    theta, X, y = (torch.as_tensor(part, dtype=torch.float64) for part in (theta, X, y))\n"
        "    return X.T @ (X @ theta - y) / len(y)\n"
    )
    cell_of(torch, "rates").source = "import numpy as np\nrates = np.array([0.02, 0.25, 1])"
    made.add("in-torch", torch)

    copied = made.notebook()
    place = [cell.id for cell in copied.cells].index("gradient")
    trial = deepcopy(copied.cells[place])
    trial.id, trial.source = "trial", "def gradient(theta, X, y):\n    return 0 * theta"
    copied.cells.insert(place, trial)
    made.add("copied-a-cell", copied, says="claim to be it")

    deleted = made.notebook()
    deleted.cells = [c for c in deleted.cells if c.id not in ("limits", "rates-check")]
    made.add("deleted-cells", deleted, ("limits-check",), "limits: the cell is missing")

    stripped = made.notebook()
    for number, cell in enumerate(stripped.cells):
        cell.metadata, cell.id = nbformat.from_dict({}), f"x{number}"
    made.add("stripped-marks", stripped, says="the marks of all cells were lost")
    made.add("renamed-file", made.notebook(), file="Homework 1 (final) (2).ipynb")


def that_stop(made: Class) -> None:
    """Add cells that end the kernel or keep it."""
    made.bad("endless-loop", "while True:\n    pass", "by-hand: it ran for more than")
    made.bad(
        "loop-without-interrupts",
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass",
        "did not stop when asked to",
        "gradient",
    )
    made.bad("sleeps-for-ever", "import time\ntime.sleep(1e6)", "it ran for more than", "rates")
    made.bad("os-exit", "import os\nos._exit(0)", "by-hand: the kernel died")
    made.bad(
        "import-that-crashes",
        "import ctypes\nctypes.string_at(0)",
        "gradient: the kernel died",
        "gradient",
    )
    made.bad(
        "kills-itself",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "the kernel died",
    )
    made.bad(
        "stack-overflow",
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "deep, same = [], []\nfor _ in range(200_000):\n    deep, same = [deep], [same]\n"
        "deep == same",
        "the kernel died",
        "limits",
    )
    made.bad("syntax-error", "def gradient(theta, X, y:\n    return", "SyntaxError", "gradient")
    made.bad(
        "loops-only-when-called",
        "def gradient(theta, X, y):\n"
        "    while len(y) != 4:\n        pass\n"
        "    return X.T @ (X @ theta - y) / len(y)",
        "gradient-check: a line: it ran for more than",
        "gradient",
    )
    made.bad(
        "dies-only-when-called",
        "import os\n\n\ndef standardize(X):\n    os._exit(1)",
        "standardize-check: ",
        "standardize",
    )
    # It strikes while a later cell, which is right, is at work.
    made.bad(
        "time-bomb",
        "import os, threading\nthreading.Timer(0.05, os._exit, (1,)).start()",
        "judged without other answers",
    )
    leaving = {"by-hand": "exit()", "gradient": "import sys\nsys.exit(3)", "limits": "quit()"}
    made.add(
        "exits",
        made.notebook(ANSWERS | leaving),
        [f"{name}-check" for name in leaving],
        "gradient: SystemExit: 3; limits: it called exit() or quit(), which ends the kernel",
    )
    # It takes a moment, so that the kernel ends during this cell's check or a later cell.
    made.bad("restarts", "get_ipython().kernel.do_shutdown(True)", "by-hand-check: ")
    made.bad("resets", "%reset -f", "NameError")
    made.bad("asks-for-input", "first_gradient = input()", "StdinNotImplementedError")


def that_hoard(made: Class) -> None:
    """Add cells that take whatever there is of something."""
    made.bad(
        "output-of-200-MB",
        "for _ in range(2000):\n    print('x' * 100_000)",
        " MB",
    )
    made.bad("one-huge-line", "print('x' * 200_000_000)", "MB at once", "gradient")
    made.bad("allocates-24-GiB", "hoard = bytearray(24 << 30)", "MemoryError")
    made.bad("fork-bomb", "import os\nwhile True:\n    os.fork()", "PermissionError")
    made.bad(
        "thread-bomb",
        "import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()",
        "by-hand: ",
    )
    made.bad(
        "fills-disks",
        "import os\nwrong = []\n"
        "for folder in (os.environ['JUPYTER_RUNTIME_DIR'], '/dev/shm', '/tmp', '/box'):\n"
        "    try:\n        os.chmod(folder, 0o777)\n"
        "        for number in range(100):\n"
        "            with open(f'{folder}/{number}', 'wb') as file:\n"
        "                file.write(bytes(30 << 20))\n"
        "    except OSError as error:\n        wrong.append(error)\n"
        "raise OSError(len(wrong))",
        "by-hand: OSError: 4",
    )


def that_reach_out(made: Class) -> None:
    """Add cells that look for what is outside the box."""
    places = made.places
    made.bad(
        "network",
        "import urllib.request\nurllib.request.urlopen('http://1.1.1.1/', timeout=2)",
        "URLError",
    )
    made.bad(
        "reads-hidden-tests",
        f"print(open({str(places.course / 'source' / NAME / (NAME + '.ipynb'))!r}).read())",
        "FileNotFoundError",
    )
    made.bad(
        "edits-gradebook",
        "import sqlite3\n"
        f"book = sqlite3.connect({str(places.course / 'gradebook.db')!r})\n"
        "book.execute('update grade set manual_score = 99')\nbook.commit()",
        "unable to open database file",
    )
    made.bad(
        "looks-around",
        "import glob, os, pathlib, socket, subprocess\n"
        f"course, canary = {str(places.course)!r}, {str(places.canary)!r}\n"
        f"address = {str(places.socket)!r}\n\n\n"
        "def trials():\n"
        "    yield lambda: print(open('/proc/1/environ').read(), dict(os.environ))\n"
        "    yield lambda: print(open(canary).read())\n"
        "    yield lambda: open(canary, 'w').write('changed')\n"
        "    yield lambda: print(os.listdir(course + '/submitted'))\n"
        "    yield lambda: open(course + '/.secret').read()\n"
        "    yield lambda: os.listdir(os.path.dirname(canary))\n"
        "    yield lambda: open('/etc/passwd').read()\n"
        "    yield lambda: print(open(os.path.expanduser('~/.bashrc')).read())\n"
        "    yield lambda: socket.socket(socket.AF_UNIX).connect(address)\n"
        "    yield lambda: socket.socket(40, socket.SOCK_STREAM)\n"
        "    yield lambda: subprocess.run(['ls', '/'])\n"
        "    yield lambda: os.system('true') and 1 / 0\n"
        "    yield lambda: os.mkdir('/usr/new')\n\n\n"
        "failed = 0\nfor trial in trials():\n    try:\n        trial()\n"
        "    except Exception as error:\n        failed += 1\n"
        "raise OSError(failed, len([p for p in os.listdir('/proc') if p.isdigit()]) < 5)",
        "by-hand: PermissionError: [Errno 12] True".replace("PermissionError: ", "OSError: "),
    )


def that_lie(made: Class) -> None:
    """Add cells that change what the grader hears."""
    zero = "\n\n\ndef gradient(theta, X, y):\n    return 0\n"
    liar = (
        "import sys, types, plain_values\n\n\n"
        "def lie(namespace, question):\n    return {lie}\n\n\n"
        "plain_values.answer = lie\n"
        "sys.modules['plain_values'] = types.SimpleNamespace(answer=lie)"
    )
    lies = {
        "says-true": """'{"value": true}'""",
        "says-nothing-readable": "object()",
        "says-an-endless-number": """'{"value": ' + '9' * 4000 + '}'""",
        "says-deep-lists": """'{"value": ' + '{"list": [' * 400 + ']}' * 400 + '}'""",
        "says-far-too-much": """'{"value": "' + 'x' * 30_000_000 + '"}'""",
    }
    for student, lie in lies.items():
        made.bad(student, liar.format(lie=lie), "judged without other answers")
    made.bad(
        "patches-numpy",
        "import ast, json\n"
        "np.allclose = np.isclose = np.array_equal = np.asarray = lambda *a, **k: True\n"
        """json.dumps = lambda *a, **k: '{"value": true}'\n"""
        "ast.parse = None" + zero,
        "gradient: ",
        "gradient",
    )
    made.bad(
        "patches-builtins",
        "import builtins\nbuiltins.print = None\nbuiltins.AssertionError = Exception\n"
        "builtins.isinstance = lambda *a: True\nbuiltins.len = lambda x: 3" + zero,
        "gradient: ",
        "gradient",
    )
    made.bad(
        "patches-the-shell",
        "shell = get_ipython()\n"
        "truth = {'status': 'ok', 'metadata': {}, 'data': {'text/plain': repr('{\"value\": 1}')}}\n"
        "shell.__class__.user_expressions = lambda self, e: {name: truth for name in e}",
        "by-hand-check: ",
    )
    made.bad(
        "forges-messages",
        "kernel = get_ipython().kernel\nparent = kernel.get_parent()\n"
        "other = {'header': {'msg_id': 'forged', 'session': '', 'username': ''}}\n"
        "result = {'data': {'text/plain': '99'}, 'metadata': {}, 'execution_count': 1}\n"
        "for about in [parent] + [other] * 300:\n"
        "    for kind, content in (\n"
        "        ('execute_result', result), ('status', {'execution_state': 'idle'}),\n"
        "        ('execute_reply', {'status': 'ok'}), ('stream', []), ('error', {}), ('x', 3),\n"
        "    ):\n"
        "        kernel.session.send(kernel.iopub_socket, kind, content, parent=about)",
        "by-hand-check: ",
    )
    made.bad(
        "strange-objects",
        "class Same(float):\n    __eq__ = __ge__ = __le__ = lambda *a: True\n"
        "    __hash__ = float.__hash__\n\n\n"
        "class Bytes(np.ndarray):\n    def tobytes(self, *a):\n        return bytes(8)\n"
        "    def __array__(self, *a, **k):\n        return np.zeros(3)\n\n\n"
        "first_gradient, second_theta = [Same(0), Same(0)], [Same(0), Same(0)]\n"
        "arriving_rate = np.ones(1).view(Bytes)",
        "by-hand-check: ",
    )

    scripts = (
        f"<script>{PWNED}</script><img src=x onerror='{PWNED}'>"
        f"<iframe srcdoc='<script>parent.{PWNED}</script>'></iframe>"
        f"<svg onload='{PWNED}'></svg><style>body {{ display: none }}</style>"
    )
    pages = made.notebook(words=f"{scripts}\n\n[x](javascript:{PWNED.replace(' ', '')})")
    cell_of(pages, "by-hand").source = (
        "from IPython.display import HTML, Javascript, display\n"
        f"display(HTML({scripts!r}), Javascript({PWNED!r}))\n"
        f"for kind in ('text/html', 'text/markdown', 'text/latex', 'image/svg+xml', 'image/png'):\n"
        f"    display({{kind: '\">' + {scripts!r}}}, raw=True)\n"
        f"raise ValueError({scripts!r})"
    )
    pages.cells.append(nbformat.v4.new_raw_cell(scripts, metadata={"raw_mimetype": "text/html"}))
    pages.cells.append(new_markdown_cell(f"# {scripts}\n\n$$ x <b {scripts} $$"))
    made.add("scripts-in-the-page", pages, ("by-hand-check",), "by-hand: ValueError")


def odd_notebooks(made: Class) -> None:
    """Add notebooks that are not as they were handed out."""
    checks = made.notebook()
    for cell in checks.cells:
        if cell.id.endswith("-check"):
            cell.source, cell.metadata.nbgrader.points = "print('Well done')\n99", 99
    cell_of(checks, "rates").source = "rates = []"
    made.add("stripped-asserts", checks, ("rates-check",), "the cell was changed, which has no")

    setup = made.notebook()
    cell_of(setup, "setup").source += "\n\n\ndef explodes(*a):\n    return True"
    cell_of(setup, "limits").source = "limit_centered = limit_raw = 1"
    # His own `explodes` would spoil his own search for the limit.
    made.add("changed-setup", setup, ("limits-check",), "setup: the cell was changed")

    doubled = made.notebook()
    for cell in doubled.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.grade_id, cell.id = "rates-check", "rates-check"
            cell.metadata.nbgrader.points = 1000
    content = json.dumps(doubled).encode()
    made.add("doubled-names", content, (TEXT,), "cells claim to be it")
    del made.entries[-1].points[TEXT]

    marked = made.notebook()
    answer = cell_of(marked, "gradient")
    other = new_markdown_cell(answer.source, id="gradient", metadata=answer.metadata)
    marked.cells[marked.cells.index(answer)] = other
    made.add("answer-as-text", marked)

    old = nbformat.convert(made.notebook(), 3)
    made.add("format-3", json.dumps(old).encode(), says="1 to be read")

    long = made.notebook()
    long.cells[2:2] = [new_code_cell(f"x{n} = {n}") for n in range(5000 - len(long.cells))]
    made.add("5000-cells", long)

    fat = made.notebook()
    size = int(0.8 * collection.MAX_BYTES)
    cell_of(fat, "rates").outputs = [new_output("stream", text="x" * size)]
    made.add("large-outputs", fat)
    fat = deepcopy(fat)
    cell_of(fat, "rates").outputs[0].text *= 3
    made.refused("far-too-large", nbformat.writes(fat).encode(), "too large")

    lines = json.loads(nbformat.writes(made.notebook()))
    for cell in lines["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True) + ["", "\ud800#"][:1]
    lines["cells"].append(
        {"cell_type": "code", "source": ["# \ud800\n"], "metadata": {}, "outputs": []}
        | {"execution_count": None, "id": "surrogate"}
    )
    made.add("half-a-character", json.dumps(lines).encode())


def no_notebooks(made: Class) -> None:
    """Add files that are none."""
    text = nbformat.writes(made.notebook())
    made.refused("not-a-notebook", b"\x89PNG\r\n\x1a\n" + bytes(500), "not a notebook")
    made.refused("utf-16", text.encode("utf-16"), "not a notebook")
    made.refused("truncated", text.encode()[:5000], "not a notebook")
    made.refused("empty", b"", "not a notebook")
    made.refused("a-pdf", b"%PDF-1.7", "no notebook among the files", file="homework.pdf")
    made.refused("a-list", b"[1, 2, 3]", "not a notebook")
