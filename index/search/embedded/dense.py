"""The dense retriever: a scan of short codes finds candidates, and the vectors on disk score them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.search.backend import Recall
from sinkqa.index.search.embedded.coding import Coder
from sinkqa.index.search.embedded.lexical import Ranking
from sinkqa.index.search.embedded.segment import Halves, Places, Segment, Spoken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

RESCORED = 2_000  # of each language; of so many all are scored and nothing is scanned, and from there on ...
_RESCORED_FOR_EACH = 10  # ... so many for each that is asked for, where that is more
_REACH = 10  # a language with less than one in so many of the passages has a share of the depth
_AT_LEAST = 64  # asked for of each segment
_AT_ONCE = 4_096  # vectors, 2 MB of them
_MEASURED = 32  # queries


class _LanguageRows(NamedTuple):
    """The rows of one language in one segment. The segment's first row has the number ``base``."""

    segment: Segment
    spoken: Spoken
    base: int


class DenseIndex:
    """The vectors of several segments, with rows numbered consecutively. ``alive`` marks rows that exist; None: all."""

    def __init__(self, segments: Sequence[Segment], coder: Coder | None, alive: Mask | None) -> None:
        import faiss

        faiss.omp_set_num_threads(1)  # one query is too short a job to share: waking threads costs more
        self._faiss: Any = faiss  # its stubs know C++ signatures only, not what the Python wrapper takes
        self._segments, self._coder, self._alive = segments, coder, alive
        self._bases: NDArray[np.intp] = np.cumsum([0, *map(len, segments)])

    def __len__(self) -> int:
        return int(self._bases[-1])

    def search(self, vector: Floats, *, depth: int, within: Mask | None = None, by_language: bool = False) -> Ranking:
        """Returns the best ``depth`` places by cosine, -1..1; nothing for a zero vector.

        ``within``: the places allowed; all must exist. ``by_language``: takes ``depth`` of each language with at least
        a tenth of the passages, and proportionally fewer of the others.
        """
        within = self._alive if within is None else within
        if not vector.any() or not len(self):
            return Ranking.nothing()
        open_to = self._alive_of if within is self._alive else self._open(within)
        n = sum(open_to.values())
        found = [
            self._best(language, vector, share_of(depth, n_open, n) if by_language else depth, within, n_open)
            for language, n_open in open_to.items()
            if n_open
        ]
        if not found:
            return Ranking.nothing()
        best, scores = map(np.concatenate, zip(*found, strict=True))
        order = np.lexsort((best, -scores))[: None if by_language else depth]
        return Ranking(best[order], scores[order])

    def vectors(self, places: Places) -> Halves:
        """Returns the vectors of these places, ascending: float16, (n, dim)."""
        found = np.empty((len(places), self._segments[0].vectors.shape[1]), np.float16)
        cuts = np.searchsorted(places, self._bases).tolist()
        for number, segment in enumerate(self._segments):
            first, end = cuts[number : number + 2]
            if first < end:
                own = places[first:end] - self._bases[number]
                np.take(segment.vectors, own, axis=0, out=found[first:end], mode="clip")
        return found

    def recall(self) -> Recall:
        """Measures recall against scoring every vector. Some stored vectors serve as queries."""
        shares: dict[int, list[float]] = {10: [], 100: []}
        there = np.arange(len(self)) if self._alive is None else np.flatnonzero(self._alive)
        drawn = there[np.linspace(0, len(there) - 1, min(_MEASURED, len(there))).astype(int)]
        for vector in self.vectors(drawn).astype(np.float32):
            for language, parts in self._parts.items():
                places = _places(parts)
                exact, _ = self._scored(places if self._alive is None else places[self._alive[places]], vector, 100)
                found, _ = self._best(language, vector, 100, self._alive, self._alive_of[language])
                for depth, measured in shares.items():
                    if len(exact):
                        measured.append(float(np.isin(exact[:depth], found[:depth]).mean()))
        return Recall(float(np.mean(shares[10])), float(np.mean(shares[100])), len(drawn))

    @cached_property
    def _parts(self) -> dict[str, list[_LanguageRows]]:
        """The languages, each with its rows in all segments."""
        parts: dict[str, list[_LanguageRows]] = {}
        for base, segment in zip(self._bases.tolist(), self._segments, strict=False):
            for spoken in segment.languages:
                parts.setdefault(spoken.language, []).append(_LanguageRows(segment, spoken, base))
        return parts

    @cached_property
    def _alive_of(self) -> dict[str, int]:
        return self._open(self._alive)

    def _open(self, within: Mask | None) -> dict[str, int]:
        """The number of open places of each language."""
        if within is None:
            return {language: sum(len(part.spoken.places) for part in parts) for language, parts in self._parts.items()}
        return {language: int(np.count_nonzero(within[_places(parts)])) for language, parts in self._parts.items()}

    def _best(
        self, language: str, vector: Floats, depth: int, within: Mask | None, n_open: int
    ) -> tuple[Places, Floats]:
        """The best ``depth`` of the open places of one language, best first, and their cosines.

        Scores ``RESCORED`` or more likely places, or all. If only a share of the places is open, it scans
        proportionally more codes. If that would be all of them, or would find hardly half of the wanted number, it
        scores all open places.
        """
        parts, wanted = self._parts[language], max(RESCORED, _RESCORED_FOR_EACH * depth)
        n = sum(len(part.spoken.places) for part in parts)
        looked_at = wanted * n // max(1, n_open)
        if self._coder and n_open > wanted and (n_open == n or looked_at < n_open):
            likely = self._scanned(parts, self._coder, vector, looked_at)
            likely = likely if within is None else likely[within[likely]]
            if 2 * len(likely) >= wanted:
                return self._scored(np.sort(likely), vector, depth)
        places = _places(parts)
        return self._scored(places if within is None else places[within[places]], vector, depth)

    def _scanned(self, parts: Sequence[_LanguageRows], coder: Coder, vector: Floats, looked_at: int) -> Places:
        """The places with the best codes over all segments, and all places of segments that have no scan.

        Each segment is asked for twice its share. If even the last of these is among the best, it is asked for the full
        number, because similar passages are often added together.
        """
        scans = [(part, part.segment.scan(part.spoken, coder)) for part in parts]
        likely = [part.spoken.places + part.base for part, scan in scans if scan is None]
        scanned = [(part, scan) for part, scan in scans if scan is not None]
        n, query = sum(len(part.spoken.places) for part, _ in scanned), coder.turned(vector)
        shares = [_AT_LEAST + 2 * looked_at * len(part.spoken.places) // n for part, _ in scanned]
        found = [_ask(*each, query, min(looked_at, share)) for each, share in zip(scanned, shares, strict=True)]
        last = _last([scores for _, scores in found], looked_at)
        for at, (_, scores) in enumerate(found):
            if scores[-1] >= last and len(scores) < min(looked_at, len(scanned[at][0].spoken.places)):
                found[at] = _ask(*scanned[at], query, looked_at)
        last = _last([scores for _, scores in found], looked_at)
        return np.concatenate([*likely, *(places[scores >= last] for places, scores in found)])

    def _scored(self, places: Places, vector: Floats, depth: int) -> tuple[Places, Floats]:
        """The best ``depth`` of these places, ascending, by their stored cosines, best first, ties by place."""
        exact = self._faiss.IndexScalarQuantizer(
            len(vector), self._faiss.ScalarQuantizer.QT_fp16, self._faiss.METRIC_INNER_PRODUCT
        )
        query, found, scores = vector[None], [places[:0]], [vector[:0]]
        for start in range(0, len(places), _AT_ONCE):
            block = places[start : start + _AT_ONCE]
            exact.reset()
            exact.add_sa_codes(self.vectors(block).view(np.uint8))
            best, which = exact.search(query, min(depth, len(block)))
            found.append(block[which[0]])
            scores.append(best[0])
        all_found, all_scores = np.concatenate(found), np.concatenate(scores)
        order = np.lexsort((all_found, -all_scores))[:depth]
        return all_found[order], all_scores[order]


def _last(scores: Sequence[Floats], n: int) -> float:
    """The score of the last of the best ``n``; the lowest score if there are no more than ``n``."""
    together = np.concatenate(scores) if scores else np.zeros(0, np.float32)
    return float(np.partition(together, -n)[-n]) if len(together) > n else -np.inf


def _ask(part: _LanguageRows, scan: Any, query: Floats, n: int) -> tuple[Places, Floats]:
    """About the best ``n`` of one segment, best first, with the scores of their codes."""
    scores, found = scan.search(query, min(n, len(part.spoken.places)))
    return part.spoken.places[found[0]] + part.base, scores[0]


def _places(parts: Sequence[_LanguageRows]) -> Places:
    """All places of a language, ascending."""
    return np.concatenate([part.spoken.places + part.base for part in parts])


def share_of(depth: int, n_of_language: int, n: int) -> int:
    """Returns how many of a language the best 10 * depth would hold if evenly spread, at most ``depth``."""
    return min(depth, -(-_REACH * depth * n_of_language // max(1, n)))
