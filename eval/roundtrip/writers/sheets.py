"""Fills PDF pages with columns of lines."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from reportlab.pdfgen.canvas import Canvas

from sinkqa.eval.roundtrip.truth import TextRun
from sinkqa.eval.roundtrip.writers.setting import SHIFT, Line, Style, broken

_STROKED = 2  # filled and stroked, as a face without a bold cut is emboldened


@dataclass(frozen=True, slots=True)
class Layout:
    """Dimensions and habits of all pages. Lengths are in points."""

    width: float = 595.0
    height: float = 842.0
    margin: float = 64.0
    columns: int = 1
    gutter: float = 22.0
    leading: float = 1.4
    gap: float = 0.5
    indent: float = 0.0
    justified: bool = False
    hyphens: bool = False
    numbered: bool = False
    loose: float = 0.0  # glyph by glyph, so much of the size apart
    twice: str = ""  # bold by drawing twice: "at once" or "later"
    late_marks: bool = False  # raised and lowered figures come last in the stream
    turned: bool = False  # the page lies on its side in the file and is shown upright


@dataclass(slots=True)
class Frame:
    """A column: its left edge and width, the top of the next line, and its own lower end.

    ``y`` and ``bottom`` are counted from above.
    """

    x: float
    width: float
    y: float
    bottom: float
    notes: list[tuple[str, str]] = field(default_factory=list)


class Sheet:
    """Draws page after page. It calls ``dressing`` with the page number when a page begins and when it ends."""

    def __init__(
        self, layout: Layout, style: Style, random: Random, dressing: Callable[[Sheet, int, bool], None]
    ) -> None:
        self.layout, self.style, self.random, self._dressing = layout, style, random, dressing
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=(layout.width, layout.height), invariant=1)
        self.number, self.counted, self.head = 0, 0, ""
        self.typed: list[tuple[int, str]] = []
        self._later: list[Callable[[], None]] = []
        self.frames: list[Frame] = []
        self._begin()

    @property
    def frame(self) -> Frame:
        """The column in which text is being set."""
        return self.frames[0]

    def _begin(self) -> None:
        self.number += 1
        layout = self.layout
        if layout.turned:
            self.canvas.setPageRotation(90)
            self.canvas.transform(0, 1, -1, 0, layout.height, 0)
        room = layout.width - 2 * layout.margin
        width = (room - (layout.columns - 1) * layout.gutter) / layout.columns
        self.frames = [
            Frame(layout.margin + n * (width + layout.gutter), width, layout.margin, layout.height - layout.margin)
            for n in range(layout.columns)
        ]
        self._dressing(self, self.number, True)

    def draw_later(self) -> None:
        """Draws everything that was postponed.

        Call it while the page still has the rotation of the postponed drawing.
        """
        for draw in self._later:
            draw()
        self._later.clear()

    def _end(self) -> None:
        self.draw_later()
        self._dressing(self, self.number, False)

    def next_page(self) -> None:
        """Ends the page and begins another."""
        for frame in self.frames:
            self._foot(frame)
        self._end()
        self.canvas.showPage()
        self._begin()

    def next_frame(self) -> None:
        """Continues in the next column."""
        if len(self.frames) == 1:
            self.next_page()
        else:
            self._foot(self.frames.pop(0))

    def save(self) -> bytes:
        """Ends the document and returns its bytes."""
        for frame in self.frames:
            self._foot(frame)
        self._end()
        self.canvas.save()
        return self._buffer.getvalue()

    def need(self, height: float) -> None:
        """Continues in the next column if this one has less than the given height left."""
        if self.frame.y + height > self.frame.bottom:
            self.next_frame()

    def flow(
        self, lines: Sequence[Line], style: Style, *, indent: float = 0.0, left: float = 0.0, ragged: bool = False
    ) -> None:
        """Sets lines one below the other over columns and pages. ``ragged`` lines are never stretched."""
        for number, line in enumerate(lines):
            tall = any(run.form == "fraction" for run in line)
            height = self.layout.leading * style.size * (2.0 if tall else 1.0)
            self.need(height)
            frame = self.frame
            x = frame.x + left + (indent if number == 0 else 0.0)
            base = frame.y + 0.72 * height if tall else frame.y + style.size
            room = frame.width - left - (indent if number == 0 else 0.0)
            stretched = room if self.layout.justified and not ragged and number < len(lines) - 1 else 0.0
            self.line(x, base, line, style, room=stretched)
            self._count(frame, base)
            frame.y += height

    def _count(self, frame: Frame, base: float) -> None:
        if self.layout.numbered:
            self.counted += 1
            small = replace(self.style, size=6.5)
            self.line(frame.x - 22, base, [TextRun(str(self.counted))], small)

    def line(self, x: float, base: float, line: Line, style: Style, *, room: float = 0.0) -> float:
        """Draws runs on one base line and returns the x at which they end. ``room``: the width to fill, in points."""
        between = self._stretch(line, style, room) if room else {}
        for number, run in enumerate(line):
            x = self._run(x, base, run, style) + between.get(number, 0.0)
        return x

    @staticmethod
    def _stretch(line: Line, style: Style, room: float) -> dict[int, float]:
        """The width to add after each run to fill a line: after spaces, or after every run if there are no spaces."""
        spare = room - sum(style.width(run) for run in line)
        places = [n for n, run in enumerate(line) if run.text.isspace()] or [
            n
            for n, run in enumerate(line[:-1])
            if line[n + 1].form not in SHIFT and line[n + 1].text not in "，。、；：）"
        ]
        if not places or not 0 < spare < 0.25 * room:
            return {}
        return dict.fromkeys(places, spare / len(places))

    def _run(self, x: float, base: float, run: TextRun, style: Style) -> float:
        if run.form == "fraction":
            return self._fraction(x, base, run, style)
        size = style.shown(run)
        y = base - SHIFT.get(run.form, 0.0) * style.size
        styled = replace(style, bold=style.bold or run.form == "bold")
        if self.layout.late_marks and run.form in ("raised", "lowered"):
            self._later.append(lambda: self._draw(x, y, run.text, styled, size))
        else:
            self._draw(x, y, run.text, styled, size)
        return x + style.width(run)

    def _fraction(self, x: float, base: float, run: TextRun, style: Style) -> float:
        width = style.width(run)
        top, bottom = (TextRun(text) for text in run.text.split("/"))
        for part, rise in ((top, 0.62), (bottom, -0.72)):
            self._draw(x + (width - style.width(part)) / 2, base - rise * style.size, part.text, style, style.size)
        self.rule(x, base - 0.28 * style.size, x + width, base - 0.28 * style.size)
        return x + width

    def _draw(self, x: float, y: float, text: str, style: Style, size: float) -> None:
        for face, part in style.parts(text):
            width = float(self.canvas.stringWidth(part, face, size))
            strokes = style.bold and face.startswith(("STSong", "Fixture"))
            self._ink(x, y, part, face, size, strokes)
            if style.bold and self.layout.twice:
                again = (x + 0.25, y, part, face, size, strokes)
                if self.layout.twice == "at once":
                    self._ink(*again)
                else:
                    self._later.append(lambda again=again: self._ink(*again))  # type: ignore[misc]
            x += width

    def _ink(self, x: float, y: float, text: str, face: str, size: float, strokes: bool) -> None:
        at = self.layout.height - y
        chars = [text] if not self.layout.loose else list(text)
        for char in chars:
            drawn = self.canvas.beginText(x, at)
            drawn.setFont(face, size)
            if strokes:
                drawn.setTextRenderMode(_STROKED)
                self.canvas.setLineWidth(0.03 * size)
            drawn.textOut(char)
            if strokes:
                drawn.setTextRenderMode(0)
            self.canvas.drawText(drawn)
            x += float(self.canvas.stringWidth(char, face, size))

    def rule(self, x0: float, y0: float, x1: float, y1: float, *, thickness: float = 0.6) -> None:
        """Draws a straight line."""
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x0, self.layout.height - y0, x1, self.layout.height - y1)

    def note(self, mark: str, text: str, room: float) -> None:
        """Reserves space for a note at the foot of this column.

        The note's mark is in a paragraph of ``room`` points. If both do not fit, they continue in the next column.
        """
        style = replace(self.style, size=0.8 * self.style.size)
        height = self._note_height(text, style)
        if self.frame.y + room + height + 6 > self.frame.bottom:
            self.next_frame()
        self.frame.bottom -= height
        self.frame.notes.append((mark, text))

    def _note_height(self, text: str, style: Style) -> float:
        return len(broken((TextRun("9", "mark"), TextRun(f" {text}")), style, self.frame.width)) * 1.3 * style.size + 4

    def _foot(self, frame: Frame) -> None:
        if not frame.notes:
            return
        style = replace(self.style, size=0.8 * self.style.size, bold=False)
        y = frame.bottom + 3
        self.rule(frame.x, y, frame.x + min(90.0, frame.width), y)
        for mark, text in frame.notes:
            y += 4
            for line in broken((TextRun(mark, "mark"), TextRun(f" {text}")), style, frame.width):
                self.line(frame.x, y + style.size, line, style)
                y += 1.3 * style.size
        frame.notes = []
