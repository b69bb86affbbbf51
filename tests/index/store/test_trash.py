"""Documents that were deleted come back whole, and take nothing from those that took their place."""

from __future__ import annotations

import pytest

from sinkqa.index.errors import DocumentNotFound
from sinkqa.index.library import Library
from sinkqa.index.store.sqlite.trash import Trash
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


@pytest.fixture
def trash(library, tmp_path):
    return Trash(tmp_path / "library", encoder=library.encoder.fingerprint)


def put(library, words, *sources):
    document = read_bytes(f"# Pond\n\n{words}\n".encode(), "pond.md")
    for source in sources:
        library.add(document, split(document), source=source)
    return document.doc_id


def rows(library):
    return library._store.connection.execute(
        'SELECT passage_id, position, body, terms, vector, tokens FROM passages JOIN features USING ("row") '
        "ORDER BY passage_id"
    ).fetchall()


def test_what_comes_back_is_what_went(library, trash):
    doc_id = put(library, "Newts spawn in April. 𠮷 and 🌲 too.", "a", "b")
    before, record = rows(library), library.document(doc_id)
    boxes, content = library.boxes(doc_id), library.content(doc_id)
    library.remove(doc_id, trash=trash)
    assert not rows(library) and not library.search("newts")
    back = library.restore(doc_id, trash)
    assert rows(library) == before and back.sources == record.sources == ("a", "b")
    assert (library.content(doc_id), library.boxes(doc_id)) == (content, boxes)
    assert library.search("newts")[0].passage.doc_id == doc_id and not library.check()
    with pytest.raises(DocumentNotFound, match="time is over, or it is back"):
        library.restore(doc_id, trash)


def test_a_newer_version_at_the_same_place_stays(library, trash):
    old = put(library, "Newts spawn in April.", "a")
    library.remove(old, trash=trash)
    new = put(library, "Newts spawn in May.", "a")
    back = library.restore(old, trash)
    assert {record.doc_id for record in library.documents()} == {old, new}
    assert library.document(new).sources == ("a",) and "a" not in back.sources


def test_a_document_that_was_added_again_meanwhile_stays_one(library, trash):
    doc_id = put(library, "Newts spawn in April.", "a")
    library.remove(doc_id, trash=trash)
    put(library, "Newts spawn in April.", "c")
    assert library.restore(doc_id, trash).sources == ("a", "c")
    assert len(library.documents()) == 1 and not library.check()


def test_a_document_deleted_twice_is_kept_once(library, trash):
    doc_id = put(library, "Newts spawn in April.", "a")
    for _ in range(2):
        library.remove(doc_id, trash=trash)
        put(library, "Newts spawn in April.", "a")
    library.remove(doc_id, trash=trash)
    assert library.restore(doc_id, trash).doc_id == doc_id


def test_only_what_is_past_its_time_is_dropped(library, trash):
    trash.empty(older_than_s=0)
    first, second = put(library, "Newts.", "a"), put(library, "Toads.", "b")
    library.remove(first, trash=trash)
    library.remove(second, trash=trash)
    trash.empty(older_than_s=60)
    trash.empty(older_than_s=-1, doc_id=second)
    assert library.restore(first, trash).doc_id == first
    with pytest.raises(DocumentNotFound):
        library.restore(second, trash)


def test_a_trash_of_another_encoder_is_emptied_and_one_that_is_damaged_too(library, trash, tmp_path):
    doc_id = put(library, "Newts spawn in April.", "a")
    library.remove(doc_id, trash=trash)
    other = Trash(tmp_path / "library", encoder="another")
    with pytest.raises(DocumentNotFound):
        library.restore(doc_id, other)
    put(library, "Newts spawn in April.", "a")
    (tmp_path / "library" / "trash.sqlite").write_bytes(b"not a store" * 999)
    library.remove(doc_id, trash=trash)
    assert library.restore(doc_id, trash).doc_id == doc_id


def test_two_versions_deleted_from_one_place_both_come_back(library, trash):
    old = put(library, "Newts spawn in April.", "a")
    library.remove(old, trash=trash)
    new = put(library, "Newts spawn in May.", "a")
    library.remove(new, trash=trash)
    assert library.restore(new, trash).sources == ("a",)
    assert library.restore(old, trash).doc_id == old
    assert {record.doc_id for record in library.documents()} == {old, new} and not library.check()
