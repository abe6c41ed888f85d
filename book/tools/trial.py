"""One run of a chapter's cells under shifted seeds, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import linecache
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
import types
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from pathlib import Path

from tools import records


@dataclass(frozen=True)
class Trial:
    """One run of a chapter under one shift of its seeds."""

    chapter: Path
    shift: int
    # Where its result is, or will be
    path: Path

    def result(self) -> dict | None:
        """Return what came of it; None if it has not finished.

        Returns
        -------
        dict or None
            ``claims``, id -> whether the measurement came out as the text says; ``seconds``; and
            ``error``, None or a traceback.
        """
        return json.loads(self.path.read_text("utf8")) if self.path.is_file() else None

    def is_done(self) -> bool:
        """Tell whether it ran to its end."""
        result = self.result()
        return result is not None and result["error"] is None


def perform(trial: Trial) -> None:
    """Run the chapter's cells in this process, and store what came of it.

    Parameters
    ----------
    trial : Trial
        The process must be its own: its environment and modules are changed.
    """
    # Ctrl-C reaches the whole group of processes. It is for the one that started this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cells = records.cells_of(trial.chapter)
    if records.code_hash(trial.chapter) != trial.path.parent.name:
        sys.exit(f"{trial.chapter} was changed while it was repeated")
    trial.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        claims = Path(folder) / "claims.jsonl"
        claims.touch()
        os.environ["HELPERS_CLAIMS"] = str(claims)
        os.environ["HELPERS_SEED_SHIFT"] = str(trial.shift)
        os.chdir(trial.chapter.parent)
        begin = time.perf_counter()
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            error = _run(cells)
        result = {
            "claims": _verdicts(claims),
            "error": error,
            "seconds": round(time.perf_counter() - begin, 1),
        }
    # Under its own name only when it is whole
    part = trial.path.with_suffix(".part")
    part.write_text(json.dumps(result, indent=1), encoding="utf8")
    part.replace(trial.path)


def _end_with_parent() -> None:
    connection.wait([parent_process().sentinel])
    os._exit(1)


def _run(cells: dict[str, str]) -> str | None:
    """Run all cells in one module; return the traceback of the one that fails."""
    import matplotlib.pyplot as plt
    from IPython.display import display

    from helpers import seed_everything

    seed_everything()  # before the first import of a chapter could take a name that is replaced
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    module.display = display
    for name, source in cells.items():
        file = f"cell {name}"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        try:
            exec(compile(source, file, "exec"), vars(module))
        except (Exception, SystemExit) as error:
            # Without the line above
            error.__traceback__ = error.__traceback__.tb_next
            return "".join(traceback.format_exception(error))
        plt.close("all")
    return None


def _verdicts(claims: Path) -> dict[str, bool]:
    """Return whether each claim came out as the text says, each time if it is made often."""
    verdicts: dict[str, bool] = {}
    for line in claims.read_text("utf8").splitlines():
        claim = json.loads(line)
        agrees = claim["holds"] == claim["expected"]
        verdicts[claim["id"]] = verdicts.get(claim["id"], True) and agrees
    return verdicts
