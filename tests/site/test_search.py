"""The search: its answers, asked in Node, and what readers see of it, in a browser."""

import gzip
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import tomllib
from built_site import CHAPTERS, PAGES, PROTOCOLS, ROOT, SITE, ids, soup

sys.path.insert(0, str(ROOT / "book"))
from tools.packages import NODE  # noqa: E402

QUERIES = tomllib.loads(Path(__file__).with_name("search_queries.toml").read_text("utf8"))["query"]
DATA, SCRIPT = SITE / "_search" / "data.js", SITE / "_static" / "search.js"
SPELLINGS = [
    ("overfitting", "over-fitting", "over fitting", "Overfitting", "overfiting"),
    ("initialization", "initialisation", "initialise", "initialize"),
    ("normalization", "normalisation", "normalise", "归一化"),
    ("backpropagation", "back-propagation", "backprop", "backpropogation", "反向传播"),
    ("minibatch", "mini-batch", "mini batch", "小批量"),
    ("hyperparameter", "hyper-parameter", "hyperparameters", "超参数"),
    ("learning rate", "step size", "learning-rate", "lr", "学习率"),
    ("convolutional neural network", "CNN", "ConvNet", "卷积神经网络"),
    ("long short-term memory", "LSTM", "lstm", "长短期记忆网络"),
    ("vanishing gradients", "vanishing gradient", "vanishing gradeint", "梯度消失"),
]
# The engine is asked as a page would ask it, by the module that the page's script is made of.
ASK = """
import { readFileSync } from "node:fs";
import { createSearch } from "ENGINE";
globalThis.window = {};
(0, eval)(readFileSync("DATA", "utf8"));
const search = await createSearch(JSON.parse(window.searchData));
const answers = JSON.parse(readFileSync(0, "utf8")).map(question => search(question));
process.stdout.write(JSON.stringify(answers));
"""
WITHOUT_STORAGE = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new Error("no storage"); } });
}
"""


@cache
def answers(questions):
    """Return what the search finds for each of some questions."""
    script = ASK.replace("ENGINE", (ROOT / "book/browser/search/engine.js").as_uri())
    command = [str(NODE), "--input-type=module", "-e", script.replace("DATA", DATA.as_posix())]
    asked = json.dumps(questions)
    done = subprocess.run(command, input=asked, capture_output=True, text=True, encoding="utf8")
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def answer(question):
    [found] = answers((question,))
    return found


def addresses(found):
    return [result["url"] for result in found["results"]]


def address(section):
    """Return the address of a section that search_queries.toml names."""
    page, anchor = section.split("#")
    if page.startswith("exercises/"):
        page = page.replace("exercises/", "exercises/source/") + page.replace("exercises", "")
    found = [name for name in PAGES if name == f"{page}.html"] or [
        name for name in CHAPTERS if name.endswith(f"/{page}.html")
    ]
    assert len(found) == 1 and anchor in ids(found[0]), f"no section {section}"
    return f"{found[0]}#{anchor}"


# Answers


def test_questions_are_answered_by_their_sections():
    assert len(QUERIES) >= 60
    everything = answers(tuple(query["words"] for query in QUERIES))
    wrong = []
    for query, found in zip(QUERIES, everything, strict=True):
        urls = addresses(found)
        first = {address(section) for section in query.get("first", [])}
        among = {address(section) for section in query.get("among", [])}
        answered = bool(first & set(urls[:1]) or among & set(urls[:3]))
        if answered == query.get("missed", False):
            wrong.append(f"{query['words']}: {'' if answered else 'not '}answered, {urls[:3]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("names", SPELLINGS, ids=lambda names: names[0])
def test_all_spellings_of_a_name_find_the_same(names):
    found = [addresses(found)[0] for found in answers(names)]
    assert len(set(found)) == 1, dict(zip(names, found, strict=True))


@pytest.mark.parametrize(("word", "page"), [
    ("backpropagation", "backpropagation"), ("momentum", "optimizers"), ("dropout", "dropout"),
    ("convolution", "convolution"), ("attention", "attention"), ("反向传播", "backpropagation"),
])  # fmt: skip
def test_a_word_is_found_while_it_is_typed(word, page):
    shortest = 2 if word > "\u4e00" else 5
    typed = tuple(word[:length] for length in range(shortest, len(word) + 1))
    for part, found in zip(typed, answers(typed), strict=True):
        assert addresses(found)[:1] and f"/{page}.html" in addresses(found)[0], part


def test_results_are_sections_with_clean_excerpts():
    everything = answers(tuple(query["words"] for query in QUERIES))
    marked = 0
    for found in everything:
        for result in found["results"]:
            page, anchor = result["url"].split("#")
            assert anchor in ids(page), result["url"]
            text = "".join(piece["text"] for piece in result["excerpt"])
            assert not re.search(r"\$|\\[a-z]|<\w|Show the code|Hide the code", text), text
            assert len(text) < 300
        marked += any(piece["marked"] for piece in found["results"][0]["excerpt"])
    # A section may explain a term without its name.
    assert marked > 0.9 * len(everything)


def test_what_is_folded_or_code_is_not_searched():
    data = json.loads(json.loads(DATA.read_text("utf8").split("=", 1)[1].rstrip(";\n")))
    text = "\n".join(section["text"] for section in data["sections"])
    assert "figsize" not in text and "def " not in text
    answer = soup("chapters/training/activations.html").select_one("details.admonition p + p")
    assert answer is None or answer.get_text() not in text
    assert all(section["url"] for section in data["sections"])
    pages = {section["url"].split("#")[0] for section in data["sections"]}
    assert pages >= set(CHAPTERS)
    # It grows with each change, and "slow" in it once turned the answer to a question.
    assert "book/changelog.html" in PAGES and "book/changelog.html" not in pages


def test_chapters_come_before_exercises():
    urls = addresses(answer("momentum"))
    kinds = [url.startswith("exercises/") for url in urls]
    assert not kinds[0] and not kinds[1]


def test_nonsense_finds_nothing():
    assert answer("zyzzyva")["results"] == answer("")["results"] == answer("  ?")["results"] == []


def test_only_what_is_misspelled_is_corrected():
    assert answer("gradiant decent")["corrected"] == "gradient descent"
    assert answer("hyper-parameter")["corrected"] == answer("bayes")["corrected"] == ""


def test_a_term_is_explained():
    [momentum] = answer("what is momentum")["terms"]
    assert momentum["name"] == "Momentum" and momentum["chinese"] == "动量"
    page, anchor = momentum["url"].split("#")
    assert anchor in ids(page)


# Weight


def test_the_search_is_small(budget):
    sizes = [len(gzip.compress(path.read_bytes(), 6)) for path in (DATA, SCRIPT)]
    budget.check("kB of the search", sum(sizes) / 1000)


@pytest.mark.parametrize("page", ["search.html", "book/index.html", CHAPTERS[0]])
def test_nothing_of_sphinxs_search_is_left(page):
    sources = " ".join(script.get("src", "") for script in soup(page).find_all("script"))
    names = "searchtools searchindex doctools sphinx_highlight documentation_options language_data"
    for name in names.split():
        assert name not in sources
        assert not list(SITE.rglob(f"{name}*.js"))
    assert not (SITE / "genindex.html").exists()


# Pages


def opened(page):
    """Open the dialog by keyboard and return it."""
    page.keyboard.press("Control+k")
    dialog = page.locator("#pst-search-dialog")
    dialog.locator("form[data-ready]").wait_for()
    return dialog


@pytest.mark.parametrize(
    ("visit", "protocol"),
    [("browser", "http"), ("browser", "file"), ("firefox", "http"), ("firefox", "file")],
    indirect=["visit"],
)
def test_search_by_keyboard(visit, protocol):
    page = visit(CHAPTERS[0], protocol)
    scripts = "[...document.scripts].map(script => script.src.split('/').at(-1))"
    assert not {"data.js", "search.js"} & set(page.evaluate(scripts))
    toggle = page.locator("a.reference").first
    toggle.focus()
    dialog = opened(page)
    assert {"data.js", "search.js"} <= set(page.evaluate(scripts))  # and only now
    page.keyboard.type("what is momentun")
    status = dialog.get_by_role("status")
    status.get_by_text("what is momentum").wait_for()
    assert dialog.locator("dfn").inner_text() == "Momentum"
    assert dialog.locator("mark").first.inner_text().lower() == "momentum"
    page.keyboard.press("ArrowDown")  # the term
    page.keyboard.press("ArrowDown")
    focused = page.locator("a:focus")
    assert "#momentum-memory" in focused.get_attribute("href")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.matches('input')")
    page.keyboard.press("Escape")
    assert not dialog.evaluate("dialog => dialog.open")
    assert toggle.evaluate("link => link === document.activeElement")
    opened(page)
    assert dialog.locator("input").input_value() == "what is momentun"
    page.keyboard.press("Enter")
    page.wait_for_url("**/optimizers.html#momentum-memory")


def test_a_dialog_opened_again_follows_a_result_once(visit):
    page = visit(CHAPTERS[0])
    opened(page)
    page.keyboard.press("Escape")
    dialog = opened(page)
    page.keyboard.type("momentum")
    dialog.locator(".site-search-results li").first.wait_for()
    page.evaluate("""() => {
      window.clicks = 0;
      addEventListener("click", event => { window.clicks += 1; event.preventDefault(); }, true);
    }""")
    page.keyboard.press("Enter")
    assert page.evaluate("clicks") == 1


def test_a_result_on_the_same_page_closes_the_dialog(visit):
    page = visit(CHAPTERS[0])
    dialog = opened(page)
    target = soup(CHAPTERS[0]).select("section section")[2]
    page.keyboard.type(target.h2.find(string=True))
    dialog.locator(f".site-search-results a[href*='#{target['id']}']").first.click()
    page.wait_for_url(f"**#{target['id']}")
    assert not dialog.evaluate("dialog => dialog.open")


def test_the_search_button_and_the_way_out(visit):
    page = visit("book/index.html", viewport={"width": 390, "height": 844})
    page.locator(".search-button__button:visible").click()
    dialog = page.locator("#pst-search-dialog")
    dialog.locator("form[data-ready]").wait_for()
    page.keyboard.type("反向传播")
    dialog.locator(".site-search-results li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert dialog.evaluate("d => [...d.querySelectorAll('*')].every(e => "
                           "!e.checkVisibility() || e.getBoundingClientRect().right <= 390)")
    dialog.get_by_role("button", name="Close").click()
    assert not dialog.is_visible()


def test_the_icon_stands_beside_the_words(visit):
    page = visit(CHAPTERS[0])
    field = opened(page).locator(".site-search-field")
    icon, words = field.locator("i").bounding_box(), field.locator("input").bounding_box()
    assert icon["width"] > 10 and icon["x"] + icon["width"] <= words["x"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_page_of_results_has_an_address(visit, protocol):
    page = visit("search.html?q=dying relu", protocol)
    first = page.locator(".search-page .site-search-results a").first
    first.wait_for()
    assert "#reason-3-units-that-die" in first.get_attribute("href")
    page.keyboard.press("Control+k")
    assert page.locator(".search-page input").evaluate("e => e === document.activeElement")
    page.keyboard.type("zyzzyva")
    page.get_by_role("status").get_by_text("Nothing was found").wait_for()
    page.locator(".search-page input").fill("learning rate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=learning+rate")
    page.locator(".search-page .site-search-results a").first.wait_for()


def test_without_javascript_the_page_says_so(visit):
    page = visit("search.html?q=momentum", java_script_enabled=False)
    assert "The search needs JavaScript" in page.locator(".search-page").inner_text()


def test_search_with_blocked_storage(visit):
    page = visit(CHAPTERS[0], script=WITHOUT_STORAGE)
    dialog = opened(page)
    page.keyboard.type("momentum")
    dialog.locator(".site-search-results li").first.wait_for()
    visit.problems.clear()  # what the theme makes of it is not the search's concern
