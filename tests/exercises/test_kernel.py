"""A conversation with a student's kernel ends, whatever the kernel does."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from bank import EXERCISES
from grading import kernel as module
from grading import pool
from grading.examination import CheckError, Examination
from grading.kernel import MODULES, Failure, KernelLost, StudentKernel
from grading.outputs import REASON_CHARACTERS, storable
from grading.pool import Kernels, NoKernel, remove_stale_boxes
from nbformat.v4 import new_code_cell, new_notebook, new_output
from watching import processes, wait_for


@pytest.fixture
def kernel(kernels):
    kernel = kernels.take()
    yield kernel
    kernel.close()


@pytest.fixture
def trusted():
    source = Kernels(trusted=True)
    kernel = source.take()
    source.close()
    yield kernel
    kernel.close()


def test_outputs_come_in_their_order(kernel):
    code = "from IPython.display import display\nprint(1)\nprint(2)\ndisplay(3)\nprint(4)\n5"
    outputs = kernel.run(code, 10).outputs
    assert [o.get("text") or o.data["text/plain"] for o in outputs] == ["1\n2\n", "3", "4\n", "5"]


def test_an_error_is_a_failure_and_its_trace_an_output(kernel):
    outcome = kernel.run("print('before')\n1 / 0", 10)
    assert outcome.failure == "ZeroDivisionError: division by zero"
    assert [output.output_type for output in outcome.outputs] == ["stream", "error"]


def test_answers_are_plain_values(kernel):
    assert kernel.run("def twice(x):\n    return 2 * x", 10).failure == ""
    answer = kernel.ask("twice(x)", {"x": np.arange(3.0)}, 10)
    assert isinstance(answer, np.ndarray)
    assert answer.tolist() == [0, 2, 4]
    assert kernel.ask("unknown", {}, 10) == Failure("NameError: name 'unknown' is not defined")
    assert isinstance(kernel.ask("object()", {}, 10), Failure)


def test_a_question_leaves_no_names_behind(kernel):
    assert kernel.ask("x = y\nx + 1", {"y": 1}, 10) == 2
    assert kernel.ask("'x' in globals() or 'y' in globals()", {}, 10) is False


def test_a_loop_is_interrupted_and_the_kernel_lives_on(kernel):
    kernel.run("x = 1", 10)
    start = time.monotonic()
    assert kernel.run("while True:\n    pass", 0.5).failure == "it ran for more than 0.5 s"
    assert time.monotonic() - start < 5
    assert kernel.ask("x", {}, 10) == 1


def test_no_interrupt_hits_the_next_cell(kernel):
    # The cell ends about when it is told to, which is the moment at which both could cross.
    for delay in np.linspace(0.19, 0.21, 15):
        kernel.run(f"import time\ntime.sleep({delay})", 0.2)
        assert kernel.run("x = sum(range(1000))", 10).failure == ""


def test_a_cell_that_swallows_interrupts_is_ended(kernel):
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    start = time.monotonic()
    with pytest.raises(KernelLost, match=r"more than 0.5 s and did not stop when asked to"):
        kernel.run(code, 0.5)
    assert time.monotonic() - start < 0.5 + module.GRACE_SECONDS + 3
    assert kernel.process.returncode is not None
    assert not kernel.folder.exists()


@pytest.mark.parametrize("late", [True, False])
def test_a_kernel_that_was_left_says_so_also_if_the_news_of_its_end_come_first(
    kernel, monkeypatch, late
):
    # As if the grader, on a busy computer, came to look only when the kernel had ended.
    poll = kernel.poller.poll

    def look(milliseconds):
        wait_for(lambda: kernel.process.poll() is not None)
        found = dict(poll(milliseconds))
        first = {monitor: 1 for monitor in kernel.breaks if monitor in found}
        if late and first:
            monkeypatch.setattr(kernel.poller, "poll", poll)
            return first
        return found

    kernel.run("x = 1", 10)
    monkeypatch.setattr(kernel.poller, "poll", look)
    with pytest.raises(KernelLost, match="it called exit"):
        kernel.run("exit()", 10)


def test_a_late_reply_is_not_taken_for_the_next(kernel):
    session = kernel.client.session
    old = kernel.client.execute("'the answer to an earlier request'", store_history=False)
    outcome = kernel.run("'mine'", 10)
    assert [output.data["text/plain"] for output in outcome.outputs] == ["'mine'"]
    assert old != session.msg_id


def test_a_forged_idle_message_gains_nothing(kernel):
    code = (
        "k = get_ipython().kernel\nimport time\n"
        "k.session.send(k.iopub_socket, 'status', {'execution_state': 'idle'}, "
        "parent=k.get_parent())\ntime.sleep(0.3)\nx = 7"
    )
    assert kernel.run(code, 10).failure == ""
    assert kernel.ask("x", {}, 10) == 7


@pytest.mark.parametrize(
    "content",
    ["[]", "3", "{'name': 3}", "{'text': 1, 'name': 'stdout'}", "{'data': {'x': object}}"],
)
def test_messages_that_are_none_do_no_harm(kernel, content):
    code = (
        "k = get_ipython().kernel\n"
        f"for kind in ('stream', 'error', 'display_data', 'status', 'execute_reply', 'x'):\n"
        "    try:\n"
        f"        k.session.send(k.iopub_socket, kind, {content}, parent=k.get_parent())\n"
        "    except Exception:\n        pass"
    )
    try:
        kernel.run(code, 10)
        assert kernel.ask("1 + 1", {}, 10) == 2
    except KernelLost as lost:
        assert str(lost) == "the kernel sends what is no message"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os\nos._exit(0)", "the kernel died"),
        ("import os\nos.kill(os.getpid(), 9)", "the kernel died"),
        ("exit()", r"it called exit\(\) or quit\(\)"),
        ("print(1)\nquit()", r"it called exit\(\) or quit\(\)"),
        ("import ctypes\nctypes.string_at(0)", "the kernel died"),
        ("for _ in range(10**4):\n    print('x' * 10**5)", r"it (printed|sent) more than \d+ MB"),
        ("print('x' * 10**8)", r"it sent more than 17 MB at once"),
    ],
)
def test_a_lost_kernel_is_noticed_and_says_why(kernel, code, reason):
    start = time.monotonic()
    with pytest.raises(KernelLost, match=reason):
        kernel.run(code, 20)
    # The first three at once; making and sending the outputs takes a moment.
    assert time.monotonic() - start < (2 if "died" in reason else 20)


def test_much_but_not_too_much_output_is_kept(kernel):
    outcome = kernel.run("for i in range(20_000):\n    print(i)", 20)
    assert outcome.failure == ""
    assert "".join(output.text for output in outcome.outputs).endswith("19999\n")


@pytest.mark.parametrize(
    "reply",
    [
        "object()",
        "1",
        "'no JSON'",
        """'{"value": ' + '[' * 100_000 + ']' * 100_000 + '}'""",
        """'{"value": ' + '9' * 100_000 + '}'""",
        """'{"value": {"array": ["<f8", [10**9], ""]}}'""",
        """'{"value": {"array": ["O", [1], "AAAAAAAAAAA="]}}'""",
        "type('T', (), {'__repr__': lambda s: '[' * 10**5 + ']' * 10**5})()",
        "type('T', (), {'__repr__': lambda s: '[' + '1,' * 10**6 + ']'})()",
        "type('T', (), {'__repr__': lambda s: '__import__(\"os\")'})()",
    ],
)
def test_an_answer_in_another_form_is_a_failure(kernel, reply):
    kernel.run(f"import plain_values\nplain_values.answer = lambda *a: {reply}", 10)
    start = time.monotonic()
    assert isinstance(kernel.ask("1", {}, 10), Failure)
    assert time.monotonic() - start < 5


def test_a_reason_is_one_short_line(kernel):
    kernel.run("def f():\n    raise ValueError('a\\nb: right (1 of 1)\\n' * 1000)", 10)
    reason = kernel.ask("f()", {}, 10).reason
    assert "\n" not in reason
    assert len(reason) <= REASON_CHARACTERS
    assert len(kernel.run("f()", 10).failure) <= REASON_CHARACTERS


def test_outputs_hold_nothing_that_a_page_would_execute():
    data = {"text/html": "<b>", "application/javascript": "x", "image/svg+xml": "<svg>"}
    output = storable(new_output("display_data", data, metadata={"image/png": {"width": '"'}}))
    assert output == new_output("display_data", {"text/html": "<b>"})
    assert storable(new_output("display_data", {"image/png": '"><script>'})) is None
    assert storable(new_output("stream", text="\ud800")).text == "?"


def test_a_kernel_that_does_not_start_is_nobodys_fault(monkeypatch):
    monkeypatch.setattr(module.sandbox, "__file__", "/dev/null")
    source = Kernels()
    with pytest.raises(NoKernel, match="no kernel starts on this computer"):
        source.take()
    assert source.spare is None


def test_the_folders_of_killed_graders_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "BOXES", tmp_path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = [f"box-{ended.pid}-a", f"box-{os.getpid()}-b", "box-c", "box-x-d", f"box-{ended.pid}-e"]
    for name in names[:4]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "socket").touch()
        (tmp_path / name).chmod(0o500)
    (tmp_path / names[4]).symlink_to(tmp_path / names[2])
    remove_stale_boxes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


# without a sandbox


def test_a_trusted_kernel_ends_with_what_it_started(trusted):
    code = "import subprocess\nchild = subprocess.Popen(['sleep', '1000']).pid"
    assert trusted.run(code, 10).failure == ""
    child = trusted.ask("child", {}, 10)
    trusted.close()
    wait_for(lambda: not Path(f"/proc/{child}").exists() or "Z" in state(child))


def state(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


@pytest.fixture
def grader():
    """Return a function that starts a grader: a process of its own, with one kernel ready."""
    code = (
        "import time\nfrom grading.pool import Kernels\n"
        "kernel = Kernels({trusted}).take()\nprint('ready', flush=True)\ntime.sleep(1000)"
    )
    paths = os.pathsep.join([str(EXERCISES), str(EXERCISES.parent / "book")])
    started = []

    def start(trusted=False, **environment):
        command = [sys.executable, "-c", code.format(trusted=trusted)]
        environment = os.environ | {"PYTHONPATH": paths} | environment
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        end(process)
        for kernel in processes(f"box-{process.pid}-"):
            with suppress(ProcessLookupError):
                os.kill(int(kernel), signal.SIGKILL)
    remove_stale_boxes()


def end(process):
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("trusted", [True, False])
def test_kernels_end_when_their_grader_is_killed(grader, trusted):
    process = grader(trusted)
    process.stdout.readline()
    mark = f"box-{process.pid}-"
    assert processes(mark)
    end(process)
    wait_for(lambda: not processes(mark))
    remove_stale_boxes()
    assert not list(module.BOXES.glob(f"{mark}*"))


@pytest.fixture
def unwatched(tmp_path):
    """A PATH on which bubblewrap does not watch its parent, as in its first moments."""
    program = tmp_path / "bwrap"
    lines = [
        f"#!{sys.executable}",
        "import os, sys",
        "sys.argv.remove('--die-with-parent')",
        f"os.execv({shutil.which('bwrap')!r}, sys.argv)",
    ]
    program.write_text("\n".join(lines))
    program.chmod(0o755)
    return f"{tmp_path}{os.pathsep}{os.environ['PATH']}"


def test_a_box_ends_also_when_bubblewrap_did_not_see_its_grader_die(grader, unwatched):
    process = grader(PATH=unwatched)
    process.stdout.readline()
    mark = f"box-{process.pid}-"
    commands = [Path(f"/proc/{kernel}/cmdline").read_bytes() for kernel in processes(mark)]
    assert any(b"bwrap" in command for command in commands)
    assert not any(b"--die-with-parent" in command for command in commands)
    end(process)
    wait_for(lambda: not processes(mark))


def test_a_box_ends_also_when_its_grader_dies_before_it_is_made(grader, unwatched):
    process = grader(PATH=unwatched)
    mark = f"box-{process.pid}-"
    wait_for(lambda: processes(mark))
    end(process)
    wait_for(lambda: not processes(mark))


def test_a_closed_kernel_ends_also_when_bubblewrap_did_not_see_it(unwatched, monkeypatch):
    monkeypatch.setenv("PATH", unwatched)
    kernel = StudentKernel()
    kernel.wait_until_ready()
    assert processes(str(kernel.folder))
    kernel.close()
    wait_for(lambda: not processes(str(kernel.folder)))


def test_nothing_can_be_read_from_the_keyboard(kernel):
    assert kernel.ask("__import__('sys').stdin.read()", {}, 10) == ""


# a whole notebook

ORACLE = "\n### BEGIN HIDDEN TESTS\ndef oracle(student, rng):\n    {body}\n### END HIDDEN TESTS\n"


def notebook(*cells):
    return new_notebook(cells=list(cells))


def answer(name, code):
    marks = {"grade_id": name, "solution": True, "grade": False}
    return new_code_cell(code, metadata={"nbgrader": marks})


def check(name, body, points=1):
    marks = {"grade_id": f"{name}-check", "grade": True, "solution": False, "points": points}
    return new_code_cell(ORACLE.format(body=body), metadata={"nbgrader": marks})


def examine(kernels, *cells):
    examination = Examination(kernels, b"secret")
    return examination.run(notebook(*cells)), examination.notes


def test_a_kernel_that_was_lost_costs_one_cell(kernels):
    verdicts, notes = examine(
        kernels,
        new_code_cell("x = 1"),
        answer("a", "import os\nos._exit(1)"),
        check("a", "yield part(1, 'a', student['a'], 1)"),
        answer("b", "b = x + 1"),
        check("b", "yield part(1, 'b', student['b'], 2)"),
    )
    assert {name: verdict.points for name, verdict in verdicts.items()} == {
        "a-check": 0,
        "b-check": 1,
    }
    assert notes == ["a: the kernel died"]


def test_an_answer_that_spoils_the_others_spoils_its_own_only(kernels):
    verdicts, notes = examine(
        kernels,
        answer("a", "import builtins\nbuiltins.sum = lambda x: 0"),
        check("a", "yield part(1, 'a', student['a'], 1)"),
        answer("b", "def b(x):\n    return sum(x)"),
        check("b", "yield part(1, 'b', student.b([1, 2]), 3)"),
    )
    assert verdicts["b-check"].points == 1
    assert notes == ["b-check: judged without other answers, which had spoiled it"]


def test_that_the_time_is_over_is_said_once(kernels, monkeypatch):
    monkeypatch.setattr("grading.examination.NOTEBOOK_SECONDS", 0.5)
    monkeypatch.setattr("os.getloadavg", lambda: (0, 0, 0))
    cells = [new_code_cell("import time; time.sleep(1)"), *[new_code_cell("x = 1")] * 20]
    _, notes = examine(kernels, *cells)
    # The first cell may have been within its time.
    said = [note for note in notes if "the notebook had used up its time" in note]
    assert len(said) == 1 and len(notes) <= 2


@pytest.mark.parametrize(("load", "stopped"), [(0, True), (100, False)])
def test_on_a_busy_computer_work_may_take_longer(kernels, monkeypatch, load, stopped):
    monkeypatch.setattr("grading.examination.CELL_SECONDS", 0.5)
    monkeypatch.setattr("os.getloadavg", lambda: (load, 0, 0))
    _, notes = examine(kernels, new_code_cell("import time\ntime.sleep(1)"))
    assert notes == (["cell 1: it ran for more than 0.5 s"] if stopped else [])


def test_a_spare_kernel_that_lacks_a_module_is_not_handed_out():
    source = Kernels()
    source.modules = MODULES
    source.take().close()
    source.modules = f"{MODULES}, torch"
    kernel = source.take()
    assert kernel.ask("'torch' in __import__('sys').modules", {}, 10) is True
    kernel.close()
    source.close()


def test_the_inputs_are_the_same_in_each_run_and_differ_by_secret(kernels):
    cells = [answer("a", "a = 0"), check("a", "yield part(1, 'a', rng.random(), 0)")]
    lines = [
        Examination(kernels, secret).run(notebook(*cells))["a-check"].lines
        for secret in (b"1", b"1", b"2")
    ]
    assert lines[0] == lines[1] != lines[2]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("yield part(1, 'a', student['a'] + 1, 2)", "TypeError"),
        ("yield part(2, 'a', student['a'], 1)", "ValueError: the parts are worth 2"),
        ("yield nothing", "NameError"),
    ],
)
def test_a_mistake_of_the_author_is_not_charged_to_the_student(kernels, body, reason):
    with pytest.raises(CheckError, match=f"a-check: its oracle fails: {reason}"):
        examine(kernels, answer("a", "a = 'x'"), check("a", body))


def test_an_answer_on_which_an_oracle_fails_earns_nothing_and_is_noted(kernels):
    body = "x = student['a']; yield part(1, 'a', [1, 2][x] if isinstance(x, int) else 3, 2)"
    verdicts, notes = examine(kernels, answer("a", "a = 99"), check("a", body))
    assert verdicts["a-check"].points == 0
    assert notes == [
        "a-check: its oracle failed on this answer: IndexError: list index out of range"
    ]


def test_starting_a_kernel_without_torch_is_enough(kernels):
    kernel = StudentKernel(modules=module.MODULES)
    kernel.wait_until_ready()
    assert kernel.ask("__import__('sys').modules.get('torch') is None", {}, 10) is True
    kernel.close()
