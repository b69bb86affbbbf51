"""Dify's external knowledge API: a collection is a knowledge base that Dify searches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from sinkqa.service.engine import Engine
from sinkqa.service.errors import InvalidFilter
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import collections_of
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.protocols.filters import LISTED, TEXT, YEAR, Condition, filters_of
from sinkqa.service.http.protocols.openai import share_of
from sinkqa.service.interfaces.links import base_of, passage_link
from sinkqa.service.interfaces.schemas import NAMED, Share, Text, UpTo100

_OPERATORS = {"is": "eq", "=": "eq", "in": "in", "≥": "gte", ">": "gt", "≤": "lte", "<": "lt"}


def _condition(names: tuple[str, ...], operators: list[str], value: dict[str, Any]) -> dict[str, Any]:
    named = {"anyOf": [{"enum": [*names]}, {"type": "array", "items": {"enum": [*names]}, "maxItems": 1}]}
    told = {"name": named, "comparison_operator": {"enum": operators}, "value": value}
    return {"properties": told, "required": ["name", "comparison_operator", "value"]}


_CONDITION: dict[str, Any] = {
    "anyOf": [
        _condition(LISTED, ["is", "="], TEXT),
        _condition(LISTED, ["in"], {"type": "array", "items": TEXT, "minItems": 1}),
        _condition(("year",), ["is", "=", "≥", ">", "≤", "<"], YEAR),
    ]
}


class RetrievalSetting(BaseModel):
    """How many records to return, and their lowest score."""

    top_k: UpTo100 = 5
    score_threshold: Share | None = Field(0.0, description="Records of a lower score are left out.")


class DifyCondition(BaseModel):
    """One condition: `is` or `in` on doc_id, language, jurisdiction or type; `=`, `≥`, `>`, `≤` or `<` on year."""

    model_config = ConfigDict(json_schema_extra=_CONDITION)

    name: Text | list[Text]
    comparison_operator: Text
    value: Any = Field(None, description="Text, or a list of texts with `in`; of a year, a whole number.")


class MetadataCondition(BaseModel):
    """Conditions that must all hold."""

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: list[DifyCondition] | None = None


class RetrievalRequest(BaseModel):
    """A query to a knowledge base."""

    knowledge_id: Text = Field(description="The name of a collection.", examples=["default"], json_schema_extra=NAMED)
    query: Text = Field(examples=["碳汇项目的抵销比例"])
    retrieval_setting: RetrievalSetting
    metadata_condition: MetadataCondition | None = None


class Record(BaseModel):
    """A passage."""

    content: str
    score: float
    title: str
    metadata: dict[str, Any]


class RetrievalOut(BaseModel):
    """Passages, best first."""

    records: list[Record]


class DifyRefusal(BaseModel):
    """Why a request failed, as Dify shows it: 1002 access refused, 2001 no such knowledge, else the status."""

    error_code: int
    error_msg: str


router = APIRouter(
    tags=["dify"], dependencies=[READS], responses={status: {"model": DifyRefusal} for status in (400, 404, 422, 503)}
)


@router.post(
    "/retrieval",
    operation_id="dify_retrieval",
    summary="Passages for Dify's external knowledge",
    responses={200: {"model": RetrievalOut, "description": "Passages, best first; there may be none."}},
)
def retrieval(body: RetrievalRequest, request: Request) -> Json:
    """Dify adds `/retrieval` to the address of an external knowledge API. Give Dify the address of this server."""
    engine: Engine = collections_of(request).engine(body.knowledge_id)
    filters = filters_of(_conditions(body.metadata_condition)) if body.metadata_condition else None
    hits = engine.search(body.query, k=body.retrieval_setting.top_k, filters=filters).hits
    least = body.retrieval_setting.score_threshold or 0.0
    records = [
        {
            "content": hit.text,
            "score": share_of(hit),
            "title": hit.title,
            "metadata": {
                "doc_id": hit.doc_id,
                "passage_id": hit.passage_id,
                "section": list(hit.section),
                "page": hit.page_start if hit.page_label else None,
                "language": hit.language,
                "warnings": list(hit.warnings),
                "url": passage_link(base_of(request), hit.passage_id, collection=body.knowledge_id),
            },
        }
        for hit in hits
        if share_of(hit) >= least
    ]
    return Json({"records": records})


def _conditions(given: MetadataCondition) -> Iterator[Condition]:
    conditions = given.conditions or []
    if given.logical_operator == "or" and len(conditions) > 1:
        raise InvalidFilter("filter: expected conditions joined by and, got or; ask once for each")
    for each in conditions:
        names = each.name if isinstance(each.name, list) else [each.name]
        operator = _OPERATORS.get(each.comparison_operator, each.comparison_operator)
        for name in names:
            yield Condition(name, operator, each.value)
