"""Replaces characters of symbol fonts, and of fonts without a named encoding, by the signs that they show."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.readers.pdf.glyphs.native import quick
from sinkqa.ingest.readers.pieces.symbols import sign

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST, _LAST = 0xF000, 0xF0FF  # how a font without Unicode code points has its own ones written
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LAST_TURNED = 0x756  # of the glyph numbers that are letters of scripts from right to left
_FONT = re.compile(r"(?:[A-Z]{6}\+)?(Symbol|Wingdings|Webdings)[ -]?([23]?)")
# Cambria's glyphs of formulas, which have no code points of their own: Word writes their numbers in the font.
_GLYPHS = {
    **{first + at: ord(char) for first in (0x723, 0xBBA) for at, char in enumerate(_LETTERS)},
    **{first + at: ord(char) for first in (0xB34, 0xC2C) for at, char in enumerate("0123456789")},
    **dict(zip((0xB3E, 0xB3F, 0xB40, 0xD45, 0xD46, 0xD48, 0xD4C, 0xDCD), map(ord, "+−=+−×=∑"), strict=True)),
}
# The same signs by Adobe's own code points for names that Unicode did not know.
_NAMED_FROM = (0xF6D9, 0xF6DA, 0xF6DB, *range(0xF8E5, 0xF8FF))
_NAMED = dict(zip(_NAMED_FROM, map(ord, "©®™‾⏐⎯®©™⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭"), strict=True))


# Quotes, apostrophes and dashes of Windows as Macintosh code names them: where none of the letters can stand.
_PAIRED = re.compile(r"(?<!\w)ì(?=\w)[^ìî]*[^\sìî]î(?!\w)")
_SPANISH = re.compile(r"\wñ|ñ\w", re.IGNORECASE)
_LONE = re.compile(r"(?<=[a-z\d)] )ñ(?= [A-Za-z\d(])", re.IGNORECASE)
_SHOWN = re.compile(r"(?<!\w)[ìë](?=[\w(])|(?<=[^\W\d_]|[.,;:!?)\d])[îí](?!\w)|(?<=[a-z])í(?=s\b)|(?<!\S)[ñó](?!\S)")


def read_quotes(codes: NDArray[np.uint32]) -> None:
    """Replaces letters that stand for quotes and dashes. ``codes``, of all characters of a page, is changed in place.

    pdfium reads a font without a named encoding as Macintosh, but most are Windows.
    """
    if not np.isin(codes, (ord("ì"), ord("ñ"))).any():
        return
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    if _SPANISH.search(text) or not (_PAIRED.search(text) or _LONE.search(text)):
        return
    for match in _SHOWN.finditer(text):
        codes[match.start()] = ord(match[0].encode("mac_roman").decode("cp1252"))


def read_symbols(handle: int | None, codes: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Replaces code points of symbol fonts. ``codes``, of all characters of a text page, is changed in place.

    Returns each character's former position, because letters of formulas may change their order.
    """
    read_quotes(codes)
    private = np.flatnonzero((codes >= _FIRST) & (codes <= 0xF8FF) | ((codes >= 0xF6D9) & (codes <= 0xF6DB)))
    glyphs = np.flatnonzero(np.isin(codes, list(_GLYPHS)))
    order = np.arange(len(codes))
    if not len(private) and not len(glyphs):
        return order
    font_of = _font_names(handle)
    for position in private.tolist():
        code = int(codes[position])
        if code in _NAMED:
            codes[position] = _NAMED[code]
        elif code <= _LAST:
            font = _FONT.match(font_of(position))
            shown = sign(" ".join(filter(None, font.groups())), code) if font else None
            codes[position] = ord(shown) if shown else code
    _read_formulas(handle, codes, order, [position for position in glyphs.tolist() if "Cambria" in font_of(position)])
    return order


def _read_formulas(
    handle: int | None, codes: NDArray[np.uint32], order: NDArray[np.intp], positions: Sequence[int]
) -> None:
    """Replaces glyph numbers at ``positions``. Those taken for a right-to-left script are turned back."""
    origin_of = quick("FPDFText_GetCharOrigin", ctypes.c_int, *[ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * 2])
    x, y = ctypes.c_double(), ctypes.c_double()
    run: list[tuple[int, float]] = []
    for position in [*positions, -1]:
        if position >= 0:
            origin_of(handle, position, ctypes.addressof(x), ctypes.addressof(y))
        turned = position >= 0 and codes[position] <= _LAST_TURNED
        if not (turned and run and position == run[-1][0] + 1 and x.value < run[-1][1]):
            at = [place for place, _ in run]
            codes[at], order[at] = codes[at[::-1]], at[::-1]
            run = []
        if turned:
            run.append((position, x.value))
    for position in positions:
        codes[position] = _GLYPHS[int(codes[position])]


def _font_names(handle: int | None) -> Callable[[int], str]:
    """Gives the name of the font of a character of a text page."""
    given = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p)
    name_of = quick("FPDFText_GetFontInfo", ctypes.c_ulong, *given)
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()

    def font_of(position: int) -> str:
        name_of(handle, position, ctypes.addressof(name), len(name), ctypes.addressof(flags))
        return name.value.decode("utf-8", "replace")

    return font_of
