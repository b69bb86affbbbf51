"""Several real processes behind one address: they answer as one, whichever of them comes, goes or is killed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import signal
import socket
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import httpx
import psutil
import pytest
from mcp import Client

from sinkqa.service.engine import Engine
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.http.serving import processes as processes_module
from sinkqa.service.http.serving.processes import Processes
from tests.conftest import process
from tests.service.endpoint import Exchange, endpoint
from tests.service.http.conftest import EN, FILES, OUTSIDE, ZH, serving
from tests.service.http.uploading import ended, send

TOGETHER = "--processes", "2"


def workers(served):
    """The process of each worker by its number, the newest of each."""
    lines = [json.loads(line) for line in [*served.log] if line.startswith("{")]
    begun = [(line["worker"], re.search(r"Started server process \[(\d+)\]", line["message"])) for line in lines
             if "worker" in line]  # fmt: skip
    return {number: int(found[1]) for number, found in begun if found}


def lines_of(served, part):
    return [line for line in [*served.log] if part in line]


def until(holds, *, within_s=60):
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if got := holds():
            return got
        time.sleep(0.05)
    return pytest.fail("it did not come to that")


@pytest.fixture(scope="module")
def together(settings):
    """Two processes over the library of all files. Only to be read."""
    with serving(settings, *TOGETHER) as served:
        yield served


def test_many_who_ask_at_once_get_the_engines_answers_from_every_process(together, settings):
    engine = Engine.open(settings)
    expected = {question: engine.ask(question).answer for question in (ZH, EN, OUTSIDE)}
    number = iter(range(1000))

    def ask(question):
        with httpx.Client(base_url=together.url, timeout=60) as client:
            headers = {"X-Request-Id": f"many-{next(number)}"}
            return question, client.post("/v1/answer", json={"question": question}, headers=headers).json()["answer"]

    with ThreadPoolExecutor(8) as pool:
        got = [*pool.map(ask, [*expected] * 8)]
    assert all(expected[question] == answer for question, answer in got)
    lines = until(lambda: len(lines_of(together, '"many-')) == len(got) and lines_of(together, '"many-'))
    by = Counter(json.loads(line)["worker"] for line in lines)
    assert sorted(by) == [0, 1] and min(by.values()) >= 4, by


def test_connections_that_stay_are_spread_evenly(together):
    with ExitStack() as stack:
        for at in range(8):
            client = stack.enter_context(httpx.Client(base_url=together.url, timeout=60))
            client.get("/healthz", headers={"X-Request-Id": f"even-{at}"})
        lines = until(lambda: len(lines_of(together, '"even-')) == 8 and lines_of(together, '"even-'))
    by = Counter(json.loads(line)["worker"] for line in lines)
    assert by == {0: 4, 1: 4}


def numbers(url, **headers):
    told = httpx.get(f"{url}/metrics", timeout=60, headers=headers).text
    return {name: float(value) for name, value in re.findall(r"^(\S+) (\S+)$", told, re.MULTILINE)}


def test_every_process_tells_the_numbers_of_all_of_them(together):
    asked = 'sinkqa_requests_total{method="POST",route="/v1/search",status="200"}'
    counted = 'sinkqa_request_seconds_count{route="/v1/search"}'
    before = numbers(together.url).get(asked, 0.0)
    for _ in range(6):
        assert httpx.post(f"{together.url}/v1/search", json={"query": "peat"}, timeout=60).status_code == 200
    until(lambda: numbers(together.url)[asked] == before + 6)  # what was answered is counted a moment later
    for _ in range(2):
        told = numbers(together.url)
        assert told[asked] == told[counted] == before + 6
        assert told['sinkqa_library_documents{collection="default"}'] == len(FILES)
    pids = [together.process.pid, *workers(together).values()]
    assert told["process_resident_memory_bytes"] == pytest.approx(
        sum(psutil.Process(pid).memory_info().rss for pid in pids), rel=0.1
    )


def test_assistants_speak_with_whichever_process_answers(together):
    async def speak():
        async with asyncio.timeout(60), Client(f"{together.url}/mcp") as client:
            return [(await client.call_tool("search", {"query": "peat"})).structured_content for _ in range(4)]

    first, *rest = asyncio.run(speak())
    assert first["results"] and all(each["results"] == first["results"] for each in rest)


def test_openais_routes_keep_nothing_in_a_process(together):
    body = {"model": "sinkqa", "messages": [{"role": "user", "content": EN}]}
    told = [httpx.post(f"{together.url}/v1/chat/completions", json=body, timeout=60).json() for _ in range(2)]
    assert told[0]["choices"] == told[1]["choices"]


def test_a_rate_is_the_same_however_many_processes_count(begin):
    settings = begin()
    secret = keys_of(settings).create("one", scope="read")[1]
    with serving(settings, *TOGETHER, SINKQA_RATE_LIMIT="5") as served:
        got = [
            httpx.get(f"{served.url}/v1/models", headers={"X-Api-Key": secret}, timeout=60).status_code
            for _ in range(9)
        ]
        assert sorted(got) == [200] * 5 + [429] * 4
        wrong = [
            httpx.get(f"{served.url}/v1/models", headers={"X-Api-Key": f"wrong{n}"}, timeout=60).status_code
            for n in range(30)
        ]
    assert Counter(wrong) == {401: 20, 429: 10}


def test_what_any_process_is_sent_is_taken_in_by_one_and_found_by_all(begin):
    settings = begin()
    with serving(settings, *TOGETHER) as served:
        one, other = (httpx.Client(base_url=served.url, timeout=60) for _ in range(2))
        with one, other:
            for number, client in enumerate((one, other)):
                job = ended(client, send(client, (f"n{number}.txt", f"The Fen number {number} holds peat.".encode())))
                assert [file["state"] for file in job["files"]] == ["added"]
                for each in (one, other):
                    hits = each.post("/v1/search", json={"query": f"Fen number {number}"}).json()["hits"]
                    assert f"number {number}" in hits[0]["text"]
            for name in ("first", "second"):  # begun beside the server, deleted, and begun anew: never mistaken
                elsewhere = Collections(settings)
                elsewhere.create("new")
                for client in (one, other):
                    assert client.get("/v1/documents", params={"collection": "new"}).json()["documents"] == []
                sent = send_to(other, "new", f"{name}.txt", f"The {name} moor.".encode())
                assert [file["state"] for file in ended(InCollection(one, "new"), sent)["files"]] == ["added"]
                for client in (one, other):
                    listed = client.get("/v1/documents", params={"collection": "new"}).json()["documents"]
                    assert len(listed) == 1 and name in client.get(
                        f"/v1/documents/{listed[0]['doc_id']}/text", params={"collection": "new"}
                    ).json()["text"]  # fmt: skip
                elsewhere.remove("new")
                for client in (one, other):
                    assert client.get("/v1/documents", params={"collection": "new"}).status_code == 404
    lines = [json.loads(line) for line in served.log]
    assert not [line for line in lines if line["level"] == "error"]


class InCollection:
    """A client that always means one collection."""

    def __init__(self, client, name):
        self._client, self._params = client, {"collection": name}

    def get(self, path):
        return self._client.get(path, params=self._params)


def send_to(client, collection, name, content):
    return client.post("/v1/documents", params={"collection": collection}, files={"files": (name, content)})


def test_workers_that_are_killed_lose_nothing_acknowledged_and_are_replaced(begin):
    settings = begin()
    acknowledged = []
    over = threading.Event()

    def upload(url, number):
        turn = 0
        while not over.is_set():
            content = f"Note {number}-{turn} on peat, {'mire ' * 50}.".encode()
            with suppress(httpx.TransportError):  # its worker was killed: it may come again
                sent = httpx.post(f"{url}/v1/documents", files={"files": (f"{number}-{turn}.txt", content)}, timeout=60)
                assert sent.status_code == 202, sent.text
                acknowledged.append(hashlib.sha256(content).hexdigest())
            turn += 1

    with serving(settings, *TOGETHER) as served, ThreadPoolExecutor(3) as pool:
        uploading = [pool.submit(upload, served.url, number) for number in range(3)]
        try:
            for turn, number in enumerate((0, 1, 0), 1):
                enough = len(acknowledged) + 4
                until(lambda: len(acknowledged) > enough)  # noqa: B023  # asked at once
                killed = workers(served)[number]
                os.kill(killed, signal.SIGKILL)
                until(lambda: workers(served)[number] != killed)  # noqa: B023
                assert len(lines_of(served, "was ended by SIGKILL")) == turn
        finally:
            over.set()
        for each in uploading:
            each.result(timeout=60)
        with httpx.Client(base_url=served.url, timeout=60) as client:
            until(lambda: all(job["state"] == "done" for job in client.get("/v1/jobs").json()["jobs"]))
            listed = client.get("/v1/documents", params={"limit": 1000}).json()["documents"]
        told = numbers(served.url)
    assert set(acknowledged) <= {each["doc_id"] for each in listed}
    counted = told['sinkqa_requests_total{method="POST",route="/v1/documents",status="202"}']
    assert counted >= len(acknowledged) - 3, "but for what was answered when its worker was killed"
    assert Engine.open(settings).doctor().problems == ()
    assert "worker 0 (process" in lines_of(served, "was ended by SIGKILL")[0]


@pytest.mark.parametrize("how", ["all at once", "one by one"])
def test_a_restart_refuses_nobody(settings, how):
    over = threading.Event()

    def ask(url, keeps):
        told = Counter()
        client = httpx.Client(base_url=url, timeout=60)
        while not over.is_set():
            told[client.post("/v1/search", json={"query": "peat"}).status_code] += 1
            if not keeps:
                client.close()
                client = httpx.Client(base_url=url, timeout=60)
        client.close()
        return told

    with serving(settings, *TOGETHER) as served, ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(ask, served.url, number % 2) for number in range(6)]
        try:
            before = workers(served)
            if how == "all at once":
                served.process.send_signal(signal.SIGHUP)
                until(lambda: lines_of(served, "restarted: every worker was replaced"))
            else:
                os.kill(before[1], signal.SIGTERM)  # an operator's, or the system's: it is replaced
                until(lambda: workers(served)[1] != before[1])
                until(lambda: not psutil.pid_exists(before[1]))
            time.sleep(1)
        finally:
            over.set()
        told = sum((each.result(timeout=60) for each in asking), Counter())
        after = workers(served)
    assert set(told) == {200} and told[200] > 20
    assert {number for number in before if before[number] != after[number]} == ({0, 1} if how == "all at once" else {1})
    lines = [json.loads(line) for line in served.log]
    assert not [line for line in lines if line["level"] == "error"]
    answered = [line for line in lines if line.get("route") == "/v1/search"]
    assert len(answered) == told[200], "every answer that was made has reached who asked"


def test_what_runs_is_finished_when_all_are_told_to_stop(settings):
    asked, released = threading.Semaphore(0), threading.Event()

    def slow(exchange: Exchange) -> None:
        asked.release()
        released.wait(20)
        exchange.begin()
        exchange.piece("Nothing of use.")
        exchange.end()

    model = {"SINKQA_LLM_MODEL": "m", "SINKQA_LLM_RETRIES": "0"}
    with endpoint() as scripted, ThreadPoolExecutor() as pool:
        scripted.says(slow)
        with serving(settings, *TOGETHER, SINKQA_LLM_URL=scripted.url, **model) as served:
            host, port = served.url.removeprefix("http://").split(":")
            body = {"question": ZH, "generate": True}
            waiting = [
                pool.submit(httpx.post, f"{served.url}/v1/answer", json=body | {"stream": stream}, timeout=60)
                for stream in (False, True)
            ]
            try:
                assert asked.acquire(timeout=20) and asked.acquire(timeout=20)
                with socket.create_connection((host, int(port)), timeout=20) as late:  # has not asked yet
                    served.process.send_signal(signal.SIGTERM)
                    with pytest.raises(httpx.TransportError):
                        for _ in range(200):
                            httpx.get(f"{served.url}/healthz", timeout=1)
                    late.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    told = late.recv(4096)
                assert told.startswith(b"HTTP/1.1 200") and b"connection: close" in told.lower()
                assert served.process.poll() is None, "it waits for those who wait"
            finally:
                released.set()
            whole, streamed = (each.result(timeout=60) for each in waiting)
            assert whole.status_code == 200 and whole.json()["segments"]
            assert streamed.status_code == 200 and "event: done" in streamed.text
            assert served.process.wait(timeout=60) == 0
            assert not [pid for pid in workers(served).values() if psutil.pid_exists(pid)]
    assert not [line for line in map(json.loads, served.log) if line["level"] == "error"]


def test_ctrl_c_ends_all_of_them_without_a_trace(settings):
    with serving(settings, *TOGETHER) as served:
        pids = [served.process.pid, *workers(served).values()]
        for pid in pids:  # as a terminal does it
            os.kill(pid, signal.SIGINT)
        assert served.process.wait(timeout=60) == 0
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    lines = [json.loads(line) for line in served.log]
    assert not [line for line in lines if line["level"] == "error"] and "Traceback" not in "".join(served.log)


def test_workers_leave_when_whoever_listens_is_killed(settings):
    with serving(settings, *TOGETHER) as served:
        pids = [*workers(served).values()]
        served.process.send_signal(signal.SIGKILL)
        served.process.wait(timeout=60)
        until(lambda: not [pid for pid in pids if psutil.pid_exists(pid)])


def test_what_keeps_them_from_beginning_is_said_in_one_line(settings, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        there = process("serve", "-l", settings.library, *TOGETHER, "--port", str(taken.getsockname()[1]))
    assert there.status == 1 and "cannot listen at 127.0.0.1" in there.err and "name others" in there.err
    broken = tmp_path / "library"
    broken.mkdir()
    (broken / "library.sqlite").write_bytes(b"this is no database, whatever it is called " * 100)
    damaged = process("serve", "-l", broken, *TOGETHER, "--port", "0")
    assert damaged.status == 1 and "damaged" in damaged.err and "no worker can begin" in damaged.err
    assert "Traceback" not in there.err + damaged.err


def test_where_connections_cannot_be_handed_over_one_process_serves(sinkqa, settings, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    refused = sinkqa("serve", "-l", settings.library, *TOGETHER)
    assert refused.status == 1 and "setting processes: expected 1 on Windows" in refused.err


def test_a_worker_that_ends_again_and_again_is_given_more_and_more_time(monkeypatch, caplog):
    paused = []

    class Loop:
        def call_later(self, pause_s, *_):
            paused.append(pause_s)

    monkeypatch.setattr(processes_module.asyncio, "get_running_loop", Loop)
    kept = Processes(lambda _: pytest.fail("not now"), [], 2, None)
    kept._is_listening = True
    worker = processes_module._WorkerProcess(1, type("Ended", (), {"pid": 7}), None)
    for _ in range(9):
        kept._replace(worker, -9)
    assert paused == [0, 0.5, 1, 2, 4, 8, 16, 30, 30]
    assert "worker 1 (process 7) was ended by SIGKILL" in caplog.text
    worker.is_ready, worker.began = True, time.monotonic() - 60
    kept._replace(worker, 1)
    assert paused[-1] == 0 and "ended with status 1 after 60 s; another begins in 0 s" in caplog.text


def test_a_collection_that_another_process_deletes_or_begins_anew_is_not_answered_from_memory(begin):
    settings = begin()
    ours, theirs = Collections(settings), Collections(settings)
    theirs.create("peat")
    first = ours.engine("peat")
    assert ours.opened("peat") is first
    theirs.remove("peat")
    assert ours.opened("peat") is None
    theirs.create("peat")
    assert ours.engine("peat") is not first
