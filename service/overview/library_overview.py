"""What a library holds: counts, a timeline, heat maps of topics, and the map of references."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from sinkqa.service.answer import Standing
from sinkqa.service.documents.facets import FacetCount, FacetName
from sinkqa.service.documents.subjects import Subject

EdgeKind = Literal["cites", "part", "repeals"]


@dataclass(frozen=True, slots=True)
class TimedDocument:
    """A document on the timeline."""

    doc_id: str
    title: str
    year: Annotated[int | None, "Of issue; null: not known, and it comes last."]
    jurisdiction: str | None
    language: str | None
    kinds: Annotated[tuple[str, ...], "Values of the facet `kind`."]
    topics: Annotated[tuple[str, ...], "Values of the facet `topic`."]
    standing: Annotated[Standing, "Whether it is in force today, as far as texts say so."]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """How many passages are about a topic, and in how many documents they are."""

    passages: int
    documents: int


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """A column: documents with one of the values of its facet."""

    label: Annotated[str, "A value, or the first and the last of several: `1957–2010`."]
    values: Annotated[tuple[str, ...], "Values of the facet; `none`: not known."]


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row: one topic."""

    facet: Annotated[Literal["topic", "side", "means"], "The facet that the topic is a value of."]
    value: str
    named: Annotated[Subject, "What the topic is called."]
    cells: tuple[HeatCell, ...]
    total: HeatCell


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Topics by country or by year."""

    by: Annotated[Literal["jurisdiction", "year"], "The facet that the columns are values of."]
    columns: tuple[HeatColumn, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class MapNode:
    """A document that names another one of the library, or is named by one."""

    doc_id: str
    title: str
    year: int | None
    jurisdiction: str | None
    language: str | None
    passage_id: Annotated[str | None, "Its first passage."]
    url: Annotated[str | None, "The official address of the original."]


@dataclass(frozen=True, slots=True)
class MapEdge:
    """One document names another one."""

    source: Annotated[str, "The id of the document that names the other."]
    target: Annotated[str, "The id of the document that is named."]
    kind: Annotated[EdgeKind, "`part`: only parts of the other; `repeals`: its text says that it repeals the other."]
    mentions: Annotated[int, "How many times it names it."]


@dataclass(frozen=True, slots=True)
class ReferenceMap:
    """References between documents of the library."""

    nodes: Annotated[tuple[MapNode, ...], "By country, then by year."]
    edges: tuple[MapEdge, ...]
    alone: Annotated[int, "How many documents neither name another one nor are named."]


@dataclass(frozen=True, slots=True)
class LibraryOverview:
    """What the chosen documents of a library are about."""

    documents: int
    passages: int
    topical: Annotated[int, "How many of the passages are about any topic."]
    generation: Annotated[int, "Number of changes to the library when this was counted."]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]
    timeline: Annotated[tuple[TimedDocument, ...], "Oldest first."]
    by_country: HeatMap
    by_year: HeatMap
    references: Annotated[ReferenceMap | None, "Null where they were not asked for."]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line and HTTP."""
        return dataclasses.asdict(self)


@dataclass(frozen=True, slots=True)
class TopicPassage:
    """A passage behind a cell of a heat map."""

    passage_id: str
    doc_id: str
    title: str
    section: tuple[str, ...]
    page_start: int
    page_end: int
    language: str
    text: str
    topics: Annotated[tuple[str, ...], "All its topics, by their ids."]


@dataclass(frozen=True, slots=True)
class TopicPassages:
    """Some of the passages that are about the chosen topics, in the order of titles and reading."""

    passages: tuple[TopicPassage, ...]
    total: int
    next_offset: Annotated[int | None, "Where the next part begins; null on the last one."]
    generation: int
