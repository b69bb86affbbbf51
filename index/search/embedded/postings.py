"""Postings of a segment: the places of each index term, and its frequency there.

``words`` holds the terms' bytes one after another, in order. ``word_starts`` gives their positions. ``word_keys`` holds
the first eight bytes of each term as a number, for fast search. Term i occurs in the rows at ``places`` from
``posting_starts[i]`` to the next start, ascending, ``times`` in each (at most 255).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sinkqa.index.search.embedded.segment import Segment, SegmentWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.index.search.embedded.segment import Places

_KEY_BYTES = 8
_MOST_TIMES = 255
_POSTINGS_AT_ONCE = 1 << 20


class Run(NamedTuple):
    """Terms in order, with their places, (n,), ``counts`` places for each, and the frequency at each place."""

    terms: Sequence[bytes]
    counts: NDArray[np.int64]
    places: NDArray[np.integer]
    times: NDArray[np.uint8]


class Dictionary:
    """The terms of a segment, and the positions of their postings."""

    def __init__(self, segment: Segment) -> None:
        self._keys, self._starts, self._words = (segment[name] for name in ("word_keys", "word_starts", "words"))
        self.starts: NDArray[np.uint32] = segment["posting_starts"]
        self.places: NDArray[np.integer] = segment["places"]
        self.times: NDArray[np.uint8] = segment["times"]

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, term: int) -> bytes:
        return self._words[self._starts[term] : self._starts[term + 1]].tobytes()

    def find(self, terms: Sequence[bytes], keys: NDArray[np.uint64]) -> list[int]:
        """Returns the numbers of terms with these keys; -1 for a term that does not exist."""
        firsts, ends = (np.searchsorted(self._keys, keys, side).tolist() for side in ("left", "right"))
        found = []
        for term, first, end in zip(terms, firsts, ends, strict=True):
            place = first if end - first <= 1 else bisect_left(self, term, first, end)
            found.append(place if place < end and self[place] == term else -1)
        return found

    def beginning_with(self, prefix: bytes) -> tuple[int, int]:
        """Returns the range of terms that begin with ``prefix``."""
        low, high = (keys_of([prefix[:_KEY_BYTES].ljust(_KEY_BYTES, fill)]) for fill in (b"\0", b"\xff"))
        first, end = int(np.searchsorted(self._keys, low[0])), int(np.searchsorted(self._keys, high[0], "right"))
        if len(prefix) > _KEY_BYTES:
            first, end = (bisect_left(self, bound, first, end) for bound in (prefix, prefix + b"\xff"))
        return first, end

    def terms(self, first: int, end: int) -> list[bytes]:
        """Returns the terms numbered ``[first, end)``."""
        starts = self._starts[first : end + 1].tolist()
        words = self._words[starts[0] : starts[-1]].tobytes() if starts else b""
        return [words[start - starts[0] : stop - starts[0]] for start, stop in pairwise(starts)]

    def cut(self, keys: NDArray[np.uint64]) -> list[int]:
        """Returns for each key the first term with that key or a later one."""
        cuts: list[int] = np.searchsorted(self._keys, keys).tolist()
        return cuts

    def borders(self, step: int) -> NDArray[np.uint64]:
        """Returns keys with about ``step`` postings between them."""
        places = np.searchsorted(self.starts, np.arange(step, len(self.places), step))
        return np.unique(self._keys[places[places < len(self)]])


def keys_of(terms: Sequence[bytes]) -> NDArray[np.uint64]:
    """Returns the first eight bytes of each term as a number. Numbers sort as the terms do."""
    return np.array(terms, f"S{_KEY_BYTES}").view(">u8").astype(np.uint64)


def postings_of(rows: Iterable[Sequence[str]]) -> tuple[Run, NDArray[np.uint32]]:
    """Returns the postings of rows, and the number of terms of each row.

    A row is several texts of space-separated terms. All texts of a row except the last are headings, which neighbouring
    rows share.
    """
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__

    def read(text: str) -> NDArray[np.int64]:
        return np.frombuffer(array("q", map(numbers.__getitem__, text.split())), np.int64)

    headed: dict[Sequence[str], NDArray[np.int64]] = {}
    lengths: list[int] = []
    found: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    for place, (*headings, body) in enumerate(rows):
        above = tuple(headings)
        if above not in headed:
            headed[above] = read(" ".join(above))
        ids = np.concatenate((headed[above], read(body)))
        lengths.append(len(ids))
        ids <<= 32
        ids += place
        found.append(ids)
    spelled = [term.encode("utf-8", "replace") for term in numbers]
    order = sorted(range(len(spelled)), key=spelled.__getitem__)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    keys = np.concatenate(found)
    keys += (rank - np.arange(len(rank)))[keys >> 32] << 32
    keys.sort()
    first = np.flatnonzero(np.concatenate((np.ones(min(1, len(keys)), bool), keys[1:] != keys[:-1])))
    times = np.minimum(np.diff(first, append=len(keys)), _MOST_TIMES).astype(np.uint8)
    counts = np.bincount(keys[first] >> 32, minlength=len(order))
    return (
        Run([spelled[number] for number in order], counts, keys[first] & 0xFFFFFFFF, times),
        np.array(lengths, np.uint32),
    )


def write_postings(writer: SegmentWriter, runs: Iterable[Run], n_rows: int) -> None:
    """Writes the postings of a segment of ``n_rows`` rows, run by run in the order of terms."""
    terms: list[bytes] = []
    keys: list[NDArray[np.uint64]] = []
    lengths: list[NDArray[np.uint32]] = []
    counts: list[NDArray[np.int64]] = []
    times: list[NDArray[np.uint8]] = []
    with writer.lines("places", np.min_scalar_type(max(n_rows - 1, 1 << 8)).newbyteorder("<").str) as write:
        for run in runs:
            write(run.places)
            terms.append(b"".join(run.terms))
            keys.append(keys_of(run.terms) if run.terms else np.zeros(0, np.uint64))
            lengths.append(np.array([len(term) for term in run.terms], np.uint32))
            counts.append(run.counts)
            times.append(run.times)
    writer.put("times", _joined(times, "|u1"))
    writer.put("posting_starts", _ends(_joined(counts, "<i8")))
    writer.put("word_keys", _joined(keys, "<u8"))
    writer.put("word_starts", _ends(_joined(lengths, "<u4")))
    writer.put("words", np.frombuffer(b"".join(terms), np.uint8))


def merged_postings(parts: Sequence[tuple[Segment, Places]]) -> Iterator[Run]:
    """Merges the postings of segments. Each part comes with the new places of its rows, -1 for a row that is dropped.

    Memory is bounded: terms are merged in order, one stretch of all segments at a time.
    """
    dictionaries = [Dictionary(segment) for segment, _ in parts]
    largest = max(dictionaries, key=lambda each: len(each.places))
    share = len(largest.places) / max(1, sum(len(each.places) for each in dictionaries))
    borders = largest.borders(max(1, int(_POSTINGS_AT_ONCE * share)))
    cuts = [[0, *each.cut(borders), len(each)] for each in dictionaries]
    for stretch in range(len(borders) + 1):
        some = zip(dictionaries, cuts, parts, strict=True)
        yield _merged([(each, cut[stretch], cut[stretch + 1], to) for each, cut, (_, to) in some])
        for segment, _ in parts:
            segment.release()


def _merged(parts: Sequence[tuple[Dictionary, int, int, Places]]) -> Run:
    """Merges one stretch of terms of all segments; each part comes with its own range."""
    spelled = [each.terms(first, end) for each, first, end, _ in parts]
    terms = sorted(set().union(*spelled))
    number = {term: place for place, term in enumerate(terms)}
    there: list[tuple[Places, Places, NDArray[np.uint8]]] = []
    for own, (each, first, end, to) in zip(spelled, parts, strict=True):
        starts = each.starts[first : end + 1].astype(np.int64)
        if first == end:
            continue
        ids = np.repeat(np.array([number[term] for term in own], np.intp), np.diff(starts))
        places, times = to[each.places[starts[0] : starts[-1]]], each.times[starts[0] : starts[-1]]
        kept = places >= 0
        there.append((ids[kept], places[kept], times[kept]))
    counts = np.array([np.bincount(ids, minlength=len(terms)) for ids, _, _ in there]).reshape(len(there), len(terms))
    total = counts.sum(axis=0)
    begins = np.concatenate(([0], np.cumsum(total)[:-1])) + np.cumsum(counts, axis=0) - counts
    all_places, all_times = np.empty(int(total.sum()), np.int64), np.empty(int(total.sum()), np.uint8)
    for (ids, places, times), begin, count in zip(there, begins, counts, strict=True):
        order = np.arange(len(ids)) + np.repeat(begin - (np.cumsum(count) - count), count)
        all_places[order], all_times[order] = places, times
    left = total > 0
    return Run([*compress(terms, left.tolist())], total[left], all_places, all_times)


def _joined(parts: Sequence[NDArray[np.generic]], kind: str) -> NDArray[np.generic]:
    return np.concatenate(parts).astype(kind) if parts else np.zeros(0, kind)


def _ends(lengths: NDArray[np.generic]) -> NDArray[np.uint32]:
    """The start of each of several neighbours, and the end of the last."""
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))).astype("<u4")
