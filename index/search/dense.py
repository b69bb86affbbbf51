"""Retrieval step of the flow, dense leg: the likely best by a scan of short codes, scored from the vectors on disk.

A folder holds one line for each row of the index, in the order of rows: ``vectors.npy``, half precision, (n, dim);
``languages.npy``, the number of each row's language; ``codes.npy``, two bits a coordinate, once a language has more
rows than are scored anyway. ``about.json`` has the names of the languages and how the codes are made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.lib.format import write_array_header_1_0

from index.arrays import Floats, Rows
from index.errors import LibraryDamaged
from index.search.backend import Recall
from index.search.coding import Coder, Codes
from index.search.lexical import Ranking

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Halves = NDArray[np.float16]
    Places = NDArray[np.intp]
else:
    Halves = Places = np.ndarray

_T = TypeVar("_T", bound=np.generic)

RESCORED = 2_000  # of each language; of so many all are scored and nothing is scanned, and from there on ...
_RESCORED_FOR_EACH = 10  # ... so many for each that is asked for, where that is more
_REACH = 10  # a language with less than one in so many of the passages has a share of the depth
_AT_ONCE = 4_096  # vectors, 2 MB of them
_SAMPLE = 10_000  # vectors that say where the centre of all is
_MEASURED = 32  # queries
_VECTORS, _CODES, _LANGUAGES, _ABOUT = "vectors.npy", "codes.npy", "languages.npy", "about.json"


@dataclass(frozen=True, slots=True)
class Added:
    """What is new in an index: a language for each row and the vectors in parts, float16, (n, dim), in their order."""

    dim: int
    languages: Sequence[str]
    vectors: Iterable[Halves]


class _Part(NamedTuple):
    """The rows of one language; ``scan`` is None where all are scored anyway."""

    places: Places
    scan: Any


class DenseIndex:
    """A folder of :func:`write_dense`, mapped for searching only. ``rows`` of the store, ascending, are its lines."""

    def __init__(self, folder: Path, rows: Rows) -> None:
        import faiss

        faiss.omp_set_num_threads(1)  # one query is too short a job to share: waking threads costs more
        self._faiss: Any = faiss  # its stubs know C++ signatures only, not what the Python wrapper takes
        about = json.loads((folder / _ABOUT).read_text("utf-8"))
        self.spoken: list[str] = list(about["languages"])
        self.coder = Coder(np.array(about["centre"], np.float32), about["scale"]) if about["centre"] else None
        self.rows = rows
        self.vectors: Halves = _mapped(folder / _VECTORS)
        self.languages: NDArray[np.uint16] = _mapped(folder / _LANGUAGES)
        self.codes: Codes | None = _mapped(folder / _CODES) if self.coder else None
        if not len(rows) == len(self.vectors) == len(self.languages):
            raise ValueError(f"{len(rows)} rows, {len(self.vectors)} vectors, {len(self.languages)} languages")

    def __len__(self) -> int:
        return len(self.rows)

    def search(self, vector: Floats, *, depth: int, allowed: Rows | None = None, by_language: bool = False) -> Ranking:
        """The best ``depth`` passages by cosine, -1..1; a zero vector finds nothing.

        ``by_language``: so many of each language that has a tenth of the passages, fewer in proportion of others.
        """
        if not vector.any() or (allowed is not None and not len(allowed)):
            return Ranking.nothing()
        within = None if allowed is None else self._within(allowed)
        open_to = [part.places if within is None else part.places[within[part.places]] for part in self._parts]
        n = sum(map(len, open_to))
        found = [
            self._best(part, vector, share_of(depth, len(places), n) if by_language else depth, places)
            for part, places in zip(self._parts, open_to, strict=True)
        ]
        best, scores = map(np.concatenate, zip(*found, strict=True))
        order = np.lexsort((best, -scores))[: None if by_language else depth]
        return Ranking(self.rows[best[order]], scores[order])

    def recall(self) -> Recall:
        """Measured against scoring every vector, with some of them as queries."""
        shares: dict[int, list[float]] = {10: [], 100: []}
        drawn = np.linspace(0, len(self) - 1, min(_MEASURED, len(self))).astype(int)
        for place in drawn:
            vector = self.vectors[place].astype(np.float32)
            for part in self._parts:
                exact, _ = self._scored(part.places, vector, 100)
                found, _ = self._best(part, vector, 100, part.places)
                for depth, measured in shares.items():
                    measured.append(float(np.isin(exact[:depth], found[:depth]).mean()))
        return Recall(float(np.mean(shares[10])), float(np.mean(shares[100])), len(drawn))

    @cached_property
    def _parts(self) -> list[_Part]:
        parts = [np.flatnonzero(self.languages == number) for number in np.flatnonzero(np.bincount(self.languages))]
        return [_Part(places, self._scan(places)) for places in parts]

    def _scan(self, places: Places) -> Any:
        if self.coder is None or self.codes is None or len(places) <= RESCORED:
            return None
        return self.coder.scan(np.take(self.codes, places, axis=0))

    def _within(self, allowed: Rows) -> NDArray[np.bool_]:
        """Which lines hold allowed rows."""
        within = np.zeros(len(self), bool)
        places = np.minimum(np.searchsorted(self.rows, allowed), len(self) - 1)
        within[places[self.rows[places] == allowed]] = True
        return within

    def _best(self, part: _Part, vector: Floats, depth: int, places: Places) -> tuple[Places, Floats]:
        """The best ``depth`` of one language among these of its places, best first, and their cosines."""
        wanted = max(RESCORED, _RESCORED_FOR_EACH * depth)
        return self._scored(self._likely(part, vector, wanted, places), vector, depth)

    def _likely(self, part: _Part, vector: Floats, wanted: int, places: Places) -> Places:
        """About ``wanted`` of the places that are likely to hold the best, or all of them.

        Where these are not the whole language more is looked at, by as much as they are less. Where that would be no
        fewer than they are, or hardly half of what is wanted is among it, all of them are scored.
        """
        n = len(part.places)
        if part.scan is None or self.coder is None or len(places) <= wanted:
            return places
        looked_at = wanted * n // len(places)
        if len(places) < n and looked_at >= len(places):
            return places
        _, found = part.scan.search(self.coder.turned(vector), looked_at)
        likely: Places = part.places[found[0]]
        if len(places) < n:
            likely = likely[_among(likely, places)]
        return likely if 2 * len(likely) >= wanted else places

    def _scored(self, places: Places, vector: Floats, depth: int) -> tuple[Places, Floats]:
        """The best ``depth`` of these places by their cosines as stored, best first, ties by place."""
        exact = self._faiss.IndexScalarQuantizer(
            len(vector), self._faiss.ScalarQuantizer.QT_fp16, self._faiss.METRIC_INNER_PRODUCT
        )
        query, found, scores = vector[None], [places[:0]], [vector[:0]]
        for start in range(0, len(places), _AT_ONCE):
            block = places[start : start + _AT_ONCE]
            exact.reset()
            exact.add_sa_codes(self.vectors[block].view(np.uint8))
            best, which = exact.search(query, min(depth, len(block)))
            found.append(block[which[0]])
            scores.append(best[0])
        all_found, all_scores = np.concatenate(found), np.concatenate(scores)
        order = np.lexsort((all_found, -all_scores))[:depth]
        return all_found[order], all_scores[order]


def share_of(depth: int, n_of_language: int, n: int) -> int:
    """How many of a language would be among the best 10 * depth if languages lay evenly, at most ``depth``."""
    return min(depth, -(-_REACH * depth * n_of_language // max(1, n)))


def _among(some: Places, ascending: Places) -> NDArray[np.bool_]:
    """Which of some places stand in a list."""
    return np.asarray(ascending[np.minimum(np.searchsorted(ascending, some), len(ascending) - 1)] == some)


def write_dense(folder: Path, added: Added, *, base: DenseIndex | None = None, kept: Places | None = None) -> None:
    """Writes a new index into the folder: the ``kept`` lines of ``base``, and after them what is added.

    Vectors are read and written in parts. Codes begin where a language has more rows than are scored anyway, and are
    made in the same way from then on.

    Raises:
        LibraryDamaged: there are not as many vectors as languages.
    """
    folder.mkdir(parents=True)
    spoken = list(dict.fromkeys((*(base.spoken if base else ()), *added.languages)))
    number = {name: place for place, name in enumerate(spoken)}
    languages = np.array([number[language] for language in added.languages], np.uint16)
    old = _Old(base, kept) if base and kept is not None else None
    if old:
        languages = np.concatenate((old.of.languages[old.kept], languages))
    np.save(folder / _LANGUAGES, languages)
    with _lines(folder / _VECTORS, (len(languages), added.dim), "<f2") as write:
        for part in chain(old.parts(old.of.vectors) if old else (), added.vectors):
            write(part)
    coder = old.of.coder if old else None
    if coder is None and len(languages) and np.bincount(languages).max() > RESCORED:
        coder, old = _coder(folder), None
    if coder and len(languages):
        _write_codes(folder, coder, old)
    about = {"languages": spoken, "centre": coder and coder.centre.tolist(), "scale": coder and coder.scale}
    (folder / _ABOUT).write_text(json.dumps(about), "utf-8")


class _Old(NamedTuple):
    """What stays of an index: these of its lines."""

    of: DenseIndex
    kept: Places

    def parts(self, lines: NDArray[_T]) -> Iterator[NDArray[_T]]:
        return (lines[self.kept[start : start + _AT_ONCE]] for start in range(0, len(self.kept), _AT_ONCE))


def _coder(folder: Path) -> Coder:
    """One that suits the vectors in the folder."""
    vectors: Halves = _mapped(folder / _VECTORS)
    return Coder.of(vectors[:: -(-len(vectors) // _SAMPLE)].astype(np.float32))


def _write_codes(folder: Path, coder: Coder, old: _Old | None) -> None:
    """Codes of the vectors in the folder; those of ``old``, which come first, are taken over."""
    vectors: Halves = _mapped(folder / _VECTORS)
    codes = old.of.codes if old else None
    with _lines(folder / _CODES, (len(vectors), coder.code_bytes), "|u1") as write:
        for part in old.parts(codes) if old and codes is not None else ():
            write(part)
        for start in range(len(old.kept) if old else 0, len(vectors), _AT_ONCE):
            write(coder.encode(vectors[start : start + _AT_ONCE].astype(np.float32)))


@contextmanager
def _lines(path: Path, shape: tuple[int, int], kind: str) -> Iterator[Callable[[NDArray[Any]], None]]:
    """Writes a file for :func:`numpy.load` part by part: into a mapped one, a full disk would kill the process."""
    written = 0
    with path.open("wb") as file:
        write_array_header_1_0(file, {"descr": kind, "fortran_order": False, "shape": shape})

        def write(part: NDArray[Any]) -> None:
            nonlocal written
            file.write(np.ascontiguousarray(part, kind).data)
            written += len(part)

        yield write
    if written != shape[0]:
        raise LibraryDamaged(f"{written} of {shape[0]} passages have a vector in the store; see sinkqa doctor")


def _mapped(path: Path) -> NDArray[Any]:
    lines: NDArray[Any] = np.load(path, mmap_mode="r")
    return lines.view(np.ndarray)
