"""A request that is too large, too slow or too much is cut off, and harms no other: tried on a real server."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from sinkqa.service.budget import checkpoint
from sinkqa.service.errors import DeadlineExceeded
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.http.app import create_app
from sinkqa.service.http.guards.headers import DATA_POLICY, PAGE_POLICY
from tests.service.http.conftest import EN, Client, serving
from tests.service.http.guards.test_problems import told

PATIENCE_S = 1.0
MIB = 2**20


@pytest.fixture(scope="module")
def served(begin):
    """A server with little patience; uploads up to 8 MiB."""
    limits = {"SINKQA_CLIENT_TIMEOUT_S": str(PATIENCE_S), "SINKQA_UPLOAD_MAX_MB": "8", "SINKQA_BODY_MAX_MB": "0.5"}
    with serving(begin(), **limits) as running:
        yield running


@contextmanager
def connected(served):
    at = urlsplit(served.url)
    with socket.create_connection((at.hostname, at.port), timeout=20) as link:
        yield link


def seconds_until_closed(link):
    began = time.perf_counter()
    try:
        while link.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return time.perf_counter() - began


def head(path, *more, method="POST"):
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *more, "", "")).encode()


def answers(served):
    return httpx.post(f"{served.url}/v1/answer", json={"question": EN}, timeout=20).status_code == 200


@pytest.mark.parametrize("path", ["/v1/answer", "/v1/documents", "/v1/chat/completions"])
def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(served, path):
    with connected(served) as link:
        link.sendall(head(path, f"Content-Length: {2**30}", "Content-Type: application/json", "Expect: 100-continue"))
        answer = link.recv(65536)
        while b"}" not in answer:
            answer += link.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413") and b"body-too-large" in answer
        assert b"connection: close" in answer.lower()
        assert seconds_until_closed(link) < 5
    assert answers(served)


def gigabyte(counted):
    for _ in range(1024):
        counted.append(1)
        yield b"x" * MIB


@pytest.mark.parametrize("path", ["/v1/answer", "/v1/documents"])
def test_a_gigabyte_without_a_length_is_cut_off_early(served, path):
    server = psutil.Process(served.process.pid)
    before, sent = server.memory_info().rss, []
    kind = "multipart/form-data; boundary=b" if path == "/v1/documents" else "application/json"
    try:
        answer = httpx.post(served.url + path, content=gigabyte(sent), headers={"Content-Type": kind}, timeout=20)
    except httpx.TransportError:
        pass  # it was still sending when the server had closed
    else:
        assert answer.status_code in (400, 413)  # 400 where the upload is no form from its first bytes on
    assert len(sent) < 100
    assert server.memory_info().rss - before < 64 * MIB
    assert answers(served)


def test_others_are_answered_while_large_bodies_come(served):
    def push():
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        with suppress(httpx.TransportError):
            httpx.post(f"{served.url}/v1/documents", content=gigabyte([]), timeout=20, headers=kind)

    pushing = [threading.Thread(target=push) for _ in range(4)]
    for each in pushing:
        each.start()
    assert all(answers(served) for _ in range(5))
    for each in pushing:
        each.join()


def test_headers_that_come_byte_by_byte_are_not_waited_for(served):
    with connected(served) as silent, connected(served) as slow:
        began = time.perf_counter()
        for byte in head("/healthz", "X: " + "y" * 60, method="GET"):
            try:
                slow.sendall(bytes([byte]))
            except OSError:
                break
            time.sleep(PATIENCE_S / 20)
        else:
            pytest.fail("it waited for all of the headers")
        assert time.perf_counter() - began < 3 * PATIENCE_S
        assert seconds_until_closed(silent) < 1
    assert answers(served)


def test_many_dawdlers_keep_nobody_from_being_answered(served):
    links = []
    try:
        for number in range(150):
            links.append(connected(served))
            link = links[-1].__enter__()
            body = ("Content-Length: 1000", "Content-Type: application/json")
            link.sendall(head("/v1/answer", *body) + b"{" if number % 2 else b"POST /v1/answer HTTP/1.1\r\nHost:")
        assert answers(served)
    finally:
        for link in links:
            link.__exit__(None, None, None)


def test_a_body_that_comes_byte_by_byte_is_not_waited_for(served):
    with connected(served) as link:
        link.sendall(head("/v1/answer", "Content-Length: 500", "Content-Type: application/json"))
        began = time.perf_counter()
        answer = b""
        link.settimeout(PATIENCE_S / 20)
        while not answer and time.perf_counter() - began < 10 * PATIENCE_S:
            link.sendall(b" ")
            try:
                answer = link.recv(65536)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")
        assert time.perf_counter() - began < 3 * PATIENCE_S


def peers(served):
    """Ports of clients that the server has a connection with."""
    return {each.raddr.port for each in psutil.Process(served.process.pid).net_connections() if each.raddr}


def test_a_client_that_reads_nothing_is_let_go(served):
    with connected(served) as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.sendall(head("/openapi.json", method="GET") * 400)
        time.sleep(PATIENCE_S / 2)
        mine = link.getsockname()[1]
        assert mine in peers(served)
        time.sleep(3 * PATIENCE_S)
        assert mine not in peers(served)
    assert answers(served)


@pytest.mark.parametrize(
    "sent",
    [
        head("/v1/answer", "Content-Length: -1"),
        head("/v1/answer", "Content-Length: 1", "Content-Length: 2"),
        head("/v1/answer", "Content-Length: 99999999999999999999999999"),
        head("/v1/answer", "Content-Length: 3", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
        head("/v1/answer", "Transfer-Encoding: chunked") + b"FFFFFFFFFFFFFFFFF\r\n",
        head("/v1/answer", "Transfer-Encoding: gzip"),
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        head("/healthz", "X: " + "y" * 200_000, method="GET"),
        head("/" + "a" * 100_000, method="GET"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
    ],
)
def test_what_is_no_request_is_refused_and_the_server_lives(served, sent):
    with connected(served) as link:
        link.sendall(sent)
        answer = link.recv(65536)
        assert answer[:10] in (b"HTTP/1.1 4", b"HTTP/1.1 5") and not answer.startswith(b"HTTP/1.1 500")
    assert answers(served)


def test_no_traceback_and_no_word_of_requests_in_the_log(served):
    httpx.get(f"{served.url}/v1/models?key=hunter2", headers={"Authorization": "Bearer hunter2"})
    log = "".join(served.log)
    assert "Traceback" not in log and "hunter2" not in log and EN not in log


def test_off_loopback_without_a_key_it_says_that_one_is_needed(settings, tmp_path):
    library = shutil.copytree(settings.library, tmp_path / "library")
    with serving(replace(settings, library=library), "--host", "0.0.0.0") as running:
        at = running.url.replace("0.0.0.0", "127.0.0.1")
        assert httpx.post(f"{at}/v1/answer", json={"question": EN}).status_code == 401
        _, secret = keys_of(replace(settings, library=library)).create("new")
        asked = httpx.post(f"{at}/v1/answer", json={"question": EN}, headers={"X-Api-Key": secret}, timeout=20)
        assert asked.status_code == 200
    assert "sinkqa key create" in "".join(running.log) and secret[16:] not in "".join(running.log)


def slow_app(settings, **limits):
    """An application with routes that take their time."""
    app = create_app(replace(settings, **limits))

    @app.get("/slow")
    def slow() -> str:
        time.sleep(0.6)
        return "late"

    @app.post("/v1/documents")
    async def take(request: Request) -> int:
        return len(await request.body())

    @app.get("/leaves")
    async def leaves() -> str:
        await run_in_threadpool(time.sleep, 0.3)
        raise RuntimeError("after all")

    app.router.routes.insert(0, app.router.routes.pop(-2))  # before the real route of that path
    return app


def test_what_takes_too_long_is_given_up_with_a_problem(settings):
    client = Client(slow_app(settings, request_timeout_s=0.2))
    for path in ("/slow", "/leaves"):
        began = time.perf_counter()
        told(client.get(path), 503, "deadline-exceeded")
        assert time.perf_counter() - began < 2
    told(Client(slow_app(settings)).get("/leaves"), 500, "internal-error")


ASKED = {
    "/v1/answer": {"question": EN},
    "/v1/search": {"query": EN},
    "/v1/verify": {"text": EN},
    "/v1/verify/quote": {"quote": EN},
    "/v1/chat/completions": {"model": "sinkqa", "messages": [{"role": "user", "content": EN}]},
    "/v1/responses": {"model": "sinkqa", "input": EN},
    "/v1/vector_stores/default/search": {"query": EN},
    "/retrieval": {"knowledge_id": "default", "query": EN, "retrieval_setting": {"top_k": 2}},
}


@pytest.mark.parametrize("path", ASKED)
def test_a_question_that_takes_too_much_time_is_given_up_by_its_name(settings, path):
    client = Client(create_app(replace(settings, request_cpu_s=1e-9)))
    got = client.post(path, ASKED[path])
    assert got.status_code == 503 and int(got.headers["Retry-After"]) > 0
    assert "request_cpu_s" in got.text and ("deadline-exceeded" in got.text or path == "/retrieval")


def test_an_assistant_is_told_of_it_too(settings):
    call = {"name": "verify", "arguments": {"text": EN}}
    with serving(settings, SINKQA_REQUEST_CPU_S="1e-9") as running:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        accepts = {"Accept": "application/json, text/event-stream"}
        got = httpx.post(f"{running.url}/mcp", json=asked, headers=accepts, timeout=20).json()["result"]
    assert got["isError"] and "deadline-exceeded: " in got["content"][0]["text"]


def test_the_thread_of_a_request_that_is_given_up_ends(settings):
    app, ended = create_app(replace(settings, request_timeout_s=2.0)), threading.Event()

    @app.get("/burn")
    def burn() -> None:
        try:
            while True:
                checkpoint()
        except DeadlineExceeded:
            ended.set()
            raise

    told(Client(app).get("/burn"), 503, "deadline-exceeded")
    assert ended.wait(20)


def test_too_many_at_once_are_told_to_come_back_and_places_are_given_back(settings):
    app = slow_app(settings, request_limit=2)

    async def all_of(count, path="/slow"):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await asyncio.gather(*(client.get(path) for _ in range(count)), client.get("/healthz"))

    for path in ("/slow", "/leaves", "/slow"):
        *got, health = asyncio.run(all_of(5, path))
        refused = [each for each in got if each.status_code == 503]
        assert len(refused) == 3 and health.status_code == 200
        for each in refused:
            told(each, 503, "overloaded")
            assert each.headers["Retry-After"] == "1"


async def call(app, chunks, headers=(), path="/v1/documents"):
    """What the application sends for a body in these chunks, and how many of them it took."""
    sent, taken = [], 0

    async def receive():
        nonlocal taken
        if taken == len(chunks):
            return {"type": "http.disconnect"}
        taken += 1
        return {"type": "http.request", "body": chunks[taken - 1], "more_body": taken < len(chunks)}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"127.0.0.1"), *headers], "asgi": {"version": "3.0"},
    }  # fmt: skip
    await app(scope, receive, send)
    return sent, taken


CHUNKED = [(b"transfer-encoding", b"chunked")]


@pytest.mark.parametrize(("size", "status"), [(MIB, 200), (MIB + 1, 413), (30 * MIB, 413)])
def test_an_upload_is_counted_as_it_streams(settings, size, status):
    app = slow_app(settings, upload_max_mb=1)
    chunks = [b"x" * min(65536, size - at) for at in range(0, size, 65536)]
    sent, taken = asyncio.run(call(app, chunks, CHUNKED))
    assert [message["status"] for message in sent if message["type"] == "http.response.start"] == [status]
    assert taken == len(chunks) or taken < 300
    assert sent[-1].get("more_body", False) is False


def test_no_more_than_the_limit_is_read_where_nothing_lingers(settings):
    app = slow_app(settings, body_max_mb=0.5)
    sent, _ = asyncio.run(call(app, [b"x" * 65536] * 9, CHUNKED, path="/v1/answer"))
    assert sent[0]["status"] == 413


def test_a_wrong_key_is_told_before_the_body_is_read(begin):
    settings = begin({"peat.txt": "Peat keeps carbon in the ground for a very long time."})
    keys_of(settings).create("any")
    app = slow_app(settings, upload_max_mb=1)
    sent, _ = asyncio.run(call(app, [b"x"] * 3, CHUNKED))
    assert sent[0]["status"] == 401
    assert (b"connection", b"close") in sent[0]["headers"]


def test_every_response_has_the_security_headers(settings):
    app = slow_app(settings)
    client = Client(app)
    got = [
        client.get("/healthz"), client.get("/nothing"), client.get("/v1/nothing"), client.get("/leaves"),
        client.post("/v1/answer", {"question": EN}), client.post("/v1/answer", {"question": EN, "stream": True}),
        client.post("/v1/answer", {}), client.get("/healthz", headers={"Host": "evil.test"}),
        client("POST", "/v1/answer", content=b"x" * (2 * MIB)),
    ]  # fmt: skip
    assert [each.status_code for each in got] == [200, 404, 404, 500, 200, 200, 422, 421, 413]
    for each in got:
        policy = each.headers["Content-Security-Policy"]
        assert policy == (DATA_POLICY if each.request.url.path.startswith("/v1") else PAGE_POLICY)
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
        assert each.headers["X-Content-Type-Options"] == "nosniff"
        assert each.headers["Referrer-Policy"] == "no-referrer"
        assert each.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in each.headers["Permissions-Policy"]
        assert "server" not in each.headers and "strict-transport-security" not in each.headers
    assert got[4].headers["Cache-Control"] == "no-store"
