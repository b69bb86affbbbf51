"""An overview as tables of text: heat maps and the timeline, in English or Chinese."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sinkqa.service.documents.facets import UNKNOWN, FacetCount, FacetName
from sinkqa.service.overview.countries import country
from sinkqa.service.overview.kinds import KINDS
from sinkqa.service.overview.library_overview import HeatCell, HeatColumn, HeatMap, LibraryOverview, TimedDocument
from sinkqa.service.overview.topics import vocabulary
from sinkqa.service.overview.words import say

SHADES = 5
"""Shades of a heat map's cells, beside that of an empty one."""
_COUNTED: tuple[FacetName, ...] = ("topic", "side", "means", "kind", "jurisdiction", "year")


def facet_lines(overview: LibraryOverview, language: str) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Each facet's name, and its values with their numbers of documents."""
    for name in _COUNTED:
        yield say(language, name), [(value_name(name, each, language), each.count) for each in overview.facets[name]]


def value_name(name: FacetName, count: FacetCount, language: str) -> str:
    """What a value of a facet is called."""
    if count.value == UNKNOWN:
        return say(language, "none")
    if count.subject:
        return count.subject.zh if language == "zh" else count.subject.name
    return country(count.value, language) if name == "jurisdiction" else count.value


def column_name(heat: HeatMap, column: HeatColumn, language: str) -> str:
    """What a column of a heat map is called."""
    if column.label == UNKNOWN:
        return say(language, "none")
    if heat.by == "jurisdiction":
        return country(column.label, language) if len(column.values) == 1 else say(language, "more")
    return column.label


def cell_text(cell: HeatCell) -> str:
    """``86 (3)``: passages, and documents that they are in. Empty if there are none."""
    return f"{cell.passages} ({cell.documents})" if cell.passages else ""


def shade(cell: HeatCell, heat: HeatMap) -> int:
    """How dark a cell is, 0 to :data:`SHADES`: by the logarithm of its passages, so that small counts differ too."""
    most = max((each.passages for row in heat.rows for each in row.cells), default=0)
    return math.ceil(SHADES * math.log1p(cell.passages) / math.log1p(most)) if most else 0


def kind_names(document: TimedDocument, language: str) -> str:
    """The kinds of a document, by their names."""
    return ("、" if language == "zh" else ", ").join(KINDS[kind][language == "zh"] for kind in document.kinds)


def topic_names(document: TimedDocument, language: str) -> str:
    """The topics of a document, by their names."""
    names = {topic.topic_id: topic for topic in vocabulary().topics if topic.group == "topic"}
    said = (names[topic].zh if language == "zh" else names[topic].name for topic in document.topics)
    return ("、" if language == "zh" else ", ").join(said)


def standing_name(document: TimedDocument, language: str) -> str:
    """Whether a document is in force; empty if no text says so."""
    return say(language, document.standing.status)
