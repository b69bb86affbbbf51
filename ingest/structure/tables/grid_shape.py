"""Finds the shape of a grid of texts: its title, header and note rows, and its label columns.

A header shows by contrast: names or periods are above numbers. Without contrast no header is assumed, because a wrong
header would turn the values of the first row into column names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from sinkqa.ingest.structure.tables.cell_kinds import CellKind, kind_of, number_of, unit_of
from sinkqa.ingest.structure.tables.wording import is_note, is_table_caption, is_unit_line
from sinkqa.ingest.text.patterns import late

_MOST_HEADERS = 4
_LONGEST, _LONGEST_WORDS = 120, 60  # characters of a header above numbers, and of one in a table of words
_NUMERIC = 0.6  # share of the cells of a column of numbers
_HEAD = late(
    r"(?:.{0,6}(?:项目|指标|类别|名称|序号|年份|年度|时间|地区|省份|城市|国家|行业|部门|内容|参数|数值|污染物|物质|类型|种类|编号|要求|限值|备注|单位|日期"
    r"|品种|机构|企业|领域|措施|任务|来源|阶段|情形|情况|事项)"
    r"|(?:.{1,24}\s)?(?:items?|parameters?|values?|names?|categor(?:y|ies)|types?|years?|regions?|country|countries|sectors?|indicators?|units?"
    r"|descriptions?|metrics?|measures?|sources?|variables?|symbols?|pollutants?|gas(?:es)?|substances?|no\.?|number|#|activity|activities|states?"
    r"|provinces?|cit(?:y|ies)|periods?|dates?|definitions?|terms?|articles?|requirements?|party|parties|entity|fuel|species|amount|quantity|limit"
    r"|month|quarter|scenario|target|options?|plots?|sites?|stands?|group|class|level|confidence|code|id))",
    re.IGNORECASE,
)

_ANY = late(
    r".{0,4}(?:项目|指标|类别|名称|参数|污染物|物质|品种|年份|年度)"
    r"|(?:.{1,24}\s)?(?:items?|parameters?|names?|categor(?:y|ies)|indicators?|variables?|metrics?|pollutants?|years?)",
    re.IGNORECASE,
)  # what heads the first column of a table whatever it holds, and no row


class GridShape(NamedTuple):
    """The kinds of rows from the top: ``title_rows`` (caption, unit), then ``header_rows``; ``note_rows`` at the foot.

    The first ``label_columns`` columns, at least 1, label the rows.
    """

    title_rows: int
    header_rows: int
    label_columns: int
    note_rows: int


def grid_shape(rows: Sequence[Sequence[str]]) -> GridShape:
    """Finds the shape of a grid of texts. Rows may differ in length.

    A merged cell's text is only at its first place.
    """
    width = max(map(len, rows), default=0)
    grid = [[*(text.strip() for text in row), *[""] * (width - len(row))] for row in rows]
    notes = _note_rows(grid)
    grid = grid[: len(grid) - notes]
    titles = _title_rows(grid)
    body = grid[titles:]
    headers = header_rows(body)
    if titles and not headers and not _says_what_it_is(grid[0]):
        titles = 0  # the heading of a group, not the title of a table
        headers = 0
    return GridShape(titles, headers, label_columns(grid[titles + headers :]), notes)


def header_rows(grid: Sequence[Sequence[str]]) -> int:
    """Returns the number of leading header rows, 0 if nothing shows a header.

    Rows have one length and come without titles and notes.
    """
    if len(grid) < 2 or len(grid[0]) < 2:
        return 0
    kinds = [[kind_of(text) for text in row] for row in grid]
    numeric = _numeric_columns(kinds)
    if not numeric:
        return _header_of_words(grid, kinds)
    count = 0
    while count < min(_MOST_HEADERS, len(grid) - 1) and _heads(grid, kinds, numeric, count):
        count += 1
    if count == 1 and len(grid[0]) == 2 and _is_pairs(grid, kinds):
        return 0
    return count if count and _ends_in_names(grid[:count]) else 0


def label_columns(body: Sequence[Sequence[str]]) -> int:
    """Returns how many leading columns are needed to distinguish the rows, at least 1.

    Ordinals and repeated names do not help to distinguish rows.
    """
    width = max(map(len, body), default=0)
    kinds = [[kind_of(text) for text in row] for row in body]
    numeric = set(_numeric_columns(kinds, first=0))
    count = 1
    while count < width - 1 and count not in numeric:
        labels = [tuple(row[:count]) for row in body]
        ordinal = all(
            re.fullmatch(r"[(（]?[\dA-Za-z一二三四五六七八九十]{0,4}[)）.、]?", row[count - 1]) for row in body
        )
        if len(set(labels)) == len(labels) and not (ordinal and count - 1 not in numeric - {0}):
            break
        count += 1
    return count


def _numeric_columns(kinds: Sequence[Sequence[CellKind]], *, first: int = 1) -> list[int]:
    """Columns whose lower cells are mostly numbers, except the first column, which holds labels."""
    lower = kinds[min(_MOST_HEADERS, len(kinds) // 2) or 1 :] if first else kinds
    found = []
    for column in range(first, len(kinds[0]) if kinds else 0):
        held = [row[column] for row in lower if row[column]]
        if held and sum(kind != "words" for kind in held) >= _NUMERIC * len(held):
            found.append(column)
    return found


def _heads(
    grid: Sequence[Sequence[str]], kinds: Sequence[Sequence[CellKind]], numeric: Sequence[int], row: int
) -> bool:
    """Whether ``row``, below header rows only, names the numeric columns."""
    held = [column for column in numeric if grid[row][column]]
    if not held or any(len(grid[row][column]) > _LONGEST for column in held):
        return False
    of = {kinds[row][column] for column in held}
    if row == 0 and len(held) < len(numeric) and len(held) == 1 and len(grid) < 3:
        return False
    if "value" in of:
        return _is_scale(grid, kinds, held, row) or (row > 0 and _is_count(grid[row], held))
    if of == {"year"} and not _is_series(grid, kinds, held, row):
        return False
    if "words" not in of and any(_is_mostly_periods(kinds, column, row) for column in held):
        return False
    return row == 0 or _goes_on(grid, kinds, held, row)


def _goes_on(grid: Sequence[Sequence[str]], kinds: Sequence[Sequence[CellKind]], held: Sequence[int], row: int) -> bool:
    """Whether a row of names below a header row is its lower half: groups are above, or units and periods here."""
    above = [grid[row - 1][column] for column in held]
    grouped = len({text for text in above if text}) < len(held)
    beneath = not grid[row][0] or grid[row][0] == grid[row - 1][0]
    told = all(kinds[row][column] in ("year", "period") or is_unit_line(grid[row][column]) for column in held)
    corner = not grid[row - 1][0] and len(held) > 1  # the name of the labels stands in this row
    return told or corner or (grouped and beneath) or (beneath and row == 1)


def _is_series(
    grid: Sequence[Sequence[str]], kinds: Sequence[Sequence[CellKind]], held: Sequence[int], row: int
) -> bool:
    """Whether bare years are names: a header that begins with a name, or years at even steps."""
    if any(_is_mostly_periods(kinds, column, row) for column in held):
        return False
    years = [int("".join(grid[row][column].split())) for column in held]
    steps = {after - before for before, after in pairwise(years)}
    named = not grid[row][0] or _HEAD.fullmatch(grid[row][0]) is not None or row > 0
    even = len(years) > 1 and len(steps) == 1 and 0 < abs(min(steps)) <= 10
    rising = len(years) > 2 and (min(steps) > 0 or max(steps) < 0)
    return named or even or rising or (len(years) > 3 and len(set(years)) < len(years) and 0 not in steps)


def _is_mostly_periods(kinds: Sequence[Sequence[CellKind]], column: int, row: int) -> bool:
    below = [line[column] for line in kinds[row + 1 :] if line[column]]
    return 2 * sum(kind in ("year", "period") for kind in below) > len(below)


def _is_scale(
    grid: Sequence[Sequence[str]], kinds: Sequence[Sequence[CellKind]], held: Sequence[int], row: int
) -> bool:
    """Whether the numbers of a row are names: a rising scale in a unit that the numbers below lack (90%)."""
    texts = [grid[row][column] for column in held]
    units = {unit_of(text) for text in texts}
    below = {unit_of(line[column]) for line in grid[row + 1 :] for column in held if line[column]}
    numbers = [number_of(text) for text in texts]
    if len(held) < 2 or len(units) > 1 or "" in units or units & below or None in numbers:
        return False
    rising = all(before < after for before, after in pairwise(n for n in numbers if n is not None))
    named = not grid[row][0] or _HEAD.fullmatch(grid[row][0]) is not None
    return rising and kinds[row][0] in ("", "words") and named


def _is_count(row: Sequence[str], held: Sequence[int]) -> bool:
    """Whether a row below a header numbers the columns: 1, 2, 3, or (1), (2), (3)."""
    numbers = [number_of(row[column]) for column in held]
    first = numbers[0]
    if len(held) < 3 or first not in (1.0, 2.0, 3.0):
        return False
    led = row[0].strip("()（） ") in ("", "0", "1", "2", "甲", "A", "a", "栏次", "栏目", "I")
    return led and numbers == [first + index for index in range(len(held))]


def _is_pairs(grid: Sequence[Sequence[str]], kinds: Sequence[Sequence[CellKind]]) -> bool:
    """Whether two columns are names and values of one thing, so that the first row names neither."""
    if not grid[0][0] or _ANY.fullmatch(grid[0][0]) or _HEAD.fullmatch(grid[0][1]) or is_unit_line(grid[0][1]):
        return False
    units = {unit_of(row[1]) for row in grid[1:] if row[1]}
    return kinds[0][1] == "words" and (len(units) > 1 or any(row[1] == "words" for row in kinds[1:]))


def _header_of_words(grid: Sequence[Sequence[str]], kinds: Sequence[Sequence[CellKind]]) -> int:
    """1 if the first row of a table of words names its columns; 0 if it may be a row like the others."""
    first = grid[0]
    if len(grid) < 3 or not all(first[1:]) or max(map(len, first)) > _LONGEST_WORDS:
        return 0
    if not {"year", "period"}.isdisjoint(kinds[0]):
        return int("value" not in kinds[0] and (not first[0] or _has_head(first)))
    if any(kind == "value" or re.search(r"[。；;]$|\d", text) for kind, text in zip(kinds[0], first, strict=True)):
        return int("value" not in kinds[0] and _has_head(first))
    return int(len(first) > 2 or _ANY.fullmatch(first[0]) is not None or _HEAD.fullmatch(first[1]) is not None)


def _has_head(row: Sequence[str]) -> bool:
    return any(_HEAD.fullmatch(text) for text in row if text)


def _ends_in_names(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the headers together name most columns but the first."""
    width = len(rows[0])
    named = sum(any(row[column] for row in rows) for column in range(1, width))
    return 2 * named >= width - 1


def _title_rows(grid: Sequence[Sequence[str]]) -> int:
    """Leading rows that hold one text, or only captions and units."""
    count = 0
    for row in grid[:_MOST_HEADERS]:
        held = [text for text in row if text]
        if (
            not held
            or (len(held) > 1 and not _says_what_it_is(row))
            or (len(held) == 1 and kind_of(held[0]) == "value")
        ):
            break
        count += 1
    return count if len(grid) - count > 1 else 0


def _says_what_it_is(row: Sequence[str]) -> bool:
    return all(is_table_caption(text) or is_unit_line(text) for text in row if text)


def _note_rows(grid: Sequence[Sequence[str]]) -> int:
    """Rows at the foot that hold a note or source and nothing else, or the rest of one."""
    count = 0
    while count < len(grid) - 2:
        held = [text for text in grid[-1 - count] if text]
        if len(held) != 1:
            break
        count += 1
    run = grid[len(grid) - count :]
    first = next((at for at, row in enumerate(run) if is_note(next(text for text in row if text))), None)
    return 0 if first is None else count - first
