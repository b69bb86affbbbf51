"""Rebuilds the rows and columns of a document's table from its passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.structure.tables.ascii_tables import NOTE
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable
from sinkqa.service.evidence.pieces import Evidence

_OF, _BETWEEN, _NAMES = " · ", " | ", ": "  # in a cell's label; in a passage's text, between cells and behind a header
_LEADERS = late(r"\s*(?:\.{4,}|…{2,}|·{4,})\s*$")  # dots that lead to the next column say nothing
_CLOSED = late(r"[。！？；;.!?:：,，、]$")
_EMPTY = {"zh": "原表此处为空", "en": "empty in the table"}
_UNSURE = {"zh": "无法从原表中确定", "en": "not certain from the table"}
_WITHDRAWN = {"zh": "引文未通过核对，已撤下", "en": "withdrawn: the quote failed its check"}

Quoted = tuple[Passage, Unit]
"""A unit, and the passage that it is quoted from."""
_Column = tuple[str, int, int]
"""A column's header, the position of this header among equal headers in a row, and the index of the column below it."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the document's table: its label, the units of the label, and the units of each cell."""

    label: str
    heads: tuple[Quoted, ...]
    cells: tuple[tuple[Quoted, ...], ...]


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table as its document prints it. An empty cell has no units.

    ``corner``: the header of the labels. ``beside``: text that the document counts as part of the table and that is in
    no row, such as notes, headings between rows, and text that the reader could not place. ``unsure``: there is text
    that the reader could not place, so that it may belong to a cell that seems empty.
    """

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    beside: tuple[Evidence, ...] = ()
    unsure: bool = False

    def narrowed(self, *, rows: Iterable[int] | None = None, columns: Iterable[int] | None = None) -> SourceTable:
        """The table with only these rows and columns, counted from 0, in the order given."""
        kept = [*(range(len(self.columns)) if columns is None else columns)]
        chosen = self.rows if rows is None else [self.rows[row] for row in rows]
        return SourceTable(
            self.caption,
            self.corner,
            tuple(self.columns[column] for column in kept),
            tuple(replace(row, cells=tuple(row.cells[column] for column in kept)) for row in chosen),
            unsure=self.unsure,
        )

    def evidence(self) -> list[Evidence]:
        """The passages that contain the rows, as evidence to cite, in order."""
        quoted: dict[str, tuple[Passage, dict[Unit, None]]] = {}
        for row in self.rows:
            cells = [each for cell in row.cells for each in cell]
            own = {passage.passage_id for passage, _ in cells}
            for passage, unit in (*(head for head in row.heads if head[0].passage_id in own), *cells):
                quoted.setdefault(passage.passage_id, (passage, {}))[1][unit] = None
        return [
            Evidence(passage, tuple(units), _together([u.text for u in units])) for passage, units in quoted.values()
        ]

    def answer(self, numbers: Mapping[str, int], language: str) -> AnswerTable:
        """The table for an answer. ``numbers``: the citation numbers, by passage_id.

        A cell is withdrawn if its passage has no citation number. A withdrawn cell and an empty cell each say so in the
        asker's ``language``.
        """
        reasons = (_UNSURE if self.unsure else _EMPTY, _WITHDRAWN)
        empty, withdrawn = (each.get(language, each["en"]) for each in reasons)

        def cell(quoted: Sequence[Quoted]) -> AnswerCell:
            text = _together([unit.text for _, unit in quoted])
            passages = dict.fromkeys(passage.passage_id for passage, _ in quoted)
            cited = tuple(numbers[each] for each in passages if each in numbers)
            if text and len(cited) == len(passages):
                return AnswerCell(text, cited)
            return AnswerCell(missing=withdrawn if text else empty)

        rows = tuple(AnswerRow(row.label, tuple(map(cell, row.cells))) for row in self.rows)
        return AnswerTable(self.caption, self.corner, self.columns, rows)


def tables(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    """The passages of each table of a document, given all of its passages in reading order.

    The rows of a table come first, then the table as a whole, in one or more passages.
    """
    for of_tables, run in groupby(passages, lambda passage: passage.kind in ("row", "table")):
        table: list[Passage] = []
        for passage in run if of_tables else ():
            if table and ((table[-1].kind, passage.kind) == ("table", "row") or table[-1].table != passage.table):
                yield table
                table = []
            table.append(passage)
        if table:
            yield table


def table_of(passages: Sequence[Passage]) -> SourceTable | None:
    """Rebuilds a table from its passages, as :func:`tables` yields them.

    The result is None if there is no row, or if missing or repeated headers make it uncertain which column a cell is
    in.
    """
    rows = list(_rows([passage for passage in passages if passage.kind == "row"]))
    columns = _columns(rows)
    if not rows or columns is None:
        return None
    beside = [(passage, units) for passage in passages if (units := _beside(passage, rows))]
    return SourceTable(
        caption=rows[0].caption or rows[0].passages[0].table or "",
        corner=_OF.join(dict.fromkeys(_plain(unit.label) for row in rows for _, unit in row.heads if unit.label)),
        columns=tuple(_plain(header) for header, *_ in columns),
        rows=tuple(SourceRow(row.label, tuple(row.heads), row.placed(columns)) for row in rows),
        beside=tuple(
            Evidence(passage, tuple(units), "\n".join(unit.text for unit in units)) for passage, units in beside
        ),
        unsure=any(not NOTE.match(unit.text) for _, units in beside for unit in units) or _crowded(rows, columns),
    )


@dataclass(slots=True)
class _HeaderGroup:
    """What stands under one header, unit by unit, each with whether its passage tells that a cell begins with it."""

    header: str
    said: list[tuple[Quoted, bool]]

    @property
    def parted(self) -> bool:
        """Whether its passage tells where cells begin; else each unit may be one."""
        return self.said[0][1]

    @property
    def cells(self) -> list[list[Quoted]]:
        """From left to right."""
        cells: list[list[Quoted]] = []
        for quoted, begins in self.said:
            if begins or not self.parted:
                cells.append([])
            cells[-1].append(quoted)
        return cells


@dataclass(slots=True)
class _Row:
    """A row as its passages have it; a long row has several; ``name`` is its label within its cells'."""

    name: str
    caption: str
    heads: list[Quoted]
    groups: list[_HeaderGroup] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)

    @property
    def units(self) -> list[Unit]:
        return [unit for _, unit in (*self.heads, *(each for g in self.groups for cell in g.cells for each in cell))]

    @property
    def label(self) -> str:
        """Its labels, one for each column of labels that has a header."""
        heads = [each for each in self.heads if each[0] is self.passages[0]]
        runs = groupby(heads, lambda each: each[1].label)
        return _OF.join(_plain(" ".join(unit.text for _, unit in run)) for _, run in runs)

    def keyed(self) -> list[tuple[str, int, _HeaderGroup]]:
        """Each group with its header and which time this header comes."""
        seen = Counter[str]()
        keyed = []
        for group in self.groups:
            keyed.append((group.header, seen[group.header], group))
            seen[group.header] += 1
        return keyed

    def placed(self, columns: Sequence[_Column]) -> tuple[tuple[Quoted, ...], ...]:
        """The units of its cells by column; where a header has one column, all that stands under it."""
        widths = Counter((header, time) for header, time, _ in columns)
        cells: dict[_Column, tuple[Quoted, ...]] = {}
        for header, time, group in self.keyed():
            parts = group.cells if widths[header, time] > 1 else [[each for cell in group.cells for each in cell]]
            cells |= {(header, time, place): tuple(part) for place, part in enumerate(parts)}
        return tuple(cells.get(column, ()) for column in columns)


def _rows(passages: Sequence[Passage]) -> Iterator[_Row]:
    """The rows, those of several passages put together."""
    row: _Row | None = None
    for passage in passages:
        read = _read(passage, row)
        if row is not None and _goes_on(row, read):
            if row.groups[-1].header == read.groups[0].header:
                row.groups[-1].said += read.groups.pop(0).said
            row.groups += read.groups
            row.passages.append(passage)
            row.heads += read.heads
            continue
        if row is not None:
            yield row
        row = read
    if row is not None:
        yield row


def _goes_on(row: _Row, read: _Row) -> bool:
    """Whether a passage tells more of the row before it: the same labels, and no cell that the row has already."""
    first = row.heads[: len(read.heads)]
    same = [unit.spans for _, unit in first] == [unit.spans for _, unit in read.heads] and row.name == read.name
    had = [group.header for group in row.groups]
    goes_on = not read.groups[0].parted and had[-1] == read.groups[0].header
    return bool(row.name) and same and not {group.header for group in read.groups[goes_on:]} & {*had}


def _read(passage: Passage, before: _Row | None) -> _Row:
    """A row's passage; one without labels may go on with the row ``before``."""
    units = passage.units
    count, name = _labels(units)
    if not count and before and before.name and all(_is_of(unit, before.name) for unit in units):
        name = before.name
    row = _Row(name, "", [(passage, unit) for unit in units[:count]], passages=[passage])
    framed = f"{_BETWEEN}{passage.text}{_BETWEEN}"
    at = -1
    for place, unit in enumerate(units):
        header = unit.label if place < count else unit.label.removeprefix(name).removeprefix(_OF)
        plain, named = f"{unit.text}{_BETWEEN}", f"{header}{_NAMES}{unit.text}{_BETWEEN}"
        if at < 0:
            at = max(framed.find(_BETWEEN + named if header else _BETWEEN + plain), 0)
            row.caption = framed[len(_BETWEEN) : at]
            at += len(_BETWEEN)
        parted = bool(header) and framed.startswith(named, at)
        at += len(named) if parted else len(plain)
        if place < count:
            continue
        if not row.groups or row.groups[-1].header != header:
            row.groups.append(_HeaderGroup(header, []))
        row.groups[-1].said.append(((passage, unit), parted))
    return row


def _labels(units: Sequence[Unit]) -> tuple[int, str]:
    """How many units are a row's labels, and its name: what the labels of all other units begin with."""
    for count in range(1, len(units)):
        name = " ".join(unit.text for unit in units[:count])
        if all(_is_of(unit, name) for unit in units[count:]):
            return count, name
    return 0, ""


def _is_of(unit: Unit, name: str) -> bool:
    return unit.label == name or unit.label.startswith(name + _OF)


def _columns(rows: Sequence[_Row]) -> list[_Column] | None:
    """The columns from left to right; None where it is not certain which cells stand in the same one."""
    times: dict[str, set[int]] = {}
    before: dict[tuple[str, int], set[str]] = {}
    widths: dict[tuple[str, int], list[tuple[int, bool]]] = {}
    order: list[tuple[str, int]] = []
    for row in rows:
        keyed = row.keyed()
        for header, count in Counter(header for header, *_ in keyed).items():
            times.setdefault(header, set()).add(count)
        last: tuple[str, int] | None = None
        for header, time, group in keyed:
            key = (header, time)
            before.setdefault(key, set()).add(last[0] if last else "")
            widths.setdefault(key, []).append((len(group.cells), group.parted))
            if key not in order:
                order.insert(order.index(last) + 1 if last else 0, key)
            last = key
    nameless = any(len(before[key]) > 1 for key in order if not key[0])
    if nameless or any(len(counts) > 1 for counts in times.values()):
        return None
    return [(*key, place) for key in order for place in range(_width(widths[key]))]


def _width(found: Sequence[tuple[int, bool]]) -> int:
    """How many columns stand under a header: as many as cells in each row, where the rows agree on it."""
    counts = {count for count, _ in found}
    certain = len(counts) == 1 and (len(found) > 1 or found[0][1])
    return counts.pop() if certain else 1


def _beside(whole: Passage, rows: Sequence[_Row]) -> list[Unit]:
    """What a passage of the whole table says that no row does, and that is no caption or header once more."""
    if whole.kind != "table":
        return []
    held = {span for row in rows for unit in row.units for span in unit.spans}
    head = _letters(whole.text.partition(rows[0].units[0].text)[0])
    found = (unit for unit in whole.units if not held.issuperset(unit.spans))
    return [unit for unit in found if _letters(unit.text).removeprefix("续") not in head]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _crowded(rows: Sequence[_Row], columns: Sequence[_Column]) -> bool:
    """Whether cells that may belong to several columns stand in one."""
    widths = Counter((header, time) for header, time, _ in columns)
    keyed = (each for row in rows for each in row.keyed())
    return any(len(group.cells) > widths[header, time] for header, time, group in keyed)


def _plain(text: str) -> str:
    return _LEADERS.sub("", text)


def _together(texts: Sequence[str]) -> str:
    """What a cell says: sentences follow each other, other pieces are parted."""
    said = ""
    for text in filter(None, map(_plain, texts)):
        wide = said[-1:] >= "\u2e80"
        between = ("" if wide else " ") if _CLOSED.search(said) else "；" if wide else "; "
        said += (between if said else "") + text
    return said
