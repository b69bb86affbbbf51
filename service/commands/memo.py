"""Answers and comparisons into a file, with notes that cite their sources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sinkqa.service.commands import terminal
from sinkqa.service.errors import InvalidExport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sinkqa.ingest.document import Span
    from sinkqa.service.answer import Answer
    from sinkqa.service.comparing.comparison import Comparison
    from sinkqa.service.engine import Engine
    from sinkqa.service.exporting.exporter import Exported
    from sinkqa.service.exporting.memo import Memo
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

    chinese = answers[0].language == "zh"
    memo = Memo(
        tuple(AnswerItem.of(answer) for answer in answers),
        language="zh" if chinese else "en",
        style="gbt7714" if chinese else "apa",
    )
    _save(_exported(memo, engine, kind, library, collection), path)


def write_comparison(
    made: Comparison, engine: Engine, path: Path | None, kind: str, *, library: Path | None, collection: str | None
) -> None:
    """Writes a comparison to a file, or without ``path`` to standard output.

    Raises:
        InvalidExport: the file cannot be written.
    """
    from sinkqa.service.exporting.memo import Memo

    exported = _exported(Memo.of_comparison(made), engine, kind, library, collection)
    if path:
        _save(exported, path)
        return
    sys.stdout.buffer.write(exported.content)
    sys.stdout.flush()
    _tell_left_out(exported)


def _exported(memo: Memo, engine: Engine, kind: str, library: Path | None, collection: str | None) -> Exported:
    from sinkqa.service.settings import Settings

    return engine.export(memo, kind, link=_link(Settings.load(library=library, collection=collection)))


def _save(exported: Exported, path: Path) -> None:
    try:
        path.write_bytes(exported.content)
    except OSError as error:
        raise InvalidExport(f"{path}: cannot be written: {error.strerror}; name another file") from None
    terminal.show_note("written", str(path), style="bold")
    _tell_left_out(exported)


def _tell_left_out(exported: Exported) -> None:
    if exported.withheld:
        terminal.show_note("left out", f"{exported.withheld} quotes that the library no longer holds", style="yellow")


def _link(settings: Settings) -> Link:
    """Where passages are looked up: at the server's public address, where one is set."""
    from sinkqa.service.interfaces.links import passage_link

    base = (settings.public_url or "").rstrip("/")

    def link(passage_id: str, *, spans: Sequence[Span] = ()) -> str | None:
        return passage_link(base, passage_id, spans=spans, collection=settings.collection) if base else None

    return link
