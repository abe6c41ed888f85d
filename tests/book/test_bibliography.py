"""The bibliography's form, and its links back, on a small site."""

import re

import pytest
from pybtex.database import parse_string
from pybtex.plugin import find_plugin
from site_extension.bibliography import AuthorYear
from sphinx.errors import SphinxWarning
from test_site_extension import CARDS, Site, chapter

pytestmark = pytest.mark.filterwarnings("error")


def shown(entry):
    [entry] = parse_string(entry, "bibtex").entries.values()
    text = AuthorYear().format_entry("", entry).text
    return text.render(find_plugin("pybtex.backends", "html")()).replace("&nbsp;", " ")


@pytest.mark.parametrize(
    ("entry", "begin", "end"),
    [
        (
            "@article{a, author={Polyak, Boris T.}, title={Some Methods}, journal={J}, volume={4},"
            " number={5}, pages={1--17}, year={1964}, doi={10.1016/x(64)90137-5}}",
            "Polyak, Boris T. (1964).\nSome methods.\n<em>J</em>, 4(5):1–17.",
            '<a href="https://doi.org/10.1016/x(64)90137-5">doi:10.1016/x(64)90137-5</a>.',
        ),
        (
            "@inproceedings{b, author={van Dam, A. and Lu, B. and Wu, C.}, title={Deep},"
            " booktitle={Proc}, pages={3--4}, year={2015}, eprint={1502.01852}}",
            "van Dam, A., B. Lu, and C. Wu (2015).\nDeep.\nIn <em>Proc</em>, pages 3–4.",
            '<a href="https://arxiv.org/abs/1502.01852">arXiv:1502.01852</a>.',
        ),
        (
            "@book{c, author={One, A. and Two, B.}, title={A Book}, publisher={P}, edition={2nd},"
            " year={2008}, url={https://www.deep.org}}",
            "One, A., and B. Two (2008).\n<em>A Book</em>.\nP, 2nd edition.",
            '<a href="https://www.deep.org">deep.org</a>.',
        ),
        (
            "@techreport{d, author={Beale, E.}, title={T}, institution={I}, number={25},"
            " year={1958}}",
            "Beale, E. (1958).\nT.\nTechnical report 25, I.",
            "",
        ),
    ],
)
def test_an_entry_begins_with_authors_and_year_and_ends_with_the_paper(entry, begin, end):
    text = shown(entry).replace("&ndash;", "–").replace('<span class="bibtex-protected">', "")
    assert text.replace("</span>", "").startswith(begin)
    assert text.endswith(end)


class Cited(Site):
    """A small site with the book's bibliography."""

    def __init__(self, root):
        super().__init__(root)
        conf = self.source / "conf.py"
        conf.write_text(
            conf.read_text().replace("'site_extension.evidence'",
                                     "'site_extension.evidence', 'site_extension.bibliography'")
            + "bibtex_reference_style = 'author_year'\n"
        )  # fmt: skip
        cited = chapter("Alpha", CARDS[2]) + "\nAs :cite:`baur1983` and :cite:`lecun1998` say.\n"
        self.write({"chapters/alpha": cited})

    def entry(self, key):
        return self.page("works").find(id=f"cite-{key}")

    def places(self, key):
        found = self.entry(key).select(".citation-places a")
        return [(a["href"], a.get_text(), a["aria-label"]) for a in found]


ZETA = "chapters/zeta.html#claim-waiting-i-helps-i"


@pytest.fixture
def cited(tmp_path):
    return Cited(tmp_path).build()


def test_a_work_leads_back_to_texts_and_claims(cited):
    alpha = cited.page("chapters/alpha").select(".bibtex-citation")
    assert cited.places("baur1983") == [
        (ZETA, "claim", "Zeta & more, claim"),
        (f"chapters/alpha.html#{alpha[0]['id']}", "text", "Alpha, text"),
    ]
    assert cited.entry("baur1983").select_one(".citation-places").get_text() == (
        "Cited in Zeta & more: claim; Alpha: text."
    )
    assert not cited.entry("he2015").select(".citation-places")
    assert not cited.page("works").select(".citation .label")


def test_places_are_counted_where_there_are_several(cited):
    text = chapter("Alpha") + "\n:cite:`baur1983`, and :cite:`he2015,baur1983`.\n"
    cited.write({"chapters/alpha": text})
    cited.build()
    assert [text for _, text, _ in cited.places("baur1983")] == ["claim", "text\xa01", "text\xa02"]
    cited.write({"chapters/alpha": chapter("Alpha")})
    cited.build()
    assert [href for href, _, _ in cited.places("baur1983")] == [ZETA]


def test_letters_tell_works_of_one_year_apart_in_every_build(cited):
    for _ in range(2):
        text = cited.page("chapters/alpha").get_text()
        assert "LeCun et al., 1998b" in text and "Baur and Strassen, 1983]" in text
        assert "(1998a). Efficient" in cited.entry("lecun1998efficient").get_text()
        again = cited.source.joinpath("chapters/alpha.rst").read_text() + "\nMore.\n"
        cited.write({"chapters/alpha": again})
        cited.build()


def test_works_are_sorted_by_author_then_year(cited):
    names = [entry.get_text().strip() for entry in cited.page("works").select(".citation")]
    first = [re.split(r",| \(", name)[0].lower() for name in names]
    assert first == sorted(first) and len(names) == 100


def test_a_key_that_is_not_there_breaks_the_build(tmp_path):
    site = Cited(tmp_path)
    site.write({"chapters/alpha": chapter("Alpha") + "\n:cite:`nobody1900`\n"})
    with pytest.raises(SphinxWarning, match="nobody1900"):
        site.build()
