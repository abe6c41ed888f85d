"""The site's files, without a browser: links, formulas, pictures, frames and claims."""

import json
import re
from urllib.parse import parse_qsl, unquote

import pytest
from built_site import (
    CHAPTERS,
    PAGES,
    ROOT,
    SITE,
    SWEEPS,
    frames,
    ids,
    resolve,
    soup,
    specification,
)

OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
# What a reader sees where a formula, a citation or a reference was not understood.
RAW = re.compile(r"\$\$|\\(?:frac|begin|left|mathbf|nabla|sum)\b|\{(?:eq|cite|ref|doc)[\w:]*\}`")


def is_local(url):
    return not re.match(r"[a-z][a-z0-9+.-]*:|//", url, re.IGNORECASE)


def has_state(page, name, state):
    """Return whether a figure has the state that a link assigns to it."""
    spec = specification(page, name)
    values = dict(parse_qsl(state, strict_parsing=True))
    if "controls" in spec:
        texts = {control["name"]: control["texts"] for control in spec["controls"]}
        return all(value in texts.get(key, ()) for key, value in values.items())
    # Strings stand there as they are, anything else as JSON.
    return all(
        key in spec and (value[0] != '"' if isinstance(spec[key], str) else is_json(value))
        for key, value in values.items()
    )


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def test_the_book_is_there():
    assert len(CHAPTERS) >= 2
    assert {"search.html", "book/glossary.html", "book/index.html"} <= set(PAGES)
    assert SWEEPS


@pytest.mark.parametrize("page", PAGES)
def test_links(page):
    broken = []
    for tag in soup(page).find_all(["a", "link", "script", "img", "iframe", "source"]):
        for url in filter(None, (tag.get("href"), tag.get("src"))):
            if not is_local(url) or url == "#":
                continue
            target, fragment = resolve(page, url)
            if target.is_dir() or not target.exists() or not target.is_relative_to(SITE):
                broken.append(f"{url}: no such file")
            elif fragment and target.suffix == ".html":
                place, _, state = fragment.partition("?")
                if unquote(place) not in ids(target.relative_to(SITE).as_posix()):
                    broken.append(f"{url}: no such place on the page")
                elif state and not has_state(target.relative_to(SITE).as_posix(), place, state):
                    broken.append(f"{url}: no such state of the figure")
    assert not broken, "\n".join(sorted(set(broken)))


@pytest.mark.parametrize("page", PAGES)
def test_every_id_is_used_once(page):
    seen = [tag["id"] for tag in soup(page).find_all(id=True)]
    assert not {name for name in seen if seen.count(name) > 1}


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_loaded_from_elsewhere(page):
    # Where there is no network, requests fail; this also finds those that no test triggers.
    loading = soup(page).find_all(["script", "img", "iframe", "source", "video", "audio", "embed"])
    loading += [tag for tag in soup(page).find_all("link") if "canonical" not in tag.get("rel", [])]
    urls = [tag.get("src") or tag.get("href") or "" for tag in loading]
    assert not [url for url in urls if OUTSIDE.match(url)]
    scripts = "".join(tag.text for tag in soup(page).find_all("script") if not tag.get("src"))
    assert not re.findall(r"jsdelivr|unpkg\.com|cdnjs|googleapis|mybinder|plausible", scripts)


def test_style_sheets_load_nothing_from_elsewhere():
    for path in (SITE / "_static").rglob("*.css"):
        text = path.read_text("utf8")
        urls = re.findall(r"""(?:url\(|@import)\s*['"]?([^'")]+)""", text)
        outside = [url for url in urls if OUTSIDE.match(url)]
        assert not outside, f"{path.name}: {outside}"


@pytest.mark.parametrize("page", PAGES)
def test_words_and_formulas_are_rendered(page):
    article = soup(page).find("article") or soup(page).body
    assert not article.select(".katex-error, .problematic, .system-message")
    # KaTeX keeps the source for screen readers and for copying.
    apart = {"script", "style", "pre", "code", "annotation"}
    words = article.find_all(string=True)
    text = " ".join(w for w in words if not apart & {parent.name for parent in w.parents})
    assert not RAW.findall(text), RAW.findall(text)
    assert not [img["alt"] for img in article.find_all("img", alt=RAW)]


@pytest.mark.parametrize("page", PAGES)
def test_no_trace_of_the_builder(page):
    """A page that names the machine that built it differs from machine to machine."""
    text = (SITE / page).read_text("utf8")
    assert str(ROOT) not in text
    assert not re.search(r"/tmp/|/home/\w+/|Traceback \(most recent", text)
    assert not (SITE / "_sources").exists(), "sources may carry solutions and hidden tests"


@pytest.mark.parametrize("page", PAGES)
def test_pictures(page):
    article = soup(page).find("article") or soup(page).body
    for image in article.find_all("img"):
        source, alt = image["src"], image.get("alt", "")
        if is_local(source):
            assert resolve(page, source)[0].is_file(), source
        assert len(alt) >= 15, f"{source}: {alt!r} does not say what is to be seen"
        assert " " in alt and not re.search(r"\.(png|svg|webp|jpg)$|^[\w./-]+$", alt), alt
    for drawing in article.select("svg.drawing"):
        assert drawing["role"] == "img"
        label = drawing["aria-label"]
        assert len(label) >= 15 and " " in label, f"{label!r} does not say what is to be seen"


@pytest.mark.parametrize("page", PAGES)
def test_figures_have_numbered_captions(page):
    figures = soup(page).select("figure.book-figure")
    heading = soup(page).select_one("h1 .section-number")
    before = heading.get_text().strip() if heading else ""  # the chapter's number and a point
    for number, figure in enumerate(figures, 1):
        caption = figure.find("figcaption")
        assert caption.get_text().startswith(f"Figure {before}{number}. ")
        assert figure["aria-labelledby"] == caption["id"]
        assert len(caption.get_text()) > 20 or page not in CHAPTERS
    # Plots that do not move as well
    assert len(figures) == len(soup(page).select("article :is(svg.drawing, js-figure > canvas)"))


@pytest.mark.parametrize(("page", "name"), SWEEPS)
def test_sweeps_are_complete_and_small(page, name, budget):
    spec = specification(page, name)
    count = 1
    for control in spec["controls"]:
        assert len(set(control["texts"])) == len(control["texts"]), "states need different names"
        count *= len(control["texts"])
    assert len(spec["controls"]) <= 2
    packed = frames(page, name)
    assert len(packed["frames"]) == count
    assert count <= budget.limits["frames of a figure"]
    shown = [
        tuple(
            number
            for first, n in zip(runs[::2], runs[1::2], strict=True)
            for number in range(first, first + n)
        )
        for runs in packed["frames"]
    ]
    assert set().union(*shown) == set(range(len(packed["elements"])))
    assert len(set(packed["elements"])) == len(packed["elements"]), "each element stands once"
    letters = set(re.findall(r'href="#(glyph-[^"]*)"', "".join(packed["elements"])))
    assert letters <= ids(page) | packed["glyphs"].keys(), "a letter has no shape"
    for k, control in enumerate(spec["controls"]):
        stride = 1
        for later in spec["controls"][k + 1 :]:
            stride *= len(later["texts"])
        moves = {
            (a, b)
            for i, (a, b) in enumerate(zip(shown, shown[stride:], strict=False))
            if i // stride % len(control["texts"]) < len(control["texts"]) - 1
        }
        assert any(a != b for a, b in moves), f"{control['name']} changes nothing"


def test_every_claim_is_on_the_evidence_page():
    [page] = [page for page in PAGES if page.endswith("evidence.html")]
    rows = soup(page).select(".evidence tbody tr")
    # The first page repeats some of them, without their names.
    cards = [
        (chapter, card["id"]) for chapter in PAGES for card in soup(chapter).select(".claim[id]")
    ]
    listed = []
    for row in rows:
        target, fragment = resolve(page, row.find("a")["href"])
        chapter = target.relative_to(SITE).as_posix()
        listed.append((chapter, fragment))
        card = soup(chapter).find(id=fragment)
        assert card is not None and "claim" in card["class"]
        words = " ".join(card.text.split())
        cells = row.find_all("td")
        for cell in (*cells[:3], *cells[4:6]):  # all but how often it was repeated, and where
            assert " ".join(cell.text.split()).rstrip(".") in words
    assert sorted(listed) == sorted(cards)
    assert f"{len(cards)} claims" in soup(page).find("article").text


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapter_has_what_a_reader_needs(page):
    buttons = soup(page).select(".article-header-buttons a[href], .article-header-buttons button")
    hrefs = [tag.get("href", "") for tag in buttons]
    assert any(href.startswith("https://colab.research.google.com/github/") for href in hrefs)
    downloads = [href for href in hrefs if href.endswith(".ipynb") and is_local(href)]
    assert downloads, "no button that downloads the notebook"
    assert soup(page).find("article").find(["figure-sweep", "js-figure"])


EXERCISES = [page for page in PAGES if page.startswith("exercises/")]
# Marks of hidden tests and of solutions, and words that only oracles use.
SECRET = re.compile(rb"(BEGIN|END) (HIDDEN TESTS|SOLUTION|STUB)|def oracle\(|student\.run\(")


def test_every_chapter_has_a_page_of_exercises():
    found = set()
    for chapter in CHAPTERS:
        [button] = soup(chapter).select(".article-header-buttons a[href*='exercises/source']")
        found.add(resolve(chapter, button["href"])[0].relative_to(SITE).as_posix())
    assert found == set(EXERCISES)
    assert len(EXERCISES) == len(CHAPTERS)


def test_hidden_tests_are_in_no_file_of_the_site():
    files = [path for path in SITE.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert [path for path in files if SECRET.search(path.read_bytes())] == []
    assert not (SITE / "_sources").exists()


@pytest.mark.parametrize("page", EXERCISES)
def test_exercises_are_opened_without_solutions(page):
    buttons = soup(page).select(".article-header-buttons a[href$='.ipynb']")
    [colab, download] = [button["href"] for button in buttons]
    path = colab.split("/blob/main/")[1]
    assert path.startswith("exercises/release/")
    assert resolve(page, download)[0].read_bytes() == (ROOT / path).read_bytes()


@pytest.mark.parametrize("page", EXERCISES)
def test_solutions_and_checks_are_folded(page):
    notebook = json.loads((ROOT / page).with_suffix(".ipynb").read_text("utf8"))
    marks = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
    summaries = [tag.get_text() for tag in soup(page).select("details.hide > summary")]
    answers = sum(bool(mark.get("solution")) for mark in marks)
    checks = sum(bool(mark.get("grade")) and not mark.get("solution") for mark in marks)
    assert sum("Show a solution" in text for text in summaries) == answers >= 4
    assert sum("Show the check" in text for text in summaries) == checks >= 4
    assert not soup(page).select("details.hide[open]")
    # What is given stands outside: a reader must see the code that he is to mend.
    assert len(soup(page).select("div.highlight-python")) == answers - 1
