"""On a full disk and on one that can only be read, what is there is read, and what fails says that there is no room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from sinkqa.service.settings import Settings
from tests.conftest import process
from tests.service.http.conftest import serving

QUESTION = "北京试点的CCER抵销比例上限是多少？"
READING = (["ask", QUESTION], ["search", "carbon"], ["list"], ["doctor"])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root may make a file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be made here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def library(disk: Path, starter: Path) -> Path:
    return Path(shutil.copytree(starter, disk / "library"))


def fill(disk: Path, *, but: int = 0) -> Path:
    """Takes all the room that is left, ``but`` so many bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        with pytest.raises(OSError, match="No space"):
            while True:
                file.write(bytes(4096))
        file.truncate(file.tell() - but)
    return filler


def test_a_library_on_a_full_disk_is_read(disk, library):
    fill(disk)
    for command in READING:
        ran = process(*command, "-l", library)
        assert (ran.status, ran.err) == (0, ""), command
    assert "5%" in process("ask", QUESTION, "-l", library).out


def test_what_does_not_fit_is_named_and_what_landed_before_is_kept(disk, library, tmp_path):
    before = json.loads(process("list", "-l", library, "--json").out)
    big = tmp_path / "big.txt"
    big.write_bytes(b"".join(b"The fen holds %s hectares.\n" % os.urandom(24).hex().encode() for _ in range(8_000)))
    room = fill(disk, but=1_000_000)
    ran = process("add", big, "-l", library)
    assert ran.status == 1 and ran.err.startswith("error[disk-full]: no space left") and ran.err.count("\n") == 1
    assert json.loads(process("list", "-l", library, "--json").out) == before
    assert process("doctor", "-l", library).status == 0
    room.unlink()
    filler = fill(disk)
    small = tmp_path / "small.txt"
    small.write_text("Otters came back to the fen in 2021.")
    ran = process("add", small, "-l", library)
    assert ran.status == 1 and ran.err.startswith("error[disk-full]: no space left"), ran
    filler.unlink()
    assert process("add", small, "-l", library).status == 0
    assert "Otters" in process("search", "otters", "-l", library).out


def test_documents_whose_index_found_no_room_are_found_all_the_same(disk, library, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("Otters came back to the fen in 2021.")
    assert process("add", note, "-l", library).status == 0
    shutil.rmtree(library / "derived")
    fill(disk)
    assert "Otters" in process("search", "otters", "-l", library).out
    told = process("doctor", "-l", library)
    assert told.status == 1 and "rebuild it" in told.out and "Traceback" not in told.err
    rebuilt = process("doctor", "--rebuild", "-l", library)
    assert rebuilt.status == 1 and rebuilt.err.startswith("error[disk-full]: ")


def test_a_backup_that_finds_no_room_is_named_and_leaves_nothing(disk, library):
    fill(disk)
    ran = process("backup", disk / "copy", "-l", library)
    assert ran.status == 1 and ran.err.startswith("error[disk-full]: ") and not [*disk.glob("*copy*")]


def test_a_library_on_a_medium_that_can_only_be_read_is_read(disk, library, tmp_path):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    for command in READING:
        ran = process(*command, "-l", library)
        assert (ran.status, ran.err) == (0, ""), command
    note = tmp_path / "note.txt"
    note.write_text("Otters.")
    ran = process("add", note, "-l", library)
    assert ran.status == 1 and ran.err.startswith("error[library-read-only]: "), ran.err
    assert process("backup", tmp_path / "copy", "-l", library).status == 0


def test_a_store_taken_for_one_that_nobody_changes_sees_what_is_written_later(disk, library, tmp_path):
    from sinkqa.index.library import Library

    filler = fill(disk)
    with Library.open(library) as reader:
        count = len(reader.documents())
        filler.unlink()
        note = tmp_path / "note.txt"
        note.write_text("Otters came back to the fen in 2021.")
        assert process("add", note, "-l", library).status == 0
        assert len(reader.documents()) == count + 1
        assert any("Otters" in hit.passage.text for hit in reader.search("otters"))


def test_a_server_on_a_full_disk_answers_and_says_that_uploads_have_no_room(disk, library):
    fill(disk)
    with serving(Settings(library=library)) as served, httpx.Client(base_url=served.url, timeout=60) as client:
        assert client.get("/readyz").status_code == 200
        assert "5%" in client.post("/v1/answer", json={"question": QUESTION}).json()["answer"]
        refused = client.post("/v1/documents", files={"files": ("note.txt", b"Otters.")})
        assert refused.status_code == 507, refused.text
        (record, *_) = client.get("/v1/documents").json()["documents"]
        refused = client.delete(f"/v1/documents/{record['doc_id']}")
        assert (refused.status_code, refused.json()["code"]) == (507, "disk-full"), refused.text
        assert client.get(f"/v1/documents/{record['doc_id']}").status_code == 200
        log = "".join(served.log)
    assert "unforeseen" not in log


def test_an_upload_that_was_acknowledged_waits_for_room(disk, library):
    filler = fill(disk)
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - 700_000)  # for the upload itself, not for what is made of it
    with serving(Settings(library=library)) as served, httpx.Client(base_url=served.url, timeout=60) as client:
        text = "".join(f"Plot {n} of the fen holds {n * 7919 % 997} otters.\n" for n in range(9_000))
        job = client.post("/v1/documents", files={"files": ("note.txt", text.encode())})
        assert job.status_code == 202, job.text
        wait_for(lambda: any("waits: no space left" in line for line in served.log))
        assert client.get(job.headers["Location"]).json()["state"] in ("queued", "running")
        assert client.get("/readyz").status_code == 200
        filler.unlink()
        wait_for(lambda: client.get(job.headers["Location"]).json()["state"] == "done")
        assert client.get(job.headers["Location"]).json()["files"][0]["state"] == "added"


def wait_for(come: Callable[[], bool]) -> None:
    """Up to a minute."""
    until = time.monotonic() + 60
    while not come():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.2)
