"""Lets nbval run the cells of the chapters as Jupyter does.

By itself it runs them without history, and without history a final ``;`` hides nothing.
"""

import json

import nbval.kernel
import pytest
from nbval.kernel import RunningKernel
from tools.kernels import UnixKernelManager


def execute_cell_input(self: RunningKernel, cell_input: str, allow_stdin: bool = False) -> str:
    """Send a cell to the kernel and return the message's id."""
    return self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Note in the report what a cell showed, of which nbval compares only a part."""
    shown = [sorted(output.get("data", {})) for output in getattr(item, "test_outputs", ()) or ()]
    item.user_properties.append(("shown", json.dumps(shown)))


RunningKernel.execute_cell_input = execute_cell_input
# Over TCP two kernels side by side may be given one port, and then one of them never answers.
nbval.kernel.KernelManager = UnixKernelManager
