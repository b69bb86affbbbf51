"""What the command line prints: Rich for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from index.catalogue import DocumentRecord
from index.hit import Filters
from ingest.errors import SinkQAError
from ingest.passage import Passage
from service.answer import Answer, Citation, RankedPassage, SearchResult
from service.engine import DoctorReport
from service.intake import AddReport

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


class Mode(StrEnum):
    """Legs of the search."""

    hybrid = "hybrid"
    lexical = "lexical"
    dense = "dense"


def filters(
    doc: Sequence[str] | None,
    language: Sequence[str] | None,
    jurisdiction: Sequence[str] | None,
    kind: Sequence[str] | None,
    since: int | None,
    until: int | None,
) -> Filters:
    """The command line's filter options as the index takes them."""
    return Filters(
        doc_ids=tuple(doc or ()),
        languages=tuple(language or ()),
        jurisdictions=tuple(name.upper() for name in jurisdiction or ()),
        types=tuple(kind or ()),
        year_from=since,
        year_to=until,
    )


@contextmanager
def progress(title: str, *, quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on stderr; call it with (done, total, name of what was just finished)."""
    if quiet or not _err.is_terminal:
        yield lambda done, total, name: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.description}"),
    )
    with Progress(*columns, console=_err, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name[-40:])


def write(text: str) -> None:
    """Prints ``text`` unaltered, whatever the terminal's encoding makes of lone surrogates."""
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8"))


def show_error(error: SinkQAError) -> None:
    """One line on stderr: the code and the message."""
    _err.print(Text.assemble((f"error[{error.code}]", "bold red"), ": ", error.message), soft_wrap=True)


def show_answer(answer: Answer, *, as_json: bool) -> None:
    """The answer, its numbered quotes with section and page, and how sure it is."""
    if as_json:
        return _json(answer.as_dict())
    if answer.status == "abstained":
        _line(Text(answer.answer, style="yellow"))
    for segment in answer.segments:
        marks = "".join(f" [{number}]" for number in segment.citations)
        _line(Text.assemble(segment.text, (marks, "bold cyan")))
    for citation in answer.citations:
        _out.print()
        _line(Text.assemble((f"[{citation.number}] ", "bold cyan"), (citation.title, "bold"), _place(citation)))
        _line(Text(f"“{_flat(citation.quote)}”", style="italic"), indent=4)
        if citation.original:
            _line(Text(f"digest of: {citation.original}", style="dim"), indent=4)
        if citation.url:
            _line(Text(citation.url, style="dim underline"), indent=4)
    if answer.status == "abstained" and answer.passages:
        _out.print()
        _line(Text("Nearest passages, which do not answer it:", style="dim"))
        for passage in answer.passages[:3]:
            _line(Text.assemble("· ", (passage.title, "bold"), _place(passage)), indent=2)
            _line(Text(_cut(passage.text, 160), style="dim"), indent=4)
    _out.print()
    total = sum(answer.timings_ms.values())
    _line(Text(f"{answer.status} · confidence {answer.confidence:.2f} · {total:.0f} ms", style="dim"))
    return None


def show_search(result: SearchResult, *, as_json: bool) -> None:
    """Ranked passages with their place and the reasons of their rank."""
    if as_json:
        return _json(result.as_dict())
    if not result.hits:
        _line(Text("No passage fits; try other words or fewer filters.", style="yellow"))
    for rank, hit in enumerate(result.hits, 1):
        _line(Text.assemble((f"{rank:>2}. ", "bold cyan"), (hit.title, "bold"), _place(hit)))
        _line(Text(_cut(hit.text, 400)), indent=4)
        why = hit.why
        legs = f"score {hit.score:.3f} · lexical {_rank(why['lexical_rank'])} · dense {_rank(why['dense_rank'])}"
        _line(Text(f"{legs} · {hit.passage_id}", style="dim"), indent=4)
    return None


def _rank(rank: int | None) -> str:
    return f"#{rank}" if rank else "–"


def show_added(report: AddReport, *, as_json: bool) -> None:
    """Counts on stdout, one line for each file that failed on stderr."""
    if as_json:
        return _json(report.as_dict())
    for file in report.added:
        note = f"{file.n_passages} passages" + (", replaces an older version" if file.superseded else "")
        _line(Text.assemble(("added ", "green"), file.name, (f"  {note}  {file.doc_id[:12]}", "dim")))
        for warning in file.warnings:
            _err.print(Text.assemble(("warning", "yellow"), f": {file.name}: {warning}"), soft_wrap=True)
    for name in report.unchanged:
        _line(Text.assemble(("unchanged ", "dim"), name))
    for failure in report.failed:
        _err.print(Text.assemble((f"error[{failure.code}]", "bold red"), f": {failure.message}"), soft_wrap=True)
    _line(
        Text(f"{len(report.added)} added, {len(report.unchanged)} unchanged, {len(report.failed)} failed", style="bold")
    )
    return None


def show_documents(records: Sequence[DocumentRecord], *, as_json: bool) -> None:
    """A table of the documents."""
    if as_json:
        return _json([asdict(record) for record in records])
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, options in (
        ("id", {"no_wrap": True}),
        ("title", {"overflow": "fold", "ratio": 1}),
        ("where", {}),
        ("year", {}),
        ("lang", {}),
        ("passages", {"justify": "right"}),
    ):
        table.add_column(name, **options)
    for record in records:
        meta = record.metadata
        table.add_row(
            record.doc_id[:12],
            record.title,
            meta.jurisdiction or "",
            str(meta.year or ""),
            meta.language or "",
            str(record.n_passages),
        )
    _out.print(table)
    _line(Text(f"{len(records)} documents", style="dim"))
    return None


def show_document(record: DocumentRecord, passages: Sequence[Passage], *, whole: bool, as_json: bool) -> None:
    """What is known of a document and its outline, or all its passages."""
    if as_json:
        listed = [_passage_json(passage) for passage in passages] if whole else None
        return _json(asdict(record) | ({"passages": listed} if listed is not None else {}))
    _line(Text(record.title, style="bold"))
    for name, value in asdict(record).items():
        if value not in (None, "", (), [], {}) and name not in ("title", "pages", "metadata"):
            _line(Text.assemble((f"{name:>13}  ", "dim"), str(value)))
    for name, value in asdict(record)["metadata"].items():
        if value and name != "title":
            _line(Text.assemble((f"{name:>13}  ", "dim"), str(value)))
    _out.print()
    seen: set[tuple[str, ...]] = set()
    for passage in passages:
        for depth in range(1, len(passage.section) + 1):
            if (path := passage.section[:depth]) not in seen:
                seen.add(path)
                _line(Text.assemble(path[-1], (f"  p. {passage.page_start}", "dim")), indent=2 * depth - 2)
        if whole:
            _line(Text(f"{passage.passage_id} · {passage.kind} · p. {passage.page_start}", style="dim"), indent=4)
            _line(Text(passage.text), indent=4)
    return None


def show_removed(records: Sequence[DocumentRecord], *, as_json: bool) -> None:
    """Names what was deleted."""
    if as_json:
        return _json({"removed": [record.doc_id for record in records]})
    for record in records:
        _line(Text.assemble(("removed ", "red"), record.title, (f"  {record.doc_id[:12]}", "dim")))
    return None


def show_doctor(report: DoctorReport, *, as_json: bool) -> None:
    """Facts first, then each problem with its remedy."""
    if as_json:
        return _json(report.as_dict())
    for name, value in report.facts.items():
        _line(Text.assemble((f"{name:>18}  ", "dim"), str(value)))
    for problem in report.problems:
        _line(Text.assemble(("problem  ", "bold red"), problem))
    if not report.problems:
        _line(Text("all is well", style="green"))
    return None


def _passage_json(passage: Passage) -> dict[str, Any]:
    return {
        "passage_id": passage.passage_id, "kind": passage.kind, "section": passage.section, "table": passage.table,
        "page_start": passage.page_start, "page_end": passage.page_end, "language": passage.language,
        "spans": [span._asdict() for span in passage.spans], "text": passage.text,
    }  # fmt: skip


def _json(value: object) -> None:
    write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _place(at: Citation | RankedPassage) -> Text:
    """Section path, table and page, as a reader would say them."""
    pages = f"p. {at.page_start}" if at.page_start == at.page_end else f"pp. {at.page_start}–{at.page_end}"
    parts = [" › ".join(at.section), at.table or "", pages]
    return Text(" · " + " · ".join(part for part in parts if part), style="dim")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, length: int) -> str:
    flat = _flat(text)
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def _line(text: Text, *, indent: int = 0) -> None:
    """Wraps for people, keeps whole lines for pipes."""
    if _out.is_terminal:
        _out.print(Padding(text, (0, 0, 0, indent)))
    else:
        _out.print(Text(" " * indent) + text, soft_wrap=True)
