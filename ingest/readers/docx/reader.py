"""Reads Word documents: headings, lists, tables, text boxes, notes; no headers or footers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sinkqa.ingest.document import BlockKind, Document
from sinkqa.ingest.errors import DocumentTooLarge, EmptyDocument, EncryptedDocument, UnreadableDocument
from sinkqa.ingest.readers.decoding.charset import decode
from sinkqa.ingest.readers.docx.numbering import Numbering
from sinkqa.ingest.readers.docx.package import Package, check_package
from sinkqa.ingest.readers.docx.properties import metadata_of
from sinkqa.ingest.readers.docx.runs import DocxParagraph, Findings, Runs
from sinkqa.ingest.readers.docx.styles import DocxStyles
from sinkqa.ingest.readers.docx.tables import DocxCell, DocxRow, header_rows, raw_cells, rows_of
from sinkqa.ingest.readers.docx.xml import MC, R, W, inside, switch, value, whole
from sinkqa.ingest.readers.html.tables import build_grid
from sinkqa.ingest.readers.pieces.captions import attach_captions
from sinkqa.ingest.readers.pieces.draft import STRUCK_OUT, Piece, compose
from sinkqa.ingest.readers.pieces.formulas import with_displays
from sinkqa.ingest.readers.pieces.labels import is_label, merge_labels
from sinkqa.ingest.readers.pieces.outline import outline
from sinkqa.ingest.structure.tables.wording import table_label

HIDDEN = "hidden text left out: the page does not show it"
"""The warning if hidden text was left out."""
_NOTE_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CONTENTS_LIST = "Table of Contents"
_BODY_TEXT = 9  # the outline level of what is no heading
_SPACES = " \n\t\u3000"
_SENTENCE_ENDS = ("。", "；")  # an article in a heading's style is still an article
_OF_FIGURE = re.compile(r"图|圖|fig", re.IGNORECASE)
_DEEPEST = 3  # documents within documents


def read_docx(content: bytes, name: str) -> Document:
    """Reads a Word document. Its source text is the body, one block a line, with notes at the end.

    Pages follow the breaks that Word stored at its last layout. Text boxes come after the paragraph to which they are
    anchored. Tracked deletions, hidden and struck-out text, contents lists, headers and footers are left out. Warnings
    name the parts whose words cannot be read. Raises DocumentTooLarge, EncryptedDocument, UnreadableDocument or
    EmptyDocument.
    """
    findings = Findings()
    try:
        package = _opened(content, name)
        pieces = _pieces(package, findings, name)
    except (SyntaxError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnreadableDocument(f"{name}: not a valid DOCX ({reason}); open and save it in Word again") from error
    pieces = outline(attach_captions(_captioned(merge_labels(with_displays(pieces)))))
    if not pieces and package.has_pictures:
        raise EmptyDocument(
            f"{name}: no text in this Word file, only pictures; add a version whose text can be selected"
        )
    return compose(
        pieces,
        name=name,
        content=content,
        media_type=_MEDIA_TYPE,
        metadata=metadata_of(package, pieces, name),
        warnings=[
            *([STRUCK_OUT] if findings.is_struck else []),
            *([HIDDEN] if findings.is_hidden else []),
            *findings.unread_warnings(),
            *(each for each in dict.fromkeys(findings.embedded) if each != STRUCK_OUT or not findings.is_struck),
        ],
    )


def _opened(content: bytes, name: str) -> Package:
    check_package(content, name)
    return Package(content)


def _pieces(package: Package, findings: Findings, name: str, depth: int = 0) -> list[Piece]:
    """The body and its notes."""
    body = package.xml(package.main).find(W + "body")
    if body is None:
        raise ValueError("its main part holds no document")
    reader = _Body(package, findings, name, depth)
    return [*(piece for element in _blocks(body) for piece in reader.element(element)), *reader.notes()]


class _Body:
    """Reads blocks in order, with styles and numbering looked up once."""

    def __init__(self, package: Package, findings: Findings, name: str, depth: int) -> None:
        self._package = package
        self._findings = findings
        self._name = name
        self._depth = depth
        self.styles = DocxStyles(_related_root(package, "styles"))
        self._numbering = Numbering(_related_root(package, "numbering"))
        self._runs = Runs(package, package.main, self.styles, findings)
        self._page = 1
        self._carried = ""  # of paragraphs whose end is deleted, so that the next goes on

    def element(self, element: Any, *, is_cell: bool = False) -> Iterator[Piece]:
        """The pieces of a paragraph or table, followed by those of its drawings.

        ``is_cell``: a number may stand alone.
        """
        if element.tag == W + "p":
            yield from self._paragraph(element, is_cell=is_cell)
        elif element.tag == W + "tbl":
            yield from self._table(element)
        elif element.tag == W + "altChunk":
            yield from self._chunk(element)

    def _paragraph(self, element: Any, *, is_cell: bool) -> Iterator[Piece]:
        line = self._runs.line(element)
        line.text, self._carried = self._carried + line.text, ""
        if _runs_on(element):
            self._carried = line.text
        else:
            yield from self._block(element, line, is_cell=is_cell)
        for box in line.drawn:
            yield from self._box(box)

    def _block(self, element: Any, line: DocxParagraph, *, is_cell: bool) -> Iterator[Piece]:
        """The paragraph itself, with its number, on the page where its words begin."""
        level, list_level, label = self._place(element, line)
        whole_text = line.text.strip(_SPACES)
        text = whole_text.lstrip(f"\f{_SPACES}") if whole_text.startswith("\f") else whole_text
        page = self._page + whole_text[: len(whole_text) - len(text)].count("\f")
        self._page = page + text.count("\f")
        if not (text or (label and is_cell)) or line.is_contents:
            return
        text = f"{label} {text}".strip()
        if level is not None and not text.endswith(_SENTENCE_ENDS):
            yield Piece("heading", text, level=level, page=page)
        elif list_level:
            yield Piece("list_item", text, level=list_level, page=page)
        else:
            is_caption = self.styles.paragraph(value(element.find(W + "pPr"), W + "pStyle")).is_caption
            kind: BlockKind = "caption" if is_caption else "paragraph"
            yield Piece(kind, text, page=page, bold=line.bold, formula=line.is_formula)

    def _box(self, box: Any) -> Iterator[Piece]:
        """The content of a text box, or the words of another drawing."""
        if isinstance(box, str):
            yield Piece("paragraph", box, page=self._page)
            return
        for element in _blocks(box):
            yield from self.element(element)

    def _place(self, element: Any, line: DocxParagraph) -> tuple[int | None, int, str]:
        """(heading level counted like h1 or None, list level or 0, number as printed) of a paragraph."""
        properties = element.find(W + "pPr")
        style_id = value(properties, W + "pStyle")
        style = self.styles.paragraph(style_id)
        level = style.heading
        outline_level = whole(properties, W + "outlineLvl")
        if outline_level is not None:
            level = outline_level + 2 if 0 <= outline_level < _BODY_TEXT else None
        own = None if properties is None else properties.find(W + "numPr")
        number_id = value(own, W + "numId") or style.number_id
        if number_id in ("", "0") or _is_gone(properties, line):
            return level, 0, ""
        depth = whole(own, W + "ilvl")
        depth = style.depth if depth is None else depth
        if depth is None:
            depth = self._numbering.depth(number_id, list(self.styles.chain(style_id)))
        label = self._numbering.label(number_id, depth)
        is_law = label.startswith("第")  # a numbered article is no item of a list
        return level, 0 if is_law else depth + 1, label

    def _table(self, element: Any) -> Iterator[Piece]:
        """A table. One that only lays out the page is read cell by cell."""
        page = self._page
        rows = rows_of(element)
        pieces = {cell.element: read for row in rows for cell, read in self._row(row)}
        raw = raw_cells(rows, lambda cell: "\n".join(filter(None, map(_cell_text, pieces[cell.element]))))
        grid = build_grid(raw, header_rows=header_rows(rows))
        if grid is not None:
            yield Piece("table", "", grid=grid, page=page)
            return
        for row in rows:
            yield from _numbered([piece for cell in row.cells for piece in pieces[cell.element]])

    def _row(self, row: DocxRow) -> list[tuple[DocxCell, list[Piece]]]:
        """Each cell of a row with its pieces. A page break is marked in every cell that it splits."""
        first = last = self._page
        read = []
        for cell in row.cells:
            self._page = first
            blocks = _blocks(cell.element) if cell.height and not cell.is_placeholder else ()
            read.append((cell, [piece for block in blocks for piece in self.element(block, is_cell=True)]))
            last = max(last, self._page)
        self._page = last
        return read

    def _chunk(self, element: Any) -> Iterator[Piece]:
        """A document within the document, which Word shows in its place."""
        relation = self._package.relations(self._package.main).get(element.get(R + "id") or "")
        if relation is None or not self._package.holds(relation.target):
            return
        suffix = relation.target.rpartition(".")[2].lower()
        try:
            pieces = self._embedded(self._package.raw(relation.target), suffix)
        except (UnreadableDocument, EncryptedDocument, DocumentTooLarge, SyntaxError, LookupError, ValueError):
            pieces = None
        if pieces is None:
            self._findings.leave(f"an embedded document (.{suffix})")
        else:
            yield from (replace(piece, page=self._page, text=piece.text.replace("\f", "")) for piece in pieces)

    def _embedded(self, content: bytes, suffix: str) -> list[Piece] | None:
        """The pieces of an embedded document, by its suffix; None for an unsupported one."""
        if suffix in ("html", "htm", "xhtml"):
            return self._page_within(content)
        if suffix in ("docx", "docm") and self._depth < _DEEPEST:
            return _pieces(_opened(content, self._name), self._findings, self._name, self._depth + 1)
        return None

    def _page_within(self, content: bytes) -> list[Piece]:
        from sinkqa.ingest.readers.html.reader import markup_pieces
        from sinkqa.ingest.readers.html.visible.leftout import LeftOut

        left = LeftOut()
        markup, told = decode(content, self._name)
        pieces = markup_pieces(markup, left, name=self._name)
        self._findings.embedded += [*told, *left.warnings()]
        return pieces

    def notes(self) -> Iterator[Piece]:
        """Footnotes and endnotes as blocks of their own, in order, after the body."""
        for part in self._package.related(self._package.main, "footnotes", "endnotes"):
            self._runs = Runs(self._package, part, self.styles, self._findings)
            for note in self._package.xml(part):
                if note.get(W + "type") not in _NOTE_SEPARATORS:
                    pieces = [piece for block in _blocks(note) for piece in self.element(block)]
                    yield Piece("footnote", "\n".join(filter(None, map(_cell_text, pieces))), page=self._page)


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs, tables and documents of a body, cell, box or note, without contents lists in their own control."""
    for child in parent:
        if child.tag in (W + "p", W + "tbl", W + "altChunk"):
            yield child
        elif child.tag == MC + "AlternateContent":
            yield from next(filter(None, (list(_blocks(version)) for version in child)), [])
        elif value(child.find(W + "sdtPr"), f"{W}docPartObj/{W}docPartGallery") != _CONTENTS_LIST:
            content = inside(child)
            yield from _blocks(() if content is None else content)


def _captioned(pieces: Sequence[Piece]) -> list[Piece]:
    """Gives a table without a number the paragraph of caption style right above it as its caption."""
    done: list[Piece] = []
    for piece in pieces:
        above = done[-1] if done and done[-1].kind == "caption" else None
        is_own = above is not None and table_label(above.text) is None and not _OF_FIGURE.match(above.text)
        if piece.grid is not None and above and is_own:
            done[-1] = replace(piece, grid=replace(piece.grid, caption=above.text), page=above.page)
        else:
            done.append(piece)
    return done


def _numbered(pieces: list[Piece]) -> list[Piece]:
    """Joins a formula and its number, which a table sets side by side, into one line."""
    if len(pieces) == 2 and pieces[0].formula and is_label(pieces[1].text):
        return [replace(pieces[0], text=f"{pieces[0].text}\t{pieces[1].text}")]
    return pieces


def _cell_text(piece: Piece) -> str:
    """A piece as lines of a cell. Cells of a table inside it are separated by tabs."""
    if piece.grid is None:
        return piece.text.replace("\f", "")
    lines: dict[int, list[str]] = {}
    for cell in piece.grid.cells:
        lines.setdefault(cell.row, []).append(cell.text.replace("\n", " "))
    return "\n".join([*filter(None, [piece.grid.caption]), *("\t".join(line) for line in lines.values())])


def _is_gone(properties: Any, line: DocxParagraph) -> bool:
    """Whether a paragraph without words is invisible: its end is deleted or hidden."""
    mark = None if properties is None else properties.find(W + "rPr")
    return not line.text.strip() and (_is_taken_back(mark) or switch(mark, W + "vanish") is True)


def _runs_on(element: Any) -> bool:
    """Whether the end of a paragraph is deleted, so that the next one continues it."""
    following = element.getnext()
    return following is not None and following.tag == W + "p" and _is_taken_back(element.find(f"{W}pPr/{W}rPr"))


def _is_taken_back(mark: Any) -> bool:
    return mark is not None and any(mark.find(W + tag) is not None for tag in ("del", "moveFrom"))


def _related_root(package: Package, kind: str) -> Any | None:
    part = next(package.related(package.main, kind), None)
    return None if part is None else package.xml(part)
