import copy

import nbformat
import pytest
from grading.restoration import NO_STUB, restore
from grading.search import defined
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

TEXT_STUB = "*Write your answer here.*"


def cell(make, name, source, **marks):
    made = make(source)
    made["id"] = name
    if marks:
        made.metadata["nbgrader"] = {
            **{"grade": False, "solution": False, "locked": False, "task": False},
            **{"grade_id": name, "schema_version": 3, "checksum": f"sum of {name}"},
            **marks,
        }
    return made


def task(name, number):
    return cell(new_markdown_cell, f"{name}-task", f"## {number}. Do {name} (easy)\n\nWith care.")


def answer(name, source):
    return cell(new_code_cell, name, source, solution=True)


def check(name, points):
    source = (
        f"# {points} points. Run this cell to check your answer.\n"
        f'assert {name.replace("-", "_")} is not ..., "replace the dots"\nprint("Well done")'
    )
    return cell(
        new_code_cell, f"{name}-check", source, grade=True, locked=True, points=float(points)
    )


def words(name):
    return cell(new_markdown_cell, name, TEXT_STUB, grade=True, solution=True, points=2.0)


RELEASED = new_notebook(
    cells=[
        cell(new_markdown_cell, "title", "# Exercises: Gradient descent\n\nReplace the dots."),
        cell(new_code_cell, "setup", "import numpy as np\nimport torch", locked=True),
        task("step", 1),
        answer("step", 'def step(theta, lr):\n    """Return the next."""\n    return ...'),
        check("step", 2),
        task("why", 2),
        words("why"),
        task("limits", 3),
        answer("limits", "limits = ...\nlimits_raw = ..."),
        check("limits", 2),
        task("rates", 4),
        answer("rates", "rates = ..."),
        check("rates", 2),
        task("when", 5),
        words("when"),
    ],
    metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
)
MARKED = {c.id: c for c in RELEASED.cells if "nbgrader" in c.metadata}
STEP = "def step(theta, lr):\n    return theta - lr"
WHY = "Since one direction is steep, the others crawl."
WHEN = "Never with correlated features."


def handed_in(**answers):
    """Return a copy of the release with some cells changed."""
    notebook = copy.deepcopy(RELEASED)
    for name, source in answers.items():
        at(notebook, name).source = source
    return notebook


def at(notebook, name):
    return next(c for c in notebook.cells if c.id == name)


def place(notebook, name):
    return [c.id for c in notebook.cells].index(name)


def strip(notebook, ids=False):
    for number, c in enumerate(notebook.cells):
        c.metadata = nbformat.from_dict({})
        if ids:
            c["id"] = f"x{number}"
    return notebook


def code(source):
    return new_code_cell(source)


def restored(notebook):
    """Restore a notebook and test what must always hold."""
    before = [c.source for c in notebook.cells]
    notes = restore(notebook, RELEASED)
    marks = {c.id: c.metadata["nbgrader"] for c in notebook.cells if "nbgrader" in c.metadata}
    assert marks == {name: c.metadata["nbgrader"] for name, c in MARKED.items()}
    ids = [c.id for c in notebook.cells]
    assert len(set(ids)) == len(ids)
    for name, original in MARKED.items():
        assert at(notebook, name).cell_type == original.cell_type
        if not original.metadata["nbgrader"]["solution"]:
            assert at(notebook, name).source == original.source
        if name.endswith("-check"):
            assert place(notebook, name) > place(notebook, name.removesuffix("-check"))
    assert notebook.metadata == RELEASED.metadata
    nbformat.validate(notebook)
    # Nothing that the student wrote got lost, besides changes of checks.
    sources = {c.source for c in notebook.cells}
    stubs = {c.source for c in RELEASED.cells}
    assert {s for s in before if s.strip() and "# 2 points" not in s} - stubs <= sources
    # A second time nothing is left to do.
    again = copy.deepcopy(notebook)
    restore(again, RELEASED)
    assert [(c.cell_type, c.source) for c in again.cells] == [
        (c.cell_type, c.source) for c in notebook.cells
    ]
    return notes


def test_an_untouched_copy_stays_as_it_is():
    notebook = handed_in()
    assert restored(notebook) == []
    assert notebook == RELEASED


def test_answers_in_their_places_give_no_notes():
    notebook = handed_in(step=STEP, why=WHY, rates="rates = [1]")
    expected = copy.deepcopy(notebook)
    assert restored(notebook) == []
    assert notebook == expected


@pytest.mark.parametrize("ids", [False, True])
def test_a_copy_without_metadata_keeps_all_answers(ids):
    answers = {"step": STEP, "why": WHY, "limits": "limits = 1\nlimits_raw = 2", "when": WHEN}
    notebook = strip(handed_in(rates="rates = 5", **answers), ids)
    notes = restored(notebook)
    assert "the marks of all cells were lost; they were found by their texts" in notes
    assert {name: at(notebook, name).source for name in answers} == answers
    assert [c.source for c in notebook.cells] == [
        c.source for c in handed_in(rates="rates = 5", **answers).cells
    ]


def test_a_copy_without_metadata_and_answers_is_a_copy_of_the_release():
    notebook = strip(handed_in(), ids=True)
    restored(notebook)
    assert notebook == RELEASED


def test_an_answer_that_looks_nothing_like_its_stub_is_known_by_the_name_it_defines():
    other = "import math\n\ndef helper(x):\n    return math.exp(-x)\n\n\n" + STEP
    notebook = strip(handed_in(step=other, limits="limits, limits_raw = 0.5, 2"), ids=True)
    restored(notebook)
    assert at(notebook, "step").source == other
    assert at(notebook, "limits").source == "limits, limits_raw = 0.5, 2"


def test_one_cell_without_marks_is_noted_by_its_name():
    notebook = handed_in(step=STEP)
    at(notebook, "step").metadata = nbformat.from_dict({})
    assert restored(notebook) == ["step: its marks were lost"]


def test_a_text_without_marks_is_known_by_its_place():
    notebook = strip(handed_in(when=WHEN), ids=True)
    # Also beside a line of the student's own.
    notebook.cells.insert(6, new_markdown_cell("Hm."))
    notebook.cells[7].source = WHY
    restored(notebook)
    assert (at(notebook, "why").source, at(notebook, "when").source) == (WHY, WHEN)


def test_texts_without_marks_and_statements_are_known_by_their_order():
    notebook = strip(handed_in(why=WHY, when=WHEN), ids=True)
    notebook.cells = [c for c in notebook.cells if not c.source.startswith("#")]
    restored(notebook)
    assert (at(notebook, "why").source, at(notebook, "when").source) == (WHY, WHEN)


def test_a_text_written_into_another_cell_counts_where_its_own_is_untouched():
    notebook = handed_in()
    notebook.cells.insert(7, new_markdown_cell(WHY))
    notes = restored(notebook)
    assert at(notebook, "why").source == WHY
    assert notes == ["why: it was found by its place"]


def test_a_text_written_into_the_statement_counts():
    notebook = handed_in()
    at(notebook, "why-task").source += "\n\n" + WHY + " It is the condition number that matters."
    restored(notebook)
    assert WHY in at(notebook, "why").source


def test_a_remark_beside_an_answer_stays_a_remark():
    notebook = handed_in(why=WHY)
    notebook.cells.insert(6, new_markdown_cell("A long remark about this and that. " * 9))
    assert restored(notebook) == []
    assert at(notebook, "why").source == WHY


def test_a_small_correction_of_a_statement_is_no_answer():
    notebook = handed_in()
    at(notebook, "why-task").source += " Soon."
    assert restored(notebook) == []
    assert at(notebook, "why").source == TEXT_STUB


@pytest.mark.parametrize("same_id", [False, True])
@pytest.mark.parametrize("above", [False, True])
def test_of_two_copies_the_changed_one_counts_and_the_stub_cannot_undo_it(same_id, above):
    notebook = handed_in()
    twin = copy.deepcopy(at(notebook, "step"))
    twin.source = STEP
    if not same_id:
        twin["id"] = "twin"
    notebook.cells.insert(3 if above else 4, twin)
    notes = restored(notebook)
    assert notes == ["step: 2 cells claim to be it; the last one that was changed counts"]
    assert at(notebook, "step").source == STEP
    assert sum("def step" in c.source for c in notebook.cells) == 1


def test_of_two_changed_copies_the_last_one_counts_and_both_run():
    notebook = handed_in(step=STEP)
    twin = copy.deepcopy(at(notebook, "step"))
    twin.source = STEP + " * 2"
    notebook.cells.insert(5, twin)
    restored(notebook)
    assert at(notebook, "step").source == STEP + " * 2"
    assert place(notebook, "step-check") == place(notebook, "step") + 1
    assert sum("def step" in c.source for c in notebook.cells) == 2


@pytest.mark.parametrize("position", [3, 5, 15])
def test_an_answer_in_a_new_cell_counts_where_its_own_is_untouched(position):
    notebook = handed_in()
    notebook.cells.insert(position, code(STEP))
    notes = restored(notebook)
    assert notes == ["step: the answer was found in another cell"]
    assert at(notebook, "step").source == STEP
    assert sum("def step" in c.source for c in notebook.cells) == 1


@pytest.mark.parametrize("position", [2, 15])
@pytest.mark.parametrize("stubs", [True, False])
def test_all_answers_in_one_cell_count(position, stubs):
    notebook = handed_in()
    if not stubs:
        notebook.cells = [c for c in notebook.cells if c.id not in ("step", "limits", "rates")]
    own = code(f"{STEP}\n\nlimits = 1\nlimits_raw = 2\nrates = 3")
    notebook.cells.insert(position if stubs else min(position, len(notebook.cells)), own)
    restored(notebook)
    runs = [c.source for c in notebook.cells if c.cell_type == "code"]
    for name in ("step", "limits", "rates"):
        assert runs.index(own.source) < runs.index(MARKED[f"{name}-check"].source)
        assert MARKED[name].source not in runs


def test_an_answer_that_was_split_into_new_cells_is_complete_before_its_check():
    notebook = handed_in()
    notebook.cells[10:10] = [code("limits = 1"), code("limits_raw = 2")]
    restored(notebook)
    runs = [c.source for c in notebook.cells]
    last = max(runs.index("limits = 1"), runs.index("limits_raw = 2"))
    assert last < place(notebook, "limits-check")


def test_two_answers_that_were_merged_into_one_cell_count():
    notebook = handed_in(limits="limits = 1\nlimits_raw = 2\n\nrates = 3")
    notebook.cells.remove(at(notebook, "rates"))
    notes = restored(notebook)
    assert notes == ["rates: it was answered in the cell of another answer"]
    assert at(notebook, "rates").source == NO_STUB


def test_a_name_that_is_used_again_behind_the_check_is_not_the_answer():
    notebook = strip(handed_in(rates="rates = [1, 2]"), ids=True)
    notebook.cells.append(code("rates = 'something else'"))
    restored(notebook)
    assert at(notebook, "rates").source == "rates = [1, 2]"
    assert place(notebook, "rates-check") == place(notebook, "rates") + 1


@pytest.mark.parametrize("name", list(MARKED))
def test_a_deleted_cell_comes_back_unanswered(name):
    notebook = handed_in(step=STEP)
    notebook.cells.remove(at(notebook, name))
    assert restored(notebook) == [f"{name}: the cell is missing"]
    original = MARKED[name]
    stub = NO_STUB if name in ("step", "limits", "rates") else original.source
    assert at(notebook, name).source == stub
    order = [c.id for c in notebook.cells if c.id in MARKED]
    assert order == list(MARKED)


def test_an_empty_notebook_gets_all_cells():
    notebook = new_notebook()
    assert len(restored(notebook)) == 1 + len(MARKED)
    assert [c.id for c in notebook.cells] == list(MARKED)


def test_a_changed_check_is_put_back():
    notebook = handed_in(**{"step-check": "# 2 points\nprint('Well done')"})
    assert restored(notebook) == ["step-check: the cell was changed, which has no effect"]


@pytest.mark.parametrize("position", [4, 5])
def test_a_copy_of_a_check_in_which_somebody_tried_something_stays(position):
    notebook = handed_in()
    twin = copy.deepcopy(at(notebook, "step-check"))
    twin.source = "print(step(1, 2))"
    notebook.cells.insert(position, twin)
    notes = restored(notebook)
    assert notes == ["step-check: 2 cells claim to be it; the unchanged one counts"]
    assert [c.source for c in notebook.cells][position] == "print(step(1, 2))"


def test_an_import_that_was_added_to_the_setup_still_runs():
    own = "import numpy as np\nimport torch\nfrom math import log"
    notebook = handed_in(setup=own)
    notes = restored(notebook)
    assert notes == ["setup: the cell was changed; the released one runs before it"]
    assert [c.source for c in notebook.cells][1:3] == [MARKED["setup"].source, own]


def test_an_answer_in_the_setup_counts():
    notebook = handed_in(setup=f"import numpy as np\n{STEP}")
    restored(notebook)
    runs = [c.source for c in notebook.cells]
    assert MARKED["step"].source not in runs
    assert runs.index(f"import numpy as np\n{STEP}") < place(notebook, "step-check")


def test_a_changed_check_without_marks_is_found_and_others_are_not_mistaken_for_it():
    notebook = strip(handed_in(), ids=True)
    notebook.cells[4].source += "\nprint('again')"
    del notebook.cells[9]  # the check of the limits
    notes = restored(notebook)
    assert "limits-check: the cell is missing" in notes
    assert "step-check: the cell was changed, which has no effect" in notes
    assert [c.id for c in notebook.cells if c.id in MARKED] == list(MARKED)


def test_a_check_that_stands_before_its_answer_moves_behind_it():
    notebook = handed_in(step=STEP)
    moved = at(notebook, "step-check")
    notebook.cells.remove(moved)
    notebook.cells.insert(0, moved)
    restored(notebook)
    assert place(notebook, "step-check") == place(notebook, "step") + 1


def test_other_cells_stay_in_their_order():
    notebook = handed_in(step=STEP)
    for position in (0, 4, 9, len(notebook.cells) + 3):
        notebook.cells.insert(position, code(f"print({position})"))
    before = [c.source for c in notebook.cells]
    assert restored(notebook) == []
    assert [c.source for c in notebook.cells] == before


def test_points_and_marks_that_a_student_wrote_are_gone():
    notebook = handed_in(step=STEP)
    at(notebook, "step-check").metadata["nbgrader"]["points"] = 1000
    at(notebook, "step").metadata["nbgrader"] |= {"grade": True, "points": 50}
    notebook.cells.append(cell(new_code_cell, "bonus", "1", grade=True, points=99.0, solution=True))
    notebook.metadata["grading"] = {"questions": {"step-check": {"points": 99}}}
    restored(notebook)
    assert "grading" not in notebook.metadata


def test_a_cell_that_takes_the_name_of_a_check_gains_nothing():
    notebook = handed_in(step=STEP)
    fake = copy.deepcopy(at(notebook, "step-check"))
    fake.source = "print('Well done')"
    for position in (0, len(notebook.cells)):
        notebook.cells.insert(position, copy.deepcopy(fake))
    restored(notebook)
    assert at(notebook, "step").source == STEP


def test_answers_that_exchanged_their_names_lose_no_check():
    notebook = handed_in(limits="limits = 1\nlimits_raw = 2", rates="rates = 3")
    limits, rates = at(notebook, "limits"), at(notebook, "rates")
    limits.metadata, rates.metadata = rates.metadata, limits.metadata
    restored(notebook)
    runs = [c.source for c in notebook.cells]
    for name, source in (("limits", "limits = 1\nlimits_raw = 2"), ("rates", "rates = 3")):
        assert runs.index(source) < runs.index(MARKED[f"{name}-check"].source)


JUNK = [None, "x", [], {"grade_id": ["step"]}, {"grade_id": None}, {"grade_id": "nobody"}, 5]


@pytest.mark.parametrize("junk", JUNK, ids=str)
def test_metadata_that_is_none_does_no_harm(junk):
    notebook = handed_in(step=STEP)
    for c in notebook.cells:
        c.metadata["nbgrader"] = junk
    at(notebook, "setup")["metadata"] = junk
    restored(notebook)
    assert at(notebook, "step").source == STEP


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_that_became_text_by_a_slip_is_code_again(kind):
    notebook = handed_in(step=STEP)
    slip = at(notebook, "step")
    slip.cell_type = kind
    del slip["outputs"], slip["execution_count"]
    restored(notebook)
    assert at(notebook, "step").source == STEP


def test_a_text_in_a_cell_for_code_is_text_again():
    notebook = handed_in(why=WHY)
    slip = at(notebook, "why")
    slip.cell_type, slip["outputs"], slip["execution_count"] = "code", [], 3
    restored(notebook)
    assert at(notebook, "why").source == WHY


@pytest.mark.parametrize(("name", "source"), [("step", STEP), ("why", WHY)])
def test_a_copy_of_another_kind_does_not_replace_an_answer(name, source):
    notebook = handed_in(**{"when": WHEN, name: source})
    twin = copy.deepcopy(at(notebook, name))
    twin.source = "Something else"
    twin.cell_type = "markdown" if name == "step" else "code"
    notebook.cells.append(twin)
    restored(notebook)
    assert at(notebook, name).source == source


def test_a_students_own_cell_is_not_taken_for_a_deleted_one():
    notebook = strip(handed_in(), ids=True)
    notebook.cells[4] = code("print('Hello')")  # instead of a check
    restored(notebook)
    assert "student-" in next(c.id for c in notebook.cells if "Hello" in c.source)


def test_a_cell_of_no_known_kind_does_no_harm():
    notebook = handed_in(step=STEP)
    notebook.cells.append(nbformat.from_dict({"cell_type": "heading", "source": "x", "id": 7}))
    restored(notebook)


def test_an_older_notebook_without_ids_is_read():
    notebook = handed_in(step=STEP, why=WHY)
    for c in notebook.cells:
        del c["id"]
    notebook.nbformat_minor = 4
    notebook = nbformat.reads(nbformat.writes(notebook), as_version=4)
    assert restored(notebook) == []
    assert (at(notebook, "step").source, at(notebook, "why").source) == (STEP, WHY)


@pytest.mark.filterwarnings("ignore")
def test_a_notebook_of_format_3_is_read():
    old = nbformat.convert(handed_in(step=STEP, why=WHY), 3)
    notebook = nbformat.reads(nbformat.writes(old, version=3), as_version=4)
    restored(notebook)
    assert (at(notebook, "step").source, at(notebook, "why").source) == (STEP, WHY)


def test_a_huge_cell_takes_no_longer_than_its_length():
    notebook = strip(handed_in(step=STEP), ids=True)
    notebook.cells.append(code("a, b = 1 " * 200_000))
    notebook.cells.append(new_markdown_cell("ab ab " * 200_000))
    restored(notebook)
    assert at(notebook, "step").source == STEP


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x):\n    y = 1", {"f"}),
        ("class A(B):\n    pass\nasync def g():\n    pass", {"A", "g"}),
        ("a, b = 1, 2\nc: float = 3\nd=4", {"a", "b", "c", "d"}),
        ("a == 1\nb += 1\nc[0] = 2\nd.e = 3\nprint(x=1)", set()),
        ("%matplotlib inline\n!pip install x\na = (", {"a"}),
        ("größe = 1", {"größe"}),
    ],
)
def test_the_names_that_code_defines_are_found_also_where_it_has_errors(source, names):
    assert defined(source) == names
