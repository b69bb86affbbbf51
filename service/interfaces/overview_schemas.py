"""Response models of the routes for the overview of a library, derived from the engine's records."""

from __future__ import annotations

from pydantic import Field

from sinkqa.service.documents.facets import FacetCount
from sinkqa.service.documents.subjects import Subject
from sinkqa.service.interfaces.deriving import model_of, sent_as
from sinkqa.service.interfaces.library_schemas import FacetCountOut, FacetsOut, SubjectOut
from sinkqa.service.overview.library_overview import (
    HeatCell,
    HeatColumn,
    HeatMap,
    HeatRow,
    LibraryOverview,
    MapEdge,
    MapNode,
    ReferenceMap,
    TimedDocument,
    TopicPassage,
    TopicPassages,
)

sent_as(Subject, SubjectOut)
sent_as(FacetCount, FacetCountOut)
TimedDocumentOut = model_of(TimedDocument, "TimedDocumentOut")
HeatCellOut = model_of(HeatCell, "HeatCellOut")
HeatColumnOut = model_of(HeatColumn, "HeatColumnOut")
HeatRowOut = model_of(HeatRow, "HeatRowOut")
HeatMapOut = model_of(HeatMap, "HeatMapOut")
MapNodeOut = model_of(MapNode, "MapNodeOut")
MapEdgeOut = model_of(MapEdge, "MapEdgeOut")
ReferenceMapOut = model_of(ReferenceMap, "ReferenceMapOut")
LibraryOverviewOut = model_of(
    LibraryOverview,
    "LibraryOverviewOut",
    without={"facets"},
    facets=(FacetsOut, Field(description="Counts of documents, as `/v1/documents` gives them.")),
)
TopicPassageOut = model_of(TopicPassage, "TopicPassageOut")
TopicPassagesOut = model_of(TopicPassages, "TopicPassagesOut")
