"""A conversation with one student's kernel that always ends, whatever the kernel does."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from ast import literal_eval
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from nbformat import NotebookNode

from . import sandbox
from .outputs import in_line, storable
from .student_side import plain_values

BOXES = Path("/tmp")  # the path of a Unix socket has at most 107 characters
MODULES = "numpy, plain_values"  # what every kernel needs
START_SECONDS = 60
ASK_SECONDS = 0.5  # until a kernel that does not answer yet is asked again whether it is ready
OUTPUT_BYTES = 1_000_000
MESSAGE_BYTES = 2 * plain_values.MAX_CHARACTERS + 1_000_000
MESSAGES = 64  # that may wait; together they must fit into memory
POLL_SECONDS = 0.25
GRACE_SECONDS = 1.5  # for a kernel to give up after an interrupt
LEFT = "it called exit() or quit(), which ends the kernel"
# As Python writes a text. Anything else, read as Python, could be as deep and large as it likes.
LITERAL = re.compile(r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"", re.DOTALL)


class KernelLost(RuntimeError):
    """The kernel is gone, and what it had computed with it. The message says why."""


@dataclass(frozen=True)
class Failure:
    """Stands where a value would stand if the student's code had given one."""

    reason: str


@dataclass
class Outcome:
    """What came of a cell.

    Attributes
    ----------
    outputs : list of NotebookNode
        Its outputs, as a notebook stores them.
    failure : str
        Why it did not run to its end; empty if it did.
    size : int
        Of its outputs, in characters.
    """

    outputs: list[NotebookNode] = field(default_factory=list)
    failure: str = ""
    size: int = 0


class StudentKernel:
    """One kernel, in a sandbox unless the students are trusted.

    It starts at once and needs about a second, during which other work can be done.

    Parameters
    ----------
    trusted : bool
        Whether to run it without the sandbox.
    modules : str
        What it imports at once.
    """

    def __init__(self, trusted: bool = False, modules: str = MODULES) -> None:
        self.trusted, self.modules = trusted, modules
        self.folder = Path(tempfile.mkdtemp(prefix=f"box-{os.getpid()}-", dir=BOXES))
        connection_file = str(self.folder / "kernel.json")
        _, connection = write_connection_file(
            connection_file, transport="ipc", ip=str(self.folder / "socket")
        )
        font_lists = Path(matplotlib.get_cachedir()).glob("fontlist-*.json")
        if trusted:
            (self.folder / "matplotlib").mkdir()
            for path in font_lists:
                shutil.copy(path, self.folder / "matplotlib")
            home = str(self.folder)
            command = sandbox.kernel_program(connection_file, modules, limited=False)
            environment = sandbox.environment(home, str(sandbox.STUDENT_SIDE), home)
        else:
            command = [sys.executable, sandbox.__file__, connection_file, modules]
            command += [str(path) for path in font_lists]
            environment = None
        self.process = subprocess.Popen(
            command,
            env=environment,
            cwd=self.folder,
            stdin=subprocess.PIPE,  # its end is the kernel's
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # What a kernel may send at once and in all: both are held in the grader's memory.
        self.context = zmq.Context()
        self.context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
        self.context.setsockopt(zmq.RCVHWM, MESSAGES)
        self.context.setsockopt(zmq.LINGER, 0)
        self.client = BlockingKernelClient(context=self.context)
        self.client.load_connection_info(connection)
        self.client.start_channels(stdin=False, hb=False)
        self.channels = {
            channel.socket: channel
            for channel in (self.client.iopub_channel, self.client.shell_channel)
        }
        self.poller, self.breaks = zmq.Poller(), []
        for socket in self.channels:
            self.poller.register(socket, zmq.POLLIN)
            self.breaks.append(socket.get_monitor_socket(zmq.EVENT_DISCONNECTED))
            self.poller.register(self.breaks[-1], zmq.POLLIN)
        self.ready = False

    def wait_until_ready(self) -> None:
        """Return when the kernel answers.

        Raises
        ------
        KernelLost
            If it does not.
        """
        deadline = time.monotonic() + START_SECONDS
        requests: set[str] = set()
        while not self.ready:
            if time.monotonic() > deadline:
                self.lose("the kernel did not start")
            # Its outputs begin to arrive later than its replies, so both must have come.
            requests.add(self.client.kernel_info())
            replied = heard = False
            again = time.monotonic() + ASK_SECONDS
            while not self.ready and time.monotonic() < again:
                for message in self.messages(again - time.monotonic()):
                    if parent_of(message) in requests:
                        replied = replied or message["msg_type"] == "kernel_info_reply"
                        heard = heard or message["msg_type"] == "status"
                self.ready = replied and heard
                if self.process.poll() is not None:
                    self.lose("the kernel did not start")
        if not self.trusted:
            # Its sockets are there now, and nothing else shall come. In the box this holds, because
            # the filter of system calls knows no way to change permissions.
            self.folder.chmod(0o500)

    def run(self, code: str, seconds: float) -> Outcome:
        """Run a cell.

        Parameters
        ----------
        code : str
            The cell.
        seconds : float
            How long it may take. Then it is interrupted, and the kernel ended if that has no
            effect.

        Raises
        ------
        KernelLost
            If the kernel died or had to be ended.
        """
        outcome, reply = self.converse(code, {}, seconds)
        if not outcome.failure and reply.get("status") == "error":
            outcome.failure = in_line(f"{reply.get('ename')}: {reply.get('evalue')}")
        return outcome

    def ask(self, code: str, values: dict[str, Any], seconds: float) -> Any:
        """Ask for the value of an expression.

        Parameters
        ----------
        code : str
            Python that ends in an expression; it sees what the notebook has defined.
        values : dict
            Plain values, added under their names.
        seconds : float
            How long the answer may take.

        Returns
        -------
        object
            A plain value, or a `Failure`.

        Raises
        ------
        KernelLost
            If the kernel died or had to be ended.
        """
        question = json.dumps({"run": code, "values": plain_values.encode(values)})
        # Not through any name that a notebook can have given to something else.
        expression = f"__import__('plain_values').answer(globals(), {question!r})"
        outcome, reply = self.converse("", {"answer": expression}, seconds)
        if outcome.failure:
            return Failure(outcome.failure)
        try:
            text = reply["user_expressions"]["answer"]["data"]["text/plain"]
            if not LITERAL.fullmatch(text):
                return Failure("the kernel gave no answer that can be read")
            answer = json.loads(literal_eval(text))
            if "value" in answer:
                return plain_values.decode(answer["value"])
            return Failure(in_line(answer["reason"]))
        # Whoever changed his kernel until it answers in another form gets no points for it.
        except Exception:
            return Failure("the kernel gave no answer that can be read")

    def converse(
        self, code: str, expressions: dict[str, str], seconds: float
    ) -> tuple[Outcome, dict]:
        """Send a request and gather what comes until the kernel is idle again."""
        if not self.ready:
            self.wait_until_ready()
        outcome, reply, idle, interrupt = Outcome(), None, False, None
        request = self.client.execute(code, user_expressions=expressions, allow_stdin=False)
        deadline = time.monotonic() + seconds
        while reply is None or not idle:
            # Before what it has sent is read, which can say why it ended.
            ended = self.process.poll() is not None
            arrived = self.messages(POLL_SECONDS)
            for message in arrived:
                # A late word about an earlier request says nothing about this one.
                if parent_of(message) != request:
                    continue
                content = message["content"]
                if message["msg_type"] == "execute_reply":
                    reply = content
                    # It would die a moment later, when the next cell is already at work.
                    if asks_to_end(reply):
                        self.lose(LEFT)
                    # What it printed before may be missing where outputs were dropped.
                    deadline = min(deadline, time.monotonic() + GRACE_SECONDS)
                elif message["msg_type"] == "status":
                    idle = idle or content.get("execution_state") == "idle"
                else:
                    self.keep(outcome, message)
            if reply is not None and (idle or time.monotonic() > deadline):
                break
            if ended and not arrived:
                self.lose("the kernel died")
            if time.monotonic() > deadline:
                if interrupt:
                    self.lose(f"it ran for more than {seconds:g} s and did not stop when asked to")
                interrupt = self.client.session.msg("interrupt_request", {})
                self.client.control_channel.send(interrupt)
                deadline = time.monotonic() + GRACE_SECONDS
        if interrupt:
            self.await_interrupt(interrupt["header"]["msg_id"])
            outcome.failure = f"it ran for more than {seconds:g} s"
        return outcome, reply

    def await_interrupt(self, request: str) -> None:
        """Return when an interrupt has been sent, so that it does not hit what comes next."""
        deadline = time.monotonic() + GRACE_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            try:
                if parent_of(self.client.control_channel.get_msg(timeout=left)) == request:
                    return
            except queue.Empty:
                break
            # See `messages`.
            except Exception:
                break
        self.lose("it did not stop when asked to")

    def messages(self, seconds: float) -> list[dict]:
        """Return the messages that have arrived; wait `seconds` for the first."""
        events = dict(self.poller.poll(max(seconds, 0) * 1000))
        arrived = self.received(events)
        if any(monitor in events for monitor in self.breaks):
            reason = self.why_disconnected()
            # Its last word can come after the news of its end.
            arrived += self.received(dict(self.poller.poll(0)))
            left = any(asks_to_end(message["content"]) for message in arrived)
            self.lose(LEFT if left else reason)
        return arrived

    def received(self, events: dict) -> list[dict]:
        """Return the messages of those sockets that a poll has found ready."""
        arrived: list[dict] = []
        for socket, channel in self.channels.items():
            try:
                while socket in events and len(arrived) < MESSAGES:
                    message = channel.get_msg(timeout=0)
                    if isinstance(message["content"], dict):
                        arrived.append(message)
            except queue.Empty:
                pass
            # A kernel under somebody's hand may send anything at all.
            except Exception:
                self.lose("the kernel sends what is no message")
        return arrived

    def why_disconnected(self) -> str:
        """Tell a kernel's end from a message that is too large: that costs one socket only."""
        patience = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < patience:
            if self.process.poll() is not None or all(broken.poll(0) for broken in self.breaks):
                return "the kernel died"
            time.sleep(0.01)
        return f"it sent more than {MESSAGE_BYTES // 1_000_000} MB at once"

    def keep(self, outcome: Outcome, message: dict) -> None:
        """Add a message to a cell's outputs, as far as a notebook can store it."""
        try:
            output = storable(nbformat.v4.output_from_msg(message))
        # See `messages`; also messages that are no outputs end here.
        except Exception:
            return
        if output is None:
            return
        outcome.size += len(json.dumps(output))
        if outcome.size > OUTPUT_BYTES:
            self.lose(f"it printed more than {OUTPUT_BYTES / 1_000_000:g} MB")
        last = outcome.outputs[-1] if outcome.outputs else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            outcome.outputs.append(output)

    def lose(self, reason: str) -> None:
        """End the kernel and say why."""
        self.close()
        raise KernelLost(reason)

    def close(self) -> None:
        """End the kernel and remove what it left. Calling it twice does no harm."""
        try:
            # Without a sandbox it can have started others.
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.stdin.close()
        self.process.wait()
        if not self.context.closed:
            for socket in self.channels:
                socket.disable_monitor()
            self.client.stop_channels()
            self.context.destroy(linger=0)
        remove(self.folder)


def remove(folder: Path) -> None:
    """Remove the folder of a kernel."""
    # Without a sandbox there can be anything in it, also folders deeper than Python descends.
    with suppress(OSError, RecursionError):
        folder.chmod(0o700)
        shutil.rmtree(folder)


def parent_of(message: dict) -> str | None:
    """Return the request that a message belongs to."""
    parent = message.get("parent_header")
    return parent.get("msg_id") if isinstance(parent, dict) else None


def asks_to_end(content: dict) -> bool:
    """Tell whether this is the reply to a cell that has told the kernel to end."""
    payload = content.get("payload")
    # A kernel under somebody's hand may send anything at all.
    orders = [o for o in payload if isinstance(o, dict)] if isinstance(payload, list) else []
    return any(o.get("source") == "ask_exit" and not o.get("keepkernel") for o in orders)
