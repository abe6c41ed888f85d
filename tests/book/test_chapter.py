"""`make chapter`: its template keeps the form, and what cannot be started leaves nothing behind."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output
from tools import chapter, form, measures
from tools.chance import unshifted
from tools.chapter import ChapterError, filled, notebook_from, start

# In the template's place these outputs, which only a run would give.
SHOWN = {
    "opening": "Interactive figure: a fan",
    "noise-explore": "Interactive figure: a heap",
    "rate-explore": "Interactive figure: a curve",
    "errors": "<Figure size 1024x544 with 1 Axes>",
}
BIBLIOGRAPHY = Path(chapter.ROOT, "book", "references.bib").read_text("utf8")


@pytest.fixture(scope="module")
def template():
    notebook = notebook_from(filled("chapter.md", "batch_size"))
    for cell in notebook.cells:
        if text := SHOWN.get(cell.id):
            cell.outputs = [new_output("display_data", data={"text/plain": text})]
    return notebook


def test_the_template_keeps_the_form(template):
    nbformat.validate(template)
    assert form.problems(template, "batch_size") == []
    # Measured on its page; one word more in a title must not break it either.
    text = "\n\n".join(cell.source for cell in template.cells if cell.cell_type == "markdown")
    assert form.WORDS[0] + 20 <= measures.words(text)


def test_the_template_draws_from_seeds_and_repeats_no_statement(template):
    code = [cell.source for cell in template.cells if cell.cell_type == "code"]
    assert [fault for source in code for fault in unshifted(source)] == []
    claims = re.findall(r'^claim\("([^"]+)"', "\n".join(code), re.MULTILINE)
    assert len(claims) == len(set(claims)) >= 4
    assert all(claim.startswith("Batch size: ") for claim in claims), "unique in the book"
    labels = re.findall(r"^\$\$ \(([\w-]+)\)", text_of(template), re.MULTILINE)
    assert labels and all("batch_size" in label for label in labels)


def text_of(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_the_template_names_what_there_is(template):
    text = text_of(template)
    for keys in re.findall(r"\{cite(?::t)?\}`([^`]+)`", text):
        assert all(f"{{{key}," in BIBLIOGRAPHY for key in keys.split(","))
    links = set(re.findall(r"\]\((\.\./[a-z]+/\w+\.ipynb)\)", text))
    assert links
    for part in chapter.PARTS:
        for link in links:
            assert (chapter.ROOT / "chapters" / "any" / link).resolve().is_file(), (part, link)


@pytest.mark.parametrize("file", ["chapter.md", "exercises.md", "wrong_answers.toml"])
def test_every_place_of_a_template_is_filled(file):
    assert not re.search(r"@\w+@", filled(file, "batch_size"))


@pytest.fixture
def book(tmp_path, monkeypatch):
    """An empty book, for which chapters are made at once, without running anything."""

    def make(name, part, folder):
        for path in chapter.files_of(name, part).values():
            chapter.write("made", folder / path)

    monkeypatch.setattr(chapter, "make", make)
    root = tmp_path / "book"
    (root / "chapters").mkdir(parents=True)
    return root


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_chapter_is_started(book):
    said = start("batch_size", "pretraining", book)
    assert files(book) == [
        "chapters/pretraining/batch_size.ipynb",
        "chapters/pretraining/batch_size.repetitions.json",
        "exercises/release/batch_size/batch_size.ipynb",
        "exercises/source/batch_size/batch_size.ipynb",
        "exercises/wrong_answers/batch_size.toml",
    ]
    named = "_toc.yml", "book/chapters.toml"
    for word in (*named, "make check NAME=batch_size", "make repeat NAME=batch_size"):
        assert word in said
    assert max(map(len, said.splitlines())) <= 100


@pytest.mark.parametrize("name", ["", "Residual", "batch-size", "2d", "a__b", "a/b", "../a", "_a"])
def test_a_name_that_is_none_is_refused(book, name):
    with pytest.raises(ChapterError, match="no name for a chapter: write small letters"):
        start(name, "training", book)
    assert files(book) == []


@pytest.mark.parametrize("part", ["", "appendix", "../training"])
def test_a_part_that_is_none_is_refused(book, part):
    with pytest.raises(ChapterError, match="PART is one of foundations, training"):
        start("residual", part, book)
    assert files(book) == []


@pytest.mark.parametrize(
    "there",
    [
        "chapters/training/residual.ipynb",
        "chapters/foundations/residual.ipynb",
        "exercises/source/residual/residual.ipynb",
        "exercises/wrong_answers/residual.toml",
    ],
)
def test_no_file_is_overwritten(book, there):
    chapter.write("mine", book / there)
    with pytest.raises(ChapterError, match=re.escape(f"{there} is there already")):
        start("residual", "training", book)
    assert files(book) == [there]
    assert (book / there).read_text("utf8") == "mine"


@pytest.mark.parametrize("error", [OSError("no space"), KeyboardInterrupt()])
def test_what_is_interrupted_leaves_nothing(book, monkeypatch, error):
    (book / "exercises" / "source").mkdir(parents=True)
    copied = []

    def copy(source, target):
        if len(copied) == 3:
            raise error
        copied.append(target.write_bytes(source.read_bytes()))

    monkeypatch.setattr(chapter.shutil, "copyfile", copy)
    with pytest.raises(type(error)):
        start("residual", "training", book)
    assert len(copied) == 3
    # Neither files nor the folders made for them; those that were there before stay.
    assert sorted(str(path.relative_to(book)) for path in book.rglob("*")) == [
        "chapters", "exercises", "exercises/source"
    ]


def test_cells_that_fail_are_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(chapter, "renew", lambda paths, bootstrap: False)
    with pytest.raises(ChapterError, match="the template's cells fail here"):
        start("residual", "training", tmp_path)
    assert files(tmp_path) == []


def test_a_tool_that_fails_is_heard(tmp_path):
    with pytest.raises(ChapterError, match=r"releasing failed:\nno exercises"):
        chapter.run(["-c", "raise SystemExit('no exercises')"], "releasing", tmp_path)
