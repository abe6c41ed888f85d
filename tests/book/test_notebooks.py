"""What guards the notebooks does bite: nbval on changed outputs, the checker on untidy files."""

import copy
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from site_extension.execution import cache_of
from tools.bootstrap import ROOT, bootstrap_source
from tools.comparison import Comparison, compare
from tools.execution import Job, run_all
from tools.notebooks import execute
from tools.stored_form import normalize, problems, serialize

BOOTSTRAP = bootstrap_source()
CLAIM = 'claim("7 > 6.", {holds}, expected={expected}, measured="{measured}", source="cox1958")'
AS_STORED = CLAIM.format(holds=True, expected=True, measured="7")
# The same under nbval as under `make notebooks`: no kernel of ours has ports.
TRANSPORT = """from ipykernel.connect import get_connection_info
print(get_connection_info(unpack=True)["transport"])"""


def cell(name, source):
    return new_code_cell(source, id=name)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A small chapter as `make notebooks` stores it."""
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Counting", id="title"),
            cell("imports", "import matplotlib.pyplot as plt\n\nfrom helpers import claim"),
            cell("printed", "for n in (6, 7):\n    print(n)"),
            cell("counting-claim", AS_STORED),
            cell("plot", "fig, ax = plt.subplots(figsize=(1, 1))\nax.plot([6, 7]);"),
            cell("value", "object()"),
            cell("transport", TRANSPORT),
        ]
    )
    normalize(notebook, BOOTSTRAP)
    done = execute(notebook, tmp_path_factory.mktemp("execution"), "counting")
    return normalize(done, BOOTSTRAP)


A_CONTRADICTION = CLAIM.format(holds=False, expected=True, measured="7")
CHANGES = {
    "unchanged": {},
    "another_printed_value": {"printed": "for n in (6, 8):\n    print(n)"},
    "nothing_printed": {"printed": ""},
    "another_verdict": {"counting-claim": CLAIM.format(holds=False, expected=False, measured="7")},
    "a_contradiction": {"counting-claim": A_CONTRADICTION},
    "another_measured_number": {
        "counting-claim": CLAIM.format(holds=True, expected=True, measured="7.001")
    },
    "an_error": {"imports": "1 / 0"},
    "an_error_without_output": {"plot": "1 / 0"},
    "a_value_not_hidden": {"plot": "fig, ax = plt.subplots(figsize=(1, 1))\nax.plot([6, 7])"},
}
HARMLESS = {"unchanged", "another_measured_number"}
BROKEN = {"a_contradiction", "an_error", "an_error_without_output"}


@pytest.fixture(scope="module")
def verdicts(stored, tmp_path_factory):
    """Change -> names of the failed cells, from one run of nbval as `make test` runs it."""
    folder = tmp_path_factory.mktemp("nbval")
    shutil.copy(ROOT / "chapters" / "conftest.py", folder)
    for name, sources in CHANGES.items():
        notebook = copy.deepcopy(stored)
        for one in notebook.cells:
            one.source = sources.get(one.id, one.source)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", str(folder)]
    command += ["--nbval-sanitize-with", str(ROOT / "tests" / "nbval_sanitize.cfg")]
    command += ["--junitxml", str(folder / "report.xml"), "-p", "no:cacheprovider"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    environment["PYTHONPATH"] = str(ROOT / "book")
    subprocess.run(command, env=environment, cwd=folder, capture_output=True)
    code = [one.id for one in stored.cells if one.cell_type == "code"]
    failed = {name: set() for name in CHANGES}
    cases = list(ElementTree.parse(folder / "report.xml").iter("testcase"))
    assert len(cases) == len(CHANGES) * len(code), "nbval did not run every cell"
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None:
            failed[case.get("classname").removesuffix(".ipynb")].add(
                code[int(case.get("name").split()[-1])]
            )
    return failed


@pytest.mark.parametrize("change", CHANGES)
def test_nbval_bites(verdicts, change):
    if change in HARMLESS:
        assert verdicts[change] == set()
    else:
        assert set(CHANGES[change]) <= verdicts[change]


@pytest.fixture(scope="module")
def differences(stored, tmp_path_factory):
    """Change -> what the comparison with the site's build says of each cell that differs.

    A notebook with an error never gets so far: it breaks the build.
    """
    folder, found = tmp_path_factory.mktemp("built"), {}
    jobs = []
    for name, sources in CHANGES.items():
        if name not in BROKEN:
            notebook = copy.deepcopy(stored)
            for one in notebook.cells:
                one.source = sources.get(one.id, one.source)
            jobs.append(Job(name, notebook, folder))
    for job, _ in run_all(jobs):
        found[job.name] = Comparison().differences(stored, job.notebook)
    return found


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - BROKEN))
def test_the_comparison_with_the_build_bites_like_nbval(differences, verdicts, change):
    found = differences[change]
    assert found.keys() == verdicts[change]
    if change == "another_printed_value":
        assert found["printed"].splitlines()[-3:] == [" 6", "-7", "+8"]


def test_of_a_figure_the_build_compares_the_text_that_stands_for_it():
    def notebook(text, html):
        shown = new_output("display_data", {"text/plain": text, **html})
        return new_notebook(cells=[new_code_cell("draw()", id="path", outputs=[shown])])

    stored = notebook("Interactive figure: A path (step: 0 to 9)", {})
    html = {"text/html": "<figure-sweep></figure-sweep>", "image/png": "iVBORw0KGgo="}
    built = notebook("Interactive figure: A path (step: 0 to 9)", html)
    assert Comparison().differences(stored, built) == {}
    built = notebook("Interactive figure: A path (step: 0 to 8)", html)
    assert set(Comparison().differences(stored, built)) == {"path"}
    table = notebook("A table", {"text/html": "<table>6</table>"})
    other = notebook("A table", {"text/html": "<table>7</table>"})
    assert set(Comparison().differences(table, other)) == {"path"}


def test_a_notebook_that_was_not_built_is_named(stored, tmp_path, capsys):
    nbformat.write(stored, tmp_path / "counting.ipynb")
    assert not compare(tmp_path / "counting.ipynb", tmp_path / "html")
    assert "counting.ipynb: the site was built without it" in capsys.readouterr().out
    cache = get_cache(cache_of(tmp_path / "html"))
    cache.cache_notebook_bundle(CacheBundleIn(copy.deepcopy(stored), "counting"))
    assert compare(tmp_path / "counting.ipynb", tmp_path / "html")
    stored = copy.deepcopy(stored)
    stored.cells[3].outputs[0].text = "6\n8\n"
    nbformat.write(stored, tmp_path / "counting.ipynb")
    assert not compare(tmp_path / "counting.ipynb", tmp_path / "html")
    assert "counting.ipynb, cell printed: its output" in capsys.readouterr().out


def test_stored_outputs_are_text(stored):
    shown = {one.id: one.outputs for one in stored.cells if one.cell_type == "code"}
    assert shown["printed"] == [new_output("stream", name="stdout", text="6\n7\n")]
    [claim] = shown["counting-claim"]
    assert set(claim.data) == {"text/plain", "text/html"}
    [plot] = shown["plot"]
    assert plot.data == {"text/plain": "<Figure size 100x100 with 1 Axes>"}
    assert shown["bootstrap"] == []
    assert shown["transport"] == [new_output("stream", name="stdout", text="ipc\n")]
    counts = [one.execution_count for one in stored.cells if one.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_storing_twice_changes_nothing(stored):
    assert problems(serialize(stored), BOOTSTRAP) == []
    again = normalize(copy.deepcopy(stored), BOOTSTRAP)
    assert serialize(again) == serialize(stored)


def without_count(notebook):
    notebook.cells[3].execution_count = None


def with_a_hash(notebook):
    notebook.cells[3].id = "3f2b8c1d"


def with_a_double_id(notebook):
    notebook.cells[3].id = notebook.cells[2].id


def with_an_old_bootstrap(notebook):
    notebook.cells[1].source += "\n# more"


def without_bootstrap(notebook):
    del notebook.cells[1]


def with_a_picture(notebook):
    notebook.cells[5].outputs[0].data["image/png"] = "iVBORw0KGgo="


def with_timestamps(notebook):
    notebook.cells[3].metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


def with_another_kernel(notebook):
    notebook.metadata.kernelspec.name = "conda-env"


def with_a_stored_error(notebook):
    notebook.cells[3].outputs = [new_output("error", ename="E", evalue="", traceback=[])]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without_count, "printed was never executed"),
        (with_a_hash, "'3f2b8c1d' is not a word"),
        (with_a_double_id, "imports is used twice"),
        (with_an_old_bootstrap, "not the current bootstrap"),
        (without_bootstrap, "not the current bootstrap"),
        (with_a_picture, "not stored in the common form"),
        (with_timestamps, "not stored in the common form"),
        (with_another_kernel, "not stored in the common form"),
        (with_a_stored_error, "printed stores an error"),
    ],
)
@pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId")
def test_the_check_names_what_is_wrong(stored, spoil, message):
    notebook = copy.deepcopy(stored)
    spoil(notebook)
    # Not nbformat.writes, which mends some of it.
    found = problems(nbformat.v4.writes(notebook) + "\n", BOOTSTRAP)
    assert any(message in problem for problem in found), found
