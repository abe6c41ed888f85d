"""Check all that concerns one chapter: ``make check NAME=convolution``.

Its form, stored form, record and style; its exercises; its pages, built with all others around
them, of which only these are executed, and looked at in a browser. What each step said is kept in
``_build/check``.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import yaml
from tools.bootstrap import ROOT
from tools.form import UNREVISED, chapters

FOLDER = ROOT / "_build" / "check"
SITE = FOLDER / "html"
TESTS = ROOT / "tests"
CORES = str(os.cpu_count() or 1)
# Ruff's rules for the cells: whatever is surely a mistake; for chapters that are not yet revised,
# what cannot run.
RULES, FEWER_RULES = "E9,F", "E9,F63,F7,F82"
LINK = re.compile(r"""(?:\]\(|href=["'])([^)"'#\s]+)\.(?:ipynb|html)#""")
# Tests of the pages that go through all chapters by themselves: here these are one.
THROUGH_CHAPTERS = ("test_folded_code_opens", "test_the_numbers_of_formulas")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


@dataclass(frozen=True)
class Step:
    """One thing that is checked.

    Attributes
    ----------
    name : str
        What the summary calls it.
    commands : list of list of str
        They run in this order, in the book's folder; the first that fails ends the step.
    advice : str
        What to do where it fails.
    environment : dict
        Variables beside those of this process.
    show : bool
        Whether what it says is shown also where it passes.
    """

    name: str
    commands: list[list[str]]
    advice: str
    environment: dict[str, str] = field(default_factory=dict)
    show: bool = False

    def run(self, folder: Path) -> bool:
        """Run the commands, say how it went, and return whether all passed."""
        begin = time.perf_counter()
        log = folder / f"{self.name.replace(' ', '_')}.log"
        path = os.pathsep.join(filter(None, [str(ROOT / "book"), os.environ.get("PYTHONPATH")]))
        environment = {**os.environ, "PYTHONPATH": path, **self.environment}
        with log.open("w", encoding="utf8") as out:
            passed = all(
                subprocess.run(
                    command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
                ).returncode
                == 0
                for command in self.commands
            )
        said = log.read_text("utf8", errors="replace").rstrip()
        seconds, verdict = time.perf_counter() - begin, "ok" if passed else "FAILED"
        lines = [f"{self.name:12} {seconds:5.0f} s  {verdict}"]
        if not passed or self.show:
            lines += [f"    {line}" for line in said.splitlines()[-40:]]
        print("\n".join(lines), flush=True)
        return passed


def documents(toc: object) -> Iterator[str]:
    """Yield the names of all documents in a table of contents."""
    if isinstance(toc, list):
        for each in toc:
            yield from documents(each)
    elif isinstance(toc, dict):
        if "file" in toc:
            yield toc["file"]
        for each in toc.values():
            yield from documents(each)


def contents(toc: dict, chapter: str, exercises: str) -> dict:
    """Return the book's table of contents with a chapter and its exercises in it.

    Parameters
    ----------
    toc : dict
        As in ``_toc.yml``.
    chapter, exercises : str
        Names of documents. Where the chapter is missing, it comes last in its part.

    Returns
    -------
    dict
        The same table, if it has both already.
    """
    known = set(documents(toc))
    if {chapter, exercises} <= known:
        return toc
    # A document may stand once only: one that is there alone leaves its place.
    parts = [
        {**part, "chapters": [one for one in part["chapters"] if one["file"] != chapter]}
        for part in toc["parts"]
    ]
    new = {"file": chapter, "sections": [{"file": exercises}]}
    folder = chapter.rsplit("/", 1)[0] + "/"
    for part, old in zip(parts, toc["parts"], strict=True):
        if any(name.startswith(folder) for name in documents(old)):
            part["chapters"].append(new)
            return {**toc, "parts": parts}
    return {**toc, "parts": [*parts, {"caption": "New", "chapters": [new]}]}


def linked(chapter: str, notebook: nbformat.NotebookNode, known: set[str]) -> set[str]:
    """Return the documents to whose figures a chapter links: they are executed as well."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    here = os.path.dirname(chapter)
    found = {os.path.normpath(f"{here}/{target}") for target in LINK.findall(text)}
    return {name for name in found & known if (ROOT / f"{name}.ipynb").is_file()}


def figures_tests(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the tests of the figures that a chapter shows, beside those of all figures."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    names = {
        path.stem.removeprefix("test_").removesuffix("_page"): str(path)
        for path in sorted((TESTS / "site").glob("test_*.py"))
    }
    return [path for name, path in names.items() if re.search(rf"\b{name}\(", code)]


def build_step(chapter: str, exercises: str, notebook: nbformat.NotebookNode) -> Step:
    """Prepare the building of the site."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    whole = contents(toc, chapter, exercises)
    table = FOLDER / "_toc.yml"
    table.write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf8")
    only = {chapter, exercises, *linked(chapter, notebook, set(documents(whole)))}
    # With the settings of the book, conf.py, which `make` keeps up to date.
    sphinx = [sys.executable, "-m", "sphinx", "-j", CORES, "-W", "--keep-going", "-q"]
    return Step(
        "build",
        [[*sphinx, "-D", f"external_toc_path={table}", ".", str(SITE)]],
        "the first error or warning above names the cell or the line",
        {"BOOK_ONLY": ",".join(sorted(only))},
    )


def plan(name: str, path: Path) -> tuple[list[Step], list[Step], list[Step]]:
    """Return the steps for a chapter: what is quick, its exercises, its pages.

    Parameters
    ----------
    name : str
        The chapter's name.
    path : Path
        Its notebook.
    """
    file = str(path.relative_to(ROOT))
    notebook = nbformat.read(path, as_version=4)
    chapter, exercises = file.removesuffix(".ipynb"), f"exercises/source/{name}/{name}"
    pages = [f"{document}.html" for document in (chapter, exercises)]
    tool = [sys.executable, "-m"]
    rules = FEWER_RULES if name in UNREVISED else RULES
    quick = [
        Step("form", [[*tool, "tools.form", "--verbose", name]],
             "change the chapter until it keeps the form (DESIGN of a chapter: CONTRIBUTING.md)",
             show=True),
        Step("stored form", [[*tool, "tools.notebooks", "--check", file]],
             f"run `make notebooks NOTEBOOKS={file}`"),
        Step("record", [[*tool, "tools.records", "--check", name]],
             f"run `make repeat NAME={name}` and commit its record"),
        Step("style", [[*tool, "ruff", "check", "--isolated", "--select", rules, file]],
             "mend the cells that ruff names"),
    ]
    one_thread = {"OMP_NUM_THREADS": "1"}
    work = [
        Step("exercises",
             [[*PYTEST, str(TESTS / "exercises" / "test_bank.py"),
               f"{TESTS / 'exercises' / 'test_cycle.py'}::"
               f"test_the_committed_release_is_what_its_source_gives"]],
             f"mend exercises/source/{name} or exercises/wrong_answers/{name}.toml; then "
             f"`exercises/course release {name}`",
             {"BOOK_CHAPTER": name, **one_thread}),
    ]
    site = {"BOOK_SITE": str(SITE), "BOOK_PAGES": ",".join(pages), **one_thread}
    these = " or ".join([*pages, *THROUGH_CHAPTERS])
    general = [
        str(TESTS / "site" / f"test_{kind}.py")
        for kind in ("files", "pages", "sweeps", "client_figures")
    ]
    special = figures_tests(notebook)
    looked = [
        build_step(chapter, exercises, notebook),
        Step("outputs", [[*tool, "tools.comparison", "--site", str(SITE), file]],
             f"look at what differs; if it is right, run `make notebooks NOTEBOOKS={file}`"),
        Step("pages", [[*PYTEST, "-n", CORES, "-k", these, *general]]
             + ([[*PYTEST, *special]] if special else []),
             f"look at _build/check/html/{pages[0]} in a browser", site),
        Step("budgets", [[*PYTEST, "-k", these, str(TESTS / "site" / "test_budgets.py")]],
             "make the page lighter: fewer frames, or simpler ones", site),
    ]
    return quick, work, looked


def in_a_row(steps: list[Step], folder: Path) -> list[Step]:
    """Run steps until one fails, on which the next would stand; return those that failed."""
    return next(([step] for step in steps if not step.run(folder)), [])


def check(quick: list[Step], *lanes: list[Step], folder: Path) -> list[Step]:
    """Run all steps and return those that failed.

    Parameters
    ----------
    quick : list of Step
        They run one by one, whatever came of the one before.
    *lanes : list of Step
        They run side by side; each ends with its first failure.
    folder : Path
        For what the steps say.
    """
    failed = [step for step in quick if not step.run(folder)]
    with ThreadPoolExecutor(len(lanes)) as pool:
        for lane in pool.map(lambda steps: in_a_row(steps, folder), lanes):
            failed += lane
    return failed


def main() -> int:
    """Run the command; the exit status is 1 if a step failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", nargs="?", help="a chapter, for example convolution")
    arguments = parser.parse_args()
    known, begin = chapters(), time.perf_counter()
    name = arguments.name
    if name not in known:
        what = f"there is no chapter {name!r}" if name else "say which chapter: make check NAME=..."
        print(f"{what}; there are {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    quick, *lanes = plan(name, known[name])
    failed = check(quick, *lanes, folder=FOLDER)
    seconds = time.perf_counter() - begin
    if not failed:
        print(f"\n{name} is well ({seconds:.0f} s)")
        return 0
    print(f"\n{name} failed in {', '.join(step.name for step in failed)} ({seconds:.0f} s)")
    for step in failed:
        print(f"  {step.name}: {step.advice}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
