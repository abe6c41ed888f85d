"""Write the whole book as one PDF: ``make pdf``, after the site is built.

Chromium prints each page of the site, with the style that the site has for paper. The prints are
joined with a title page, contents, page numbers and bookmarks, and links from page to page lead to
the place in the file. Figures show their first state.
"""

from __future__ import annotations

import argparse
import html
import io
import os
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import yaml
from browser import ARGUMENTS, HELP, find
from playwright.sync_api import Page, sync_playwright
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    Fit,
    FloatObject,
    NameObject,
    NullObject,
    StreamObject,
    TextStringObject,
)
from tools.bootstrap import ROOT

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "book.pdf"
# Figures that compute begin when they come into view. Unseen they stay the drawings that they are
# without JavaScript: sharp, and their first state.
POSTERS = "IntersectionObserver.prototype.observe = () => {};"
# Pictures arrive before the page is printed, and not when a reader comes near. Chromium names the
# places in a print that something on the same page links to, so a list of links that nobody sees
# names all that links of other pages lead to.
PREPARE = """async places => {
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map(image => image.decode()));
  await document.fonts.ready;
  const words = heading => {
    const copy = heading.cloneNode(true);
    for (const part of copy.querySelectorAll(".headerlink, .katex-html, annotation")) part.remove();
    return copy.textContent.trim().replace(/\\s+/g, " ");
  };
  const sections = [...document.querySelectorAll("article section > section:has(> h2)")];
  const list = document.createElement("nav");
  list.hidden = true;
  for (const place of [...places, ...sections.map(section => section.id)]) {
    const link = document.createElement("a");
    link.href = `#${place}`;
    list.append(link);
  }
  document.body.append(list);
  return [words(document.querySelector("h1")),
    sections.map(section => [section.id, words(section.querySelector("h2"))])];
}"""
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)"')
# Of the line at the foot of a page, in points.
FOOT, EDGE, SIZE = 26, 48, 8
DIGIT = 0.556  # of the size: the width of Helvetica's digits


@dataclass
class Part:
    """A page of the site on its way into the book."""

    address: str  # relative to the site
    caption: str = ""  # of the part of the book that it belongs to
    level: int = 0  # 1 if it is a page below a chapter
    # What its print tells
    title: str = ""
    pages: int = 0
    first: int = 0  # the number of its first page, from 0
    # Where a place is: the page within the part, from 0, and the distances from the left and from
    # the bottom, in points
    places: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    sections: list[tuple[str, str]] = field(default_factory=list)  # id and title
    reader: PdfReader | None = None


def book_parts(toc: Path) -> list[Part]:
    """Return the pages of the book in their order, as ``_toc.yml`` names them."""
    contents = yaml.safe_load(toc.read_text("utf8"))
    found = [Part(f"{contents['root']}.html")]
    for part in contents["parts"]:
        for chapter in part["chapters"]:
            found.append(Part(f"{chapter['file']}.html", part["caption"]))
            for section in chapter.get("sections", []):
                found.append(Part(f"{section['file']}.html", part["caption"], level=1))
    return found


def linked_places(parts: list[Part], site: Path) -> dict[str, set[str]]:
    """Return by address the places that links on the book's pages name."""
    wanted: dict[str, set[str]] = {part.address: set() for part in parts}
    for part in parts:
        text = (site / part.address).read_text("utf8")
        for path, place in re.findall(r'href="([^"#:]*)#([^"]+)"', text):
            target = ((site / part.address).parent / unquote(path)).resolve()
            address = part.address if not path else os.path.relpath(target, site)
            wanted.get(Path(address).as_posix(), set()).add(unquote(html.unescape(place)))
    return wanted


def print_page(page: Page, part: Part, address: str, places: list[str], paper: str) -> None:
    """Print a page, and note what the print holds.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Of a context with `POSTERS`, in light colors.
    part : Part
        What is printed; its title, sections, pages and places are set.
    address : str
        A whole address.
    places : list of str
        Identifiers of elements whose places in the print are wanted, besides those of sections.
    paper : str
        ``"A4"`` or ``"Letter"``.
    """
    page.goto(address)
    if page.locator("script[src$='site.js']").count():
        page.locator("html[data-scripts=ready]").wait_for(state="attached")
    part.title, sections = page.evaluate(PREPARE, places)
    part.reader = PdfReader(io.BytesIO(page.pdf(format=paper, print_background=True)))
    part.pages = len(part.reader.pages)
    for name, place in part.reader.named_destinations.items():
        number = part.reader.get_destination_page_number(place)
        part.places[name.removeprefix("/")] = (number, float(place.left), float(place.top))
    part.sections = [] if part.level else sections


def front_html(parts: list[Part], citation: dict, site: Path) -> str:
    """Return the title page and the contents, with the numbers of pages that are known so far."""
    css = (site / "_static" / "site.css").as_uri()

    def line(level: str, address: str, title: str, number: int) -> str:
        return (
            f'<li class="{level}"><a href="{html.escape(address)}">{html.escape(title)}</a>'
            f"<i></i><b>{number + 1}</b></li>"
        )

    lines, caption = [], ""
    for part in parts:
        if part.caption != caption:
            caption = part.caption
            lines.append(f'<li class="part">{html.escape(caption)}</li>')
        address = (site / part.address).as_uri()
        lines.append(line(f"page-{part.level}", address, part.title, part.first))
        for place, title in part.sections:
            number = part.first + part.places[place][0]
            lines.append(line("section", f"{address}#{place}", title, number))
    title, _, subtitle = citation["title"].partition(": ")
    return f"""<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">
<title>{html.escape(citation["title"])}</title><link rel="stylesheet" href="{css}"><style>
.front {{ height: 9.2in; display: flex; flex-direction: column; break-after: page; }}
.title {{ margin: 30% 0 0; font: 700 2.6rem/1.15 var(--pst-font-family-heading); }}
.title + p {{ font-size: 1.3rem; }}
.front p:last-child {{ margin-top: auto; font-size: .85rem; }}

ol {{ margin: 0; padding: 0; list-style: none; }}
li {{ display: flex; gap: .5em; line-height: 1.45; break-inside: avoid; }}
li i {{ flex: 1; border-bottom: 1px dotted currentColor; margin-bottom: .35em; opacity: .5; }}
li b {{ font-weight: 400; }}
li a {{ color: inherit; text-decoration: none; }}
.part {{ margin-top: 1rem; font-weight: 700; break-after: avoid; }}
.page-0 {{ font-weight: 600; margin-top: .35rem; break-after: avoid; }}
.page-1 {{ padding-left: 1.2rem; }}
.section {{ padding-left: 1.2rem; font-size: .85rem; }}
h1 {{ margin: 0 0 1rem; font-size: 1.8rem; }}
</style></head><body><div class="front"><p class="title">{html.escape(title)}</p>
<p>{html.escape(subtitle)}</p><p>{html.escape(citation["authors"][0]["name"])}</p>
<p>Version {html.escape(citation["version"])}. Its figures move and its exercises are checked at<br>
{html.escape(published(site))}</p></div>
<h1>Contents</h1><ol>{"".join(lines)}</ol></body></html>"""


def published(site: Path) -> str:
    """Return where the site is published, as its pages say; its own folder if they do not."""
    found = CANONICAL.search((site / "index.html").read_text("utf8"))
    return html.unescape(found[1]) if found else f"{site.as_uri()}/"


def stamp(page: PageObject, writer: PdfWriter, font: object, number: int, title: str) -> None:
    """Write the number of a page and what it belongs to below its text.

    Parameters
    ----------
    page : pypdf.PageObject
        A page of `writer`.
    font : indirect object
        Helvetica, which every reader of PDF has.
    number : int
        From 1.
    title : str
        Letters that the font lacks are left out.
    """
    right = float(page.mediabox.width) - EDGE - len(str(number)) * DIGIT * SIZE
    plain = title.replace("’", "'").encode("cp1252", "ignore")
    for sign in (b"\\", b"(", b")"):
        plain = plain.replace(sign, b"\\" + sign)
    text = (
        f"Q q BT 0.35 g /BookFoot {SIZE} Tf {EDGE} {FOOT} Td (".encode()
        + plain
        + f") Tj {right - EDGE:.2f} 0 Td ({number}) Tj ET Q".encode()
    )
    before, after = StreamObject(), StreamObject()
    before.set_data(b"q\n")
    after.set_data(b"\n" + text)
    contents = page["/Contents"]
    old = contents if isinstance(contents, ArrayObject) else [page.raw_get("/Contents")]
    streams = [writer._add_object(before), *old, writer._add_object(after)]
    page[NameObject("/Contents")] = ArrayObject(streams)
    resources = page["/Resources"].get_object()
    fonts = DictionaryObject(resources.get("/Font", DictionaryObject()).get_object())
    fonts[NameObject("/BookFoot")] = font
    resources[NameObject("/Font")] = fonts


class Links:
    """Leads links to places in the file, where the file has them, and to the site otherwise."""

    def __init__(self, writer: PdfWriter, parts: list[Part], site: Path) -> None:
        self.writer, self.root, self.published = writer, f"{site.as_uri()}/", published(site)
        self.parts = {part.address: part for part in parts}

    def place(self, part: Part, name: str) -> ArrayObject | None:
        """Return a destination; the beginning of the part without a name."""
        number, left, top = part.places.get(name, (0, None, None)) if name else (0, None, None)
        if name and left is None:
            return None
        page = self.writer.pages[part.first + number].indirect_reference
        where = [NullObject() if x is None else FloatObject(x) for x in (left, top)]
        return ArrayObject([page, NameObject("/XYZ"), *where, NullObject()])

    def mend(self, link: DictionaryObject, part: Part) -> None:
        """Change one link of a part."""
        if "/Dest" in link:  # on its own page
            place = self.place(part, str(link["/Dest"]).removeprefix("/"))
        else:
            url = str(link.get("/A", {}).get("/URI", ""))
            if not url.startswith(self.root):
                return
            path, _, name = url.removeprefix(self.root).partition("#")
            target = self.parts.get(path)
            # On paper a figure has no other state.
            place = self.place(target, unquote(name)) if target and "?" not in name else None
            if place is None:
                whole = TextStringObject(self.published + url.removeprefix(self.root))
                link["/A"][NameObject("/URI")] = whole
                return
            del link["/A"]
        if place is not None:
            link[NameObject("/Dest")] = place


def join(front: Part, parts: list[Part], citation: dict, site: Path) -> PdfWriter:
    """Return the book: all prints, with numbers, bookmarks and links."""
    writer = PdfWriter()
    for part in (front, *parts):
        writer.append(part.reader, import_outline=False)
    helvetica = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica",
                 "/Encoding": "/WinAnsiEncoding"}  # fmt: skip
    font = writer._add_object(
        DictionaryObject({NameObject(key): NameObject(value) for key, value in helvetica.items()})
    )
    links = Links(writer, parts, site)
    for part in (front, *parts):
        for number in range(part.first, part.first + part.pages):
            page = writer.pages[number]
            for link in page.get("/Annots", ArrayObject()):
                links.mend(link.get_object(), part)
            if number:  # not on the title page
                stamp(page, writer, font, number + 1, part.title)
    add_bookmarks(writer, parts)
    writer.add_metadata({
        "/Title": citation["title"],
        "/Author": citation["authors"][0]["name"],
        "/Subject": " ".join(citation["abstract"].split()),
    })
    writer.page_mode = "/UseOutlines"
    writer.root_object[NameObject("/Lang")] = NameObject("/en")
    return writer


def add_bookmarks(writer: PdfWriter, parts: list[Part]) -> None:
    """Add the parts of the book, its pages and their sections."""
    above = chapter = None
    caption = ""
    for part in parts:
        if part.caption != caption:
            caption = part.caption
            above = writer.add_outline_item(title=caption, page_number=part.first, bold=True)
        parent = chapter if part.level else above
        item = writer.add_outline_item(
            title=part.title, page_number=part.first, parent=parent, is_open=False
        )
        if not part.level:
            chapter = item
        for place, title in part.sections:
            number, left, top = part.places[place]
            writer.add_outline_item(
                title=title,
                page_number=part.first + number,
                parent=item,
                fit=Fit.xyz(left=left, top=top),
            )


def write(page: Page, parts: list[Part], site: Path, target: Path, paper: str = "A4") -> int:
    """Print pages of the site into one file.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Of a context with `POSTERS`, in light colors.
    parts : list of Part
        What to print, in this order.
    site : Path
        The built site.
    target : Path
        The file.
    paper : str
        ``"A4"`` or ``"Letter"``.

    Returns
    -------
    int
        The number of pages.
    """
    site = site.resolve()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    wanted = linked_places(parts, site)
    for i, part in enumerate(parts, 1):
        places = sorted(wanted[part.address])
        print_page(page, part, (site / part.address).as_uri(), places, paper)
        print(f"[{i}/{len(parts)}] {part.address}: {part.pages} pages", flush=True)
    front = Part("")
    draft = target.with_suffix(".html")
    while True:  # until the contents are as long as the numbers in them suppose
        supposed = front.pages
        number = supposed
        for part in parts:
            part.first = number
            number += part.pages
        draft.write_text(front_html(parts, citation, site), encoding="utf8")
        print_page(page, front, draft.as_uri(), [], paper)
        if front.pages == supposed:
            break
    draft.unlink()
    join(front, parts, citation, site).write(target)
    return number


def main() -> int:
    """Write the book; the exit status is 1 without a site or a Chromium."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--paper", choices=["A4", "Letter"], default="A4")
    arguments = parser.parse_args()
    path = find()
    if path is None:
        print(HELP)
        return 1
    begin = time.monotonic()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        context = chromium.new_context(color_scheme="light")
        context.add_init_script(POSTERS)
        parts = book_parts(ROOT / "_toc.yml")
        pages = write(context.new_page(), parts, SITE, TARGET, arguments.paper)
        chromium.close()
    size = TARGET.stat().st_size / 1e6
    seconds = time.monotonic() - begin
    print(f"{TARGET}: {pages} pages, {size:.1f} MB, in {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
