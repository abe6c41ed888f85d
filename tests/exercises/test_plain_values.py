import base64
import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from grading.student_side import plain_values
from grading.student_side.plain_values import NotPlain, decode, encode
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays


def carried(value):
    return decode(json.loads(json.dumps(encode(value))))


def asked(run, notebook=None, **values):
    question = json.dumps({"run": run, "values": encode(values)})
    return json.loads(plain_values.answer({} if notebook is None else notebook, question))


def value_of(run, notebook=None, **values):
    reply = asked(run, notebook, **values)
    assert list(reply) == ["value"], reply
    return decode(reply["value"])


def reason(run, notebook=None, **values):
    reply = asked(run, notebook, **values)
    assert list(reply) == ["reason"], reply
    return reply["reason"]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@settings(deadline=None, max_examples=80)
@given(PLAIN)
def test_plain_values_arrive_as_they_were_sent(value):
    arrived = carried(value)
    assert arrived == value
    assert repr(arrived) == repr(value)  # True is not 1


@settings(deadline=None, max_examples=80)
@given(
    arrays.arrays(
        st.sampled_from(["?", "i1", "<i8", ">i4", "u1", "u8", "<f2", "f4", ">f8"]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    )
)
def test_arrays_keep_their_shape_kind_and_bits(array):
    arrived = carried(array)
    assert type(arrived) is np.ndarray
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert arrived.tobytes() == array.tobytes()
    arrived[...] = 0  # it can be written to


def test_arrays_that_do_not_lie_in_one_piece_arrive_whole():
    table = np.arange(24.0).reshape(4, 6)
    for view in (table.T, table[::2, ::-3], np.broadcast_to(table[0], (3, 6))):
        np.testing.assert_array_equal(carried(view), view)


@pytest.mark.parametrize("number", [np.float64(0.1), np.float32(2), np.int64(-3), np.bool_(True)])
def test_a_number_of_numpy_stays_a_number(number):
    arrived = carried(number)
    assert type(arrived) is type(number)
    assert arrived == number
    assert {arrived: 1}  # an array could not be a key


def test_numbers_without_a_value_arrive():
    assert np.isnan(carried(float("nan")))
    assert carried([float("inf"), -float("inf")]) == [float("inf"), -float("inf")]


def test_other_real_numbers_arrive_as_floats():
    assert carried([Fraction(1, 4), Decimal("0.1")]) == [0.25, 0.1]
    assert type(carried(Fraction(2))) is float


def test_tuples_arrive_as_lists_and_lists_as_lists():
    assert carried(((1, 2), [3, (4,)])) == [[1, 2], [3, [4]]]
    assert type(carried([[1.0, 2.0]])[0]) is list


@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float32, torch.float16, torch.int64, torch.uint8, torch.bool]
)
def test_tensors_arrive_as_arrays(dtype):
    tensor = torch.tensor([[0, 1], [2, 3]]).to(dtype)
    arrived = carried(tensor)
    assert type(arrived) is np.ndarray
    np.testing.assert_array_equal(arrived, tensor.numpy(), strict=True)


def test_tensors_that_numpy_does_not_take_arrive_as_well():
    weights = torch.nn.Parameter(torch.tensor([1.5, -2.0]))
    assert carried(weights * 2).tolist() == [3.0, -4.0]
    assert carried(weights.to(torch.bfloat16)).tolist() == [1.5, -2.0]
    assert carried(torch.tensor([1 + 2j]).conj().imag).tolist() == [-2.0]
    assert carried(torch.tensor(3.0)).shape == ()


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (len, "a builtin_function_or_method, not a number, text, list or array"),
        (lambda: 1, "a function, not a number"),
        ({1, 2}, "a set, not"),
        (1 + 2j, "a complex, not"),
        (b"1", "a bytes, not"),
        (range(3), "a range, not"),
        (..., "still `...`: replace it by your answer"),
        ([1, (2, ...)], "still `...`"),
        ({"a": ...}, "still `...`"),
        ({1: 2}, "a dict whose keys are not all text"),
        (np.array([1j]), "an array of complex128, not of numbers"),
        (torch.tensor([1j]), "an array of complex64"),
        (np.array([None]), "an array of object"),
        (np.array(["a"]), "an array of <U1"),
        (np.array(["2020"], "M8[D]"), "an array of datetime64"),
    ],
)
def test_what_is_not_plain_is_refused_with_its_kind(value, says):
    with pytest.raises(NotPlain) as caught:
        encode(value)
    assert says in str(caught.value)


def nested(depth):
    value = 1
    for _ in range(depth):
        value = {"list": [value]}
    return value


EIGHT = base64.b64encode(bytes(8)).decode()


@pytest.mark.parametrize(
    "form",
    [
        [1],
        ...,
        {},
        {"list": [], "dict": {}},
        {"list": "abc"},
        {"list": {"a": 1}},
        {"dict": [1]},
        {"pickle": "gASVAAAAAAAAAAAu"},
        {"pickle": ["<f8", [1], EIGHT]},
        {"array": ["|O", [1], EIGHT]},
        {"array": ["O8", [1], EIGHT]},
        {"array": ["<M8[s]", [1], EIGHT]},
        {"array": ["<c8", [1], EIGHT]},
        {"array": ["<U2", [1], EIGHT]},
        {"array": ["f4,f4", [1], EIGHT]},
        {"array": [["<f8"], [1], EIGHT]},
        {"array": ["<f8", [2], EIGHT]},
        {"array": ["<f8", [], ""]},
        {"array": ["<f4", [1], EIGHT]},
        {"array": ["<f8", [-1], EIGHT]},
        {"array": ["<f8", [1.0], EIGHT]},
        {"array": ["<f8", [True], EIGHT]},
        {"array": ["<f8", [1] * 70, EIGHT]},
        {"array": ["<f8", 1, EIGHT]},
        {"array": ["<f8", [1], "?" + EIGHT]},
        {"array": ["<f8", [1], 8]},
        {"array": ["<f8", [1]]},
        {"array": ["|b2", [4], EIGHT]},
        nested(5000),
    ],
    ids=lambda form: str(form)[:30] if not isinstance(form, dict) or "list" not in form else None,
)
def test_other_forms_are_refused(form):
    with pytest.raises(Exception):  # noqa: B017 (the grader catches every one of them)
        decode(form)


def test_a_long_description_of_a_type_is_not_even_read(monkeypatch):
    monkeypatch.setattr(np, "dtype", lambda text: pytest.fail("it was read"))
    with pytest.raises(ValueError, match="not a plain value"):
        decode({"array": ["f8," * 1000, [1], EIGHT]})


def test_an_answer_sees_the_notebook_and_the_values_and_leaves_nothing_behind():
    notebook = {"double": lambda x: 2 * x, "x": 5}
    names = set(notebook)
    code = "import math\ny = double(x)\ndef more(z):\n    return z + y\nmore(1)"
    assert value_of(code, notebook, x=10) == 21
    assert value_of("double(x)", notebook) == 10
    assert set(notebook) == names


def test_code_of_a_question_can_define_and_call_recursively():
    assert value_of("def f(n):\n    return n and n + f(n - 1)\nf(4)") == 10
    assert value_of("[a * k for k in b]", a=2, b=[1, 2]) == [2, 4]


@pytest.mark.parametrize("name", ["list", "dict", "str", "json", "sum", "np", "isinstance", "len"])
def test_names_that_the_notebook_has_redefined_do_no_harm(name):
    notebook = {name: "mine", "f": lambda x: {"a": (1, [x])}}
    assert value_of("f(x)", notebook, x=np.arange(2.0))["a"][0] == 1


def raises(error):
    def f():
        raise error

    return f


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (NotImplementedError("Write your answer here."), "NotImplementedError: Write your answer"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyError("v"), "KeyError: 'v'"),
    ],
)
def test_an_error_becomes_a_reason(error, says):
    assert reason("f()", {"f": raises(error)}).startswith(says)


def test_a_long_error_becomes_a_short_reason():
    assert len(reason("f()", {"f": raises(ValueError("x" * 10_000))})) < 400


def test_an_interrupt_goes_through_so_that_an_endless_answer_ends():
    with pytest.raises(KeyboardInterrupt):
        asked("f()", {"f": raises(KeyboardInterrupt())})


def test_what_cannot_be_sent_becomes_a_reason():
    circle = []
    circle.append(circle)
    assert reason("step(1)") == "NameError: name 'step' is not defined"
    assert reason("x", {"x": ...}) == "the answer is still `...`: replace it by your answer"
    assert reason("x", {"x": {1}}) == "the answer is a set, not a number, text, list or array"
    assert reason("x", {"x": circle}).startswith("RecursionError")
    assert reason("10 ** 6000").startswith("ValueError")
    assert reason("'x' * 9_000_000") == "the answer is far too large"
    assert reason("a b").startswith("SyntaxError")
