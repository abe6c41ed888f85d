"""The book as a PDF: bookmarks, numbers, contents and links, on three of its pages."""

import io

import pytest
from built_site import CLOSED, ROOT, SITE
from pypdf import PdfReader
from tools import pdf

CHOSEN = ["book/index.html", "book/playground.html", "book/how_to_read.html"]


@pytest.fixture(scope="module")
def reader(browser, tmp_path_factory):
    target = tmp_path_factory.mktemp("pdf") / "book.pdf"
    context = browser.new_context(proxy=CLOSED, color_scheme="light")
    context.add_init_script(pdf.POSTERS)
    parts = [part for part in pdf.book_parts(ROOT / "_toc.yml") if part.address in CHOSEN]
    count = pdf.write(context.new_page(), parts, SITE, target)
    context.close()
    found = PdfReader(io.BytesIO(target.read_bytes()))
    assert len(found.pages) == count
    assert [path.name for path in target.parent.iterdir()] == ["book.pdf"]
    return found


def bookmarks(reader, items=None, level=0):
    for item in reader.outline if items is None else items:
        if isinstance(item, list):
            yield from bookmarks(reader, item, level + 1)
        else:
            yield level, item.title, reader.get_destination_page_number(item)


def text(reader, number):
    return " ".join(reader.pages[number].extract_text().split())


def links(reader, number):
    annotations = [link.get_object() for link in reader.pages[number].get("/Annots", [])]
    return [link for link in annotations if link["/Subtype"] == "/Link"]


def test_the_whole_book_is_in_it():
    parts = pdf.book_parts(ROOT / "_toc.yml")
    assert len(parts) > 25
    assert all((SITE / part.address).is_file() for part in parts)


def test_bookmarks_lead_to_chapters_and_sections(reader):
    found = list(bookmarks(reader))
    titles = {title: (level, number) for level, title, number in found}
    assert [title for level, title, _ in found if level == 0] == [
        "From Alchemy to Experiment", "Laboratory", "About the book",
    ]  # fmt: skip
    level, number = titles["How to read this book"]
    assert level == 1 and text(reader, number).startswith("How to read this book")
    level, number = titles["Without a network"]
    assert level == 2 and "Without a network" in text(reader, number)


def test_pages_are_numbered_and_the_contents_know_the_numbers(reader):
    for number in range(1, len(reader.pages)):
        assert text(reader, number).endswith(f" {number + 1}")
    first = {title: number + 1 for _, title, number in bookmarks(reader)}
    contents = text(reader, 1)
    assert contents.startswith("Contents")
    for title in ("The network playground", "How to read this book", "Without a network"):
        assert f"{title} {first[title]} " in contents


def test_links_between_pages_stay_in_the_file(reader):
    first = {title: number for _, title, number in bookmarks(reader)}
    number = first["From Alchemy to Experiment"]
    last = first["The network playground"]
    found = [link for page in range(number, last) for link in links(reader, page)]
    pages = [link["/Dest"][0].get_object() for link in found if "/Dest" in link]
    inside = {reader.get_page_number(page) for page in pages}
    assert first["The network playground"] in inside and first["How to read this book"] in inside
    # What is not in the file is on the site, and nothing is on the disk of who wrote it.
    found = [link for page in range(len(reader.pages)) for link in links(reader, page)]
    outside = [link["/A"]["/URI"] for link in found if "/A" in link]
    base = "https://from-alchemy-to-experiment.github.io/book/"
    assert f"{base}chapters/foundations/gradient_descent.html" in outside
    assert not [url for url in outside if not url.startswith("http")]


def test_figures_are_drawings_with_the_address_of_the_living_one(reader):
    [number] = [n for _, title, n in bookmarks(reader) if title == "The network playground"]
    words = text(reader, number) + text(reader, number + 1)
    assert "book/playground.html#" in words.replace(" ", "")
    assert "Epoch" not in words, "the figure runs"
