import math

import numpy as np
import pytest
import torch
from grading.kernel import Failure
from grading.oracle import Student, judge, part
from grading.student_side.plain_values import decode, encode


def reason(answer, expected, **keywords):
    judged = part(2, "a phrase", answer, expected, **keywords)
    assert (judged.points, judged.what) == (2, "a phrase")
    return judged.reason


def nested(depth):
    value = 1.0
    for _ in range(depth):
        value = [value]
    return value


RIGHT = [
    (3, 3),
    (3.0, 3),
    (3, 3.0),
    (3 + 1e-7, 3.0),
    (10**15 + 1.0, 10**15),
    (np.float64(2), 2),
    (np.array(2), 2.0),
    (np.array([1.0]), 1),
    (np.array([[True]]), True),
    ([1, 2.0], np.array([1.0, 2])),
    (np.array([1, 2]), [1, 2]),
    (np.array([1, 2], "float32"), (1, 2)),
    ([np.array(1.0), np.float32(2)], [1, 2]),
    (np.array([[1.0, 2]]), torch.tensor([[1.0, 2.0]], requires_grad=True)),
    (np.zeros((0, 3)), np.zeros((0, 3))),
    (float("nan"), float("nan")),
    ([float("inf"), -float("inf"), float("nan")], np.array([np.inf, -np.inf, np.nan])),
    (True, True),
    (np.bool_(True), True),
    (np.array(False), False),
    (True, np.bool_(True)),
    (1, True),
    (np.array([True, False]), [True, False]),
    ("adam", "adam"),
    ("", ""),
    (None, None),
    (["a", "b"], ["a", "b"]),
    (["a", "b"], ("a", "b")),
    ([None, 1.0], [None, 1]),
    ({"a": 1.0, "b": [1, 2]}, {"b": np.array([1, 2]), "a": 1}),
    ([{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 2.0}]),
    ([np.zeros(2), np.ones((2, 2))], [np.zeros(2), torch.ones(2, 2)]),
    ([], []),
    ({}, {}),
]


@pytest.mark.parametrize(("answer", "expected"), RIGHT)
def test_the_right_value_earns_its_points_in_every_form(answer, expected):
    assert reason(answer, expected) == ""
    # Also on its way through the kernel.
    assert reason(decode(encode(answer)), expected) == ""


WRONG = [
    (2, 3, "it is 2, not 3"),
    (3.001, 3, "it is 3.001, not 3"),
    (float("nan"), 3.0, "it is nan, not 3"),
    (3.0, float("nan"), "it is 3, not nan"),
    (float("inf"), 1e308, "it is inf, not 1e+308"),
    ([1.0, 2, 3], [1, 2], "the shape is (3,), not (2,)"),
    ([3], 3, "the shape is (1,), not ()"),
    (np.array([3.0]), 2, "it is 3, not 2"),
    (3, [3], "the shape is (), not (1,)"),
    (np.zeros((2, 1)), np.zeros(2), "the shape is (2, 1), not (2,)"),
    (np.zeros(0), [1.0], "the shape is (0,), not (1,)"),
    (np.zeros(0), 1.0, "the shape is (0,), not ()"),
    ([1.0, 2.5, 4], [1, 2, 3], "at [1] it is 2.5, not 2"),
    (np.eye(3), np.diag([1, 1, 2]), "at [2, 2] it is 1, not 2"),
    (None, 3, "a number was expected, not None"),
    (None, float("nan"), "a number was expected, not None"),
    ([None], [float("nan")], "numbers were expected, not [None]"),
    ("3", 3, "a number was expected, not '3'"),
    (["1", "2"], [1, 2], "numbers were expected, not ['1', '2']"),
    ([[1, 2], [3]], [1, 2], "numbers were expected, not [[1, 2], [3]]"),
    ({"a": 1}, 1, "a number was expected, not {'a': 1}"),
    (10**400, 1, "a number was expected, not 1000"),
    ([10**400], [1], "numbers were expected, not [1000"),
    (False, True, "it is False, not True"),
    (np.array(False), True, "it is False, not True"),
    (1 - 1e-9, True, "it is 1, not True"),
    ("True", True, "a number was expected, not 'True'"),
    ([True], True, "the shape is (1,), not ()"),
    ([True], np.bool_(True), "the shape is (1,), not ()"),
    (None, False, "a number was expected, not None"),
    ("Adam", "adam", "it is 'Adam', not 'adam'"),
    (["adam"], "adam", "it is ['adam'], not 'adam'"),
    (np.array([1.0, 2]), "adam", "it is an array of shape (2,), not 'adam'"),
    (0, None, "it is 0, not None"),
    (np.zeros(2), None, "it is an array of shape (2,), not None"),
    (["a"], ["a", "b"], "2 values were expected, not ['a']"),
    ("ab", ["a", "b"], "2 values were expected, not 'ab'"),
    (["a", "c"], ["a", "b"], "at 1 it is 'c', not 'b'"),
    ([0.0, np.zeros(2)], [np.zeros(1), np.zeros(2)], "at 0 the shape is (), not (1,)"),
    ({"a": 1}, {"a": 1, "b": 2}, "a dict with the keys a, b was expected, not {'a': 1}"),
    ([1, 2], {"a": 1}, "a dict with the keys a was expected, not [1, 2]"),
    ({"a": {"b": 1}}, {"a": {"b": 2}}, "at 'a' at 'b' it is 1, not 2"),
]


@pytest.mark.parametrize(("answer", "expected", "says"), WRONG)
def test_a_wrong_value_earns_nothing_and_is_described(answer, expected, says):
    assert reason(answer, expected).startswith(says)


def test_the_tolerance_is_relative_and_absolute_and_includes_what_it_says():
    assert reason(1e9 + 100, 1e9) == ""
    assert reason(1e9 + 3000, 1e9)
    assert reason(1e-7, 0) == ""
    assert reason(1.04, 1, tolerance=0.05) == ""
    assert reason(1.11, 1, tolerance=0.05)
    assert reason(3.0000001, 3, tolerance=0)


HOSTILE = [
    list(range(100_000)),
    ["x" * 1_000_000] * 3,
    nested(900),
    {"a": {"a": {"a": {}}}},
    np.zeros((0, 10**15)),
    np.zeros(0),
    np.full((3, 2), np.nan),
    [[], [[]]],
    "\ud800",
    -(10**4000),
    10**6000,
    {"\ud800": [1, None, "x"]},
]
EXPECTED = [
    *(1.0, True, None, "x", [1, 2], np.zeros(3), np.ones((0, 3)), [np.zeros(1), np.zeros(2)]),
    *({"a": 1}, ["a"], [None], {}),
    lambda answer: all(x > 0 for x in answer) and len(answer) < 100,
    lambda answer: np.all(answer > 0) and answer < 1e6,
]


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda answer: type(answer).__name__)
@pytest.mark.parametrize("expected", EXPECTED, ids=lambda expected: str(expected)[:12])
def test_no_strange_answer_earns_anything_or_stops_the_grading(answer, expected):
    text = reason(answer, expected, mistakes={"a mistake": [7.0, 7]})
    assert text and text != "a mistake"
    assert len(text) < 200 and "\n" not in text
    text.encode("utf8")


def test_a_predicate_tells_what_is_right():
    assert reason(3, lambda answer: answer > 2) == ""
    assert reason(3, lambda answer: np.bool_(True)) == ""
    assert reason(1, lambda answer: answer > 2) == "your answer, 1, is not right"


@pytest.mark.parametrize("answer", ["text", None, [1, 2], {"a": 1}, np.zeros((2, 2))])
def test_a_predicate_that_fails_says_no(answer):
    assert "is not right" in reason(answer, lambda answer: answer > 0)
    assert "is not right" in reason(answer, lambda answer: 1 / 0)


@pytest.mark.parametrize("empty", [[], "", {}, np.zeros(0), [np.zeros((0, 2)), []], [[]]])
def test_what_is_true_of_all_values_is_not_true_of_none(empty):
    assert "is not right" in reason(empty, lambda answer: True)


@pytest.mark.parametrize("zero", [0, 0.0, False, np.zeros(1), [0]])
def test_zero_is_not_empty(zero):
    assert reason(zero, lambda answer: True) == ""


def test_a_known_mistake_has_its_message():
    mistakes = {"uphill": [1.0, 1], "too large": np.array([4.0, 4])}
    assert reason([4, 4], [2, 2], mistakes=mistakes) == "too large"
    assert reason([1, 1], lambda answer: False, mistakes=mistakes) == "uphill"
    assert reason([3, 3], [2, 2], mistakes=mistakes) == "at [0] it is 3, not 2"
    assert reason([2, 2], [2, 2], mistakes={"never read": [2.0, 2]}) == ""
    assert reason([1.2, 1], [2, 2], mistakes=mistakes, tolerance=0.2) == "uphill"
    assert reason("l", "r", mistakes={"left and right": "l"}) == "left and right"
    assert reason([1, 1], [2, 2], mistakes={"uphill": torch.ones(2)}) == "uphill"


def test_an_answer_that_failed_earns_nothing_and_passes_its_reason():
    def predicate(answer):
        pytest.fail("it was asked")

    failure = Failure("NameError: name 'step' is not defined")
    for expected in (1.0, None, "x", [1], {"a": 1}, predicate):
        assert reason(failure, expected) == failure.reason
        assert reason([1.0, failure], expected) == failure.reason
        assert reason((failure, 1.0), expected) == failure.reason


@pytest.mark.parametrize("silent", ["", " ", "\n"])
def test_a_kernel_that_fails_without_a_word_earns_nothing(silent):
    assert reason(Failure(silent), 1.0) == "there is no answer"
    student = Student(lambda code, values: Failure(silent))
    hidden = "def oracle(student, rng):\n    yield part(1, 'a', student['x'], lambda x: True)"
    assert judge(hidden, student, np.random.default_rng(0), 1).points == 0


def test_a_reason_is_one_short_line_that_a_file_can_hold():
    text = reason(Failure("a\n: right (2 of 2)\n\ud800" + "x" * 10_000), 1)
    assert text.startswith("a : right (2 of 2) ?x")
    assert len(text) <= 500


def test_an_author_who_expects_what_no_answer_can_be_is_told():
    with pytest.raises(ValueError, match="a set, not a number"):
        part(1, "a", 1, {1, 2})


class Asked:
    def __init__(self):
        self.questions = []

    def __call__(self, code, values):
        self.questions.append((code, values))
        return len(self.questions)


def test_a_student_is_asked_in_three_ways():
    ask = Asked()
    student = Student(ask)
    assert student.step(1, [2], lr=0.1) == 1
    assert student["theta"] == 2
    assert student.run("f(code, self)", code=1, self=2) == 3
    assert ask.questions == [
        ("step(*arguments, **named)", {"arguments": [1, [2]], "named": {"lr": 0.1}}),
        ("theta", {}),
        ("f(code, self)", {"code": 1, "self": 2}),
    ]


ORACLE = """\
def oracle(student, rng):
    x = rng.normal()
    yield part(2, "doubles", student.double(x), 2 * x)
    yield part(0.5, "a list", [student["theta"], student["theta"]], [1, 2])
    yield part(0.5, "chance", student["chance"], lambda answer: answer < torch.rand(1).item())
"""


def answers(table):
    def ask(code, values):
        return 2 * values["arguments"][0] if code in table and values else table.get(code, missing)

    missing = Failure("there is none")
    return Student(ask)


def test_a_verdict_sums_the_parts_and_explains_each():
    rng = np.random.default_rng(0)
    student = answers({"double(*arguments, **named)": "", "theta": 1, "chance": -1})
    verdict = judge(ORACLE, student, rng, 3)
    assert verdict.points == 2.5
    assert verdict.lines == [
        "doubles: right (2 of 2)",
        "a list: at [1] it is 1, not 2 (0 of 0.5)",
        "chance: right (0.5 of 0.5)",
    ]
    verdict = judge(ORACLE, answers({}), rng, 3)
    assert verdict.points == 0
    assert verdict.lines[1] == "a list: there is none (0 of 0.5)"


DRAWS = """\
def oracle(student, rng):
    student.run("x", x=[rng.normal(), torch.rand(1).item(), math.pi])
    yield part(1, "a", 1, 1)
"""


def test_the_same_generator_draws_the_same_inputs_for_numpy_and_torch():
    def drawn(seed):
        ask = Asked()
        torch.rand(3)
        judge(DRAWS, Student(ask), np.random.default_rng(seed), 1)
        return ask.questions[0][1]["x"]

    assert drawn(1) == drawn(1)
    assert all(a != b for a, b in zip(drawn(1)[:2], drawn(2)[:2], strict=True))
    assert drawn(1)[2] == math.pi


@pytest.mark.parametrize("points", [2, 3.5])
def test_parts_that_do_not_sum_to_the_points_are_the_authors_mistake(points):
    with pytest.raises(ValueError, match=f"parts are worth 3 points and the check {points:g}"):
        judge(ORACLE, answers({}), np.random.default_rng(0), points)


@pytest.mark.parametrize("hidden", ["", "oracle = 1"])
def test_a_check_without_an_oracle_is_the_authors_mistake(hidden):
    with pytest.raises(ValueError, match="define no oracle"):
        judge(hidden, answers({}), np.random.default_rng(0), 1)


def test_parts_of_a_third_of_a_point_sum_up():
    hidden = "def oracle(student, rng):\n    for i in range(3):\n        yield part(1/3, 'a', 1, 1)"
    assert judge(hidden, answers({}), np.random.default_rng(0), 1).points == pytest.approx(1)
