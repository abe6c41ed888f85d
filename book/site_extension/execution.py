"""Runs the notebooks of the site, all before Sphinx reads the first page.

Sphinx reads pages in processes that it forks, and a process that was forked from one with kernels,
sockets or threads may wait for ever. So the notebooks run elsewhere (`tools.execution`), what they
give goes into the cache, and reading finds everything there.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.main import JupyterCacheBase
from myst_nb.core.execute import cache as myst_nb_cache
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from tools.execution import Job, NotebookFailed, run_all

from helpers.static_page import STATIC_VARIABLE

from . import watchdog

ROOT = Path(__file__).resolve().parents[2]
# Names of pages, with commas between. Only their notebooks run; others show what they store.
ONLY_VARIABLE = "BOOK_ONLY"
SECONDS = "seconds.json"  # in the cache: page -> how long its notebook ran the last time
CHAPTERS_USE = b"# What the chapters use"  # begins the second part of requirements.txt
logger = logging.getLogger(__name__)


def code_version() -> str:
    """Return a hash of what a notebook's result depends on besides the notebook.

    That is the helpers' Python code and the pinned versions. What only the site needs, the first
    part of those, is not; nor are scripts for the browser: a page reads them when it is written.
    """
    _, versions = (ROOT / "requirements.txt").read_bytes().split(CHAPTERS_USE)
    digest = hashlib.sha256(versions)
    for path in sorted((ROOT / "src" / "helpers").rglob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_of(site: Path) -> Path:
    """Return the cache of a site built into `site` by the code as it is now."""
    return site.parent / ".jupyter_cache" / code_version()


def set_environment(app: Sphinx) -> None:
    """Tell the kernels, which inherit it, that they run for a static page."""
    os.environ[STATIC_VARIABLE] = "1"
    # With the default number of threads, two kernels side by side run ten times slower.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")


def use_keyed_cache(app: Sphinx, config: Config) -> None:
    """Execute again when the helpers change, which the cache does not notice by itself."""
    # Part of the settings, so that every page is read again when it changes.
    config.book_only = os.environ.get(ONLY_VARIABLE, "")
    if config.book_only:
        # A page of Markdown says in no other way than by running which language its cells have.
        config.suppress_warnings = [*config.suppress_warnings, "myst-nb.lexer"]
    if config.nb_execution_mode == "cache":
        config.nb_execution_cache_path = str(cache_of(Path(app.outdir)))


def execute(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Run the notebooks that are to be read and have changed since they ran the last time.

    Raises
    ------
    ExtensionError
        If one fails, makes no progress, or loses its kernel twice. The message names it.
    """
    if app.config.nb_execution_mode != "cache":
        return
    only = set(filter(None, app.config.book_only.split(",")))
    if unknown := only - env.found_docs:
        raise ExtensionError(f"{ONLY_VARIABLE} names no page: {', '.join(sorted(unknown))}")
    shown = [str(env.doc2path(name)) for name in env.found_docs - only] if only else []
    env.mystnb_config = env.mystnb_config.copy(execution_excludepatterns=shown)
    cache = get_cache(app.config.nb_execution_cache_path)
    cache.list_cache_records()  # makes it, before the readers find each other's half-made one
    diary = cache.path.parent / SECONDS
    known = json.loads(diary.read_text("utf8")) if diary.is_file() else {}
    jobs = []
    for name in docnames:
        if not only or name in only:
            notebook = notebook_of(app, env, name)
            if notebook and not is_cached(cache, notebook):
                seconds = known.get(name) or guess(notebook)
                jobs.append(Job(name, notebook, Path(env.doc2path(name)).parent, seconds))

    def notice(what: str) -> None:
        app.emit(watchdog.PROGRESS, what)

    try:
        runs = run_all(jobs, report=logger.info, notice=notice)
        for done, (job, seconds) in enumerate(runs, 1):
            uri, data = env.doc2path(job.name), {"execution_seconds": seconds}
            bundle = CacheBundleIn(job.notebook, uri, data=data)
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            known[job.name] = round(seconds, 1)
            diary.write_text(json.dumps(known, indent=1, sort_keys=True), encoding="utf8")
            logger.info(f"executed {job.name} in {seconds:.1f} s, {done} of {len(jobs)}")
    except NotebookFailed as error:
        raise ExtensionError(str(error)) from error


def notebook_of(app: Sphinx, env: BuildEnvironment, docname: str) -> NotebookNode | None:
    """Read a page's notebook as its parser will; return None if the page is none."""
    path = str(env.doc2path(docname))
    source = [Path(path).read_text("utf-8-sig")]
    app.emit("source-read", docname, source)
    reader = create_nb_reader(path, env.myst_config, env.mystnb_config, source[0])
    return reader.read(source[0]) if reader else None


def guess(notebook: NotebookNode) -> float:
    """Return about how many seconds a notebook runs that never ran: drawing takes longest."""
    return sum(0.5 + 10 * cell.source.count("explore(") for cell in notebook.cells)


def is_cached(cache: JupyterCacheBase, notebook: NotebookNode) -> bool:
    """Tell whether the cache holds what a notebook gives."""
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def refuse(*arguments: object, **options: object) -> None:
    """Stand where the parser would start a kernel, in a process that may have been forked."""
    raise ExtensionError("a page is read whose notebook was not executed before")


def allow_parallel_reading(app: Sphinx) -> None:
    """Let ``sphinx-build -j`` read pages side by side, and write them one by one."""
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


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    set_environment(app)
    myst_nb_cache.single_nb_execution = refuse
    app.add_config_value("book_only", "", "env")
    # After Jupyter Book and MyST-NB have set theirs.
    app.connect("config-inited", use_keyed_cache, priority=900)
    app.connect("builder-inited", allow_parallel_reading)
    app.connect("env-before-read-docs", execute)
    app.connect("env-before-read-docs", deal)
