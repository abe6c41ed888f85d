"""Executing notebooks always ends, and says what went wrong and where."""

import ast
import random
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from tools import execution, kernels
from tools.bootstrap import ROOT
from tools.execution import Job, NotebookFailed, run_all

KILLS_FOR_EACH = 4
ONE_SECOND = "import time\ntime.sleep(1)"
SLEEPS = [f"print('one')\n{ONE_SECOND}", ONE_SECOND, f"{ONE_SECOND}\nprint('end')"]
DIE = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
DIE_ONCE = f"""from pathlib import Path
if not Path("been-here").exists():
    Path("been-here").touch()
    {DIE.replace(chr(10), chr(10) + "    ")}
print("alive")"""
STOP = "import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(60)"
TRANSPORT = """from ipykernel.connect import get_connection_info
print(get_connection_info(unpack=True)["transport"])"""


def job(folder, *sources, name="sums", seconds=0.0):
    folder.mkdir(exist_ok=True)
    cells = [new_code_cell(source, id=f"step-{i}") for i, source in enumerate(sources, 1)]
    return Job(name, new_notebook(cells=cells), folder, seconds)


def texts(done):
    cells = done.notebook.cells
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in cells]


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch):
    """No process and no folder outlives a run, whatever became of it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr(execution, "FOLDERS", folder)
        yield
        deadline = time.monotonic() + 15
        while children() and time.monotonic() < deadline:  # a kernel whose worker was killed
            time.sleep(0.1)
        assert not children()
        assert not list(Path(folder).iterdir())


def children():
    names = ("tools.execution", "ipykernel_launcher")
    alive = psutil.Process().children(recursive=True)
    return [one for one in alive if any(name in " ".join(command(one)) for name in names)]


def command(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


class Killer(threading.Thread):
    """Kills each kernel at a random moment of its life, until each notebook had its share."""

    def __init__(self):
        super().__init__(daemon=True)
        self.chance, self.kills, self.over = random.Random(12), {}, threading.Event()

    def run(self):
        ends = {}
        while not self.over.wait(0.02):
            for kernel in children():
                if "ipykernel_launcher" not in " ".join(command(kernel)):
                    continue
                # In its start as well as in any of its cells, which sleep for 3 s
                end = ends.setdefault(kernel.pid, time.monotonic() + self.chance.uniform(0, 2.5))
                try:
                    place = kernel.cwd()
                    if time.monotonic() > end and self.kills.get(place, 0) < KILLS_FOR_EACH:
                        ends[kernel.pid] = float("inf")
                        kernel.kill()
                        self.kills[place] = self.kills.get(place, 0) + 1
                except psutil.Error:
                    pass


def test_kernels_killed_at_random_moments_cost_a_message_and_a_retry(tmp_path):
    jobs = [job(tmp_path / name, *SLEEPS, name=name) for name in ("a", "b", "c", "d", "e")]
    messages, killer = [], Killer()
    killer.start()
    try:
        done = [
            one.name
            for one, _ in run_all(
                jobs, report=messages.append, lives=KILLS_FOR_EACH + 1, at_once=len(jobs)
            )
        ]
    finally:
        killer.over.set()
        killer.join()
    assert sorted(done) == ["a", "b", "c", "d", "e"]
    assert sum(killer.kills.values()) == KILLS_FOR_EACH * len(jobs) == 20
    assert len(messages) == 20
    assert all("its kernel died" in message for message in messages)
    assert all(texts(one) == ["one\n", "", "end\n"] for one in jobs)


def test_a_kernel_that_dies_once_is_started_again(tmp_path):
    messages = []
    [(done, seconds)] = run_all([job(tmp_path, "1", DIE_ONCE)], report=messages.append)
    assert texts(done)[1] == "alive\n"
    assert messages == ["sums: its kernel died in cell 2 of 2 (step-2), and is started again"]
    assert 0 < seconds < 60


def test_a_worker_that_dies_is_replaced(tmp_path):
    messages = []
    source = DIE_ONCE.replace("os.getpid()", "os.getppid()").replace("\nprint", "\n    1\nprint")
    [(done, _)] = run_all([job(tmp_path, source)], report=messages.append)
    assert texts(done) == ["alive\n"] and len(messages) == 1


def test_a_kernel_that_dies_again_is_reported_with_its_notebook_and_cell(tmp_path):
    messages = []
    with pytest.raises(NotebookFailed, match=r"sums: its kernel died again, in cell 2 .*step-2"):
        list(run_all([job(tmp_path, "1", DIE)], report=messages.append))
    assert len(messages) == 1


def test_a_cell_that_fails_is_named_and_shown_and_not_tried_again(tmp_path):
    messages = []
    with pytest.raises(NotebookFailed, match=r"sums failed in cell 2 .*step-2") as caught:
        list(run_all([job(tmp_path, "1", "1 / 0", "2")], report=messages.append))
    assert "ZeroDivisionError" in str(caught.value)
    assert messages == []


@pytest.mark.parametrize("source", ["import time\ntime.sleep(60)", STOP], ids=["cell", "worker"])
def test_who_makes_no_progress_is_named(tmp_path, source):
    with pytest.raises(NotebookFailed, match=r"sums made no progress for 12 s, in cell 2 .*step-2"):
        list(run_all([job(tmp_path, "1", source)], patience=12))


def test_bars_reach_whoever_waits(tmp_path):
    lines, places = [], []
    write = "import os\nwith open(os.environ['HELPERS_PROGRESS'], 'a') as log:\n"
    write += "    log.write('  path [##] 1/2 frames\\n  path [####] 2/2 frames\\n')"
    list(run_all([job(tmp_path, write)], report=lines.append, notice=places.append))
    assert lines == ["  path [##] 1/2 frames", "  path [####] 2/2 frames"]
    assert places[-1] == "sums in cell 1 of 1 (step-1)"


def test_the_longest_runs_first_and_one_failure_ends_all(tmp_path):
    jobs = [job(tmp_path, "1", name=str(n), seconds=n) for n in (2, 3, 1)]
    assert [done.name for done, _ in run_all(jobs, at_once=1)] == ["3", "2", "1"]
    jobs = [job(tmp_path, "1 / 0"), job(tmp_path, "import time\ntime.sleep(600)")]
    with pytest.raises(NotebookFailed):
        list(run_all(jobs, at_once=2))


# Kernels talk through Unix sockets


def test_a_kernel_of_ours_has_no_ports(tmp_path):
    [(done, _)] = run_all([job(tmp_path, TRANSPORT)])
    assert texts(done) == ["ipc\n"]


def test_what_is_printed_is_one_output(tmp_path):
    """However the kernel cuts it: a piece of its own would be a box of its own on the page."""
    source = """
for part in ("Well done.", "\\n", "Go on.\\n"):
    print(part, end="", flush=True)
display(5)
print("The end.", flush=True)
print()
"""
    [(done, _)] = run_all([job(tmp_path, source)])
    [cell] = done.notebook.cells
    kinds = [output.get("text", output.output_type) for output in cell.outputs]
    assert kinds == ["Well done.\nGo on.\n", "display_data", "The end.\n\n"]


STARTERS = {"NotebookClient", "KernelManager", "AsyncKernelManager", "start_new_kernel",
            "ExecutePreprocessor", "write_connection_file", "BlockingKernelClient"}  # fmt: skip
PLACES = {"book/tools/kernels.py", "exercises/grading/kernel.py"}


def test_kernels_start_in_two_places_only():
    """Both start them with Unix sockets; `kernels.run` serves everybody else."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = set()
    for name in names.split():
        path = ROOT / name
        if path.is_file():
            imported = [
                alias.name
                for node in ast.walk(ast.parse(path.read_text("utf8")))
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            ]
            if STARTERS.intersection(imported):
                found.add(name)
    assert found == PLACES
    assert 'transport="ipc"' in (ROOT / "exercises/grading/kernel.py").read_text("utf8")
    for manager in (kernels.UnixKernelManager, kernels.AsyncUnixKernelManager):
        assert manager().transport == "ipc"
        assert len(manager().ip) < 80
