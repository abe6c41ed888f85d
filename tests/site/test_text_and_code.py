"""A page that one wants to read: its measure and face, its first screen, and code on demand."""

import pytest
from audit import LAY_OUT
from built_site import BLOCKED, CHAPTERS, LAPTOP, PAGES, PROTOCOLS, SITE
from settling import settled

EXERCISES = [page for page in PAGES if page.startswith("exercises/")]
# The characters of each full line of the paragraphs without formulas, which have hidden text.
LINES = """() => [...document.querySelectorAll("article section > p")].filter(
  paragraph => !paragraph.querySelector(".katex, code") && paragraph.textContent.length > 250
).map(paragraph => {
  const range = document.createRange();
  const lines = new Map();
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    for (let i = 0; i < walker.currentNode.length; i++) {
      range.setStart(walker.currentNode, i);
      range.setEnd(walker.currentNode, i + 1);
      const [box] = range.getClientRects();
      const line = box && Math.round(box.bottom / 4);
      if (box) lines.set(line, (lines.get(line) ?? 0) + 1);
    }
  }
  return [...lines.values()].slice(0, -1);
}).flat()"""
VISIBLE_CODE = """() => [...document.querySelectorAll("article .cell_input")]
  .filter(code => code.checkVisibility({ contentVisibilityAuto: false })).length"""
# What a search in the page does not find. What is far away has no layout, but is found.
HIDDEN = """[...document.querySelectorAll("article :is(p, td, dt, dd, li)")].filter(
  part => !part.closest("details, [hidden], figure, js-figure, figure-sweep, .katex-mathml") &&
    !part.checkVisibility({ contentVisibilityAuto: false })).map(part => part.outerHTML)"""
FOLDS = "document.querySelectorAll('article details.hide.above-input .cell_input').length"


@pytest.mark.parametrize("visit", ["browser", "firefox"], indirect=True)
@pytest.mark.parametrize(
    "page_name", ["chapters/training/optimizers.html", "book/evidence.html", "book/glossary.html"]
)
def test_nothing_stays_hidden_after_the_first_picture(visit, page_name):
    page = visit(page_name)
    page.wait_for_timeout(300)
    assert page.evaluate(HIDDEN) == []


def test_lines_have_the_length_that_the_eye_follows(visit):
    page = visit("chapters/training/dropout.html", viewport=LAPTOP)
    page.add_style_tag(content=LAY_OUT)
    page.evaluate("document.fonts.ready")
    lines = page.evaluate(LINES)
    assert len(lines) > 20
    assert 65 <= sum(lines) / len(lines) <= 75


def test_the_faces_are_small():
    faces = [*SITE.glob("_static/fonts/*.woff2")]
    assert len(faces) == 3
    assert sum(face.stat().st_size for face in faces) <= 60_000


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_text_is_set_in_the_book_s_face(visit, protocol):
    page = visit(CHAPTERS[0], protocol)
    page.wait_for_function(
        "[...document.fonts].some(font => font.family === 'Book' && font.status === 'loaded')"
    )
    assert page.evaluate("document.fonts.check('400 1rem Book', 'reading')")


@pytest.mark.parametrize("page_name", CHAPTERS)
def test_a_chapter_opens_with_its_question_and_figure(visit, page_name):
    page = visit(page_name, viewport=LAPTOP)
    figure = page.locator("article :is(figure-sweep, js-figure)").first
    figure.and_(page.locator("[ready]")).wait_for()
    bottoms = page.evaluate("""() => {
      const figure = document.querySelector("article :is(figure-sweep, js-figure)");
      const seen = [figure, ...figure.querySelectorAll("input, select, button, svg, canvas")];
      return [document.querySelector(".opening-text"), ...seen].map(
        element => [element.outerHTML.slice(0, 60), element.getBoundingClientRect().bottom]);
    }""")
    below = [(html, bottom) for html, bottom in bottoms if bottom > LAPTOP["height"]]
    assert not below, below
    assert page.evaluate("""() => {
      const figure = document.querySelector("article :is(figure-sweep, js-figure)");
      return [...document.querySelectorAll("article :is(.cell_input, details)")].every(
        code => figure.compareDocumentPosition(code) & Node.DOCUMENT_POSITION_FOLLOWING);
    }"""), "code stands before the first figure"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_reader_chooses_how_much_code(visit, protocol):
    page = visit(CHAPTERS[0], protocol)
    page.add_style_tag(content=LAY_OUT)
    switch = page.get_by_label("Code on this page")
    key = page.evaluate(VISIBLE_CODE)
    assert switch.input_value() == "key" and key > 3
    switch.select_option("none")
    assert page.evaluate(VISIBLE_CODE) == 0
    # A figure's code is gone without a trace, and code that the text speaks of leaves a line.
    assert not page.locator("article details.hide.above-input:visible").count()
    assert page.locator("article details.key-code > summary:visible").count() > 3
    line = page.locator("article details.key-code > summary").first
    line.press("Enter")
    assert page.evaluate(VISIBLE_CODE) == 1
    switch.select_option("all")
    assert page.evaluate(VISIBLE_CODE) == key + page.evaluate(FOLDS)
    switch.select_option("key")
    assert page.evaluate(VISIBLE_CODE) == key


def test_the_choice_holds_on_other_pages(visit):
    page = visit(CHAPTERS[0])
    page.get_by_label("Code on this page").select_option("none")
    page.goto(page.url.replace(CHAPTERS[0], CHAPTERS[1]))
    page.locator("html[data-scripts=ready]").wait_for(state="attached")
    page.add_style_tag(content=LAY_OUT)
    assert page.get_by_label("Code on this page").input_value() == "none"
    assert page.evaluate(VISIBLE_CODE) == 0
    # Where code is the point of a page, it stays.
    page.goto(page.url.replace(CHAPTERS[1], EXERCISES[0]))
    assert page.get_by_label("Code on this page").count() == 0
    assert page.locator("article details.hide:visible").count() > 3


def test_the_choice_is_applied_before_the_scripts_run(visit):
    page = visit(CHAPTERS[0])
    page.get_by_label("Code on this page").select_option("none")
    page.route("**/site.js", lambda route: route.fulfill(body=""))
    page.goto(page.url)
    page.add_style_tag(content=LAY_OUT)
    assert page.evaluate(VISIBLE_CODE) == 0


def test_the_switch_works_where_nothing_can_be_stored(visit):
    page = visit(CHAPTERS[0], script=BLOCKED)
    page.get_by_label("Code on this page").select_option("none")
    assert page.locator("html").get_attribute("data-code") == "none"


def test_what_is_read_stays_in_its_place(visit):
    page = visit(CHAPTERS[0])
    paragraph = page.locator("article section section > p").nth(12)
    # Sections on the way are laid out as they come near, and move it.
    page.wait_for_function("""p => {
      p.scrollIntoView({ block: "center", behavior: "instant" });
      const { top } = p.getBoundingClientRect(), last = p.top;
      p.top = top;
      return top === last && top > 0 && top < innerHeight;
    }""", arg=paragraph.element_handle())
    top = "p => p.getBoundingClientRect().top"
    before = paragraph.evaluate(top)
    page.get_by_label("Code on this page").select_option("none")
    settled(page)
    assert abs(paragraph.evaluate(top) - before) < 80


def test_notes_stand_beside_the_text_or_between_its_paragraphs(visit):
    page = visit("chapters/training/normalization.html", viewport=LAPTOP)
    page.add_style_tag(content=LAY_OUT)
    boxes = """() => [...document.querySelectorAll("article aside.beside")].map(note => {
      const text = note.nextElementSibling.getBoundingClientRect();
      const { left, top, right, bottom } = note.getBoundingClientRect();
      return { left, top, right, bottom, text: { right: text.right, top: text.top } };
    })"""
    wide = page.evaluate(boxes)
    assert len(wide) >= 3
    for box in wide:
        assert box["left"] >= box["text"]["right"] and abs(box["top"] - box["text"]["top"]) < 40
    page.set_viewport_size({"width": 390, "height": 844})
    for box in page.evaluate(boxes):
        assert box["bottom"] <= box["text"]["top"] and box["right"] <= 390
