"""Writes a draft as a Word file."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from html import escape
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from sinkqa.eval.roundtrip.drafting import Draft, sign
from sinkqa.eval.roundtrip.marking import LEGAL
from sinkqa.eval.roundtrip.truth import Excluded, Grid, Heading, ListItem, Text, TextRun, Truth, truth_of, with_bases

_MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
_BOX = (
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
)
_NOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_STRICT = {
    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main": b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/": b"http://purl.oclc.org/ooxml/officeDocument/",
    b"http://schemas.openxmlformats.org/drawingml/2006/": b"http://purl.oclc.org/ooxml/drawingml/",
}
_MARK = re.compile(r"^(?:\d |[一二三四五六七八九]、)")
_AUTHOR = 'w:id="1" w:author="Editor" w:date="2024-01-01T00:00:00Z"'


def write_docx(draft: Draft) -> tuple[bytes, Truth]:
    """Writes a draft as a Word file. Returns the file and its truth."""
    writer, truth = _WordWriter(draft), truth_of(draft.pieces)
    if "numbers of styles" in draft.dress:
        writer.number_headings()
        truth = truth_of(draft.pieces)
    for piece in draft.pieces:
        writer.set(piece)
    if "comments" in draft.dress:
        truth.excluded.append(writer.comment())
    if "running heads" in draft.dress:
        truth.excluded += writer.heads()
    return writer.save(), truth


def packed(content: bytes, dress: set[str]) -> bytes:
    """Repacks a file as other programs write it: with another name of the main part, or with the strict namespaces."""
    if not dress & {"renamed parts", "strict package"}:
        return content
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if "renamed parts" in dress:
                name, part = (
                    name.replace("document.xml", "document2.xml"),
                    part.replace(b"/document.xml", b"/document2.xml"),
                )
            if "strict package" in dress and name.endswith((".xml", ".rels")):
                for loose, strict in _STRICT.items():
                    part = part.replace(loose, strict)
            new.writestr(name, part)
    return written.getvalue()


def _w(tag: str, inner: str, attributes: str = "") -> str:
    return f"<w:{tag}{' ' if attributes else ''}{attributes}>{inner}</w:{tag}>"


def _run(text: str, properties: str = "") -> str:
    body = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    return _w("r", (_w("rPr", properties) if properties else "") + body)


def _math(inner: str) -> str:
    return f"<m:oMath {_MATH}>{inner}</m:oMath>"


def _letters(text: str) -> str:
    return f"<m:r><m:t>{escape(text)}</m:t></m:r>"


class _WordWriter:
    def __init__(self, draft: Draft) -> None:
        self.draft, self.random = draft, draft.random
        self.document: Any = docx.Document()
        self.notes: list[str] = []
        self.formats: dict[tuple[str, ...], int] = {}
        self.lists = 900
        self.bare: dict[str, str] = {}
        self.equations = draft.chance(0.5)
        self.by_style = draft.chance(0.5)
        self.striking = draft.pick("<w:strike/>", "<w:dstrike/>", "tracked")

    def set(self, piece: object) -> None:
        """One piece at the end of the body."""
        if isinstance(piece, Heading):
            self._heading(piece)
        elif isinstance(piece, Text):
            self._text(piece)
        elif isinstance(piece, ListItem):
            self._item(piece)
        elif isinstance(piece, Grid):
            self._grid(piece)

    def save(self) -> bytes:
        """Ends the file."""
        if self.notes:
            self._add_notes()
        written = io.BytesIO()
        self.document.save(written)
        return packed(written.getvalue(), self.draft.dress)

    def number_headings(self) -> None:
        """First headings are numbered by their style."""
        style, around = ("chineseCounting", "第%1章") if self.draft.language == "zh" else ("decimal", "Article %1")
        number = self._begin_list(ListItem("", (), style=style, around=around))
        reference = f'<w:numPr {nsdecls("w")}><w:numId w:val="{number}"/></w:numPr>'
        self.document.styles["Heading 1"].element.get_or_add_pPr().append(parse_xml(reference))
        count = 0
        for place, piece in enumerate(self.draft.pieces):
            if isinstance(piece, Heading) and piece.level == 1:
                count += 1
                mark = around.replace("%1", sign(style, count))
                bare = _MARK.sub("", piece.text)
                self.bare[f"{mark} {bare}"] = bare
                self.draft.pieces[place] = replace(piece, text=f"{mark} {bare}")

    def comment(self) -> Excluded:
        """A remark of a reviewer on the last paragraph that has text."""
        text = self.draft.words.either("Please check with counsel", "请法务复核此处")
        runs = next(each.runs for each in reversed(self.document.paragraphs) if each.runs)
        self.document.add_comment(runs, text, author="Editor", initials="E")
        return Excluded(text, "comments")

    def heads(self) -> list[Excluded]:
        """A head and a foot on every page."""
        words, section = self.draft.words, self.document.sections[0]
        head, foot = words.title(), words.either("Page 1 of 9", "第1页 共9页")
        section.header.paragraphs[0].text, section.footer.paragraphs[0].text = head, foot
        return [Excluded(head, "running heads"), Excluded(foot, "running heads")]

    def _append(self, xml: str) -> Any:
        element = parse_xml(xml)
        self.document.element.body.insert_element_before(element, "w:sectPr")
        return element

    def _paragraph(self, inner: str, properties: str = "") -> str:
        before = _w("pPr", properties) if properties else ""
        return f"<w:p {nsdecls('w')} {_BOX}>{before}{inner}</w:p>"

    def _heading(self, piece: Heading) -> None:
        if piece.level == 1 and "numbers of styles" in self.draft.dress:
            self.document.add_heading(self.bare[piece.text], 1)
            return
        if piece.level and piece.kind == "plain" and "outline levels" in self.draft.dress:
            level = f'<w:outlineLvl w:val="{piece.level - 1}"/>'
            self._append(self._paragraph(_run(piece.text, "<w:b/>"), level))
        else:
            self.document.add_heading(piece.text, piece.level)

    def _text(self, piece: Text) -> None:
        equations = self.equations and piece.kind == "powers"
        runs = with_bases(piece.runs) if equations else ((run, "") for run in piece.runs)
        inner = "".join(self._of(run, piece, base) for run, base in runs)
        if piece.kind == "text box":
            inner = self._boxed(inner)
        elif piece.kind == "content controls" and self.draft.chance(0.5):
            inner = _w("sdt", _w("sdtContent", inner))
        elif piece.kind == "content controls":
            control = _w("sdt", _w("sdtContent", self._paragraph(inner)), nsdecls("w"))
            self._append(control)
            return
        self._append(self._paragraph(inner))

    def _of(self, run: TextRun, piece: Text, base: str) -> str:
        form, text = run.form, run.text
        if base:
            return _math(f"<m:sSup><m:e>{_letters(base)}</m:e><m:sup>{_letters(text)}</m:sup></m:sSup>")
        if form == "fraction":
            top, bottom = text.split("/")
            return _math(f"<m:f><m:num>{_letters(top)}</m:num><m:den>{_letters(bottom)}</m:den></m:f>")
        if form == "mark":
            self.notes.append(dict(piece.notes)[text])
            return _w("r", f'<w:footnoteReference w:id="{len(self.notes) + 1}"/>')
        if form == "struck" and self.striking == "tracked":
            return _w("del", _w("r", f"<w:delText>{escape(text)}</w:delText>"), _AUTHOR)
        if form == "inserted" and self.striking == "tracked":
            return _w("ins", _run(text), _AUTHOR)
        properties = {
            "raised": '<w:vertAlign w:val="superscript"/>',
            "lowered": '<w:vertAlign w:val="subscript"/>', "bold": "<w:b/>", "struck": self.striking,
            "hidden": "<w:vanish/>",
        }.get(form, "")  # fmt: skip
        return _run(text, properties)

    def _boxed(self, inner: str) -> str:
        """In a shape, and again in the picture that older programs show."""
        content = _w("txbxContent", _w("p", inner))
        shape = (
            '<w:drawing><wp:anchor><a:graphic><a:graphicData uri="u"><wps:wsp><wps:txbx>'
            f"{content}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
        )
        old = f"<w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>"
        if self.draft.chance(0.3):
            return _w("r", old)
        both = f'<mc:Choice Requires="wps">{shape}</mc:Choice><mc:Fallback>{old}</mc:Fallback>'
        return _w("r", f"<mc:AlternateContent>{both}</mc:AlternateContent>")

    def _item(self, piece: ListItem) -> None:
        if piece.first and piece.depth == 1:
            self.lists = self._begin_list(piece)
        reference = f'<w:numPr><w:ilvl w:val="{piece.depth - 1}"/><w:numId w:val="{self.lists}"/></w:numPr>'
        self._append(self._paragraph("".join(_run(run.text) for run in piece.runs), reference))

    def _begin_list(self, piece: ListItem) -> int:
        """A number for a list; one that has the format of an earlier list starts it anew."""
        numbering = self.document.part.numbering_part.element
        key = (piece.kind, piece.style, piece.around)
        if key not in self.formats:
            self.formats[key] = 900 + len(self.formats)
            inner = self._levels(piece)
            first = numbering.find(qn("w:num"))
            kind = parse_xml(_w("abstractNum", inner, f'{nsdecls("w")} w:abstractNumId="{self.formats[key]}"'))
            first.addprevious(kind)
        number = 900 + len(numbering.findall(qn("w:num")))
        anew = f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{piece.number}"/></w:lvlOverride>'
        inner = f'<w:abstractNumId w:val="{self.formats[key]}"/>{anew}'
        numbering.append(parse_xml(_w("num", inner, f'{nsdecls("w")} w:numId="{number}"')))
        return number

    def _levels(self, piece: ListItem) -> str:
        below = next(
            (e for e in self.draft.pieces if isinstance(e, ListItem) and e.depth == 2 and e.kind == piece.kind), None
        )
        levels = [(piece.style, piece.around, piece.number)]
        levels += [(below.style, below.around, 1)] if below else []
        return "".join(self._level(depth, *level) for depth, level in enumerate(levels))

    @staticmethod
    def _level(depth: int, style: str, around: str, start: int) -> str:
        as_figures = "<w:isLgl/>" if style == LEGAL else ""
        style = "decimal" if style == LEGAL else style
        inner = f'<w:start w:val="{start}"/><w:numFmt w:val="{style}"/>{as_figures}<w:lvlText w:val="{around}"/>'
        return _w("lvl", inner, f'w:ilvl="{depth}"')

    def _grid(self, piece: Grid) -> None:
        for text in (piece.caption, piece.unit):
            if text:
                self._append(self._paragraph(_run(text)))
        table = self.document.add_table(piece.n_rows, piece.n_columns)
        for place in piece.places:
            cell = table.cell(place.row, place.column)
            if place.row_span > 1 or place.column_span > 1:
                last = table.cell(place.row + place.row_span - 1, place.column + place.column_span - 1)
                cell = cell.merge(last)
            if piece.kind == "numbers in cells" and place.row and not place.column:
                self._number_cell(cell, place.row)
            else:
                cell.text = place.text
        if piece.kind != "year headers":
            for row in table.rows[: piece.header_rows] if self.by_style else ():
                row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        if "rows in controls" in self.draft.dress:
            self._control(table._tbl)
        if "cells set in from the left" in self.draft.dress and piece.label_columns == piece.header_rows == 1:
            self._set_in(table._tbl)
        if piece.remark:
            self._append(self._paragraph(_run(piece.remark)))

    def _number_cell(self, cell: Any, row: int) -> None:
        if row == 1:
            self.lists = self._begin_list(ListItem("1.", (), "numbers in cells"))
        reference = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{self.lists}"/></w:numPr>'
        cell.paragraphs[0]._p.get_or_add_pPr().append(parse_xml(reference))

    @staticmethod
    def _set_in(table: Any) -> None:
        """The corner cell is left out; the header begins one column further right."""
        row = table.find(qn("w:tr"))
        corner = row.find(qn("w:tc"))
        if not "".join(corner.itertext()).strip():
            row.remove(corner)
            row.get_or_add_trPr().append(parse_xml(f'<w:gridBefore {nsdecls("w")} w:val="1"/>'))

    @staticmethod
    def _control(table: Any) -> None:
        """The last row within a content control."""
        row = table.findall(qn("w:tr"))[-1]
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
        row.addprevious(control)
        control[0].append(row)

    def _add_notes(self) -> None:
        inner = "".join(
            _w("footnote", _w("p", _w("r", "<w:footnoteRef/>") + _run(f" {text}")), f'w:id="{number}"')
            for number, text in enumerate(self.notes, 2)
        )
        xml = f'<?xml version="1.0" encoding="UTF-8"?>{_w("footnotes", inner, nsdecls("w"))}'
        part = Part(PackURI("/word/footnotes.xml"), _NOTES, xml.encode(), self.document.part.package)
        self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
