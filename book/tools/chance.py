"""Draws of chance in a chapter's code that no repetition could shift."""

from __future__ import annotations

import ast

# Called without an argument they take the seed from the system.
SEEDED = {"seed", "default_rng", "RandomState", "Random"}
# Neither a seed nor `helpers.seed_shift` reaches these.
OUT_OF_REACH = {
    "BitGenerator", "MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64", "SeedSequence",
    "SystemRandom", "default_generator", "getrandom", "secrets", "urandom", "uuid",
}
# Of these modules what tells how long something took, which is a measurement and no seed.
CLOCKS = {"time": {"perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "sleep"}}
NOW = {"now", "today", "utcnow"}


def unshifted(source: str) -> list[str]:
    """Return what is wrong with the seeds of a code cell.

    Parameters
    ----------
    source : str
        Plain Python.

    Returns
    -------
    list of str
        One sentence each; empty when all is well.
    """
    return [sentence for node in ast.walk(ast.parse(source)) for sentence in _faults(node)]


def _faults(node: ast.AST) -> list[str]:
    found = []
    if isinstance(node, ast.Call) and _name(node.func) in SEEDED:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not arguments or (isinstance(arguments[0], ast.Constant) and arguments[0].value is None):
            name = _name(node.func)
            found.append(f"{name}() without a seed draws anew in each run; write {name}(0)")
    if _name(node) in OUT_OF_REACH:
        found.append(
            f"{_name(node)} cannot be shifted by a repetition; draw from np.random.default_rng(0)"
        )
    for module, name in _parts(node):
        if name not in CLOCKS.get(module, {name}):
            found.append(f"{module}.{name} differs in each run; time with perf_counter")
    if isinstance(node, ast.Call) and _name(node.func) in NOW:
        found.append(f"{_name(node.func)}() differs in each run; name a date")
    return found


def _parts(node: ast.AST) -> list[tuple[str, str]]:
    """Return what a node takes from a module, as pairs of both names."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return [(node.value.id, node.attr)]
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "", alias.name) for alias in node.names]
    return []


def _name(node: ast.AST) -> str:
    """Return how a node calls something: a variable, an attribute or an imported module."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.alias):
        return node.name.split(".")[0]
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0]
    return ""
