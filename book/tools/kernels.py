"""Kernels that talk through Unix sockets, and how one runs a notebook.

Over TCP two kernels that start side by side can be given the same port. One of them then never
answers, and whoever waits for it waits for ever. The name of a Unix socket is nobody else's.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

from jupyter_client import AsyncKernelManager, KernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from tools.stored_form import join_streams

FOLDERS = "/tmp"  # not the user's own folder: a socket's path has at most about 100 characters


class UnixSockets:
    """Gives a kernel a private folder for its sockets, removed when its manager goes."""

    def __init__(self, **options: object) -> None:
        folder = tempfile.mkdtemp(prefix="kernel-", dir=FOLDERS)
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        super().__init__(transport="ipc", connection_file=f"{folder}/kernel.json", **options)


class UnixKernelManager(UnixSockets, KernelManager):
    """Starts kernels for those that wait for each answer, as nbval does."""


class AsyncUnixKernelManager(UnixSockets, AsyncKernelManager):
    """Starts kernels for nbclient, and tells their process ids as soon as there are any."""

    on_start: Callable[[int], None] = staticmethod(lambda pid: None)

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: object) -> None:
        await super()._async_launch_kernel(kernel_cmd, **options)
        self.on_start(self.provisioner.pid)


def run(
    notebook: NotebookNode,
    folder: Path,
    *,
    kernel: str = "",
    errors: bool = False,
    seconds: int | None = 300,
    on_start: Callable[[int], None] = lambda pid: None,
    on_cell: Callable[[int], None] = lambda index: None,
) -> None:
    """Run all cells of a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Its outputs are replaced.
    folder : Path
        Where the kernel runs.
    kernel : str
        Name of its kernel specification; the notebook's own by default.
    errors : bool
        Whether a cell that fails is only recorded.
    seconds : int or None
        How long one cell may take; without limit if None.
    on_start, on_cell : callable
        Called with the kernel's process id when it starts, and with the index of each cell that
        begins.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    nbclient.exceptions.CellTimeoutError
        If a cell takes longer.
    RuntimeError
        If the kernel dies (as `nbclient.exceptions.DeadKernelError` while a cell runs).
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":  # an empty cell does not run, and would keep what it stored
            cell.outputs, cell.execution_count = [], None
    manager = type("Manager", (AsyncUnixKernelManager,), {"on_start": staticmethod(on_start)})
    client = NotebookClient(
        notebook,
        kernel_manager_class=manager,
        kernel_name=kernel,
        shutdown_kernel="immediate",  # a kernel has nothing to put away, and would take a second
        allow_errors=errors,
        timeout=seconds,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
        on_cell_start=lambda cell, cell_index: on_cell(cell_index),
    )
    try:
        client.execute()
    finally:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = join_streams(cell.outputs)
