"""A library that an older version wrote is raised by a command, with all its collections."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sinkqa.index.store.sqlite.schema import STORE_FORMAT
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.settings import Settings
from tests.index.former import make_former


@pytest.fixture
def library(starter: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(starter, tmp_path / "library"))


def test_all_collections_are_raised_and_the_second_time_nothing_changes(library, tmp_path, sinkqa):
    laws = Collections(Settings(library=library, workers=1)).create("laws")
    (tmp_path / "fen.txt").write_text("A fen is a wetland that is fed by groundwater.\n")
    laws.add([tmp_path / "fen.txt"])
    found = sinkqa("search", "carbon", "--json", "-l", library)
    count = len(sinkqa("list", "-l", library).out.splitlines()[1:])  # less its heading
    make_former(library / "library.sqlite", 5)
    make_former(library / "collections" / "laws" / "library.sqlite", 2)
    shutil.rmtree(library / "derived")
    told = sinkqa("upgrade", "-l", library)
    assert told.status == 0 and told.out.splitlines() == [
        f"default: format 5 → {STORE_FORMAT}, {count} documents",
        f"laws: format 2 → {STORE_FORMAT}, 1 document",
    ]
    assert (library / "derived").is_dir(), "the search indexes are made by the command, not by the next question"
    again = json.loads(sinkqa("upgrade", "--json", "-l", library).out)["collections"]
    assert [(each["before"], each["after"]) for each in again] == [(STORE_FORMAT, STORE_FORMAT)] * 2
    assert f"is of format {STORE_FORMAT}" in sinkqa("upgrade", "-l", library).out
    hits = [json.loads(each.out)["hits"] for each in (found, sinkqa("search", "carbon", "--json", "-l", library))]
    assert [hit["passage_id"] for hit in hits[0]] == [hit["passage_id"] for hit in hits[1]]
    assert sinkqa("doctor", "-l", library).status == 0


def test_there_must_be_a_library_to_raise(tmp_path, sinkqa):
    ran = sinkqa("upgrade", "-l", tmp_path / "none")
    assert ran.status == 1 and ran.err.startswith("error[library-not-found]: ")
