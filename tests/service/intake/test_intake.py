"""Bad files through the real command: each is named in one line, the others land, memory stays bounded."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from sinkqa.index.library import Library
from sinkqa.service.engine import Engine
from sinkqa.service.intake.adding import AddReport
from sinkqa.service.settings import Settings
from tests.conftest import COMMAND, Ran, process
from tests.hostile import HOSTILE, SENTENCE, laughs, pdf, word

GOOD = {
    "good.pdf": pdf(),
    "good.docx": word(),
    "good.txt": b"Alder swamps buffer the floods of spring.",
    "word named.txt": word(docProps__app_xml=b"<x/>"),
    "laughs.html": laughs("<html><body><p>Hedges of willow shelter the young reeds.</p><p>", "</p></body></html>"),
    "gb18030.txt": ("芦苇荡在雨季蓄水，在旱季放水，附近的田地因此少受旱涝之害。" * 4).encode("gb18030"),
}
MEMORY = 1_500 << 20


@dataclass(frozen=True, slots=True)
class Landed:
    """One command that met every bad file and every good one."""

    ran: Ran
    peak: int
    library: Path
    folder: Path


def watched(*args: object) -> tuple[Ran, int]:
    """Runs the command; the highest resident memory of any process of it, in bytes."""
    peak = 0
    with subprocess.Popen([COMMAND, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        parent = psutil.Process(running.pid)
        while running.poll() is None:
            for each in [parent, *parent.children(recursive=True)]:
                try:
                    high = next(
                        line for line in Path(f"/proc/{each.pid}/status").read_text().splitlines() if "VmHWM" in line
                    )
                except (OSError, StopIteration):  # it ended just now
                    continue
                peak = max(peak, int(high.split()[1]) << 10)
            time.sleep(0.02)
        out, err = running.communicate()
    return Ran(running.returncode, out.decode(), err.decode()), peak


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    folder = tmp_path_factory.mktemp("papers")
    for name, (make, _) in HOSTILE.items():
        (folder / name).write_bytes(make())
    for name, content in GOOD.items():
        (folder / name).write_bytes(content)
    (folder / "barren").mkdir()
    (folder / "barren" / "table.ods").write_bytes(b"PK")
    library = folder.parent / "library of bad files"
    ran, peak = watched("add", "-l", library, folder / "gone.pdf", *sorted(folder.iterdir()))
    yield Landed(ran, peak, library, folder)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, code) for name, (_, code) in HOSTILE.items()),
        ("gone.pdf", "file-missing"),
        ("barren", "nothing-to-read"),
    ],
)
def test_each_bad_file_is_one_line_that_names_it_and_what_to_do(landed, name, code):
    (line,) = [line for line in landed.ran.err.splitlines() if f"{name}: " in line]
    assert line.startswith(f"error[{code}]: ")
    assert line.count(";") >= 1, "no next step is given"


def test_nothing_but_one_line_for_each_bad_file_is_on_stderr(landed):
    expected = len(HOSTILE) + 2  # and the missing one, and the folder
    lines = landed.ran.err.splitlines()
    assert len([line for line in lines if line.startswith("error[")]) == expected
    assert [line for line in lines if not line.startswith("error[")] == [
        "warning: word named.txt: named .txt but holds docx: read as docx"
    ]
    assert landed.ran.status == 1
    assert landed.ran.out.splitlines()[-1] == f"{len(GOOD)} added, 0 unchanged, {expected} failed, 1 skipped"


def test_every_good_file_of_the_same_command_is_stored_and_found(landed):
    with Library.open(landed.library) as library:
        assert {record.name for record in library.documents()} == {*GOOD}
        assert library.check() == []
        for query, names in (
            (SENTENCE, {"good.pdf", "good.docx", "word named.txt"}),
            ("willow hedges", {"laughs.html"}),
            ("芦苇荡蓄水", {"gb18030.txt"}),
        ):
            hits = library.search(query, k=len(names))
            assert {library.document(hit.passage.doc_id).name for hit in hits} == names


def test_entities_are_left_alone(landed):
    with Library.open(landed.library) as library:
        (record,) = [record for record in library.documents() if record.name == "laughs.html"]
        assert len(library.text(record.doc_id)) < 1_000


def test_no_process_took_much_memory(landed):
    assert 20 << 20 < landed.peak < MEMORY


def test_the_same_files_again_change_nothing_and_are_named_again(landed):
    names = sorted(path for path in landed.folder.iterdir() if path.name != "bomb.docx")
    again = process("add", "-l", landed.library, "--json", *names)
    report = json.loads(again.out)
    assert again.status == 1 and again.err == ""
    assert report["added"] == [] and sorted(report["unchanged"]) == sorted(GOOD)
    codes = {Path(failure["path"]).name: failure["code"] for failure in report["failed"]}
    assert codes == {name: code for name, (_, code) in HOSTILE.items() if name != "bomb.docx"} | {
        "barren": "nothing-to-read"
    }


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine.open(Settings(library=tmp_path / "library"), create=True)


def test_new_bytes_at_a_path_replace_what_stood_there(engine, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("Otters returned to the upper valley.")
    (first,) = engine.add([note]).added
    note.write_text("Beavers returned to the upper valley.")
    (second,) = engine.add([note]).added
    assert second.replaced == first.doc_id
    assert [record.doc_id for record in engine.documents()] == [second.doc_id]
    assert all("Otters" not in hit.text for hit in engine.search("otters upper valley").hits)


def test_the_same_bytes_under_two_names_are_one_document_until_both_are_gone(engine, tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Otters returned to the upper valley.")
    report = engine.add([tmp_path])
    assert (len(report.added), len(report.unchanged)) == (1, 1)
    assert len(engine.documents()[0].sources) == 2
    (tmp_path / "a.txt").write_text("Beavers came instead.")
    assert engine.add([tmp_path / "a.txt"]).added[0].replaced is None
    assert len(engine.documents()) == 2


def test_a_file_named_twice_is_read_once(engine, tmp_path):
    (tmp_path / "a.txt").write_text("Otters returned to the upper valley.")
    report = engine.add([tmp_path / "a.txt", tmp_path, tmp_path / "." / "a.txt"])
    assert (len(report.added), len(report.unchanged), len(report.failed)) == (1, 0, 0)


def test_progress_names_a_file_from_the_start_counts_what_failed_too_and_ends_at_their_number(engine, tmp_path):
    (tmp_path / "a.txt").write_text("Otters returned to the upper valley.")
    (tmp_path / "b.txt").write_bytes(b"")
    seen: list[tuple[int, int, str]] = []
    engine.add([tmp_path], on_progress=lambda *step: seen.append(step))
    assert [done for done, _, _ in seen] == [0, 1, 2]
    assert {total for _, total, _ in seen} == {2} and {name for _, _, name in seen} == {"a.txt", "b.txt"}


def test_nothing_to_add_is_an_empty_report(engine):
    assert engine.add([]) == AddReport()
