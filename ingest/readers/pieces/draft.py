"""Composes a reader's pieces into source text and blocks.

Both are written in one pass, so the spans are right by construction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sinkqa.ingest.document import Block, BlockKind, Cell, Document, Metadata, Page, Span, Table
from sinkqa.ingest.errors import EmptyDocument

STRUCK_OUT = "text that is struck out was left out: the page takes it back"
"""The warning of readers that left struck-out text out."""
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")  # NULs and halves of characters, which no library stores


@dataclass(frozen=True, slots=True)
class GridCell:
    """Text at (row, column), 0-based, of a table that is not yet written."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table before it has offsets. Fields are as in :class:`Table`; ``cells`` are in reading order."""

    cells: tuple[GridCell, ...]
    n_rows: int
    n_columns: int
    header_rows: int = 1
    label_columns: int = 1
    caption: str = ""
    notes: tuple[str, ...] = ()
    label: str | None = None

    def texts(self) -> list[list[str]]:
        """The texts row by row. A merged cell's text is at its first place, the others are empty."""
        texts = [[""] * self.n_columns for _ in range(self.n_rows)]
        for cell in self.cells:
            texts[cell.row][cell.column] = cell.text
        return texts


@dataclass(frozen=True, slots=True)
class Piece:
    """One block before it has offsets.

    ``level`` -1 marks a heading whose level depends on its numbering. ``page`` is the number of the page on which the
    block begins; a form feed inside ``text`` begins the next page. ``tail`` is the white space written after it.
    ``link`` is the share of the text that links elsewhere, ``inner_link`` the share that links into the same page,
    ``bold`` the bold share; 0..1. ``title``: the source marks it as the document's title. ``formula``: it is a formula
    on its own line.
    """

    kind: BlockKind
    text: str
    level: int = 0
    anchor: str | None = None
    grid: Grid | None = None
    page: int = 1
    tail: str = "\n"
    link: float = 0.0
    inner_link: float = 0.0
    bold: float = 0.0
    title: bool = False
    formula: bool = False


def compose(
    pieces: Iterable[Piece],
    *,
    name: str,
    content: bytes,
    media_type: str,
    metadata: Metadata,
    warnings: Sequence[str] = (),
) -> Document:
    """Writes the pieces one after the other. Raises EmptyDocument if they hold no text."""
    sheet = _SourceText()
    for piece in pieces:
        sheet.write(piece)
    written = sheet.text()
    text = _spelt(written)
    if not text.strip():
        message = f"{name}: no text in this {media_type} file; expected words to index; check that it opens elsewhere"
        raise EmptyDocument(message)
    return Document(
        name=name,
        content=content,
        media_type=media_type,
        text=text,
        pages=sheet.pages(),
        blocks=tuple(sheet.blocks),
        metadata=_spelt_out(metadata),
        warnings=(*map(_spelt, warnings), *_damaged(written)),
    )


def _spelt(text: str) -> str:
    """The text with a replacement sign for each code that is not a character."""
    return _NO_CHARACTER.sub("\ufffd", text)


def _damaged(text: str) -> Iterator[str]:
    count = len(_NO_CHARACTER.findall(text))
    if count:
        yield f"{count} damaged character{'s' * (count > 1)} read as U+FFFD"


def _spelt_out(metadata: Metadata) -> Metadata:
    said = {each.name: getattr(metadata, each.name) for each in fields(metadata)}
    texts: dict[str, Any] = {key: _spelt(value) for key, value in said.items() if isinstance(value, str)}
    return replace(metadata, **texts, authors=tuple(map(_spelt, metadata.authors)))


class _SourceText:
    """The source text as it grows."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._page_starts: list[tuple[int, int]] = []  # (page number, offset)
        self.blocks: list[Block] = []

    def write(self, piece: Piece) -> None:
        if piece.grid is None and not piece.text.strip():
            return
        if not self._page_starts or self._page_starts[-1][0] != piece.page:
            self._page_starts.append((piece.page, self._length))
        if piece.grid is not None:
            self._write_table(piece, piece.grid)
            return
        span = self._append(piece.text, piece.tail)
        self.blocks.append(Block(piece.kind, (span,), level=piece.level, anchor=piece.anchor))

    def _append(self, text: str, tail: str) -> Span:
        """Writes ``text`` and ``tail``. Returns the span of the text without white space at its ends."""
        at = self._length
        for offset, letter in enumerate(text) if "\f" in text else ():
            if letter == "\f":
                self._page_starts.append((self._page_starts[-1][0] + 1, at + offset + 1))
        self._parts += (text, tail)
        self._length += len(text) + len(tail)
        return Span(at + len(text) - len(text.lstrip()), at + len(text.rstrip()))

    def _write_table(self, piece: Piece, grid: Grid) -> None:
        caption = tuple(self._append(line, "\n") for line in grid.caption.split("\n") if line.strip())
        cells = []
        for index, cell in enumerate(grid.cells):
            last = index + 1 == len(grid.cells) or grid.cells[index + 1].row != cell.row
            span = self._append(cell.text, "\n" if last else "\t")
            spans = (span,) if cell.text.strip() else ()
            cells.append(Cell(cell.row, cell.column, spans, cell.row_span, cell.column_span))
        notes = tuple(self._append(note, "\n") for note in grid.notes if note.strip())
        whole = _whole((*caption, *(span for cell in cells for span in cell.spans), *notes))
        if whole is None:
            return
        table = Table(
            tuple(cells), grid.n_rows, grid.n_columns, grid.header_rows, grid.label_columns, caption, notes,
            label=grid.label, pages=(piece.page,),
        )  # fmt: skip
        self.blocks.append(Block("table", (whole,), table=table, anchor=piece.anchor))

    def text(self) -> str:
        return "".join(self._parts)

    def pages(self) -> tuple[Page, ...]:
        starts = self._page_starts or [(1, 0)]
        ends = [offset for _, offset in starts[1:]] + [self._length]
        plain = len(starts) == 1 and starts[0][0] == 1
        return tuple(
            Page(number, 0 if index == 0 else offset, end, label=None if plain else str(number))
            for index, ((number, offset), end) in enumerate(zip(starts, ends, strict=True))
        )


def _whole(spans: Sequence[Span]) -> Span | None:
    return Span(min(span.start for span in spans), max(span.end for span in spans)) if spans else None
