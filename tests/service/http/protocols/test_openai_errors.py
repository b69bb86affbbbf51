"""Whatever goes wrong on OpenAI's routes, its own client raises the exception that it has for it, with our code."""

from __future__ import annotations

from contextlib import contextmanager

import openai
import pytest

from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import keys_of
from tests.service.http.conftest import EN, serving

ROUTES = {
    ("GET", "/models"): None,
    ("GET", "/models/sinkqa"): None,
    ("POST", "/chat/completions"): {"model": "sinkqa", "messages": [{"role": "user", "content": EN}]},
    ("POST", "/responses"): {"model": "sinkqa", "input": EN},
    ("POST", "/embeddings"): {"model": "sinkqa", "input": EN},
    ("POST", "/vector_stores/default/search"): {"query": EN},
}
POSTS = [path for method, path in ROUTES if method == "POST"]
every_route = pytest.mark.parametrize(("method", "path"), ROUTES)
every_post = pytest.mark.parametrize("path", POSTS)


@contextmanager
def speaking(url, key="none"):
    with openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0) as client:

        def ask(method, path, body=None, **headers):
            how = {"cast_to": object, "options": {"headers": headers}}
            return client.get(path, **how) if method == "GET" else client.post(path, body=body, **how)

        yield ask


@pytest.fixture(scope="module")
def ask(address):
    with speaking(address) as ask:
        yield ask


@pytest.fixture(scope="module")
def guarded(begin):
    """A server with keys that answers three requests a minute to each, and the keys."""
    settings = begin()
    keys = keys_of(settings)
    made = {"good": keys.create("good")[1], "elsewhere": keys.create("elsewhere", collections=["moss"])[1]}
    made["busy"] = keys.create("busy")[1]
    with serving(settings, SINKQA_RATE_LIMIT="30") as served:
        yield served.url, made


def told(raised, status, kind, code):
    """What a program reads of an error, after a look at its shape."""
    error = raised.value
    assert error.status_code == status and error.response.headers["content-type"] == "application/json"
    assert set(error.response.json()) == {"error"} and set(error.body) == {"message", "type", "param", "code"}
    assert (error.type, error.code) == (kind, code), error.body
    assert error.body["message"]
    return error.body


@every_post
def test_a_body_that_does_not_fit_is_a_bad_request(ask, path):
    for body in ({}, {"model": 7, "query": 7}, [], "x"):
        with pytest.raises(openai.BadRequestError) as raised:
            ask("POST", path, body)
        told(raised, 400, "invalid_request_error", "invalid-request")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "invalid-request"),
        (b"", "invalid-request"),
        (b"\xff\xfe", "invalid-request"),
        (b'{"input": "\xe4"}', "bad-request"),
    ],
)
@every_post
def test_a_body_that_is_no_json_is_a_bad_request(address, path, content, code):
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        with pytest.raises(openai.BadRequestError) as raised:
            client.post(
                path, content=content, cast_to=object, options={"headers": {"Content-Type": "application/json"}}
            )
        said = told(raised, 400, "invalid_request_error", code)
        assert "expected JSON" in said["message"] and said["param"] is None


@every_post
def test_a_body_of_another_type_is_an_error_with_a_status(ask, path):
    with pytest.raises(openai.APIStatusError) as raised:
        ask("POST", path, {"input": EN}, **{"Content-Type": "text/plain"})
    assert (
        "send Content-Type: application/json"
        in told(raised, 415, "invalid_request_error", "unsupported-media-type")["message"]
    )


@every_post
def test_a_body_that_is_too_large_is_an_error_with_a_status(ask, path):
    with pytest.raises(openai.APIStatusError) as raised:
        ask("POST", path, {"input": "x" * 2**21})
    told(raised, 413, "invalid_request_error", "body-too-large")


@every_route
def test_a_key_that_is_wrong_is_an_authentication_error(guarded, method, path):
    url, _ = guarded
    with speaking(url, "sk-wrong") as ask, pytest.raises(openai.AuthenticationError) as raised:
        ask(method, path, ROUTES[method, path])
    told(raised, 401, "authentication_error", "unauthorized")


@pytest.mark.parametrize(("method", "path"), [each for each in ROUTES if each != ("GET", "/models")])
def test_a_key_for_other_collections_is_denied_permission(guarded, method, path):
    url, keys = guarded
    with speaking(url, keys["elsewhere"]) as ask, pytest.raises(openai.PermissionDeniedError) as raised:
        ask(method, path, ROUTES[method, path])
    told(raised, 403, "permission_error", "forbidden")


@every_route
def test_a_page_of_another_site_is_denied_permission(ask, method, path):
    if method == "GET":
        assert ask(method, path, Origin="http://elsewhere.test")  # harmless: browsers keep the answer from it
        return
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(method, path, ROUTES[method, path], Origin="http://elsewhere.test")
    told(raised, 403, "permission_error", "forbidden")


@pytest.mark.parametrize("path", [*POSTS, "/models"])
def test_a_slash_too_many_is_not_found(ask, path):
    with pytest.raises(openai.NotFoundError) as raised:
        ask("POST" if path in POSTS else "GET", f"{path}/", ROUTES.get(("POST", path)))
    told(raised, 404, "invalid_request_error", "not-found" if path in POSTS else "model-not-found")


@pytest.mark.parametrize(
    "path", ["/chat", "/responses/resp_1", "/embeddings/x", "/vector_stores", "/vector_stores/x/y"]
)
def test_a_route_that_is_not_there_is_not_found(ask, path):
    with pytest.raises(openai.NotFoundError) as raised:
        ask("GET", path)
    told(raised, 404, "invalid_request_error", "not-found")


@every_route
def test_the_wrong_method_is_an_error_with_a_status(ask, method, path):
    with pytest.raises(openai.APIStatusError) as raised:
        ask("GET" if method == "POST" else "POST", path, {})
    told(raised, 405, "invalid_request_error", "method-not-allowed")
    assert raised.value.response.headers["allow"] == method


@pytest.mark.parametrize(("path", "body"), [(p, b) for (_, p), b in ROUTES.items() if b and "model" in b])
def test_a_model_that_is_not_there_is_not_found(ask, path, body):
    with pytest.raises(openai.NotFoundError) as raised:
        ask("POST", path, body | {"model": "gpt-4o"})
    assert "sinkqa/default" in told(raised, 404, "invalid_request_error", "model-not-found")["message"]


def test_too_many_requests_are_a_rate_limit_error_that_says_when_to_come_back(guarded):
    url, keys = guarded
    with speaking(url, keys["busy"]) as ask:
        for _ in range(30):
            ask("GET", "/models")
        for (method, path), body in ROUTES.items():
            with pytest.raises(openai.RateLimitError) as raised:
                ask(method, path, body)
            told(raised, 429, "rate_limit_error", "rate-limited")
            assert int(raised.value.response.headers["retry-after"]) >= 1


def test_a_library_that_cannot_be_read_is_a_server_error(begin):
    settings = begin()
    Collections(settings).create("moss")
    with serving(settings) as served, speaking(served.url) as ask:
        for file in Collections(settings).settings("moss").library.glob("*.sqlite*"):
            file.write_bytes(b"no database")
        for (method, path), body in ROUTES.items():
            if path == "/models":
                continue
            with pytest.raises(openai.InternalServerError) as raised:
                ask(method, path.replace("default", "moss"), body, **{"X-SinkQA-Collection": "moss"})
            told(raised, 503, "server_error", "library-damaged")


def test_keys_that_cannot_be_read_are_a_server_error(begin):
    settings = begin()
    keys_of(settings).create("any")
    with serving(settings) as served, speaking(served.url, "any") as ask:
        keys_of(settings).path.write_text("{", encoding="utf-8")
        for (method, path), body in ROUTES.items():
            with pytest.raises(openai.InternalServerError) as raised:
                ask(method, path, body)
            told(raised, 503, "server_error", "keys-unreadable")
