"""Builds segments from the store's rows, and merges segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sinkqa.index.errors import LibraryDamaged
from sinkqa.index.search.embedded.lexical import weighed
from sinkqa.index.search.embedded.postings import merged_postings, postings_of, write_postings
from sinkqa.index.search.embedded.segment import SegmentWriter, wide
from sinkqa.index.store.documents.serialization import unpack_halves, unpack_terms, unpack_tokens
from sinkqa.index.store.store import Features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.index.search.embedded.coding import Coder
    from sinkqa.index.search.embedded.segment import Halves, Places, Segment

_AT_ONCE = 4_096  # lines of an array, 2 MB of vectors


class SegmentFile(NamedTuple):
    """A written segment: the bytes of its file, their CRC-32, and its rows."""

    size: int
    crc: int
    rows: int


def write_segment(path: Path, features: Sequence[Features], *, dim: int, coder: Coder | None) -> SegmentFile:
    """Writes a segment of these rows, ascending, at least one.

    Raises:
        LibraryDamaged: a vector has a wrong length.
    """
    if any(len(each.vector) != 2 * dim for each in features):
        raise LibraryDamaged(f"not every vector in the store has {dim} numbers; see sinkqa doctor")
    spoken = list(dict.fromkeys(each.language for each in features))
    number = {language: place for place, language in enumerate(spoken)}
    vectors = unpack_halves([each.vector for each in features], dim)
    tokens = [unpack_tokens(each.tokens) for each in features]
    postings, lengths = postings_of(weighed(unpack_terms(each.terms)) for each in features)
    with SegmentWriter(path) as writer:
        writer.put("rows", np.array([each.row for each in features], "<i8"))
        writer.put("ids", _ids([each.passage_id.encode() for each in features]))
        writer.put("languages", np.array([number[each.language] for each in features], "<u2"))
        writer.put("lengths", lengths)
        writer.put("vectors", vectors)
        _put_codes(writer, _parts(vectors), coder)
        _put_tokens(writer, np.array([len(each) for each in tokens]), np.concatenate(tokens))
        write_postings(writer, [postings], len(features))
        writer.finish(spoken)
    return SegmentFile(writer.size, writer.crc, len(features))


def merge_segments(path: Path, parts: Sequence[tuple[Segment, Places]], *, coder: Coder | None) -> SegmentFile:
    """Writes one segment of the given places of several segments. Rows keep the order of the segments.

    At least one row must remain. Data is read and written in parts and is never in memory as a whole.
    """
    segments = [segment for segment, _ in parts]
    spoken = list(dict.fromkeys(language for segment in segments for language in segment.spoken))
    n = sum(len(places) for _, places in parts)
    with SegmentWriter(path) as writer:
        writer.put("rows", _whole(parts, "rows"))
        writer.put("ids", _widened([np.take(segment["ids"], places, axis=0) for segment, places in parts]))
        numbers = [np.array([spoken.index(each) for each in segment.spoken], "<u2") for segment in segments]
        own = [segment["languages"][places] for segment, places in parts]
        writer.put("languages", np.concatenate([to[each] for to, each in zip(numbers, own, strict=True)]))
        writer.put("lengths", _whole(parts, "lengths"))
        with writer.lines("vectors", "<f2", segments[0].vectors.shape[1:]) as write:
            for part in _lines(parts, "vectors"):
                write(part)
        if all(len(segment["codes"]) for segment in segments):
            with writer.lines("codes", "|u1", segments[0]["codes"].shape[1:]) as write:
                for part in _lines(parts, "codes"):
                    write(part)
        else:
            _put_codes(writer, _lines(parts, "vectors"), coder)
        _merge_tokens(writer, parts)
        write_postings(writer, merged_postings([(segment, to) for segment, to in _moved(parts)]), n)
        writer.finish(spoken)
    return SegmentFile(writer.size, writer.crc, n)


def _put_codes(writer: SegmentWriter, vectors: Iterable[Halves], coder: Coder | None) -> None:
    with writer.lines("codes", "|u1", (coder.code_bytes if coder else 1,)) as write:
        for part in vectors if coder else ():
            write(coder.encode(wide(part)) if coder else part)


def _put_tokens(writer: SegmentWriter, lengths: NDArray[np.int64], tokens: NDArray[Any]) -> None:
    writer.put("token_starts", np.concatenate(([0], np.cumsum(lengths))).astype("<u4"))
    writer.put("tokens", tokens.astype("<u2" if len(tokens) == 0 or tokens.max() < 1 << 16 else "<u4"))


def _merge_tokens(writer: SegmentWriter, parts: Sequence[tuple[Segment, Places]]) -> None:
    starts = [segment["token_starts"].astype(np.int64) for segment, _ in parts]
    lengths = [np.diff(each)[places] for each, (_, places) in zip(starts, parts, strict=True)]
    writer.put("token_starts", np.concatenate(([0], np.cumsum(np.concatenate(lengths)))).astype("<u4"))
    kind = max((segment["tokens"].dtype for segment, _ in parts), key=lambda each: each.itemsize).str
    with writer.lines("tokens", kind) as write:
        for (segment, places), first in zip(parts, starts, strict=True):
            for start in range(0, len(places), _AT_ONCE):
                some = places[start : start + _AT_ONCE]
                write(np.take(segment["tokens"], ranges(first[some], first[some + 1] - first[some])))
            segment.release()


def _moved(parts: Sequence[tuple[Segment, Places]]) -> Iterator[tuple[Segment, Places]]:
    """For each segment, the new places of its rows, -1 for rows that are dropped."""
    before = 0
    for segment, places in parts:
        to = np.full(len(segment), -1, np.intp)
        to[places] = before + np.arange(len(places))
        before += len(places)
        yield segment, to


def _whole(parts: Sequence[tuple[Segment, Places]], name: str) -> NDArray[Any]:
    return np.concatenate([segment[name][places] for segment, places in parts])


def _lines(parts: Sequence[tuple[Segment, Places]], name: str) -> Iterator[NDArray[Any]]:
    for segment, places in parts:
        for start in range(0, len(places), _AT_ONCE):
            yield np.take(segment[name], places[start : start + _AT_ONCE], axis=0)
        segment.release()


def _parts(lines: Halves) -> Iterator[Halves]:
    return (lines[start : start + _AT_ONCE] for start in range(0, len(lines), _AT_ONCE))


def _ids(ids: Sequence[bytes]) -> NDArray[np.uint8]:
    found = np.array(ids)
    return found.view(np.uint8).reshape(len(ids), found.dtype.itemsize)


def _widened(parts: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Stacks ids of several widths."""
    width = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in parts])


def ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Places:
    """Returns the integers from each start, as many as its length."""
    ends = np.cumsum(lengths)
    numbers: Places = np.repeat(starts - (ends - lengths), lengths)
    return numbers + np.arange(len(numbers))
