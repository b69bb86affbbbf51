"""Measures one document: recall, order, cells, figures, invented and leaked text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sinkqa.eval.roundtrip.aligning import Alignment, Found
from sinkqa.eval.roundtrip.stored import Stored, canonical, word_borders
from sinkqa.eval.roundtrip.truth import CellTruth, Excluded, Truth, Unit
from sinkqa.ingest.document import Document
from sinkqa.ingest.passage import Passage

_BLOCK = {"heading": "heading", "note": "footnote", "item": ""}
_FIGURE = re.compile(r"\d+(?:[.,/]\d+)*(?:\^-?\d+)?%?")
_WORD = re.compile(r"[^\W_]+")
_TELLING = 4  # characters from which a word inside others says where they are from


@dataclass(frozen=True, slots=True)
class Fault:
    """One reading error: its kind, the expected text and the stored text."""

    measure: str
    kind: str
    expected: str
    stored: str


@dataclass(slots=True)
class Tally:
    """Counts of one document by measure: how many items are right, and how many there are.

    ``faults``: the differences.
    """

    right: dict[str, int] = field(default_factory=dict)
    of: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def counted(self) -> list[Fault]:
        """The faults that make a document fail.

        Faults in heading levels and in spaces are reported but do not count.
        """
        return [fault for fault in self.faults if fault.measure not in ("structure", "spaces")]

    def add(self, measure: str, right: int, of: int) -> None:
        """Adds counts to a measure."""
        self.right[measure] = self.right.get(measure, 0) + right
        self.of[measure] = self.of.get(measure, 0) + of


def measure(truth: Truth, document: Document, passages: Sequence[Passage]) -> Tally:
    """Compares a stored document with its known truth.

    The measures:

    - ``recall``: characters of units that were found
    - ``order``: neighbouring units of one flow that are in order
    - ``figures``: numbers with intact powers, in the unit that they belong to
    - ``spaces``: spaces between English words, in the unit that they belong to
    - ``cells``: values that a row passage gives with their labels, headers, caption and unit
    - ``structure``: headings with their level, and items with their mark
    - ``invented``: characters of the body that no unit has
    - ``leaked``: characters of the body that come from excluded text
    """
    stored, tally = Stored(document), Tally()
    alignment = Alignment([unit.text for unit in truth.units], stored)
    for unit, found in zip(truth.units, alignment.found, strict=True):
        _count(tally, unit, found, stored)
    _order(tally, truth.units, alignment.found)
    _structure(tally, truth.units, alignment.found, stored)
    _left_over(tally, truth, alignment, stored)
    rows = [_RowPassage(passage) for passage in passages if passage.kind == "row"]
    for cell in truth.cells:
        _cell(tally, cell, rows)
    return tally


def _count(tally: Tally, unit: Unit, found: Found, stored: Stored) -> None:
    if not found.places and unit.may_be_named and stored.document.warnings:
        return
    near = _near(found, stored)
    tally.add("recall", found.chars, len(found.text))
    if found.chars < len(found.text):
        tally.faults.append(Fault("recall", unit.kind, unit.text, near))
    if found.exact and unit.text.isascii():
        _spaces(tally, unit, found, stored)
    figures = _FIGURE.findall(found.text)
    held = stored.text[found.places[0][0] : found.places[-1][1]] if found.places else ""
    lost = [figure for figure in figures if figure not in _FIGURE.findall(held)] if not found.exact else []
    tally.add("figures", len(figures) - len(lost), len(figures))
    if lost:
        tally.faults.append(Fault("figures", unit.kind, f"{', '.join(lost)} in: {unit.text}", near))


def _spaces(tally: Tally, unit: Unit, found: Found, stored: Stored) -> None:
    """Spaces between words of a text that has such: those in both of those in either."""
    start, end = found.places[0]
    wanted = {*word_borders(unit.text, found.text, start)} - {start, end}
    got = {at for at in stored.words if start < at < end}
    if not wanted and not got:
        return
    tally.add("spaces", len(wanted & got), len(wanted | got))
    if wanted != got:
        tally.faults.append(Fault("spaces", unit.kind, unit.text, _near(found, stored)))


def _near(found: Found, stored: Stored) -> str:
    """The stored blocks that a unit was found in."""
    return " ⏎ ".join(dict.fromkeys(stored.at(start).said for start, _ in found.places)) or "(nothing)"


def _order(tally: Tally, units: Sequence[Unit], found: Sequence[Found]) -> None:
    for flow in ("body", "notes"):
        there = [(u, f) for u, f in zip(units, found, strict=True) if u.flow == flow and f.places]
        for (above, first), (below, second) in pairwise(there):
            right = first.places[0][0] < second.places[0][0]
            tally.add("order", right, 1)
            if not right:
                tally.faults.append(Fault("order", below.kind, f"{above.text} ⏎ {below.text}", "the other way round"))


def _structure(tally: Tally, units: Sequence[Unit], found: Sequence[Found], stored: Stored) -> None:
    """Headings of one level share a level, below that of those above them; notes are such; items begin a block."""
    there = [
        (unit, got, got.start == place.places[0][0])
        for unit, place in zip(units, found, strict=True)
        if unit.role in _BLOCK and place.places
        for got in [stored.at(place.places[0][0])]
    ]
    levels = _levels([(unit.level, got.level) for unit, got, _ in there if unit.role == "heading" == got.kind])
    for unit, got, begins in there:
        right = begins if unit.role == "item" else got.kind == _BLOCK[unit.role]
        right = right and (unit.role != "heading" or levels[unit.level] == got.level)
        tally.add("structure", right, 1)
        if not right:
            expected = f"{unit.role} {levels.get(unit.level, '') if unit.role == 'heading' else ''}: {unit.text}"
            tally.faults.append(Fault("structure", unit.kind, expected, f"{got.kind} {got.level}: {got.said}"))


def _levels(pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
    """For each level of the truth the stored level that stands for it; -1 where it is none below the one above."""
    levels: dict[int, int] = {}
    above = -1
    for level in sorted({level for level, _ in pairs}):
        usual = Counter(got for wanted, got in pairs if wanted == level).most_common(1)[0][0]
        levels[level] = usual if usual > above else -1
        above = max(above, usual)
    return levels


def _left_over(tally: Tally, truth: Truth, alignment: Alignment, stored: Stored) -> None:
    """Counts the stored text that belongs to no unit. It is leaked if it is excluded text, else invented."""
    excluded = sorted(((canonical(each.text), each) for each in truth.excluded), key=lambda pair: -len(pair[0]))
    for text in sorted({canonical(text) for text in truth.allowed}, key=len, reverse=True):
        _drop(text, alignment, stored)
    tally.add("invented", 0, len(stored.text))
    tally.add("leaked", 0, sum(len(text) for text, _ in excluded))
    for start, end in list(alignment.left()):
        text = stored.text[start:end]
        if not _WORD.search(text):
            continue
        source = _source(text, excluded)
        chars = sum(len(word) for word in _WORD.findall(text))
        tally.add("leaked" if source else "invented", chars, 0)
        said = stored.at(start).said
        fault = Fault("leaked", source.kind, f"without: {text}", said) if source else None
        tally.faults.append(fault or Fault("invented", "", f"without: {text}", said))


def _drop(text: str, alignment: Alignment, stored: Stored) -> None:
    for start, end in list(alignment.left()):
        at = stored.text.find(text, start, end) if text else -1
        while at >= 0:
            alignment.take(at, at + len(text))
            at = stored.text.find(text, at + len(text), end)


def _source(text: str, excluded: Sequence[tuple[str, Excluded]]) -> Excluded | None:
    """The excluded text that a left-over stretch belongs to: it has the stretch's characters in order, or is in it."""
    words = "".join(_WORD.findall(text))
    for whole, each in excluded:
        bare = "".join(_WORD.findall(whole))
        if bare and (_within(words, bare) or (bare in words and len(bare) >= _TELLING)):
            return each
    return None


def _within(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(char in rest for char in part)


class _RowPassage:
    """A row passage, for comparison."""

    def __init__(self, passage: Passage) -> None:
        self.shown, self.text = passage.text, canonical(passage.text)
        self.units = [(canonical(each.text), canonical(each.label), each) for each in passage.units]


def _cell(tally: Tally, cell: CellTruth, rows: Sequence[_RowPassage]) -> None:
    text, caption, unit = canonical(cell.text), canonical(cell.caption), canonical(cell.unit)
    labels, headers = [canonical(each) for each in cell.labels], [canonical(each) for each in cell.headers]
    right = any(
        all(part in row.text for part in (caption, unit, *labels)) and _has(row, text, labels, headers) for row in rows
    )
    tally.add("cells", right, 1)
    if not right:
        expected = f"{cell.caption}: {' '.join(cell.labels)} · {' '.join(cell.headers)} = {cell.text} {cell.unit}"
        tally.faults.append(Fault("cells", cell.kind, expected, next(_likely(cell, labels, headers, rows), "(no row)")))


def _has(row: _RowPassage, text: str, labels: Sequence[str], headers: Sequence[str]) -> bool:
    return any(said == text and _is_label(label, labels, headers) for said, label, _ in row.units)


def _is_label(label: str, labels: Sequence[str], headers: Sequence[str]) -> bool:
    """Whether a cell's label names all headers, and nothing but them and labels of the row."""
    rest = label
    for header in headers:
        if header not in rest:
            return False
        rest = rest.replace(header, "", 1)
    for side in labels:
        rest = rest.replace(side, "", 1)
    return not _WORD.search(rest)


def _likely(
    cell: CellTruth, labels: Sequence[str], headers: Sequence[str], rows: Sequence[_RowPassage]
) -> Iterator[str]:
    """Rows that come near a lost cell: with its labels, else with its value."""
    text = canonical(cell.text)
    near = [row for row in rows if all(label in row.text for label in labels)]
    for row in [*near, *rows]:
        for said, label, shown in row.units:
            if said == text or (headers and headers[-1] in label and row in near):
                yield f"{shown.label} = {shown.text}; the row: {row.shown[:160]}"
