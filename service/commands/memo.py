"""Answers into a file, with notes that cite their sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sinkqa.service.commands import terminal
from sinkqa.service.errors import InvalidExport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sinkqa.ingest.document import Span
    from sinkqa.service.answer import Answer
    from sinkqa.service.engine import Engine
    from sinkqa.service.exporting.rereading import Link
    from sinkqa.service.settings import Settings


def format_of(path: Path) -> str:
    """See :func:`format_of`."""
    from sinkqa.service.exporting.exporter import format_of

    return format_of(path)


def write(
    answers: Sequence[Answer], engine: Engine, path: Path, kind: str, *, library: Path | None, collection: str | None
) -> None:
    """Writes the answers, at least one, as a memo of their own in the language of the first, and says so on stderr.

    Raises:
        InvalidExport: the file cannot be written.
    """
    from sinkqa.service.exporting.memo import AnswerItem, Memo
    from sinkqa.service.settings import Settings

    chinese = answers[0].language == "zh"
    memo = Memo(
        tuple(AnswerItem.of(answer) for answer in answers),
        language="zh" if chinese else "en",
        style="gbt7714" if chinese else "apa",
    )
    exported = engine.export(memo, kind, link=_link(Settings.load(library=library, collection=collection)))
    try:
        path.write_bytes(exported.content)
    except OSError as error:
        raise InvalidExport(f"{path}: cannot be written: {error.strerror}; name another file") from None
    terminal.show_note("written", str(path), style="bold")
    if exported.withheld:
        terminal.show_note("left out", f"{exported.withheld} quotes that the library no longer holds", style="yellow")


def _link(settings: Settings) -> Link:
    """Where passages are looked up: at the server's public address, where one is set."""
    from sinkqa.service.interfaces.links import passage_link

    base = (settings.public_url or "").rstrip("/")

    def link(passage_id: str, *, spans: Sequence[Span] = ()) -> str | None:
        return passage_link(base, passage_id, spans=spans, collection=settings.collection) if base else None

    return link
