"""Joins PDF tables over pages, with their captions and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sinkqa.ingest.document import Block
from sinkqa.ingest.readers.pdf.blocks.drafts import BlockDraft, without
from sinkqa.ingest.readers.pdf.blocks.joined import Parts, finished
from sinkqa.ingest.readers.pdf.pages.page import PlacedTable
from sinkqa.ingest.readers.pdf.tables.finding import continues
from sinkqa.ingest.structure.tables.belongings import Belongings, Item, belongings
from sinkqa.ingest.structure.tables.wording import ORDINAL, is_mention

_CAPTION = re.compile(
    rf"\s*(?P<label>(?:续?表|附?[图表]|圖|(?i:annex table|table|figure|fig\.|box|chart|exhibit|map))\s*{ORDINAL})"
    r"(?P<rest>.*)",
    re.DOTALL,
)


def caption_label(text: str) -> str | None:
    """Returns the printed label if ``text`` begins like a caption ("Table 4", "图 2"), spaces folded; else None."""
    found = _CAPTION.match(text)
    if not found or is_mention(found["rest"]):
        return None
    label = " ".join(found["label"].split())
    return label.replace(" ", "") if not label.isascii() else label


def with_tables(drafts: Sequence[BlockDraft], text: str) -> Iterator[BlockDraft | Block]:
    """Yields the drafts, but each table with all its parts, its caption and its notes as one finished block."""
    owned = belongings([_item(draft, text) for draft in drafts])
    taken = {place for own in owned.values() for place in (*own.caption, *own.notes)}
    open_parts: Parts | None = None
    held: list[BlockDraft] = []  # what stands behind the open table, until we know whether that goes on
    for place, draft in enumerate(drafts):
        if place in taken:
            continue
        if draft.table is not None:
            if open_parts is None or not _goes_on(open_parts, draft.table, owned[place], text):
                yield from _close(open_parts, held, text)
                open_parts, held = Parts(), []
            _add(open_parts, draft.table, owned[place], drafts, text)
        elif open_parts is None:
            yield draft
        else:
            held.append(draft)
            if draft.kind not in ("furniture", "footnote"):
                yield from _close(open_parts, held, text)
                open_parts, held = None, []
    yield from _close(open_parts, held, text)


def _item(draft: BlockDraft, text: str) -> Item:
    if draft.table is not None:
        box = draft.table.shape.box
        cells = tuple(" ".join(text[start:end] for start, end in cell.spans) for cell in draft.table.cells)
        titles = sum(cell.row < draft.table.shape.title_rows for cell in draft.table.cells)
        page = 4 * box.page + draft.table.shape.turn
        return Item("table", " ".join(cells[:titles]), cells, page, box.y0, box.y1)
    if draft.first is None or draft.last is None:
        return Item(draft.kind, draft.text(text))
    page = 4 * draft.first.page + draft.first.line.turn if draft.first.page == draft.last.page else 0
    return Item(draft.kind, draft.text(text), None, page, draft.first.line.y0, draft.last.line.y1)


def _add(parts: Parts, table: PlacedTable, own: Belongings, drafts: Sequence[BlockDraft], text: str) -> None:
    """Adds one part. The first caption is the table's; later ones repeat it."""
    caption, notes = ([drafts[place] for place in places] for places in (own.caption, own.notes))
    spans = [span for each in caption for span in without(each.spans, each.marks, text)]
    (parts.repeated if parts.caption else parts.caption).extend(spans)
    parts.notes += [span for each in notes for span in without(each.spans, each.marks, text)]
    parts.marks += [*table.marks, *(mark for each in (*caption, *notes) for mark in each.marks)]
    parts.label = parts.label or own.label
    parts.tables.append(table)


def _goes_on(parts: Parts, table: PlacedTable, own: Belongings, text: str) -> bool:
    """Whether ``table`` is the next part: same columns, next page, and its header, if any, is the old one."""
    if not continues(parts.tables[-1].shape, table.shape) or parts.notes:
        return False
    if own.label is not None and parts.caption and not own.goes_on and own.label != parts.label:
        return False
    header = parts.header(text, of=table)
    return not header or header == parts.header(text, of=parts.tables[0])


def _close(parts: Parts | None, held: Sequence[BlockDraft], text: str) -> Iterator[BlockDraft | Block]:
    if parts is not None:
        yield from finished(parts, text)
    yield from held
