import dataclasses
import warnings

import numpy as np
import pytest
import torch

from helpers import surfaces, trajectories

STARTS = np.array([[-1.5, 0.8], [0.7, -1.1], [1.3, 0.9], [-0.4, -0.3], [0.2, 1.2]])
RATE = 2e-4  # small enough for Rosenbrock's steepest start


# Rules written from their papers, beside the torch optimizer they should equal.
def sgd(x, g, state):
    return x - RATE * g


def momentum(x, g, state):
    state["v"] = 0.9 * state.get("v", 0.0) + g
    return x - RATE * state["v"]


def adam(x, g, state):
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = 0.9 * state.get("m", 0.0) + 0.1 * g
    v = state["v"] = 0.999 * state.get("v", 0.0) + 0.001 * g**2
    return x - 0.05 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


RULES = {"SGD": sgd, "Momentum": momentum, "Adam": adam}
TORCH = {
    "SGD": lambda params: torch.optim.SGD(params, lr=RATE),
    "Momentum": lambda params: torch.optim.SGD(params, lr=RATE, momentum=0.9),
    "Adam": lambda params: torch.optim.Adam(params, lr=0.05),
}

ELEMENTWISE = ["SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "NAdam", "RAdam"]
ELEMENTWISE += ["Adamax", "Rprop", "ASGD"]


class NormalizedDescent(torch.optim.Optimizer):
    """Steps of one length: sensitive to which numbers share a parameter."""

    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for param in group["params"]:
                param -= group["lr"] * param.grad / param.grad.norm()


class SlowSGD(torch.optim.SGD):
    """A subclass may do anything, so it must not count as element-wise."""

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for param in group["params"]:
                param -= group["lr"] * param.grad / (1 + param.grad.norm())


@pytest.mark.parametrize("surface", [surfaces.saddle, surfaces.bowl, surfaces.plateau])
def test_rules_follow_torch_where_rounding_does_not_grow(surface):
    paths = trajectories.run_rules(surface, RULES, STARTS, 50)
    for name, factory in TORCH.items():
        expected = trajectories.run_torch(surface, factory, STARTS, 50)
        np.testing.assert_allclose(paths[name], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("surface", [surfaces.ackley, surfaces.rosenbrock, surfaces.beale])
def test_rules_follow_torch_step_by_step_elsewhere(surface, name):
    path = trajectories.run_torch(surface, TORCH[name], STARTS, 50)
    assert np.isfinite(path).all()
    state = {}
    for before, after in zip(path[:-1], path[1:], strict=True):
        new = RULES[name](before, surface.gradient(before), state)
        np.testing.assert_allclose(new, after, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("surface", surfaces.ALL.values(), ids=surfaces.ALL.keys())
def test_run_rules_is_the_plain_loop(surface):
    """The stacking of rules and starts changes nothing but speed."""
    paths = trajectories.run_rules(surface, RULES, STARTS, 20)
    for name, rule in RULES.items():
        for start in range(len(STARTS)):
            x, state = STARTS[start], {}
            for step in range(20):
                x = rule(x, surface.gradient(x), state)
                np.testing.assert_allclose(paths[name][step + 1, start], x, rtol=1e-9, atol=1e-12)


def test_run_torch_is_what_backward_would_give():
    path = trajectories.run_torch(surfaces.rosenbrock, TORCH["Adam"], STARTS[:1], 50)
    point = torch.nn.Parameter(torch.tensor(STARTS[0]))
    optimizer = torch.optim.Adam([point], lr=0.05)
    for expected in path[1:, 0]:
        optimizer.zero_grad()
        ((1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2).backward()
        optimizer.step()
        np.testing.assert_allclose(point.detach(), expected, rtol=1e-9)


FACTORIES = {name: getattr(torch.optim, name) for name in ELEMENTWISE}
FACTORIES |= {"NormalizedDescent": NormalizedDescent, "SlowSGD": SlowSGD}
if hasattr(torch.optim, "Adafactor"):
    FACTORIES["Adafactor"] = torch.optim.Adafactor


@pytest.mark.parametrize("name", FACTORIES)
def test_every_start_runs_as_if_alone(name):
    def factory(params):
        return FACTORIES[name](params, lr=0.03)

    together = trajectories.run_torch(surfaces.bowl, factory, STARTS, 40)
    assert np.all(np.any(together[-1] != STARTS, axis=-1))
    for i in range(len(STARTS)):
        alone = trajectories.run_torch(surfaces.bowl, factory, STARTS[i : i + 1], 40)
        np.testing.assert_allclose(together[:, i], alone[:, 0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", FACTORIES)
def test_only_elementwise_optimizers_share_one_parameter(name):
    seen = []

    def factory(params):
        seen.append([tuple(param.shape) for param in params])
        return FACTORIES[name](params, lr=0.03)

    trajectories.run_torch(surfaces.bowl, factory, STARTS, 1)
    assert seen[-1] == ([(5, 2)] if name in ELEMENTWISE else [(2,)] * 5)


def test_parameters_are_float64():
    def factory(params):
        assert all(param.dtype == torch.float64 for param in params)
        return NormalizedDescent(params, lr=0.1)

    trajectories.run_torch(surfaces.bowl, factory, STARTS, 1)


def test_one_gradient_call_a_step_for_all_rules_and_starts():
    shapes = []

    def gradient(points):
        shapes.append(points.shape)
        return surfaces.bowl.gradient(points)

    counted = dataclasses.replace(surfaces.bowl, gradient=gradient)
    trajectories.run_rules(counted, RULES, STARTS, 6)
    assert shapes == [(3, 5, 2)] * 6


def run_either(starts, steps):
    yield trajectories.run_rules(surfaces.bowl, {"SGD": sgd}, starts, steps)["SGD"]
    yield trajectories.run_torch(surfaces.bowl, TORCH["SGD"], starts, steps)


@pytest.mark.parametrize("steps", [0, 1, 7])
def test_paths_begin_at_the_starts_and_have_one_entry_more_than_steps(steps):
    before = STARTS.copy()
    for path in run_either(STARTS, steps):
        assert path.shape == (steps + 1, 5, 2)
        assert path.dtype == np.float64
        assert np.array_equal(path[0], before)
        path[:] = 0
    assert np.array_equal(STARTS, before)


def test_lists_and_integers_are_accepted_as_starts():
    for path in run_either([[1, 2]], np.int64(1)):
        np.testing.assert_allclose(path[1, 0], [1 - RATE, 2 - RATE * 100])


def test_order_of_the_rules_is_kept():
    names = ["z", "a", "m"]
    assert (
        list(trajectories.run_rules(surfaces.bowl, dict.fromkeys(names, sgd), STARTS, 1)) == names
    )


def test_state_starts_empty_lasts_and_belongs_to_one_rule():
    def counting(x, g, state):
        assert set(state) <= {"calls"}
        state["calls"] = state.get("calls", 0) + 1
        return np.full_like(x, state["calls"])

    paths = trajectories.run_rules(surfaces.bowl, {"one": counting, "two": counting}, STARTS, 4)
    for path in paths.values():
        assert path[1:, 0, 0].tolist() == [1, 2, 3, 4]


def test_rules_may_write_into_and_keep_what_they_are_given():
    def in_place(x, g, state):
        x -= RATE * g
        g[:] = np.nan
        return x

    def two_ago(x, g, state):
        state.setdefault("seen", []).append((x, g))
        if len(state["seen"]) > 2:
            x, g = state["seen"][-3]
        return x - 0.01 * g

    rules = {"keep": two_ago, "write": in_place, "SGD": sgd}
    paths = trajectories.run_rules(surfaces.bowl, rules, STARTS, 10)
    assert np.array_equal(paths["write"], paths["SGD"])
    old = paths["keep"][:-3]
    np.testing.assert_allclose(paths["keep"][3:], old - 0.01 * surfaces.bowl.gradient(old))


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "ackley"])
def test_divergence_is_kept_without_a_warning(name):
    surface = surfaces.ALL[name]
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        rules = {"leap": lambda x, g, state: x - 1e200 * g, "SGD": sgd}
        paths = trajectories.run_rules(surface, rules, STARTS, 30)
        leap = trajectories.run_torch(
            surface, lambda params: torch.optim.SGD(params, lr=1e200), STARTS, 30
        )
    if name != "ackley":  # its slope is bounded: 30 such steps only go far
        assert not np.isfinite(paths["leap"][-1]).any()
        assert not np.isfinite(leap[-1]).any()
    assert np.abs(paths["leap"][1]).max() > 1e198
    assert np.isfinite(
        trajectories.run_rules(surface, {"SGD": sgd}, STARTS[:1] / 9, 5)["SGD"]
    ).all()


def test_a_diverging_rule_leaves_the_others_alone():
    leap = {"leap": lambda x, g, state: x * np.inf, "SGD": sgd}
    both = trajectories.run_rules(surfaces.bowl, leap, STARTS, 10)
    alone = trajectories.run_rules(surfaces.bowl, {"SGD": sgd}, STARTS, 10)
    assert np.array_equal(both["SGD"], alone["SGD"])
    assert not np.isfinite(both["leap"][-1]).any()


@pytest.mark.parametrize("starts", [[1.0, 2.0], [[1.0, 2.0, 3.0]], np.zeros((0, 2)), 3.0])
def test_starts_of_another_shape_are_refused(starts):
    with pytest.raises(ValueError, match=r"starts must have shape \(n, 2\).*got shape"):
        trajectories.run_rules(surfaces.bowl, RULES, starts, 3)
    with pytest.raises(ValueError, match=r"starts must have shape \(n, 2\).*got shape"):
        trajectories.run_torch(surfaces.bowl, TORCH["SGD"], starts, 3)


@pytest.mark.parametrize("steps", [-1, 2.0, "3", True])
def test_steps_must_be_a_count(steps):
    with pytest.raises(ValueError, match="steps must be an integer"):
        trajectories.run_rules(surfaces.bowl, RULES, STARTS, steps)
    with pytest.raises(ValueError, match="steps must be an integer"):
        trajectories.run_torch(surfaces.bowl, TORCH["SGD"], STARTS, steps)


@pytest.mark.parametrize(
    "returned, described",
    [
        (None, "is a return missing"),
        (1.0, r"shape \(\)"),
        (np.zeros((5, 1)), r"\(5, 1\)"),
        (np.zeros((1, 2)), r"\(1, 2\)"),  # would broadcast, and silently move all starts to one
    ],
)
def test_a_rule_that_returns_a_wrong_shape_is_named(returned, described):
    rules = {"SGD": sgd, "broken": lambda x, g, state: returned}
    with pytest.raises(ValueError, match=rf"'broken' must return.*\(5, 2\).*{described}"):
        trajectories.run_rules(surfaces.bowl, rules, STARTS, 3)


def test_a_rule_that_is_no_function_is_named():
    with pytest.raises(TypeError, match="'broken' must be a function"):
        trajectories.run_rules(surfaces.bowl, {"broken": 0.1}, STARTS, 3)


def test_no_rules_is_an_error():
    with pytest.raises(ValueError, match="rules is empty"):
        trajectories.run_rules(surfaces.bowl, {}, STARTS, 3)


def test_lbfgs_is_refused():
    with pytest.raises(ValueError, match="LBFGS.*one start at a time"):
        trajectories.run_torch(surfaces.bowl, torch.optim.LBFGS, STARTS, 3)


def test_a_factory_must_return_an_optimizer():
    with pytest.raises(TypeError, match="factory must return a torch.optim.Optimizer"):
        trajectories.run_torch(surfaces.bowl, lambda params: None, STARTS, 3)
