"""Draws single pages glyph by glyph: what a typesetter never does, and printers, stampers and editors do."""

from __future__ import annotations

import io

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from sinkqa.ingest.document import Document
from sinkqa.ingest.readers.pdf.reader import read_pdf
from tests.typeset import HEIGHT, WIDTH, Run


class Sheet:
    """A page in points; ``x`` and ``y`` count from the top left and ``y`` is a base line."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=(WIDTH, HEIGHT), invariant=1)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 10.5,
        grey: float = 0.0,
        opacity: float = 1.0,
        turned: float = 0.0,
        mode: int = 0,
        font: str = "",
    ) -> float:
        """Writes a run; the x where it ends. ``turned`` are degrees counterclockwise, ``mode`` is the render mode."""
        self.canvas.saveState()
        self.canvas.translate(x, HEIGHT - y)
        self.canvas.rotate(turned)
        run = self.canvas.beginText(0, 0)
        run.setFont(font or Run(text).font, size)
        run.setFillColor(Color(grey, grey, grey, alpha=opacity))
        run.setTextRenderMode(mode)
        run.textOut(text)
        self.canvas.drawText(run)
        self.canvas.restoreState()
        return x + (0.0 if font else Run(text, size).width)

    def line(self, x: float, y: float, *runs: str | Run, size: float = 10.5) -> float:
        """Writes runs one after the other; raised ones smaller and higher. The x where they end."""
        for run in (Run(run, size) if isinstance(run, str) else run for run in runs):
            x = self.write(x, y - (0.35 * run.size if run.raised else 0), run.text, size=run.shown_size)
            x += run.width - Run(run.text, run.shown_size).width
        return x

    def spread(self, x: float, y: float, text: str, *, step: float, down: bool = False, size: float = 10.5) -> None:
        """Writes each glyph by itself, one ``step`` after the other."""
        for at, char in enumerate(text):
            if char != " ":
                self.write(x + (0 if down else at * step), y + (at * step if down else 0), char, size=size)

    def box(self, x: float, y: float, width: float, height: float, *, grey: float = 0.0) -> None:
        """Fills a rectangle, given by its top left corner."""
        self.canvas.setFillGray(grey)
        self.canvas.rect(x, HEIGHT - y - height, width, height, stroke=0, fill=1)

    def rule(self, x0: float, x1: float, y: float, *, thickness: float = 0.6) -> None:
        """Draws a level line."""
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x0, HEIGHT - y, x1, HEIGHT - y)

    def next_page(self) -> None:
        """Begins a new page."""
        self.canvas.showPage()

    def save(self) -> bytes:
        """Ends the document."""
        self.canvas.save()
        return self._buffer.getvalue()

    def read(self) -> Document:
        """Ends the document and reads it."""
        return read_pdf(self.save(), "sheet.pdf")


def said(document: Document, *kinds: str) -> list[str]:
    """Texts of the blocks of these kinds, of all but furniture where none is named; lines joined by a space."""
    chosen = (block for block in document.blocks if (block.kind in kinds if kinds else block.kind != "furniture"))
    return [" ".join(" ".join(document.text[start:end] for start, end in block.spans).split()) for block in chosen]
