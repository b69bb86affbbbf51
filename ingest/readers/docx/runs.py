"""Reads the visible words of one paragraph of a Word document, and its drawings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sinkqa.ingest.readers.docx.drawings import drawn
from sinkqa.ingest.readers.docx.fields import Fields
from sinkqa.ingest.readers.docx.maths.equations import linear
from sinkqa.ingest.readers.docx.package import Package
from sinkqa.ingest.readers.docx.styles import DocxStyles, is_on
from sinkqa.ingest.readers.docx.xml import MC, M, W, inside, value, whole
from sinkqa.ingest.readers.pieces.inline import is_display, level
from sinkqa.ingest.readers.pieces.symbols import is_symbol_font, sign

_MARKS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-", "lastRenderedPageBreak": "\f"}
_HEIGHTS = {"superscript": "high", "subscript": "low"}
_MIN_SHIFT = 6  # half points by which a letter of full size must leave its line to be raised or lowered
_CARRIES = re.compile(r"[A-Za-z0-9)\]]")  # what is moved behind other letters only sits better there
_LONGEST_SHIFTED = 8  # characters: more are a line that was moved to fit its place
_STRUCK = ("strike", "dstrike")  # what is struck out is no longer said
_MOST_PLACES = 5
_PLACE = 24  # characters of text that tell where something stands


class _DocxRun(NamedTuple):
    text: str
    height: str = ""  # as in :func:`level`
    is_bold: bool = False


@dataclass(slots=True)
class DocxParagraph:
    """A paragraph. Form feeds mark the page breaks of the last layout. ``bold``: the bold share, 0..1.

    ``drawn``: boxes (elements with blocks) and words of drawings, in order. ``is_contents``: it is a line of a contents
    list. ``is_formula``: it is a formula on its own line.
    """

    text: str = ""
    bold: float = 0.0
    drawn: list[Any] = field(default_factory=list)
    is_contents: bool = False
    is_formula: bool = False


@dataclass(slots=True)
class Findings:
    """Findings to report: words left out, and unread parts with their places.

    ``embedded`` are warnings about pages within the document.
    """

    is_struck: bool = False
    is_hidden: bool = False
    unread: dict[str, list[str]] = field(default_factory=dict)
    place: str = ""
    embedded: list[str] = field(default_factory=list)

    def leave(self, what: str) -> None:
        """Records something unreadable at this place."""
        self.unread.setdefault(what, []).append(self.place)

    def unread_warnings(self) -> list[str]:
        """Returns one line for each kind of unread part, with the words before the first one."""
        warnings = []
        for what, places in self.unread.items():
            named = list(dict.fromkeys(f"after “{place}”" if place else "at the beginning" for place in places))
            more = f" and elsewhere ({len(places)} in all)" if len(named) > _MOST_PLACES else ""
            warnings.append(f"not read: {what}, {', '.join(named[:_MOST_PLACES])}{more}")
        return warnings


class Runs:
    """Reads the paragraphs of one part in order, because a field may begin in one and end in another."""

    def __init__(self, package: Package, part: str, styles: DocxStyles, findings: Findings) -> None:
        self._package = package
        self._part = part
        self._styles = styles
        self._findings = findings
        self._fields = Fields()
        self._style = ""
        self._runs: list[_DocxRun] = []
        self._line = DocxParagraph()

    def line(self, paragraph: Any) -> DocxParagraph:
        """Returns the visible words of a paragraph, without its number."""
        self._style = value(paragraph.find(W + "pPr"), W + "pStyle")
        self._runs, self._line = [], DocxParagraph()
        self._fields.begin_paragraph()
        self._walk(paragraph)
        runs, line = self._runs, self._line
        heights = [(run.text, run.height) for run in runs if run.text]
        line.text, line.is_formula = level(heights), is_display(heights)
        weights = [(len(run.text.strip()), run.is_bold) for run in runs]
        line.bold = sum(weight for weight, is_bold in weights if is_bold) / (sum(weight for weight, _ in weights) or 1)
        line.is_contents = self._fields.is_contents_line or self._styles.paragraph(self._style).is_contents
        self._findings.place = " ".join(f"{self._findings.place} {line.text}".split())[-_PLACE:]
        return line

    def _walk(self, parent: Any) -> None:
        """Reads the children of a paragraph or of a wrapper in it."""
        for child in parent:
            content = inside(child)
            if content is not None:
                if child.tag == W + "hyperlink":
                    self._fields.link(child.get(W + "anchor") or "")
                self._walk(content)
            elif child.tag == W + "r":
                self._read_run(child)
            elif child.tag == M + "oMath":
                self._runs.append(_DocxRun(linear(child, self._equation_words), "formula"))
            elif child.tag == M + "oMathPara":
                self._walk(child)
            elif child.tag == MC + "AlternateContent":
                self._choose(child, self._walk)

    def _read_run(self, run: Any) -> None:
        properties = run.find(W + "rPr")
        self._read_marks(run, properties, is_shown=self._is_shown(run, properties))

    def _is_shown(self, run: Any, properties: Any) -> bool:
        """Whether the words of a run are visible and not struck out."""
        is_hidden = is_on(properties, "vanish", self._styles, self._style)
        is_struck = any(is_on(properties, effect, self._styles, self._style) for effect in _STRUCK)
        if (is_hidden or is_struck) and any((text.text or "").strip() for text in run.iter(W + "t", M + "t")):
            self._findings.is_hidden |= is_hidden
            self._findings.is_struck |= is_struck and not is_hidden
        return not (is_hidden or is_struck)

    def _read_marks(self, parent: Any, properties: Any, *, is_shown: bool) -> None:
        """Words, white space, symbols, drawings and field ends of one run."""
        for child in parent:
            tag = child.tag
            if tag == MC + "AlternateContent":
                self._choose(child, lambda version: self._read_marks(version, properties, is_shown=is_shown))
            elif tag == W + "fldChar":
                made = self._fields.mark(child)
                self._runs += [_DocxRun(made, "formula")] if made and is_shown else []
            elif tag == W + "instrText":
                self._fields.instruct(child.text or "")
            elif tag == W + "lastRenderedPageBreak":
                self._runs.append(_DocxRun("\f"))
            elif is_shown and self._fields.are_shown:
                self._read_mark(child, properties)

    def _read_mark(self, child: Any, properties: Any) -> None:
        tag = child.tag
        if tag in (W + "t", M + "t"):
            self._add(self._letters(child.text or "", properties), properties)
        elif tag == W + "sym":
            code = re.fullmatch("[0-9A-Fa-f]{2,6}", child.get(W + "char") or "")
            self._add(self._sign(child.get(W + "font") or "", int(code[0], 16) if code else 0), properties)
        elif tag == W + "br":
            self._add("" if child.get(W + "type") in ("page", "column") else "\n", properties)
        elif tag == W + "ruby":
            for base in child.findall(W + "rubyBase"):
                self._walk(base)
        elif tag in (W + "drawing", W + "pict", W + "object"):
            self._draw(child)
        elif isinstance(tag, str):
            self._add(_MARKS.get(tag.removeprefix(W), ""), properties)

    def _draw(self, drawing: Any) -> None:
        for found in drawn(drawing, self._package, self._part):
            if found.unread:
                self._findings.leave(found.unread)
            elif found.box is not None or found.text.strip():
                self._line.drawn.append(found.text if found.box is None else found.box)

    def _choose(self, alternatives: Any, read: Callable[[Any], None]) -> None:
        """Reads the first version of something that has words; the others repeat it."""
        for version in alternatives:
            before = len(self._runs), len(self._line.drawn), sum(map(len, self._findings.unread.values()))
            read(version)
            if before != (len(self._runs), len(self._line.drawn), sum(map(len, self._findings.unread.values()))):
                return

    def _equation_words(self, run: Any) -> str:
        outer, self._runs = self._runs, []
        self._read_run(run)
        words, self._runs = level((run.text, run.height) for run in self._runs), outer
        return words

    def _add(self, text: str, properties: Any) -> None:
        if not text:
            return
        height = self._height(text, properties)
        self._runs.append(_DocxRun(text, height, is_on(properties, "b", self._styles, self._style)))

    def _height(self, text: str, properties: Any) -> str:
        """Whether a run is raised or lowered: by its alignment, else by a shift of its position large enough."""
        own = value(properties, W + "vertAlign")
        aligned = own or next(
            filter(None, (self._styles.effect(style, "vertAlign") for style in self._style_ids(properties))), ""
        )
        if aligned in _HEIGHTS or own:
            return _HEIGHTS.get(aligned, "")
        shift = whole(properties, W + "position") or 0
        size = whole(properties, W + "sz")
        is_smaller = size is not None and size < self._styles.size(self._style)
        if not shift or (abs(shift) < _MIN_SHIFT and not is_smaller) or len(text.strip()) > _LONGEST_SHIFTED:
            return ""
        height = "high" if shift > 0 else "low"
        before = self._runs[-1] if self._runs else _DocxRun("")
        return height if before.height == height or _CARRIES.match(before.text[-1:]) else ""

    def _style_ids(self, properties: Any) -> tuple[str, ...]:
        own = value(properties, W + "rStyle")
        return (own, self._style) if own else (self._style,)

    def _letters(self, text: str, properties: Any) -> str:
        """Text as its font shows it. Codes of symbol fonts are signs, whatever script they normally mean."""
        fonts = None if properties is None else properties.find(W + "rFonts")
        if fonts is None:
            return text
        latin = next(filter(is_symbol_font, (fonts.get(W + "ascii") or "", fonts.get(W + "hAnsi") or "")), "")
        private = next(filter(is_symbol_font, fonts.values()), "")
        if not private:
            return text
        return "".join(self._sign(latin if letter < "\u0100" else private, ord(letter)) for letter in text)

    def _sign(self, font: str, code: int) -> str:
        if is_symbol_font(font) and (code < 0x100 or 0xF000 <= code <= 0xF0FF):
            shown = sign(font, code)
        else:
            shown = chr(code) if 0x09 <= code < 0xD800 or 0xF8FF < code < 0x110000 else None
        if shown is None:
            self._findings.leave(f"a sign of the font {font} ({code:04X})")
        return shown or ""
