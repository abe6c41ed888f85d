"""One call that seeds every random number generator a chapter uses."""

import random

import numpy as np
import torch

from .seed_shift import shift_seeds


def seed_everything(seed=0):
    """Seed ``random``, NumPy and torch, and return a NumPy generator for everything else.

    Draw from the returned generator wherever you can: it belongs to the notebook alone, so no
    library can advance it behind your back. The global generators are seeded as well because
    scikit-learn and ``torch.nn`` draw from them.

    Deterministic kernels are not switched on (`torch.use_deterministic_algorithms`). The book's
    operations are deterministic on a CPU without it; on a GPU it slows some of them down and
    makes others raise.

    When a chapter is repeated (``make repeat``), the environment variable ``HELPERS_SEED_SHIFT``
    is an integer other than 0. Then this call makes every seed that is given to `random`, NumPy,
    torch, scikit-learn or SciPy from here on another one, the same for the same shift. Without the
    variable nothing but the three global generators is touched.

    Parameters
    ----------
    seed : int, default 0
        From 0 to 2**32 - 1, the range that all three libraries accept.

    Returns
    -------
    numpy.random.Generator
        That of ``numpy.random.default_rng(seed)``.

    Raises
    ------
    TypeError
        If `seed` is not an integer.
    ValueError
        If `seed` is outside the range, or the variable is not an integer.
    """
    if isinstance(seed, (bool, np.bool_)) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed must be an integer, such as seed_everything(0); got {seed!r}")
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must be between 0 and 2**32 - 1; got {seed}")
    seed = int(seed)
    shift_seeds()
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    return np.random.default_rng(seed)
