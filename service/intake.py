"""Files into a library, each for itself: one that fails is named, every other one is stored and findable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.library import AddResult, Library
from index.packed import Packed
from ingest.errors import IngestError
from ingest.readers import find_files

if TYPE_CHECKING:
    from service.workers import Prepared

OnProgress = Callable[[int, int, str], None]
"""Called with (files done, files in all, name of the one just done)."""


@dataclass(frozen=True, slots=True)
class Added:
    """A file that landed. ``superseded`` is the id of the older version that it replaced."""

    name: str
    doc_id: str
    n_passages: int
    superseded: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that did not land, and why."""

    path: str
    code: str
    message: str


@dataclass(slots=True)
class AddReport:
    """What became of every file of one call, each list in the order in which files were done."""

    added: list[Added] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def take_in(
    library: Library, paths: Sequence[Path], *, encoder: str | None, workers: int | None, on_progress: OnProgress | None
) -> AddReport:
    """Reads, splits, encodes and stores files and folders. A file is reported as added once it is durable."""
    from service.workers import prepare_all  # and all readers with it, which a question need not wait for

    report = AddReport()
    files = _find(paths, report)
    waiting: list[Prepared] = []  # handed to the library, not yet acknowledged

    def advance(name: str) -> None:
        if on_progress:
            on_progress(len(report.added) + len(report.unchanged) + len(report.failed), len(files), name)

    def additions() -> Iterator[Packed]:
        for outcome in prepare_all(files, encoder=library.encoder, encoder_name=encoder, workers=workers):
            if outcome.prepared is None:
                _fail(report, outcome.path, outcome.error)
                advance(outcome.path.name)
                continue
            waiting.append(outcome.prepared)
            yield outcome.prepared.packed

    for result in library.add_all(additions()):
        prepared = waiting.pop(0)
        _note(report, prepared, result)
        advance(prepared.name)
    return report


def _find(paths: Sequence[Path], report: AddReport) -> list[Path]:
    """Files under ``paths``, each once; a path without any is a failure of its own, not of the whole call."""
    files: dict[Path, None] = {}
    for path in paths:
        try:
            files.update(dict.fromkeys(find_files([path])))
        except IngestError as error:
            _fail(report, path, error)
    return list(files)


def _fail(report: AddReport, path: Path, error: IngestError | None) -> None:
    if error is None:
        raise ValueError("an outcome holds a prepared file or an error")
    report.failed.append(Failed(str(path), error.code, error.message))


def _note(report: AddReport, prepared: Prepared, result: AddResult) -> None:
    if result.status == "unchanged":
        report.unchanged.append(prepared.name)
    else:
        report.added.append(
            Added(prepared.name, result.doc_id, result.n_passages, result.superseded, prepared.warnings)
        )
