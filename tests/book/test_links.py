"""Links to elsewhere, the link that reports a problem, and what previews show of other pages."""

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from site_extension import previews, report
from site_extension.links import mark_external
from site_extension.numbering import chapter_number
from test_site_extension import CARDS


@pytest.mark.parametrize(
    ("link", "rel"),
    [
        ('<a href="https://a.org">', "external noopener"),
        ('<a\n target="_blank" href="http://a.org"\n class="btn">', "external noopener"),
        ('<a rel="nofollow noopener" href="https://a.org">', "nofollow noopener external"),
        ('<a href="../a.html?u=https://a.org">', None),
        ('<a data-href="https://a.org" href="#a">', None),
        ('<abbr href="https://a.org">', None),
    ],
)
def test_links_that_leave_the_site_say_so(link, rel):
    marked = mark_external(f"<p>{link}text</p>")
    tag = BeautifulSoup(marked, "html.parser").p.find(True)
    assert " ".join(tag.get("rel", [])) == (rel or "")
    assert mark_external(marked) == marked
    if not rel:
        assert marked == f"<p>{link}text</p>"


def test_a_problem_names_the_page():
    theme = {"repository_url": "https://github.com/a/b/"}
    app = SimpleNamespace(config=SimpleNamespace(html_theme_options=theme))
    context = {"title": "Q &amp; <em>A</em>", "header_buttons": []}
    report.add_button(app, "chapters/one", "page.html", context, None)
    [button] = context["header_buttons"]
    url = urlsplit(BeautifulSoup(f'<a href="{button["url"]}">', "html.parser").a["href"])
    assert f"{url.netloc}{url.path}" == "github.com/a/b/issues/new"
    fields = parse_qs(url.query)
    assert fields["title"] == ["Q & A: "]
    assert fields["body"][0].startswith("Page: chapters/one.html\nSection: \n")
    theme.clear()  # a book without a repository has nowhere to report to
    context["header_buttons"].clear()
    report.add_button(app, "chapters/one", "page.html", context, None)
    assert not context["header_buttons"]


def test_previews_have_works_equations_and_claims_and_nothing_else():
    work = '<div class="citation" id="cite-a" role="doc-biblioentry">\n<p>A.</p>\n{}</div>'
    places = '<p class="citation-places">Cited in B.</p>'
    equation = '<div class="math notranslate" id="equation-e">\n<span>(1)</span></div>'
    plain = '<div class="math">x</div><div class="other" id="claims"></div>'
    found = previews.targets(f"<p>{work.format(places)}{equation}{plain}{CARDS[0]}{CARDS[1]}</p>")
    assert found["cite"] == {"cite-a": work.format("")}
    assert found["equation"] == {"equation-e": equation}
    assert list(found["claim"]) == ["claim-waiting-i-helps-i", "claim-rates-steps-matter"]
    for card, whole in zip(found["claim"].values(), CARDS, strict=False):
        card = BeautifulSoup(card, "html.parser")
        stored = BeautifulSoup(whole, "html.parser")
        del stored.div["data-claim"]
        assert card == stored


def test_exercises_have_the_number_of_their_chapter():
    env = SimpleNamespace(
        toc_secnumbers={"one": {"": (1,)}, "two": {"": (2,), "#part": None}, "more": {"": None}},
        toctree_includes={"index": ["one", "two", "about"], "two": ["more", "deep"]},
    )
    numbers = [chapter_number(env, name) for name in ("one", "two", "more", "deep", "about")]
    assert numbers == [1, 2, 2, 2, None]
