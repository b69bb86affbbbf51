"""Segments: immutable memory-mapped files of rows with all data that search needs.

Arrays lie one after another, each aligned to 64 bytes. A table of the arrays and languages follows, in JSON, then the
table's length and CRC-32. A segment of n rows, ascending, holds ``rows`` int64, ``ids`` uint8 (n, width), ``languages``
uint16, ``lengths`` uint32 (index terms), ``vectors`` float16 (n, dim), ``codes`` uint8 (n, width) or none, and
``tokens`` from ``token_starts[i]`` to the next. The arrays of ``postings.py`` hold the places of each term.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.errors import SearchIndexDamaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.index.search.embedded.coding import Coder, Codes

    Halves = NDArray[np.float16]
    Places = NDArray[np.intp]
else:
    Halves = Places = np.ndarray

_BORDER = 64  # bytes
_END = struct.Struct("<II8s")
_MAGIC = b"SinkQA06"
_READ_WHOLE = 1 << 20  # bytes; of a longer file only the table is compared with its checksum when it is opened
_SCANNED_FROM = 256  # rows of one language; fewer are scored faster than scanned


class Spoken(NamedTuple):
    """The rows of one language in a segment: their places in it, ascending."""

    language: str
    places: Places


class Segment:
    """A file of :class:`SegmentWriter`, mapped for searching.

    Raises:
        SearchIndexDamaged: it is missing or differs from the written file. Long files are checked in part.
    """

    def __init__(self, path: Path, *, size: int, crc: int) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                if (found := os.fstat(file.fileno()).st_size) != size or size < _END.size:
                    raise SearchIndexDamaged(f"{path}: expected {size} bytes, got {found}")
                self._map = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        except OSError as error:
            raise SearchIndexDamaged(f"{path}: {error}") from error
        if size <= _READ_WHOLE:
            self.verify(crc)
        table = self._table()
        self._arrays: dict[str, NDArray[Any]] = {
            name: np.frombuffer(self._map, kind, int(np.prod(shape)), start).reshape(shape)
            for name, (kind, shape, start) in table["arrays"].items()
        }
        self.spoken: list[str] = table["languages"]
        self._scans: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name]

    @property
    def rows(self) -> Rows:
        """The store's rows, ascending."""
        return self._arrays["rows"]

    @property
    def vectors(self) -> Halves:
        """float16, (n, dim)."""
        return self._arrays["vectors"]

    @cached_property
    def languages(self) -> list[Spoken]:
        """The rows of each language."""
        numbers = self._arrays["languages"]
        counts = np.bincount(numbers, minlength=len(self.spoken))
        return [Spoken(self.spoken[number], np.flatnonzero(numbers == number)) for number in np.flatnonzero(counts)]

    def scan(self, spoken: Spoken, coder: Coder) -> Any:
        """Returns the scan over the codes of one language, made at the first call; None if it has no codes."""
        codes: Codes = self._arrays["codes"]
        if len(codes) != len(self) or len(spoken.places) < _SCANNED_FROM:
            return None
        if spoken.language not in self._scans:
            self._scans[spoken.language] = coder.scan(np.take(codes, spoken.places, axis=0))
        return self._scans[spoken.language]

    def verify(self, crc: int) -> None:
        """Compares the whole file with its checksum. Raises SearchIndexDamaged if they differ."""
        if (found := zlib.crc32(self._map)) != crc:
            raise SearchIndexDamaged(f"{self.path}: expected CRC {crc}, got {found}")
        self.release()

    def release(self) -> None:
        """Lets the system drop the pages read from the memory of this process."""
        with suppress(AttributeError, OSError):
            self._map.madvise(mmap.MADV_DONTNEED)

    def _table(self) -> Any:
        length, crc, magic = _END.unpack(self._map[-_END.size :])
        table = self._map[-_END.size - length : -_END.size]
        if magic != _MAGIC or zlib.crc32(table) != crc:
            raise SearchIndexDamaged(f"{self.path}: its table of contents differs from its checksum")
        return json.loads(table)


class SegmentWriter:
    """Writes a segment array by array. Once closed, ``size`` and ``crc`` describe the whole file.

    After an error the file is removed. The file is written, not mapped: a full disk would kill a process that writes to
    a mapped file.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.size, self.crc = path, 0, 0
        self._file = path.open("xb")
        self._arrays: dict[str, tuple[str, Sequence[int], int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError) if error else nullcontext():
            self._file.close()
        if error:
            self.path.unlink(missing_ok=True)

    def put(self, name: str, lines: NDArray[Any]) -> None:
        """Writes one array."""
        with self.lines(name, lines.dtype.str, lines.shape[1:]) as write:
            write(lines)

    @contextmanager
    def lines(self, name: str, kind: str, rest: Sequence[int] = ()) -> Iterator[Callable[[NDArray[Any]], None]]:
        """Writes one array part by part. ``rest``: the shape of one line."""
        self._write(bytes(-self.size % _BORDER))
        start, n = self.size, 0

        def write(part: NDArray[Any]) -> None:
            nonlocal n
            self._write(np.ascontiguousarray(part, kind).data)
            n += len(part)

        yield write
        self._arrays[name] = (kind, (n, *rest), start)

    def finish(self, spoken: Sequence[str]) -> None:
        """Writes the table and flushes all to disk. ``spoken``: the languages by number."""
        table = json.dumps({"arrays": self._arrays, "languages": spoken}).encode()
        self._write(table)
        self._write(_END.pack(len(table), zlib.crc32(table), _MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())

    def _write(self, part: Any) -> None:
        view = memoryview(part)
        if view.nbytes:
            view = view.cast("B")
            self._file.write(view)
            self.size, self.crc = self.size + view.nbytes, zlib.crc32(view, self.crc)


def passage_ids(segment: Segment, places: Places) -> list[str]:
    """Returns the passage ids of these rows."""
    ids = np.take(segment["ids"], places, axis=0)
    return [each.decode() for each in ids.view(f"S{ids.shape[1]}").ravel().tolist()]


def wide(vectors: Halves) -> Floats:
    """Converts half-precision vectors to float32."""
    return vectors.astype(np.float32)
