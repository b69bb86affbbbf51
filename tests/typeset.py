"""Typesets PDFs for tests: the same content in several layouts, so that what was set is known exactly.

Chinese is set in an embedded subset of Noto Sans SC (GB 2312 level 1, SIL Open Font License, tests/fonts/OFL.txt),
so pages render alike on every machine. All lengths are points; ``x`` and ``y`` count from the top left of the
displayed page and ``y`` is a baseline.
"""

from __future__ import annotations

import functools
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pypdfium2 as pdfium
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
MARGIN = 72.0
_HAN = "FixtureSansSC"
_TOKEN = re.compile(r"[\x21-\x7e°²³·]+|\s+|.")
_NO_LINE_START = "，。、；：？！”’）》〉】%％"

Rules = Literal["full", "open sides", "three-line", "across", "none"]


@functools.cache
def _fonts() -> frozenset[int]:
    """Registers the Chinese face; the code points it can set."""
    font = TTFont(_HAN, str(Path(__file__).parent / "fonts" / "FixtureSansSC.ttf"))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


@dataclass(frozen=True, slots=True)
class Run:
    """Text set in one size; ``raised`` sets it as a superscript."""

    text: str
    size: float = 10.5
    bold: bool = False
    raised: bool = False

    @property
    def font(self) -> str:
        """A face that has all characters of the run."""
        if all(ord(char) < 0x100 for char in self.text):
            return "Helvetica-Bold" if self.bold else "Helvetica"
        missing = {char for char in self.text if ord(char) not in _fonts()}
        if missing:
            raise ValueError(f"the fixture font has no glyph for {sorted(missing)}")
        return _HAN

    @property
    def shown_size(self) -> float:
        """Font size as drawn."""
        return self.size * 0.6 if self.raised else self.size

    @property
    def width(self) -> float:
        """Advance width in points."""
        return float(pdfmetrics.stringWidth(self.text, self.font, self.shown_size))


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of a table to set: 0-based place, spans, and text whose lines are broken to the cell's width."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    bold: bool = False


class Press:
    """Sets text and lines page by page; the paragraph or cell that reads ``hidden`` keeps its place but no ink."""

    def __init__(
        self,
        *,
        width: float = WIDTH,
        height: float = HEIGHT,
        rotate: int = 0,
        password: str | None = None,
        hidden: str | None = None,
    ):
        self.width, self.height, self.rotate, self.hidden = width, height, rotate, hidden
        self._buffer = io.BytesIO()
        encryption = None if password is None else StandardEncryption(password, "owner", strength=128)
        self._canvas = Canvas(self._buffer, pagesize=(width, height), encrypt=encryption, invariant=1)
        self._start_page()

    def _start_page(self) -> None:
        self._canvas.setPageRotation(self.rotate)
        if self.rotate == 90:
            self._canvas.transform(0, 1, -1, 0, self.height, 0)
        elif self.rotate == 180:
            self._canvas.transform(-1, 0, 0, -1, self.width, self.height)
        elif self.rotate == 270:
            self._canvas.transform(0, -1, 1, 0, 0, self.width)

    def next_page(self) -> None:
        """Begins a new page."""
        self._canvas.showPage()
        self._start_page()

    def save(self) -> bytes:
        """Ends the document."""
        self._canvas.save()
        return self._buffer.getvalue()

    def line(self, x: float, y: float, *runs: Run | str) -> float:
        """Sets runs on one baseline; the x where they end."""
        for run in runs:
            run = Run(run) if isinstance(run, str) else run
            for part in _by_face(run):
                self._canvas.saveState()
                text = self._canvas.beginText(x, self.height - y + (0.35 * part.size if part.raised else 0))
                text.setFont(part.font, part.shown_size)
                if part.raised:
                    text.setFillGray(0)
                if part.bold and part.font == _HAN:
                    text.setTextRenderMode(
                        2
                    )  # filled and stroked, as word processors embolden a face without a bold cut
                    self._canvas.setLineWidth(0.03 * part.size)
                text.textOut(part.text)
                self._canvas.drawText(text)
                self._canvas.restoreState()
                x += part.width
        return x

    def aside(self, x: float, y: float, text: str, *, size: float = 9.0) -> None:
        """Sets text turned by a quarter, read upwards from (x, y)."""
        self._canvas.saveState()
        self._canvas.translate(x, self.height - y)
        self._canvas.rotate(90)
        self._canvas.setFont(Run(text, size).font, size)
        self._canvas.drawString(0, 0, text)
        self._canvas.restoreState()

    def ink(self, text: str) -> None:
        """Readies the ink for a paragraph or cell: white where it is the hidden one."""
        self._canvas.setFillGray(float(text == self.hidden))
        self._canvas.setStrokeGray(float(text == self.hidden))

    def paragraph(
        self, x: float, y: float, width: float, text: str, *, size: float = 10.5, bold: bool = False
    ) -> float:
        """Sets text in lines no wider than ``width``; the baseline for the next paragraph."""
        self.ink(text)
        for line in broken(text, width, size=size, bold=bold):
            self.line(x, y, Run(line, size, bold))
            y += 1.4 * size
        self.ink("")
        return y + 0.4 * size

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, thickness: float = 0.6) -> None:
        """Draws a straight line."""
        self._canvas.setLineWidth(thickness)
        self._canvas.line(x0, self.height - y0, x1, self.height - y1)

    def picture(self, content: bytes) -> None:
        """Fills the page with the image of the first page of a PDF, as a scanner would."""
        image = pdfium.PdfDocument(content)[0].render(scale=2, grayscale=True).to_pil()
        self._canvas.drawImage(ImageReader(image), 0, 0, self.width, self.height)

    def table(
        self, x: float, y: float, widths: Sequence[float], places: Sequence[Place], *, rules: Rules, size: float = 9.0
    ) -> float:
        """Sets cells from (x, y) as the top left corner; the y of the lower edge."""
        xs = list(itertools.accumulate(widths, initial=x))
        ys = list(itertools.accumulate(_row_heights(places, widths, size), initial=y))
        for place in places:
            room = xs[place.column + place.column_span] - xs[place.column] - size
            lines = broken(place.text, room, size=size, bold=place.bold)
            self.ink(place.text)
            for index, line in enumerate(lines):
                self.line(
                    xs[place.column] + size / 2, ys[place.row] + (1.2 + 1.3 * index) * size, Run(line, size, place.bold)
                )
        self.ink("")
        for x0, y0, x1, y1 in _lines(places, xs, ys, rules):
            self.rule(x0, y0, x1, y1)
        return ys[-1]


def _by_face(run: Run) -> Iterator[Run]:
    """A run of mixed scripts cut where the face changes."""
    for _, chars in itertools.groupby(run.text, key=lambda char: ord(char) < 0x100):
        yield Run("".join(chars), run.size, run.bold, run.raised)


def _width(text: str, size: float, bold: bool) -> float:
    return sum(part.width for part in _by_face(Run(text, size, bold)))


def broken(text: str, width: float, *, size: float, bold: bool = False) -> list[str]:
    """Lines no wider than ``width``: between words in English, between any two characters in Chinese."""
    lines = [""]
    for token in _TOKEN.findall(text):
        if token in _NO_LINE_START or _width((lines[-1] + token).rstrip(), size, bold) <= width:
            lines[-1] += token
        else:
            lines.append(token.lstrip())
    return [line.rstrip() for line in lines]


def _row_heights(places: Sequence[Place], widths: Sequence[float], size: float) -> list[float]:
    heights = [1.9 * size] * (max(place.row + place.row_span for place in places))
    for place in places:
        room = sum(widths[place.column : place.column + place.column_span]) - size
        lines = len(broken(place.text, room, size=size, bold=place.bold))
        needed = (0.6 + 1.3 * lines) * size / place.row_span
        for row in range(place.row, place.row + place.row_span):
            heights[row] = max(heights[row], needed)
    return heights


def _lines(
    places: Sequence[Place], xs: Sequence[float], ys: Sequence[float], rules: Rules
) -> Iterator[tuple[float, float, float, float]]:
    left, right, top, bottom = xs[0], xs[-1], ys[0], ys[-1]
    if rules in ("full", "open sides"):
        for place in places:
            x0, x1 = xs[place.column], xs[place.column + place.column_span]
            y0, y1 = ys[place.row], ys[place.row + place.row_span]
            yield from ((x0, y0, x1, y0), (x0, y1, x1, y1))
            for edge in (x0, x1):
                if rules == "full" or edge not in (left, right):
                    yield edge, y0, edge, y1
    if rules == "three-line":
        header = 1 + max(place.row + place.row_span - 1 for place in places if place.bold)
        yield from ((left, y, right, y) for y in (top, ys[header], bottom))
    if rules == "across":
        yield from ((left, y, right, y) for y in ys)
