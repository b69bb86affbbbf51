"""Ingest, PDF: how the characters of a page are set: size, slope, weight, shade and base line of each text object."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from ingest.readers.pdf.native import quick

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|simhei|黑体", re.IGNORECASE)
_FORCE_BOLD = 1 << 18  # font descriptor flag (ISO 32000-1, table 123)
_SKEW = math.radians(6)  # a scan may lie a little askew; a stamp is turned by more
_UNSEEN_MODES = (3, 7)  # render modes that put no ink on the page


@dataclass(frozen=True, slots=True)
class Styles:
    """How each character is set; all arrays have a row for each. Read of the text object that a character is of.

    ``sizes``: float32, points. ``turns``: int8, quarter turns in user space. ``slanted``: not set along any of them.
    ``shades``: float32, 0 black to 1 white as seen on white paper. ``unseen``: drawn without ink. ``origins``: float32,
    x and y in user space, of a point on the base line. ``objects``: addresses, 0 where there is none.
    """

    sizes: NDArray[np.float32]
    turns: NDArray[np.int8]
    slanted: NDArray[np.bool_]
    bold: NDArray[np.bool_]
    shades: NDArray[np.float32]
    unseen: NDArray[np.bool_]
    origins: NDArray[np.float32]
    objects: NDArray[np.int64]


def read_styles(handle: int | None, boxes: NDArray[np.float32], blank: NDArray[np.bool_]) -> Styles:
    """Styles of all characters of a text page; ``boxes`` are theirs in user space.

    Asked once for each text object, and for its object only where a word begins or the line changes:
    a call for each character would cost as much as extracting the text.
    """
    count = len(boxes)
    heights = boxes[:, 3] - boxes[:, 1]
    changed = np.abs(np.diff(boxes[:, 1], prepend=0)) > 0.02 * heights
    changed |= np.abs(np.diff(heights, prepend=0)) > 0.02 * heights
    changed[1:] |= boxes[1:, 0] < boxes[:-1, 2] - 0.3 * heights[1:]
    probes = np.flatnonzero(~blank & (np.append(True, blank[:-1]) | changed)) if count else np.zeros(0, np.intp)
    find = quick("FPDFText_GetTextObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    addresses = [address or 0 for address in map(find, repeat(handle), probes.tolist())]
    first = dict(zip(reversed(addresses), reversed(probes.tolist()), strict=True))
    known = dict(zip(first, _object_styles(handle, first), strict=True))
    rows = np.array([known[address] for address in addresses], np.float32).reshape(-1, 8)
    last = np.zeros(count, np.intp)
    last[probes] = np.arange(len(probes))
    last = np.maximum.accumulate(last)
    table = rows[last] if len(probes) else np.zeros((count, 8), np.float32)
    objects = np.array(addresses, np.int64)[last] if len(probes) else np.zeros(count, np.int64)
    return Styles(
        table[:, 0],
        table[:, 1].astype(np.int8),
        table[:, 2] > 0,
        table[:, 3] > 0,
        table[:, 4],
        table[:, 5] > 0,
        table[:, 6:],
        objects,
    )


def objects_of(handle: int | None, count: int) -> NDArray[np.int64]:
    """Address of the text object of each character, 0 where it has none, (count,)."""
    find = quick("FPDFText_GetTextObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    return np.array([address or 0 for address in map(find, repeat(handle), range(count))], np.int64)


def _object_styles(
    handle: int | None, objects: Mapping[int, int]
) -> Iterator[tuple[float, int, bool, bool, float, bool, float, float]]:
    """The style of text objects, each given with a character of it, in the order of the fields of :class:`Styles`."""
    import pypdfium2.raw as raw

    matrix_of = quick("FPDFText_GetMatrix", ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    size_of = quick("FPDFText_GetFontSize", ctypes.c_double, ctypes.c_void_p, ctypes.c_int)
    mode_of = quick("FPDFTextObj_GetTextRenderMode", ctypes.c_int, ctypes.c_void_p)
    font_of = quick("FPDFTextObj_GetFont", ctypes.c_void_p, ctypes.c_void_p)
    colour_of = quick("FPDFPageObj_GetFillColor", ctypes.c_int, *[ctypes.c_void_p] * 5)
    fonts: dict[int | None, bool] = {}
    matrix = raw.FS_MATRIX()
    matrix_at = ctypes.addressof(matrix)
    colour = (ctypes.c_uint * 4)()
    colour_at = [ctypes.addressof(colour) + 4 * part for part in range(4)]
    for address, position in objects.items():
        matrix_of(handle, position, matrix_at)
        size = size_of(handle, position) * math.hypot(matrix.c, matrix.d)
        angle = math.atan2(matrix.b, matrix.a)
        turn = round(angle / (math.pi / 2))
        slanted = abs(angle - turn * math.pi / 2) > _SKEW
        mode = mode_of(address) if address else 0
        bold = mode == raw.FPDF_TEXTRENDERMODE_FILL_STROKE  # strokes thicken a face that has no bold cut
        if address and not bold:
            font = font_of(address)
            if font not in fonts:
                fonts[font] = _is_bold(font)
            bold = fonts[font]
        shade = _shade(colour) if address and mode == 0 and colour_of(address, *colour_at) else 0.0
        yield size, turn % 4, slanted, bold, shade, mode in _UNSEEN_MODES, matrix.e, matrix.f


def _shade(colour: ctypes.Array[ctypes.c_uint]) -> float:
    """Luminance 0..1 of a colour (red, green, blue, opacity, 0..255) on white paper."""
    red, green, blue, opacity = colour
    ink = 1 - (0.3 * red + 0.59 * green + 0.11 * blue) / 255
    return 1 - ink * opacity / 255


def _is_bold(address: int | None) -> bool:
    import pypdfium2.raw as raw

    font = ctypes.cast(address or 0, raw.FPDF_FONT)
    if raw.FPDFFont_GetFlags(font) & _FORCE_BOLD:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFFont_GetBaseFontName(font, name, len(name))
    return bool(_BOLD_NAME.search(unicodedata.normalize("NFKC", name.value.decode("utf-8", "replace"))))
