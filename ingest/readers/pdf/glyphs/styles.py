"""Styles of a page's characters: size, slope, weight, shade and base line of each text object."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import deque
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from sinkqa.ingest.readers.pdf.glyphs.native import quick

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|simhei|黑体", re.IGNORECASE)
_FORCE_BOLD = 1 << 18  # font descriptor flag (ISO 32000-1, table 123)
_SKEW = math.radians(6)  # a scan may lie a little askew; a stamp is turned by more
_UNSEEN_MODES = (3, 7)  # render modes that put no ink on the page


@dataclass(frozen=True, slots=True)
class GlyphStyles:
    """The style of each character, read from its text object. All arrays have one row per character.

    ``sizes``: float32, points. ``turns``: int8, quarter turns in user space. ``slanted``: at an angle to every quarter
    turn. ``shades``: float32, 0 black to 1 white, as seen on white paper. ``unseen``: drawn without ink. ``origins``:
    float32, x and y of a point on the base line, in user space. ``objects``: addresses, 0 for no object.
    """

    sizes: NDArray[np.float32]
    turns: NDArray[np.int8]
    slanted: NDArray[np.bool_]
    bold: NDArray[np.bool_]
    shades: NDArray[np.float32]
    unseen: NDArray[np.bool_]
    origins: NDArray[np.float32]
    objects: NDArray[np.int64]


_KINDS: dict[str, type[np.generic]] = {
    "sizes": np.float32, "turns": np.int8, "slanted": np.bool_, "bold": np.bool_, "shades": np.float32,
    "unseen": np.bool_, "origins": np.float32, "objects": np.int64,
}  # fmt: skip


def read_styles(handle: int | None, boxes: NDArray[np.float32], blank: NDArray[np.bool_]) -> GlyphStyles:
    """Reads the styles of all characters of a text page. ``boxes`` are their boxes in user space.

    pdfium is asked once for each text object. An object is looked up only if a word begins or the line changes, because
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
    unique, first, which = np.unique(np.array(addresses, np.int64), return_index=True, return_inverse=True)
    styles = _object_styles(handle, unique.tolist(), probes[first].tolist() if len(probes) else [])
    last = np.zeros(count, np.intp)
    last[probes] = np.arange(len(probes))
    if not len(probes):
        return GlyphStyles(
            *(np.zeros((count, 2) if name == "origins" else count, kind) for name, kind in _KINDS.items())
        )
    of = which[np.maximum.accumulate(last)]
    return GlyphStyles(**{name: styles[name][of].astype(kind, copy=False) for name, kind in _KINDS.items()})


def objects_of(handle: int | None, count: int) -> NDArray[np.int64]:
    """Returns the address of the text object of each character, 0 if it has none, (count,)."""
    find = quick("FPDFText_GetTextObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
    return np.array([address or 0 for address in map(find, repeat(handle), range(count))], np.int64)


def _object_styles(handle: int | None, addresses: list[int], positions: list[int]) -> dict[str, NDArray[Any]]:
    """The fields of :class:`GlyphStyles` for text objects, each with the position of one of its characters."""
    import pypdfium2.raw as raw

    count = len(addresses)
    matrix_of = quick("FPDFText_GetMatrix", ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    size_of = quick("FPDFText_GetFontSize", ctypes.c_double, ctypes.c_void_p, ctypes.c_int)
    mode_of = quick("FPDFTextObj_GetTextRenderMode", ctypes.c_int, ctypes.c_void_p)
    font_of = quick("FPDFTextObj_GetFont", ctypes.c_void_p, ctypes.c_void_p)
    colour_of = quick("FPDFPageObj_GetFillColor", ctypes.c_int, *[ctypes.c_void_p] * 5)
    matrices = np.zeros((count, 6), np.float32)
    places = range(matrices.ctypes.data, matrices.ctypes.data + 24 * count, 24)
    deque(map(matrix_of, repeat(handle), positions, places), 0)
    a, b, c, d, e, f = matrices.T
    angles = np.arctan2(b, a)
    turns = np.round(angles / (math.pi / 2))
    colours = np.zeros((count, 4), np.uint32)
    colours[:, 3] = 255
    at = colours.ctypes.data
    parts = (range(at + part, at + 16 * count + part, 16) for part in (0, 4, 8, 12))
    deque(map(colour_of, addresses, *parts), 0)
    modes = np.array([mode_of(address) if address else 0 for address in addresses])
    fonts = [font_of(address) if address else None for address in addresses]
    bold = {font: _is_bold(font) for font in set(fonts) if font}
    strokes = modes == raw.FPDF_TEXTRENDERMODE_FILL_STROKE  # they thicken a face that has no bold cut
    return {
        "sizes": np.fromiter(map(size_of, repeat(handle), positions), np.float32, count) * np.hypot(c, d),
        "turns": turns % 4,
        "slanted": np.abs(angles - turns * (math.pi / 2)) > _SKEW,
        "bold": strokes | np.fromiter((bold.get(font, False) for font in fonts), bool, count),
        "shades": np.where(modes == 0, shade_of(colours), 0.0),
        "unseen": np.isin(modes, _UNSEEN_MODES),
        "origins": np.stack([e, f], axis=1),
        "objects": np.array(addresses, np.int64),
    }


def shade_of(colours: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Returns the luminance, 0..1, of colours on white paper. Colours are red, green, blue, opacity, 0..255."""
    red, green, blue, opacity = colours.T / 255
    shades: NDArray[np.float64] = 1 - (1 - (0.3 * red + 0.59 * green + 0.11 * blue)) * opacity
    return shades


def _is_bold(address: int | None) -> bool:
    import pypdfium2.raw as raw

    font = ctypes.cast(address or 0, raw.FPDF_FONT)
    if raw.FPDFFont_GetFlags(font) & _FORCE_BOLD:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFFont_GetBaseFontName(font, name, len(name))
    return bool(_BOLD_NAME.search(unicodedata.normalize("NFKC", name.value.decode("utf-8", "replace"))))
