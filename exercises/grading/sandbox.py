"""A box for one student's kernel: no network, no files but Python's, bounded in every direction.

``python sandbox.py CONNECTION_FILE MODULES [FONT_LIST ...]`` becomes a kernel inside bubblewrap
that ends when its standard input does. Nothing but Python's standard library is imported here,
because every kernel pays for it.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

GIGABYTE = 1 << 30
MEMORY = 3 * GIGABYTE  # address space of the kernel; with torch it needs 0.6
CPU_SECONDS = 180
FILE_BYTES = 32 << 20
SCRATCH_BYTES = 64 << 20  # of the folders that live in memory
THREADS = 4096
STUDENT_SIDE = Path(__file__).with_name("student_side")

MISSING = """\
Grading runs students' code, so it needs a sandbox, and bubblewrap is not installed. Install it:
  apt-get install bubblewrap       (Debian, Ubuntu; as root)
  dnf install bubblewrap           (Fedora)
It exists for Linux only; on macOS or Windows grade inside a Linux virtual machine.
`--trust-students` grades without a sandbox: then any submission can read the hidden tests, change
all
grades and use your network and your files."""
BROKEN = """\
bubblewrap is installed but cannot make a sandbox here:
  {error}
Some systems forbid it to ordinary users (Ubuntu 24.04: see `sysctl
kernel.apparmor_restrict_unprivileged_userns`; Docker: start the container with `--security-opt
seccomp=unconfined`). Allow it, or grade on another machine. `--trust-students` grades without a
sandbox: then any submission can read the hidden tests, change all
grades and use your network and your files."""


class SandboxError(RuntimeError):
    """There is no sandbox on this machine; the message says what to install."""


def require() -> None:
    """Make sure that a sandbox can be made.

    Raises
    ------
    SandboxError
        If bubblewrap is missing or may not work here.
    """
    if sys.platform != "linux" or not shutil.which("bwrap"):
        raise SandboxError(MISSING)
    with seccomp_file() as filter_file:
        trial = [*arguments(filter_file.fileno()), "--", sys.executable, "-c", "print('well')"]
        done = subprocess.run(
            trial, capture_output=True, text=True, pass_fds=[filter_file.fileno()], timeout=60
        )
    if done.stdout != "well\n":
        raise SandboxError(BROKEN.format(error=done.stderr.strip() or done.returncode))


def arguments(
    filter_descriptor: int, folder: str | None = None, font_lists: Sequence[str] = ()
) -> list[str]:
    """Return bubblewrap's command line, up to the program.

    Parameters
    ----------
    filter_descriptor : int
        Where bubblewrap reads the filter of system calls.
    folder : str, optional
        The one folder in the box that is not made of memory: the sockets of the kernel are in it.
        The grader takes the right to write there away before the student's code runs.
    font_lists : sequence of str
        Files of Matplotlib's that spare it the search for fonts.
    """
    command = [
        *["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"],
        *["--cap-drop", "ALL", "--seccomp", str(filter_descriptor)],
        *["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"],
    ]
    for name in ("bin", "lib", "lib64", "sbin"):
        command += ["--symlink", f"usr/{name}", f"/{name}"]
    for scratch in ("/tmp", "/box", "/dev/shm"):
        command += ["--size", str(SCRATCH_BYTES), "--tmpfs", scratch]
    # After /tmp, because they may lie in it.
    for path in python_paths():
        command += ["--ro-bind", path, path]
    command += ["--ro-bind", str(STUDENT_SIDE), "/student_side"]
    if folder:
        command += ["--bind", folder, folder]
    for path in font_lists:
        command += ["--ro-bind", path, f"/box/matplotlib/{os.path.basename(path)}"]
    # The folder at the top is made of memory as well, without a limit.
    command += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/box"]
    for name, value in environment("/box", "/student_side", folder or "/box").items():
        command += ["--setenv", name, value]
    return command


def python_paths() -> list[str]:
    """Return what Python consists of, outside ``/usr``.

    A virtual environment can be made in the folder of the course, so of its folder only the parts
    are given that belong to Python. Its own path and the real one differ if a link leads to it.
    """
    homes = [sys.base_prefix, sys.prefix, os.path.dirname(os.path.dirname(sys.executable))]
    real = os.path.realpath(sys.executable)
    homes += [os.path.realpath(home) for home in homes] + [os.path.dirname(os.path.dirname(real))]
    paths = ["/etc/ld.so.cache"]
    for home in dict.fromkeys(homes):
        if home not in ("/", "/usr"):
            parts = ("bin", "lib", "lib64", "pyvenv.cfg", "share/jupyter")
            paths += [os.path.join(home, part) for part in parts]
    return [path for path in paths if os.path.exists(path)]


def environment(home: str, student_side: str, folder: str) -> dict[str, str]:
    """Return the environment of a student's kernel, the same in the box and without it."""
    return {
        "HOME": home,
        "LANG": "C.UTF-8",
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "PYTHONPATH": student_side,
        "PYTHONDONTWRITEBYTECODE": "1",
        "JUPYTER_RUNTIME_DIR": folder,
        "IPYTHONDIR": f"{home}/.ipython",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OMP_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


# The grader holds the other end of its standard input, and however it ends, it lets go of it. A
# system's own means to end a process with its parent each begin too late, or end at the next fork.
KERNEL = """\
import os, threading
grader = os.dup(0)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
def end_with_grader():
    os.read(grader, 1)
    os._exit(1)
threading.Thread(target=end_with_grader, daemon=True).start()
import resource, sys, {modules}
if {limited}:
    resource.setrlimit(resource.RLIMIT_NPROC, ({threads}, {threads}))
sys.path[:] = [path for path in sys.path if path != ""]
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()
"""


def kernel_program(connection_file: str, modules: str, limited: bool) -> list[str]:
    """Return the command that starts a kernel, which ends when its standard input does.

    Parameters
    ----------
    connection_file : str
        Where it finds its sockets.
    modules : str
        What it imports before it is needed, while the submission before it is graded.
    limited : bool
        Whether to limit its threads; outside a box the limit would count the user's others.
    """
    program = KERNEL.format(modules=modules, limited=limited, threads=THREADS)
    options = ["--HistoryManager.enabled=False", "--log-level=CRITICAL"]
    return [sys.executable, "-c", program, "-f", connection_file, *options]


def seccomp_file() -> tempfile._TemporaryFileWrapper:
    """Return a file with the filter of system calls, at its beginning.

    No processes besides the kernel: with one process, its limit on memory is the limit of all. No
    memory that the limit does not count, no new namespaces, no looking into other processes. No
    sockets of kinds that namespaces do not separate, such as those between a virtual machine and
    its host. And permissions cannot be changed, because with them the folder of the sockets could
    be filled.
    """
    machine = platform.machine()
    if machine not in DENIED:
        raise SandboxError(f"the sandbox knows the processors {', '.join(DENIED)}, not {machine}")
    file = tempfile.TemporaryFile()
    file.write(seccomp_filter(machine))
    file.flush()
    file.seek(0)
    return file


# Numbers of system calls, from the kernel's tables (asm/unistd_64.h, asm-generic/unistd.h).
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
DENIED = {
    # fork, vfork, ptrace, unshare, setns, memfd_create, shmget, bpf, perf_event_open, userfaultfd,
    # io_uring_setup, keyctl, add_key, request_key, process_vm_readv, process_vm_writev, mount,
    # fsopen, setxattr, lsetxattr, fsetxattr, setxattrat
    "x86_64": [
        *(57, 58, 101, 272, 308, 319, 29, 321, 298, 323, 425, 250, 248, 249, 310, 311, 165, 430),
        *(188, 189, 190, 463),
    ],
    "aarch64": [
        *(117, 97, 268, 279, 194, 280, 241, 282, 425, 219, 217, 218, 270, 271, 40, 430),
        *(5, 6, 7, 463),
    ],
}
# chmod, fchmod, fchmodat, fchmodat2
PRETENDED = {"x86_64": [90, 91, 268, 452], "aarch64": [52, 53, 452]}
SOCKET = {"x86_64": 41, "aarch64": 198}
SOCKET_KINDS = [1, 2, 10, 16]  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: what ZeroMQ needs
X32 = 0x40000000  # the bit of the second table of x86-64
CLONE_THREAD = 0x00010000


def seccomp_filter(machine: str) -> bytes:
    """Return a classic BPF program over ``struct seccomp_data``.

    Parameters
    ----------
    machine : str
        A key of `DENIED`.

    Source
    ------
    seccomp(2) and the kernel's Documentation/userspace-api/seccomp_filter.rst.
    """
    load, equal, at_least, all_bits, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, kill = 0x7FFF0000, 0x80000000
    error = 0x00050000
    done, not_permitted, not_there, unknown_kind = error, error | 1, error | 38, error | 97
    program = [
        (load, 0, 0, 4),  # the processor's table
        (equal, 1, 0, AUDIT[machine]),
        (give, 0, 0, kill),
        (load, 0, 0, 0),  # the number of the call
        (at_least, 0, 1, X32),
        (give, 0, 0, not_permitted),
        # A library that is told that clone3 is unknown uses clone, whose flags a filter can read.
        (equal, 0, 1, CLONE3),
        (give, 0, 0, not_there),
    ]
    for number in DENIED[machine]:
        program += [(equal, 0, 1, number), (give, 0, 0, not_permitted)]
    # Libraries, IPython among them, give up if this fails, and do not look whether it was done.
    for number in PRETENDED[machine]:
        program += [(equal, 0, 1, number), (give, 0, 0, done)]
    program += [
        (equal, 0, 2 * len(SOCKET_KINDS) + 2, SOCKET[machine]),
        (load, 0, 0, 16),  # the kind of the address
    ]
    for kind in SOCKET_KINDS:
        program += [(equal, 0, 1, kind), (give, 0, 0, allow)]
    program += [
        (give, 0, 0, unknown_kind),
        (equal, 0, 3, CLONE[machine]),
        (load, 0, 0, 16),  # the flags: threads are welcome, processes are not
        (all_bits, 1, 0, CLONE_THREAD),
        (give, 0, 0, not_permitted),
        (give, 0, 0, allow),
    ]
    return b"".join(struct.pack("<HBBI", *step) for step in program)


def main() -> None:
    """Become a kernel in a box."""
    connection_file = os.path.abspath(sys.argv[1])
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(kind, (limit, limit))
    filter_file = seccomp_file()
    os.set_inheritable(filter_file.fileno(), True)
    command = arguments(filter_file.fileno(), os.path.dirname(connection_file), sys.argv[3:])
    command += ["--", *kernel_program(connection_file, sys.argv[2], limited=True)]
    # The first process in the box is bubblewrap's, and its environment can be read in there.
    os.execve(shutil.which("bwrap"), command, {})


if __name__ == "__main__":
    main()
