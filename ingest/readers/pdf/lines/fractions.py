"""Finds fractions inside a line of text: a number above a number with a rule between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sinkqa.ingest.readers.pdf.glyphs.shapes import thin_shapes
from sinkqa.ingest.readers.pdf.lines.making import LinePiece

if TYPE_CHECKING:
    import pypdfium2 as pdfium

    from sinkqa.ingest.readers.pdf.lines.text import Characters

_LONGEST = 8  # glyphs over or under the line
_LEAST = 3  # pieces: both parts of a fraction and the text that it stands in
_MOST = 150  # short pieces: a page with more is a table
_SIDE = re.compile(r"[0-9A-Za-zα-ωΑ-Ω]+(?:[.,][0-9]+)?%?")
_BESIDE = 1.6  # em from a fraction to the text that it stands in
_THIN = 1.6  # points of height of the line between


def join_fractions(page: pdfium.PdfPage, characters: Characters, pieces: list[LinePiece]) -> list[LinePiece]:
    """Returns the pieces, with the parts of each fraction moved side by side onto its line."""
    if len(pieces) < _LEAST:
        return pieces
    short = [piece for piece in pieces if len(piece.positions) <= _LONGEST and not piece.table]
    if len(short) < 2 or len(short) > _MOST:
        return pieces
    pairs = [pair for pair in _stacked(short) if all(_SIDE.fullmatch(_text(characters, piece)) for piece in pair)]
    if not pairs:
        return pieces
    moved: dict[LinePiece, LinePiece] = {}
    rules = thin_shapes(page, _THIN)
    for over, under in pairs:
        line = _line_of(over, under, pieces)
        if line is None or over in moved or under in moved or not any(_parts(rule, over, under) for rule in rules):
            continue
        left, right = min(over.x0, under.x0), max(over.x1, under.x1)
        middle = (left + right) / 2
        moved[over] = replace(over, x0=left, x1=middle, y0=line.y0, y1=line.y1, over=True)
        moved[under] = replace(under, x0=middle, x1=right, y0=line.y0, y1=line.y1, under=True)
    return [moved.get(piece, piece) for piece in pieces]


def _text(characters: Characters, piece: LinePiece) -> str:
    return "".join([characters.text[position] for position in piece.positions.tolist()])


def _stacked(pieces: Sequence[LinePiece]) -> Iterator[tuple[LinePiece, LinePiece]]:
    """Pairs of pieces, one directly over the other."""
    by_height = sorted(pieces, key=lambda piece: piece.y0)
    for at, over in enumerate(by_height):
        for under in by_height[at + 1 :]:
            if under.y0 - over.y1 > 0.6 * over.size:
                break
            across = min(over.x1, under.x1) - max(over.x0, under.x0)
            narrow = min(over.x1 - over.x0, under.x1 - under.x0)
            if across > 0.8 * narrow and under.y0 - over.y0 > 0.6 * over.height:
                yield over, under


def _line_of(over: LinePiece, under: LinePiece, pieces: Sequence[LinePiece]) -> LinePiece | None:
    """The text beside a fraction, at the height of its rule."""
    left, right = min(over.x0, under.x0), max(over.x1, under.x1)
    low, high = (over.y0 + over.y1) / 2, (under.y0 + under.y1) / 2
    for piece in pieces:
        near = _BESIDE * piece.size
        beside = left - near < piece.x1 <= left + 1 or right - 1 <= piece.x0 < right + near
        if beside and low < (piece.y0 + piece.y1) / 2 < high and piece is not over and piece is not under:
            return piece
    return None


def _parts(rule: tuple[float, float, float, float], over: LinePiece, under: LinePiece) -> bool:
    """Whether a drawn rule is between the two and about as wide as they are."""
    x0, y0, x1, y1 = rule
    left, right = min(over.x0, under.x0), max(over.x1, under.x1)
    level = (over.y0 + over.y1) / 2 < (y0 + y1) / 2 < (under.y0 + under.y1) / 2
    return level and x0 < left + 2 and x1 > right - 2 and x1 - x0 < right - left + 2 * over.size
