"""Damaged pages of the database and odd paths end in one named line, and doctor says what is wrong and what reads."""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from sinkqa.index.library import Library
from sinkqa.service.settings import Settings
from tests.conftest import COMMAND, Ran, process
from tests.service.commands.test_cli import unprivileged
from tests.service.http.conftest import serving

QUESTION = "北京试点的CCER抵销比例上限是多少？"
SECONDS = 60  # within which a command that waits for a pipe would be stopped


@pytest.fixture
def library(starter: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(starter, tmp_path / "library"))


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text("Otters came back to the fen in 2021.")
    return path


def damage(library: Path, seed: int) -> None:
    """64 random bytes in every third page of the database, behind the first three: they describe its tables."""
    choice, store = random.Random(seed), library / "library.sqlite"
    content = bytearray(store.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    for number in range(3 + seed % 3, len(content) // page, 3):
        at = number * page + choice.randrange(page - 64)
        content[at : at + 64] = choice.randbytes(64)
    store.write_bytes(content)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_store_is_named_by_every_command(library, note, tmp_path, sinkqa, seed):
    damage(library, seed)
    if seed % 2:
        shutil.rmtree(library / "derived")  # so that all of it must be read
    commands = (["ask", QUESTION], ["search", "carbon"], ["list"], ["add", note], ["backup", tmp_path / "copy"])
    named = 0
    for command in commands:
        ran = sinkqa(*command, "-l", library)
        assert ran.status in (0, 1) and "Traceback" not in ran.err
        if ran.status:
            assert ran.err.startswith("error[library-damaged]: ") and ran.err.count("\n") == 1, ran.err
            assert "sinkqa doctor" in ran.err
            named += 1
    assert named >= 4
    told = sinkqa("doctor", "-l", library)
    assert told.status == 1 and ("problem  store: " in told.out or "problem  cannot read " in told.out), told.out
    assert re.search("restore (the library|it) from a copy", told.out) and "faiss-cpu" in told.out


def test_doctor_says_which_documents_still_read(library, sinkqa):
    count = len(sinkqa("list", "-l", library).out.splitlines()[1:])
    with Library.open(library) as held:
        connection = held._store.connection
        (doc,) = connection.execute("SELECT min(doc) FROM documents").fetchone()
        connection.execute("UPDATE documents SET text = ? WHERE doc = ?", (b"z" + b"\x00" * 99, doc))
        name = connection.execute("SELECT name FROM documents WHERE doc = ?", (doc,)).fetchone()[0]
    told = sinkqa("doctor", "-l", library)
    assert told.status == 1 and name in told.out
    assert f"{count - 1} of {count} documents read completely" in told.out


def test_a_named_pipe_a_socket_and_a_device_are_named_and_hang_nothing(library, note, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / "pipe.txt")
    os.mkfifo(tmp_path / "pipe.md")
    (folder / "good.txt").write_text("Bitterns nest in the reeds of the upper fen.")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.txt"))
        odd = (tmp_path / "pipe.md", tmp_path / "socket.txt", "/dev/zero")
        ran = process("add", *odd, folder, note, "-l", library)
    assert ran.status == 1 and "2 added, 0 unchanged, 4 failed" in ran.out
    lines = ran.err.splitlines()
    assert len(lines) == 4 and all("not a regular file" in line for line in lines)


def test_an_empty_path_is_wrong_usage(library, note, sinkqa):
    ran = sinkqa("add", "", note, "-l", library)
    assert ran.status == 2 and "empty name" in ran.err


def test_a_path_that_is_too_long_is_named_and_the_others_land(library, note, sinkqa):
    ran = sinkqa("add", "x" * 5_000, f"{'y/' * 2_500}z.txt", note, "-l", library)
    assert ran.status == 1 and "1 added, 0 unchanged, 2 failed" in ran.out
    assert ran.err.count("error[unreadable-document]: ") == 2 and "too long" in ran.err


def test_one_unreadable_file_is_named_and_the_others_land(library, note, tmp_path):
    closed = tmp_path / "closed.txt"
    closed.write_text("Nobody may read this.")
    closed.chmod(0)
    ran = run_unprivileged("add", closed, note, "-l", library)
    assert ran.status == 1 and "1 added, 0 unchanged, 1 failed" in ran.out
    assert ran.err.startswith("error[unreadable-document]: ") and "Permission denied" in ran.err


def run_unprivileged(*args: object) -> Ran:
    command = [*unprivileged(), COMMAND, *args]
    done = subprocess.run([os.fspath(each) for each in command], capture_output=True, timeout=SECONDS)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize("command", [["ask", QUESTION], ["list"], ["doctor"], ["add", "NOTE"]], ids=lambda c: c[0])
def test_a_library_in_a_closed_folder_is_named(library, note, tmp_path, command):
    closed = tmp_path / "closed"
    closed.mkdir()
    library.rename(closed / "library")
    closed.chmod(0)
    try:
        words = [note if word == "NOTE" else word for word in command]
        ran = run_unprivileged(*words, "-l", closed / "library")
    finally:
        closed.chmod(0o755)
    assert ran.status == 1 and ran.err.startswith("error[library-unreadable]: ") and ran.err.count("\n") == 1, ran.err
    assert "Permission denied" in ran.err


def test_a_library_whose_name_is_no_utf_8_is_named(library, note, tmp_path):
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/latin-\xe9")
    for command in (["ask", QUESTION], ["add", note], ["doctor"]):
        ran = process(*command, "-l", odd)
        assert ran.status == 1 and ran.err.startswith("error[library-unreadable]: "), (command, ran.err)
        assert "no UTF-8" in ran.err and ran.err.count("\n") == 1


def test_a_file_in_the_place_of_the_search_indexes_is_named(library, note, sinkqa):
    shutil.rmtree(library / "derived")
    (library / "derived").write_text("in the way")
    assert "5%" in sinkqa("ask", QUESTION, "-l", library).out
    told = sinkqa("doctor", "-l", library)
    assert told.status == 1 and "problem  search index" in told.out
    ran = sinkqa("add", note, "-l", library)
    assert ran.status == 1 and ran.err.startswith("error[library-read-only]: cannot write the search index")
    assert (library / "derived").read_text() == "in the way"


def test_a_folder_in_the_place_of_the_lock_is_named(library, note, sinkqa):
    (library / "writer.lock").unlink(missing_ok=True)
    (library / "writer.lock").mkdir()
    ran = sinkqa("add", note, "-l", library)
    assert ran.status == 1 and ran.err.startswith("error[library-read-only]: cannot lock"), ran.err
    assert "5%" in sinkqa("ask", QUESTION, "-l", library).out
    assert sinkqa("doctor", "-l", library).status == 0


def test_a_search_index_that_is_changed_while_it_is_in_use_is_named_and_made_anew(library):
    with Library.open(library) as held:
        good = held.search("carbon stock of forests", k=5)
        for path in (library / "derived").glob("*.segment"):
            with path.open("r+b") as file:  # in place: it is mapped, not read
                file.write(random.Random(1).randbytes(path.stat().st_size))
        assert any("search index" in problem.message for problem in held.check())
    with Library.open(library) as held:
        assert [hit.passage for hit in held.search("carbon stock of forests", k=5)] == [hit.passage for hit in good]
        assert held.check() == []


def test_a_server_over_a_damaged_library_names_it_and_lives(library):
    damage(library, 3)
    shutil.rmtree(library / "derived")
    with serving(Settings(library=library)) as served, httpx.Client(base_url=served.url, timeout=60) as client:
        assert client.get("/healthz").status_code == 200
        for answer in (
            client.get("/readyz"),
            client.get("/v1/documents"),
            client.post("/v1/search", json={"query": "carbon"}),
            client.post("/v1/answer", json={"question": QUESTION}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "library-damaged"), answer.text
            assert "sinkqa doctor" in answer.json()["detail"]
        log = "".join(served.log)
    assert "Traceback" not in log and "unforeseen" not in log
