"""Typesets text for PDFs: fonts, widths, and the breaking of runs into lines."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from sinkqa.eval.roundtrip.truth import TextRun
from sinkqa.eval.roundtrip.words import BREAKS

_OURS = Path(__file__).parents[4] / "tests" / "fonts" / "FixtureSansSC.ttf"  # in a checkout; else the standard face
_TOKEN = re.compile(r"[!-~°²³·×–]+|\s+|.")
_CLOSING = "，。、；：？！）》”’％"
SHIFT = {"raised": 0.36, "lowered": -0.16, "mark": 0.36}
_SMALL = 0.62

LATIN = {"sans": ("Helvetica", "Helvetica-Bold"), "serif": ("Times-Roman", "Times-Bold"), "vera": ("Vera", "VeraBd")}


@functools.cache
def faces() -> tuple[str, ...]:
    """Registers the Chinese fonts and an embedded Latin font. Returns the names of the Chinese ones."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    for name in LATIN["vera"]:
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    if not _OURS.is_file():
        return ("STSong-Light",)
    pdfmetrics.registerFont(TTFont("FixtureSansSC", str(_OURS)))
    return "STSong-Light", "FixtureSansSC"


@functools.cache
def _known(face: str) -> frozenset[int] | None:
    """Code points that an embedded face has."""
    font = pdfmetrics.getFont(face)
    return frozenset(font.face.charToGlyph) if isinstance(font, TTFont) else None


@dataclass(frozen=True, slots=True)
class Style:
    """How text is set: a pair of Latin fonts, a Chinese font, and the size in points."""

    latin: str = "sans"
    han: str = "STSong-Light"
    size: float = 10.0
    bold: bool = False

    def face(self, char: str) -> str:
        """Returns the font of a character."""
        if char < "\u0100" or char in "–—":
            return LATIN[self.latin][self.bold]
        known = _known(self.han)
        return self.han if known is None or ord(char) in known else "STSong-Light"

    def parts(self, text: str) -> Iterator[tuple[str, str]]:
        """Yields (font, text), cut at each change of font."""
        for face, chars in groupby(text, key=self.face):
            yield face, "".join(chars)

    def width(self, run: TextRun) -> float:
        """Returns the width of a run in points."""
        if run.form == "fraction":
            top, bottom = run.text.split("/")
            return max(self.width(TextRun(top)), self.width(TextRun(bottom))) + 2
        size = self.size * (_SMALL if run.form in SHIFT else 1.0)
        return sum(float(pdfmetrics.stringWidth(text, face, size)) for face, text in self.parts(run.text))

    def shown(self, run: TextRun) -> float:
        """Returns the size at which a run is drawn."""
        return self.size * (_SMALL if run.form in SHIFT else 1.0)


Line = list[TextRun]


def broken(
    runs: Sequence[TextRun], style: Style, width: float, *, indent: float = 0.0, hyphens: bool = False
) -> list[Line]:
    """Breaks runs into lines of at most ``width``. The first line is shorter by ``indent``.

    With ``hyphens``, long words are divided.
    """
    lines: list[Line] = [[]]
    left = width - indent
    for box in _boxes(runs):
        taken = sum(style.width(run) for run in box)
        if taken > left and not box[0].text.isspace():
            head, tail = _divided(box, style, left) if hyphens else ("", "")
            if head:
                lines[-1].append(TextRun(f"{head}-"))
                box = [TextRun(tail, box[0].form), *box[1:]]
            taken, left = sum(style.width(run) for run in box), width
            lines.append([])
        if lines[-1] or not box[0].text.isspace():
            lines[-1] += box
            left -= taken
    return [_trimmed(line) for line in lines if line]


def _trimmed(line: Line) -> Line:
    while line and line[-1].text.isspace():
        line = line[:-1]
    return line


def _divided(box: Line, style: Style, left: float) -> tuple[str, str]:
    """A word in two, the first part with its hyphen no wider than what is left."""
    if len(box) > 1 or box[0].form != "plain":
        return "", ""
    word = box[0].text.rstrip(".,:;")
    for at in reversed(BREAKS.get(word, BREAKS.get(word.lower(), ()))):
        if style.width(TextRun(f"{word[:at]}-")) <= left:
            return word[:at], box[0].text[at:]
    return "", ""


def _boxes(runs: Sequence[TextRun]) -> list[Line]:
    """What is never divided: a word with its exponent, one Chinese character with the stop behind it, a space."""
    boxes: list[Line] = []
    for run in runs:
        if run.form in ("struck", "hidden"):
            continue
        pieces = [run.text] if run.form not in ("plain", "bold", "inserted") else _TOKEN.findall(run.text)
        for piece in pieces:
            if boxes and _glued(boxes[-1], run, piece):
                boxes[-1].append(TextRun(piece, run.form))
            else:
                boxes.append([TextRun(" " if piece.isspace() else piece, run.form)])
    return boxes


def _glued(box: Line, run: TextRun, piece: str) -> bool:
    if box[-1].text.isspace() or piece.isspace():
        return False
    if run.form in SHIFT or piece in _CLOSING or run.form == "fraction":
        return True
    return piece[0] < "\u0250" and box[-1].text[-1] < "\u0250"
