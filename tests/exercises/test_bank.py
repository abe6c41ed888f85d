"""The exercises prove themselves: the solution earns everything, the stub nothing."""

import re
from collections import Counter

import numpy as np
import pytest
from bank import ALL_NAMES, EXERCISES, NAMES, TEMPLATE, cells, wrong_answers
from grading.kernel import KernelLost
from grading.oracle import Student, judge

SEEDS = (1, 2, 3)
NOTEBOOKS = [*NAMES, *([TEMPLATE] if NAMES == ALL_NAMES else [])]


class Desk:
    """A kernel in which answers are tried, cell by cell."""

    def __init__(self, kernels, name):
        self.kernels, self.name = kernels, name
        self.kernel = kernels.take()
        self.run_up_to(None, {})

    def run(self, code):
        outcome = self.kernel.run(code, 60)
        return outcome.failure

    def run_up_to(self, last, answers):
        """Run the cells up to one of them, with the solutions or other answers."""
        for cell in cells(self.name):
            if cell.kind == "code" and not cell.is_check:
                failure = self.run(answers.get(cell.name, cell.regions.solved))
                assert not failure or cell.name in answers, f"{cell.name}: {failure}"
            if cell.name == last:
                return

    def visible(self, check):
        """Run what a student sees of a check and return its message."""
        return self.run(check.regions.stub)

    def judge(self, check, seed):
        """Let the oracle judge."""

        def ask(code, values):
            return self.kernel.ask(code, values, 30)

        rng = np.random.default_rng(seed)
        return judge(check.regions.hidden, Student(ask), rng, float(check.marks["points"]))


@pytest.fixture(scope="module")
def desks(kernels):
    desks = {}

    def desk(name):
        if name not in desks:
            desks[name] = Desk(kernels, name)
        return desks[name]

    yield desk
    for each in desks.values():
        each.kernel.close()


def checks(name):
    return [cell for cell in cells(name) if cell.is_check]


def answered_by(name, check):
    """Return the answers that belong to a check: those since the check before."""
    answers = []
    for cell in cells(name):
        if cell.is_check:
            if cell is check:
                return answers
            answers = []
        elif cell.is_answer and cell.kind == "code":
            answers.append(cell)
    return answers


ALL_CHECKS = [(name, check) for name in NOTEBOOKS for check in checks(name)]
WRONG = [(name, wrong) for name in NOTEBOOKS for wrong in wrong_answers(name)]
check_ids = [f"{name}-{check.name}" for name, check in ALL_CHECKS]
wrong_ids = [f"{name}-{wrong.check}-{i}" for i, (name, wrong) in enumerate(WRONG)]


def test_every_chapter_with_code_has_exercises():
    chapters = {path.stem for path in (EXERCISES.parent / "chapters").rglob("[!.]*.ipynb")}
    assert set(ALL_NAMES) == chapters


@pytest.mark.parametrize(("name", "check"), ALL_CHECKS, ids=check_ids)
def test_the_solution_earns_everything(desks, name, check):
    desk = desks(name)
    desk.run_up_to(None, {})
    assert desk.visible(check) == ""
    for seed in SEEDS:
        verdict = desk.judge(check, seed)
        assert verdict.points == check.marks["points"], verdict.lines


@pytest.mark.parametrize(("name", "check"), ALL_CHECKS, ids=check_ids)
def test_the_stub_earns_nothing_and_is_told_so(desks, name, check):
    desk = desks(name)
    answers = answered_by(name, check)
    assert answers, "there is no answer before this check"
    desk.run_up_to(answers[-1].name, {cell.name: cell.regions.stub for cell in answers})
    message = desk.visible(check)
    assert re.match(r"(AssertionError|NotImplementedError): .{15}", message), message
    for seed in SEEDS:
        verdict = desk.judge(check, seed)
        assert verdict.points == 0, verdict.lines


@pytest.mark.parametrize(("name", "wrong"), WRONG, ids=wrong_ids)
def test_a_wrong_answer_earns_less_and_gets_help(desks, name, wrong):
    desk = desks(name)
    check = next(cell for cell in checks(name) if cell.name == wrong.check)
    assert wrong.points < check.marks["points"]
    desk.run_up_to(wrong.cell, {wrong.cell: wrong.source})
    # The other answers of the same check stay right.
    for cell in answered_by(name, check):
        if (
            cell.name != wrong.cell
            and cell.name not in [c.name for c in cells(name)][: index(name, wrong.cell)]
        ):
            desk.run(cell.regions.solved)
    message = desk.visible(check)
    verdict = desk.judge(check, SEEDS[0])
    assert verdict.points == wrong.points, verdict.lines
    assert any(wrong.says in text for text in [message, *verdict.lines]), (message, verdict.lines)


def index(name, cell):
    return [c.name for c in cells(name)].index(cell)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_check_has_two_wrong_answers(name):
    count = Counter(wrong.check for wrong in wrong_answers(name))
    assert {check.name: count[check.name] >= 2 for check in checks(name)} == {
        check.name: True for check in checks(name)
    }
    assert {wrong.cell for wrong in wrong_answers(name)} <= {cell.name for cell in cells(name)}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_form_of_a_notebook(name):
    found = cells(name)
    names = [cell.name for cell in found]
    assert len(set(names)) == len(names)
    assert found[0].source.startswith("# Exercises: ")
    headings = [
        line for cell in found for line in cell.source.splitlines() if re.match(r"## \d", line)
    ]
    assert 4 <= len(headings) <= 6
    for cell in found:
        if cell.marks:
            assert cell.marks["grade_id"] == cell.name
        if cell.is_answer:
            assert cell.regions.solution.strip(), f"{cell.name} has no solution"
        if cell.is_check:
            assert cell.regions.hidden.strip(), f"{cell.name} has no oracle"
            assert re.match(r"# \d points?\. Run this cell", cell.source), cell.name
    assert any(cell.kind == "markdown" and cell.is_answer for cell in found), "no free text"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_two_answers_define_the_same_name(name):
    defined = Counter()
    for cell in found_answers(name):
        defined.update(
            set(re.findall(r"^(?:def|class) (\w+)|^(\w+) = ", cell.regions.solved, re.M))
        )
    assert [key for key, count in defined.items() if count > 1] == []


def found_answers(name):
    return [cell for cell in cells(name) if cell.is_answer and cell.kind == "code"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_whole_notebook_is_quick(desks, name):
    import time

    desk = desks(name)
    start = time.monotonic()
    try:
        desk.run_up_to(None, {})
        for check in checks(name):
            desk.judge(check, SEEDS[0])
    except KernelLost as lost:
        pytest.fail(str(lost))
    assert time.monotonic() - start < 15  # a third of it here, on a quiet machine
