"""Libraries side by side: each has its own documents, and no name leads out of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinkqa.index.errors import LibraryNotFound
from sinkqa.service.errors import CollectionExists, CollectionNotFound, InvalidCollection
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.settings import Settings


@pytest.fixture
def collections(tmp_path: Path) -> Collections:
    return Collections(Settings(library=tmp_path / "library", workers=1))


def test_each_collection_has_documents_of_its_own(collections, tmp_path):
    (tmp_path / "a.txt").write_text("Moss keeps water in the bog.", encoding="utf-8")
    collections.engine(create=True)
    collections.create("bogs").add([tmp_path / "a.txt"])
    assert collections.names() == ["default", "bogs"]
    assert [record.name for record in collections.engine("bogs").documents()] == ["a.txt"]
    assert collections.engine().documents() == []
    assert collections.engine("bogs") is collections.engine("bogs")
    assert (tmp_path / "library" / "collections" / "bogs").is_dir()


def test_a_collection_is_begun_only_on_purpose_and_once(collections):
    with pytest.raises(LibraryNotFound):
        collections.engine()
    with pytest.raises(CollectionNotFound, match="there are default"):
        collections.engine("bogs")
    collections.create("bogs")
    with pytest.raises(CollectionExists):
        collections.create("bogs")
    collections.engine("bogs", create=True)


def test_what_is_removed_is_gone_and_its_name_free(collections, tmp_path):
    collections.create("bogs")
    collections.remove("bogs")
    assert collections.names() == ["default"]
    assert [*(tmp_path / "library" / "collections").iterdir()] == []
    with pytest.raises(CollectionNotFound):
        collections.remove("bogs")
    assert collections.create("bogs").documents() == []


@pytest.mark.parametrize("name", ["", "..", "../up", "/etc", "a/b", "Bogs", "-x", ".x", "沼泽", "x" * 64, "a\n"])
def test_a_name_that_could_lead_elsewhere_is_refused(collections, name):
    for use in (collections.engine, collections.create, collections.remove):
        with pytest.raises(InvalidCollection):
            use(name)


def test_the_default_collection_stays(collections):
    collections.engine(create=True)
    with pytest.raises(InvalidCollection, match="delete its documents"):
        collections.remove("default")


def test_commands_name_a_collection(sinkqa, tmp_path):
    (tmp_path / "a.txt").write_text("Moss keeps water in the bog.", encoding="utf-8")
    where = ("-l", tmp_path / "library", "--collection", "bogs")
    assert sinkqa("ask", *where, "What keeps water?").status == 1
    assert sinkqa("add", *where, "--workers", "1", tmp_path / "a.txt").status == 0
    assert "Moss keeps water" in sinkqa("search", *where, "moss water").out
    assert "Moss keeps water" in sinkqa("list", *where).out
