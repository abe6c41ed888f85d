"""The glossary's page, and the index on it."""

import re

import tomllib
from built_site import CHAPTERS, ROOT, ids, resolve, soup

PAGE = "book/glossary.html"
TERMS = tomllib.loads((ROOT / "book" / "glossary.toml").read_text("utf8"))["term"]


def entries():
    page = soup(PAGE)
    return list(zip(page.select("dl.terms > dt"), page.select("dl.terms > dd"), strict=True))


def test_every_term_has_its_names_and_an_explanation():
    assert 90 <= len(TERMS) == len(entries())
    for term, (head, body) in zip(TERMS, entries(), strict=True):
        assert head.dfn.get_text() == term["name"]
        assert re.search("[\u4e00-\u9fff]", term["chinese"]) or "算法" in term["chinese"]
        assert head.find(lang="zh-Hans").get_text() == term["chinese"]
        text = body.p.get_text()
        assert text == term["text"] and re.fullmatch(r"[A-Z“].{20,230}[.)]", text), text


def test_names_are_sorted_and_mean_one_term():
    names = [term["name"].lower() for term in TERMS]
    assert names == sorted(names)
    every = [
        re.sub(r"\W", "", name).lower()
        for term in TERMS
        for name in (term["name"], term["chinese"], *term.get("also", []), *term.get("asked", []))
    ]
    assert not {name for name in every if every.count(name) > 1}


def test_every_term_leads_to_where_it_is_explained():
    for term, (_, body) in zip(TERMS, entries(), strict=True):
        links = body.select(".terms-sections a")
        target, anchor = resolve(PAGE, links[0]["href"])
        page, section = term["where"].split("#")
        assert target.is_file() and target.stem == page.split("/")[-1] and anchor == section
        hrefs = [link["href"] for link in links]
        assert len(hrefs) == len(set(hrefs))


def test_the_index_names_the_sections_that_use_a_term():
    """Counted here once more, by a plainer rule: a section in the index does mention the term."""
    used = 0
    for term, (_, body) in zip(TERMS, entries(), strict=True):
        plain = [re.sub(r"[\s-]", "", n).lower() for n in (term["name"], *term.get("also", []))]
        for link in body.select(".terms-sections a")[1:]:
            target, anchor = resolve(PAGE, link["href"])
            page = next(name for name in CHAPTERS if target.as_posix().endswith(name))
            assert anchor in ids(page)
            text = soup(page).find(id=anchor).get_text()
            text = re.sub(r"[\s-]", "", text.replace("ies ", "y ")).lower()
            assert any(name.rstrip("s") in text for name in plain), (term["name"], link["href"])
            used += 1
    assert used > len(TERMS)
