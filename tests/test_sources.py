"""The bibliography: what notebooks carry of it, and that every work in it serves a reader."""

import ast
import json
import re

import pytest
from pybtex.database import Entry, parse_string
from tools import sources as tool
from tools.bootstrap import ROOT

from helpers import sources

LECTURES = {"liu2020", "chen2020", "wang2021deep", "wang2021training", "qiu2023"}


def entries(*texts):
    return parse_string("\n".join(texts), bib_format="bibtex")


def work(key, author, year="2020", title="A title"):
    return f"@misc{{{key}, author = {{{author}}}, title = {{{title}}}, year = {{{year}}}}}"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Cauchy, Augustin-Louis", "Cauchy (2020)"),
        ("Baur, Walter and Strassen, Volker", "Baur and Strassen (2020)"),
        ("He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing", "He et al. (2020)"),
        ("Paszke, Adam and Gross, Sam and others", "Paszke et al. (2020)"),
        ("van Laarhoven, Twan", "van Laarhoven (2020)"),
        (r"G{\"o}del, Kurt and {\L}uk, {\'E}", "Gödel and Łuk (2020)"),
        ("{PyTorch contributors}", "PyTorch contributors (2020)"),
    ],
)
def test_a_work_is_called_by_its_authors_and_year(author, name):
    assert tool.names(entries(work("key", author))) == {"key": name}


def test_works_that_would_share_a_name_are_told_apart_by_their_titles():
    found = tool.names(
        entries(
            work("b", "Wang, Ran", title="{{方法 [Methods]}}"),
            work("a", "Wang, Ran", title="Efficient {BackProp}"),
            work("c", "Wang, Ran", year="2021"),
        )
    )
    assert found == {
        "a": "Wang (2020), Efficient BackProp",
        "b": "Wang (2020), 方法 [Methods]",
        "c": "Wang (2021)",
    }
    assert [*found] == ["a", "b", "c"]


@pytest.mark.parametrize("missing", ["author", "year"])
def test_a_work_without_authors_or_year_is_refused(missing):
    entry = entries(work("key", "He, Kaiming")).entries["key"]
    (entry.persons if missing == "author" else entry.fields).pop(missing)
    assert isinstance(entry, Entry)
    with pytest.raises(ValueError, match="key: a work needs authors and a year"):
        tool.authors_and_year(entry)


def test_the_helpers_carry_what_the_bibliography_says():
    assert sources.FILE == tool.NAMES
    assert sources.FILE.read_text("utf8") == tool.text_of()
    assert len(set(sources.works().values())) == len(sources.works())


def test_a_stale_file_is_reported_and_written_anew(monkeypatch, tmp_path, capsys):
    path = tmp_path / "sources.json"
    monkeypatch.setattr(tool, "NAMES", path)
    monkeypatch.setattr("sys.argv", ["sources", "--check"])
    assert tool.main() == 1  # missing
    path.write_text(tool.text_of().replace("He et al. (2015)", "He et al. (2016)"), "utf8")
    assert tool.main() == 1
    assert capsys.readouterr().out.count("run `make sources` and commit it") == 2
    monkeypatch.setattr("sys.argv", ["sources"])
    assert tool.main() == 0
    monkeypatch.setattr("sys.argv", ["sources", "--check"])
    assert tool.main() == 0
    assert json.loads(path.read_text("utf8")) == sources.works()


def test_the_package_takes_the_file_along():
    assert '"sources.json"' in (ROOT / "pyproject.toml").read_text("utf8")


def cells():
    for path in [*(ROOT / "chapters").rglob("*.ipynb"), *(ROOT / "book").glob("*.ipynb")]:
        yield from json.loads(path.read_text("utf8"))["cells"]


def test_every_work_is_cited_or_tested_and_every_key_is_known():
    texts = ["".join(cell["source"]) for cell in cells() if cell["cell_type"] == "markdown"]
    texts += [path.read_text("utf8") for path in (ROOT / "book").glob("*.md")]
    cited = {
        key.strip()
        for group in re.findall(r"\{cite[^}]*\}`([^`]*)`", "\n".join(texts))
        for key in group.split(",")
    }
    used = set()
    for cell in cells():
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and "claim(" in source:
            strings = (n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant))
            used |= {k for s in strings if isinstance(s, str) for k in s.split(", ")}
    assert cited <= set(sources.works())
    assert len(used & set(sources.works())) > 30
    assert set(sources.works()) <= cited | used


def test_the_five_lectures_keep_their_titles_and_are_translated():
    bibliography = tool.parse_file(str(tool.BIBLIOGRAPHY), bib_format="bibtex")
    for key in LECTURES:
        fields = bibliography.entries[key].fields
        assert re.fullmatch(r"\{[一-鿿]+ \[[A-Za-z ]+\]\}", fields["title"])
        assert "in Chinese" in fields["note"]
