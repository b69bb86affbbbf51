"""The route that follows a claim, a passage or a document to the policies that it rests on."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from sinkqa.service.errors import InvalidText
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import EngineOf
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.interfaces.schemas import Text, ok
from sinkqa.service.interfaces.trail_schemas import TrailOut
from sinkqa.service.references.trail import SubjectKind

router = APIRouter(tags=["answers"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))


@router.get(
    "/v1/trail",
    operation_id="trail",
    summary="Follow a claim to the policies that it rests on, and to their clauses",
    responses=ok(TrailOut, "The trail, with a check and quotes at each step."),
)
def trail(
    engine: EngineOf,
    claim: Annotated[Text | None, Query(max_length=4000, description="A statement in Chinese or English.")] = None,
    passage: Annotated[Text | None, Query(max_length=100, description="Or the id of a passage.")] = None,
    document: Annotated[
        Text | None, Query(max_length=100, description="Or a document's id, or the first 6 or more digits of it.")
    ] = None,
    as_of: Annotated[
        datetime.date | None, Query(description="The date for which it is told what is in force; default: today.")
    ] = None,
    language: Annotated[
        Literal["zh", "en"] | None, Query(description="Of the words; default: that of the subject.")
    ] = None,
) -> Response:
    """Exactly one of claim, passage and document is given.

    A claim leads to the passages that state it, to the policies named there, and to the clauses of each policy: these
    support it, come near, contradict it, or the policy is silent or not in the library. A document leads to the
    documents that it names and to those that name it.
    """
    given: dict[SubjectKind, str | None] = {"claim": claim, "passage": passage, "document": document}
    subjects = {kind: subject for kind, subject in given.items() if subject is not None}
    if len(subjects) != 1:
        raise InvalidText(f"expected exactly one of claim, passage and document, got {len(subjects)}; give one")
    ((kind, subject),) = subjects.items()
    return Json(engine.trail(subject, kind=kind, as_of=as_of, language=language).as_dict())
