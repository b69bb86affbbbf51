"""Ingest, PDF: characters of symbol fonts, and of fonts that do not name their encoding, as those that they show."""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING

import numpy as np

from ingest.readers.pdf.native import quick
from ingest.readers.symbols import sign

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST, _LAST = 0xF000, 0xF0FF  # how a font without Unicode code points has its own ones written
_FONT = re.compile(r"(?:[A-Z]{6}\+)?(Symbol|Wingdings|Webdings)[ -]?([23]?)")
# The same signs by Adobe's own code points for names that Unicode did not know.
_NAMED_FROM = (0xF6D9, 0xF6DA, 0xF6DB, *range(0xF8E5, 0xF8FF))
_NAMED = dict(zip(_NAMED_FROM, map(ord, "©®™‾⏐⎯®©™⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭"), strict=True))


# Quotes, apostrophes and dashes of Windows as Macintosh code names them: where none of the letters can stand.
_PAIRED = re.compile(r"(?<!\w)ì(?=\w)[^ìî]*[^\sìî]î(?!\w)")
_SPANISH = re.compile(r"\wñ|ñ\w", re.IGNORECASE)
_LONE = re.compile(r"(?<=[a-z\d)] )ñ(?= [A-Za-z\d(])", re.IGNORECASE)
_SHOWN = re.compile(r"(?<!\w)[ìë](?=[\w(])|(?<=[^\W\d_]|[.,;:!?)\d])[îí](?!\w)|(?<=[a-z])í(?=s\b)|(?<!\S)[ñó](?!\S)")


def read_quotes(codes: NDArray[np.uint32]) -> None:
    """Replaces letters that stand for quotes and dashes in ``codes``, those of all characters of a page, in place.

    A font that does not name its encoding is read in that of the Macintosh, and most are in that of Windows.
    """
    if not np.isin(codes, (ord("ì"), ord("ñ"))).any():
        return
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    if _SPANISH.search(text) or not (_PAIRED.search(text) or _LONE.search(text)):
        return
    for match in _SHOWN.finditer(text):
        codes[match.start()] = ord(match[0].encode("mac_roman").decode("cp1252"))


def read_symbols(handle: int | None, codes: NDArray[np.uint32]) -> None:
    """Replaces code points of symbol fonts in ``codes``, those of all characters of a text page, in place."""
    read_quotes(codes)
    private = np.flatnonzero((codes >= _FIRST) & (codes <= 0xF8FF) | ((codes >= 0xF6D9) & (codes <= 0xF6DB)))
    if not len(private):
        return
    given = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p)
    name_of = quick("FPDFText_GetFontInfo", ctypes.c_ulong, *given)
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    for position in private.tolist():
        code = int(codes[position])
        if code in _NAMED:
            codes[position] = _NAMED[code]
        elif code <= _LAST:
            name_of(handle, position, ctypes.addressof(name), len(name), ctypes.addressof(flags))
            font = _FONT.match(name.value.decode("utf-8", "replace"))
            shown = sign(" ".join(filter(None, font.groups())), code) if font else None
            codes[position] = ord(shown) if shown else code
