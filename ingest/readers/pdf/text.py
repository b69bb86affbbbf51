"""Ingest, PDF: the characters of one page with their boxes, and the words they make."""

from __future__ import annotations

import ctypes
import functools
import math
import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ingest.readers.pdf.native import quick

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|simhei|黑体", re.IGNORECASE)
_LAST_BLANK = 0x3000  # the ideographic space is the last of all spaces
_FORCE_BOLD = 1 << 18  # font descriptor flag (ISO 32000-1, table 123)


class Word(NamedTuple):
    """Characters without a space between them, in one line.

    The box and its centre, ``x`` and ``y``, are in points as displayed; ``size`` is the font size in points.
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
    """The visible characters of one page in the order of its content stream; all arrays have ``len(text)`` rows.

    ``boxes``: float32, x0 y0 x1 y1 in points on the displayed page, origin top left, NaN for spaces and line ends.
    They reach from descender to ascender, so all boxes of a line in one font have one height.
    ``sizes``: float32, font size in points. ``turns``: int8, quarter turns of the text against the displayed page,
    counterclockwise; 0 is upright.
    """

    text: str
    boxes: NDArray[np.float32]
    sizes: NDArray[np.float32]
    turns: NDArray[np.int8]
    bold: NDArray[np.bool_]
    width: float
    height: float

    @property
    def visible(self) -> NDArray[np.bool_]:
        """True where a glyph stands, (len(text),)."""
        return ~np.isnan(self.boxes[:, 0])


def read_characters(page: pdfium.PdfPage) -> Characters:
    """Every character of ``page`` that stands on the displayed page; NULs and carriage returns are left out."""
    width, height = page.get_size()
    text_page = page.get_textpage()
    try:
        handle = ctypes.cast(text_page.raw, ctypes.c_void_p).value
        codes = _codes(handle, text_page.count_chars())
        codes[(codes == 0xFFFE) | (codes == 2)] = ord("-")  # how pdfium marks a hyphen at the end of a line
        blank = _blank(codes)
        user = _loose_boxes(handle, len(codes))
        sizes, turns, bold = _styles(handle, user, blank)
    finally:
        text_page.close()
    rotation = page.get_rotation()
    boxes = _displayed(user, page.get_bbox(), rotation)
    outside = (boxes[:, 2] < 0) | (boxes[:, 0] > width) | (boxes[:, 3] < 0) | (boxes[:, 1] > height)
    boxes[blank] = np.nan
    keep = (codes != 0) & (codes != 0x0D) & (blank | ~outside)
    text = codes[keep].tobytes().decode("utf-32-le", "surrogatepass")
    turns = (turns - rotation // 90) % 4
    return Characters(text, boxes[keep], sizes[keep], turns[keep], bold[keep], width, height)


def words(characters: Characters, pieces: Sequence[NDArray[np.intp]]) -> tuple[list[Word], NDArray[np.float32]]:
    """The words of ``pieces``, each an array of visible character positions of one line, left to right.

    Also the centre of the word to which each character belongs: float32, (len(text), 2), NaN outside all words.
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


def _styles(
    handle: int | None, boxes: NDArray[np.float32], blank: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.int8], NDArray[np.bool_]]:
    """Font size, quarter turns in user space and boldness of all characters.

    Asked once for each text object, and for its object only where a word begins or the line height changes:
    a call for each character would cost as much as extracting the text.
    """
    count = len(boxes)
    if not count:
        return np.zeros(0, np.float32), np.zeros(0, np.int8), np.zeros(0, bool)
    heights = boxes[:, 3] - boxes[:, 1]
    changed = np.abs(np.diff(heights, prepend=0)) > 0.02 * heights
    probes = np.flatnonzero(~blank & (np.append(True, blank[:-1]) | changed)).tolist()
    find = quick("FPDFText_GetTextObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    addresses = list(map(find, repeat(handle), probes))
    first = dict(zip(reversed(addresses), reversed(probes), strict=True))
    known = dict(zip(first, _text_styles(handle, first), strict=True))
    styles = np.array([known[address] for address in addresses], np.float32).reshape(-1, 3)
    last = np.zeros(count, np.intp)
    last[probes] = np.arange(len(probes))
    styles = styles[np.maximum.accumulate(last)] if probes else np.zeros((count, 3), np.float32)
    return styles[:, 0], styles[:, 1].astype(np.int8), styles[:, 2] > 0


def _text_styles(handle: int | None, objects: Mapping[int | None, int]) -> Iterator[tuple[float, int, bool]]:
    """Font size in points, quarter turns in user space and boldness of text objects, each given with a character."""
    import pypdfium2.raw as raw

    matrix_of = quick("FPDFText_GetMatrix", ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    size_of = quick("FPDFText_GetFontSize", ctypes.c_double, ctypes.c_void_p, ctypes.c_int)
    mode_of = quick("FPDFTextObj_GetTextRenderMode", ctypes.c_int, ctypes.c_void_p)
    font_of = quick("FPDFTextObj_GetFont", ctypes.c_void_p, ctypes.c_void_p)
    fonts: dict[int | None, bool] = {}
    matrix = raw.FS_MATRIX()
    matrix_at = ctypes.addressof(matrix)
    for address, position in objects.items():
        matrix_of(handle, position, matrix_at)
        size = size_of(handle, position) * math.hypot(matrix.c, matrix.d)
        turn = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        if not address:
            yield size, turn, False
        elif mode_of(address) == raw.FPDF_TEXTRENDERMODE_FILL_STROKE:
            yield size, turn, True  # strokes thicken a face that has no bold cut
        else:
            font = font_of(address)
            if font not in fonts:
                fonts[font] = _is_bold(font)
            yield size, turn, fonts[font]


def _displayed(
    user: NDArray[np.float32], bounds: tuple[float, float, float, float], rotation: int
) -> NDArray[np.float32]:
    """User-space boxes (left, bottom, right, top) as displayed: turned clockwise by ``rotation``, origin top left."""
    left, bottom, right, top = bounds
    x0, y0, x1, y1 = user.T
    corners = {
        0: (x0 - left, top - y1, x1 - left, top - y0),
        90: (y0 - bottom, x0 - left, y1 - bottom, x1 - left),
        180: (right - x1, y0 - bottom, right - x0, y1 - bottom),
        270: (top - y1, right - x1, top - y0, right - x0),
    }[rotation]
    return np.stack(corners, axis=1).astype(np.float32)


def _blank(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """True for spaces, line ends and control codes that stand for no glyph."""
    return _blanks()[np.minimum(codes, _LAST_BLANK + 1)]


@functools.cache
def _blanks() -> NDArray[np.bool_]:
    return np.array([code < 0x20 or chr(code).isspace() for code in range(_LAST_BLANK + 2)])


def _is_bold(address: int | None) -> bool:
    import pypdfium2.raw as raw

    font = ctypes.cast(address or 0, raw.FPDF_FONT)
    if raw.FPDFFont_GetFlags(font) & _FORCE_BOLD:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFFont_GetBaseFontName(font, name, len(name))
    return bool(_BOLD_NAME.search(unicodedata.normalize("NFKC", name.value.decode("utf-8", "replace"))))
