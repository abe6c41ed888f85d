"""Sets the formulas in a claim's plain text as mathematics.

A claim is plain text, because notebooks print it and its address is made from it: "at least 4⁻⁹",
"2/(λmax + λmin)", "within 8e-9". On the site variables are slanted, exponents raised, and
powers of ten written out. Only what can be nothing else is taken for a formula.
"""

from __future__ import annotations

import html
import re
import string
from typing import NamedTuple

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵏᵗᶻⁿ", "0123456789+−ktzn", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢₜ", "0123456789it", strict=True))
UP, DOWN = "".join(RAISED), "".join(LOWERED)
SHORT = 30  # signs; a longer formula must stay free to break on narrow screens

# A number as programs print it: 8e-09
SCIENTIFIC = re.compile(r"(\d+(?:\.\d+)?)e([+-]?\d+)(?![\w.])")
NUMBER = re.compile(rf"\d+(?:,\d{{3}})*(?:\.\d+)?([{UP}]+)?(?![{UP}])")
# Greek letters, with what stands lowered behind λ; products of letters, one of them Greek
GREEK = re.compile(rf"[∇∂]?(?:[A-Za-z]?[α-ωΔΣ]+(?:max|min)?[A-Za-z]?|(?<=∇)[A-Z])([{DOWN}]*)(\*?)")
LETTER = re.compile(rf"[A-Za-z]([{DOWN}]*)([{UP}]*)(\*?)")
PRODUCT = re.compile(r"[b-df-hj-np-tv-z]{2}")  # two letters without a vowel are no word
FUNCTION = re.compile(r"ln|log|exp|min|max|[A-Za-z](?=\()")
OPERATOR = re.compile(r" ?[=≤≥<>≈] ?| [+−×÷·-] | ?/ ?")
UNITS = "smghKWVJB"
LETTERS = (*string.ascii_letters, "_")
AFTER = re.compile(r"[\w'’>]|[.-]\w")  # a letter with this behind it is a part of a word
BEFORE = re.compile(r"[\w'’.-]$")
WORD = re.compile(r"\w+(?:[.'’]\w+)*")
QUOTED = re.compile(r"(“[^”]*”)")


class Piece(NamedTuple):
    """A part of a formula: where it ends, its HTML, and whether it is certainly mathematics."""

    end: int
    html: str
    sure: bool


def typeset(text: str) -> str:
    """Return a plain text as HTML with its formulas set.

    Parameters
    ----------
    text : str
        What a claim says, or what was measured.

    Returns
    -------
    str
        Escaped. Each formula is a ``<span class="formula">`` with ``<var>``, ``<sup>`` and
        ``<sub>``. What a program says in quotation marks stays as it is.
    """
    parts = QUOTED.split(text)
    return "".join(html.escape(p) if n % 2 else _formulas(p) for n, p in enumerate(parts))


def _formulas(text: str) -> str:
    text = re.sub(r"(?<=\d) x (?=\d)", " × ", text)
    text = re.sub(r"(?<![^\s(\[:])-(?=\d)", "−", text)
    done, position = [], 0
    while position < len(text):
        piece = _expression(text, position) if _may_begin(text, position) else None
        if piece and piece.sure:
            kind = "formula" if piece.end - position <= SHORT else "formula long"
            done.append(f'<span class="{kind}">{piece.html}</span>')
            position = piece.end
        elif word := WORD.match(text, position):
            # As a whole, so that no part of it is taken for a letter.
            done.append(html.escape(word[0]))
            position = word.end()
        else:
            done.append(html.escape(text[position]))
            position += 1
    return "".join(done)


def _may_begin(text: str, position: int) -> bool:
    return not BEFORE.search(text[:position])


def _expression(text: str, position: int, inside: bool = False) -> Piece | None:
    """Return the longest formula that begins at a place: terms with operators between them."""
    left = _term(text, position)
    while left:
        operator = OPERATOR.match(text, left.end) or (inside and re.match(", ", text[left.end :]))
        if not operator:
            break
        sign = operator[0]
        right = _term(text, left.end + len(sign))
        if not right:
            break
        written = html.escape(sign.replace("-", "−"))
        left = Piece(right.end, f"{left.html}{written}{right.html}", left.sure or right.sure)
    return left


def _term(text: str, position: int) -> Piece | None:
    """Return factors that stand side by side, such as 2η or ln(1/δ)."""
    first = position + 1 if text[position : position + 1] == "−" else position
    whole = _factor(text, first)
    while whole and (more := _factor(text, whole.end, after=True)):
        whole = Piece(more.end, whole.html + more.html, whole.sure or more.sure)
    if whole and first > position:
        return whole._replace(html=f"−{whole.html}")
    return whole


def _factor(text: str, position: int, after: bool = False) -> Piece | None:
    rest = text[position:]
    if not after and (name := FUNCTION.match(rest)):
        group = _group(text, position + name.end())
        if group:
            shown = f"<var>{name[0]}</var>" if len(name[0]) == 1 else name[0]
            return Piece(group.end, shown + group.html, True)
    if rest[:1] == "√":
        under = _group(text, position + 1, bare=True) or _factor(text, position + 1)
        if under:
            return Piece(under.end, f'√<span class="radicand">{under.html}</span>', True)
    if rest[:1] in ("(", "|", "["):
        return _group(text, position)
    if not after and (found := SCIENTIFIC.match(rest)):
        return Piece(position + found.end(), _power_of_ten(*found.groups()), True)
    if not after and (found := NUMBER.match(rest)) and rest[found.end() :][:1] not in LETTERS:
        raised = found[1] or ""
        shown = found[0].removesuffix(raised) + _raised(raised)
        return _with_power(text, Piece(position + found.end(), shown, bool(raised)))
    if (found := GREEK.match(rest)) and not AFTER.match(rest[found.end() :]):
        return _with_power(text, Piece(position + found.end(), _greek(found[0]), True))
    if (found := LETTER.match(rest)) and not AFTER.match(rest[found.end() :]):
        return _letter(text, position, found)
    if (found := PRODUCT.match(rest)) and re.search(r"[−+=/] ?$", text[:position]):
        if not AFTER.match(rest[found.end() :]):
            shown = "".join(f"<var>{letter}</var>" for letter in found[0])
            return Piece(position + found.end(), shown, False)
    return None


def _letter(text: str, position: int, found: re.Match[str]) -> Piece | None:
    """Return a single letter as a variable: no article, no pronoun, no unit behind a number."""
    relation = re.match(r" [=≤≥<>≈] ", text[position + found.end() :])
    if found[0] in UNITS and re.search(r"\d ?$", text[:position]) and not relation:
        return None
    shown = f"<var>{found[0][0]}</var>{_lowered(found[1])}{_raised(found[2])}{found[3]}"
    return _with_power(text, Piece(position + found.end(), shown, found[0] not in "aAI"))


def _group(text: str, position: int, bare: bool = False) -> Piece | None:
    """Return what stands in brackets, if all of it is a formula; `bare` leaves them out."""
    brackets = {"(": ")", "|": "|", "[": "]"}
    opening = text[position : position + 1]
    if opening not in brackets:
        return None
    inner = _expression(text, position + 1, inside=True)
    if not inner or text[inner.end : inner.end + 1] != brackets[opening]:
        return None
    shown = inner.html if bare else f"{opening}{inner.html}{brackets[opening]}"
    return _with_power(text, Piece(inner.end + 1, shown, inner.sure))


def _with_power(text: str, base: Piece) -> Piece:
    if text[base.end : base.end + 1] != "^":
        return base
    power = _factor(text, base.end + 1)
    return Piece(power.end, f"{base.html}<sup>{power.html}</sup>", True) if power else base


def _greek(text: str) -> str:
    def set_part(part: re.Match[str]) -> str:
        letter, word, low, sign = part.groups()
        if letter:
            return letter if letter in "∇∂ΔΣ" else f"<var>{letter}</var>"
        return f"<sub>{word}</sub>" if word else _lowered(low) if low else sign

    return re.sub(rf"(?!max|min)(\w|[∇∂])(?<![{DOWN}])|(max|min)|([{DOWN}]+)|(\*)", set_part, text)


def _power_of_ten(factor: str, exponent: str) -> str:
    if float(factor) == 0:
        return "0"
    power = f"10<sup>{str(int(exponent)).replace('-', '−')}</sup>"
    return power if factor == "1" else f"{factor} × {power}"


def _raised(signs: str) -> str:
    shown = "".join(RAISED[sign] for sign in signs)
    shown = re.sub(r"([a-z])", r"<var>\1</var>", shown)
    return f"<sup>{shown}</sup>" if shown else ""


def _lowered(signs: str) -> str:
    shown = re.sub(r"([a-z])", r"<var>\1</var>", "".join(LOWERED[sign] for sign in signs))
    return f"<sub>{shown}</sub>" if shown else ""
