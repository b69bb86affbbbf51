"""Finds the reading order of a page, by whitespace gutters or by its content stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.readers.pdf.lines.making import LinePiece

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WIDEST = 14_400  # points: no page may be wider, and what stands farther apart forms no columns
_MIN_LINES = 2  # a column has at least so many lines
_NARROWEST = 12.0  # em; narrower, it is a column of labels
_NARROWEST_SHORT = 16.0  # em, of a column of two lines: both are filled
_BLOCK_LINES, _BLOCK_GAP = 4, 0.7  # lines of a short block, em between two of them
_FULL = 0.6  # share of a column's width that a line of prose fills
_STREAM_MARGIN = 0.01  # the stream's order knows more than boxes do: it stands unless clearly worse
_LABEL = 0.45  # of the usual length of a line
_MOST_HANGING = 8  # glyphs of an index
_SHORTER = 0.6  # of what it is a label of
_PROSE = 8.0  # em; what is wider is hardly a value
_FEW = 0.25
_NEXT = 4  # characters between pieces that follow each other in the stream
_MAX_DEPTH = 6


def reading_order(pieces: Sequence[LinePiece]) -> list[list[LinePiece]]:
    """Returns the lines in reading order, each a list of its pieces.

    ``pieces`` are in the order of the content stream.
    """
    if len(pieces) < 2:
        return [list(pieces)] if pieces else []
    strays = _strays(pieces)
    if strays:
        pieces = [piece for piece in pieces if piece not in strays]
    by_gutters = columns(pieces)
    in_stream = _lines(pieces)
    if by_gutters != in_stream:
        labels = _labels(by_gutters)
        if _score(in_stream, labels) < _score(by_gutters, labels) - _STREAM_MARGIN:
            in_stream = by_gutters
    if strays:
        return [[*line, *(stray for stray, host in strays.items() if host in line)] for line in in_stream]
    return in_stream


def _strays(pieces: Sequence[LinePiece]) -> dict[LinePiece, LinePiece]:
    """Raised and lowered glyphs drawn apart from their line, each with a piece of that line."""
    small = [at for at, piece in enumerate(pieces) if len(piece.positions) <= _MOST_HANGING]
    found: dict[LinePiece, LinePiece] = {}
    for at in small if len(small) < len(pieces) else ():
        piece = pieces[at]
        beside = [pieces[near] for near in (at - 1, at + 1) if 0 <= near < len(pieces)]
        if any(abs(piece.x0 - near.x1) < near.size and _may_hold(near, piece) for near in beside):
            continue
        hosts = [other for other in pieces if _may_hold(other, piece) and other.x0 < piece.x0 < other.x1 + other.size]
        if hosts:
            found[piece] = max(hosts, key=lambda host: host.x0)
    for piece, host in found.items():
        while host in found:  # which is larger: this ends
            host = found[host]
        found[piece] = host
    return found


def _may_hold(line: LinePiece, piece: LinePiece) -> bool:
    """Whether a piece of smaller type is on the level of another one."""
    if line.table or piece.size > 0.87 * line.size or piece.size < 0.3 * line.size:
        return False
    return min(line.y1, piece.y1) - max(line.y0, piece.y0) > 0.4 * piece.height


def _labels(lines: Sequence[Sequence[LinePiece]]) -> dict[LinePiece, LinePiece]:
    """Text right of a label, with that label: a piece much shorter than the page's lines and than the text."""
    usual = median(line[-1].x1 - line[0].x0 for line in lines)
    pairs = [pair for line in lines for pair in pairwise(line)]
    short = ((left, right) for left, right in pairs if _width(left) < _LABEL * usual)
    return {right: left for left, right in short if _width(left) < _SHORTER * _width(right)}


def columns(pieces: Sequence[LinePiece], depth: int = 0) -> list[list[LinePiece]]:
    """Orders lines by gutters: full-width lines cut the page into bands, and each band is read column by column."""
    gutter = _gutter(pieces) if depth < _MAX_DEPTH else None
    if gutter is None:
        return _rows(pieces)
    ordered: list[list[LinePiece]] = []
    for band in _bands(pieces, gutter):
        sides = [piece for piece in band if piece.x1 <= gutter], [piece for piece in band if piece.x0 >= gutter]
        if len(sides[0]) + len(sides[1]) < len(band) or not all(sides):
            ordered += columns(band, depth + 1) if len(band) < len(pieces) else _rows(band)
        elif foot := _foot(sides):
            ordered += columns([piece for piece in band if piece not in foot], depth + 1) + columns(foot, depth + 1)
        else:
            for strip in _strips_across(band, sides):
                ordered += columns([piece for piece in strip if piece.x1 <= gutter], depth + 1)
                ordered += columns([piece for piece in strip if piece.x0 >= gutter], depth + 1)
    return ordered


def _foot(sides: Sequence[Sequence[LinePiece]]) -> list[LinePiece]:
    """The part of one side below the end of the other, if it is wider than the columns of its own side.

    It is below all columns. A line across the columns of one side that has others beside it belongs to that side.
    """
    low, shorter = min((max(piece.y1 for piece in own), number) for number, own in enumerate(sides))
    longer = sides[1 - shorter]
    above = [piece for piece in longer if piece.y0 < low]
    inner = _gutter(above) if len(above) < len(longer) else None
    across = [piece.y0 for piece in longer if inner is not None and piece.x0 < inner < piece.x1]
    return [piece for piece in longer if piece.y0 >= min(across)] if across and min(across) >= low else []


def _strips_across(band: Sequence[LinePiece], sides: Sequence[Sequence[LinePiece]]) -> list[list[LinePiece]]:
    """The band, cut where white space crosses both columns, if that leaves only short blocks side by side."""
    strips: list[list[LinePiece]] = []
    low = -1.0
    for piece in sorted(band, key=attrgetter("y0")):
        if not strips or piece.y0 - low > _BLOCK_GAP * piece.size:
            strips.append([])
        strips[-1].append(piece)
        low = max(low, piece.y1)
    inside = [[[piece for piece in strip if piece in own] for own in map(set, sides)] for strip in strips]
    short = all(len(_rows(own)) <= _BLOCK_LINES for strip in inside for own in strip)
    return strips if short and len(strips) > 1 and all(all(strip) for strip in inside) else [list(band)]


def _rows(pieces: Sequence[LinePiece]) -> list[list[LinePiece]]:
    """Top to bottom, pieces of one line together."""
    rows: list[list[LinePiece]] = []
    widest: list[LinePiece] = []
    for piece in sorted(pieces, key=lambda piece: piece.y0 + piece.y1):
        # A raised mark sorts before its line, so the last two rows are asked; large type stands beside two lines.
        home = None
        if rows and piece.y0 < widest[-1].y1 and _is_home(rows[-1], widest[-1], piece):
            home = -1
        elif len(rows) > 1 and piece.y0 < widest[-2].y1 and _is_home(rows[-2], widest[-2], piece):
            home = -2
        if home is None or piece.table or widest[home].table:
            rows.append([piece])
            widest.append(piece)
        else:
            rows[home].append(piece)
            widest[home] = max(widest[home], piece, key=_width)
    return [sorted(row, key=attrgetter("x0")) if len(row) > 1 else row for row in rows]


def _is_home(row: Sequence[LinePiece], widest: LinePiece, piece: LinePiece) -> bool:
    """Whether a piece belongs to a row: beside its widest piece, and over or under none of the others."""
    if not widest.beside(piece):
        return any(_hangs(piece, other) for other in row)
    return len(row) == 1 or not any(_is_over(piece, other) for other in row)


def _hangs(piece: LinePiece, other: LinePiece) -> bool:
    """Whether a few smaller glyphs hang on the end of a piece, over half their height off its level."""
    if piece.size > 0.85 * other.size or len(piece.positions) > _MOST_HANGING or other.table:
        return False
    shared = min(piece.y1, other.y1) - max(piece.y0, other.y0)
    return abs(piece.x0 - other.x1) < 0.2 * other.size and shared > 0.2 * piece.height


def _is_over(piece: LinePiece, other: LinePiece) -> bool:
    """Whether two pieces of similar size are one above the other: they are two lines beside large type."""
    across = min(piece.x1, other.x1) - max(piece.x0, other.x0)
    return across > 0.5 * min(piece.size, other.size) and not other.beside(piece)


def _width(piece: LinePiece) -> float:
    return piece.x1 - piece.x0


def _lines(pieces: Sequence[LinePiece]) -> list[list[LinePiece]]:
    """In the order given; neighbours on one line, close together, are joined."""
    lines: list[list[LinePiece]] = []
    for piece in pieces:
        last = lines[-1][-1] if lines else None
        if last and not last.table and not piece.table and last.beside(piece):
            gap = piece.x0 - last.x1
            if -0.5 * piece.size < gap < 2.5 * piece.size:
                lines[-1].append(piece)
                continue
        lines.append([piece])
    return lines


def _bands(pieces: Sequence[LinePiece], gutter: float) -> list[list[LinePiece]]:
    """Runs from top to bottom, alternately within the columns and across the gutter."""
    bands: list[list[LinePiece]] = []
    crossing = False
    for row in _rows(pieces):
        crosses = any(piece.x0 < gutter < piece.x1 for piece in row)
        if bands and crosses == crossing:
            bands[-1] += row
        else:
            bands.append(list(row))
        crossing = crosses
    return bands


def _gutter(pieces: Sequence[LinePiece]) -> float | None:
    """The x of the best white strip with columns of prose on both sides, or None."""
    if len(pieces) < 2 * _MIN_LINES:
        return None
    left, right = min([p.x0 for p in pieces]), max([p.x1 for p in pieces])
    if right - left > _WIDEST:
        return None
    width = int(right - left) + 2
    change = np.zeros(width + 1)
    heights = [piece.y1 - piece.y0 for piece in pieces]
    np.add.at(change, [int(piece.x0 - left) for piece in pieces], heights)
    np.subtract.at(change, [int(piece.x1 - left) + 1 for piece in pieces], heights)
    ink: NDArray[np.float64] = np.cumsum(change[:width]).round(6)
    size = sorted([piece.size for piece in pieces])[len(pieces) // 2]
    best, best_score = None, 0.0
    for start, end in _strips(ink, max(4.0, 0.6 * size)):
        middle = left + (start + end) / 2
        score = _gutter_score(pieces, middle, right - left)
        if score > best_score:
            best, best_score = middle, score
    return best


def _strips(ink: NDArray[np.float64], least: float) -> list[tuple[int, int]]:
    """Maximal runs of at least ``least`` points with little ink, away from the edges."""
    low = ink <= 0.5 * np.sort(ink)[9 * (len(ink) - 1) // 10]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], low.astype(np.int8), [0]])))
    found = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start >= least and start > 0 and end < len(ink):
            run = ink[start:end]
            quiet = np.flatnonzero(run <= run.min() + 0.05 * ink.max())
            found.append((start + int(quiet[0]), start + int(quiet[-1]) + 1))
    return found


def _gutter_score(pieces: Sequence[LinePiece], gutter: float, width: float) -> float:
    """Height of prose on both sides of ``gutter``, minus that of text crossing it; 0 if it separates no columns."""
    before = [piece for piece in pieces if piece.x1 <= gutter and not piece.table]
    after = [piece for piece in pieces if piece.x0 >= gutter and not piece.table]
    score = 0.0
    for side in (before, after):
        if len(side) < _MIN_LINES:
            return 0.0
        rows = _rows(side)
        typical = sorted(row[-1].x1 - row[0].x0 for row in rows)[3 * (len(rows) - 1) // 4]
        filled = [sum(piece.x1 - piece.x0 for piece in row) >= _FULL * typical for row in rows]
        is_short = len(rows) <= _MIN_LINES
        if is_short and not _are_bare_blocks(pieces, rows):
            return 0.0
        narrowest = (_NARROWEST_SHORT if is_short else _NARROWEST) * median(piece.size for piece in side)
        if typical < max(narrowest, 0.12 * width) or sum(filled) < (1 if is_short else 0.5) * len(rows):
            return 0.0
        score += sum(row[0].y1 - row[0].y0 for row, full in zip(rows, filled, strict=True) if full)
    shared = min(max(p.y1 for p in before), max(p.y1 for p in after)) - max(
        min(p.y0 for p in before), min(p.y0 for p in after)
    )
    return score if shared > 0 else 0.0


def _are_bare_blocks(pieces: Sequence[LinePiece], rows: Sequence[Sequence[LinePiece]]) -> bool:
    """Whether two lines may be a column: there are only as many lines beside them."""
    return len(pieces) <= 2 * _MIN_LINES + 1 and all(len(row) == 1 for row in rows)


def _score(lines: Sequence[Sequence[LinePiece]], labels: Mapping[LinePiece, LinePiece]) -> float:
    """Mean quality 0..1 of the steps from line to line, of the joins within lines, and of labels kept."""
    steps = [_step(before, after) for before, after in pairwise(lines)]
    joins = [pair for line in lines for pair in pairwise(line)]
    far = [(left, right) for left, right in joins if right not in labels and _is_far(left, right)]
    # A few lines that reach across are columns read as one; where most do, they are the rows of a table.
    wide = sum(min(_width(left), _width(right)) > _PROSE * left.size for left, right in far)
    steps += [0.0] * (len(far) if len(far) <= _FEW * len(lines) else wide)
    read = [piece for line in lines for piece in line]
    kept = sum(labels.get(right) is left for left, right in pairwise(read))
    steps += [0.0] * (len(labels) - kept)
    return sum(steps) / len(steps) if steps else 1.0


def _is_far(left: LinePiece, right: LinePiece) -> bool:
    """Whether two pieces of a line are apart on the page and in the stream."""
    return right.x0 - left.x1 > right.size and not 0 < right.positions[0] - left.positions[-1] < _NEXT


def _step(before: Sequence[LinePiece], after: Sequence[LinePiece]) -> float:
    a, b = before[-1], after[0]
    x0, x1 = min(p.x0 for p in before), max(p.x1 for p in before)
    overlap = min(x1, max(p.x1 for p in after)) - max(x0, b.x0)
    down = b.y0 - max(p.y0 for p in before)
    if overlap > 0 and down > 0:
        return 1.0 if b.y0 - a.y1 < 1.2 * a.size else 0.8
    if down <= 0 and b.x0 >= x1 - a.size:
        return 0.2 if a.beside(b) else 0.7  # the head of the next column
    if down > 0:
        return 0.5
    return 0.0
