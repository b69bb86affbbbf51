"""A library copied into a database and back is the same: records, passages, and what a search finds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.moving import move_library
from tests.index.made import CHINESE, ENGLISH, made, own_word, random_addition

QUESTIONS = ("How many forest credits may emitters use?", "湿地补贴给谁？", "zq3qz carbon")


@pytest.fixture
def folder(tmp_path: Path, encoder: Encoder) -> Path:
    with Library.open(tmp_path / "from", create=True, encoder=encoder) as library:
        library.add(*made("en.txt", ENGLISH))
        library.add(*made("zh.txt", CHINESE, language="zh"))
        list(library.add_all(random_addition(seed, paragraphs=40) for seed in range(60)))
        library.edit(library.documents()[0].doc_id, {"title": "Corrected"})
    return tmp_path / "from"


def told(place: Path | str, encoder: Encoder) -> tuple[object, ...]:
    """All that a library tells of itself that does not depend on when it was written."""
    with Library.open(place, encoder=encoder) as library:
        assert library.check() == []
        records = library.documents()
        found = [[(hit.passage, hit.title, round(hit.score, 5)) for hit in library.search(q, k=8)] for q in QUESTIONS]
        return (
            [(each.doc_id, each.title, each.added_at, each.sources, each.edited, each.n_passages) for each in records],
            [library.passages(each.doc_id) for each in records],
            [library.content(each.doc_id) for each in records],
            found,
        )


def test_there_and_back_everything_is_the_same(
    folder: Path, database: Callable[[], str], tmp_path: Path, encoder: Encoder
) -> None:
    address, before = database(), told(folder, encoder)
    moved = move_library(folder, address, encoder)
    assert (moved.copied, moved.there, moved.passages) == (62, 0, 12 + 60 * 40)
    assert told(address, encoder) == before
    assert move_library(folder, address, encoder) == moved._replace(copied=0, there=62)
    assert move_library(address, tmp_path / "back", encoder) == moved
    assert told(tmp_path / "back", encoder) == before


def test_a_copy_that_is_killed_goes_on_where_it_was(
    folder: Path, database: Callable[[], str], encoder: Encoder
) -> None:
    address = database()
    script = (
        "from sinkqa.index.moving import move_library; import sys;"
        "from sinkqa.index.models.encoder import load_encoder;"
        "move_library(sys.argv[1], sys.argv[2], load_encoder(),"
        " on_progress=lambda done, total, name: print(done, flush=True))"
    )
    copying = subprocess.Popen([sys.executable, "-c", script, folder, address], stdout=subprocess.PIPE, text=True)
    assert copying.stdout is not None
    with copying, copying.stdout:
        for line in copying.stdout:
            if int(line) > 0:
                copying.kill()
                break
    moved = move_library(folder, address, encoder)
    assert moved.there > 0 and moved.there + moved.copied == 62
    assert told(address, encoder) == told(folder, encoder)


def test_what_changed_since_is_copied_again(folder: Path, database: Callable[[], str], encoder: Encoder) -> None:
    address = database()
    move_library(folder, address, encoder)
    with Library.open(folder, encoder=encoder) as library:
        library.edit(library.documents()[1].doc_id, {"title": "Corrected later"})
        library.add(*made("late.txt", [f"A late paragraph on {own_word(99)}."]))
    assert move_library(folder, address, encoder)[:2] == (2, 61)
    with Library.open(address, encoder=encoder) as library:
        assert library.search(own_word(99), k=1)[0].title == "late.txt"
        assert "Corrected later" in [each.title for each in library.documents()]
