"""The characters of one page with their boxes, and their words."""

from __future__ import annotations

import ctypes
import functools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sinkqa.ingest.readers.pdf.glyphs.doubles import find_doubles
from sinkqa.ingest.readers.pdf.glyphs.hidden import Glyphs, find_hidden
from sinkqa.ingest.readers.pdf.glyphs.native import quick
from sinkqa.ingest.readers.pdf.glyphs.places import displayed, displayed_corners
from sinkqa.ingest.readers.pdf.glyphs.spacing import false_ends
from sinkqa.ingest.readers.pdf.glyphs.stamps import find_stamps
from sinkqa.ingest.readers.pdf.glyphs.styles import objects_of, read_styles
from sinkqa.ingest.readers.pdf.glyphs.symbols import read_symbols
from sinkqa.ingest.readers.pdf.lines.vertical import turn_vertical

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray

_LAST_BLANK = 0x3000  # the ideographic space is the last of all spaces


class Word(NamedTuple):
    """Characters of one line without a space between them.

    The box and its centre, ``x`` and ``y``, are in points as displayed. ``size`` is the font size in points.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    x: float
    y: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Characters:
    """The visible characters of one page in the order of its content stream. All arrays have ``len(text)`` rows.

    ``boxes``: float32, x0 y0 x1 y1 in points on the displayed page, origin top left, NaN for spaces and line ends. They
    reach from descender to ascender, so all boxes of a line in one font have one height. ``sizes``: float32, font size
    in points. ``turns``: int8, quarter turns of the text against the displayed page, counterclockwise; 0 is upright.
    ``origins``: float32, x and y of a point on the base line, as displayed; None if base lines are unknown. ``stamps``:
    int32, the number of a character's watermark from 1, or 0; None if there is none. ``told``: the words of watermarks
    that say something about the page. ``hidden``: the number of characters left out because the page does not show
    them. ``unsure``: the text may be set in columns.
    """

    text: str
    boxes: NDArray[np.float32]
    sizes: NDArray[np.float32]
    turns: NDArray[np.int8]
    bold: NDArray[np.bool_]
    width: float
    height: float
    origins: NDArray[np.float32] | None = None
    stamps: NDArray[np.int32] | None = None
    told: tuple[str, ...] = ()
    hidden: int = 0
    unsure: bool = False

    @property
    def visible(self) -> NDArray[np.bool_]:
        """True for visible glyphs, (len(text),)."""
        return ~np.isnan(self.boxes[:, 0])


def read_characters(page: pdfium.PdfPage, *, layers_off: Callable[[], bool] = bool) -> Characters:
    """Reads every visible character of ``page`` once. NULs and carriage returns are left out.

    ``layers_off``: whether the file has optional content that may be off.
    """
    width, height = page.get_size()
    text_page = page.get_textpage()
    try:
        handle = ctypes.cast(text_page.raw, ctypes.c_void_p).value
        codes = _codes(handle, text_page.count_chars())
        codes[(codes == 0xFFFE) | (codes == 2)] = ord("-")  # how pdfium marks a hyphen at the end of a line
        order = read_symbols(handle, codes)
        blank = _blank(codes)
        user = _loose_boxes(handle, len(codes))[order]
        styles = read_styles(handle, user, blank)
        rotation = page.get_rotation()
        styles = replace(styles, turns=(styles.turns - rotation // 90) % 4)
        boxes = displayed(user, page.get_bbox(), rotation)
        outside = (boxes[:, 2] < 0) | (boxes[:, 0] > width) | (boxes[:, 3] < 0) | (boxes[:, 1] > height)
        boxes[blank | outside] = np.nan
        glyphs = Glyphs(boxes, styles.shades, styles.unseen, styles.objects)
        hidden = find_hidden(page, glyphs, functools.partial(objects_of, handle, len(codes)), layers_off=layers_off)
        boxes[hidden] = np.nan
    finally:
        text_page.close()
    double = find_doubles(codes, boxes, styles.shades, styles.objects)
    boxes[double] = np.nan
    keep = (codes != 0) & (codes != 0x0D) & (blank | ~np.isnan(boxes[:, 0]))
    stamps = find_stamps(codes, boxes, styles)
    turns, unsure = turn_vertical(codes, boxes, styles.sizes, styles.turns)
    kept = np.flatnonzero(keep)
    keep[kept[false_ends(codes[kept], boxes[kept], styles.sizes[kept], turns[kept])]] = False
    x, y = styles.origins[keep].T
    origins = np.stack(displayed_corners((x, y, x, y), page.get_bbox(), rotation)[:2], axis=1)
    return Characters(
        codes[keep].tobytes().decode("utf-32-le", "surrogatepass"),
        boxes[keep],
        styles.sizes[keep],
        turns[keep],
        styles.bold[keep],
        width,
        height,
        origins,
        stamps.numbers[keep] if stamps.numbers.any() else None,
        stamps.told,
        int(hidden.sum()),
        unsure,
    )


def words(characters: Characters, pieces: Sequence[NDArray[np.intp]]) -> tuple[list[Word], NDArray[np.float32]]:
    """Returns the words of ``pieces``. A piece is an array of visible character positions of one line, left to right.

    The second result is the centre of each character's word: float32, (len(text), 2), NaN outside all words.
    """
    centres = np.full((len(characters.text), 2), np.nan, np.float32)
    if not pieces:
        return [], centres
    positions = np.concatenate(pieces)
    apart = np.diff(positions, prepend=positions[0] - 2) != 1
    apart[np.cumsum([len(piece) for piece in pieces[:-1]], dtype=np.intp)] = True
    starts = np.flatnonzero(apart)
    ends = np.append(starts[1:], len(positions))
    boxes = characters.boxes[positions]
    low, high = np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)
    middle = (low + high) / 2
    centres[positions] = np.repeat(middle, ends - starts, axis=0)
    first, last = positions[starts], positions[ends - 1] + 1
    text = characters.text
    texts = [text[begin:end] for begin, end in zip(first.tolist(), last.tolist(), strict=True)]
    bounds = np.hstack([low, high, middle]).T.tolist()
    return list(map(Word, texts, *bounds, characters.sizes[first].tolist(), characters.bold[first].tolist())), centres


def _codes(handle: int | None, count: int) -> NDArray[np.uint32]:
    """Code points of all characters of a text page, (count,)."""
    units = np.zeros(count + 1, np.uint16)
    bulk = quick("FPDFText_GetText", ctypes.c_int, *[ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p])
    written = bulk(handle, 0, count, units.ctypes.data) if count else 1
    surrogates = (units >= 0xD800) & (units < 0xE000)
    if written == count + 1 and not surrogates.any():
        return units[:count].astype(np.uint32)
    # Characters without a code point or beyond the basic plane: positions differ, so ask one by one.
    single = quick("FPDFText_GetUnicode", ctypes.c_uint, ctypes.c_void_p, ctypes.c_int)
    codes = np.fromiter(map(single, repeat(handle), range(count)), np.uint32, count)
    codes[codes > 0x10FFFF] = 0xFFFD
    return codes


def _loose_boxes(handle: int | None, count: int) -> NDArray[np.float32]:
    """User-space boxes (left, bottom, right, top) of all characters, from descender to ascender, (count, 4)."""
    boxes = np.zeros((count, 4), np.float32)  # FS_RECTF: left, top, right, bottom
    loose = quick("FPDFText_GetLooseCharBox", ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    address = boxes.ctypes.data
    deque(map(loose, repeat(handle), range(count), range(address, address + 16 * count, 16)), 0)
    return boxes[:, [0, 3, 2, 1]]


def _blank(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """True for spaces, line ends and control codes without a glyph."""
    return _blanks()[np.minimum(codes, _LAST_BLANK + 1)]


@functools.cache
def _blanks() -> NDArray[np.bool_]:
    return np.array([code < 0x20 or chr(code).isspace() for code in range(_LAST_BLANK + 2)])
