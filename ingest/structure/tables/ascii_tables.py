"""Finds tables drawn with bars or set with tabs or spaces, and boxes of bars around plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from sinkqa.ingest.document import Cell, Span, Table
from sinkqa.ingest.structure.layout import TextLine, columns
from sinkqa.ingest.structure.tables.belongings import Belongings, Item, belongings
from sinkqa.ingest.structure.tables.grid_shape import header_rows
from sinkqa.ingest.text.patterns import late

CAPTION = late(
    r"(?P<continued>续)?(?P<label>(?:附?表|图)\s?[A-Z]?\d+(?:[.-]\d+)*|(?:Table|TABLE|Figure|FIGURE|Fig\.)\s[A-Z]?\d+(?:[.-]\d+)*)"
    r"(?:\s*[:：.．—–]\s*|\s+|$|(?=[(（]))"
)
NOTE = late(r"[*＊]?(?:(?:资料|数据|信息|图表)?来源|注释?\d*|(?:Data )?[Ss]ources?|Notes?)\s?[:：]")
_BARS = "|│┃║"
_RULE = late(rf"[-+=:_~*#─━═┄┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬{_BARS}\s]+")
_MAX_CELL = 90  # columns; tabs before longer text are indents
_MAX_SPACED = 200
_MAX_ROW = 10_000  # code points
_DEEPEST_HEADER = 4  # rows, the first below it counted
_NUMBERING = late(r"[(（]?[\w.]{1,5}[.)）]|\W")


class _Rows(NamedTuple):
    """The lines ``first`` up to ``last`` of a table, and each row's line and cells."""

    first: int
    last: int
    rows: list[tuple[int, list[Span]]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table with the indices of its lines: caption, rows, rules and notes."""

    table: Table
    lines: tuple[int, ...]


def is_rule(line: str) -> bool:
    """Whether a line consists only of drawing characters: dashes, bars, stars."""
    return len(line) > 2 and _RULE.fullmatch(line) is not None


def unboxed(text: str, lines: Sequence[TextLine]) -> tuple[list[TextLine], list[Span]]:
    """Removes the bars of a one-column box from the lines inside it. Also returns the places of the bars."""
    inner: list[TextLine] = []
    frame: list[Span] = []
    for line in lines:
        cells = _bar_cells(text, line)
        filled = [span for span in cells if span.start < span.end]
        if len(cells) != 1 or len(filled) != 1:
            inner.append(line)
            continue
        span = filled[0]
        edges = (_trimmed(text, line.span.start, span.start), _trimmed(text, span.end, line.span.end))
        frame += [edge for edge in edges if edge.start < edge.end]
        inner.append(replace(line, span=span, text=text[span.start : span.end]))
    return inner, frame


def find_tables(text: str, lines: Sequence[TextLine]) -> list[Drawn]:
    """Finds tables in order.

    A table has at least two rows of at least two cells, or three rows with the same columns.
    """
    found: list[_Rows] = []
    barred = [(_bar_cells(text, line), is_rule(line.text) and _draws_bars(line.text)) for line in lines]
    for first, last in _runs([rule or len(cells) > 1 for cells, rule in barred]):
        rows = [(i, barred[i][0]) for i in range(first, last) if not barred[i][1]]
        if len(rows) > 1:
            found.append(_Rows(first, last, rows))
    for kind in (_tab_cells, _spaced_cells):
        set_out = [kind(text, line) for line in lines]
        for first, last in _runs([len(cells) > 1 for cells in set_out]):
            parts = _regular([(i, set_out[i]) for i in range(first, last)], text)
            found += [
                _Rows(part[0][0], part[-1][0] + 1, part)
                for part in parts
                if kind is _tab_cells or _aligned(lines, part)
            ]
    found.sort(key=lambda rows: rows.first)
    return [_table(text, lines, rows, own) for rows, own in zip(found, _belongings(text, lines, found), strict=True)]


def _belongings(text: str, lines: Sequence[TextLine], found: Sequence[_Rows]) -> list[Belongings]:
    """The lines of the captions and notes of each table, by their indices."""
    if not found:
        return []
    items: list[Item] = []
    indices: list[int] = []
    inside = {index: rows for rows in found for index in range(rows.first, rows.last)}
    down = 0.0
    for index, line in enumerate(lines):
        down += 1 + line.blank_before
        rows = inside.get(index)
        if rows is None:
            items.append(Item("paragraph", line.text, None, 1, down, down + 1))
        elif index == rows.first:
            cells = tuple(text[cell.start : cell.end] for _, row in rows.rows for cell in row)
            items.append(Item("table", "", cells, 1, down, down + rows.last - rows.first))
        else:
            continue
        indices.append(index)
    owned = belongings(items)
    return [
        replace(own, caption=[indices[place] for place in own.caption], notes=[indices[place] for place in own.notes])
        for _, own in sorted(owned.items())
    ]


def _draws_bars(rule: str) -> bool:
    return rule[0] in _BARS or "+" in rule or "┼" in rule


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for index, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            yield start, index
            start = None


def _bar_cells(text: str, line: TextLine) -> list[Span]:
    """Cells between bars; [] for a line that neither begins nor ends with one."""
    body = line.text
    if not {body[0], body[-1]} & set(_BARS) or len(body) > _MAX_ROW or is_rule(body):
        return []
    at = [i for i, letter in enumerate(body) if letter in _BARS]
    edges = [-1, *at, len(body)]
    cells = [_trimmed(text, line.span.start + a + 1, line.span.start + b) for a, b in pairwise(edges)]
    return cells[1 if at[0] == 0 else 0 : len(cells) - (at[-1] == len(body) - 1)]


def _tab_cells(text: str, line: TextLine) -> list[Span]:
    """Cells between tabs, an empty one before each leading or doubled tab; [] if the line has no inner tab."""
    if "\t" not in line.text or len(line.text) > _MAX_ROW or any(bar in line.text for bar in _BARS):
        return []
    start = line.span.start
    while start and text[start - 1] in "\t ":
        start -= 1
    cells, at = [], start
    for piece in text[start : line.span.end].split("\t"):
        cells.append(_trimmed(text, at, at + len(piece)))
        at += len(piece) + 1
    return cells


def _spaced_cells(text: str, line: TextLine) -> list[Span]:
    """Cells between gaps of two or more spaces; [] for a line with tabs or too long for columns."""
    if line.width > _MAX_SPACED or "\t" in line.text or any(bar in line.text for bar in _BARS):
        return []
    start = line.span.start
    return [Span(start + cell.start(), start + cell.end()) for cell in re.finditer(r"\S+(?:[ \u3000]\S+)*", line.text)]


def _aligned(lines: Sequence[TextLine], rows: Sequence[tuple[int, list[Span]]]) -> bool:
    """Whether in each column all cells begin, or all end, at the same printed place. Two columns need four rows."""
    for column in range(len(rows[0][1])):
        begins, ends = set(), set()
        for index, cells in rows:
            line, cell = lines[index], cells[column]
            begins.add(line.indent + columns(line.text[: cell.start - line.span.start]))
            ends.add(line.indent + columns(line.text[: cell.end - line.span.start]))
        if max(begins) - min(begins) > 1 and max(ends) - min(ends) > 1:
            return False
    return len(rows[0][1]) > 2 or len(rows) > 3


def _trimmed(text: str, start: int, end: int) -> Span:
    body = text[start:end]
    return (
        Span(start + len(body) - len(body.lstrip()), start + len(body.rstrip())) if body.strip() else Span(start, start)
    )


def _regular(rows: Sequence[tuple[int, list[Span]]], text: str) -> list[list[tuple[int, list[Span]]]]:
    """Runs of neighbouring rows with one column count whose cells are short and whose first is not a list number."""
    parts: list[list[tuple[int, list[Span]]]] = []
    for index, cells in rows:
        words = [text[s.start : s.end] for s in cells]
        filled = [word for word in words if word]
        if len(filled) < 2 or _NUMBERING.fullmatch(filled[0]) or any(columns(word) > _MAX_CELL for word in words):
            continue
        if parts and parts[-1][-1][0] == index - 1 and len(parts[-1][-1][1]) == len(cells):
            parts[-1].append((index, cells))
        else:
            parts.append([(index, cells)])
    return [part for part in parts if len(part) > 2]


def _table(text: str, lines: Sequence[TextLine], found: _Rows, own: Belongings) -> Drawn:
    rows = found.rows
    cells = [
        Cell(r, c, (cell,)) for r, (_, row) in enumerate(rows) for c, cell in enumerate(row) if cell.start < cell.end
    ]
    table = Table(
        tuple(cells),
        n_rows=len(rows),
        n_columns=max(len(cells) for _, cells in rows),
        header_rows=_header_rows(text, lines, rows),
        caption=tuple(lines[i].span for i in own.caption),
        notes=tuple(lines[i].span for i in own.notes),
        label=own.label,
        pages=tuple(sorted({lines[i].page for i in range(found.first, found.last)})),
    )
    return Drawn(table, tuple(sorted({*own.caption, *range(found.first, found.last), *own.notes})))


def _header_rows(text: str, lines: Sequence[TextLine], rows: Sequence[tuple[int, list[Span]]]) -> int:
    """The rows above the first rule inside the table; without one, those that look like its header."""
    for count, ((before, _), (after, _)) in enumerate(pairwise(rows[:_DEEPEST_HEADER]), 1):
        if any(is_rule(lines[i].text) for i in range(before + 1, after)):
            return count
    width = max(len(cells) for _, cells in rows)
    texts = [[text[cell.start : cell.end] for cell in cells] for _, cells in rows]
    return header_rows([[*row, *[""] * (width - len(row))] for row in texts])
