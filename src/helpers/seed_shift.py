"""One number that shifts every seed of a process, so that a chapter can be repeated.

A chapter seeds each of its networks, with ``torch.manual_seed(7)`` here and ``random_state=7``
there. A repetition must move them all, also those that an author writes next year. So it is not
the chapters that know of it: where the environment variable names a shift, the functions and
classes that take a seed are replaced, in this process, by ones that shift it. Without the
variable nothing is touched.
"""

from __future__ import annotations

import hashlib
import os
import random
from typing import Any

import numpy as np
import torch

SHIFT_VARIABLE = "HELPERS_SEED_SHIFT"

# Kept, because what stands in their places later is ours.
_Random, _RandomState, _Generator = random.Random, np.random.RandomState, torch.Generator
_seed_random, _seed_numpy, _seed_torch = random.seed, np.random.seed, torch.manual_seed
_default_rng = np.random.default_rng


def current_shift() -> int:
    """Return the shift that the environment names; 0 for none.

    Raises
    ------
    ValueError
        If the variable is not an integer.
    """
    text = os.environ.get(SHIFT_VARIABLE) or "0"
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{SHIFT_VARIABLE} must be an integer, not {text!r}") from None


def shifted(seed: Any) -> Any:
    """Return the seed that stands for `seed` under the current shift.

    Parameters
    ----------
    seed : int, str, bytes, or array of int
        What a chapter wrote. None, and generators, which were seeded before, stay what they are.

    Returns
    -------
    int
        From 0 to 2**32 - 1, which every library takes; `seed` itself if nothing is shifted.

    Notes
    -----
    It is a hash of both numbers. With a sum, seed 1 of one repetition would be seed 0 of the
    next, and twenty repetitions of ten networks would train not 200 of them but 29.
    """
    shift = current_shift()
    plain = seed.tolist() if isinstance(seed, (np.ndarray, np.generic, torch.Tensor)) else seed
    if not shift or not isinstance(plain, (int, float, str, bytes, bytearray, list, tuple)):
        return seed
    plain = list(plain) if isinstance(plain, tuple) else plain
    digest = hashlib.blake2b(f"{shift} {plain!r}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big")


class _Replacement(type):
    """Class of the replacements: what the replaced class made counts as theirs as well."""

    def __instancecheck__(cls, instance: Any) -> bool:
        replaced = None if isinstance(cls.__base__, _Replacement) else cls.__base__
        return super().__instancecheck__(instance) or (replaced and isinstance(instance, replaced))


class _TorchReplacement(_Replacement, type(torch.Generator)):
    """The same for a class of torch, which has a metaclass of its own."""


class ShiftedRandom(random.Random, metaclass=_Replacement):
    """`random.Random` with shifted seeds."""

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Seed it, as the constructor does."""
        super().seed(shifted(a), version)


class ShiftedRandomState(np.random.RandomState, metaclass=_Replacement):
    """`numpy.random.RandomState` with shifted seeds; scikit-learn and SciPy make theirs of it."""

    def __init__(self, seed: Any = None) -> None:
        """Seed it."""
        super().__init__(shifted(seed))

    def seed(self, seed: Any = None) -> None:
        """Seed it again."""
        super().seed(shifted(seed))


class ShiftedGenerator(torch.Generator, metaclass=_TorchReplacement):
    """`torch.Generator` with shifted seeds, also the one that it has when it is made."""

    def __new__(cls, *args: Any, **options: Any) -> ShiftedGenerator:
        """Make one with torch's own first seed, shifted."""
        generator = super().__new__(cls, *args, **options)
        return generator.manual_seed(generator.initial_seed())

    def manual_seed(self, seed: int) -> ShiftedGenerator:
        """Seed it and return it."""
        return super().manual_seed(shifted(seed))


def _shift_random(a: Any = None, version: int = 2) -> None:
    _seed_random(shifted(a), version)


def _shift_numpy(seed: Any = None) -> None:
    _seed_numpy(shifted(seed))


def _shift_torch(seed: int) -> torch.Generator:
    return _seed_torch(shifted(seed))


def _shift_default_rng(seed: Any = None) -> np.random.Generator:
    return _default_rng(shifted(seed))


# Every place where a seed can be given, and what takes it in a repetition. There are more, such
# as np.random.PCG64: `make lint` keeps chapters from them.
ENTRIES = (
    (random, "seed", _shift_random),
    (random, "Random", ShiftedRandom),
    (np.random, "seed", _shift_numpy),
    (np.random, "RandomState", ShiftedRandomState),
    (np.random, "default_rng", _shift_default_rng),
    (torch, "manual_seed", _shift_torch),
    (torch.random, "manual_seed", _shift_torch),
    (torch, "Generator", ShiftedGenerator),
)


def shift_seeds() -> None:
    """Shift every later seed of this process, if the environment names a shift."""
    if current_shift():
        for module, name, replacement in ENTRIES:
            setattr(module, name, replacement)
