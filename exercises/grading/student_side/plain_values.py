"""Answers the grader's questions inside a student's kernel, with plain values only.

The same encoding runs on both sides. Only numbers, text, lists, dicts and arrays pass; nothing that
is decoded is ever executed, which is why this is not pickle.
"""

import ast
import base64
import json
import re
import sys
from decimal import Decimal
from numbers import Real

import numpy as np

MAX_CHARACTERS = 8_000_000
ARRAY_KINDS = "biuf"
# Nothing else may reach np.dtype, which also reads descriptions as long as a book.
DTYPE = re.compile(r"\|b1|[<>|][iu][1248]|[<>]f[248]")


class NotPlain(ValueError):
    """A value that cannot leave the kernel as a number, text, list, dict or array."""


def encode(value):
    """Return `value` in a form that JSON can write.

    Parameters
    ----------
    value : object
        None, bool, int, float or another real number, str, NumPy array or number, torch tensor, or
        lists, tuples and dicts of these, with text as keys.

    Returns
    -------
    object
        The value itself, or a dict with the one key ``list``, ``dict``, ``array`` or
        ``number`` (a NumPy number).

    Raises
    ------
    NotPlain
        If it is anything else; the message names the type.
    """
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        try:
            value = value.numpy(force=True)
        # NumPy has no bfloat16 and nothing smaller.
        except TypeError:
            value = value.float().numpy(force=True)
    if isinstance(value, np.generic | np.ndarray):
        array = np.asarray(value)
        if array.dtype.kind not in ARRAY_KINDS:
            raise NotPlain(f"an array of {array.dtype}, not of numbers")
        if array.dtype.itemsize > 8:
            array = array.astype(np.float64)
        data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
        # Numbers stay numbers: unlike an array they can be keys and do not change in place.
        kind = "number" if isinstance(value, np.generic) else "array"
        return {kind: [array.dtype.str, list(array.shape), data]}
    if isinstance(value, list | tuple):
        return {"list": [encode(item) for item in value]}
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotPlain("a dict whose keys are not all text")
        return {"dict": {key: encode(item) for key, item in value.items()}}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Real | Decimal):
        return float(value)
    if value is ...:
        raise NotPlain("still `...`: replace it by your answer")
    raise NotPlain(f"a {type(value).__name__}, not a number, text, list or array")


def decode(value):
    """Return the value that `encode` was given, tuples as lists.

    Raises
    ------
    ValueError
        If `value` is not such a form.
    """
    if not isinstance(value, dict):
        if value is None or isinstance(value, bool | int | float | str):
            return value
        raise ValueError("not a plain value")
    ((kind, content),) = value.items()
    if kind == "list" and isinstance(content, list):
        return [decode(item) for item in content]
    if kind == "dict" and isinstance(content, dict):
        return {str(key): decode(item) for key, item in content.items()}
    if kind not in ("array", "number"):
        raise ValueError("not a plain value")
    dtype, shape, data = content
    if not DTYPE.fullmatch(dtype) or any(n < 0 for n in shape):
        raise ValueError("not a plain value")
    array = np.frombuffer(base64.b64decode(data, validate=True), dtype).reshape(shape).copy()
    return array if kind == "array" else array[()]


def answer(namespace, question):
    """Answer one question of the grader.

    Parameters
    ----------
    namespace : dict
        What the notebook has defined.
    question : str
        JSON: ``run`` is code, whose last line is an expression, and ``values`` are names to add.

    Returns
    -------
    str
        JSON with either ``value``, encoded, or ``reason``, a sentence.
    """
    request = json.loads(question)
    try:
        # Names of the question do not stay behind in the notebook.
        scope = {**namespace, **decode(request["values"])}
        *lines, last = ast.parse(request["run"]).body
        exec(compile(ast.Module(lines, []), "<question>", "exec"), scope)
        value = eval(compile(ast.Expression(last.value), "<question>", "eval"), scope)
        text = json.dumps({"value": encode(value)})
    except NotPlain as error:
        text = json.dumps({"reason": f"the answer is {error}"})
    # Also exit() in an answer is a reason.
    except (Exception, SystemExit) as error:
        text = json.dumps({"reason": f"{type(error).__name__}: {str(error)[:300]}"})
    if len(text) > MAX_CHARACTERS:
        return json.dumps({"reason": "the answer is far too large"})
    return text
