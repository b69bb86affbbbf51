"""Ingest, PDF: characters of symbol fonts, which have code points of their own, as the characters that they show."""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING

import numpy as np

from ingest.readers.pdf.native import quick

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST = 0xF000  # how a font without Unicode code points has its own ones written
_SYMBOL_NAME = re.compile(r"(?:[A-Z]{6}\+)?Symbol")
# The encoding of Adobe's Symbol font (PDF reference, appendix D.5) from 0x20 and from 0xA0.
_LOW = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_HIGH = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\ufffd〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
_SYMBOLS = {
    _FIRST + code: ord(char) for start, row in ((0x20, _LOW), (0xA0, _HIGH)) for code, char in enumerate(row, start)
}
# The same signs by Adobe's own code points for names that Unicode did not know.
_NAMED_FROM = (0xF6D9, 0xF6DA, 0xF6DB, *range(0xF8E5, 0xF8FF))
_NAMED = dict(zip(_NAMED_FROM, map(ord, "©®™‾⏐⎯®©™⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪⎮⎞⎟⎠⎤⎥⎦⎫⎬⎭"), strict=True))


def read_symbols(handle: int | None, codes: NDArray[np.uint32]) -> None:
    """Replaces code points of symbol fonts in ``codes``, those of all characters of a text page, in place."""
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
        elif code in _SYMBOLS:
            name_of(handle, position, ctypes.addressof(name), len(name), ctypes.addressof(flags))
            if _SYMBOL_NAME.match(name.value.decode("utf-8", "replace")):
                codes[position] = _SYMBOLS[code]
