"""The house's order: no circle of imports, and a figure keeps to its own room and the shared one.

A module that imports itself by a detour can only be understood, tested or moved with all others on
the way.
"""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "src" / "helpers" / "client_figures"
BROWSER = ROOT / "book" / "browser"
PACKAGES = ("src/helpers", "exercises/grading", "book/site_extension", "book/tools")
# All imports stand at the beginning of a line; types in comments are none.
IMPORT = re.compile(r'^(?:(?:import|export)\s[^;"=(]*?from\s*|import\s*)"([^"]+)"', re.M)


def circle(graph):
    """Return the names on a circle of a graph, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def python_imports(*folders):
    """Return what each module of some packages imports of them.

    Parameters
    ----------
    folders : Path
        The packages.

    Returns
    -------
    dict of str to set of str
        By the names of the modules; a package's own name stands for its ``__init__``.
    """
    modules = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    graph = {name: set() for name in modules}
    for name, path in modules.items():
        package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) - node.level + 1] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                # A module of that name, or else a part of the package itself.
                names = [f"{base}.{a.name}" if f"{base}.{a.name}" in modules else base
                         for a in node.names]
            else:
                continue
            graph[name] |= {found for found in names if found in modules}
    return graph


def script_imports(*folders):
    """Return what each JavaScript module below some folders imports of the house, as paths."""
    return {
        path: {
            (path.parent / name).resolve()
            for name in IMPORT.findall(path.read_text("utf8"))
            if name.startswith(".")  # others are packages
        }
        for folder in folders
        for path in sorted(folder.rglob("*.js"))
        if path.name != "bundle.js"
    }


def test_python_has_no_circle_of_imports():
    graph = python_imports(*(ROOT / package for package in PACKAGES))
    for package in PACKAGES:
        name = Path(package).name
        assert any(key.split(".")[0] == name and graph[key] for key in graph), package
    assert not circle(graph), " → ".join(circle(graph))


def test_javascript_has_no_circle_of_imports():
    graph = script_imports(FIGURES, BROWSER)
    assert not circle(graph), " → ".join(map(str, circle(graph)))


def test_every_import_of_javascript_is_read():
    for path, found in script_imports(FIGURES, BROWSER).items():
        text = path.read_text("utf8")
        lines = re.findall(r"^(?:import\b|export\b[^;=(]*\bfrom\b)", text, re.M)
        assert len(IMPORT.findall(text)) == len(lines), f"{path}: import as its neighbors do"
        assert all(target.is_file() for target in found), path


def strangers(graph, figures, browser):
    """Return the imports of figures and of the site that lead into a figure's room."""
    found = []
    for path, targets in graph.items():
        own = path.relative_to(figures).parts[0] if path.is_relative_to(figures) else None
        for target in targets:
            if target.is_relative_to(browser):
                allowed = path.is_relative_to(browser)
            else:
                allowed = target.relative_to(figures).parts[0] in ("shared", own)
            if not allowed:
                found.append(f"{path} imports {target}")
    return found


def test_figures_import_only_their_own_and_what_is_shared():
    graph = script_imports(FIGURES, BROWSER)
    rooms = {path.relative_to(FIGURES).parts[0] for path in graph if path.is_relative_to(FIGURES)}
    assert {"shared", "playground", "optimizer_race"} <= rooms
    assert not strangers(graph, FIGURES, BROWSER)


# That these tests can fail


@pytest.mark.parametrize(("files", "expected"), [
    ({"a": "from .b import x", "b": "from . import a"}, {"p.a", "p.b"}),
    ({"a": "def f():\n    from .b import x", "b": "import p.a"}, {"p.a", "p.b"}),
    ({"__init__": "from .a import x", "a": "from . import x"}, {"p", "p.a"}),
    ({"s/__init__": "from .c import x", "s/c": "from ..a import x", "a": "from .s import x"},
     {"p.s", "p.s.c", "p.a"}),
    ({"__init__": "from .a import x", "a": "from .b import x", "b": "import os"}, set()),
    ({"a": "from q import x", "../q/__init__": "from .y import x", "../q/y": "from p import a"},
     {"p.a", "q", "q.y"}),
    ({"__init__": "from .s import c", "s/__init__": "", "s/c": "from ..a import x", "a": ""},
     set()),
])
def test_a_circle_in_python_is_found(tmp_path, files, expected):
    for name, text in {"__init__": "", **files}.items():
        path = tmp_path / "p" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "q").mkdir(exist_ok=True)
    assert set(circle(python_imports(tmp_path / "p", tmp_path / "q"))) == expected


def write_scripts(folder, **files):
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return script_imports(folder)


def test_a_circle_in_javascript_is_found(tmp_path):
    graph = write_scripts(
        tmp_path,
        one__a='import {\n  b,\n} from "../two/b.js";\n',
        two__b='/** @type {import("./d.js").D} */\nexport { c } from "./c.js";\n',
        two__c='import "../one/a.js";\n',
        two__d='import { c } from "./c.js";\nconst from = "./a.js";\n',
    )
    assert {path.name for path in circle(graph)} == {"a.js", "b.js", "c.js"}
    (tmp_path / "two" / "c.js").write_text("")
    assert circle(script_imports(tmp_path)) == []


def test_an_import_from_another_room_is_found(tmp_path):
    graph = write_scripts(
        tmp_path / "figures",
        shared__a='import { b } from "../one/b.js";\n',
        one__b='import { c } from "./c.js";\nimport { a } from "../shared/a.js";\n',
        one__c='import "../../browser/d.js";\n',
        two__e='import { c } from "../one/c.js";\n',
    )
    graph |= write_scripts(tmp_path / "browser", d='import "../figures/two/e.js";\n')
    found = strangers(graph, tmp_path / "figures", tmp_path / "browser")
    pairs = [re.findall(r"(\w+)\.js", line) for line in found]
    assert sorted(pairs) == [["a", "b"], ["c", "d"], ["d", "e"], ["e", "c"]]
