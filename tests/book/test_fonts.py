"""Fonts carry the letters that pages show, and no others."""

import io

import pytest
from fontTools.ttLib import TTFont
from site_extension import fonts


def glyphs(font):
    return {chr(code) for code in TTFont(io.BytesIO(font)).getBestCmap()}


@pytest.fixture(scope="module")
def upright():
    path = fonts.PACKAGE / "files" / "source-serif-4-latin-400-normal.woff2"
    return path.read_bytes()


def test_letters_are_what_a_reader_sees():
    page = "<p title='ß'>caf&eacute; → <b>α</b></p><script>'ø'</script><style>/* æ */</style>"
    found = fonts.letters([page, "<p>“</p>"])
    assert {"é", "→", "α", "“", "f"} <= found
    assert not {"ß", "ø", "æ"} & found


def test_ascii_is_always_there():
    assert {"A", "~", " ", "7"} <= fonts.letters([])


def test_a_font_keeps_the_letters_asked_for_and_is_smaller(upright):
    reduced = fonts.reduce(upright, "abc é")
    assert glyphs(reduced) == set("abc é")
    assert reduced[:4] == b"wOF2"
    assert len(reduced) < len(upright) / 4


def test_letters_that_a_font_lacks_are_left_out(upright):
    assert glyphs(fonts.reduce(upright, "a反")) == {"a"}


def test_the_same_letters_give_the_same_bytes(upright):
    assert fonts.reduce(upright, "abc") == fonts.reduce(upright, "cba")
