"""Every page in a browser, from a server and from disk, with the network closed."""

import pytest
from audit import LAY_OUT, ONE_WORD_OF_EACH_KIND, axe
from built_site import (
    CHAPTERS,
    CLIENT_FIGURES,
    LABORATORIES,
    PAGES,
    PHONE,
    PROTOCOLS,
    SAMPLE,
    WIDE,
    soup,
)
from settling import settled

# Stops at every screen, so that everything loads that waits to be seen.
SCROLL_THROUGH = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight && y < 1e5; y += innerHeight) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise(resolve => setTimeout(resolve, 60));
  }
  await Promise.all([...document.images].map(image => image.complete || image.decode()));
}"""
# Text as WCAG 1.4.12 allows a reader to space it
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important; } p { margin-bottom: 2em !important; }
  .katex * { letter-spacing: 0 !important; line-height: normal !important; }"""
AT_END = "scrollY + innerHeight >= document.documentElement.scrollHeight - 2"
TOO_WIDE = """() => [...document.querySelectorAll("article *")].filter(element => {
  const { right } = element.getBoundingClientRect();
  if (right <= innerWidth + 1) return false;
  for (let box = element.parentElement; box; box = box.parentElement) {
    if (getComputedStyle(box).overflowX !== "visible") return false; // it scrolls by itself
  }
  return true;
}).map(element => element.outerHTML.slice(0, 120))"""


# From the disk, the pages with figures: the others are text.
@pytest.mark.parametrize(
    ("visit", "page_name", "protocol"),
    [("browser", page, "http") for page in PAGES]
    + [
        ("browser", page, "file")
        for page in (*CHAPTERS, *LABORATORIES, "book/index.html", "search.html")
    ]
    + [("firefox", page, protocol) for page in SAMPLE for protocol in PROTOCOLS],
    indirect=["visit"],
)
def test_a_page_loads_whole_and_fits_a_phone(visit, page_name, protocol):
    page = visit(page_name, protocol)
    page.evaluate(SCROLL_THROUGH)
    missing = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
    assert not missing
    for tag in ("figure-sweep", "js-figure"):
        figures = page.locator(tag)
        for i in range(figures.count()):
            figures.nth(i).scroll_into_view_if_needed()
            page.locator(f"{tag}[ready]").nth(i).wait_for()
    # A phone; what is left of a screen of 1280 pixels at four times its size; and that with the
    # space between letters, words and lines that a reader may need.
    for width, spaced in ((PHONE["width"], False), (320, False), (320, True)):
        page.set_viewport_size({**PHONE, "width": width})
        if spaced:
            page.add_style_tag(content=SPACED)
        settled(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (spaced, wide, page.evaluate(TOO_WIDE))


# On a phone the pages with figures; the others are text in one column.
@pytest.mark.parametrize(
    ("page_name", "size"),
    [(page, WIDE) for page in PAGES]
    + [(page, PHONE) for page in (*CHAPTERS, *LABORATORIES, "book/index.html")],
)
def test_accessibility(visit, page_name, size):
    # With less motion: text that fades in has no contrast yet.
    page = visit(page_name, viewport=size, color_scheme="light", reduced_motion="reduce")
    page.evaluate(SCROLL_THROUGH)
    # All sections at once, and time for the theme to make focusable what scrolls.
    page.add_style_tag(content=LAY_OUT)
    page.evaluate(ONE_WORD_OF_EACH_KIND)
    page.evaluate("dispatchEvent(new Event('resize'))")
    page.wait_for_timeout(800)
    settled(page)
    found = {}
    for theme, rules in (("light", []), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=theme)
        page.locator(f"html[data-theme={theme}]").wait_for()
        page.wait_for_timeout(300)
        settled(page)
        for violation in axe(page, rules):
            if violation["impact"] in ("serious", "critical"):
                found[f"{violation['id']} ({theme})"] = violation["nodes"]
    assert not found, "\n".join(
        f"{where}, {len(nodes)} times, first {nodes[0]['target']}: {nodes[0]['html'][:160]} "
        f"{nodes[0].get('failureSummary', '')[:250]}"
        for where, nodes in found.items()
    )


@pytest.mark.parametrize("page_name", [*CHAPTERS, *LABORATORIES, "book/index.html"])
def test_controls_are_large_enough_for_a_finger(visit, page_name):
    page = visit(page_name, viewport=PHONE, has_touch=True)
    page.evaluate(SCROLL_THROUGH)
    for figure in [name for path, name in CLIENT_FIGURES if path == page_name]:
        page.locator(f"#{figure}").scroll_into_view_if_needed()
        page.locator(f"#{figure}[ready]").wait_for()
    small = page.evaluate("""() => [...document.querySelectorAll(
        "figure-sweep :is(input, select, button), js-figure :is(input, select, button)")]
      .map(control => control.type === "checkbox" ? control.closest("label") : control)
      .map(control => [control.outerHTML.slice(0, 90), control.getBoundingClientRect()])
      .filter(([, { width, height }]) => Math.min(width, height) < 24)
      .map(([html, { width, height }]) => `${width} × ${height}: ${html}`)""")
    assert not small, "\n".join(small)


@pytest.mark.parametrize("page_name", CHAPTERS)
def test_an_address_that_names_a_place_leads_there(visit, page_name):
    names = [tag["id"] for tag in soup(page_name).select("article section[id], [id^=claim]")]
    for name in (names[len(names) // 2], names[-1]):
        page = visit(page_name, "file", hash=f"#{name}")
        top = f"document.getElementById({name!r}).getBoundingClientRect().top"
        page.wait_for_function(f"{top} >= 0 && {top} < innerHeight / 2 || {AT_END}")
        page.wait_for_timeout(500)
        assert page.evaluate(f"{top} >= 0 && {top} < innerHeight"), name


NUMBERS_ON_FORMULAS = """() => [...document.querySelectorAll("div.math > .eqno")].filter(number => {
  const formula = number.parentElement.querySelector(".katex-display").getBoundingClientRect();
  return formula.right > number.getBoundingClientRect().left + 1;
}).map(number => number.textContent)"""


def test_the_numbers_of_formulas_stand_beside_them(visit):
    for page_name in CHAPTERS:
        page = visit(page_name, "file", viewport=PHONE)
        assert page.locator("div.math > .eqno").count() > 0
        page.add_style_tag(content=LAY_OUT)
        assert page.evaluate(NUMBERS_ON_FORMULAS) == [], page_name


@pytest.mark.parametrize(
    ("visit", "protocol"),
    [("browser", "http"), ("browser", "file"), ("firefox", "http")], indirect=["visit"],
)  # fmt: skip
def test_the_theme_is_remembered(visit, protocol):
    page = visit(CHAPTERS[0], protocol, color_scheme="light")
    button = page.locator(".theme-switch-button").first
    themes = []
    for _ in range(5):
        button.press("Enter")
        themes.append(page.evaluate("document.documentElement.dataset.mode"))
        if themes[-1] == "dark" and len(themes) > 2:
            break
    assert {"auto", "dark", "light"} == set(themes)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    # The background is really dark, and figures follow.
    for selector in ("body", "figure-sweep, js-figure"):
        color = page.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")
        assert max(int(part) for part in color[4:-1].split(",")[:3]) < 80, (selector, color)


def test_the_contents_can_be_opened_on_a_phone(visit):
    page = visit(CHAPTERS[0], viewport=PHONE, has_touch=True)
    contents = page.locator(".bd-sidebar-primary")
    link = contents.locator("a[href$='notation.html']").first
    assert not link.is_visible() or link.bounding_box()["x"] < 0
    page.locator(".primary-toggle").first.click()
    link.click()
    page.wait_for_url("**/notation.html")


def test_folded_code_opens_with_the_keyboard(visit):
    for chapter in CHAPTERS:
        page = visit(chapter)
        fold = page.locator("details.hide").first
        hidden = fold.locator("pre").first
        assert not hidden.is_visible()
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        hidden.wait_for(state="visible")


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("page_name", ["book/index.html", *CHAPTERS, *LABORATORIES])
def test_without_javascript(visit, page_name, protocol):
    page = visit(page_name, protocol, java_script_enabled=False)
    for picture in page.locator(":is(figure-sweep, js-figure) > svg.drawing").all():
        picture.scroll_into_view_if_needed()
        assert len(picture.get_attribute("aria-label")) >= 30
        assert picture.bounding_box()["width"] > 300
        assert picture.locator("path").first.bounding_box()["width"] > 0
    # In a folded answer a formula has no size yet.
    for formula in page.locator(".math:not(details *) .katex-html").all()[:20]:
        box = formula.bounding_box()
        assert box["width"] > 3 and box["height"] > 3
    for details in page.locator("article details:not(.key-code) > summary").all()[:2]:
        assert details.is_visible()
    # Nothing fades in by script, and the words are not in the color of the page.
    color = page.locator("article p").first.evaluate("e => getComputedStyle(e).color")
    paper = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert color != paper
