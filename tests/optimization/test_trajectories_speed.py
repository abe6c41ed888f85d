"""The chapter's seven rules from 400 starts at once, against torch.optim one start at a time."""

import json
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch

from helpers import surfaces
from helpers.optimization.trajectories import run_rules

CHAPTER = Path(__file__).parents[2] / "chapters" / "training" / "optimizers.ipynb"
STARTS, STEPS = 400, 1000
SAMPLE = 1  # start that torch runs by itself; each of the others would take as long
MOMENTUM = partial(torch.optim.SGD, momentum=0.9)
TORCH = {
    "SGD": torch.optim.SGD, "Momentum": MOMENTUM, "Nesterov": partial(MOMENTUM, nesterov=True),
    "Adagrad": torch.optim.Adagrad, "Adadelta": torch.optim.Adadelta,
    "RMSProp": torch.optim.RMSprop, "Adam": torch.optim.Adam,
}


def chapter_rules():
    """The rules as they stand in the chapter."""
    notebook = json.loads(CHAPTER.read_text("utf8"))
    cells = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    names = {"np": np, "partial": partial}
    for name, source in cells.items():
        if name.startswith("rule-") or name == "rules":
            exec(source, names)
    return names["RULES"]


def ackley(x):
    wave = torch.cos(2 * torch.pi * x).mean()
    return 20 + torch.e - 20 * torch.exp(-0.2 * x.square().mean().sqrt()) - torch.exp(wave)


def torch_path(optimizer, lr, start):
    """One start, as anyone would write it: loss, backward, step."""
    x = torch.tensor(start, requires_grad=True)
    optimizer, path = optimizer([x], lr=lr), [start]
    for _ in range(STEPS):
        optimizer.zero_grad()
        ackley(x).backward()
        optimizer.step()
        path.append(x.detach().numpy().copy())
    return np.array(path)


def test_a_thousand_times_faster_with_equal_steps():
    rules = chapter_rules()
    starts = np.random.default_rng(0).uniform(-4, 4, (STARTS, 2))
    begin = time.perf_counter()
    torch_paths = {
        name: [torch_path(TORCH[name], rule.keywords["lr"], start) for start in starts[:SAMPLE]]
        for name, rule in rules.items()
    }
    one_at_a_time = (time.perf_counter() - begin) * STARTS / SAMPLE
    together = []
    for _ in range(3):
        begin = time.perf_counter()
        paths = run_rules(surfaces.ackley, rules, starts, STEPS)
        together.append(time.perf_counter() - begin)
    for name, rule in rules.items():
        for start, path in enumerate(torch_paths[name]):
            state = {}  # step by step from torch's positions: whole paths amplify rounding
            for before, after in zip(path, path[1:], strict=False):
                step = rule(before, surfaces.ackley.gradient(before), state)
                np.testing.assert_allclose(step, after, rtol=1e-9, atol=1e-9)
            # Early on there has been nothing to amplify, so the batch must be on the same path.
            np.testing.assert_allclose(paths[name][:20, start], path[:20], rtol=1e-7, atol=1e-9)
    ratio = one_at_a_time / min(together)
    result = f"{one_at_a_time:.0f} s against {min(together):.2f} s: {ratio:.0f} times faster"
    print(result)  # shown by pytest -s
    assert ratio >= 1000, result
