"""The lexical retriever: BM25 over the postings of all segments, with statistics of the rows that exist.

Every passage with a term of the query is scored, at about ten nanoseconds a posting. So the score of any passage is
known, whichever retriever finds it, and deleted passages do not affect the scores of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.search.embedded.postings import Dictionary, keys_of
from sinkqa.index.search.query import Alternative, Group
from sinkqa.index.search.weighting import K1, MOST_TERMS, idf, length_norms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.index.search.embedded.segment import Places, Segment

    Mask = NDArray[np.bool_]

_TIMES = (1, 2, 1)  # title, section and body stand so often in a passage: a heading says what it is about
_BLOCK = 64  # passages whose best is looked at first


class Ranking(NamedTuple):
    """Places of passages, int64 (n,), and their scores, float32 (n,), best first, ties by place."""

    rows: Rows
    scores: Floats

    @classmethod
    def nothing(cls) -> Ranking:
        """Returns the ranking of a query that finds nothing."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.float32))


def weighed(fields: Sequence[str]) -> list[str]:
    """Returns index terms of a passage's title, section and body, each repeated by its field's weight."""
    return [terms for terms, times in zip(fields, _TIMES, strict=True) for _ in range(times)]


class _WeightedPostings(NamedTuple):
    """Postings of a term: places, its score in each, the number of living passages, and its idf."""

    places: Places
    worth: Floats
    frequency: int
    idf: float


class LexicalIndex:
    """The postings of several segments, with rows numbered consecutively.

    ``alive`` marks rows that exist; None: all.
    """

    def __init__(self, segments: Sequence[Segment], alive: Mask | None) -> None:
        self._segments, self._alive = segments, alive
        self._dictionaries = [Dictionary(segment) for segment in segments]
        self._bases = np.cumsum([0, *map(len, segments)]).tolist()
        self._gone = np.zeros(0, np.intp) if alive is None else np.flatnonzero(~alive)
        self._n = int(self._bases[-1]) - len(self._gone)

    def __len__(self) -> int:
        return self._n

    def shares(self, groups: Sequence[Group]) -> Floats:
        """Returns each passage's share of a perfect match, float32 (n,), 0..1; empty if nothing is found.

        Removed rows score 0. A perfect match is ``2.2 * sum(idf)`` over the query's own terms. A term that no passage
        contains counts as the rarest. Of a longer query only the rarest 64 terms count. A group has the best of two
        scores: that of its own terms together, and that of its alternatives. No alternative scores more than the
        group's own terms could at most, so the share stays in 0..1.
        """
        rarest = self._rarest([term for group in groups for term in group.terms])
        others = {term for group in groups for each in group.alternatives for term in each.terms}
        found = self._postings([*dict.fromkeys((*rarest, *others))])
        if not any(postings.frequency for postings in found.values()):
            return np.zeros(0, np.float32)
        shares, scratch = np.zeros(self._bases[-1], np.float32), np.zeros(self._bases[-1], np.float32)
        for group in groups:
            terms = [term for term in group.terms if term in rarest]
            _add(shares, scratch, terms, group.alternatives, found)
        perfect = (K1 + 1) * sum(found[term].idf for term in rarest)
        np.minimum(shares, perfect, out=shares)
        shares /= perfect or 1.0
        shares[self._gone] = 0
        return shares

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        """Returns the terms that begin with ``prefix``, and how many passages contain each."""
        counts: dict[bytes, int] = {}
        for number, dictionary in enumerate(self._dictionaries):
            first, end = dictionary.beginning_with(prefix.encode("utf-8", "replace"))
            if first == end:
                continue
            starts = dictionary.starts[first : end + 1].astype(np.int64)
            if self._alive is not None:
                places = dictionary.places[starts[0] : starts[-1]].astype(np.intp) + self._bases[number]
                starts = np.concatenate(([0], np.cumsum(self._alive[places])))[starts - starts[0]]
            for term, count in zip(dictionary.terms(first, end), np.diff(starts).tolist(), strict=True):
                counts[term] = counts.get(term, 0) + count
        return [(term.decode(), count) for term, count in counts.items() if count]

    @cached_property
    def _norms(self) -> Floats:
        """For each passage, what BM25 adds to a term's frequency to account for its length."""
        lengths = np.concatenate([segment["lengths"] for segment in self._segments]).astype(np.float32)
        there = lengths if self._alive is None else lengths[self._alive]
        average = float(there.mean(dtype=np.float64)) if len(there) else 1.0
        return length_norms(lengths, average)

    def _rarest(self, terms: Sequence[str]) -> dict[str, None]:
        distinct = dict.fromkeys(terms)
        if len(distinct) <= MOST_TERMS:
            return distinct
        frequency = dict.fromkeys(distinct, 0)
        for term, spans in self._spans(list(distinct)).items():
            frequency[term] = sum(end - start for _, start, end in spans)
        return dict.fromkeys(sorted(distinct, key=frequency.__getitem__)[:MOST_TERMS])

    def _spans(self, terms: Sequence[str]) -> dict[str, list[tuple[int, int, int]]]:
        """Places of the terms' postings: the segment, the start and the end."""
        spelled = [term.encode("utf-8", "replace") for term in terms]
        spans: dict[str, list[tuple[int, int, int]]] = {term: [] for term in terms}
        keys = keys_of(spelled) if spelled else np.zeros(0, np.uint64)
        for number, dictionary in enumerate(self._dictionaries):
            for term, found in zip(terms, dictionary.find(spelled, keys), strict=True):
                if found >= 0:
                    spans[term].append((number, int(dictionary.starts[found]), int(dictionary.starts[found + 1])))
        return spans

    def _postings(self, terms: Sequence[str]) -> dict[str, _WeightedPostings]:
        """The postings of all terms, read and weighted at once."""
        spans = [(term, *span) for term, of_term in self._spans(terms).items() for span in of_term]
        nowhere = _WeightedPostings(np.zeros(0, np.intp), np.zeros(0, np.float32), 0, self._idf(0))
        found = dict.fromkeys(terms, nowhere)
        if not spans:
            return found
        n = [end - start for _, _, start, end in spans]
        own = self._dictionaries
        places = np.concatenate([own[number].places[start:end] for _, number, start, end in spans], dtype=np.intp)
        places += np.repeat(np.array([self._bases[number] for _, number, _, _ in spans], np.intp), n)
        worth = np.concatenate([own[number].times[start:end] for _, number, start, end in spans], dtype=np.float32)
        norms = self._norms[places]
        norms += worth
        worth *= np.float32(K1 + 1)
        worth /= norms
        there = None if self._alive is None else np.concatenate(([0], np.cumsum(self._alive[places])))
        ends = dict(zip((term for term, *_ in spans), np.cumsum(n).tolist(), strict=True))  # of the last span of each
        start = 0
        for term, end in ends.items():
            frequency = end - start if there is None else int(there[end] - there[start])
            weight = self._idf(frequency)
            worth[start:end] *= np.float32(weight)
            found[term] = _WeightedPostings(places[start:end], worth[start:end], frequency, weight)
            start = end
        return found

    def _idf(self, frequency: int) -> float:
        return idf(len(self), frequency)


def _add(
    shares: Floats,
    scratch: Floats,
    terms: Sequence[str],
    alternatives: Sequence[Alternative],
    found: Mapping[str, _WeightedPostings],
) -> None:
    """Adds the score of a group's terms or alternatives to each passage; ``scratch`` is zero before and after."""
    limit = sum(found[term].idf for term in terms)
    others = [each for each in alternatives if limit and all(found[term].frequency for term in each.terms)]
    touched = []
    for term in terms:
        postings = found[term]
        shares[postings.places] += postings.worth
        if others:
            scratch[postings.places] += postings.worth
            touched.append(postings.places)
    for each in others:
        places, worth = _all_of(each, found)
        worth = worth * np.float32(each.weight * min(1.0, limit / sum(found[term].idf for term in each.terms)))
        worth -= scratch[places]
        np.maximum(worth, 0, out=worth)
        shares[places] += worth
        scratch[places] += worth
        touched.append(places)
    for places in touched:
        scratch[places] = 0


def _all_of(alternative: Alternative, found: Mapping[str, _WeightedPostings]) -> tuple[Places, Floats]:
    """The places that contain all terms of an alternative, and its score there."""
    first, *rest = (found[term] for term in alternative.terms)
    places, worth = first.places, first.worth
    for other in rest:
        at = np.minimum(np.searchsorted(other.places, places), len(other.places) - 1)
        both = other.places[at] == places
        places, worth = places[both], worth[both] + other.worth[at[both]]
    return places, worth


def best_of(shares: Floats, depth: int, within: Mask | None) -> Ranking:
    """Returns the best ``depth`` of the places with any score, ties by place. ``within``: the places allowed.

    First the maximum of each block of places is computed. These maxima give a lower bound for the last of the best.
    """
    if within is not None:
        shares = np.where(within[: len(shares)], shares, np.float32(0))
    whole = len(shares) // _BLOCK * _BLOCK
    low = np.float32(0)
    if whole > depth * _BLOCK:
        heads = shares[:whole].reshape(-1, _BLOCK).max(axis=1)
        low = np.partition(heads, -depth)[-depth]
    places = np.flatnonzero(shares >= low if low > 0 else shares)
    scores = shares[places]
    order = np.lexsort((places, -scores))[:depth]
    return Ranking(places[order], scores[order])
