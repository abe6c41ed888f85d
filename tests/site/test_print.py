"""Pages on paper: A4 and Letter, light, nothing cut, figures with the address of the living one."""

import re

import pytest
from built_site import CHAPTERS, PAGES, SWEEPS, soup
from settling import settled

# Pixels between the margins of print.css, which are 17 mm: A4 is the narrower of the two.
A4 = {"width": 665, "height": 900}
BASE = "https://from-alchemy-to-experiment.github.io/book/"
WIDE = [page for page in PAGES if page.startswith("book/") or page in CHAPTERS]

CUT = """() => {
  const width = document.documentElement.clientWidth;
  const article = document.querySelector("article");
  const found = [];
  for (const element of article.querySelectorAll("*")) {
    if (element.closest("svg *, .katex-mathml, [hidden]") || !element.checkVisibility()) continue;
    const { left, right } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const clips = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    if (left < -1 || right > width + 1 || clips && style.position !== "absolute") {
      found.push(`${Math.round(left)} to ${Math.round(right)}: ${element.outerHTML.slice(0, 100)}`);
    }
  }
  return found;
}"""


def on_paper(page):
    page.emulate_media(media="print")
    page.locator("html[data-theme=light]").wait_for()


@pytest.mark.parametrize("page_name", WIDE)
def test_nothing_is_cut_at_the_right(visit, page_name):
    page = visit(page_name, "file", viewport=A4, color_scheme="dark")
    on_paper(page)
    assert page.evaluate(CUT) == []
