"""Reading step of ingest: DOCX body to pieces: headings, numbered lists, merged cells, notes; no headers or footers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.dating import issue_year
from ingest.document import Document, Metadata
from ingest.errors import UnreadableDocument
from ingest.readers.captions import attach_captions
from ingest.readers.docx.numbering import Numbering
from ingest.readers.docx.package import check_package
from ingest.readers.draft import STRUCK_OUT, Piece, compose
from ingest.readers.html.tables import RawCell, build_grid
from ingest.readers.inline import raised
from ingest.readers.labels import merge_labels
from ingest.readers.outline import outline

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Not part of the running text: deleted or moved-away words, field codes, drawings with their text boxes, old fallbacks.
_LEFT_OUT = frozenset(
    _W + tag
    for tag in ("del", "moveFrom", "instrText", "delText", "drawing", "pict", "object", "rPr", "pPr", "tblPr", "rt")
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_STRUCK = ("strike", "dstrike")  # what is struck out is no longer said
_HEADING_STYLE = re.compile(r"(?:heading|标题|見出し)\s*([1-9])", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"title|标题|文档标题", re.IGNORECASE)
_NOTE_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read_docx(content: bytes, name: str) -> Document:
    """Read a Word document; its source text is the body, a block a line, notes at the end.

    Pages follow the breaks that Word left when it last laid the document out. Tracked deletions, struck-out text,
    text boxes, headers and footers are left out. Raises DocumentTooLarge, EncryptedDocument, UnreadableDocument or
    EmptyDocument.
    """
    from io import BytesIO

    import docx
    from docx.opc.exceptions import OpcError

    check_package(content, name)
    try:
        word = docx.Document(BytesIO(content))
        pieces, properties = _Body(word).pieces() + _notes(word), _properties(word)
    except (OpcError, SyntaxError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnreadableDocument(f"{name}: not a valid DOCX ({reason}); open and save it in Word again") from error
    pieces = outline(attach_captions(merge_labels(pieces)))
    struck = any(_is_on(run, effect) for run in word.element.body.iter(_W + "rPr") for effect in _STRUCK)
    return compose(
        pieces,
        name=name,
        content=content,
        media_type=_MEDIA_TYPE,
        metadata=_metadata(properties, pieces, name),
        warnings=[STRUCK_OUT] if struck else [],
    )


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says: ``heading`` counted like h1, None for plain; its own list, if any."""

    heading: int | None = None
    number_id: str = ""
    depth: int = 0


class _Body:
    """The body in order, with styles and numbering looked up once."""

    def __init__(self, word: WordDocument) -> None:
        self._body: Any = word.element.body
        self._styles = {style.style_id: _style(style) for style in word.styles}
        self._numbering = Numbering(_numbering_root(word))
        self._page = 1

    def pieces(self) -> list[Piece]:
        return [piece for element in _blocks(self._body) for piece in self._element(element)]

    def _element(self, element: Any) -> Iterator[Piece]:
        if element.tag == _W + "p":
            yield from self._paragraph(element)
        elif element.tag == _W + "tbl":
            yield from self._table(element)

    def _paragraph(self, element: Any) -> Iterator[Piece]:
        text, bold = _text(element)
        page = self._page
        if text.startswith("\f"):
            begun = text
            text = text.lstrip("\f \n\t\u3000")
            page += begun[: len(begun) - len(text)].count("\f")
        self._page = page + text.count("\f")
        if not text.strip():
            return
        level, list_level, label = self._place(element)
        text = f"{label} {text}" if label else text
        if level is not None:
            yield Piece("heading", text, level=level, page=page)
        elif list_level:
            yield Piece("list_item", text, level=list_level, page=page)
        else:
            yield Piece("paragraph", text, page=page, bold=bold)

    def _place(self, element: Any) -> tuple[int | None, int, str]:
        """(heading level counted like h1 or None, list level or 0, number as printed) of a paragraph."""
        properties = element.find(_W + "pPr")
        style = self._styles.get(_value(properties, "pStyle"), _Style())
        level = style.heading
        outline_level = _value(properties, "outlineLvl")
        if level is None and outline_level.isdigit() and int(outline_level) < 9:
            level = int(outline_level) + 2
        own = None if properties is None else properties.find(_W + "numPr")
        number_id = _value(own, "numId") or style.number_id
        depth = _value(own, "ilvl")
        if number_id in ("", "0"):
            return level, 0, ""
        deep = int(depth) if depth.isdigit() else style.depth
        label = self._numbering.label(number_id, deep)
        is_law = label.startswith("第")  # a numbered article is no item of a list
        return level, 0 if is_law else deep + 1, label

    def _table(self, element: Any) -> Iterator[Piece]:
        page = self._page
        rows = [list(row) for row in _rows(element)]
        grid = build_grid(_merged(rows), header_rows=len(element.findall(f"{_W}tr/{_W}trPr/{_W}tblHeader")))
        if grid is not None:
            self._page += sum(1 for _ in element.iter(_W + "lastRenderedPageBreak"))
            yield Piece("table", "", grid=grid, page=page)
            return
        for cell in element.iter(_W + "tc"):
            for inner in _blocks(cell):
                if inner.tag == _W + "p":
                    yield from self._paragraph(inner)


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables of a body, cell or note; content controls and tracked insertions are looked into."""
    for child in parent:
        if child.tag in (_W + "p", _W + "tbl"):
            yield child
        elif child.tag == _W + "sdt":
            content = child.find(_W + "sdtContent")
            yield from _blocks(content if content is not None else ())
        elif child.tag in (_W + "ins", _W + "customXml", _W + "smartTag", _W + "moveTo"):
            yield from _blocks(child)


def _text(element: Any) -> tuple[str, float]:
    """Words of a paragraph, page breaks as form feeds, and the share of them that is bold."""
    parts: list[str] = []
    bold = total = 0
    todo = [element]
    while todo:
        node = todo.pop()
        if node.tag in _LEFT_OUT:
            continue
        if node.tag in (_W + "t", _MATH_TEXT) and node.text:
            run = node.getparent().find(_W + "rPr")
            if not any(_is_on(run, effect) for effect in ("vanish", *_STRUCK)):
                parts.append(raised(node.text) if _value(run, "vertAlign") == "superscript" else node.text)
                total += len(node.text.strip())
                bold += len(node.text.strip()) * _is_on(run, "b")
        else:
            parts.append(_mark(node))
            todo += list(node)[::-1]
    return "".join(parts).strip(" \t\n\u3000"), bold / (total or 1)


def _mark(node: Any) -> str:
    """White space and hyphens that are elements in Word."""
    if node.tag == _W + "br":
        return "" if node.get(_W + "type") in ("page", "column") else "\n"
    marks = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "lastRenderedPageBreak": "\f"}
    return marks.get(node.tag.removeprefix(_W), "") if isinstance(node.tag, str) else ""


def _rows(table: Any) -> Iterator[Iterator[tuple[Any, int, str]]]:
    """(cell, column span, vertical merge: "", "restart" or "continue") by row; deleted rows are left out."""
    for row in table.findall(_W + "tr"):
        if row.find(f"{_W}trPr/{_W}del") is None:
            yield (_cell(cell) for cell in row.iter(_W + "tc") if cell.getparent() is row or _in_control(cell, row))


def _in_control(cell: Any, row: Any) -> bool:
    parent = cell.getparent()
    return parent.tag == _W + "sdtContent" and parent.getparent().getparent() is row


def _cell(cell: Any) -> tuple[Any, int, str]:
    properties = cell.find(_W + "tcPr")
    if properties is None:
        return cell, 1, ""
    span = _value(properties, "gridSpan")
    merge = properties.find(_W + "vMerge")
    kind = "" if merge is None else merge.get(_W + "val") or "continue"
    return cell, int(span) if span.isdigit() else 1, kind


def _merged(rows: Sequence[Sequence[tuple[Any, int, str]]]) -> list[list[RawCell]]:
    """Rows as HTML has them: continued cells left out, the cell they continue made taller."""
    heights: dict[tuple[int, int], int] = {}
    open_at: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        column = 0
        for _, span, merge in row:
            if merge == "continue" and column in open_at:
                heights[open_at[column]] += 1
            else:
                heights[number, column] = 1
                open_at.pop(column, None)
                if merge == "restart":
                    open_at[column] = (number, column)
            column += span
    placed: list[list[RawCell]] = []
    for number, row in enumerate(rows):
        column = 0
        cells = []
        for cell, span, _ in row:
            if (number, column) in heights:
                cells.append(RawCell(_cell_text(cell), heights[number, column], span))
            column += span
        placed.append(cells)
    return placed


def _cell_text(cell: Any) -> str:
    lines = [_text(paragraph)[0].replace("\f", "") for paragraph in cell.iter(_W + "p")]
    return "\n".join(line for line in lines if line)


def _notes(word: WordDocument) -> list[Piece]:
    """Footnotes and endnotes as blocks of their own, in order, after the body."""
    from docx.oxml import parse_xml

    pieces = []
    for related in word.part.rels.values():
        if related.is_external or not related.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        for note in parse_xml(related.target_part.blob):
            if note.get(_W + "type") in _NOTE_SEPARATORS:
                continue
            text = "\n".join(filter(None, (_text(paragraph)[0].replace("\f", "") for paragraph in note.iter(_W + "p"))))
            pieces.append(Piece("footnote", text))
    return pieces


def _is_on(properties: Any, tag: str) -> bool:
    found = None if properties is None else properties.find(_W + tag)
    return found is not None and found.get(_W + "val") not in ("0", "false", "off")


def _value(properties: Any, tag: str) -> str:
    found = None if properties is None else properties.find(_W + tag)
    return "" if found is None else found.get(_W + "val") or ""


def _style_level(style: Any) -> int | None:
    """1 for the title's style, n + 1 for Heading n or what is based on it, None for others."""
    seen = 0
    while style is not None and seen < 20:
        found = _HEADING_STYLE.fullmatch((style.name or "").strip())
        if found:
            return int(found[1]) + 1
        if _TITLE_STYLE.fullmatch((style.name or "").strip()):
            return 1
        style, seen = getattr(style, "base_style", None), seen + 1
    return None


def _style(style: Any) -> _Style:
    numbering = style.element.find(f"{_W}pPr/{_W}numPr")
    depth = _value(numbering, "ilvl")
    return _Style(_style_level(style), _value(numbering, "numId"), int(depth) if depth.isdigit() else 0)


def _numbering_root(word: WordDocument) -> Any | None:
    from docx.oxml import parse_xml

    for related in word.part.rels.values():
        if not related.is_external and related.reltype.endswith("/numbering"):
            return parse_xml(related.target_part.blob)
    return None


@dataclass(frozen=True, slots=True)
class _Properties:
    """What the file says of itself; empty where it says nothing."""

    title: str
    author: str
    language: str
    year: int | None


def _properties(word: WordDocument) -> _Properties:
    properties = word.core_properties
    year = properties.created.year if properties.created else None
    return _Properties(properties.title or "", properties.author or "", properties.language or "", year)


def _metadata(properties: _Properties, pieces: Sequence[Piece], name: str) -> Metadata:
    heading = next((piece.text for piece in pieces if piece.kind == "heading" and piece.level == 0), None)
    text = "\n".join(piece.text for piece in pieces)
    year = issue_year(heading or properties.title, text, name)
    if year is None and properties.year and properties.year > 1990:  # template dates of old Word versions
        year = properties.year
    language = properties.language.split("-")[0].lower()
    authors = re.split(r"[;；]", properties.author)
    return Metadata(
        title=heading or _own_title(properties.title),
        authors=tuple(author.strip() for author in authors if author.strip() not in ("", "python-docx")),
        year=year,
        language=language or None,
    )


def _own_title(title: str) -> str | None:
    """The title property, unless it is the one that an empty template carries."""
    return title.strip() if title.strip() not in ("", "Word Document", "Document") else None
