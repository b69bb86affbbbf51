"""A copy of an installation is whole, made while it is in use, and opens as it is."""

from __future__ import annotations

import json
import threading
from io import BytesIO

import pytest

from sinkqa.index.errors import LibraryDamaged
from sinkqa.service.engine import Engine
from sinkqa.service.errors import BackupFailed
from sinkqa.service.hosting.backup import back_up
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.job_store import JobFile, Ledger
from sinkqa.service.hosting.jobs import Jobs, readers_beside
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(library=tmp_path / "library", workers=1)


def add(engine: Engine, folder, name: str) -> str:
    path = folder / f"{name}.txt"
    path.write_text(f"The {name} reserve holds 40 hectares of peat.\n")
    (added,) = engine.add([path]).added
    return added.doc_id


def found(engine: Engine, name: str) -> list[str]:
    return [hit.doc_id for hit in engine.search(name).hits if name in hit.text]


def test_a_copy_answers_as_its_original_did(settings, tmp_path):
    collections = Collections(settings)
    kept = add(collections.engine(create=True), tmp_path, "Avalor")
    other = add(collections.create("laws"), tmp_path, "Benedor")
    gone = add(collections.engine(), tmp_path, "Cavador")
    collections.engine().discard(gone)
    key, secret = keys_of(settings).create("analyst")
    assert back_up(settings, tmp_path / "copy") == {"default": 1, "laws": 1}

    copy = Collections(Settings(library=tmp_path / "copy"))
    assert found(copy.engine(), "Avalor") == [kept]
    assert found(copy.engine("laws"), "Benedor") == [other]
    assert found(copy.engine(), "Cavador") == []
    assert copy.engine().restore(gone).doc_id == gone, "what was deleted of late can be put back in the copy too"
    assert keys_of(Settings(library=tmp_path / "copy")).find(secret).id == key.id
    assert copy.engine().doctor().problems == copy.engine("laws").doctor().problems == ()
    for path in (tmp_path / "copy", tmp_path / "copy" / "keys.json"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_an_upload_that_waits_is_taken_in_by_the_copy(settings, tmp_path):
    Engine.open(settings, create=True)
    spool = settings.library / "uploads" / "job"
    spool.mkdir(parents=True)
    text = b"The Davamor reserve holds 40 hectares of peat.\n"
    (spool / "0").write_bytes(text)
    Ledger(settings.library).begin("job", [JobFile("d.txt", n_bytes=len(text), sha256="0" * 64)])
    back_up(settings, tmp_path / "copy")

    copied = Settings(library=tmp_path / "copy", workers=1)
    engine = Engine.open(copied)
    jobs = Jobs(engine, readers_beside(copied))
    try:
        waiting = threading.Event()
        for _ in range(200):
            if jobs.job("job").is_over:
                break
            waiting.wait(0.05)
    finally:
        jobs.close()
    assert len(found(engine, "Davamor")) == 1


def test_copies_made_while_documents_come_and_go_are_whole(settings, tmp_path):
    engine = Engine.open(settings, create=True)
    add(engine, tmp_path, "Avalor")
    jobs, over = Jobs(engine, readers_beside(settings)), threading.Event()

    def write() -> None:
        for n in range(200):
            jobs.submit([(f"{n}.txt", BytesIO(f"Reserve number {n} holds {n} hectares.\n".encode()))])
            if over.wait(0.02):
                return

    writing = threading.Thread(target=write)
    writing.start()
    try:
        counts = [back_up(settings, tmp_path / f"copy{n}")["default"] for n in range(5)]
    finally:
        over.set()
        writing.join()
        jobs.close()
    assert counts == sorted(counts) and counts[-1] > counts[0] >= 1
    for n, count in enumerate(counts):
        copy = Engine.open(Settings(library=tmp_path / f"copy{n}"))
        assert found(copy, "Avalor")
        assert copy.doctor().problems == () and len(copy.documents()) == count


def test_a_copy_is_never_made_over_something_nor_of_nothing(settings, tmp_path, sinkqa):
    missing = sinkqa("backup", tmp_path / "copy", "-l", settings.library)
    assert missing.status == 1 and "backup-failed" in missing.err and not (tmp_path / "copy").exists()
    add(Engine.open(settings, create=True), tmp_path, "Avalor")
    told = sinkqa("backup", tmp_path / "copy", "-l", settings.library, "--json")
    assert json.loads(told.out) == {"backup": str(tmp_path / "copy"), "collections": {"default": 1}}
    again = sinkqa("backup", tmp_path / "copy", "-l", settings.library)
    assert again.status == 1 and "not there yet" in again.err
    assert "backed up 1 documents of default" in sinkqa("backup", tmp_path / "other", "-l", settings.library).out


def test_a_copy_that_cannot_be_written_leaves_nothing_behind(settings, tmp_path):
    add(Engine.open(settings, create=True), tmp_path, "Avalor")
    (tmp_path / "file").touch()
    with pytest.raises(BackupFailed, match="cannot copy"):
        back_up(settings, tmp_path / "file" / "copy")
    (settings.library / "jobs.sqlite").write_bytes(b"SQLite format 3\0" + b"no" * 500)
    with pytest.raises(LibraryDamaged, match=r"jobs\.sqlite"):
        back_up(settings, tmp_path / "copy")
    assert not [*tmp_path.glob("*copy*")]
