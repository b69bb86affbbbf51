"""Draws tables in PDFs: in every style of rules, over several pages, and turned."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from sinkqa.eval.roundtrip.truth import Grid, PlacedCell, TextRun, plain
from sinkqa.eval.roundtrip.writers.setting import Style, broken
from sinkqa.eval.roundtrip.writers.sheets import Sheet

_PAD = 3.0
_SMALLEST = 5.0  # points


def set_table(sheet: Sheet, grid: Grid, language: str) -> list[str]:
    """Draws a table with its caption, unit and remark. Returns the texts that it repeats on a second page."""
    style = replace(sheet.style, size=max(7.0, sheet.style.size - 1), bold=False)
    if grid.sideways:
        return _turned(sheet, grid, style)
    style = _fitted(grid, style, sheet.frame.width)
    widths = _widths(grid, style, sheet.frame.width)
    heights = _heights(grid, style, widths)
    around = 1.6 * style.size * (bool(grid.caption) + bool(grid.unit)) + 8
    if grid.alone:
        _move_down(sheet, around + sum(heights[: grid.header_rows + 4]))
    else:
        sheet.need(sum(heights) + around + 1.6 * style.size)
    sheet.frame.y += 6
    if not grid.below:
        _captions(sheet, grid, style)
    repeated = _bands(sheet, grid, style, widths, heights, language)
    sheet.frame.y += 3
    if grid.below:
        _captions(sheet, grid, style)
    if grid.remark:
        sheet.flow(broken(plain(grid.remark), replace(style, size=style.size - 1), sheet.frame.width), style)
    sheet.frame.y += 8
    return repeated


def _move_down(sheet: Sheet, height: float) -> None:
    """Leaves as much room on the page as the first rows take."""
    if len(sheet.frames) > 1 or sheet.frame.bottom - sheet.frame.y < height:
        sheet.next_page()
    sheet.frame.y = max(sheet.frame.y, sheet.frame.bottom - height - 1)


def _captions(sheet: Sheet, grid: Grid, style: Style) -> None:
    bold = replace(style, bold=True)
    for text, styled in ((grid.caption, bold), (grid.unit, style)):
        if text:
            lines = broken(plain(text), styled, sheet.frame.width)
            spare = sheet.frame.width - sum(styled.width(run) for run in lines[0])
            left = spare / 2 if text == grid.caption and len(lines) == 1 else 0.0
            sheet.flow(lines, styled, left=spare - 2 if text == grid.unit and len(lines) == 1 else left, ragged=True)


def _bands(
    sheet: Sheet, grid: Grid, style: Style, widths: Sequence[float], heights: Sequence[float], language: str
) -> list[str]:
    """The rows, in as many bands as there are pages for them."""
    first, repeated = 0, []
    head = sum(heights[: grid.header_rows])
    while first < grid.n_rows:
        room = sheet.frame.bottom - sheet.frame.y - (head if first else 0.0)
        last = first
        while last < grid.n_rows and sum(heights[first : last + 1]) <= room:
            last += 1
        last = max(last, first + 1)
        rows = [*(range(grid.header_rows) if first else ()), *range(first, last)]
        _band(sheet, grid, style, widths, heights, rows)
        first = last
        if first < grid.n_rows:
            sheet.next_frame()
            again = _again(grid, language)
            repeated += [again, *(place.text for place in grid.places if place.row < grid.header_rows)]
            sheet.flow(broken(plain(again), style, sheet.frame.width), style)
    return repeated


def _again(grid: Grid, language: str) -> str:
    return f"{grid.caption} (continued)" if language == "en" else f"续{grid.caption}"


def _band(
    sheet: Sheet,
    grid: Grid,
    style: Style,
    widths: Sequence[float],
    heights: Sequence[float],
    rows: Sequence[int],
) -> None:
    xs = list(itertools.accumulate(widths, initial=sheet.frame.x))
    ys = dict(zip(rows, itertools.accumulate((heights[row] for row in rows), initial=sheet.frame.y), strict=False))
    lower = sheet.frame.y + sum(heights[row] for row in rows)
    for place in grid.places:
        if place.row in ys:
            below = ys[place.row] + sum(heights[place.row : place.row + place.row_span])
            _cell(
                sheet,
                grid,
                place,
                style,
                (xs[place.column], ys[place.row], xs[place.column + place.column_span], below),
            )
    for y, thickness in _levels(grid, ys, lower):
        sheet.rule(xs[0], y, xs[-1], y, thickness=thickness)
    sheet.frame.y = lower


def _cell(sheet: Sheet, grid: Grid, place: PlacedCell, style: Style, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    is_head = place.row < grid.header_rows
    styled = replace(style, bold=is_head and grid.rules == "full" and grid.kind != "year headers")
    if _is_turned(grid, place):
        _upwards(sheet, place.text, styled, box)
        lines = []
    else:
        lines = broken(plain(place.text), styled, right - left - 2 * _PAD)
    y = top + (bottom - top - 1.25 * style.size * len(lines)) / 2
    for line in lines:
        width = sum(styled.width(run) for run in line)
        centred = is_head or (place.column >= grid.label_columns and len(place.text) < 9)
        x = left + (right - left - width) / 2 if centred else left + _PAD
        sheet.line(x, y + style.size, line, styled)
        y += 1.25 * style.size
    if grid.rules == "full":
        for x0, y0, x1, y1 in ((left, top, right, top), (left, bottom, right, bottom),
                               (left, top, left, bottom), (right, top, right, bottom)):  # fmt: skip
            sheet.rule(x0, y0, x1, y1)


def _upwards(sheet: Sheet, text: str, style: Style, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    canvas, old = sheet.canvas, sheet.layout
    width = sum(style.width(run) for run in plain(text))
    canvas.saveState()
    canvas.translate((left + right) / 2 + 0.35 * style.size, old.height - (top + bottom) / 2 - width / 2)
    canvas.rotate(90)
    sheet.layout = replace(old, height=0.0)
    sheet.line(0, 0, list(plain(text)), style)
    sheet.layout = old
    canvas.restoreState()


def _levels(grid: Grid, ys: dict[int, float], lower: float) -> list[tuple[float, float]]:
    """Heights and strengths of rules across the table."""
    under = next((y for row, y in ys.items() if row >= grid.header_rows), lower)
    if grid.rules == "booktabs":
        return [(min(ys.values()), 1.0), (under, 0.5), (lower, 1.0)]
    if grid.rules == "groups":
        return [*((y, 0.5) for row, y in ys.items() if row <= 1 or row % 3 == 1), (lower, 0.5)]
    return [*((y, 0.5) for y in ys.values()), (lower, 0.5)] if grid.rules == "rows" else []


def _fitted(grid: Grid, style: Style, room: float) -> Style:
    """The style in a size in which no word is wider than its column."""
    while style.size > _SMALLEST and sum(_least(grid, style)) > room:
        style = replace(style, size=style.size - 0.5)
    return style


def _least(grid: Grid, style: Style) -> list[float]:
    """What the longest word of each column takes."""
    bold, least = replace(style, bold=True), [2.0 * style.size] * grid.n_columns
    for place in grid.places:
        if place.column_span == 1 and not _is_turned(grid, place):
            words = place.text.split() if place.text.isascii() else [place.text[:3]]
            width = max((bold.width(TextRun(word)) for word in words), default=0.0) + 2 * _PAD + 2
            least[place.column] = max(least[place.column], width)
    return least


def _widths(grid: Grid, style: Style, room: float) -> list[float]:
    """For each column at least its longest word; short columns what they hold, long ones the rest."""
    least = _least(grid, style)
    wanted = [*least]
    for place in grid.places:
        if place.column_span == 1 and not _is_turned(grid, place):
            width = 1.08 * sum(style.width(run) for run in plain(place.text)) + 2 * _PAD + 6
            wanted[place.column] = max(wanted[place.column], min(width, 0.45 * room))
    spare = room - sum(least)
    asked = sum(wanted) - sum(least)
    share = min(1.0, spare / asked) if asked > 0 else 0.0
    beyond = max(0.0, 0.8 * room - sum(wanted)) / grid.n_columns
    return [low + share * (high - low) + beyond for low, high in zip(least, wanted, strict=True)]


def _is_turned(grid: Grid, place: PlacedCell) -> bool:
    return grid.kind == "turned labels" and place.row_span > 1


def _heights(grid: Grid, style: Style, widths: Sequence[float]) -> list[float]:
    heights = [1.9 * style.size] * grid.n_rows
    bold = replace(style, bold=True)
    for place in grid.places:
        if _is_turned(grid, place):
            needed = (style.width(plain(place.text)[0]) + 2 * _PAD) / place.row_span
            for row in range(place.row, place.row + place.row_span):
                heights[row] = max(heights[row], needed)
            continue
        width = sum(widths[place.column : place.column + place.column_span]) - 2 * _PAD
        lines = max(len(broken(plain(place.text), each, width)) for each in (style, bold))
        needed = (1.25 * lines + 0.7) * style.size / place.row_span
        for row in range(place.row, place.row + place.row_span):
            heights[row] = max(heights[row], needed)
    return heights


def _turned(sheet: Sheet, grid: Grid, style: Style) -> list[str]:
    """The table on a page of its own, read with the head to the left."""
    sheet.next_page()
    layout, canvas = sheet.layout, sheet.canvas
    canvas.saveState()
    canvas.translate(layout.width, 0)
    canvas.rotate(90)
    # Drawing counts from above: a page that is as high as it was wide.
    old, sheet.layout = layout, replace(layout, width=layout.height, height=layout.width, columns=1)
    frame = sheet.frame
    sheet.frames[0] = replace(frame, x=64.0, width=old.height - 128, y=72.0, bottom=old.width - 60)
    widths = _widths(grid, style, sheet.frame.width)
    _captions(sheet, grid, style)
    _bands(sheet, grid, style, widths, _heights(grid, style, widths), "")
    sheet.draw_later()
    canvas.restoreState()
    sheet.layout, sheet.frames[0] = old, frame
    sheet.next_page()
    return []
