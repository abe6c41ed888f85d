import random

import numpy as np
import pytest
import torch

from helpers import seed_everything


def draws(rng):
    """Two draws from each of the four generators."""
    return [
        [random.random() for _ in range(2)],
        np.random.random_sample(2).tolist(),
        torch.rand(2).tolist(),
        rng.random(2).tolist(),
    ]


def test_same_seed_repeats_every_generator():
    assert draws(seed_everything(7)) == draws(seed_everything(7))


def test_another_seed_changes_every_generator():
    for first, second in zip(draws(seed_everything(7)), draws(seed_everything(8)), strict=True):
        assert first != second


def test_default_seed_is_zero():
    assert draws(seed_everything()) == draws(seed_everything(0))


def test_each_library_is_seeded_with_the_seed_itself():
    rng = seed_everything(3)
    assert draws(rng) == [
        [random.Random(3).random(), draw_second(random.Random(3))],
        np.random.RandomState(3).random_sample(2).tolist(),
        torch.rand(2, generator=torch.Generator().manual_seed(3)).tolist(),
        np.random.default_rng(3).random(2).tolist(),
    ]


def draw_second(generator):
    generator.random()
    return generator.random()


def test_global_draws_do_not_advance_the_returned_generator():
    rng = seed_everything(1)
    np.random.random_sample(10)
    torch.rand(10)
    assert rng.random() == np.random.default_rng(1).random()


def test_numpy_integers_are_seeds():
    assert draws(seed_everything(np.int64(5))) == draws(seed_everything(5))


@pytest.mark.parametrize("seed", [1.0, "1", None, True])
def test_other_types_are_refused(seed):
    with pytest.raises(TypeError, match="seed must be an integer"):
        seed_everything(seed)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_that_not_every_library_accepts_are_refused(seed):
    with pytest.raises(ValueError, match="seed must be between 0 and"):
        seed_everything(seed)


def test_the_largest_seed_is_accepted():
    seed_everything(2**32 - 1)
