"""Pages on paper: nothing is cut, nothing that is pressed, light, and figures as they stand."""

import io
from urllib.parse import unquote

import pytest
from built_site import CHAPTERS, SWEEPS, specification
from PIL import Image, ImageStat
from pypdf import PdfReader
from settling import settled

# Pixels between the margins of print.css, 17 mm each. A Letter page is wider.
A4 = {"width": 665, "height": 980}
# Chapters, and the pages that have tables or a figure.
TEXTS = [f"book/{name}.html" for name in ("evidence", "how_to_read", "notation", "playground")]
OPTIMIZERS = "chapters/training/optimizers.html"
EXERCISES = "exercises/source/gradient_descent/gradient_descent.html"
BASE = "https://from-alchemy-to-experiment.github.io/book/"

CUT = """() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  for (const element of document.querySelectorAll("article *")) {
    if (element.closest("svg *, .katex-mathml") || !element.checkVisibility()) continue;
    const { left, right } = element.getBoundingClientRect();
    const { overflowX, position } = getComputedStyle(element);
    const clipped = element.scrollWidth > element.clientWidth + 1 && overflowX !== "visible";
    if (left < -1 || right > width + 1 || clipped && position !== "absolute") {
      found.push(`${Math.round(left)} to ${Math.round(right)}: ${element.outerHTML.slice(0, 90)}`);
    }
  }
  return found;
}"""
LAID_OUT = """() => [...document.querySelectorAll("article *")].filter(
  section => getComputedStyle(section).contentVisibility !== "visible").length"""
# What only a screen has
SCREEN = ("button:not(th *), input[type=range], dialog, .bd-sidebar, .bd-header-article, "
          ".headerlink, .claim-link, .prev-next-footer, .bd-footer, summary")  # fmt: skip


def print_style(page):
    page.emulate_media(media="print")
    page.locator("html[data-theme=light]").wait_for()


@pytest.mark.parametrize("page_name", [*CHAPTERS, *TEXTS])
def test_a_page_fits_the_paper_and_has_no_controls(visit, page_name):
    page = visit(page_name, "file", viewport=A4, color_scheme="dark")
    print_style(page)
    assert page.evaluate(CUT) == []
    assert page.evaluate(LAID_OUT) == 0
    shown = page.locator(SCREEN).filter(visible=True)
    assert shown.count() == 0, shown.first.evaluate("e => e.outerHTML")


def test_long_lines_of_code_go_on_in_the_next(visit):
    page = visit(CHAPTERS[0], "file", viewport=A4)
    block = page.locator("article pre").filter(visible=True).first
    block.evaluate("pre => { pre.textContent = 'x = f(' + 'abc, '.repeat(60) + ')'; }")
    print_style(page)
    assert page.evaluate(CUT) == []


def test_paper_is_light_and_the_screen_gets_its_theme_back(visit):
    page = visit(CHAPTERS[0], color_scheme="dark")
    ink = "getComputedStyle(document.querySelector('article h2')).color"
    dark = page.evaluate(ink)
    print_style(page)
    assert sum(map(int, page.evaluate(ink)[4:-1].split(","))) < 200
    page.emulate_media(media="screen")
    page.locator("html[data-theme=dark]").wait_for()
    assert page.evaluate(ink) == dark


def test_folds_are_printed_as_they_stand(visit):
    page = visit(CHAPTERS[0])
    fold = page.locator("article details.hide").first
    assert fold.is_visible()
    print_style(page)
    assert not fold.is_visible()
    fold.evaluate("fold => { fold.open = true; }")
    assert fold.locator("pre").first.is_visible() and not fold.locator("summary").is_visible()


def test_a_figure_names_the_address_of_its_state(visit):
    path, name = SWEEPS[0]
    control = specification(path, name)["controls"][0]
    page = visit(path, "file", hash=f"#{name}?{control['name']}={control['texts'][-1]}")
    settled(page)
    address = page.locator(f"#{name} .figure-address")
    assert not address.filter(visible=True).count()
    reader = PdfReader(io.BytesIO(page.pdf()))
    links = [link.get_object() for sheet in reader.pages for link in sheet.get("/Annots", [])]
    urls = {unquote(link["/A"]["/URI"]) for link in links if "/A" in link}
    # Where others find it, and not on this disk
    start = f"{BASE}{path}#{name}?{control['name']}="
    assert [url for url in urls if url.startswith(start)]


def test_canvases_of_dark_pages_are_light_on_paper(visit):
    page = visit(OPTIMIZERS, color_scheme="dark")
    page.locator("js-figure").scroll_into_view_if_needed()
    page.locator("js-figure[ready]").wait_for()
    settled(page)
    # As in a browser that prints: no frame comes between the event and the paper.
    page.evaluate("window.requestAnimationFrame = () => 0")
    print_style(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    seen = Image.open(io.BytesIO(page.locator("js-figure canvas").first.screenshot()))
    assert ImageStat.Stat(seen.convert("L")).mean[0] > 170
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("html.turned").count() == 0


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_both_papers_and_solutions_that_stay_closed(visit, paper, size):
    page = visit(EXERCISES, "file", color_scheme="dark")
    folded = page.locator("details.hide pre").first.text_content()
    folded = max(folded.split("\n"), key=len).strip()
    reader = PdfReader(io.BytesIO(page.pdf(format=paper)))
    box = reader.pages[0].mediabox
    assert (box.width, box.height) == pytest.approx(size, abs=1)
    texts = [sheet.extract_text().strip() for sheet in reader.pages]
    assert texts[0].startswith("Exercises: ")
    assert min(map(len, texts)) > 60, "no sheet is empty"
    assert len(folded) > 10 and not [text for text in texts if folded in text or "Show" in text]
