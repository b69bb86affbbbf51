"""The known content of a made document: its units in order, its table cells, and text that does not belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Form = Literal["plain", "bold", "raised", "lowered", "fraction", "mark", "struck", "inserted", "hidden"]
Role = Literal["heading", "paragraph", "item", "caption", "cell", "note", "formula", "value"]
Flow = Literal["body", "beside", "notes", "form"]
"""A flow: neighbouring units of one flow have an order.

A caption may stand above or below its table, and notes at the foot of the page or at the end.
"""

_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MAY_BE_NAMED = frozenset({"vertical text", "typed notes"})
"""Kinds that a reader may leave out if a warning says so."""
_NOT_TEXT = frozenset({"mark", "struck", "hidden"})


@dataclass(frozen=True, slots=True)
class TextRun:
    """Text in one form. A ``fraction`` is "44/12"; a ``mark`` refers to a note; ``struck`` is no longer valid."""

    text: str
    form: Form = "plain"

    @property
    def linear(self) -> str:
        """The part of the run that belongs to the text, on one line: 10⁹, CO₂, 44/12. Else ""."""
        if self.form in _NOT_TEXT:
            return ""
        if self.form == "raised":
            return self.text.translate(_RAISED)
        return self.text.translate(_LOWERED) if self.form == "lowered" else self.text


Runs = tuple[TextRun, ...]


def plain(text: str) -> Runs:
    """Makes one plain run of a text."""
    return (TextRun(text),)


_BASE = re.compile(r"[A-Za-z]+$|[0-9.]+$")


def with_bases(runs: Sequence[TextRun]) -> Iterator[tuple[TextRun, str]]:
    """Yields each run with its base. The base of a raised run is the word or figure before it; other runs have "".

    The run before a raised one loses that word.
    """
    for place, run in enumerate(runs):
        above = runs[place + 1] if place + 1 < len(runs) else None
        base = _BASE.search(run.text) if above and above.form == "raised" and run.form == "plain" else None
        before = _BASE.search(runs[place - 1].text) if place and run.form == "raised" else None
        yield TextRun(run.text[: base.start()], run.form) if base else run, before[0] if before else ""


def linear(runs: Sequence[TextRun]) -> str:
    """Returns the text of the runs on one line."""
    return "".join(run.linear for run in runs)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. Level 0 is the document's title. ``size`` is in points; 0 leaves it to the layout."""

    level: int
    text: str
    kind: str = "plain"
    size: float = 0.0
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph with the notes to which it refers, as (mark, text)."""

    runs: Runs
    kind: str = "plain"
    notes: tuple[tuple[str, str], ...] = ()
    role: Role = "paragraph"
    flow: Flow = "body"


@dataclass(frozen=True, slots=True)
class ListItem:
    """A list item as printed.

    ``mark``: the printed mark, such as "3.". ``style``: Word's name of the number format. ``around``: the text around
    the number. The ``first`` item of a list has the number at which the list starts.
    """

    mark: str
    runs: Runs
    kind: str = "list"
    number: int = 1
    style: str = "decimal"
    around: str = "%1."
    depth: int = 1
    first: bool = False


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A table cell. ``row`` and ``column`` give its top left corner."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


Rules = Literal["full", "booktabs", "rows", "groups", "none"]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Its first rows are headers, its first columns labels. ``unit`` is a separate line, or ""."""

    caption: str
    places: tuple[PlacedCell, ...]
    header_rows: int = 1
    label_columns: int = 1
    unit: str = ""
    remark: str = ""
    kind: str = "table"
    rules: Rules = "full"
    below: bool = False
    sideways: bool = False
    alone: bool = False  # begins low on a page, so that it goes on on the next

    @property
    def n_rows(self) -> int:
        """The number of rows, header rows included."""
        return max(place.row + place.row_span for place in self.places)

    @property
    def n_columns(self) -> int:
        """The number of columns, label columns included."""
        return max(place.column + place.column_span for place in self.places)


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a form: its label and the value filled in."""

    label: str
    value: str
    kind: str = "form values"


Piece = Heading | Text | ListItem | Grid | Field


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of text that a reader sees. ``may_be_named``: a warning of the document may replace it."""

    text: str
    role: Role
    kind: str
    level: int = 0
    flow: Flow = "body"
    mark: str = ""
    may_be_named: bool = False


@dataclass(frozen=True, slots=True)
class CellTruth:
    """A value of a table.

    ``labels``: from the outermost. ``headers``: those above the value, from the top. ``unit``: the unit or "".
    """

    text: str
    labels: tuple[str, ...]
    headers: tuple[str, ...]
    caption: str
    kind: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Excluded:
    """Text in the file or on the page that is not part of the document's text."""

    text: str
    kind: str


@dataclass(slots=True)
class Truth:
    """The known content of a document. ``allowed``: texts that may be stored or not (a header repeated on a page)."""

    units: list[Unit] = field(default_factory=list)
    cells: list[CellTruth] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)


def truth_of(pieces: Sequence[Piece]) -> Truth:
    """Returns the truth of the pieces. A writer adds the truth of the page content that it draws around them."""
    truth = Truth()
    for piece in pieces:
        truth.units += _units(piece)
        if isinstance(piece, Grid):
            truth.cells += _cells(piece)
        for run in piece.runs if isinstance(piece, Text | ListItem) else ():
            if run.form in _NOT_TEXT:
                truth.excluded.append(Excluded(run.text, f"{run.form} text"))
        if isinstance(piece, Text):
            truth.allowed += [mark for mark, _ in piece.notes]
    return truth


def _units(piece: Piece) -> Iterator[Unit]:
    if isinstance(piece, Heading):
        yield Unit(piece.text, "heading", piece.kind, piece.level)
    elif isinstance(piece, Text):
        yield Unit(linear(piece.runs), piece.role, piece.kind, flow=piece.flow, may_be_named=piece.kind in MAY_BE_NAMED)
        for _, note in piece.notes:
            yield Unit(note, "note", piece.kind, flow="notes")
    elif isinstance(piece, ListItem):
        yield Unit(f"{piece.mark} {linear(piece.runs)}", "item", piece.kind, piece.depth, mark=piece.mark)
    elif isinstance(piece, Grid):
        beside = (piece.caption, piece.unit, piece.remark)
        yield from (Unit(text, "caption", piece.kind, flow="beside") for text in beside if text)
        for place in sorted(piece.places, key=lambda place: (place.row, place.column)):
            if place.text:
                yield Unit(place.text, "cell", piece.kind)
    else:
        yield Unit(piece.label, "paragraph", piece.kind)
        yield Unit(piece.value, "value", piece.kind, flow="form")


def _cells(grid: Grid) -> Iterator[CellTruth]:
    """Every value, once for each row that it stands in."""
    for place in grid.places:
        if place.row < grid.header_rows or place.column < grid.label_columns or not place.text:
            continue
        headers = tuple(
            above.text
            for above in sorted(grid.places, key=lambda above: above.row)
            if above.row < grid.header_rows and above.text and _over(above, place)
        )
        for row in range(place.row, place.row + place.row_span):
            labels = tuple(
                side.text
                for side in sorted(grid.places, key=lambda side: side.column)
                if side.column < grid.label_columns and side.row <= row < side.row + side.row_span
                and side.row >= grid.header_rows and side.text
            )  # fmt: skip
            unit = re.split("[:：]", grid.unit)[-1].strip()
            yield CellTruth(place.text, labels, headers, grid.caption, grid.kind, unit)


def _over(above: PlacedCell, place: PlacedCell) -> bool:
    return above.column <= place.column < above.column + above.column_span
