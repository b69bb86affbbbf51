"""What a person corrects of a document is what it is known by from then on, whatever becomes of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from sinkqa.index.errors import DocumentNotFound
from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from sinkqa.index.store.sqlite.store import STORE_FILE
from sinkqa.index.store.sqlite.trash import Trash
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from tests.index.former import make_former
from tests.index.made import ENGLISH, made

KNOWN = Metadata(title="Heron leaflet", year=2019, language="en", jurisdiction="AU", issuer="Heron Trust")


@pytest.fixture
def library(tmp_path, encoder):
    with Library.open(tmp_path / "library", create=True, encoder=encoder) as opened:
        yield opened


@pytest.fixture
def doc_id(library):
    library.add(*made("other.txt", ENGLISH[3:]))
    return library.add(*made("heron.txt", ENGLISH[:3], metadata=KNOWN), source="a").doc_id


def rows(library):
    return library._store.connection.execute(
        "SELECT passage_id, position, passages.language, body, terms, vector, tokens "
        'FROM passages JOIN features USING ("row") ORDER BY passage_id'
    ).fetchall()


def test_a_correction_stands_where_the_reading_stood_and_the_reading_beside_it(library, doc_id):
    before = library.document(doc_id)
    after = library.edit(doc_id[:8], {"title": "Bittern handbook", "year": 2002, "jurisdiction": "NZ"})
    assert (after.title, after.metadata.year, after.metadata.jurisdiction) == ("Bittern handbook", 2002, "NZ")
    assert after.edited == {"title": {"read": "Heron leaflet"}, "year": {"read": 2019}, "jurisdiction": {"read": "AU"}}
    assert after.metadata.issuer == "Heron Trust" and after.generation == library.generation > before.generation
    assert (after.added_at, after.sources, after.n_passages) == (before.added_at, before.sources, before.n_passages)
    assert [each.doc_id for each in library.documents()][-1] == doc_id and library.check() == []


def test_filters_and_search_follow_a_correction_at_once(library, doc_id):
    library.search("bittern")
    library.edit(doc_id, {"title": "Bittern handbook", "year": 2002, "jurisdiction": "NZ"})
    for filters in (Filters(year_to=2002), Filters(jurisdictions=("NZ",))):
        assert {hit.passage.doc_id for hit in library.search("carbon forest", filters=filters)} == {doc_id}
    assert not library.search("carbon", filters=Filters(year_from=2019, jurisdictions=("AU",)))
    for mode in ("lexical", "hybrid"):
        hit = library.search("bittern handbook", k=1, mode=mode)[0]
        assert (hit.passage.doc_id, hit.title, hit.about.year) == (doc_id, "Bittern handbook", 2002)
    assert not library.search("heron leaflet", mode="lexical")


def test_a_language_is_that_of_the_passages_which_were_taken_for_the_one_that_was_read(library, doc_id):
    library.search("carbon")  # what a process knows of rows it keeps
    library.edit(doc_id, {"language": "nl"})
    assert {each.language for each in library.passages(doc_id)} == {"nl"}
    assert len(library.search("carbon credits", filters=Filters(languages=("nl",)))) == 3
    assert doc_id not in {hit.passage.doc_id for hit in library.search("carbon", filters=Filters(languages=("en",)))}


def test_a_correction_taken_back_leaves_all_as_it_was(library, doc_id):
    before, record = rows(library), library.document(doc_id)
    library.edit(doc_id, {"title": "Bittern handbook", "language": "nl", "url": "https://bittern.example/1"})
    assert rows(library) != before
    library.edit(doc_id, {"title": None, "url": None})
    back = library.edit(doc_id, {"language": "en"})  # what was read is no correction
    assert rows(library) == before
    assert (back.edited, back.metadata, back.title) == ({}, record.metadata, record.title)


def test_what_changes_nothing_is_no_change_of_the_library(library, doc_id):
    library.edit(doc_id, {"place": "Otago"})
    generation = library.generation
    library.edit(doc_id, {"place": "Otago", "title": "Heron leaflet", "year": None})
    assert library.generation == generation
    with pytest.raises(DocumentNotFound):
        library.edit("abcdefabcdef", {"year": 2002})


def test_the_same_bytes_again_and_a_better_reading_keep_corrections(library, doc_id):
    library.edit(doc_id, {"title": "Bittern handbook", "year": 2002})
    document, passages = made("heron.txt", ENGLISH[:3], metadata=KNOWN)
    assert library.add(document, passages, source="a").status == "unchanged"
    assert library.document(doc_id).title == "Bittern handbook"
    better = made("heron.txt", ENGLISH[:3], metadata=Metadata(title="Heron sheet", year=2002, language="en"))
    assert library.add(*better, source="a").status == "updated"
    record = library.document(doc_id)
    assert (record.title, record.metadata.year) == ("Bittern handbook", 2002)
    assert record.edited == {"title": {"read": "Heron sheet"}}  # the year is read right by now
    assert library.search("bittern handbook", mode="lexical")


def test_a_newer_version_takes_corrections_over_but_for_the_year(library, doc_id):
    library.edit(doc_id, {"title": "Bittern handbook", "year": 2002, "issuer": "Wetland Board"})
    newer = made(
        "heron.txt", [*ENGLISH[:2], "Bitterns boom."], metadata=Metadata(title="Heron", issuer="Wetland Board")
    )
    result = library.add(*newer, source="a")
    assert result.superseded == doc_id
    record = library.document(result.doc_id)
    assert (record.title, record.metadata.year) == ("Bittern handbook", None)
    assert record.edited == {"title": {"read": "Heron"}}
    assert library.search("bittern handbook", mode="lexical", k=1)[0].title == "Bittern handbook"


def test_a_document_that_is_there_already_keeps_its_own_when_it_takes_a_place(library, doc_id):
    library.edit(doc_id, {"title": "Bittern handbook"})
    other = made("heron.txt", ["Egrets nest in reeds."], metadata=Metadata(title="Egret"))
    library.add(*other, source="b")
    assert library.add(*other, source="a").superseded == doc_id
    assert library.document(other[0].doc_id).edited == {}


def test_corrections_go_into_the_trash_and_come_back(library, doc_id, tmp_path):
    library.edit(doc_id, {"title": "Bittern handbook", "language": "nl"})
    before = rows(library)
    trash = Trash(tmp_path / "library", encoder=library.encoder.fingerprint)
    library.remove(doc_id, trash=trash)
    back = library.restore(doc_id, trash)
    assert back.title == "Bittern handbook" and back.edited["language"] == {"read": "en"}
    assert rows(library) == before and library.check() == []


def test_corrections_outlast_a_rebuild_and_another_encoder(library, doc_id, tmp_path, encoder):
    library.edit(doc_id, {"title": "Bittern handbook"})
    before = rows(library)
    library.rebuild()
    library.close()
    with closing(sqlite3.connect(tmp_path / "library" / STORE_FILE)) as store:
        store.executescript(
            "UPDATE meta SET value = 'another' WHERE name = 'encoder'; UPDATE features SET vector = x''"
        )
    with Library.open(tmp_path / "library", encoder=encoder, reencode=True) as opened:
        assert rows(opened) == before and opened.document(doc_id).edited == {"title": {"read": "Heron leaflet"}}


def test_an_older_library_can_be_corrected_and_its_uploads_go_by_their_names(library, tmp_path, encoder):
    for words, name in (("Teal moult in July.", "duck.md"), ("Teal moult in May.", "duck.md"), ("Rails hide.", "r.md")):
        document = read_bytes(words.encode(), name)
        library.add(document, split(document), source=f"upload:{document.doc_id}")
    kept = [record.sources for record in library.documents()]
    library.close()
    path = tmp_path / "library" / STORE_FILE
    make_former(path, 4)
    with Library.open(tmp_path / "library", encoder=encoder) as opened:
        assert opened.edit(opened.documents()[0].doc_id, {"year": 1999}).metadata.year == 1999
        assert [record.sources for record in opened.documents()] == [kept[0], ("upload:duck.md",), ("upload:r.md",)]
        assert opened.search("teal") and opened.check() == []
