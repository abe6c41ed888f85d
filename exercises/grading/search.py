"""Looks for the released notebook's cells in a student's copy, whatever has become of it."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from nbformat import NotebookNode

ALIKE = 0.6  # the least likeness at which a nameless cell counts as a changed copy
SAME_TEXT = 0.85  # the least likeness at which a text is the statement, not an answer written there
DEFINED = re.compile(
    r"^(?:async[ ]+)?(?:def|class)[ ]+(\w+)|^([^\W\d]\w*(?:, ?[^\W\d]\w*)*) ?(?::[^=\n]*)?=(?!=)",
    re.MULTILINE,
)


class Search:
    """Looks for the released cells among those of a submission.

    Parameters
    ----------
    cells : list of NotebookNode
        The student's.
    released : list of NotebookNode
        Those that were handed out.

    Attributes
    ----------
    found : dict
        The student's cell for each ``grade_id``.
    home : dict
        For answers that were given in another answer's cell: that cell.
    statements : dict
        The released cell without marks that a student's cell is a copy of, by the ``id`` of the
        object.
    needless : set
        The ``id`` of unchanged copies beside an answer.
    notes : list of str
        What was amiss.
    """

    def __init__(self, cells: list[NotebookNode], released: list[NotebookNode]) -> None:
        self.cells, self.released = cells, released
        self.found: dict[str, NotebookNode] = {}
        self.home: dict[str, NotebookNode] = {}
        self.statements: dict[int, NotebookNode] = {}
        self.needless: set[int] = set()
        self.notes: list[str] = []
        self.claims: dict[str, list[NotebookNode]] = {
            name: [] for cell in released if (name := grade_id(cell))
        }
        by_id = {cell.get("id"): grade_id(cell) for cell in released if grade_id(cell)}
        sources = Counter(cell.source.strip() for cell in released)
        by_source = {
            (cell.cell_type, cell.source.strip()): grade_id(cell)
            for cell in released
            if grade_id(cell) and sources[cell.source.strip()] == 1
        }
        self.nameless: list[NotebookNode] = []
        marks = Counter()
        for cell in cells:
            name = grade_id(cell)
            marks[name] += 1
            if name not in self.claims:
                number = cell.get("id")
                name = by_id.get(number) if isinstance(number, str) else None
            name = name or by_source.get((cell.cell_type, cell.source.strip()))
            if name:
                self.claims[name].append(cell)
            elif cell.source.strip():
                self.nameless.append(cell)
        self.stripped = not any(marks[name] for name in self.claims)
        if self.stripped:
            self.notes.append("the marks of all cells were lost; they were found by their texts")
        self.find_statements()

    def find_statements(self) -> None:
        """Find the released cells without marks, between which the answers stand."""
        for original in self.released:
            alike = [] if grade_id(original) else self.nameless
            alike = [cell for cell in alike if cell.cell_type == original.cell_type]
            best = max(alike, key=lambda cell: likeness(cell, original), default=None)
            if best is not None and likeness(best, original) >= SAME_TEXT:
                self.statements[id(best)] = original
                self.take(best)

    def take(self, cell: NotebookNode) -> None:
        """Keep a cell from being found a second time."""
        self.nameless = [other for other in self.nameless if other is not cell]

    def keep(self, original: NotebookNode, cell: NotebookNode, how: str) -> None:
        """Note which cell was found."""
        name = grade_id(original)
        self.found[name] = cell
        claims = self.claims[name]
        if how:
            self.notes.append(f"{name}: {how}")
        elif len(claims) > 1:
            kind = "last one that was changed" if is_answer(original) else "unchanged one"
            self.notes.append(f"{name}: {len(claims)} cells claim to be it; the {kind} counts")
        elif grade_id(cell) != name and not self.stripped:
            self.notes.append(f"{name}: its marks were lost")
        if is_answer(original) and changed(cell, original):
            self.needless |= {id(other) for other in claims if not changed(other, original)}
        self.take(cell)

    def miss(self, original: NotebookNode, how: str = "the cell is missing") -> None:
        """Note that no cell was found."""
        self.notes.append(f"{grade_id(original)}: {how}")

    def locked(self, original: NotebookNode) -> None:
        """Find a cell that students do not write in."""
        claims = self.claims[grade_id(original)]
        # A changed copy of a check is where somebody tried something out.
        claims = sorted(claims, key=lambda cell: changed(cell, original))
        if claims:
            self.keep(original, claims[0], "")
            return
        alike = [cell for cell in self.nameless if cell.cell_type == original.cell_type]
        best = max(alike, key=lambda cell: likeness(cell, original), default=None)
        if best is not None and likeness(best, original) >= ALIKE:
            self.keep(original, best, "its marks were lost; it was found by its text")
        else:
            self.miss(original)

    def code(self, original: NotebookNode) -> None:
        """Find an answer in code, which is wherever its names are defined."""
        name = grade_id(original)
        claims = self.claims[name]
        answers = [cell for cell in claims if changed(cell, original)]
        answers = [cell for cell in answers if cell.cell_type == "code"]
        if answers:
            self.keep(original, answers[-1], "")
            return
        definer = self.definer(original)
        if definer is None and not claims:
            alike = [cell for cell in self.nameless if cell.cell_type == "code"]
            best = max(alike, key=lambda cell: likeness(cell, original), default=None)
            definer = best if best is not None and likeness(best, original) >= ALIKE else None
        if definer is None and claims:
            self.keep(original, claims[0], "")
        elif definer is None:
            self.miss(original)
        elif any(definer is cell for cell in self.nameless):
            how = "the answer was found in another cell" if claims else "it was found by its text"
            self.keep(original, definer, how)
        else:
            self.needless |= {id(cell) for cell in claims}
            self.home[name] = definer
            self.miss(original, "it was answered in the cell of another answer")

    def definer(self, original: NotebookNode) -> NotebookNode | None:
        """Return the cell that defines the names of an answer, if any does."""
        names = defined(original.source)
        own = self.place_of_check(original)
        best, best_key = None, (0.0, False, 0)
        untouched = {
            id(cell)
            for other in self.released
            for cell in self.claims.get(grade_id(other), [])
            if is_check(other) or not changed(cell, other)
        }
        for place, cell in enumerate(self.cells):
            if cell.cell_type != "code" or id(cell) in untouched:
                continue
            share = len(names & defined(cell.source)) / max(len(names), 1)
            # Behind its check somebody may have used a name for something else.
            key = (share, place < own, place)
            if share and key > best_key:
                best, best_key = cell, key
        return best

    def place_of_check(self, original: NotebookNode) -> int:
        """Return where the first check behind an answer stands in the submission."""
        at = next(i for i, cell in enumerate(self.released) if cell is original)
        for cell in self.released[at:]:
            if is_check(cell) and grade_id(cell) in self.found:
                return self.place(self.found[grade_id(cell)])
        return len(self.cells)

    def place(self, cell: NotebookNode) -> int:
        """Return where a cell stands in the submission."""
        return next(i for i, other in enumerate(self.cells) if other is cell)

    def texts(self) -> None:
        """Find the answers in words. Without marks only their place tells what they answer."""
        groups: dict[tuple[int, int], list[NotebookNode]] = {}
        for original in self.released:
            if not is_answer(original) or original.cell_type == "code":
                continue
            answers = [c for c in self.claims[grade_id(original)] if changed(c, original)]
            answers = [cell for cell in answers if cell.cell_type != "code"]
            if answers:
                self.keep(original, answers[-1], "")
        for original in self.released:
            if is_answer(original) and original.cell_type != "code":
                if grade_id(original) not in self.found:
                    groups.setdefault(self.between(original), []).append(original)
        for (first, last), originals in groups.items():
            texts = [
                cell
                for cell in self.cells[first:last]
                if cell.cell_type != "code" and any(cell is other for other in self.nameless)
            ]
            # Besides his answer somebody may have written a line or a heading.
            longest = sorted(texts, key=lambda cell: len(cell.source))[-len(originals) :]
            texts = [cell for cell in texts if any(cell is other for other in longest)]
            for original in originals:
                claims = self.claims[grade_id(original)]
                if texts:
                    self.keep(original, texts.pop(0), "it was found by its place")
                elif claims:
                    self.keep(original, claims[0], "")
                else:
                    self.miss(original)

    def between(self, original: NotebookNode) -> tuple[int, int]:
        """Return the stretch of the submission in which a released cell should be."""
        places = {id(cell): self.place_of(cell) for cell in self.released}
        at = next(i for i, cell in enumerate(self.released) if cell is original)
        before = [p for cell in self.released[:at] if (p := places[id(cell)]) is not None]
        after = [p for cell in self.released[at + 1 :] if (p := places[id(cell)]) is not None]
        return (before[-1] + 1 if before else 0), (after[0] if after else len(self.cells))

    def place_of(self, original: NotebookNode) -> int | None:
        """Return where a released cell was found; None if it was not."""
        if name := grade_id(original):
            return self.place(self.found[name]) if name in self.found else None
        for place, cell in enumerate(self.cells):
            if self.statements.get(id(cell)) is original:
                return place
        return None


def grade_id(cell: NotebookNode) -> str | None:
    """Return the name that nbgrader knows a cell by."""
    marks = cell.metadata.get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    return name if isinstance(name, str) else None


def is_answer(original: NotebookNode) -> bool:
    """Tell whether a released cell is one that students write in."""
    return bool(original.metadata.get("nbgrader", {}).get("solution"))


def is_check(original: NotebookNode) -> bool:
    """Tell whether a released cell grades the answer before it."""
    return bool(original.metadata.get("nbgrader", {}).get("grade")) and not is_answer(original)


def changed(cell: NotebookNode, original: NotebookNode) -> bool:
    """Tell whether a student has written something into a cell."""
    return cell.source.strip() != original.source.strip()


@lru_cache(maxsize=1000)
def words(source: str) -> Counter[str]:
    """Return how often each word stands in a text."""
    return Counter(re.findall(r"\w+", source))


def likeness(cell: NotebookNode, original: NotebookNode) -> float:
    """Return how much two cells have in common, from 0 to 1.

    It takes time in proportion to their length only: a student's cell can be a megabyte.
    """
    one, other = words(cell.source), words(original.source)
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)


@lru_cache(maxsize=1000)
def defined(source: str) -> frozenset[str]:
    """Return the names that code defines, also where it has an error."""
    names = [one or many for one, many in DEFINED.findall(source)]
    return frozenset(name for text in names for name in re.split(", ?", text))
