"""Uploads become jobs: on disk before they are acknowledged, each file told of, and nothing lost by a crash."""

from __future__ import annotations

import hashlib
import io
import os
import resource
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.errors import LibraryDamaged
from sinkqa.service.engine import Engine
from sinkqa.service.errors import JobNotFound
from sinkqa.service.hosting.job_store import JobFile, Ledger
from sinkqa.service.hosting.jobs import Jobs, display_name, readers_beside
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.http.app import create_app
from tests.articles import single_column
from tests.hostile import HOSTILE, pdf, slow, word
from tests.service.http.conftest import Client, serving
from tests.service.http.uploading import added, ended, send

NOTE = "# Heather\n\nHeather moors burn every ninth year. {}\n"


def note(words=""):
    return NOTE.format(words).encode()


@pytest.fixture(scope="module")
def client(begin):
    app = create_app(begin())
    yield Client(app)
    app.state.jobs.close()


@pytest.fixture
def queue(begin):
    """Jobs whose worker is at rest, so that what is queued stays as it is."""
    settings = begin({"a.txt": "Nothing much."})
    jobs = Jobs(Engine.open(settings), readers_beside(settings))
    jobs.close()
    yield jobs
    jobs.close()


def test_files_of_every_kind_land_and_are_found(client):
    files = {
        "lake.pdf": single_column("zh"),
        "reeds.docx": word(),
        "heath.html": b"<html><body><h1>Heaths</h1><p>Heaths are grazed by sheep in winter.</p></body></html>",
        "moor.md": note(),
    }
    response = send(client, *files.items())
    assert response.json()["n_files"] == 4 and response.json()["state"] in ("queued", "running")
    job = ended(client, response)
    assert (job["state"], job["n_done"]) == ("done", 4)
    for file in job["files"]:
        assert file["state"] == "added" and file["n_passages"] > 0
        assert file["doc_id"] == file["sha256"] == hashlib.sha256(files[file["name"]]).hexdigest()
    hits = client.post("/v1/search", {"query": "How often do heather moors burn?"}).json()["hits"]
    assert hits[0]["doc_id"] == job["files"][3]["doc_id"]
    assert job["job_id"] in [each["job_id"] for each in client.get("/v1/jobs").json()["jobs"]]


def test_a_file_that_fails_is_named_and_the_others_land(client):
    names = ["broken.pdf", "locked.pdf", "picture.md", "program.bin", "empty.txt", "truncated.pdf", "half.json"]
    files = [(name, HOSTILE[name][0]()) for name in names]
    job = ended(client, send(client, *files, ("good.md", note("Sound."))))
    assert job["state"] == "done"
    *failed, good = job["files"]
    assert [(file["name"], file["code"]) for file in failed] == [(name, HOSTILE[name][1]) for name in names]
    assert all(file["name"] in file["message"] and "uploads" not in file["message"] for file in failed)
    assert (good["state"], good["code"]) == ("added", None)


def test_what_a_file_holds_decides_and_not_what_it_is_called(client):
    job = ended(client, send(client, ("plain.txt", pdf(pages=2)), ("page.pdf", note("Not a PDF."))))
    odd, wrong = job["files"]
    assert client.get(f"/v1/documents/{odd['doc_id']}").json()["type"] == "pdf"
    assert "named .txt but holds pdf" in odd["warnings"][0]
    assert wrong["state"] == "added" or wrong["code"] == "unreadable-document"


def test_the_same_file_sent_by_many_at_once_is_one_document(client):
    content = note("Sent by many.")
    with ThreadPoolExecutor(8) as pool:
        jobs = [*pool.map(lambda n: ended(client, send(client, (f"{n}.md", content), ("b.md", content))), range(8))]
    states = [file["state"] for job in jobs for file in job["files"]]
    assert sorted(states) == ["added"] + ["unchanged"] * 15
    assert len({file["doc_id"] for job in jobs for file in job["files"]}) == 1


def listed(client, name):
    """The ids of the documents that go by a name."""
    documents = client.get("/v1/documents?limit=1000").json()["documents"]
    return {document["doc_id"] for document in documents if document["name"] == name}


def test_a_second_upload_of_a_name_replaces_the_first(client):
    text = "# 牧场办法\n\n违反本办法放牧的，处{}罚款。\n"
    old, new = text.format("三万元").encode(), text.format("七万元").encode()
    first = added(client, "fine.md", old)
    (file,) = ended(client, send(client, ("a/folder/fine.md", new)))["files"]
    assert (file["state"], file["replaced"]) == ("added", first)
    assert listed(client, "fine.md") == {file["doc_id"]}
    answer = client.post("/v1/answer", {"question": "违反牧场办法放牧的，罚款多少？"}).json()
    assert "七万元" in answer["answer"] and "三万元" not in str(answer)
    (again,) = ended(client, send(client, ("fine.md", new)))["files"]
    assert (again["state"], again["replaced"]) == ("unchanged", None)
    assert client.get(f"/v1/documents/{first}").status_code == 404
    client.post(f"/v1/documents/{first}/restore")  # who meant another document can have it back
    assert listed(client, "fine.md") == {first, file["doc_id"]}


def test_a_version_that_was_deleted_stays_so_when_its_name_comes_again(client):
    first = added(client, "gone.md", note("Gone."))
    client("DELETE", f"/v1/documents/{first}")
    (file,) = ended(client, send(client, ("gone.md", note("Here."))))["files"]
    assert file["replaced"] is None and listed(client, "gone.md") == {file["doc_id"]}


def test_bytes_that_go_by_two_names_stay_while_one_of_them_has_them(client):
    shared = added(client, "left.md", note("Shared."))
    assert added(client, "right.md", note("Shared.")) == shared
    (file,) = ended(client, send(client, ("left.md", note("Own."))))["files"]
    assert file["replaced"] is None and client.get(f"/v1/documents/{shared}").status_code == 200
    (file,) = ended(client, send(client, ("right.md", note("Own."))))["files"]
    assert (file["state"], file["replaced"]) == ("unchanged", shared)


def test_of_two_versions_sent_at_once_the_later_stays(client):
    early = send(client, ("race.md", b"# Race\n\n" + b"Hares outrun hounds. " * 4000))
    late = send(client, ("race.md", note("Late.")))
    first, second = (ended(client, response)["files"][0] for response in (early, late))
    assert second["replaced"] == first["doc_id"] and listed(client, "race.md") == {second["doc_id"]}
    with ThreadPoolExecutor(4) as pool:
        [*pool.map(lambda n: ended(client, send(client, ("race.md", note(f"Run {n}.")))), range(4))]
    assert len(listed(client, "race.md")) == 1


def test_files_of_one_name_in_one_upload_stand_side_by_side(client):
    pairs = [[(f"{folder}/same.md", note(f"{words}.")) for folder, words in zip("ab", pair, strict=True)]
             for pair in (("One", "Two"), ("Three", "Two"))]  # fmt: skip
    first, second = (ended(client, send(client, *pair))["files"] for pair in pairs)
    assert [file["replaced"] for file in second] == [first[0]["doc_id"], None]
    assert listed(client, "same.md") == {file["doc_id"] for file in second}
    assert len(listed(client, "same.md")) == 2


def test_a_ledger_of_the_format_before_is_read_and_written_on(queue):
    queue.submit([("a.md", io.BytesIO(note("Old.")))])
    with closing(sqlite3.connect(queue.engine.folder / "jobs.sqlite")) as ledger:
        ledger.executescript("ALTER TABLE files DROP COLUMN replaced; PRAGMA user_version = 1")
    assert queue.jobs()[0].files[0].replaced is None
    assert len(queue.submit([("b.md", io.BytesIO(note("New.")))]).files) == 1 and len(queue.jobs()) == 2


def test_names_are_shown_and_never_opened(client, tmp_path):
    aim = tmp_path / "aim.md"
    names = [
        f"../../../../../{aim}",
        str(aim),
        r"..\..\aim.md",
        "aim.md\0.exe",
        ".",
        "..",
        "",
        "~/aim.md",
        "\u202egpj.md",
    ]
    job = ended(client, send(client, *[(name, note(repr(name))) for name in names if name]))
    assert not aim.exists()
    assert {file["state"] for file in job["files"]} <= {"added", "failed"}
    for file in job["files"]:
        assert "/" not in file["name"] and "\\" not in file["name"] and file["name"].isprintable()


@given(st.text(max_size=400))
def test_a_shown_name_is_one_short_line_without_a_path(given_name):
    name = display_name(given_name)
    assert 0 < len(name) <= 220
    assert not set(name) & set("/\\\n\r\0") and not name.startswith(".")
    assert display_name(name) == name


def test_an_upload_without_files_or_with_too_many_is_refused(client):
    for files in ([], [("files", (f"{n}.md", b"x")) for n in range(101)]):
        response = client.post("/v1/documents", files=files or {"other": ("a.md", b"x")})
        assert response.status_code == 422 and response.json()["code"] in ("invalid-request", "invalid-upload")
    for method, path in (("GET", "/v1/jobs/none"), ("DELETE", "/v1/jobs/none")):
        assert client(method, path).json()["code"] == "job-not-found"


def test_a_job_that_is_cancelled_ends_at_once_and_the_next_begins(client):
    response = send(client, ("early.md", note("Early.")), ("slow.pdf", slow()))
    while client.get(response.headers["location"]).json()["state"] != "running":
        time.sleep(0.02)
    time.sleep(0.5)
    began = time.monotonic()
    job = client("DELETE", response.headers["location"]).json()
    assert job["state"] == "cancelled"
    assert job["files"][1]["state"] == "cancelled"
    assert added(client, "after.md", note("After."))
    assert time.monotonic() - began < 8
    again = client("DELETE", response.headers["location"]).json()
    assert again["state"] == "cancelled" and again["finished_at"] == job["finished_at"]


def test_what_is_acknowledged_survives_kill_9_and_is_taken_in_by_the_next_server(begin):
    settings = begin()
    files = [("slow.pdf", slow()), *((f"{n}.md", note(f"Number {n}.")) for n in range(6))]
    with serving(settings) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        first = send(client, *files)
        second = send(client, ("later.md", note("Later.")))
        assert (first.status_code, second.status_code) == (202, 202)
        while client.get(first.headers["location"]).json()["state"] != "running":
            time.sleep(0.01)
        parent = psutil.Process(served.process.pid)
        while not any(busy(child) for child in parent.children(recursive=True)):
            time.sleep(0.02)
        children = parent.children(recursive=True)
        served.process.send_signal(signal.SIGKILL)
        served.process.wait()
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive, "readers end with their server"
    quick = pdf(pages=3)  # what is on disk is read anew; a shorter file keeps this test short
    (settings.library / "uploads" / first.json()["job_id"] / "0").write_bytes(quick)
    with serving(settings) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        jobs = [ended(client, response) for response in (first, second)]
        assert [job["state"] for job in jobs] == ["done", "done"]
        assert {file["state"] for job in jobs for file in job["files"]} <= {"added", "unchanged"}
        for n in range(6):
            hits = client.post("/v1/search", json={"query": f"Number {n}"}).json()["hits"]
            assert any(f"Number {n}." in hit["text"] for hit in hits)
        assert client.get(f"/v1/documents/{hashlib.sha256(quick).hexdigest()}").status_code == 200
    assert not list((settings.library / "uploads").iterdir())


def busy(child):
    try:
        return child.cpu_times().user > 0.5
    except psutil.NoSuchProcess:
        return False


def test_a_server_that_is_told_to_stop_leaves_its_job_to_the_next(begin):
    settings = begin({"a.txt": "Nothing much."})
    with serving(settings) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        response = send(client, ("slow.pdf", slow()))
        while client.get(response.headers["location"]).json()["state"] != "running":
            time.sleep(0.01)
        began = time.monotonic()
        served.process.terminate()
        served.process.wait(timeout=20)
        assert time.monotonic() - began < 15
    (job,) = Ledger(settings.library).jobs()
    assert (job.state, job.attempts) == ("running", 0)


def test_a_job_that_ends_the_server_each_time_is_given_up(queue):
    job = queue.submit([("poison.md", io.BytesIO(note()))])
    for _ in range(4):
        queue._ledger.start(job.job_id)  # and then the server ended
    worker = Jobs(queue.engine, queue._readers)
    try:
        deadline = time.monotonic() + 20
        while not (job := worker.job(job.job_id)).is_over and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        worker.close()
    assert (job.state, job.code, job.files[0].state) == ("failed", "job-interrupted", "cancelled")


def test_a_job_that_fails_each_time_says_so_and_does_not_blame_the_server(queue, monkeypatch):
    monkeypatch.setattr("sinkqa.service.hosting.jobs._BUSY_S", 0.01)
    monkeypatch.setattr(queue.engine, "bring_in", lambda *_, **__: {}["no such thing"])
    job = queue.submit([("odd.md", io.BytesIO(note()))])
    worker = Jobs(queue.engine, queue._readers)
    try:
        deadline = time.monotonic() + 20
        while not (job := worker.job(job.job_id)).is_over and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        worker.close()
    assert (job.state, job.code) == ("failed", "job-interrupted")
    assert "failed 4 times" in job.message and "KeyError" in job.message and "ended" not in job.message


def test_a_short_job_does_not_wait_for_a_long_one_of_the_same_collection(begin):
    with serving(begin(), SINKQA_WORKERS="2") as served, httpx.Client(base_url=served.url, timeout=30) as client:
        long = send(client, *((f"slow {n}.pdf", slow() + b"%% %d" % n) for n in range(4)))
        while client.get(long.headers["location"]).json()["state"] != "running":
            time.sleep(0.02)
        time.sleep(1)
        assert ended(client, send(client, ("page.pdf", pdf())))["files"][0]["state"] == "added"
        assert client.get(long.headers["location"]).json()["state"] == "running"
        client.delete(long.headers["location"])


def test_two_servers_of_one_library_share_the_work_and_none_is_done_twice(queue):
    workers = [Jobs(each, queue._readers) for each in (queue.engine, Engine.open(queue.engine._settings))]
    try:
        jobs = [workers[n % 2].submit([("a.md", io.BytesIO(note(f"Shared {n}.")))]) for n in range(6)]
        deadline = time.monotonic() + 30
        while not all(workers[0].job(job.job_id).is_over for job in jobs) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        for worker in workers:
            worker.close()
    over = [queue.job(job.job_id) for job in jobs]
    assert {(job.state, job.attempts, job.files[0].state) for job in over} == {("done", 1, "added")}


def test_a_disk_without_room_is_told_and_leaves_nothing_behind(queue):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(Exception, match="no room") as told:
            queue.submit([("a.md", io.BytesIO(note())), ("large.md", io.BytesIO(bytes(3 << 20)))])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert told.value.code == "storage-full"
    assert not queue.jobs() and not list((queue.engine.folder / "uploads").iterdir())


def test_jobs_of_an_earlier_day_and_files_of_no_job_are_dropped(queue):
    job = queue.submit([("a.md", io.BytesIO(note()))])
    queue.cancel(job.job_id)
    uploads = queue.engine.folder / "uploads"
    for name, age_s in (("young", 0), ("old", 7200)):
        (uploads / name).mkdir()
        os.utime(uploads / name, (time.time() - age_s,) * 2)
    queue._tidied = 0.0
    queue._tidy()
    assert [path.name for path in uploads.iterdir()] == ["young"]
    assert queue.job(job.job_id).state == "cancelled"
    queue._ledger.forget(ended_before_s=-1)
    with pytest.raises(JobNotFound):
        queue.job(job.job_id)


def test_many_first_jobs_at_once_begin_one_ledger(tmp_path):
    def begin(n):
        Ledger(tmp_path).begin(f"job {n}", [JobFile("a.md", n_bytes=1, sha256="0")])

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(begin, range(32)))
    assert len(Ledger(tmp_path).jobs()) == 32
    assert {path.name for path in tmp_path.iterdir()} <= {"jobs.sqlite", "jobs.sqlite-wal", "jobs.sqlite-shm"}


def test_a_ledger_that_is_damaged_is_named(queue):
    queue.submit([("a.md", io.BytesIO(note()))])
    for path in queue.engine.folder.glob("jobs.sqlite*"):
        path.write_bytes(b"no ledger" * 1000)
    with pytest.raises(LibraryDamaged, match=r"jobs\.sqlite.*move it away"):
        queue.jobs()


def test_jobs_of_a_deleted_collection_end_with_it(begin):
    app = create_app(begin({"a.txt": "Nothing much."}))
    client = Client(app, **{"X-SinkQA-Collection": "moor"})
    app.state.collections.create("moor")
    try:
        response = send(client, ("slow.pdf", slow()))
        while client.get(response.headers["location"]).json()["state"] != "running":
            time.sleep(0.02)
        app.state.collections.remove("moor")
        assert client.get(response.headers["location"]).json()["code"] == "collection-not-found"
        app.state.collections.create("moor")
        assert client.get("/v1/jobs").json() == {"jobs": []}
        assert added(client, "moor.md", note())
    finally:
        app.state.jobs.close()


def test_quotas_are_told_and_refuse_before_anything_is_kept(begin):
    settings = begin({"a.txt": "Nothing much."}, collection_max_documents=2, key_day_documents=2)
    _, secret = keys_of(settings).create("editor", scope="write")
    app = create_app(settings)
    client = Client(app, **{"X-Api-Key": secret})
    try:
        refused = client("POST", "/v1/documents", files=[("files", (f"{n}.md", note(n))) for n in range(2)])
        assert (refused.status_code, refused.json()["code"]) == (507, "quota-exceeded")
        assert ended(client, send(client, ("one.md", note("One."))))["files"][0]["state"] == "added"
        told = client.get("/v1/quota").json()
        assert (told["collection"]["documents"], told["collection"]["max_documents"]) == (2, 2)
        assert (told["key_today"]["documents"], told["key_today"]["max_bytes"]) == (1, None)
        client("DELETE", f"/v1/documents/{hashlib.sha256(note('One.')).hexdigest()}")
        assert ended(client, send(client, ("two.md", note("Two."))))["state"] == "done"
        client("DELETE", f"/v1/documents/{hashlib.sha256(note('Two.')).hexdigest()}")
        refused = client("POST", "/v1/documents", files={"files": ("three.md", note("Three."))})
        assert (refused.status_code, refused.json()["code"]) == (429, "day-quota-exceeded")
        assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    finally:
        app.state.jobs.close()
