"""Measures the standings of documents against a list made by reading.

A standing is right if its status, its dates and the newer document are those that the texts tell. The worst mistake is
a document that is called over, while the texts do not say so.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from sinkqa.eval.data.lines import read_rows, shorten
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.ranking.configuration import digest
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.readers import find_files
from sinkqa.service.answer import StandingStatus
from sinkqa.service.references.standings import Standings

STANDINGS = Path(__file__).parents[1] / "questions" / "standing.jsonl"
"""Our own list. ``eval/questions/README.md`` describes it."""
_OVER = frozenset({"repealed", "superseded", "expired"})
_STATUSES = frozenset(get_args(StandingStatus))


@dataclass(frozen=True, slots=True)
class ListedStanding:
    """What the texts tell of the document in this file. ``newer``: the file of the document that ended it."""

    document: str
    status: str
    since: str | None
    until: str | None
    newer: str | None


@dataclass(frozen=True, slots=True)
class JudgedStanding:
    """A listed standing, and what was told. ``told`` is None if the library lacks the document."""

    listed: ListedStanding
    told: ListedStanding | None

    @property
    def is_right(self) -> bool:
        """Whether status, dates and newer document are the listed ones."""
        return self.told == self.listed

    @property
    def is_wrongly_over(self) -> bool:
        """Whether it is called repealed, superseded or expired, and is not."""
        return self.told is not None and self.told.status in _OVER and self.listed.status not in _OVER


def read_standings(path: Path = STANDINGS) -> list[ListedStanding]:
    """Reads a list, one JSON object a line.

    Raises:
        FileMissing: no such file.
        MalformedData: a line is no standing.
        NothingToMeasure: it has none.
    """
    listed = [_listed(path, number, row) for number, row in read_rows(path, document=str, status=str)]
    if not listed:
        raise NothingToMeasure(f"{path}: expected standings, got none; check the file")
    return listed


def measure_standings(
    listed: Sequence[ListedStanding],
    on: datetime.date,
    *,
    documents: Sequence[Path] = (),
    library: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> list[JudgedStanding]:
    """Judges the standings on a day in the library at ``library``, or in a new one of ``documents``.

    Raises:
        NothingToMeasure: it has none of the listed documents.
        IngestError: a path holds no file.
    """
    if library is not None:
        with Library.open(library) as standing:
            return _judged(standing, listed, on)
    files = find_files(documents)
    corpus = digest([sorted(sha256_of(path) for path in files), []])
    with gold_library([], (files, []), corpus, load_encoder(), cache=cache, on_progress=on_progress) as (made, *_):
        return _judged(made, listed, on)


def _judged(library: Library, listed: Sequence[ListedStanding], on: datetime.date) -> list[JudgedStanding]:
    with library.reading():
        held = {record.doc_id: record.name for record in library.documents()}
        told = dict(_told(library, held, on, {each.document for each in listed}))
    if not told:
        raise NothingToMeasure("expected a library with documents of the list, got one without any")
    return [JudgedStanding(each, told.get(each.document)) for each in listed]


def _told(
    library: Library, held: dict[str, str], on: datetime.date, wanted: set[str]
) -> Iterator[tuple[str, ListedStanding]]:
    standings = Standings(library)
    for doc_id, name in held.items():
        if name in wanted:
            said = standings.of(doc_id, on)
            newer = held[said.newer] if said.newer else None
            yield name, ListedStanding(name, said.status, said.since, said.until, newer)


def _listed(path: Path, number: int, row: dict[str, Any]) -> ListedStanding:
    others = [row.get(name) for name in ("since", "until", "newer")]
    if row["status"] not in _STATUSES or not all(isinstance(each, str | None) for each in others):
        raise MalformedData(
            f"{path}:{number}: expected a document, its status ({', '.join(sorted(_STATUSES))}), since, until and "
            f"newer, got {shorten(repr(row))}"
        )
    return ListedStanding(row["document"], row["status"], *others)
