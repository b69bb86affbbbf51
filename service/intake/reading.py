"""Reports the progress of a call that adds files, in files and in bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sinkqa.service.intake.workers import File


@dataclass(frozen=True, slots=True)
class AddProgress:
    """``done`` of ``files`` files, and ``done_bytes`` of their ``bytes``. ``names``: the files being read now."""

    done: int
    files: int
    done_bytes: int
    bytes: int
    names: tuple[str, ...]


OnReading = Callable[[AddProgress], None]
"""Called when the files are known, when a file is begun, and when it is done; from any thread."""


class Tally:
    """Counts the files of one call and reports the progress. Safe for threads."""

    def __init__(self, files: Sequence[File], on_reading: OnReading) -> None:
        self._sizes = {file: file.n_bytes for file in files}
        self._done = self._done_bytes = 0
        self._names: dict[File, str] = {}
        self._on_reading = on_reading
        self._lock = threading.Lock()
        self._say()

    def begin(self, file: File) -> None:
        """Records that a reader begins to read the file."""
        with self._lock:
            self._names[file] = file.name
            self._say()

    def end(self, file: File) -> None:
        """Records that the file was added, or failed."""
        with self._lock:
            self._names.pop(file, None)
            self._done += 1
            self._done_bytes += self._sizes.get(file, 0)
            self._say()

    def _say(self) -> None:
        names = tuple(self._names.values())
        self._on_reading(AddProgress(self._done, len(self._sizes), self._done_bytes, sum(self._sizes.values()), names))
