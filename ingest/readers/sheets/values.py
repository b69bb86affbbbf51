"""Reads files of values, separated by commas, tabs or other delimiters, as tables with headers."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import PurePath

from sinkqa.ingest.document import Document, Metadata
from sinkqa.ingest.readers.decoding.encoding import decode
from sinkqa.ingest.readers.pieces.draft import compose
from sinkqa.ingest.readers.sheets.rows import MAX_CELLS, row_pieces

_DELIMITERS = "\t;|,，"
_DECLARED = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_SAMPLE = 200_000  # code points that tell the delimiter
_EVEN = 0.5  # share of the rows of several fields that have as many as most
_PARTED = 0.4  # share of the rows that have several fields
_ENDS = (".", "。", "；", "!", "?", "！", "？")
_MOST_FIELD = 2_000_000  # code points of one field; the default of the standard library is less than a long text


def read_values(content: bytes, name: str) -> Document:
    """Reads rows of values in any encoding.

    The delimiter is that of ``sep=``, or else the one that splits most rows alike. A file without a delimiter is read
    as plain text. Raises EmptyDocument and UnreadableDocument.
    """
    decoded = decode(content, name=name)
    declared = _DECLARED.match(decoded.text)
    body = decoded.text[declared.end() :] if declared else decoded.text
    delimiter = declared[1] if declared else delimiter_of(body)
    if delimiter is None:
        from sinkqa.ingest.readers.text import read_text

        read = read_text(content, name)
        return replace(read, warnings=(*read.warnings, f"{name}: no rows of values in this file: read as plain text"))
    rows, warnings = _rows(body, delimiter, name)
    pieces = row_pieces(rows)
    captions = [piece.grid.caption for piece in pieces if piece.grid and piece.grid.caption]
    return compose(
        pieces,
        name=name,
        content=content,
        media_type="text/csv",
        metadata=Metadata(title=" ".join(captions[0].split()) if len(captions) == 1 else PurePath(name).stem),
        warnings=(*decoded.warnings, *warnings),
    )


def delimiter_of(text: str) -> str | None:
    """Returns the delimiter that splits most rows into the same number of fields, at least two; None if none does."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    found: list[tuple[float, int, str]] = []
    for order, delimiter in enumerate(_DELIMITERS):
        rows = [row for row in _parsed(sample, delimiter)[0] if any(row)]
        counts = Counter(len(row) for row in rows if sum(map(bool, row)) > 1)
        if counts and not _is_prose(sample, delimiter):
            times = counts.most_common(1)[0][1]
            if times >= _EVEN * counts.total() and _PARTED * len(rows) <= counts.total() >= min(2, len(rows)):
                found.append((round(times / len(rows), 1), -order, delimiter))
    return max(found)[2] if found else None


def _is_prose(text: str, delimiter: str) -> bool:
    """Whether the delimiter is punctuation: a space follows it, and lines end with a full stop."""
    spaced = text.count(delimiter + " ") > 0.8 * text.count(delimiter)
    lines = [line.rstrip() for line in text.splitlines() if delimiter in line]
    return (spaced or delimiter == "，") and 2 * sum(line.endswith(_ENDS) for line in lines) > len(lines)


def _parsed(text: str, delimiter: str) -> tuple[list[list[str]], int]:
    """The rows up to :data:`MAX_CELLS`, and their total number."""
    csv.field_size_limit(_MOST_FIELD)
    try:
        return _held(
            csv.reader(StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter, skipinitialspace=True)
        )
    except csv.Error:  # a field beyond the limit: quotes that never end
        csv.field_size_limit(len(text))
        return _held(csv.reader(text.splitlines(), delimiter=delimiter, quoting=csv.QUOTE_NONE))


def _held(rows: Iterable[list[str]]) -> tuple[list[list[str]], int]:
    kept: list[list[str]] = []
    count = cells = 0
    for row in rows:
        count += 1
        cells += len(row)
        if cells <= MAX_CELLS:
            kept.append(row)
    return kept, count


def _rows(text: str, delimiter: str, name: str) -> tuple[Sequence[Sequence[str]], list[str]]:
    """The rows read, and warnings about others."""
    rows, count = _parsed(text, delimiter)
    if len(rows) < count:
        left = f"{name}: rows {len(rows) + 1} to {count} are left out: {MAX_CELLS} cells of a file are read"
        return rows, [f"{left}; split it into parts and add those"]
    return rows, _overfull(rows, name)


def _overfull(rows: Sequence[Sequence[str]], name: str) -> list[str]:
    """A warning about rows with more values than columns: a delimiter inside a value split it."""
    sizes = [max((at for at, text in enumerate(row, 1) if text.strip()), default=0) for row in rows]
    usual = Counter(size for size in sizes if size > 1).most_common(1)
    over = [number for number, size in enumerate(sizes, 1) if usual and size > usual[0][0]]
    if not over or 4 * len(over) > len([size for size in sizes if size > 1]) + 1:  # a second table is no damage
        return []
    shown = ", ".join(map(str, over[:5])) + (" ..." if len(over) > 5 else "")
    said = f"row {shown} has" if len(over) == 1 else f"rows {shown} have"
    return [f"{name}: {said} more values than there are columns: they may stand in the wrong ones"]
