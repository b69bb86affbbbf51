"""Draws the content of PDF pages beside the document's text: running heads, page numbers, marks, hidden text."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sinkqa.eval.roundtrip.drafting import Draft
from sinkqa.eval.roundtrip.truth import Excluded, TextRun, plain
from sinkqa.eval.roundtrip.writers.setting import Style, broken
from sinkqa.eval.roundtrip.writers.sheets import Sheet

MARKS = {"watermark under": True, "watermark over": False}


class Dressing:
    """Draws running heads, page numbers, marks and hidden text on each page, and records them."""

    def __init__(self, draft: Draft, style: Style) -> None:
        random, words = draft.random, draft.words
        self._draft, self._style, self.drawn = draft, style, list[Excluded]()
        self._mark = draft.pick(
            "DRAFT", "CONFIDENTIAL", words.either("FOR COMMENT", "内部资料"), words.either("COPY", "征求意见稿")
        )
        self._turn = random.choice((0, 30, 45, 60, random.randint(-60, 60)))
        self._mark_size, self._grey = random.randint(30, 80), random.uniform(0.55, 0.9)
        self._head, self._number_style = (
            words.title(),
            random.choice(("{n}", "- {n} -", words.either("Page {n}", "第{n}页"))),
        )
        self._beyond = words.either("Proof sheet seven, not for print", "校样第七页，不得付印")
        self._inner = Random(random.random())

    def __call__(self, sheet: Sheet, number: int, begins: bool) -> None:
        """Dresses a page that begins, or that ends."""
        dress = self._draft.dress
        for kind, is_first in MARKS.items():
            if kind in dress and begins == is_first:
                self._watermark(sheet, kind)
        if "running heads" in dress and begins:
            self._say(sheet, sheet.layout.margin, 36.0, f"{self._head}", 8, "running heads")
            chapter = f"{1 + number // 2}"
            text = self._draft.words.either(f"Chapter {chapter}", f"第{chapter}章")
            self._say(sheet, sheet.layout.width - sheet.layout.margin - 60, 36.0, text, 8, "running heads")
        if "page numbers" in dress and not begins:
            text = self._number_style.format(n=number + 4)
            self._say(sheet, sheet.layout.width / 2 - 10, sheet.layout.height - 34, text, 9, "page numbers")
        if "stamp" in dress and number == 1 and not begins:
            self._stamp(sheet)
        if "outside the page" in dress and begins and not sheet.layout.turned:
            sheet.canvas.setCropBox((0, 40, sheet.layout.width, sheet.layout.height))
            self._say(sheet, sheet.layout.margin, sheet.layout.height - 12, self._beyond, 8, "outside the page")
        for kind in ("white text", "covered text", "layer off"):
            if kind in dress and number == 1 and not begins:
                self._hidden(sheet, kind)

    def _say(self, sheet: Sheet, x: float, y: float, text: str, size: float, kind: str) -> None:
        style = replace(self._style, size=size, bold=False)
        sheet.line(x, y, [TextRun(text)], style)
        self.drawn.append(Excluded(text, kind))

    def _watermark(self, sheet: Sheet, kind: str) -> None:
        canvas, layout = sheet.canvas, sheet.layout
        canvas.saveState()
        canvas.setFillGray(self._grey)
        canvas.translate(layout.width / 2, layout.height * self._inner.uniform(0.3, 0.7))
        canvas.rotate(self._turn)
        style = replace(self._style, size=self._mark_size, bold=False)
        x = -sum(style.width(run) for run in plain(self._mark)) / 2
        for face, part in style.parts(self._mark):
            canvas.setFont(face, style.size)
            canvas.drawString(x, 0, part)
            x += canvas.stringWidth(part, face, style.size)
        canvas.restoreState()
        self.drawn.append(Excluded(self._mark, kind))

    def _stamp(self, sheet: Sheet) -> None:
        canvas, layout = sheet.canvas, sheet.layout
        canvas.saveState()
        canvas.setFillColorRGB(0.8, 0.1, 0.1)
        canvas.setStrokeColorRGB(0.8, 0.1, 0.1)
        canvas.translate(layout.width - 190, layout.height - self._inner.uniform(90, 400))
        canvas.rotate(self._inner.uniform(8, 25))
        canvas.rect(-6, -8, 128, 24)
        canvas.setFont("Helvetica-Bold", 13)
        text = "RECEIVED 12 MAR"
        canvas.drawString(0, 0, text)
        canvas.restoreState()
        self.drawn.append(Excluded(text, "stamp"))

    def _hidden(self, sheet: Sheet, kind: str) -> None:
        """A sentence in the margin below the text that nobody sees."""
        canvas, layout = sheet.canvas, sheet.layout
        text = self._draft.words.sentence()
        style = replace(self._style, size=8, bold=False)
        line = broken(plain(text), style, layout.width - 2 * layout.margin)[0]
        canvas.saveState()
        if kind == "white text":
            canvas.setFillGray(1)
        if kind == "layer off":
            canvas._code.append(f"/OC /{LAYER} BDC")
        y = layout.height - layout.margin + 12
        end = sheet.line(layout.margin, y, line, style)
        if kind == "layer off":
            canvas._code.append("EMC")
        if kind == "covered text":
            canvas.setFillGray(1)
            canvas.setStrokeGray(1)
            canvas.rect(layout.margin - 2, layout.height - y - 4, end - layout.margin + 4, 14, fill=1)
        canvas.restoreState()
        self.drawn.append(Excluded("".join(run.text for run in line), kind))


LAYER = "HiddenLayer"
