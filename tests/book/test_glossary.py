"""The glossary's source, and which sections its index names."""

from types import SimpleNamespace

import pytest
from site_extension import glossary
from sphinx.errors import ExtensionError

ENTRY = '[[term]]\nname = "A-B c"\nchinese = "甲"\nwhere = "one#two"\ntext = "It is."\n'


def load(tmp_path, text):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "glossary.toml").write_text(text, encoding="utf8")
    return glossary.load_terms(tmp_path)


def test_an_entry_is_read(tmp_path):
    [term] = load(tmp_path, ENTRY)
    assert term["also"] == term["asked"] == []
    assert term["url"] == "book/glossary.html#term-a-b-c"


@pytest.mark.parametrize(("old", "new", "message"), [
    ("chinese", "chines", "lacks chinese and has chines too much"),
    ('"It is."', '""', "A-B c lacks text"),
])  # fmt: skip
def test_a_wrong_entry_is_refused(tmp_path, old, new, message):
    with pytest.raises(ExtensionError, match=message):
        load(tmp_path, ENTRY.replace(old, new))


def test_a_place_is_one_section_of_one_page():
    env = SimpleNamespace(found_docs={"chapters/a/one", "exercises/source/one/one", "book/two"})
    assert glossary.place_of(env, {"name": "x", "where": "one#s"}) == ("chapters/a/one", "s")
    assert glossary.place_of(env, {"name": "x", "where": "book/two#s"}) == ("book/two", "s")
    for where in ("one", "three#s", "two#s"):
        with pytest.raises(ExtensionError, match="x is explained in no page"):
            glossary.place_of(env, {"name": "x", "where": where})


def test_the_index_names_sections_that_mention_a_term_in_earnest():
    def row(place, weight=1.0):
        return {"url": place, "weight": weight}

    rows = [row("chapters/a#1"), row("chapters/a#2"), row("chapters/a#3"), row("exercises/a#1"),
            row("chapters/a#what-to-remember", 0.7)]  # fmt: skip
    counts = {
        "2": {"title": 1, "text": 0}, "0": {"title": 0, "text": 2}, "1": {"title": 0, "text": 1},
        "3": {"title": 1, "text": 9}, "4": {"title": 0, "text": 9},
    }  # fmt: skip
    assert glossary.mentioning(rows, counts) == [0, 2]
    many = [row(f"chapters/a#{number}") for number in range(20)]
    counts = {str(number): {"title": 0, "text": 2 + number} for number in range(20)}
    assert glossary.mentioning(many, counts) == [14, 15, 16, 17, 18, 19]


def test_a_chinese_name_is_marked():
    assert glossary.written("梯度") == '<span lang="zh-Hans">梯度</span>'
    assert glossary.written("a < b") == "a &lt; b"
