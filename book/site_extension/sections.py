"""The sections of the written pages as plain text, for the search and the glossary's index."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html import escape
from html.parser import HTMLParser
from xml.etree import ElementTree

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = HEADINGS | {"p", "li", "tr", "dt", "dd", "div", "figcaption", "table", "section"}
# What is no text of the book, or folded, or would be said twice.
LEFT_OUT = {
    "details", "form", "nav", "button", "figure-sweep", "js-figure", "thead", "small", "noscript"
}  # fmt: skip
LEFT_OUT_CLASSES = {
    "headerlink", "cell_input", "toctree-wrapper", "onlyprint", "dataframe", "math",
    "claim-verdict", "claim-link",
}  # fmt: skip
# The same, but most of a page: not even parsed.
UNREAD = re.compile(r"<(pre|script|style|svg)\b.*?</\1>", re.DOTALL)
FORMULA = re.compile(r'<span class="math">.*?(<math.*?</math>)', re.DOTALL)
SPAN = re.compile(r"<(/?)span\b")
MATHML = "{http://www.w3.org/1998/Math/MathML}"
RELATIONS = set("=≈≠<>≤≥≪≫←→+−±⋅×∈∼")
RAISED = str.maketrans("0123456789+−n⊤′∗*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵀ′**")
LOWERED = str.maketrans("0123456789+−ijknt", "₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₙₜ")
ACCENTS = {"^": "\u0302", "ˉ": "\u0304", "‾": "\u0304", "~": "\u0303", "˙": "\u0307"}


@dataclass
class Section:
    """A section without those inside it.

    Attributes
    ----------
    anchor, title : str
        Its id and its heading.
    lines : list of str
        Its paragraphs and captions, without code.
    claims : list of str
        The statements that it measures.
    """

    anchor: str
    title: str = ""
    lines: list[str] = field(default_factory=lambda: [""])
    claims: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All lines; each is a paragraph."""
        lines = (re.sub(r"\s+", " ", line).strip() for line in self.lines)
        return "\n".join(line for line in lines if line)


class SectionReader(HTMLParser):
    """Reads the sections of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[Section] = []
        self.open: list[Section] = []
        # The element that is left out or is a claim, and how many of its name are open inside it.
        self.skipped = ""
        self.claim = ""
        self.depth = 0
        self.heading = self.cell = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        if tag in VOID:
            return
        if self.skipped or self.claim:
            self.depth += tag in (self.skipped, self.claim)
            return
        given = dict(attributes)
        classes = set((given.get("class") or "").split())
        if tag == "section" and given.get("id"):
            self.open.append(Section(given["id"]))
            self.sections.append(self.open[-1])
        elif not self.open:
            return
        elif "claim-statement" in classes:
            self.claim, self.depth = tag, 1
            self.open[-1].claims.append("")
        elif tag in LEFT_OUT or classes & LEFT_OUT_CLASSES:
            self.skipped, self.depth = tag, 1
        elif tag in HEADINGS:
            self.heading = True
        elif tag == "td":
            self.cell = True
            if self.open[-1].lines[-1].strip():
                self.open[-1].lines[-1] += " · "
        elif tag in BLOCKS and not self.cell:
            self.open[-1].lines.append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if self.skipped or self.claim:
            self.depth -= tag in (self.skipped, self.claim)
            if not self.depth:
                self.skipped = self.claim = ""
            return
        if not self.open:
            return
        if tag == "section":
            self.open.pop()
        elif tag in HEADINGS:
            self.heading = False
        elif tag == "td":
            self.cell = False
        if self.open and tag in BLOCKS and not self.cell:
            self.open[-1].lines.append("")

    def handle_data(self, data: str) -> None:
        """Read text."""
        if self.claim:
            self.open[-1].claims[-1] += data
        elif self.open and not self.skipped:
            if self.heading:
                self.open[-1].title += data
            else:
                self.open[-1].lines[-1] += data


def read_sections(page: str) -> list[Section]:
    """Return the sections of a page in their order.

    Parameters
    ----------
    page : str
        HTML, as the book writes it: with formulas that KaTeX has rendered.

    Returns
    -------
    list of Section
        Formulas in the text are plain text as well; those that stand alone are left out.
    """
    _, _, article = page.partition("<article")
    reader = SectionReader()
    reader.feed(with_typed_formulas(UNREAD.sub("", article)))
    reader.close()
    return reader.sections


def with_typed_formulas(article: str) -> str:
    """Put plain text in the place of each formula that stands in a line."""
    parts = []
    end = 0
    while match := FORMULA.search(article, end):
        parts += [article[end : match.start()], escape(formula(match[1]))]
        depth = 0
        for span in SPAN.finditer(article, match.start()):
            depth += -1 if span[1] else 1
            if not depth:
                end = article.index(">", span.end()) + 1
                break
        else:
            raise ValueError("a formula does not end")
    return "".join([*parts, article[end:]])


@cache
def formula(mathml: str) -> str:
    """Return a formula as it would be typed in one line.

    Parameters
    ----------
    mathml : str
        An element ``math``, as KaTeX writes it.

    Returns
    -------
    str
        For example "2/λmax" or "√d"; letters that Unicode has are raised or lowered.
    """
    text = re.sub(r"\s+", " ", typed(ElementTree.fromstring(mathml))).strip()
    # A sign, not a difference.
    text = re.sub(r"(^|[(\[,=<>≈≤≥/^]) ?([−+±]) ", r"\1\2", text)
    return re.sub(r"(?<=[(\[]) | (?=[)\],])", "", text)


def typed(node: ElementTree.Element) -> str:
    """Return an element of MathML as plain text."""
    tag = node.tag.removeprefix(MATHML)
    if tag in ("annotation", "mspace"):
        return "" if tag == "annotation" else " "
    parts = [typed(child) for child in node]
    if tag == "mfrac":
        return "/".join(grouped(part) for part in parts) + " "
    if tag in ("msqrt", "mroot"):
        return f"√{grouped(parts[0])}"
    if tag in ("msub", "munder"):
        return parts[0] + shifted(parts[1], LOWERED, "")
    if tag in ("msup", "mover"):
        if tag == "mover" and parts[1] in ACCENTS:
            return parts[0] + ACCENTS[parts[1]]
        return parts[0] + shifted(parts[1], RAISED, "^")
    if tag in ("msubsup", "munderover"):
        return parts[0] + shifted(parts[1], LOWERED, "") + shifted(parts[2], RAISED, "^")
    text = (node.text or "").replace("\u2061", " ") + "".join(parts)
    return f" {text} " if tag == "mo" and text in RELATIONS else text


def shifted(text: str, table: dict[int, int], sign: str) -> str:
    """Return a raised or lowered part, after a sign if Unicode has not all of its letters."""
    text = "".join(text.split())
    if all(ord(letter) in table for letter in text):
        return text.translate(table)
    return f"{sign}{grouped(text)}" if sign else text


def grouped(text: str) -> str:
    """Return a part in parentheses, unless it is one number, name or letter."""
    text = text.strip()
    return text if re.fullmatch(r"[\w.⁰-₟]+|\(.*\)", text) else f"({text})"
