"""A server that is killed, stopped or swamped while many use it: what was promised is kept, and others are served."""

from __future__ import annotations

import hashlib
import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from sinkqa.service.engine import Engine
from tests.service.http.conftest import EN, ZH, serving

MIB = 2**20


def note(number) -> bytes:
    return f"Reserve number {number} holds {number} hectares of rewetted peat.\n".encode()


def jobs_done(client: httpx.Client) -> list[dict]:
    for _ in range(600):
        jobs = client.get("/v1/jobs").json()["jobs"]
        if all(job["state"] not in ("queued", "running") for job in jobs):
            return jobs
        time.sleep(0.1)
    pytest.fail("jobs did not end")


@pytest.mark.slow
def test_a_server_killed_under_load_loses_nothing_it_acknowledged(begin):
    settings = begin()
    acknowledged, leaving, deleted = set(), set(), set()

    def work(url, killed, number):
        """Uploads, asks and deletes until the server is gone; notes what was acknowledged, when it was."""
        mine = []
        with httpx.Client(base_url=url, timeout=30) as client, suppress(httpx.TransportError):
            while not killed.is_set():
                name = f"{number}-{len(acknowledged)}"  # a second upload of a name would replace the first
                content = note(name)
                if client.post("/v1/documents", files={"files": (f"{name}.txt", content)}).status_code == 202:
                    mine.append(hashlib.sha256(content).hexdigest())
                    acknowledged.add(mine[-1])
                assert client.post("/v1/answer", json={"question": EN}).status_code == 200
                leaving.add(mine[0])
                status = client.delete(f"/v1/documents/{mine[0]}").status_code
                assert status in (200, 404), "it is there, or has not landed yet"
                if status == 200:
                    deleted.add(mine.pop(0))
                else:
                    leaving.remove(mine[0])

    for turn in range(3):
        killed = threading.Event()
        with serving(settings) as served, ThreadPoolExecutor(6) as pool:
            working = [pool.submit(work, served.url, killed, f"{turn}{n}") for n in range(6)]
            for _ in range(600):
                if len(deleted) > turn:
                    break
                time.sleep(0.05)
            time.sleep(0.15 * turn)
            served.process.send_signal(signal.SIGKILL)
            served.process.wait(timeout=30)
            killed.set()
            for each in working:
                each.result(timeout=60)
    assert len(acknowledged) >= 10 and deleted

    with serving(settings) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        jobs = jobs_done(client)
        assert not [job for job in jobs if job["state"] != "done"]
        there = {each["doc_id"] for each in client.get("/v1/documents", params={"limit": 1000}).json()["documents"]}
        assert acknowledged - leaving <= there
        assert not deleted & there
        assert client.post("/v1/answer", json={"question": ZH}).json()["status"] == "answered"
    assert Engine.open(settings).doctor().problems == ()
    left = {path.name for path in (settings.library / "uploads").iterdir()}
    assert not left & {job["job_id"] for job in jobs}, "what has landed takes no room twice"


def test_a_server_stopped_under_load_answers_all_that_it_had_begun(settings):
    told: list[int] = []

    def ask(url):
        with suppress(httpx.TransportError):
            while True:
                told.append(httpx.post(f"{url}/v1/answer", json={"question": EN}, timeout=30).status_code)

    with serving(settings) as served, ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask, served.url) for _ in range(8)]
        while len(told) < 10:
            time.sleep(0.01)
        served.process.send_signal(signal.SIGTERM)
        for each in asking:
            each.result(timeout=60)
        assert served.process.wait(timeout=60) in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in served.log]
    logged = [line["status"] for line in lines if line.get("route") == "/v1/answer"]
    assert set(told) == set(logged) == {200}
    assert len(told) == len(logged), "every answer that was made has reached who asked"
    assert not [line for line in lines if line["level"] == "error"]


def test_a_gigabyte_sent_as_a_file_takes_nothing_from_others(begin, tmp_path):
    settings = begin()
    (tmp_path / "passing").mkdir()
    sent = []

    def form():
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="z.txt"\r\n\r\n'
        for _ in range(1024):
            sent.append(MIB)
            yield bytes(MIB)
        yield b"\r\n--b--\r\n"

    def upload(url):
        with suppress(httpx.TransportError):  # it was still sending when the server had closed
            kind = {"Content-Type": "multipart/form-data; boundary=b"}
            return httpx.post(f"{url}/v1/documents", content=form(), headers=kind, timeout=60).status_code
        return 413

    limits = {"SINKQA_UPLOAD_MAX_MB": "32", "TMPDIR": str(tmp_path / "passing")}
    with serving(settings, **limits) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        client.post("/v1/answer", json={"question": EN})
        server, slowest, most = psutil.Process(served.process.pid), 0.0, 0
        before = server.memory_info().rss
        with ThreadPoolExecutor(4) as pool:
            uploading = [pool.submit(upload, served.url) for _ in range(4)]
            while not all(each.done() for each in uploading):
                began = time.perf_counter()
                assert client.post("/v1/answer", json={"question": EN}).json()["status"] == "answered"
                slowest = max(slowest, time.perf_counter() - began)
                most = max(most, server.memory_info().rss - before)
            assert [each.result() for each in uploading] == [413] * 4
        assert sum(sent) < 4 * 128 * MIB and most < 128 * MIB, (sum(sent), most)
        assert slowest < 5
        assert client.get("/v1/jobs").json()["jobs"] == []
    assert not [*Path(tmp_path / "passing").iterdir()]


def test_a_connection_that_rests_a_while_can_be_used_again(settings):
    limits = httpx.Limits(keepalive_expiry=None)

    def port_of_mine() -> int:
        return client.get("/healthz").extensions["network_stream"].get_extra_info("client_addr")[1]

    with serving(settings) as served, httpx.Client(base_url=served.url, limits=limits, timeout=30) as client:
        first = port_of_mine()
        time.sleep(6)  # most clients let go after 5 s themselves
        assert port_of_mine() == first
