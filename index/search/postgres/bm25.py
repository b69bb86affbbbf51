"""Computes BM25, as in the embedded index, over postings that a database stores.

A posting is seven bytes: the row, the term's frequency in it (at most 255), and the row's number of terms. A passage's
term counts take five bytes per term: the term's number and its frequency.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.search.embedded.lexical import Ranking
from sinkqa.index.search.query import Group
from sinkqa.index.search.weighting import K1, MOST_TERMS, idf, length_norms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.intp]
    Bytes = NDArray[np.uint8]
    Lengths = NDArray[np.uint16]
else:
    Places = Bytes = Lengths = np.ndarray

_POSTING = np.dtype([("row", "<u4"), ("times", "u1"), ("length", "<u2")])
POSTING_BYTES = _POSTING.itemsize
_COUNT = np.dtype([("term", "<u4"), ("times", "u1")])


class Postings(NamedTuple):
    """Postings of a term: places among the passages examined, frequencies, and lengths of those passages."""

    places: Places
    times: Bytes
    lengths: Lengths


@dataclass(frozen=True, slots=True)
class Statistics:
    """Statistics of all passages: their number, their total of terms, and the number that contain each query term."""

    passages: int
    length: int
    having: Mapping[str, int]

    def idf(self, term: str) -> float:
        """Returns the idf as in the embedded index. A term that no passage contains counts as the rarest."""
        return idf(self.passages, self.having.get(term, 0))


class ScoredGroup(NamedTuple):
    """A group with its score: the best of the score of its own terms together and the scores of its alternatives.

    A passage must contain all terms of an alternative. Its score is multiplied by the alternative's factor. ``most`` is
    an upper bound of any passage's score for the group. ``cost`` is the number of postings to read.
    """

    terms: tuple[str, ...]
    alternatives: tuple[tuple[tuple[str, ...], float], ...]
    most: float
    cost: int

    def asked(self) -> Iterator[str]:
        """All terms whose postings are needed."""
        yield from self.terms
        for terms, _ in self.alternatives:
            yield from terms


class Plan:
    """The plan to score groups. Of a longer query only the rarest 64 terms count.

    ``perfect`` is a score that no passage reaches: 2.2 times the idf of all the query's own terms. The groups are
    sorted by the number of their postings, fewest first. Terms outside all groups occur in no passage.
    """

    def __init__(self, groups: Sequence[Group], statistics: Statistics) -> None:
        self._statistics = statistics
        having = {term: statistics.having.get(term, 0) for group in groups for term in group.terms}
        self._idf = {term: statistics.idf(term) for term in sorted(having, key=having.__getitem__)[:MOST_TERMS]}
        self.perfect = (K1 + 1) * sum(self._idf.values())
        self.parts = sorted(filter(None, map(self._part, groups)), key=lambda part: part.cost)

    def _part(self, group: Group) -> ScoredGroup | None:
        having = self._statistics.having
        own = [term for term in group.terms if term in self._idf]
        limit = sum(self._idf[term] for term in own)
        there = tuple(term for term in own if having.get(term))
        others = tuple(
            (each.terms, each.weight * min(1.0, limit / sum(map(self._statistics.idf, each.terms))))
            for each in group.alternatives
            if limit and all(map(having.get, each.terms))
        )
        if not there and not others:
            return None
        part = ScoredGroup(there, others, (K1 + 1) * limit, 0)
        return part._replace(cost=sum(having[term] for term in set(part.asked())))

    @cached_property
    def _average(self) -> float:
        return self._statistics.length / max(1, self._statistics.passages)

    def scores(self, postings: Mapping[str, Postings], size: int, parts: Sequence[ScoredGroup]) -> Floats:
        """Returns the score of each of ``size`` places for these groups, float32, (size,). It is not yet a share."""
        total = np.zeros(size, np.float32)
        for part in parts:
            if not part.alternatives:
                self._give(total, part.terms, postings)
                continue
            best = self._give(np.zeros(size, np.float32), part.terms, postings)
            for terms, factor in part.alternatives:
                given = self._give(np.zeros(size, np.float32), terms, postings)
                standing = np.zeros(size, np.uint8)
                for term in terms:
                    standing[postings[term].places] += 1
                np.maximum(best, given * np.float32(factor) * (standing == len(terms)), out=best)
            total += best
        return total

    def _give(self, total: Floats, terms: Sequence[str], postings: Mapping[str, Postings]) -> Floats:
        """Adds each term's score to the places where it occurs; a term occurs at a place only once."""
        for term in terms:
            places, times, lengths = postings[term]
            weight = np.float32((K1 + 1) * self._statistics.idf(term))
            often = times.astype(np.float32)
            total[places] += weight * often / (often + length_norms(lengths, self._average))
        return total

    def shares(self, scores: Floats) -> Floats:
        """Returns scores as shares of a perfect match, 0..1."""
        shares: Floats = np.minimum(scores / np.float32(max(self.perfect, 1e-9)), np.float32(1))
        return shares


def best_of(scores: Floats, rows: Rows, depth: int) -> Ranking:
    """Returns the best ``depth`` of these rows with any score, ties by row."""
    there = np.flatnonzero(scores > 0)
    if len(there) > depth:
        bar = np.partition(scores[there], len(there) - depth)[len(there) - depth]
        there = there[scores[there] >= bar]
    order = np.lexsort((rows[there], -scores[there]))[:depth]
    return Ranking(rows[there][order], scores[there][order])


def storable_lengths(lengths: Sequence[int]) -> Lengths:
    """Numbers of terms in the form of a posting."""
    return np.minimum(lengths, np.iinfo(np.uint16).max).astype(np.uint16)


def pack_counts(terms: Places, times: Places) -> bytes:
    """Packs a passage's term counts, by term number, ascending."""
    counts = np.zeros(len(terms), _COUNT)
    counts["term"], counts["times"] = terms, np.minimum(times, 255)
    return np.sort(counts, order="term").tobytes()


def read_counts(blobs: Sequence[bytes]) -> tuple[Places, NDArray[Any], Bytes]:
    """Unpacks passages' term counts: the index into ``blobs``, the terms' numbers, and their frequencies."""
    sizes = np.array([len(blob) for blob in blobs], np.intp) // _COUNT.itemsize
    counts = np.frombuffer(b"".join(blobs), _COUNT)
    return np.repeat(np.arange(len(blobs)), sizes), counts["term"], counts["times"]


def pack_postings(rows: Rows, times: Places, lengths: Places) -> NDArray[np.void]:
    """Packs postings in the given order, ready to be cut into bytes."""
    postings = np.zeros(len(rows), _POSTING)
    postings["row"], postings["times"], postings["length"] = rows, np.minimum(times, 255), lengths
    return postings


def read_postings(blobs: Sequence[bytes]) -> tuple[Rows, Bytes, Lengths]:
    """Unpacks several blobs of postings: rows, frequencies, and lengths."""
    postings = np.frombuffer(b"".join(blobs), _POSTING)
    return postings["row"].astype(np.int64), postings["times"], postings["length"]


def without_rows(blobs: Sequence[bytes], rows: Rows) -> list[bytes]:
    """Returns the packed postings without those of these rows."""
    postings = np.frombuffer(b"".join(blobs), _POSTING)
    kept = ~np.isin(postings["row"], rows)
    ends = np.cumsum([len(blob) // _POSTING.itemsize for blob in blobs])
    left = np.concatenate(([0], np.cumsum(kept)))[np.concatenate(([0], ends))] * _POSTING.itemsize
    whole = postings[kept].tobytes()
    return [whole[start:end] for start, end in pairwise(left.tolist())]
