"""References: previews, numbers, the bibliography, formulas, and links that leave the site."""

import json
import re
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from built_site import CHAPTERS, PAGES, PHONE, PROTOCOLS, SITE, WIDE, ids, resolve, soup

EVIDENCE, BIBLIOGRAPHY = "book/evidence.html", "book/bibliography.html"
KINDS = ("cite", "equation", "claim")
# All but the one that stands for pages that are not there: it has a form of its own.
READ = [page for page in PAGES if page != "404.html"]
# A name, a power or a number such as 1e-7 that still stands as plain text
UNSET = re.compile(r"[α-ωΔΣ√∇⁰⁴-⁹⁻ᵏᶻ₀-₉]|\d[¹²³]|\de[+-]?\d|(?<![\w.])-\d")


def previewed(page):
    """Return kind, file and place of what each link in a page's text previews."""
    links = [link["href"] for link in soup(page).select("article a[href*='#']")]
    found = [(*resolve(page, href), href) for href in links if "://" not in href]
    return [
        (name.split("-")[0], path.relative_to(SITE).as_posix(), unquote(name))
        for path, name, _ in found
        if name.split("-")[0] in KINDS and "-" in name
    ]


@cache
def carried(name):
    """Return what one of the scripts for previews carries, by the places on its page."""
    text = (SITE / "_previews" / f"{name}.js").read_text("utf8")
    return json.loads(text.split(" = ", 1)[1].rstrip(";\n"))


# As files


def test_what_links_preview_is_there():
    counts = dict.fromkeys(KINDS, 0)
    for page in PAGES:
        for kind, target, name in previewed(page):
            counts[kind] += 1
            assert name in ids(target), (page, target, name)
            if target == page:
                continue
            assert name in carried(f"{target.removesuffix('.html')}.{kind}"), (page, target, name)
    assert counts["cite"] > 300 and counts["equation"] > 20 and counts["claim"] > 150, counts


def in_order():
    """Return the chapters in the order of the contents."""
    links = [link["href"] for link in soup("book/index.html").select("nav.bd-links a[href]")]
    pages = [resolve("book/index.html", href)[0].relative_to(SITE).as_posix() for href in links]
    return [page for page in dict.fromkeys(pages) if page in CHAPTERS]


def test_equations_have_the_number_of_their_chapter_wherever_they_are_named():
    names = {}
    for chapter, page in enumerate(in_order(), 1):
        assert soup(page).select_one("h1 .section-number").get_text().strip() == f"{chapter}."
        for count, equation in enumerate(soup(page).select("div.math:has(> .eqno)"), 1):
            number = f"({chapter}.{count})"
            assert equation.select_one(".eqno").get_text().removesuffix("#") == number
            names[equation["id"]] = number
    assert len(names) > 60
    selector = "a[href*='#equation-'].reference"
    links = [link for page in PAGES for link in soup(page).select(selector)]
    assert len(links) > 20
    for link in links:
        assert link.get_text() == names[link["href"].split("#")[1]]


def test_the_bibliography_leads_to_papers_and_back_to_every_citation():
    entries = soup(BIBLIOGRAPHY).select(".citation")
    papers = [entry.select("a[href^='https://'][rel~=external]") for entry in entries]
    assert sum(map(bool, papers)) >= 0.9 * len(entries)
    back = set()
    for entry in entries:
        for link in entry.select(".citation-places a"):
            path, place = resolve(BIBLIOGRAPHY, link["href"])
            page = path.relative_to(SITE).as_posix()
            there = soup(page).find(id=place)
            assert there.select(f"a[href$='#{entry['id']}']"), (page, place, entry["id"])
            back.add((page, place, entry["id"]))
    cited = {
        (page, place["id"], link["href"].split("#")[1])
        for page in PAGES
        if page != BIBLIOGRAPHY
        for place in soup(page).select(".bibtex-citation, .claim[id]")
        for link in place.select("a[href*='#cite-']")
    }
    assert back == cited and len(cited) > 200


def test_formulas_in_claims_are_set():
    count = 0
    for page in (*CHAPTERS, EVIDENCE):
        cards = soup(page).select(".claim, .evidence tbody tr")
        for card in cards:
            parts = card.select(".claim-verdict, .claim-statement, .claim-measured, td")
            count += bool(card.select(".formula"))
            for part in parts[:5] if card.name == "tr" else parts:
                words = part.find_all(string=lambda text: not text.find_parent(class_="formula"))
                plain = re.sub("“[^”]*”", "", "".join(words))
                assert not UNSET.search(plain), plain
    assert count > 150


PARTS = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "mover": 2, "munder": 2,
    "msubsup": 3, "munderover": 3,
}  # fmt: skip
TOKENS = {"mi", "mn", "mo", "mtext", "ms"}
OTHERS = {"math", "mrow", "mtable", "mtr", "mtd", "mstyle", "msqrt", "mspace", "mpadded"}
ATTRIBUTES = {
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "minsize", "maxsize", "lspace", "rspace", "symmetric", "largeop", "form",
           "movablelimits", "accent"},
    "mspace": {"width", "height", "depth"},
    "mstyle": {"scriptlevel", "displaystyle", "mathcolor"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mfrac": {"linethickness"},
}  # fmt: skip


@pytest.mark.parametrize("page", [*CHAPTERS, "book/notation.html"])
def test_mathml_has_the_elements_and_attributes_of_mathml_core(page):
    formulas = soup(page).find_all("math")
    assert formulas
    for formula in formulas:
        for tag in (formula, *formula.find_all(True)):
            assert tag.name in {*PARTS, *TOKENS, *OTHERS}, tag
            children = tag.find_all(True, recursive=False)
            assert len(children) == PARTS.get(tag.name, len(children)), tag
            assert not (tag.name in TOKENS and children), tag
            if tag.name not in TOKENS:
                assert not "".join(tag.find_all(string=True, recursive=False)).strip(), tag
            assert set(tag.attrs) <= ATTRIBUTES.get(tag.name, set()), tag
            assert tag.get("mathvariant", "normal") == "normal", tag


@pytest.mark.parametrize("page", READ)
def test_headings_are_in_order_and_links_to_elsewhere_say_so(page):
    headings = soup(page).select("main :is(h1, h2, h3, h4, h5, h6):not(.onlyprint *)")
    levels = [int(heading.name[1]) for heading in headings]
    assert levels and levels.count(1) == 1 and levels[0] == 1
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False)), levels
    for link in soup(page).select("a[href^='http']"):
        assert {"noopener", "external"} <= set(link.get("rel", [])), link


@pytest.mark.parametrize("page", READ)
def test_a_problem_can_be_reported_from_every_page(page):
    [link] = soup(page).select("a.btn-report")
    url = urlsplit(link["href"])
    form = url._replace(query="").geturl()
    assert re.fullmatch(r"https://github.com/[\w.-]+/[\w.-]+/issues/new", form)
    fields = parse_qs(url.query)
    assert fields["body"][0].startswith(f"Page: {page}\nSection: \n")
    assert len(fields["title"][0]) > 3
    assert link.get_text().strip() == "Report a problem"


# In a browser

BACK = "chapters/foundations/backpropagation.html"
CITATION = "article p a[href*='#cite-rumelhart1986']"
EQUATION = "article p a[href='#equation-eq-bp-chain']"
PREVIEW = ".preview:popover-open"


def hover(page, selector):
    link = page.locator(selector).first
    link.scroll_into_view_if_needed()
    link.hover()
    page.locator(PREVIEW).wait_for()
    return link


def gone(page):
    page.locator(PREVIEW).wait_for(state="hidden")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_links_show_what_they_lead_to(visit, protocol):
    page = visit(BACK, protocol)
    preview = page.locator(PREVIEW)
    hover(page, CITATION)
    assert "Learning representations by back-propagating errors" in preview.inner_text()
    assert preview.locator("a").get_attribute("href") == "https://doi.org/10.1038/323533a0"
    assert "Cited in" not in preview.inner_text()
    page.mouse.move(1, 1)
    gone(page)

    hover(page, EQUATION)
    assert "(3.1)" in preview.inner_text()
    assert preview.locator(".katex-html").bounding_box()["width"] > 50
    assert page.locator("#equation-eq-bp-chain").count() == 1
    page.mouse.move(1, 1)
    gone(page)

    # To an equation of another chapter, as one may be named
    page.locator("article p").first.evaluate(
        """p => p.insertAdjacentHTML("beforeend",
             '<a id="far" href="../training/optimizers.html#equation-eq-sgd">(8.2)</a>')"""
    )
    hover(page, "#far")
    assert "(8.2)" in preview.inner_text()

    page = visit(EVIDENCE, protocol)
    link = hover(page, ".evidence td:first-child a")
    preview = page.locator(PREVIEW)
    for cell in page.locator(".evidence tbody tr").first.locator("td").all()[:2]:
        assert cell.inner_text() in preview.inner_text()
    # What stands in it leads to where it would lead there.
    source = preview.locator(".claim-source a").first.get_attribute("href")
    assert source.split("#")[0] == page.url.replace("evidence", "bibliography")
    link.click()
    page.wait_for_url("**/chapters/**#claim-*")


def test_a_preview_stays_while_it_is_pointed_at_and_goes_with_escape(visit):
    page = visit(BACK)
    layout = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    link = hover(page, CITATION)
    before = page.evaluate(layout)
    page.locator(f"{PREVIEW} a").hover()
    page.wait_for_timeout(600)  # longer than it would stay without the pointer
    assert page.locator(PREVIEW).is_visible()
    page.keyboard.press("Escape")
    gone(page)
    assert page.evaluate(layout) == before  # nothing has moved
    link.hover()
    page.mouse.move(1, 1)
    hover(page, CITATION)
    page.keyboard.press("Escape")
    gone(page)
    link.hover(position={"x": 3, "y": 3})  # closed as long as the pointer is there
    page.wait_for_timeout(600)
    assert not page.locator(PREVIEW).is_visible()


def test_a_pointer_that_only_crosses_a_link_shows_nothing(visit):
    page = visit(BACK)
    page.locator(CITATION).first.scroll_into_view_if_needed()
    page.locator(CITATION).first.hover()
    page.mouse.move(1, 1)
    page.wait_for_timeout(600)
    assert page.locator(".preview").count() == 0


def test_the_keyboard_shows_it_and_the_link_is_described_by_it(visit):
    page = visit(BACK)
    link = page.locator(CITATION).first
    link.scroll_into_view_if_needed()
    before = page.locator("article a:visible").first
    before.focus()
    page.keyboard.press("Tab")  # so that the focus is the keyboard's
    link.focus()
    page.locator(PREVIEW).wait_for()
    described = "e => document.getElementById(e.getAttribute('aria-describedby'))?.textContent"
    assert "Rumelhart" in link.evaluate(described)
    page.keyboard.press("Escape")
    gone(page)
    assert link.evaluate("e => e === document.activeElement")
    assert link.get_attribute("aria-describedby") is None
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.locator(PREVIEW).wait_for()
    page.locator("#practice").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    gone(page)


def test_a_finger_follows_the_link(visit):
    page = visit(BACK, viewport=PHONE, has_touch=True)
    page.locator(EQUATION).first.scroll_into_view_if_needed()
    page.locator(EQUATION).first.tap()
    page.wait_for_url("**#equation-eq-bp-chain")
    page.wait_for_timeout(600)
    assert page.locator(".preview").count() == 0


@pytest.mark.parametrize("size", [WIDE, PHONE, {"width": 320, "height": 500}])
def test_previews_stay_on_the_screen(visit, size):
    page = visit(BACK, viewport=size)
    for selector in (CITATION, EQUATION, ".claim-source a"):
        for place in ("start", "end"):
            link = page.locator(selector).first
            link.evaluate("(e, block) => e.scrollIntoView({ block, behavior: 'instant' })", place)
            page.evaluate("scrollBy({ top: -80, behavior: 'instant' })")
            hover(page, selector)
            box, own = page.locator(PREVIEW).bounding_box(), link.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
            assert box["y"] >= 0 and box["y"] + box["height"] <= size["height"]
            apart = box["y"] >= own["y"] + own["height"] or box["y"] + box["height"] <= own["y"]
            assert apart, "it covers its link"
            page.mouse.move(1, 1)
            gone(page)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_report_names_the_section_that_is_read(visit, protocol):
    page = visit(BACK, protocol)
    link = page.locator("a.btn-report")

    def body():
        link.evaluate("e => { e.onclick = () => false; }")  # the network is closed
        box = link.bounding_box()  # its own click would scroll first
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        return parse_qs(urlsplit(link.get_attribute("href")).query)["body"][0].split("\n")

    assert body()[:2] == [f"Page: {BACK}", "Section:"]
    page = visit(BACK, protocol, hash="#what-it-costs")
    top = "document.getElementById('what-it-costs').getBoundingClientRect().top"
    page.wait_for_function(f"{top} >= 0 && {top} < innerHeight / 3")
    link = page.locator("a.btn-report")
    assert body()[:2] == [f"Page: {BACK}", "Section: What it costs (#what-it-costs)"]
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    assert body()[1] == "Section:"
