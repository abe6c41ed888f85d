"""The sandbox holds: each wall is leaned against from inside."""

import os
import platform
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from bank import EXERCISES, ROOT
from grading import sandbox
from grading.kernel import StudentKernel
from grading.sandbox import SandboxError


@pytest.fixture(scope="module")
def box(kernels):
    """A kernel that survives all that is tried here."""
    kernel = kernels.take()
    yield kernel
    kernel.close()


@pytest.fixture
def fresh(kernels):
    kernel = kernels.take()
    yield kernel
    kernel.close()


def failure(kernel, code, seconds=20):
    return kernel.run(code, seconds).failure


@pytest.mark.parametrize(
    "path",
    [
        ROOT,
        EXERCISES / "source",
        Path.home() / ".bashrc",
        Path("/etc/passwd"),
        Path("/home"),
        "/sys",
    ],
)
def test_nothing_of_the_instructors_files_is_there(box, path):
    names = f"__import__('os').listdir({str(path)!r})"
    if path == ROOT:
        # The environment that Python runs in may lie in the repository.
        assert box.ask(
            f"{names} if __import__('os').path.exists({str(path)!r}) else []", {}, 10
        ) in (
            [],
            [".venv"],
        )
        return
    assert "No such file" in failure(box, f"open({str(path)!r}).read()")


def test_a_venv_in_the_course_folder_gives_only_python(monkeypatch, tmp_path):
    for name in ("bin", "lib", "source"):
        (tmp_path / name).mkdir()
    (tmp_path / "gradebook.db").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    paths = [path for path in sandbox.python_paths() if path.startswith(str(tmp_path))]
    assert paths == [str(tmp_path / "bin"), str(tmp_path / "lib")]


@pytest.mark.parametrize("folder", ["/usr", "/dev", "/student_side", sys.prefix + "/lib", "/"])
def test_nothing_outside_memory_can_be_written(box, folder):
    code = f"open({folder + '/new'!r}, 'w')"
    assert "Error" in failure(box, code)
    assert not Path(folder, "new").exists()


@pytest.mark.parametrize(
    "change",
    [
        "open(f'{folder}/new', 'w')",
        "os.mkdir(f'{folder}/new')",
        "os.unlink(f'{folder}/kernel.json')",
        "os.symlink('/etc', f'{folder}/new')",
        "os.rename(f'{folder}/kernel.json', f'{folder}/new')",
        "os.setxattr(folder, 'user.x', b'x')",
        "os.setxattr(folder, 'system.posix_acl_access', bytes(28))",
    ],
)
def test_the_folder_of_the_sockets_cannot_be_changed(box, change):
    before = sorted(path.name for path in box.folder.iterdir())
    start = "import os\nfolder = os.environ['JUPYTER_RUNTIME_DIR']\nos.chmod(folder, 0o777)\n"
    assert "Error" in failure(box, start + change)
    assert sorted(path.name for path in box.folder.iterdir()) == before
    assert box.folder.stat().st_mode & 0o777 == 0o500


def test_the_environment_holds_no_secrets(monkeypatch):
    monkeypatch.setenv("A_KEY", "a-secret")
    kernel = StudentKernel()
    kernel.wait_until_ready()
    code = "from pathlib import Path\nimport os\n"
    code += (
        "str(dict(os.environ)) + ''.join(p.read_text() for p in Path('/proc').glob('*/environ'))"
    )
    environment = kernel.ask(code, {}, 10)
    kernel.close()
    assert "PYTHONPATH" in environment
    assert "a-secret" not in environment
    assert os.environ.get("USER", "no user") not in environment or os.environ["USER"] == "root"


def test_only_its_own_processes_are_seen(box):
    code = "[p for p in __import__('os').listdir('/proc') if p.isdigit()]"
    assert len(box.ask(code, {}, 10)) <= 3
    assert "Error" in failure(box, f"import os\nos.kill({os.getpid()}, 0)")


def test_there_is_no_network(box):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=3)"
        assert "Error" in failure(box, code)
    code = "import socket\nsocket.create_connection(('1.1.1.1', 53), timeout=3)"
    assert "Network is unreachable" in failure(box, code)


def test_no_socket_of_the_host_is_reached(box, tmp_path):
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as abstract:
        server.bind(str(tmp_path / "s"))
        server.listen()
        abstract.bind(b"\0grading-test")
        abstract.listen()
        for address in (str(tmp_path / "s"), b"\0grading-test"):
            code = f"import socket\nsocket.socket(socket.AF_UNIX).connect({address!r})"
            assert "Error" in failure(box, code)


@pytest.mark.parametrize("kind", [17, 38, 40])
def test_kinds_of_sockets_that_no_namespace_separates_are_refused(box, kind):
    code = f"import socket\nsocket.socket({kind}, socket.SOCK_STREAM)"
    assert failure(box, code).startswith("OSError: [Errno 97]")


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.fork()",
        "import os\nos.forkpty()",
        "import subprocess\nsubprocess.run(['true'])",
        "import multiprocessing\nmultiprocessing.Process(target=print).start()",
        "import os\nos.posix_spawn('/usr/bin/true', ['true'], {})",
        "import os\nos.memfd_create('x')",
    ],
)
def test_no_process_and_no_hidden_memory_can_be_made(box, code):
    assert "Error" in failure(box, code)


@pytest.mark.parametrize("number", [101, 272, 308, 165, 321, 298, 250, 425, 310])
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64")
def test_dangerous_system_calls_are_refused(box, number):
    code = (
        f"import ctypes\nc = ctypes.CDLL(None, use_errno=True)\n[c.syscall({number}, 0, 0, 0, 0), "
    )
    assert box.ask(code + "ctypes.get_errno()]", {}, 10) == [-1, 1]


def test_the_second_table_of_system_calls_is_closed(box):
    if platform.machine() == "x86_64":
        fork = 0x40000000 + 57
        code = f"import ctypes\nc = ctypes.CDLL(None, use_errno=True)\n[c.syscall({fork}), "
        assert box.ask(code + "ctypes.get_errno()]", {}, 10) == [-1, 1]


def test_the_filter_can_be_made_for_each_known_processor():
    for machine in sandbox.DENIED:
        program = sandbox.seccomp_filter(machine)
        assert len(program) % 8 == 0
        # A jump is a byte, and a filter has at most 4096 steps.
        assert len(program) // 8 < 256


def test_threads_are_allowed(box):
    code = "import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()"
    assert failure(box, code) == ""


def test_memory_is_limited(box):
    assert failure(box, "x = bytearray(24 << 30)").startswith("MemoryError")
    assert failure(box, "x = bytearray(1 << 28)\ndel x") == ""


@pytest.mark.parametrize("folder", ["/tmp", "/box", "/dev/shm"])
def test_folders_in_memory_are_limited(fresh, folder):
    code = (
        f"for number in range(100):\n    with open('{folder}/x' + str(number), 'wb') as file:\n"
        "        file.write(bytes(10 << 20))"
    )
    assert "No space left" in failure(fresh, code)


def test_a_file_is_limited(box):
    code = "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    code += "with open('/tmp/x', 'wb') as file:\n    file.write(bytes(40 << 20))"
    assert "File too large" in failure(box, code)


def test_limits_cannot_be_raised(box):
    code = "import resource as r\nr.setrlimit(r.RLIMIT_AS, (r.RLIM_INFINITY, r.RLIM_INFINITY))"
    assert "ValueError" in failure(box, code) or "PermissionError" in failure(box, code)


def test_a_thread_bomb_stays_in_its_kernel(fresh):
    before = threading.active_count()
    code = "import threading, time\nfor _ in range(10**5):\n"
    code += "    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()"
    assert "can't start new thread" in failure(fresh, code)
    assert threading.active_count() == before


def test_figures_can_be_drawn(box):
    outcome = box.run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", 60)
    assert outcome.failure == ""
    assert "image/png" in outcome.outputs[-1].data


# what an instructor reads


def test_without_bubblewrap_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SandboxError, match="apt-get install bubblewrap") as refusal:
        sandbox.require()
    assert "--trust-students" in str(refusal.value)


def test_a_bubblewrap_that_may_not_work_is_shown_with_its_reason(monkeypatch, tmp_path):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions to create namespace' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(SandboxError, match="No permissions to create namespace") as refusal:
        sandbox.require()
    assert "apparmor" in str(refusal.value)


def test_an_unknown_processor_is_refused(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    with pytest.raises(SandboxError, match="x86_64, aarch64, not vax"):
        sandbox.seccomp_file()


@pytest.mark.parametrize("place", ["/tmp", "/var/tmp"])
def test_it_works_with_python_elsewhere(place):
    # Reached by a link, from a folder over which the box puts one of its own.
    code = (
        "from grading.kernel import StudentKernel\nkernel = StudentKernel()\n"
        "kernel.wait_until_ready()\nprint(kernel.ask('1 + 1', {}, 10))\nkernel.close()"
    )
    with tempfile.TemporaryDirectory(dir=place) as folder:
        link = Path(folder, "venv")
        link.symlink_to(sys.prefix)
        done = subprocess.run(
            [str(link / "bin" / "python"), "-c", code],
            env=os.environ | {"PYTHONPATH": f"{EXERCISES}{os.pathsep}{ROOT / 'book'}"},
            capture_output=True,
            text=True,
        )
    assert done.stdout == "2\n", done.stderr
