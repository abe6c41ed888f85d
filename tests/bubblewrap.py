"""Find bubblewrap for the tests of grading, or get it.

``python tests/bubblewrap.py`` does both; `make test` calls it first.
"""

from __future__ import annotations

import os
import shutil
import sys

from browser import run

HELP = """\
The tests of grading need bubblewrap, and it was neither found nor could be installed. Get it with
  apt-get install bubblewrap     (Debian, Ubuntu; as root)
  dnf install bubblewrap         (Fedora)
and run `make test` again. It exists for Linux only; the other stages (`make test-unit` and so on)
run without it."""


def main() -> int:
    """Install it if it is missing; the exit status is 1 if it is missing still."""
    if not shutil.which("bwrap") and os.geteuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "update")
        run("apt-get", "install", "-y", "--no-install-recommends", "bubblewrap")
    found = shutil.which("bwrap")
    print(found or HELP)
    return int(found is None)


if __name__ == "__main__":
    sys.exit(main())
