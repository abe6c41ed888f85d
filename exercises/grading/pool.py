"""Hands out students' kernels, and removes what killed graders left of theirs."""

from __future__ import annotations

import os
import stat

from .kernel import BOXES, MODULES, KernelLost, StudentKernel, remove

STARTS = 3


class NoKernel(RuntimeError):
    """No kernel starts, whoever asks. That is this computer's trouble and no student's."""


class Kernels:
    """Hands out kernels, of which the next one is always starting already.

    Parameters
    ----------
    trusted : bool
        Whether to run them without the sandbox.

    Attributes
    ----------
    modules : str
        What the kernels import at once. PyTorch takes a second, so whoever knows that nobody needs
        it does without.
    """

    def __init__(self, trusted: bool = False) -> None:
        self.trusted = trusted
        self.modules = f"{MODULES}, torch"
        self.spare: StudentKernel | None = None
        remove_stale_boxes()

    def take(self) -> StudentKernel:
        """Return a kernel of its own for whoever asks; he closes it.

        Raises
        ------
        NoKernel
            If none starts.
        """
        if self.spare and self.spare.modules != self.modules:
            self.close()
        for _ in range(STARTS):
            kernel, self.spare = self.spare or self.new(), None
            try:
                kernel.wait_until_ready()
            except KernelLost:
                continue
            self.spare = self.new()
            return kernel
        raise NoKernel("no kernel starts on this computer")

    def new(self) -> StudentKernel:
        """Start a kernel."""
        return StudentKernel(self.trusted, self.modules)

    def close(self) -> None:
        """End the kernel that nobody took."""
        if self.spare:
            self.spare.close()
            self.spare = None


def remove_stale_boxes() -> None:
    """Remove the folders of graders that were killed."""
    for folder in BOXES.glob("box-*-*"):
        try:
            owner = int(folder.name.split("-")[1])
            status = folder.lstat()
            if status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode):
                continue
            os.kill(owner, 0)
        except ProcessLookupError:
            remove(folder)
        # Not one of these folders, gone meanwhile, or of a process that is somebody else's.
        except (ValueError, OSError):
            continue
