"""Pieces of lines (adjacent glyphs), and the lines made of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.readers.pdf.glyphs.spacing import spread_spaces
from sinkqa.ingest.readers.pdf.lines.raised import Written, write_raised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.ingest.readers.pdf.lines.text import Characters

_MAY_BE_SPREAD = re.compile(r"(?:^|\s)\S\s+\S\s+\S(?:\s|$)|[\u3400-\u9fff]\s+[\u3400-\u9fff]")
NEWLINE, SPACE = -1, -2  # positions of characters that stand in the text but not in the content stream
_ONE_SPACE = np.array([SPACE])
_GAP = 1.0  # em: wider gaps may be a gutter; a line cut here is mended when its column is known
_LARGE = 2.2  # times the size of its neighbour: a letter that stands beside two lines, and no base of an exponent
_SHIFT = 0.3  # of the height of a glyph of nearly one size: what stands farther off its neighbour is of a fraction
_NEARLY = 0.75  # of a size: less has what is raised
_BOLD = 0.85  # share of bold glyphs in a bold line: its number or full stop may be plain
_SMALL = 0.87  # size of raised marks against their line
_TALL = 1.1  # of the height of a glyph: a line so tall has glyphs off its base line


@dataclass(frozen=True, slots=True, eq=False)
class LinePiece:
    """Adjacent glyphs on one line. ``positions`` are ascending character positions of visible glyphs.

    The box is in the upright frame of the text: points, x to the right, y downwards. ``size`` and ``smallest`` are its
    largest and smallest font sizes. ``bold`` is the number of its bold glyphs, ``height`` the height of its tallest
    glyph. ``owner`` is the number that :func:`cut_pieces` got for its glyphs, or -1. ``table``: the piece stands in for
    a table. ``over`` and ``under``: it is a part of a fraction.
    """

    positions: NDArray[np.intp]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    smallest: float
    bold: int
    height: float
    owner: int = -1
    table: bool = False
    over: bool = False
    under: bool = False

    def beside(self, other: LinePiece) -> bool:
        """Whether the two pieces are on one line."""
        shared = min(self.y1, other.y1) - max(self.y0, other.y0)
        return shared > 0.5 * min(self.y1 - self.y0, other.y1 - other.y0)


@dataclass(frozen=True, slots=True, eq=False)
class PdfLine:
    """One line of text in one column.

    ``positions`` holds character positions in reading order, with :data:`SPACE` between pieces. ``bold``: nearly all of
    the line is bold. ``size`` is the font size of its longest piece; 0.0 if only the text is known. ``references`` are
    index ranges of ``positions`` with raised footnote marks.
    """

    positions: NDArray[np.intp]
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    turn: int = 0
    references: tuple[tuple[int, int], ...] = ()

    def beside(self, other: PdfLine) -> bool:
        """Whether the two lines are side by side."""
        shared = min(self.y1, other.y1) - max(self.y0, other.y0)
        return shared > 0.5 * min(self.y1 - self.y0, other.y1 - other.y0)


def upright(characters: Characters, turn: int) -> NDArray[np.float32]:
    """Returns the boxes of all characters in the frame in which text of ``turn`` quarter turns is upright."""
    x0, y0, x1, y1 = characters.boxes.T
    width, height = characters.width, characters.height
    corners = (
        (x0, y0, x1, y1),
        (height - y1, x0, height - y0, x1),
        (width - x1, height - y1, width - x0, height - y0),
        (y0, width - x1, y1, width - x0),
    )[turn]
    return np.stack(corners, axis=1)


def base_lines(characters: Characters, turn: int) -> NDArray[np.float32]:
    """Returns the vertical position of each character's base line, in points, in the frame of :func:`upright`."""
    origins = characters.origins
    if origins is None:
        raise ValueError("base lines are known of text that was read, not of text that was recognised")
    x, y = origins.T
    down: NDArray[np.float32] = (y, x, characters.height - y, characters.width - x)[turn]
    return down


def cut_pieces(
    characters: Characters,
    positions: NDArray[np.intp],
    boxes: NDArray[np.float32],
    owners: NDArray[np.intp] | None = None,
) -> list[LinePiece]:
    """Cuts visible characters, in stream order, at each one that is not directly beside the one before.

    ``boxes`` are those of all characters in the upright frame. ``owners`` has a number for each of ``positions``; a
    change of the number cuts too.
    """
    if not len(positions):
        return []
    box, size = boxes[positions], characters.sizes[positions]
    owners = np.full(len(positions), -1) if owners is None else owners
    rank = np.cumsum(characters.visible)[positions]
    shared = np.minimum(box[:-1, 3], box[1:, 3]) - np.maximum(box[:-1, 1], box[1:, 1])
    height = np.minimum(box[:-1, 3] - box[:-1, 1], box[1:, 3] - box[1:, 1])
    tall = np.maximum(box[:-1, 3] - box[:-1, 1], box[1:, 3] - box[1:, 1])
    shift = np.abs(np.diff(box[:, 1] + box[:, 3])) / 2
    em = np.maximum(size[:-1], size[1:])
    gap = box[1:, 0] - box[:-1, 2]
    off = (shift > _SHIFT * tall) & (np.minimum(size[:-1], size[1:]) > _NEARLY * em)
    cut = (shared < 0.5 * height) | off | (gap > _GAP * em) | (gap < -_GAP * em)
    cut |= (np.diff(rank) != 1) | (np.diff(owners) != 0) | (em > _LARGE * np.minimum(size[:-1], size[1:]))
    starts = np.append(0, np.flatnonzero(cut) + 1)
    columns = (
        np.minimum.reduceat(box[:, 0], starts),
        np.minimum.reduceat(box[:, 1], starts),
        np.maximum.reduceat(box[:, 2], starts),
        np.maximum.reduceat(box[:, 3], starts),
        np.maximum.reduceat(size, starts),
        np.minimum.reduceat(size, starts),
        np.add.reduceat(characters.bold[positions].astype(np.intp), starts),
        np.maximum.reduceat(box[:, 3] - box[:, 1], starts),
        owners[starts],
    )
    ends = np.append(starts[1:], len(positions)).tolist()
    rows = zip(starts.tolist(), ends, *(column.tolist() for column in columns), strict=True)
    return [LinePiece(positions[start:end], *values) for start, end, *values in rows]


def join_line(characters: Characters, pieces: Sequence[LinePiece], boxes: NDArray[np.float32], turn: int) -> PdfLine:
    """Joins ``pieces`` into a line, read from left to right."""
    pieces = sorted(pieces, key=attrgetter("x0"))
    if any(right.x0 < left.x1 - 0.5 * left.size for left, right in pairwise(pieces)):
        joined, text = _woven(characters, pieces, boxes)
    else:
        joined, text = _in_a_row(characters, pieces)
    written = Written(joined, text)
    if characters.origins is not None and _is_mixed(pieces):
        flat = [piece.positions for piece in pieces if piece.over or piece.under]
        written = write_raised(characters, joined, text, boxes, base_lines(characters, turn), flat)
    if _MAY_BE_SPREAD.search(written.text):
        written = _closed_up(written, boxes, max(pieces, key=lambda piece: len(piece.positions)).size)
    glyphs = sum(len(piece.positions) for piece in pieces)
    return PdfLine(
        written.positions,
        written.text,
        min(piece.x0 for piece in pieces),
        min(piece.y0 for piece in pieces),
        max(piece.x1 for piece in pieces),
        max(piece.y1 for piece in pieces),
        max(pieces, key=lambda piece: len(piece.positions)).size,
        sum(piece.bold for piece in pieces) > _BOLD * glyphs,
        turn,
        written.references,
    )


def _closed_up(written: Written, boxes: NDArray[np.float32], em: float) -> Written:
    """The line without spaces inside spaced-out words. Note marks stay."""
    placed = np.where((written.positions < 0)[:, None], np.float32(np.nan), boxes[np.maximum(written.positions, 0)])
    taken = spread_spaces(written.text, placed, max(em, 1.0))
    if not taken or written.references:
        return written
    left_out = set(taken)
    text = "".join([char for at, char in enumerate(written.text) if at not in left_out])
    return Written(np.delete(written.positions, taken), text)


def _is_mixed(pieces: Sequence[LinePiece]) -> bool:
    """Whether glyphs of several sizes or heights are on a line, as raised and lowered ones."""
    if len(pieces) == 1:
        piece = pieces[0]
        return piece.smallest < _SMALL * piece.size or piece.y1 - piece.y0 > _TALL * piece.height
    size, height = max([piece.size for piece in pieces]), max([piece.height for piece in pieces])
    top, bottom = min([piece.y0 for piece in pieces]), max([piece.y1 for piece in pieces])
    return min([piece.smallest for piece in pieces]) < _SMALL * size or bottom - top > _TALL * height


def stamp_lines(characters: Characters) -> list[PdfLine]:
    """Returns the watermarks of a page, each as its own line."""
    if characters.stamps is None:
        return []
    lines = []
    for number in range(1, int(characters.stamps.max()) + 1):
        positions = np.flatnonzero(characters.stamps == number)
        if len(positions):
            box, size = characters.boxes[positions], float(characters.sizes[positions[0]])
            text = "".join([characters.text[position] for position in positions.tolist()])
            (x0, y0), (x1, y1) = box[:, :2].min(axis=0).tolist(), box[:, 2:].max(axis=0).tolist()
            turn = int(characters.turns[positions[0]])
            lines.append(PdfLine(positions, text, x0, y0, x1, y1, size, bold=False, turn=turn))
    return lines


def _in_a_row(characters: Characters, pieces: Sequence[LinePiece]) -> tuple[NDArray[np.intp], str]:
    """Positions and text, with spaces between glyphs as in the stream."""
    parts: list[NDArray[np.intp]] = []
    texts: list[str] = []
    for index, piece in enumerate(pieces):
        if index and pieces[index - 1].over and piece.under:
            parts.append(_ONE_SPACE)
            texts.append("/")
        elif index and _are_apart(characters, pieces[index - 1], piece):
            parts.append(_ONE_SPACE)
            texts.append(" ")
        first, last = piece.positions.item(0), piece.positions.item(-1) + 1
        text = characters.text[first:last]
        inside = piece.positions if len(piece.positions) == last - first else np.arange(first, last)
        if "\n" in text:
            inside[[at for at, char in enumerate(text) if char == "\n"]] = SPACE
            text = text.replace("\n", " ")
        parts.append(inside)
        texts.append(text)
    return np.concatenate(parts) if len(parts) > 1 else parts[0], "".join(texts)


def _are_apart(characters: Characters, left: LinePiece, right: LinePiece) -> bool:
    """Whether a space separates two pieces; none separates a large initial from the rest of its word."""
    if right.x0 - left.x1 <= 0.15 * right.size:
        return False
    is_initial = len(left.positions) == 1 and left.size > _LARGE * right.size
    between = characters.text[left.positions[-1] + 1 : right.positions[0]].strip("\n")
    follows = not between and characters.text[right.positions[0]].islower()
    nearest = 0.5 if characters.text[left.positions[0]] in "AIO" else _GAP  # words of one letter
    return not (is_initial and follows and right.x0 - left.x1 < nearest * right.size)


def _woven(
    characters: Characters, pieces: Sequence[LinePiece], boxes: NDArray[np.float32]
) -> tuple[NDArray[np.intp], str]:
    """Glyph by glyph from left to right: one piece fills a gap in another, as raised numbers drawn last do."""
    positions = np.concatenate([piece.positions for piece in pieces])
    left, right = boxes[positions, 0], boxes[positions, 2]
    first = 0
    for piece in pieces:
        last = first + len(piece.positions)
        if piece.over or piece.under:  # as they are read, and not as they stand
            edges = np.linspace(piece.x0, piece.x1, last - first + 1)
            left[first:last], right[first:last] = edges[:-1], edges[1:]
        first = last
    order = np.argsort(left, kind="stable")
    positions, left, right = positions[order], left[order], right[order]
    slashes = {piece.positions.item(-1) for piece in pieces if piece.over}
    wide = left[1:] - right[:-1] > 0.15 * characters.sizes[positions[1:]]
    woven: list[int] = []
    text: list[str] = []
    for position, apart in zip(positions.tolist(), [False, *wide.tolist()], strict=True):
        slash = bool(woven) and woven[-1] in slashes
        if apart or slash:
            woven.append(SPACE)
            text.append("/" if slash else " ")
        woven.append(position)
        text.append(characters.text[position])
    return np.array(woven), "".join(text)
