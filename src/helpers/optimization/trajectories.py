"""Paths of optimizers on a surface: many starts, and many update rules, at once."""

import numpy as np
import torch

# These update each number from its own history alone, so all starts can share one parameter.
_ELEMENTWISE = {
    torch.optim.SGD,
    torch.optim.Adagrad,
    torch.optim.Adadelta,
    torch.optim.RMSprop,
    torch.optim.Adam,
    torch.optim.AdamW,
    torch.optim.NAdam,
    torch.optim.RAdam,
    torch.optim.Adamax,
    torch.optim.Rprop,
    torch.optim.ASGD,
}


def _checked(starts, steps):
    """Return `starts` as a new float64 array and `steps` as an int, or say what is wrong."""
    starts = np.array(starts, dtype=np.float64)
    if starts.ndim != 2 or starts.shape[1] != 2 or len(starts) == 0:
        raise ValueError(
            "starts must have shape (n, 2), one row per start, such as np.array([[-3.0, 2.0]]); "
            f"got shape {starts.shape}"
        )
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 0:
        raise ValueError(f"steps must be an integer of at least 0; got {steps!r}")
    return starts, int(steps)


def run_rules(surface, rules, starts, steps):
    """Run several update rules from the same starts, all in step.

    Every step costs one call of the surface's gradient, on an array of shape
    (number of rules, n, 2). A path that diverges to inf or nan is kept as it is, without a
    warning.

    Parameters
    ----------
    surface : Surface
        What to descend; only its `gradient` is used.
    rules : dict of str to callable
        ``rule(x, g, state)`` returns the new positions. `x` and the gradients `g` have shape
        (n, 2); `state` is a dict that starts empty and lasts for the whole run. `x` and `g` are
        fresh arrays at every step, so a rule may change them or keep them.
    starts : array of shape (n, 2)
        Where every rule begins.
    steps : int
        Number of updates.

    Returns
    -------
    dict of str to numpy.ndarray
        The positions of each rule, float64 of shape (steps + 1, n, 2); entry 0 is `starts`.

    Raises
    ------
    ValueError
        If `starts` or `steps` is malformed, if there is no rule, or if a rule returns a wrong
        shape; the message names the rule.
    TypeError
        If a rule cannot be called.
    """
    starts, steps = _checked(starts, steps)
    if not rules:
        raise ValueError("rules is empty: give at least one, such as {'SGD': sgd}")
    for name, rule in rules.items():
        if not callable(rule):
            raise TypeError(f"rule {name!r} must be a function rule(x, g, state); got {rule!r}")
    paths = np.empty((steps + 1, len(rules)) + starts.shape)
    paths[0] = starts
    runs = [(name, rule, {}) for name, rule in rules.items()]
    with np.errstate(all="ignore"):  # divergence is a result here, not an accident
        for step in range(steps):
            x = paths[step].copy()  # a rule that writes into x must not rewrite the past
            g = surface.gradient(x)
            for i, (name, rule, state) in enumerate(runs):
                new = rule(x[i], g[i], state)
                if np.shape(new) != starts.shape:
                    raise ValueError(
                        f"rule {name!r} must return the new positions, of shape {starts.shape} "
                        f"like x; it returned {_describe(new)}"
                    )
                paths[step + 1, i] = new
    return {name: paths[:, i] for i, name in enumerate(rules)}


def _describe(new):
    return "None (is a return missing?)" if new is None else f"shape {np.shape(new)}"


def run_torch(surface, factory, starts, steps):
    """Run a `torch.optim` optimizer from many starts, each as if it ran alone.

    The gradients are the surface's analytic ones, written to ``.grad``. Optimizers known to
    work number by number (SGD, Adam and the like) get one parameter of shape (n, 2). Any other
    gets one parameter of shape (2,) per start, which is the same as running alone as long as
    the optimizer treats its parameters separately.

    Parameters
    ----------
    surface : Surface
        What to descend; only its `gradient` is used.
    factory : callable
        ``factory(params)`` returns a `torch.optim.Optimizer` over the list `params`, such as
        ``lambda params: torch.optim.Adam(params, lr=0.1)``. It may be called twice.
    starts : array of shape (n, 2)
        Where to begin.
    steps : int
        Number of updates.

    Returns
    -------
    numpy.ndarray
        Positions, float64 of shape (steps + 1, n, 2); entry 0 is `starts`.

    Raises
    ------
    ValueError
        If `starts` or `steps` is malformed, or the optimizer is L-BFGS, which joins all
        parameters into one vector and needs a closure, so that the starts would not be
        independent.
    TypeError
        If `factory` does not return an optimizer.
    """
    starts, steps = _checked(starts, steps)
    path = np.empty((steps + 1,) + starts.shape)
    path[0] = starts  # before the parameters, which use the same memory, move
    params = [torch.nn.Parameter(torch.from_numpy(starts))]
    optimizer = _build(factory, params)
    shared = type(optimizer) in _ELEMENTWISE
    if not shared:
        params = [torch.nn.Parameter(torch.from_numpy(start)) for start in starts]
        optimizer = _build(factory, params)
    with np.errstate(all="ignore"):
        for step in range(steps):
            g = torch.from_numpy(surface.gradient(path[step]))
            for param, grad in zip(params, [g] if shared else g, strict=True):
                param.grad = grad
            optimizer.step()
            for i, param in enumerate(params):
                path[step + 1, slice(None) if shared else i] = param.detach().numpy()
    return path


def _build(factory, params):
    """Return the factory's optimizer, unless it is none or one that couples the starts."""
    optimizer = factory(params)
    if not isinstance(optimizer, torch.optim.Optimizer):
        raise TypeError(
            "factory must return a torch.optim.Optimizer, such as "
            f"lambda params: torch.optim.SGD(params, lr=0.1); it returned {optimizer!r}"
        )
    if isinstance(optimizer, torch.optim.LBFGS):
        raise ValueError(
            "LBFGS joins all parameters into one vector, so the starts would not run "
            "independently: run it by hand, one start at a time, with a closure"
        )
    return optimizer
