"""Makes heat maps: how many passages are about each topic, by country and by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.service.documents.facets import UNKNOWN
from sinkqa.service.documents.subjects import Subject
from sinkqa.service.overview.kept import DocumentTally
from sinkqa.service.overview.library_overview import HeatCell, HeatColumn, HeatMap, HeatRow
from sinkqa.service.overview.topics import vocabulary

_MOST = 12  # columns with a value of their own: more cannot be read side by side


def heat_map(
    by: Literal["jurisdiction", "year"], records: Sequence[DocumentRecord], tallies: Mapping[str, DocumentTally]
) -> HeatMap:
    """The heat map of these documents. Rows are all topics, in their order."""
    values = {record.doc_id: str(getattr(record.metadata, by) or UNKNOWN) for record in records}
    columns = _columns(by, Counter(values.values()))
    place = {value: at for at, column in enumerate(columns) for value in column.values}
    topics = vocabulary().topics
    passages = [[0] * len(columns) for _ in topics]
    documents = [[0] * len(columns) for _ in topics]
    for record in records:
        column = place[values[record.doc_id]]
        for row, number in tallies[record.doc_id].counts().items():
            passages[row][column] += number
            documents[row][column] += 1
    rows = (
        HeatRow(
            topic.group,
            topic.topic_id,
            Subject(topic.name, topic.zh),
            tuple(map(HeatCell, passages[row], documents[row])),
            HeatCell(sum(passages[row]), sum(documents[row])),
        )
        for row, topic in enumerate(topics)
    )
    return HeatMap(by, columns, tuple(rows))


def _columns(by: Literal["jurisdiction", "year"], counts: Counter[str]) -> tuple[HeatColumn, ...]:
    """Countries by their number of documents, years in order; what is too many in one column, what is unknown last."""
    known = [value for value in counts if value != UNKNOWN]
    last = [HeatColumn(UNKNOWN, (UNKNOWN,))] if UNKNOWN in counts else []
    if by == "jurisdiction":
        ordered = sorted(known, key=lambda value: (-counts[value], value))
        own, rest = (ordered, []) if len(ordered) <= _MOST else (ordered[: _MOST - 1], ordered[_MOST - 1 :])
        joined = [HeatColumn(f"+{len(rest)}", tuple(rest))] if rest else []
        return (*(HeatColumn(value, (value,)) for value in own), *joined, *last)
    years = sorted(known, key=int)
    early = years[: 1 - _MOST] if len(years) > _MOST else []
    joined = [HeatColumn(f"{early[0]}–{early[-1]}", tuple(early))] if early else []
    return (*joined, *(HeatColumn(year, (year,)) for year in years[len(early) :]), *last)
