"""Sends named errors as RFC 9457 problems with stable codes. On OpenAI's routes they have OpenAI's format."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import compile_path

from sinkqa.index import errors as index_errors
from sinkqa.ingest import errors as ingest_errors
from sinkqa.ingest.errors import SinkQAError
from sinkqa.service import errors as service_errors
from sinkqa.service.http.guards.headers import headers_for
from sinkqa.service.http.observing.lines import request_id
from sinkqa.service.http.observing.requests import ID_HEADER

MEDIA_TYPE = "application/problem+json"
OPENAI = re.compile(r"/v1/(?:models|chat|responses|embeddings|vector_stores)(?:/.*)?")
DIFY = re.compile(r"/retrieval(?:/.*)?")
"""Paths whose clients expect errors in another format."""

STATUS: dict[type[SinkQAError], int] = {
    SinkQAError: 500,
    ingest_errors.IngestError: 422,
    ingest_errors.DocumentTooLarge: 413,
    ingest_errors.UnsupportedFormat: 415,
    index_errors.LibraryError: 503,  # the operator's to mend: the message says how
    index_errors.DocumentNotFound: 404,
    index_errors.PassageNotFound: 404,
    index_errors.AmbiguousDocument: 409,
    index_errors.DiskFull: 507,
    service_errors.ServiceError: 500,
    service_errors.InvalidQuestion: 422,
    service_errors.InvalidText: 422,
    service_errors.InvalidCollection: 422,
    service_errors.InvalidComparison: 422,
    service_errors.InvalidFilter: 422,
    service_errors.CollectionNotFound: 404,
    service_errors.CollectionExists: 409,
    service_errors.LibraryEmpty: 503,
    service_errors.InvalidUpload: 422,
    service_errors.InvalidCorrection: 422,
    service_errors.AddressRefused: 422,
    service_errors.InvalidExport: 422,
    service_errors.StorageFull: 507,
    service_errors.QuotaExceeded: 507,
    service_errors.JobNotFound: 404,
    service_errors.PageNotFound: 404,
    service_errors.NoPageImage: 406,
    service_errors.PageNotDrawn: 422,
    service_errors.KeysUnreadable: 503,
    service_errors.Unauthorized: 401,
    service_errors.Forbidden: 403,
    service_errors.WrongHost: 421,
    service_errors.RateLimited: 429,
    service_errors.DeadlineExceeded: 503,
    service_errors.GeneratorUnavailable: 502,
    service_errors.GeneratorStopped: 502,
    service_errors.SearchFailed: 502,
}
"""The HTTP status of each named error. An error that is not listed has the status of its nearest listed base class."""

_CODES = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    415: "unsupported-media-type",
    422: "invalid-request",
    500: "internal-error",
}
_DIFY = {401: 1002, 403: 1002, 404: 2001}
_DETAILS = {
    400: "the body cannot be read: expected JSON in UTF-8; see /openapi.json",
    404: "no such route; see /openapi.json",
    405: "this route does not take this method; see the header Allow",
}  # in place of the frameworks' words, which name no way out
_log = logging.getLogger(__name__)


class Fault(BaseModel):
    """One part of a request that is not valid."""

    pointer: str = Field(description="Where: a JSON pointer into the body, or the name of a parameter.")
    detail: str


class Problem(BaseModel):
    """The reason why a request failed (RFC 9457)."""

    type: str = Field(description="`urn:sinkqa:error:` and the code.", examples=["urn:sinkqa:error:invalid-question"])
    title: str = Field(description="The status in words.", examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(
        description="What, expected, got, and what to do next, in one line.",
        examples=["question: expected at least one word or number, got none; ask in Chinese or English"],
    )
    code: str = Field(description="Stable name of the error, for programs.", examples=["invalid-question"])
    errors: list[Fault] = Field(default=[], description="Each part that does not fit, where there are several.")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer with problems of these statuses."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def status_of(error: SinkQAError) -> int:
    """The HTTP status of a named error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def refuse(
    path: str,
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response for a problem, in the format that the clients of this path expect."""
    if OPENAI.fullmatch(path):
        status = 400 if status == 422 else status  # the one that its clients know
        return JSONResponse(_openai(status, code, detail, errors), status, headers=headers)
    if DIFY.fullmatch(path):
        return JSONResponse({"error_code": _DIFY.get(status, status), "error_msg": detail}, status, headers=headers)
    problem = Problem(
        type=f"urn:sinkqa:error:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        errors=list(errors),
    )
    return JSONResponse(problem.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)


def wrong_type(path: str, wanted: str, got: str) -> Response:
    """:func:`refuse` for a body of the wrong media type."""
    detail = f"the body: expected {wanted}, got the type {_clean(got[:80])}; send Content-Type: {wanted}"
    return refuse(path, 415, _CODES[415], detail)


def refuse_named(path: str, error: SinkQAError) -> Response:
    """:func:`refuse` for a named error. If the client can do something about it, a header says what."""
    headers = None
    if isinstance(error, index_errors.LibraryBusy | service_errors.DeadlineExceeded):
        headers = {"Retry-After": "5"}
    elif isinstance(error, service_errors.RateLimited):
        headers = {"Retry-After": str(error.retry_s)}
    elif isinstance(error, service_errors.Unauthorized):
        headers = {"WWW-Authenticate": 'Bearer realm="sinkqa"'}
    return refuse(path, status_of(error), error.code, _clean(error.message), headers=headers)


def install(app: FastAPI) -> None:
    """Makes the application send every failure as a problem."""
    app.exception_handler(SinkQAError)(_named)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_by_status)
    app.exception_handler(Exception)(_unforeseen)


def as_problems(document: dict[str, Any]) -> None:
    """Sets the media type of problems for all failures in an OpenAPI document."""
    for path, item in document["paths"].items():
        for operation in item.values():
            if OPENAI.fullmatch(path):
                operation["responses"].pop("422", None)  # FastAPI's own; such an error is sent as 400
            for status, response in operation["responses"].items():
                if int(status) >= 400 and not (OPENAI.fullmatch(path) or DIFY.fullmatch(path)):
                    response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _named(request: Request, error: SinkQAError) -> Response:
    return refuse_named(request.url.path, error)


def _invalid(request: Request, error: RequestValidationError) -> Response:
    if wanted := _wanted_type(request, error):
        return wrong_type(request.url.path, wanted, request.headers.get("Content-Type", "none"))
    faults = [_fault(each) for each in error.errors()]
    detail = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults)
    return refuse(request.url.path, 422, _CODES[422], f"{detail}; see /openapi.json", errors=faults)


def _fault(told: Mapping[str, Any]) -> Fault:
    if told["type"] == "json_invalid":
        _, at = told["loc"]
        return Fault(pointer="/", detail=f"expected JSON, got what is none at character {at}: {told['ctx']['error']}")
    if told["type"] == "missing" and told["loc"] == ("body",):
        return Fault(pointer="/", detail="expected JSON, got no body; send it with Content-Type: application/json")
    if told["loc"] == ("body",) and told["type"] == "model_attributes_type":
        kinds = {list: "a list", str: "a text", type(None): "null", bool: "true or false"}
        got = kinds.get(type(told["input"]), "a number")
        return Fault(pointer="/", detail=f"expected a JSON object, got {got}")
    return Fault(pointer=_pointer(told["loc"]), detail=_clean(str(told["msg"]).removeprefix("Value error, ")))


def _wanted_type(request: Request, error: RequestValidationError) -> str | None:
    """The type that a body should have been sent as, where it was sent as another and therefore not read."""
    if isinstance(error.body, bytes):  # JSON would have been read
        return "application/json"
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_form = isinstance(error.body, FormData)  # empty where the body is of another type
    return "multipart/form-data" if is_form and kind and kind != "multipart/form-data" else None


def _by_status(request: Request, error: HTTPException) -> Response:
    code = _CODES.get(error.status_code) or HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    said = error.detail in (HTTPStatus(error.status_code).phrase, "There was an error parsing the body")
    detail = _DETAILS.get(error.status_code, error.detail) if said else error.detail
    headers = {"Allow": _allowed(request, error)} if error.status_code == 405 else error.headers
    return refuse(request.url.path, error.status_code, code, detail, headers=headers)


def _allowed(request: Request, error: HTTPException) -> str:
    """Every method of the path: the framework tells those of the first route that has it."""
    methods = {name for name in (error.headers or {}).get("Allow", "").split(", ") if name}
    for template, item in request.app.openapi()["paths"].items():
        if compile_path(template)[0].match(request.url.path):
            methods |= {method.upper() for method in item}
    return ", ".join(sorted(methods))


def _unforeseen(request: Request, error: Exception) -> Response:
    """The cause goes to the log, never to the client."""
    _log.error("unforeseen %s at %s", type(error).__name__, request.url.path, exc_info=error)
    headers = headers_for(request.url.path) | {ID_HEADER: request_id() or "none"}  # nothing else adds them here
    detail = "the server failed to answer; its log, by request id, says why"
    return refuse(request.url.path, 500, _CODES[500], detail, headers=headers)


def _pointer(loc: Sequence[int | str]) -> str:
    """``/filters/year_from`` for a part of the body, ``query k`` for a parameter."""
    where, *path = loc
    return "/" + _clean("/".join(map(str, path))) if where == "body" else _clean(" ".join(map(str, loc)))


def _openai(status: int, code: str, detail: str, errors: Sequence[Fault]) -> dict[str, Any]:
    kinds = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    kind = kinds.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"error": {"message": detail, "type": kind, "param": _param(errors), "code": code}}


def _param(errors: Sequence[Fault]) -> str | None:
    """The first fault as ``messages.0.content``, none where it is the whole body."""
    return errors[0].pointer.lstrip("/").replace("/", ".") or None if errors else None


def _clean(text: str) -> str:
    """JSON that came in may hold half of a surrogate pair, which no answer can be encoded with."""
    return text.encode("utf-8", "replace").decode()
