"""How the notebooks run while the site is built: environment, cache and progress."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from pathlib import Path

from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from helpers.progress import PROGRESS_VARIABLE
from helpers.static_page import STATIC_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
logger = logging.getLogger(__name__)


def code_version() -> str:
    """Return a hash of what a notebook's result depends on besides the notebook.

    That is the helpers' Python code and the pinned versions. Scripts for the browser are not
    part of it: a page reads them when it is written, not when its notebook runs.
    """
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted((ROOT / "src" / "helpers").rglob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def set_environment(app: Sphinx) -> None:
    """Tell the kernels, which inherit it, that they run for a static page."""
    os.environ[STATIC_VARIABLE] = "1"
    # With the default number of threads, two kernels side by side run ten times slower.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")


def use_keyed_cache(app: Sphinx, config: Config) -> None:
    """Execute again when the helpers change, which the cache does not notice by itself."""
    if config.nb_execution_mode == "cache":
        cache = Path(app.outdir).parent / ".jupyter_cache"
        config.nb_execution_cache_path = str(cache / code_version())


def make_cache(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Make the cache before the parallel readers do, who would find each other's half-made one."""
    if app.config.nb_execution_mode == "cache":
        get_cache(app.config.nb_execution_cache_path).list_cache_records()


def allow_parallel_reading(app: Sphinx) -> None:
    """Let ``sphinx-build -j`` execute chapters side by side, and write pages one by one."""
    # Each writing process would start a KaTeX server of its own, and leave it running.
    app.builder.allow_parallel = False
    for name in ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"):
        if extension := app.extensions.get(name):
            # Neither keeps state between documents while reading; they only do not say so.
            extension.parallel_read_safe = True


def deal(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Order the documents so that the parallel readers share the chapters.

    Each reader takes a run of neighbors, and in alphabetical order all chapters are neighbors.
    """
    hands = max(app.parallel, 1)
    docnames[:] = [name for i in range(hands) for name in docnames[i::hands]]


class ProgressReader:
    """Shows the kernels' progress bars in the terminal of the build.

    Kernels cannot write there: what they print becomes part of a page. They append to a file
    (`helpers.progress`), which a thread reads.
    """

    def __init__(self) -> None:
        handle, path = tempfile.mkstemp(prefix="sweeps-")
        os.close(handle)
        self.path = Path(path)
        self.finished = threading.Event()
        self.thread = threading.Thread(target=self.follow, daemon=True)

    def start(self, app: Sphinx) -> None:
        """Begin to follow the file."""
        os.environ[PROGRESS_VARIABLE] = str(self.path)
        self.thread.start()

    def follow(self) -> None:
        """Print every new line."""
        with self.path.open(encoding="utf8") as log:
            finished = False
            while not finished:
                finished = self.finished.wait(0.5)
                for line in log:
                    logger.info(line.rstrip("\n"))

    def stop(self, app: Sphinx, exception: Exception | None) -> None:
        """Stop following and remove the file."""
        self.finished.set()
        if self.thread.is_alive():
            self.thread.join()
        self.path.unlink(missing_ok=True)


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    set_environment(app)
    progress = ProgressReader()
    # After Jupyter Book and MyST-NB have set theirs.
    app.connect("config-inited", use_keyed_cache, priority=900)
    app.connect("builder-inited", allow_parallel_reading)
    app.connect("builder-inited", progress.start)
    app.connect("env-before-read-docs", make_cache)
    app.connect("env-before-read-docs", deal)
    app.connect("build-finished", progress.stop)
