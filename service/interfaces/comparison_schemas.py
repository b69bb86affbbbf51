"""Bodies of requests for comparisons, and what is sent back."""

from __future__ import annotations

from pydantic import Field

from sinkqa.service.comparing.comparison import Beside, BesideCell, By, ComparedRow, Comparison, Relation
from sinkqa.service.interfaces.dates import AsOf
from sinkqa.service.interfaces.deriving import model_of
from sinkqa.service.interfaces.schemas import FiltersIn, Request, Text

On = list[Text]


class CompareRequest(Request):
    """What is to be compared."""

    on: On = Field(
        max_length=100,
        description="The columns, in free words: a topic, a kind of statement, or both. 1-20 of them.",
        examples=[["森林", "湿地", "资金", "penalty"]],
    )
    by: By = Field("country", description="What the rows are: countries, documents or carbon markets.")
    rows: On = Field(
        default=[],
        max_length=100,
        description="Names of countries, documents (or their ids) or markets; none: all that the library holds.",
        examples=[["中国", "欧盟"]],
    )
    filters: FiltersIn | None = None
    beside: Text | None = Field(
        None,
        description="A document (id, or 6 or more digits of it) whose own cells are set beside, each with whether the "
        "row's documents agree, differ or are silent. It is no source of the comparison.",
    )
    as_of: AsOf = None


ComparedRowOut = model_of(
    ComparedRow, "ComparedRowOut", searched=(int, Field(description="How many documents were searched."))
)
BesideCellOut = model_of(BesideCell, "BesideCellOut")
BesideOut = model_of(
    Beside,
    "BesideOut",
    without={"cells"},
    cells=(list[list[BesideCellOut]], Field(description="Row by row, a cell for each column.")),  # type: ignore[valid-type]
    counts=(dict[Relation, int], Field(description="Cells by relation.")),
)
ComparisonOut = model_of(Comparison, "ComparisonOut")
