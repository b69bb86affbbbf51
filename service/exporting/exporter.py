"""Exports a memo as a file of one format. Every quote is read again and compared first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sinkqa.service.errors import InvalidExport
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.exporting.formats.csv import write_csv
from sinkqa.service.exporting.formats.docx import write_docx
from sinkqa.service.exporting.formats.html import write_html
from sinkqa.service.exporting.formats.markdown import write_markdown
from sinkqa.service.exporting.formats.xlsx import write_xlsx
from sinkqa.service.exporting.manuscript import Composer, Manuscript
from sinkqa.service.exporting.memo import Memo
from sinkqa.service.exporting.references import STYLES, bibtex, ris, work_of
from sinkqa.service.exporting.rereading import Link, Rereader, RereadQuote, printed


@dataclass(frozen=True, slots=True)
class Format:
    """A file format of exported memos."""

    suffix: str
    media_type: str
    write: Callable[[Manuscript], bytes]


def _write_bibtex(manuscript: Manuscript) -> bytes:
    """Every source once."""
    return "\n\n".join(bibtex(each.work.whole()) for each in _once(manuscript)).encode() + b"\n"


def _write_ris(manuscript: Manuscript) -> bytes:
    """Every source once."""
    return "\n".join(ris(each.work.whole()) for each in _once(manuscript)).encode()


def _once(manuscript: Manuscript) -> list[RereadQuote]:
    return list({each.record.doc_id: each for each in manuscript.evidence}.values())


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    "docx": Format(".docx", f"{_OFFICE}.wordprocessingml.document", write_docx),
    "markdown": Format(".md", "text/markdown; charset=utf-8", write_markdown),
    "html": Format(".html", "text/html; charset=utf-8", write_html),
    "xlsx": Format(".xlsx", f"{_OFFICE}.spreadsheetml.sheet", write_xlsx),
    "csv": Format(".csv", "text/csv; charset=utf-8", write_csv),
    "bibtex": Format(".bib", "application/x-bibtex; charset=utf-8", _write_bibtex),
    "ris": Format(".ris", "application/x-research-info-systems; charset=utf-8", _write_ris),
}


def format_of(path: Path) -> str:
    """The format for a file name's suffix.

    Raises:
        InvalidExport: the suffix belongs to no format.
    """
    for name, each in FORMATS.items():
        if path.suffix.lower() == each.suffix:
            return name
    known = ", ".join(each.suffix for each in FORMATS.values())
    raise InvalidExport(
        f"{path.name}: expected a name that ends in {known}, got {path.suffix or 'no ending'}; name one"
    )


@dataclass(frozen=True, slots=True)
class Exported:
    """A file, and the number of quotes left out because they do not match the store."""

    content: bytes
    format: Format
    withheld: int


def export(memo: Memo, kind: str, sources: Sources, link: Link) -> Exported:
    """The memo as a file. If a quote no longer matches the store, it is left out and the file names its source.

    Raises:
        InvalidExport: the memo is empty.
    """
    if not memo.items:
        raise InvalidExport("items: expected at least one answer, quote or note, got none; collect something first")
    if kind in ("xlsx", "csv"):  # each quote has a row or a reference of its own there
        memo = replace(memo, placing="footnotes")
    rereader = Rereader(sources, link, today=_today())
    manuscript = Composer(memo, rereader).compose(today=_today().isoformat())
    return Exported(FORMATS[kind].write(manuscript), FORMATS[kind], rereader.withheld)


def references(sources: Sources, doc_id: str, pages: tuple[int, int] | None) -> dict[str, str]:
    """The reference of a document in every style. It cites the first and last page of ``pages`` if it has pages."""
    record = sources.document(doc_id)
    first, last = pages or (0, 0)
    named = [page for page in sources.pages(record.doc_id) if first <= page.number <= last]
    work = work_of(record, pages=printed(record, named), seen=_today())
    return {name: style(work) for name, style in STYLES.items()}


def _today() -> date:
    return datetime.now(UTC).date()
