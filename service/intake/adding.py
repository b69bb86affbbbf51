"""Adds files to a library, each by itself. A file that fails is reported; all others are stored and findable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import AddResult
from sinkqa.index.store.documents.document_rows import Packed
from sinkqa.index.store.sqlite.trash import Trash
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers import look_into, why_skipped
from sinkqa.service.intake.file_result import FileResult, FileState

if TYPE_CHECKING:
    from sinkqa.service.intake.reader_pool import Readers, Stop
    from sinkqa.service.intake.reading import OnReading
    from sinkqa.service.intake.turns import Share
    from sinkqa.service.intake.workers import File, Prepared

_IN_PLACE_BYTES = 1_000_000  # below this, reading here is faster than starting processes

OnProgress = Callable[[int, int, str], None]
"""Called with (files done, files in all, name of the last file begun or done)."""


OnDone: TypeAlias = "Callable[[File, FileResult], None]"
"""Called with each file and its result."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of a folder that was skipped, and the reason."""

    path: str
    reason: str


@dataclass(slots=True)
class AddReport:
    """The result of each file of one call, in the order in which the files were finished.

    ``skipped``: files in folders that no reader accepts. ``hidden``: the number of hidden and lock files in folders.
    """

    results: dict[Path, FileResult] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    hidden: int = 0

    @property
    def added(self) -> list[FileResult]:
        """Files that were added."""
        return self._of("added")

    @property
    def unchanged(self) -> list[FileResult]:
        """Files whose exact bytes were already in the library."""
        return self._of("unchanged")

    @property
    def failed(self) -> list[FileResult]:
        """Files that were not added."""
        return self._of("failed")

    def _of(self, state: FileState) -> list[FileResult]:
        return [result for result in self.results.values() if result.state == state]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        failed = {str(path): result for path, result in self.results.items() if result.state == "failed"}
        return {
            "added": [
                {
                    "name": each.name,
                    "doc_id": each.doc_id,
                    "n_passages": each.n_passages,
                    "superseded": each.replaced,
                    "warnings": each.warnings,
                }
                for each in self.added
            ],
            "unchanged": [each.name for each in self.unchanged],
            "failed": [{"path": path, "code": each.code, "message": each.message} for path, each in failed.items()],
            "skipped": [asdict(each) for each in self.skipped],
            "hidden": self.hidden,
        }


def take_in(
    library: Library,
    paths: Sequence[Path],
    *,
    readers: Readers,
    on_progress: OnProgress | None,
    about: Mapping[Path, Metadata] = MappingProxyType({}),
    on_reading: OnReading | None = None,
) -> AddReport:
    """Adds files and folders that a user named, by :func:`bring_in`. Returns the result of each at the end.

    ``about``: metadata of files known beforehand, by path.
    """
    from sinkqa.service.intake.reading import Tally
    from sinkqa.service.intake.workers import File

    report = AddReport()
    files = _find(paths, report)

    def note(file: File, result: FileResult) -> None:
        report.results[file.path] = result
        if tally:
            tally.end(file)
        if on_progress:
            on_progress(len(report.results), len(files), file.name)

    wanted = [File.at(path, about=about.get(path)) for path in files]
    tally = Tally(wanted, on_reading) if on_reading else None
    if on_progress and wanted:  # the first file may be large: progress is reported before it is read
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
    """Reads, splits, encodes and stores files. If ``stop`` returns true, ends early and keeps the added files.

    ``on_done`` is called once for each file; for an added file, when it is durable and findable. ``share``: the owner
    of the work, if ``readers`` serve others too. ``trash``: keeps a replaced document, so that it can be restored.

    Raises:
        LibraryError: the library cannot be written to.
    """
    from sinkqa.service.intake.reader_pool import (
        prepare_all,  # and all readers with it, which a question need not wait for
    )
    from sinkqa.service.intake.turns import Share

    waiting: list[Prepared] = []  # handed to the library, not yet acknowledged

    def additions() -> Iterator[Packed]:
        for prepared in prepare_all(
            files,
            encoder=library.encoder,
            readers=readers,
            share=share or Share(),
            in_place_bytes=in_place_bytes,
            stop=stop,
            on_begin=on_begin,
        ):
            if prepared.error:
                on_done(prepared.file, _failed(prepared.file.name, prepared.error))
            elif prepared.packed:
                waiting.append(prepared)
                yield prepared.packed

    for result in library.add_all(additions(), trash=trash):
        landed = waiting.pop(0)
        on_done(landed.file, _landed(landed, result))


def _find(paths: Sequence[Path], report: AddReport) -> list[Path]:
    """Files under ``paths``, each once; a path without any is a failure of its own, not of the whole call.

    Other contents of the folders go into the report.
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
            report.results[path] = _failed(path.name, error)
    return list(files)


def _failed(name: str, error: IngestError) -> FileResult:
    return FileResult(name, "failed", code=error.code, message=error.message)


def _landed(prepared: Prepared, result: AddResult) -> FileResult:
    name = prepared.file.name
    if result.status == "unchanged":
        return FileResult(name, "unchanged", result.doc_id, replaced=result.superseded)
    return FileResult(name, "added", result.doc_id, result.n_passages, prepared.warnings, replaced=result.superseded)
