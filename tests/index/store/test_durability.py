"""Kills the adding process again and again, while a reader searches, and counts what is left."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from tests.index.made import own_word, random_addition

REPOSITORY = Path(__file__).parents[3]
KILLS = 60

# Both children tell the parent of each finished step by one line on their standard output.
_WRITER = """
import sys
from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from tests.index.made import random_addition
with Library.open(sys.argv[1], create=True) as library:
    print("open", flush=True)
    seeds = iter(range(int(sys.argv[2]), 10**9))
    for seed, result in enumerate(library.add_all(map(random_addition, seeds), group_s=0.02), int(sys.argv[2])):
        print(seed, result.doc_id, flush=True)
        if seed % 7 == 3:
            library.remove(result.doc_id)
            print("removed", seed, flush=True)
        elif seed % 7 == 5:
            library.edit(result.doc_id, {"title": f"Bittern {seed}", "year": 2002})
            print("edited", seed, flush=True)
"""
_READER = """
import sys, time
from sinkqa.index.library import Library
with Library.open(sys.argv[1]) as library:
    while True:
        with library.reading():
            for hit in library.search("carbon stands 森林 样地", k=20):
                (start, end), = hit.passage.spans
                assert library.text(hit.passage.doc_id)[start:end] == hit.passage.text
        print("searched", library.generation, flush=True)
        time.sleep(0.01)
"""


def _child(script: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, str(folder), *arguments]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _killed(writer: subprocess.Popen[str], *, lines: int, after_s: float) -> list[list[str]]:
    """What the writer acknowledged; it dies ``after_s`` seconds after its first ``lines`` lines."""
    assert writer.stdout is not None and writer.stderr is not None
    with writer:
        read = [writer.stdout.readline() for _ in range(lines)]
        time.sleep(after_s)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read()  # communicate() would pass over what readline() has buffered
        assert not (errors := writer.stderr.read()), errors
    whole = [line for line in [*read, *rest.splitlines(keepends=True)] if line.endswith("\n")]
    return [line.split() for line in whole if line != "open\n"]


def _check_document(library: Library, seed: int, doc_id: str) -> None:
    """Complete to the last passage, and each of its passages findable."""
    expected = random_addition(seed)
    assert library.text(doc_id) == expected.document.text
    assert library.passages(doc_id) == list(expected.passages)
    found = {hit.passage for hit in library.search(own_word(seed), mode="lexical")}
    assert found == set(expected.passages)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_no_document_is_half_there(tmp_path: Path, encoder: Encoder) -> None:
    choice = random.Random(11)
    Library.open(tmp_path, create=True, encoder=encoder).close()
    reader = _child(_READER, tmp_path)
    acknowledged: dict[int, str] = {}
    removed: set[int] = set()
    edited: set[int] = set()
    for kill in range(KILLS):
        new: list[int] = []
        writer = _child(_WRITER, tmp_path, str(kill * 1_000))
        for line in _killed(writer, lines=choice.randint(0, 5), after_s=choice.uniform(0, 0.2)):
            if line[0] == "removed":
                removed.add(int(line[1]))
            elif line[0] == "edited":
                edited.add(int(line[1]))
            else:
                acknowledged[int(line[0])] = line[1]
                new.append(int(line[0]))
        with Library.open(tmp_path, encoder=encoder) as library:
            for seed in new:
                if seed not in removed and seed % 7 != 3:  # such a one may have been removed unacknowledged
                    _check_document(library, seed, acknowledged[seed])
            assert reader.poll() is None, reader.communicate()[1]
    reader.terminate()
    answers, errors = reader.communicate()
    assert answers.count("searched") > KILLS and "Traceback" not in errors
    with Library.open(tmp_path, encoder=encoder) as library:
        library.search("carbon")
        assert library.check() == []
        present = {record.doc_id: record for record in library.documents()}
        assert len(acknowledged) > KILLS and removed and edited
        for seed in edited:
            record = present[acknowledged[seed]]
            assert (record.title, record.metadata.year) == (f"Bittern {seed}", 2002)
            assert library.search(f"bittern {seed}", mode="lexical", filters=Filters(doc_ids=(record.doc_id,)))
        for seed, doc_id in acknowledged.items():
            if seed in removed:
                assert doc_id not in present
            elif seed % 7 != 3:
                _check_document(library, seed, doc_id)
        for record in present.values():  # those that were stored but not acknowledged are whole as well
            seed = int(record.name.removeprefix("made-").removesuffix(".txt"))
            _check_document(library, seed, record.doc_id)
