"""Ingest, PDF: tables with their captions and notes, mended where they run over pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.document import Block, Cell, Span, Table
from ingest.readers.pdf.drafts import Draft, without
from ingest.readers.pdf.page import PlacedTable
from ingest.readers.pdf.tables import continues

_NUMBER = r"(?:[A-Z][.\-]?)?(?:[0-9]+(?:[.\-–][0-9A-Z]+)*|[一二三四五六七八九十]+|[IVX]+\b)"
_CAPTION = re.compile(
    rf"\s*(?P<label>(?P<kind>续?表|附?图|圖|(?i:annex table|table|figure|fig\.|box|chart|exhibit|map))\s*{_NUMBER})"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_MENTION = re.compile(r"\s*(?:[a-z(),;]|[显可所表列给为是中和与及、，。的])")
_TABLE_KIND = re.compile(r"续?表|.*table", re.IGNORECASE)
_AGAIN = re.compile(r"续表|[(（](?:续|continued|cont\.?|cont[’']d)", re.IGNORECASE)
_NOTE = re.compile(
    r"\s*(?:sources?|notes?|legend|abbreviations?)\s*[:.]|\s*(?:注|资料来源|数据来源|来源|说明|备注)\s*[:：]",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Parts:
    """The parts of one table over one or more pages."""

    tables: list[PlacedTable]
    marks: list[Span]
    caption: list[Span] = field(default_factory=list)
    notes: list[Span] = field(default_factory=list)
    label: str | None = None
    repeated: list[Span] = field(default_factory=list)


def caption_label(text: str) -> str | None:
    """The printed label where ``text`` begins as a caption does ("Table 4", "图 2"), spaces folded; else None."""
    found = _CAPTION.match(text)
    if not found or _MENTION.match(found["rest"]):
        return None
    label = " ".join(found["label"].split())
    return label.replace(" ", "") if not label.isascii() else label


def with_tables(drafts: Sequence[Draft], text: str) -> Iterator[Draft | Block]:
    """The drafts, each table (all its parts, its caption, its notes) replaced by one finished block."""
    open_parts: _Parts | None = None
    held: list[Draft] = []  # what stands behind the open table, until we know whether that goes on
    for draft in drafts:
        if draft.table is not None:
            if open_parts and _goes_on(open_parts, held, draft.table, text):
                open_parts.tables.append(draft.table)
                open_parts.marks += draft.marks
                for other in [other for other in held if other.kind == "caption"]:
                    open_parts.repeated += other.spans
                held = [other for other in held if other.kind != "caption"]
                continue
            caption = _caption_before(held, text)
            yield from _close(open_parts, held, text)
            open_parts, held = _Parts([draft.table], draft.marks), []
            if caption:
                _attach(open_parts, caption, text)
        elif open_parts is None and draft.kind not in ("caption", "furniture"):
            yield from held
            yield draft
            held = []
        else:
            if open_parts and not held and not open_parts.label and _is_table_caption(draft, text):
                _attach(open_parts, draft, text)
            elif open_parts and all(other.kind == "furniture" for other in held) and _is_note(draft, text):
                open_parts.notes += draft.spans
                open_parts.marks += draft.marks
            else:
                held.append(draft)
                if open_parts and draft.kind not in ("furniture", "footnote", "caption"):
                    yield from _close(open_parts, held, text)
                    open_parts, held = None, []
    yield from _close(open_parts, held, text)


def _goes_on(parts: _Parts, held: Sequence[Draft], table: PlacedTable, text: str) -> bool:
    """Whether ``table`` is the next part: same columns, next page, and its header, if any, is the old one."""
    last = parts.tables[-1]
    captions = [draft for draft in held if draft.kind == "caption"]
    if not continues(last.shape, table.shape) or parts.notes:
        return False
    if any(
        not _AGAIN.search(draft.text(text)) and caption_label(draft.text(text)) != parts.label for draft in captions
    ):
        return False
    header = _header(table, text)
    return not header or header == _header(parts.tables[0], text)


def _header(table: PlacedTable, text: str) -> list[str]:
    return [
        "".join("".join(text[start:end].split()) for start, end in cell.spans)
        for cell in table.cells
        if cell.row < table.shape.header_rows
    ]


def _caption_before(held: list[Draft], text: str) -> Draft | None:
    """Takes the caption right above the table out of ``held``."""
    for index in range(len(held) - 1, -1, -1):
        if _is_table_caption(held[index], text):
            return held.pop(index)
        if held[index].kind != "furniture":
            return None
    return None


def _is_table_caption(draft: Draft, text: str) -> bool:
    found = _CAPTION.match(draft.text(text)) if draft.kind == "caption" else None
    return bool(found and _TABLE_KIND.match(found["kind"]))


def _is_note(draft: Draft, text: str) -> bool:
    return draft.kind == "paragraph" and bool(_NOTE.match(draft.text(text)))


def _attach(parts: _Parts, caption: Draft, text: str) -> None:
    parts.caption = list(caption.spans)
    parts.marks += caption.marks
    parts.label = caption_label(caption.text(text))


def _close(parts: _Parts | None, held: Sequence[Draft], text: str) -> Iterator[Draft | Block]:
    if parts is not None:
        yield _table_block(parts, text)
        repeated = [*parts.repeated, *_repeated_headers(parts), *parts.marks]
        spans = without(sorted(repeated), (), text)
        if spans:
            yield Block("furniture", spans)
    yield from held


def _repeated_headers(parts: _Parts) -> list[Span]:
    return [
        span
        for table in parts.tables[1:]
        for cell in table.cells
        if cell.row < table.shape.header_rows
        for span in without(cell.spans, parts.marks, "")
    ]


def _table_block(parts: _Parts, text: str) -> Block:
    cells: list[Cell] = []
    below = 0
    for index, part in enumerate(parts.tables):
        skipped = part.shape.header_rows if index else 0
        for cell in part.cells:
            if cell.row >= skipped:
                spans = without(cell.spans, parts.marks, text)
                cells.append(Cell(below + cell.row - skipped, cell.column, spans, cell.row_span, cell.column_span))
        below += part.shape.n_rows - skipped
    caption, notes = without(parts.caption, parts.marks, text), without(parts.notes, parts.marks, text)
    loose = without([span for table in parts.tables for span in table.loose], parts.marks, text)
    first = parts.tables[0].shape
    table = Table(
        cells=tuple(cells),
        n_rows=below,
        n_columns=max(cell.column + cell.column_span for cell in cells),
        header_rows=first.header_rows,
        label_columns=first.label_columns,
        caption=caption,
        notes=notes,
        loose=loose,
        label=parts.label,
        pages=tuple(table.page for table in parts.tables),
    )
    everything = sorted([*caption, *(span for cell in cells for span in cell.spans), *loose, *notes])
    return Block("table", without(everything, (), text), table=table)
