"""The state of figures in a page's address and history, and how a page hosts them."""

import sys

import pytest
from figure_page import ADDRESS, host
from settling import settled

from helpers import js_figure

MODULE = sys.modules["helpers.client_figures.js_figure"]
# A figure that shows its state, writes whatever changes, as explorations do, and counts how often
# it was given a state.
TOY = """export default { render({ model, el }) {
  const text = document.createElement("output");
  const write = () => { text.textContent = `${model.get("a")} ${model.get("b")}`; };
  for (const key of ["a", "b"]) {
    model.on(`change:${key}`, write);
    model.on(`change:${key}`, () => model.save_changes());
  }
  model.on("change:refused", () => { model.restored = (model.restored ?? 0) + 1; });
  write();
  el.append(text);
} };"""


@pytest.fixture
def site(open_page, monkeypatch):
    """Open a page with two figures, `one` and `two`, each with a = 1 and b = "x"."""

    def new(hash="", above=0):
        shown = []
        monkeypatch.setenv("HELPERS_STATIC", "1")
        monkeypatch.setattr(MODULE, "display", lambda data, raw: shown.append(data["text/html"]))
        for name in ("one", "two"):
            js_figure("optimizer_race", alt="Numbers.", name=name, a=1, b="x")
        page = open_page()
        host(page, f'{"".join(shown)}<h2 id="section">Section</h2>', hash, above,
             modules={"optimizer_race": TOY})
        if not above:
            settled(page)
        return page

    return new


def texts(page):
    """Return what both figures show."""
    return page.locator("js-figure output").all_inner_texts()


def move(page, name, key, value):
    """Move a control, as a reader does, and wait for the address."""
    page.evaluate("""([name, key, value]) =>
      document.getElementById(name).model.set(key, value)""", [name, key, value])
    page.wait_for_function("""([name, key]) =>
      location.hash.startsWith(`#${name}?`) && location.hash.includes(`${key}=`)""",
      arg=[name, key])


def go(page, hash):
    """Follow a link on the page."""
    page.evaluate("""hash => {
      const link = document.createElement("a");
      link.href = hash;
      document.querySelector("main").prepend(link);
      link.click();
      link.remove();
    }""", hash)
    settled(page)


def back(page, by=-1):
    page.evaluate("""by => new Promise(resolve => {
      addEventListener("popstate", resolve, { once: true });
      history.go(by);
    })""", by)
    settled(page)


def test_an_address_gives_a_figure_its_state(site):
    page = site("#two?a=5&b=a+b%26c")
    assert texts(page) == ["1 x", "5 a b&c"]


def test_a_link_that_names_some_controls_puts_the_others_at_their_defaults(site):
    page = site("#one?a=5&b=y")
    go(page, "#one?a=7")
    assert texts(page) == ["7 x", "1 x"]
    go(page, "#one?")
    assert texts(page) == ["1 x", "1 x"]


def test_back_restores_what_the_address_said(site):
    page = site()
    move(page, "one", "a", 2)
    go(page, "#one?a=5")
    assert texts(page)[0] == "5 x"
    move(page, "one", "b", "y")
    assert page.url.endswith("#one?a=5&b=y")
    back(page)
    assert (texts(page)[0], page.url) == ("2 x", f"{ADDRESS}#one?a=2")
    back(page, +1)
    assert texts(page)[0] == "5 y"


@pytest.mark.parametrize("hash", ["", "#section"])
def test_back_to_an_address_without_a_state_restores_the_beginning(site, hash):
    page = site(hash)
    go(page, "#one?a=5")
    back(page)
    assert texts(page) == ["1 x", "1 x"]
    assert page.url == ADDRESS + hash


def test_a_link_to_a_section_changes_no_figure(site):
    page = site()
    move(page, "one", "a", 2)
    go(page, "#section")
    assert texts(page)[0] == "2 x"
    back(page)
    back(page, +1)
    assert texts(page)[0] == "2 x" and page.url.endswith("#section")
    assert page.evaluate("document.getElementById('one').model.restored") is None, "nor begins anew"


def test_back_restores_both_figures_though_the_address_names_one(site):
    page = site()
    move(page, "two", "a", 2)
    move(page, "one", "a", 3)
    go(page, "#one?a=9")
    move(page, "two", "b", "z")
    assert texts(page) == ["9 x", "2 z"]
    back(page)
    assert texts(page) == ["3 x", "2 x"]
    page.wait_for_timeout(400)
    assert page.url.endswith("#one?a=3"), "to go back is no move"
    back(page, +1)
    assert texts(page) == ["9 x", "2 z"]


def test_a_page_that_is_loaded_again_shows_what_it_showed(site):
    page = site()
    move(page, "one", "a", 2)
    move(page, "two", "b", "y")
    page.reload()
    settled(page)
    assert texts(page) == ["2 x", "1 y"]


def test_a_copied_address_means_the_same_to_everyone(site):
    page = site()
    move(page, "one", "a", 2)
    move(page, "two", "b", "y")
    page.goto("about:blank")
    page.goto(f"{ADDRESS}#two?b=y")
    settled(page)
    assert texts(page) == ["1 x", "1 y"]


def test_a_late_move_does_not_replace_an_address_that_was_opened_meanwhile(site):
    page = site()
    page.evaluate("""() => {
      document.getElementById("one").model.set("a", 2);
      location.hash = "#two?a=4";
    }""")
    page.wait_for_timeout(400)
    assert page.url.endswith("#two?a=4")
    assert texts(page) == ["2 x", "4 x"]


@pytest.mark.parametrize("query", ["%%%", "a=far&c=3&b", "a={}&a=[", "__proto__=1&constructor=2"])
def test_nonsense_in_the_address_does_no_harm(site, query):
    page = site(f"#one?{query}")
    assert texts(page)[0].split()[0] == "1"


def test_a_figure_begins_when_it_is_near_and_can_be_shown(site):
    page = site(above=3000)
    page.wait_for_timeout(200)
    assert texts(page) == []
    page.evaluate("document.getElementById('two').show()")
    settled(page)
    assert texts(page) == ["1 x", "1 x"]
    box = page.locator("#two").bounding_box()
    assert 0 <= box["y"] < 900
    assert page.locator("js-figure > svg, js-figure > p").count() == 0, "the poster is gone"


@pytest.mark.parametrize("on_the_page", [False, True])
def test_a_link_leads_to_the_figure(site, on_the_page):
    page = site("" if on_the_page else "#two?a=5", above=3000)
    if on_the_page:
        go(page, "#two?a=5")
    page.wait_for_function("""() => {
      const { top, bottom } = document.getElementById("two").getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight; }""")
    settled(page)
    assert texts(page)[1] == "5 x"


def test_a_figure_that_cannot_start_says_so(site, open_page):
    page = site(above=3000)
    page.evaluate("""() => { jsFigures.optimizer_race = "export default {};";
        document.getElementById("one").show(); }""")
    page.get_by_text("This figure could not start").first.wait_for()
