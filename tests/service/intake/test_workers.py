"""A file that takes its reader down is named; the others, and the library, do not notice."""

from __future__ import annotations

import os
import resource
import signal
import struct
import subprocess
import threading
import time
from pathlib import Path

import psutil
import pytest

from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder, load_encoder
from sinkqa.ingest.readers import read
from sinkqa.service.intake import reader_pool as readers
from sinkqa.service.intake import workers
from sinkqa.service.intake.reader_pool import Readers, prepare_all
from sinkqa.service.intake.turns import Share
from sinkqa.service.intake.workers import File
from tests.conftest import COMMAND, process
from tests.hostile import SENTENCE, heavy, pdf, slow

CPU_S = 3  # more than a sound file of these tests takes, less than a third of the slow one


def reading(wanted: int, *, cpu_s: float = 60.0, quick: bool = False) -> Readers:
    return Readers(None, wanted=wanted, cpu_s=cpu_s, quick=quick)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """Four sound files beside one that keeps its reader busy."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "slow.pdf").write_bytes(slow())
    for number in range(4):
        (folder / f"sound {number}.pdf").write_bytes(pdf(pages=number + 1))
    return folder


@pytest.mark.slow
def test_a_reader_that_the_system_kills_takes_only_its_file_with_it(papers):
    def allow_little() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))  # then SIGKILL, in the midst of the slow file

    ran = process("add", "-l", papers / "library", papers, preexec_fn=allow_little)
    assert ran.status == 1
    assert ran.err == (
        "error[reader-failed]: slow.pdf: its reader was killed 2 times, by the system for want of memory or by another "
        "program; give the machine more memory, or split the file\n"
    )
    assert ran.out.splitlines()[-1] == "4 added, 0 unchanged, 1 failed"
    assert process("doctor", "-l", papers / "library").status == 0


def test_readers_shot_once_try_again_and_nothing_is_lost(papers, encoder):
    """What dies of another cause than its file, an outside kill say, is read on the second try."""
    (papers / "slow.pdf").write_bytes(pdf(pages=400))
    shot: list[int] = []
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    def shoot() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for child in psutil.Process().children(recursive=True):
                if child.pid not in before and busy(child):
                    child.kill()
                    shot.append(child.pid)
                    return
            time.sleep(0.01)

    def busy(child: psutil.Process) -> bool:
        try:
            return child.parent().pid != os.getpid() and child.cpu_times().user > 0.3
        except (psutil.NoSuchProcess, AttributeError):
            return False

    hunter = threading.Thread(target=shoot)
    hunter.start()
    outcomes = list(
        prepare_all(
            [*map(File.at, sorted(papers.iterdir()))],
            encoder=encoder,
            readers=reading(2),
            in_place_bytes=1_000_000,
        )
    )
    hunter.join()
    assert shot
    assert {outcome.file.name for outcome in outcomes if outcome.packed} == {path.name for path in papers.iterdir()}
    assert len(outcomes) == 5


def test_what_takes_more_memory_than_a_worker_has_is_named_and_the_next_file_read(tmp_path, encoder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(workers, "read", _exhaust)
        (outcome,) = prepare_all(
            [File.at(tmp_path / "wide.txt")], encoder=encoder, readers=reading(1), in_place_bytes=1_000_000
        )
    assert outcome.error is not None and outcome.error.code == "document-too-large"
    assert "wide.txt" in outcome.error.message and "memory" in outcome.error.message


def _exhaust(path: Path, *, name: str) -> bytes:
    return bytes(1 << 62)  # no machine has it: a real MemoryError


@pytest.mark.parametrize("raised", [LookupError("hex"), RecursionError(), ValueError("7"), struct.error("short")])
def test_a_reader_that_raises_fails_its_file_and_no_other(tmp_path, encoder, monkeypatch, raised):
    def fail(path: Path, *, name: str) -> object:
        if name == "odd.txt":
            raise raised
        return read(path, name=name)

    monkeypatch.setattr(workers, "read", fail)
    for name in ("odd.txt", "sound.txt"):
        (tmp_path / name).write_text(SENTENCE)
    files = [File.at(path) for path in tmp_path.iterdir()]
    outcomes = prepare_all(files, encoder=encoder, readers=reading(1), in_place_bytes=1_000_000)
    errors = {outcome.file.name: outcome.error for outcome in outcomes}
    assert errors["sound.txt"] is None
    assert errors["odd.txt"] is not None and errors["odd.txt"].code == "reader-failed"
    assert errors["odd.txt"].message.startswith(f"odd.txt: its reader failed ({type(raised).__name__} in test_workers")


def test_a_small_file_that_needs_much_memory_is_named_by_that_and_tried_once(tmp_path, encoder, monkeypatch):
    tried: list[str] = []
    whole = readers._Reader.read

    def counted(self: object, file: File, *args: object) -> object:
        tried.append(file.name)
        return whole(self, file, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(readers._Reader, "read", counted)
    (tmp_path / "heavy.pdf").write_bytes(heavy(20_000_000))
    (tmp_path / "sound.pdf").write_bytes(pdf())
    narrow = reading(1)
    narrow.memory = 500 << 20
    files = [File.at(path) for path in sorted(tmp_path.iterdir())]
    outcomes = list(prepare_all(files, encoder=encoder, readers=narrow, in_place_bytes=0))
    errors = {outcome.file.name: outcome.error for outcome in outcomes}
    assert errors["sound.pdf"] is None
    assert errors["heavy.pdf"] is not None and errors["heavy.pdf"].code == "document-too-large"
    assert "0.5 GiB of memory" in errors["heavy.pdf"].message
    assert sorted(tried) == ["heavy.pdf", "sound.pdf"]


def test_a_file_that_takes_too_long_is_ended_and_the_others_land(papers, encoder):
    files = [File.at(path) for path in sorted(papers.iterdir())]
    outcomes = list(prepare_all(files, encoder=encoder, readers=reading(2, cpu_s=CPU_S), in_place_bytes=0))
    errors = {outcome.file.name: outcome.error for outcome in outcomes}
    slow_one = errors.pop("slow.pdf")
    assert slow_one is not None and slow_one.code == "reading-timeout" and "file_timeout_s" in slow_one.message
    assert len(errors) == 4 and not any(errors.values())


def test_a_quick_file_passes_long_ones(papers, encoder):
    shared, over = reading(2, quick=True), threading.Event()
    first = Share("a", "long")

    def read_slow(number: int) -> None:
        copy = papers.parent / f"slow {number}.pdf"
        copy.write_bytes(slow() + b"%% %d" % number)
        list(
            prepare_all(
                [File.at(copy)], encoder=encoder, readers=shared, in_place_bytes=0, share=first, stop=over.is_set
            )
        )

    threads = [threading.Thread(target=read_slow, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        sound = File.at(papers / "sound 0.pdf")
        (outcome,) = prepare_all([sound], encoder=encoder, readers=shared, in_place_bytes=0, share=Share("a", "note"))
        assert outcome.packed and all(thread.is_alive() for thread in threads)
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_workers_and_this_process_make_the_same_of_a_file(tmp_path, encoder):
    (tmp_path / "a.pdf").write_bytes(pdf())
    (tmp_path / "a.md").write_text(f"# Reeds\n\n{SENTENCE}\n")
    files = [File.at(tmp_path / "a.pdf"), File.at(tmp_path / "a.md")]
    far = {
        outcome.file: outcome
        for outcome in prepare_all(files, encoder=encoder, readers=reading(2), in_place_bytes=1_000_000)
    }
    for file in files:
        near = workers.prepare(file, encoder).packed
        assert near is not None and far[file].packed == near


def test_small_text_files_start_no_processes(tmp_path, encoder, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(readers, "_Reader", refuse)
    (tmp_path / "a.md").write_text(SENTENCE)
    (outcome,) = prepare_all(
        [File.at(tmp_path / "a.md")], encoder=encoder, readers=reading(2), in_place_bytes=1_000_000
    )
    assert outcome.packed is not None


@pytest.mark.slow
def test_interrupting_an_add_ends_it_at_once_and_leaves_a_sound_library(papers):
    library = papers.parent / "library"
    (papers / "early.txt").write_text("Otters returned to the upper valley.")
    assert process("add", "-l", library, papers / "early.txt").status == 0
    for number in range(3):  # work in wait for each reader, which would go on with it
        (papers / f"slow {number}.pdf").write_bytes(slow() + b"%% %d" % number)
    running = subprocess.Popen(
        [COMMAND, "add", "-l", library, papers],
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run behind a shell ignore it
    )
    parent = psutil.Process(running.pid)
    while not any(child.cpu_times().user > 0.5 for child in parent.children(recursive=True)):
        assert running.poll() is None
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)  # what Ctrl-C in a terminal sends
    _, err = running.communicate(timeout=10)
    assert running.returncode == 130
    assert b"Traceback" not in err
    with Library.open(library) as opened:
        assert opened.check() == []
        assert "early.txt" in {record.name for record in opened.documents()}
    for path in papers.glob("slow*"):
        path.unlink()
    again = process("add", "-l", library, papers)  # no lock was left behind
    assert again.status == 0 and "0 failed" in again.out


def test_no_worker_outlives_the_process_that_asked_for_it(papers):
    for number in range(3):
        (papers / f"slow {number}.pdf").write_bytes(slow() + b"%% %d" % number)
    running = subprocess.Popen(
        [COMMAND, "add", "-l", papers.parent / "library", papers],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    parent = psutil.Process(running.pid)
    while not any(child.cpu_times().user > 0.5 for child in parent.children(recursive=True)):
        assert running.poll() is None
        time.sleep(0.02)
    workers = parent.children(recursive=True)
    running.kill()
    running.wait(timeout=10)
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive
