"""Files into a library, each for itself: one that fails is named, every other one is stored and findable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import AddResult
from sinkqa.index.store.documents.packed import Packed
from sinkqa.index.store.sqlite.trash import Trash
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers import look_into, why_skipped

if TYPE_CHECKING:
    from sinkqa.service.intake.reader_pool import Readers, Stop
    from sinkqa.service.intake.reading import OnReading
    from sinkqa.service.intake.turns import Share
    from sinkqa.service.intake.workers import File, Prepared

_IN_PLACE_BYTES = 1_000_000  # below this, reading here is faster than starting processes

OnProgress = Callable[[int, int, str], None]
"""Called with (files done, files in all, name of the one begun or done last)."""


@dataclass(frozen=True, slots=True)
class Added:
    """A file that landed. ``superseded`` is the id of the older version that it replaced."""

    name: str
    doc_id: str
    n_passages: int
    superseded: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A file whose very bytes were there already; ``superseded`` as in :class:`Added`."""

    name: str
    doc_id: str
    superseded: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that did not land, and why."""

    path: str
    code: str
    message: str


Fate = Added | Unchanged | Failed
OnDone: TypeAlias = "Callable[[File, Fate], None]"
"""Called with each file and what became of it."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of a folder that was passed over, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class AddReport:
    """What became of every file of one call, each list in the order in which files were done.

    ``skipped`` are files of folders that no reader takes; ``hidden`` counts hidden and lock files there.
    """

    added: list[Added] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    hidden: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def take_in(
    library: Library,
    paths: Sequence[Path],
    *,
    readers: Readers,
    on_progress: OnProgress | None,
    about: Mapping[Path, Metadata] = MappingProxyType({}),
    on_reading: OnReading | None = None,
) -> AddReport:
    """:func:`bring_in` for files and folders that a user named; what became of each is told at the end.

    ``about``: what is known of files beforehand, by their paths.
    """
    from sinkqa.service.intake.reading import Tally
    from sinkqa.service.intake.workers import File

    report = AddReport()
    files = _find(paths, report)

    def note(file: File, fate: Fate) -> None:
        match fate:
            case Added():
                report.added.append(fate)
            case Unchanged():
                report.unchanged.append(fate.name)
            case Failed():
                report.failed.append(fate)
        if tally:
            tally.end(file)
        if on_progress:
            on_progress(len(report.added) + len(report.unchanged) + len(report.failed), len(files), file.name)

    wanted = [File.at(path, about=about.get(path)) for path in files]
    tally = Tally(wanted, on_reading) if on_reading else None
    if on_progress and wanted:  # the first one may be large: that it is being read is told before it is done
        on_progress(0, len(files), wanted[0].name)
    bring_in(library, wanted, readers=readers, on_done=note, on_begin=tally.begin if tally else None)
    return report


def bring_in(
    library: Library,
    files: Sequence[File],
    *,
    readers: Readers,
    on_done: OnDone,
    share: Share | None = None,
    in_place_bytes: int = _IN_PLACE_BYTES,
    stop: Stop = lambda: False,
    trash: Trash | None = None,
    on_begin: Callable[[File], None] | None = None,
) -> None:
    """Reads, splits, encodes and stores files; ends early when told to ``stop``, and what has landed stays.

    ``on_done`` is told of each file once: of one that lands when it is durable and findable. ``share``: for whom it is
    done, where ``readers`` read for others too. ``trash``: from where what is superseded can be put back.

    Raises:
        LibraryError: the library cannot be written to.
    """
    from sinkqa.service.intake.reader_pool import (
        prepare_all,  # and all readers with it, which a question need not wait for
    )
    from sinkqa.service.intake.turns import Share

    waiting: list[tuple[File, Prepared]] = []  # handed to the library, not yet acknowledged

    def additions() -> Iterator[Packed]:
        for outcome in prepare_all(
            files,
            encoder=library.encoder,
            readers=readers,
            share=share or Share(),
            in_place_bytes=in_place_bytes,
            stop=stop,
            on_begin=on_begin,
        ):
            if outcome.prepared is None:
                on_done(outcome.file, _failed(outcome.file.path, outcome.error))
                continue
            waiting.append((outcome.file, outcome.prepared))
            yield outcome.prepared.packed

    for result in library.add_all(additions(), trash=trash):
        file, prepared = waiting.pop(0)
        on_done(file, _landed(prepared, result))


def _find(paths: Sequence[Path], report: AddReport) -> list[Path]:
    """Files under ``paths``, each once; a path without any is a failure of its own, not of the whole call.

    What folders hold beside them is told to the report.
    """
    files: dict[Path, None] = {}
    for path in paths:
        try:
            found = look_into([path])
            files.update(dict.fromkeys(found.files))
            strange = (each for each in found.skipped if not Library.exists(each.parent))  # a library may lie within
            report.skipped += [Skipped(str(each), why_skipped(each)) for each in strange]
            report.hidden += found.hidden
        except IngestError as error:
            report.failed.append(_failed(path, error))
    return list(files)


def _failed(path: Path, error: IngestError | None) -> Failed:
    if error is None:
        raise ValueError("an outcome holds a prepared file or an error")
    return Failed(str(path), error.code, error.message)


def _landed(prepared: Prepared, result: AddResult) -> Added | Unchanged:
    if result.status == "unchanged":
        return Unchanged(prepared.name, result.doc_id, result.superseded)
    return Added(prepared.name, result.doc_id, result.n_passages, result.superseded, prepared.warnings)
