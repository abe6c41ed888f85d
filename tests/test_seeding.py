import random

import numpy as np
import pytest
import scipy.stats
import torch
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state

from helpers import seed_everything
from helpers.seed_shift import ENTRIES, SHIFT_VARIABLE, shifted


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


def seed_random():
    random.seed(3)
    return random.random()


def seed_numpy():
    np.random.seed(3)
    return np.random.random_sample()


def seed_torch():
    torch.manual_seed(3)
    return torch.rand(1).item()


def seed_torch_random():
    torch.random.manual_seed(3)
    return torch.rand(1).item()


def seed_random_again():
    generator = random.Random(0)
    generator.seed(3)
    return generator.random()


def seed_random_state_again():
    state = np.random.RandomState(0)
    state.seed(3)
    return state.random_sample()


# Every way to give a seed -> what is drawn after it
FORMS = {
    "seed_everything": lambda: seed_everything(3).random(),
    "random.seed": seed_random,
    "random.Random": lambda: random.Random(3).random(),
    "random.Random.seed": seed_random_again,
    "a word": lambda: random.Random("three").random(),
    "np.random.seed": seed_numpy,
    "np.random.default_rng": lambda: np.random.default_rng(3).random(),
    "two numbers": lambda: np.random.default_rng([3, 4]).random(),
    "np.random.RandomState": lambda: np.random.RandomState(3).random_sample(),
    "np.random.RandomState.seed": seed_random_state_again,
    "random_state of a data set": lambda: make_moons(5, noise=0.1, random_state=3)[0][0, 0],
    "random_state of a split": lambda: tuple(train_test_split(range(50), random_state=3)[0]),
    "random_state of SciPy": lambda: scipy.stats.norm.rvs(random_state=3),
    "seed of SciPy's points": lambda: scipy.stats.qmc.Sobol(1, rng=3).random(1).item(),
    "torch.manual_seed": seed_torch,
    "torch.random.manual_seed": seed_torch_random,
    "torch.Generator": lambda: torch.rand(1, generator=torch.Generator().manual_seed(3)).item(),
    "torch.Generator not seeded": lambda: torch.rand(1, generator=torch.Generator()).item(),
}


@pytest.fixture
def shift(monkeypatch):
    """Set the shift as a repetition does; what is replaced is put back after the test."""
    for module, name, _ in ENTRIES:
        monkeypatch.setattr(module, name, getattr(module, name))

    def set_shift(number):
        monkeypatch.setenv(SHIFT_VARIABLE, str(number))
        seed_everything()

    return set_shift


@pytest.mark.parametrize("form", FORMS)
def test_a_shift_moves_every_seed_and_repeats_exactly(form, shift):
    draw = FORMS[form]
    plain = draw()
    drawn = []
    for number in (1, 2, 1, 0):
        shift(number)
        drawn.append(draw())
    assert len({plain, *drawn[:2]}) == 3
    assert drawn[2] == drawn[0]
    assert drawn[3] == plain


@pytest.mark.parametrize("value", [None, "", "0"])
def test_without_a_shift_nothing_is_touched(value, monkeypatch):
    if value is None:
        monkeypatch.delenv(SHIFT_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(SHIFT_VARIABLE, value)
    before = [getattr(module, name) for module, name, _ in ENTRIES]
    seed_everything(3)
    after = [getattr(module, name) for module, name, _ in ENTRIES]
    assert all(one is other for one, other in zip(before, after, strict=True))
    assert not any(one is ours for one, (_, _, ours) in zip(after, ENTRIES, strict=True))


def test_repetitions_share_no_seed(monkeypatch):
    """With sums, seed 1 of one repetition would be seed 0 of the next."""
    seeds = []
    for number in range(20):
        monkeypatch.setenv(SHIFT_VARIABLE, str(number))
        seeds += [shifted(seed) for seed in range(100)]
    assert len(set(seeds)) == 2000
    assert all(0 <= seed < 2**32 for seed in seeds)


def test_the_same_seed_is_shifted_alike_in_every_form(shift):
    shift(1)
    number = shifted(3)
    assert number == shifted(np.int64(3)) == shifted(torch.tensor(3))
    torch.manual_seed(3)
    assert torch.initial_seed() == number
    assert torch.Generator().manual_seed(3).initial_seed() == number
    assert shifted([3, 4]) == shifted((3, 4)) == shifted(np.array([3, 4]))
    assert shifted(None) is None


def test_under_a_shift_generators_still_pass_as_what_they_are(shift):
    """Libraries ask for the type of what they are given, also of what was there before."""
    older, state, generator = random.Random(1), np.random.RandomState(1), torch.Generator()
    shift(1)
    assert isinstance(older, random.Random) and isinstance(state, np.random.RandomState)
    assert isinstance(generator, torch.Generator) and not isinstance(1, torch.Generator)
    assert check_random_state(state) is state
    assert check_random_state(np.random.mtrand._rand) is np.random.mtrand._rand
    torch.rand(1, generator=torch.default_generator)
    assert np.random.default_rng(older_rng := np.random.default_rng(1)) is older_rng

    class Own(random.Random):
        pass

    assert isinstance(Own(1), Own) and not isinstance(older, Own)


def test_a_shift_that_is_no_integer_is_refused(monkeypatch):
    monkeypatch.setenv(SHIFT_VARIABLE, "one")
    with pytest.raises(ValueError, match="HELPERS_SEED_SHIFT must be an integer, not 'one'"):
        seed_everything()
