"""Prints documents on the command line: their list, one document, and the result of a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.text import Text

from sinkqa.index.editable import EDITABLE
from sinkqa.service.commands import terminal
from sinkqa.service.commands.phrases import count, flat
from sinkqa.service.commands.pictures import PICTURES

if TYPE_CHECKING:
    from sinkqa.index.store.documents.catalogue import DocumentRecord
    from sinkqa.ingest.passage import Passage


_COLUMNS = ("id", "title", "where", "year", "lang", "passages")


def listed(records: Sequence[DocumentRecord], *, sort: str = "title", as_json: bool) -> None:
    """A table of the documents, sorted, with how many there are; in a pipe one line each, columns parted by tabs."""
    records = sorted(records, key=lambda record: _sorted_by(record, sort))
    if as_json:
        return terminal.show_json({"documents": [asdict(record) for record in records]})
    rows = [_row(record) for record in records]
    if terminal.room() is None:
        return terminal.write("".join("\t".join(row) + "\n" for row in [_COLUMNS, *rows]))
    if terminal.room() == "narrow":
        terminal.show_line(Text(f"{'id':<12}  title", style="bold"))
        for doc_id, title, *_ in rows:
            terminal.show_line(Text.assemble((doc_id, "cyan"), "  ", title))
    else:
        _show_rows(rows)
    terminal.show_line(Text(_counts(records), style="dim"))
    return None


def _show_rows(rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table

    table = Table(*_COLUMNS, box=None, header_style="bold", pad_edge=False)
    doc_id, title, *_, passages = table.columns
    doc_id.no_wrap, title.overflow, title.ratio, passages.justify = True, "fold", 1, "right"
    for row in rows:
        table.add_row(*map(Text, row))
    terminal.show_table(table)


def _sorted_by(record: DocumentRecord, sort: str) -> tuple[object, ...]:
    """By one of the columns, then by title; what is not known comes last, the newest and the largest first."""
    about, title = record.metadata, (record.title.casefold(), record.doc_id)
    if sort == "year":
        return (-(about.year or 0), *title)
    if sort == "passages":
        return (-record.n_passages, *title)
    if sort == "where":
        return (about.jurisdiction is None, about.jurisdiction or "", *title)
    return title


def _counts(records: Sequence[DocumentRecord]) -> str:
    """``44 documents, 320 passages: CN 20, EU 4``."""
    where = Counter(record.metadata.jurisdiction for record in records if record.metadata.jurisdiction)
    total = f"{count(len(records), 'document')}, {count(sum(record.n_passages for record in records), 'passage')}"
    return ": ".join(filter(None, (total, ", ".join(f"{code} {number}" for code, number in where.most_common()))))


def _row(record: DocumentRecord) -> tuple[str, ...]:
    meta = record.metadata
    facts = (meta.jurisdiction or "", str(meta.year or ""), meta.language or "", str(record.n_passages))
    return record.doc_id[:12], flat(record.title).translate(PICTURES), *facts


def one(record: DocumentRecord, passages: Sequence[Passage], *, text: str | None, whole: bool, as_json: bool) -> None:
    """What is known of a document and its outline, or all its passages; with ``text`` that alone, as it is."""
    if as_json:
        listed = {"passages": [_passage_json(passage) for passage in passages]} if whole else {}
        return terminal.show_json(asdict(record) | listed | ({} if text is None else {"text": text}))
    if text is not None:
        return terminal.write(text)
    about = asdict(record)
    terminal.show_line(Text(record.title, style="bold"))
    known = {name: value for name, value in (about | about["metadata"]).items() if name not in ("title", "metadata")}
    terminal.show_facts(known | {"edited": _readings(record)})
    terminal.show_line(Text())
    seen: set[tuple[str, ...]] = set()
    for passage in passages:
        for depth in range(1, len(passage.section) + 1):
            if (path := passage.section[:depth]) not in seen:
                seen.add(path)
                page = f"  p. {passage.page_start}" if record.has_pages else ""
                terminal.show_line(Text.assemble(path[-1], (page, "dim")), indent=2 * depth - 2)
        if whole:
            facts = [passage.passage_id, passage.kind, *([f"p. {passage.page_start}"] if record.has_pages else [])]
            terminal.show_line(Text(" · ".join(facts), style="dim"), indent=4)
            terminal.show_line(Text(passage.text), indent=4)
    return None


def _readings(record: DocumentRecord) -> list[str]:
    """The fields that were corrected, each with what was read there."""
    return [f"{name} (read: {'nothing' if of['read'] is None else of['read']})" for name, of in record.edited.items()]


def edited(record: DocumentRecord, *, as_json: bool) -> None:
    """The current metadata of a document, and which fields were corrected."""
    if as_json:
        return terminal.show_json(asdict(record))
    terminal.show_line(Text.assemble(("edited ", "green"), record.title, (f"  {record.doc_id[:12]}", "dim")))
    known = asdict(record.metadata)
    terminal.show_facts({name: known[name] for name in EDITABLE if name != "title"} | {"edited": _readings(record)})
    return None


def removed(records: Sequence[DocumentRecord], *, as_json: bool) -> None:
    """Names what was deleted."""
    if as_json:
        return terminal.show_json({"removed": [record.doc_id for record in records]})
    for record in records:
        terminal.show_line(Text.assemble(("removed ", "red"), record.title, (f"  {record.doc_id[:12]}", "dim")))
    return None


def _passage_json(passage: Passage) -> dict[str, Any]:
    return {
        "passage_id": passage.passage_id, "kind": passage.kind, "section": passage.section, "table": passage.table,
        "page_start": passage.page_start, "page_end": passage.page_end, "language": passage.language,
        "spans": [span._asdict() for span in passage.spans], "text": passage.text,
    }  # fmt: skip
