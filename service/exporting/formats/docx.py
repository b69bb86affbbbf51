"""Writes Word files: headings, tables and Word's own footnotes, with fonts for Chinese and Latin text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sinkqa.service.exporting.manuscript import Block, Grid, Manuscript, Mark, Note, Passage, Strands

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_LATIN, _HAN = "Cambria", "SimSun"
_LATIN_HEAD, _HAN_HEAD = "Calibri", "SimHei"
_UPRIGHT = 5  # columns of a table that an upright page has room for
_STYLES = {
    "question": "Heading 1", "part": "Heading 2", "statement": "Normal", "claim": "Normal", "quote": "Quote",
    "remark": "Own note", "caution": "Caution",
}  # fmt: skip


def write_docx(manuscript: Manuscript) -> bytes:
    """The manuscript as a Word file."""
    return _Writer(manuscript).write()


class _Writer:
    def __init__(self, manuscript: Manuscript) -> None:
        import docx

        from sinkqa.service.exporting.formats.footnotes import Footnotes

        self._manuscript = manuscript
        self._document: Document = docx.Document()
        self._footnotes = None if manuscript.is_list else Footnotes(self._document)
        self._notes = {note.number: note for note in manuscript.notes}

    def write(self) -> bytes:
        document, manuscript = self._document, self._manuscript
        _dress(document)
        about = document.core_properties
        about.title, about.author, about.language = manuscript.title[:255], "SinkQA", manuscript.language
        about.comments = ""
        lying = _lying(manuscript.blocks)
        self._lay(any(lying[:1]))
        document.add_paragraph(manuscript.title, "Title")
        document.add_paragraph(manuscript.made, "Caution")
        for block, lies in zip(manuscript.blocks, lying, strict=True):
            self._lay(lies)
            if isinstance(block, Grid):
                self._grid(block)
            else:
                self._strands(document.add_paragraph(style=_STYLES[block.kind]), block.strands)
        if manuscript.is_list:
            self._lay(False)
            self._list(manuscript)
        written = BytesIO()
        document.save(written)
        return written.getvalue()

    def _lay(self, lies: bool) -> None:
        """What follows stands on an upright page or on one that lies on its side. A new page begins if this differs."""
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm

        section = self._document.sections[-1]
        if (section.orientation == WD_ORIENT.LANDSCAPE) == lies:
            return
        if self._document.paragraphs:
            section = self._document.add_section()
        section.orientation = WD_ORIENT.LANDSCAPE if lies else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = section.page_height, section.page_width
        section.left_margin = section.right_margin = Mm(18 if lies else 32)

    def _grid(self, grid: Grid) -> None:
        from docx.oxml import OxmlElement

        if grid.caption:
            self._document.add_paragraph(grid.caption, "Caption").paragraph_format.keep_with_next = True
        table = self._document.add_table(rows=1, cols=len(grid.head), style="Table Grid")
        for cell, name in zip(table.rows[0].cells, grid.head, strict=True):
            cell.paragraphs[0].add_run(name).bold = True
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # on each page again
        for row in grid.rows:
            added = table.add_row()
            added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, strands in zip(added.cells, row, strict=True):
                self._strands(cell.paragraphs[0], strands)
        self._document.add_paragraph()

    def _strands(self, paragraph: Paragraph, strands: Strands) -> None:
        from sinkqa.service.exporting.formats.footnotes import text_run

        for strand in strands:
            elements = self._mark(strand) if isinstance(strand, Mark) else [text_run(strand)]
            paragraph._p.extend(elements)

    def _mark(self, mark: Mark) -> list[Any]:
        from sinkqa.service.exporting.formats.footnotes import again, inner_link, reference

        if self._footnotes is None:
            return [inner_link(f" [{mark.label}]", f"_Source{mark.number}")]
        if not mark.is_first:
            return again(mark.number)
        self._footnotes.add(mark.number, _paragraphs(self._notes[mark.number]))
        return reference(mark.number)

    def _list(self, manuscript: Manuscript) -> None:
        from sinkqa.service.exporting.formats.footnotes import bookmarked, link, text_run

        self._document.add_paragraph(manuscript.heading, "Heading 1")
        for note in manuscript.notes:
            for place, runs in enumerate(_paragraphs(note)):
                paragraph = self._document.add_paragraph(style="Normal" if place == 0 else "Quote")
                if place == 0:
                    paragraph._p.extend(
                        bookmarked(f"_Source{note.number}", note.number, [text_run(f"[{note.number}] ")])
                    )
                for text, url in runs:
                    paragraph._p.append(link(self._document.part, text, url) if url else text_run(text))


def _lying(blocks: Sequence[Block | Grid]) -> list[bool]:
    """For each block, whether its page lies on its side. A wide table's page does, with what heads and follows it."""
    kinds = ["grid" if isinstance(block, Grid) else block.kind for block in blocks]
    lying = [isinstance(block, Grid) and len(block.head) > _UPRIGHT for block in blocks]
    for at in range(1, len(blocks)):
        lying[at] |= lying[at - 1] and kinds[at] == "caution"
    for at in reversed(range(len(blocks) - 1)):
        lying[at] |= lying[at + 1] and kinds[at] in ("question", "part")
    return lying


def _paragraphs(note: Note) -> Iterator[list[tuple[str, str | None]]]:
    yield list(note.linked())
    yield from map(_quote, note.quotes)


def _quote(passage: Passage) -> list[tuple[str, str | None]]:
    place: list[tuple[str, str | None]] = [(passage.place, passage.url), (": ", None)] if passage.place else []
    return [*place, (f"“{passage.quote}”", None)]


def _dress(document: Document) -> None:
    """A4, quiet headings, and the styles that the bare template lacks."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    from sinkqa.service.exporting.formats.footnotes import FOOTNOTE_REFERENCE, FOOTNOTE_TEXT

    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for section in document.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
    styles = document.styles
    note = styles.add_style("Own note", WD_STYLE_TYPE.PARAGRAPH)
    caution = styles.add_style("Caution", WD_STYLE_TYPE.PARAGRAPH)
    foot = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH)
    for style in (note, caution, foot):
        style.base_style = styles["Normal"]
    note.paragraph_format.left_indent = Mm(6)
    caution.font.size, caution.font.color.rgb = Pt(9.5), RGBColor(0x5A, 0x5A, 0x5A)
    foot.font.size, foot.paragraph_format.space_after = Pt(9), Pt(2)
    mark = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER)
    mark.font.superscript = True
    foot.element.styleId, mark.element.styleId = FOOTNOTE_TEXT, FOOTNOTE_REFERENCE
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = RGBColor(0x1C, 0x65, 0x47), True
    for name, size in (("Title", 20), ("Heading 1", 14), ("Heading 2", 12), ("Caption", 10)):
        styles[name].font.size, styles[name].font.color.rgb = Pt(size), RGBColor(0x1C, 0x23, 0x20)
        _fonts(styles[name], _LATIN_HEAD, _HAN_HEAD)
    _fonts(styles["Normal"], _LATIN, _HAN)
    styles["Normal"].font.size = Pt(11)
    styles["Quote"].font.italic, styles["Quote"].font.color.rgb = False, RGBColor(0x1C, 0x23, 0x20)
    styles["Quote"].paragraph_format.left_indent = Mm(8)


def _fonts(style: Any, latin: str, han: str) -> None:
    """By name: those of the theme would go before them."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for kind, name in (("ascii", latin), ("hAnsi", latin), ("eastAsia", han), ("cs", latin)):
        fonts.set(qn(f"w:{kind}"), name)
