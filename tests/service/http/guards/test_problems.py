"""Whatever goes wrong is told as a problem with a stable code, on every route and in the shape its clients know."""

from __future__ import annotations

import json
import socket

import pytest

from sinkqa.index import errors as index_errors
from sinkqa.ingest import errors as ingest_errors
from sinkqa.ingest.errors import SinkQAError
from sinkqa.service import errors as service_errors
from sinkqa.service.http.app import create_app
from sinkqa.service.http.guards.problems import MEDIA_TYPE, STATUS, Problem, status_of
from sinkqa.service.settings import Settings
from tests.service.http.conftest import ZH, Client


def told(response, status, code):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    problem = Problem.model_validate(response.json())
    assert (problem.status, problem.code, problem.type) == (status, code, f"urn:sinkqa:error:{code}")
    assert problem.detail and "\n" not in problem.detail
    return problem


def named_errors(kind=SinkQAError):
    yield kind
    for below in kind.__subclasses__():
        yield from named_errors(below)


def test_every_named_error_has_a_code_of_its_own_and_a_status():
    kinds = [kind for kind in named_errors() if kind.__module__.startswith("sinkqa.")]
    assert len(kinds) > 25 and {ingest_errors, index_errors, service_errors}
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert set(STATUS) <= set(kinds)
    assert all(400 <= status_of(kind("what went wrong")) < 600 for kind in kinds)
    assert all(kind.code in str(kind.__doc__) or kind.code.replace("-", "").isalpha() for kind in kinds)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/answer", {"question": "?!"}, "invalid-question"),
        ("/v1/answer", {"question": "碳" * 4001}, "invalid-question"),
        ("/v1/verify", {"text": " "}, "invalid-text"),
        ("/v1/verify/quote", {"quote": "…"}, "invalid-text"),
    ],
)
def test_what_the_engine_refuses_keeps_its_code(client, path, body, code):
    told(client.post(path, body), 422, code)


def test_what_does_not_fit_is_named_part_by_part(client):
    body = {"question": ZH, "k": 0, "filters": {"year_from": "soon", "city": "x"}, "strem": True}
    problem = told(client.post("/v1/answer", body), 422, "invalid-request")
    assert {fault.pointer for fault in problem.errors} == {"/k", "/filters/year_from", "/filters/city", "/strem"}
    assert all(fault.pointer in problem.detail and fault.detail for fault in problem.errors)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"question": "\\ud800"}',
        b'{"question": NaN}',
        b"\xff\xfe",
        b'{"question":' + b"[" * 100_000,
        b'{"question": "a", "k": ' + b"9" * 6000 + b"}",
    ],
)
def test_a_body_that_is_no_json_object_is_refused(client, content):
    response = client("POST", "/v1/answer", content=content, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    told(response, response.status_code, {400: "bad-request", 422: "invalid-request"}[response.status_code])


JSON_ROUTES = [
    "/v1/answer", "/v1/next", "/v1/search", "/v1/verify", "/v1/verify/quote", "/v1/export", "/v1/documents/by-address",
]  # fmt: skip


def json_routes(app):
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                yield method.upper(), path.replace("{", "").replace("}", "")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_body_of_another_type_is_told_which_to_send(client, kind):
    routes = list(json_routes(client.app))
    assert {path for _, path in routes} > {*JSON_ROUTES, "/v1/embeddings", "/v1/chat/completions", "/retrieval"}
    for method, path in routes:
        refused = client(method, path, content=b'{"question": "a"}', headers={"Content-Type": kind} if kind else {})
        assert refused.status_code == 415, (path, refused.text)
        assert (
            "send Content-Type: application/json" in refused.text and f"got the type {kind or 'none'}" in refused.text
        )
        if path in JSON_ROUTES:
            told(refused, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "got no body"),
        (b"{", "none at character 1"),
        (b'{"question": "a"', "none at character 16"),
        (b"[]", "got a list"),
        (b"null", "got null"),
        (b'"a"', "got a text"),
    ],
)
def test_what_a_body_is_in_place_of_a_json_object_is_told(client, content, named):
    refused = client("POST", "/v1/answer", content=content, headers={"Content-Type": "application/json"})
    problem = told(refused, 422, "invalid-request")
    assert named in problem.detail and problem.errors[0].pointer == "/"


def test_an_upload_of_another_type_is_told_which_to_send(client):
    refused = client("POST", "/v1/documents", content=b"{}", headers={"Content-Type": "application/json"})
    assert "send Content-Type: multipart/form-data" in told(refused, 415, "unsupported-media-type").detail


@pytest.mark.parametrize("kind", ["application/json", "APPLICATION/JSON; charset=utf-8", "application/problem+json"])
def test_json_is_read_whatever_more_its_type_says(client, kind):
    body = json.dumps({"query": "peat"}).encode()
    assert client("POST", "/v1/search", content=body, headers={"Content-Type": kind}).status_code == 200


def test_a_name_that_cannot_be_encoded_is_told_of_all_the_same(client):
    how = {"headers": {"content-type": "application/json"}}
    told(client("POST", "/v1/answer", content=b'{"question": "a", "\\ud800": 1}', **how), 422, "invalid-request")
    body = b'{"question": "carbon", "filters": {"doc_ids": ["\\ud800"]}}'
    told(client("POST", "/v1/answer", content=body, **how), 422, "invalid-request")


def test_unknown_routes_and_methods_are_problems_too(client):
    told(client.get("/v1/nothing"), 404, "not-found")
    refused = client.get("/v1/answer")
    told(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "POST"
    told(client.post("/v1/answer/", {"question": ZH}), 404, "not-found")


def test_a_document_that_is_not_there_and_one_named_too_briefly(client):
    told(client.post("/v1/search", {"query": "peat", "filters": {"doc_ids": ["0" * 64]}}), 404, "document-not-found")


@pytest.mark.parametrize("name", ["nowhere", "x" * 63])
def test_a_collection_that_is_not_there(client, name):
    for how in ({"headers": {"X-SinkQA-Collection": name}}, {"params": {"collection": name}}):
        told(client.post("/v1/answer", {"question": ZH}, **how), 404, "collection-not-found")


@pytest.mark.parametrize("name", ["../..", "/etc", ".hidden", "A", "x" * 64, "a/b", "a\\b"])
def test_a_name_that_is_no_collections_opens_nothing(client, name):
    told(client.post("/v1/answer", {"question": ZH}, params={"collection": name}), 422, "invalid-collection")


def test_without_a_library_nothing_is_ready_but_the_server_lives(tmp_path):
    client = Client(create_app(Settings(library=tmp_path / "none")))
    assert client.get("/healthz").json() == {"status": "ok"}
    told(client.get("/readyz"), 503, "library-not-found")
    told(client.post("/v1/answer", {"question": ZH}), 503, "library-not-found")


def test_openai_clients_get_the_errors_they_know(client):
    response = client.get("/v1/chat/nothing")
    assert response.status_code == 404 and response.headers["content-type"] == "application/json"
    assert response.json()["error"] == {
        "message": "no such route; see /openapi.json",
        "type": "invalid_request_error", "param": None, "code": "not-found",
    }  # fmt: skip


def test_the_cause_of_an_unforeseen_failure_stays_in_the_log(settings, caplog):
    app = create_app(settings)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a secret of ours")

    problem = told(Client(app).get("/broken"), 500, "internal-error")
    assert "secret" not in problem.detail
    assert any("a secret of ours" in str(record.exc_info) for record in caplog.records)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/documents", "GET, POST"),
        ("PUT", "/v1/documents/abcdef", "DELETE, GET, PATCH"),
        ("GET", "/v1/answer", "POST"),
        ("DELETE", "/v1/jobs", "GET"),
        ("PATCH", "/v1/jobs/x", "DELETE, GET"),
    ],
)
def test_a_method_that_is_not_taken_is_answered_with_all_that_are(client, method, path, allowed):
    refused = client(method, path)
    told(refused, 405, "method-not-allowed")
    assert refused.headers["Allow"] == allowed


@pytest.mark.parametrize(
    ("path", "body", "at"),
    [
        ("/v1/search", {"query": "peat", "k": True}, "k"),
        ("/v1/search", {"query": "peat", "k": "8"}, "k"),
        ("/v1/search", {"query": "peat", "filters": {"year_from": True}}, "year_from"),
        ("/v1/answer", {"question": "peat", "stream": 1}, "stream"),
        ("/retrieval", {"knowledge_id": "default", "query": "x", "retrieval_setting": {"score_threshold": True}}, None),
        ("/retrieval", {"knowledge_id": "default", "query": "x", "retrieval_setting": {"top_k": "5"}}, None),
        ("/v1/vector_stores/default/search", {"query": "x", "max_num_results": True}, None),
        ("/v1/vector_stores/default/search", {"query": "x", "ranking_options": {"score_threshold": "0.5"}}, None),
    ],
)
def test_true_is_no_number_and_a_number_no_switch(client, path, body, at):
    refused = client.post(path, body)
    assert refused.status_code in (400, 422), refused.text
    assert at is None or at in refused.json()["errors"][0]["pointer"]


def raw(address, request):
    """The answer to these very bytes."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        parts = iter(lambda: connection.recv(65536), b"")
        return b"".join(parts).decode()


def test_a_body_with_two_lengths_is_refused(address):
    chunks = b"4\r\nabcd\r\n0\r\n\r\n"
    head = b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = raw(address, head + chunks)
    assert answer.startswith("HTTP/1.1 400 ") and "got both" in answer and answer.count("HTTP/1.1") == 1


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.1\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", b"no such thing\r\n\r\n"]
)
def test_what_is_no_request_gets_a_problem_too(address, request_):
    answer = raw(address, request_)
    assert answer.startswith("HTTP/1.1 400 ") and "application/problem+json" in answer
    assert json.loads(answer.partition("\r\n\r\n")[2])["code"] == "bad-request"
    assert "X-Content-Type-Options: nosniff" in answer or "x-content-type-options: nosniff" in answer
