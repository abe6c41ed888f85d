"""Lets nbval run the cells of the chapters as Jupyter does.

By itself it runs them without history, and without history a final ``;`` hides nothing.
"""

from nbval.kernel import RunningKernel


def execute_cell_input(self: RunningKernel, cell_input: str, allow_stdin: bool = False) -> str:
    """Send a cell to the kernel and return the message's id."""
    return self.kc.execute(cell_input, allow_stdin=allow_stdin, stop_on_error=False)


RunningKernel.execute_cell_input = execute_cell_input
