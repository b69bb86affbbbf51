"""What provisions state and documents show first, in the store: found, kept, and given to older libraries."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from sinkqa.index.errors import LibraryFormatMismatch
from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from sinkqa.index.store.documents.serialization import read_front
from sinkqa.index.store.sqlite.schema import UPGRADABLE
from sinkqa.index.store.sqlite.store import STORE_FILE
from sinkqa.index.store.sqlite.trash import TRASH_FILE, Trash
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from tests.index.former import make_former

LAW = """# Fen Act

## 2 Commencement

This Act comes into force on 1 March 2031.

## 4 Interpretation

In this Act, warden means a person appointed under section 9.

## 6 Ditches

A farmer must not dig a ditch in a fen.

## 8 Fines

A farmer who digs a ditch in a fen is liable on conviction to a fine not exceeding 900 marks.
"""


@pytest.fixture
def law(library):
    document = read_bytes(LAW.encode(), "fen.md")
    return library.add(document, split(document)).doc_id


def texts(library, kind, **how):
    return [each.hit.passage.units[each.unit].text for each in library.stating(kind, **how)]


def front_of(library, doc_id):
    """How the document opens, and its highest headings."""
    return read_front(library._store.kept(doc_id).packed.document["front"])


def test_statements_are_found_by_kind_term_and_document(library, law):
    assert texts(library, "effect") == ["This Act comes into force on 1 March 2031."]
    assert texts(library, "definition", term="warden") == texts(library, "definition")
    assert not texts(library, "definition", term="ditch")
    assert library.terms() == library.terms(filters=Filters(doc_ids=(law,))) == ["warden"]
    other = read_bytes(LAW.replace("warden", "keeper").encode(), "other.md")
    library.add(other, split(other))
    assert library.terms() == ["keeper", "warden"] and library.terms(filters=Filters(doc_ids=(law,))) == ["warden"]
    assert library.stating("effect", most=1)[0].hit.passage.doc_id == law


def test_a_front_is_how_a_document_opens_and_its_highest_headings(library, law):
    parts = "# Mere Order\n\nMade in May.\n\n" + "".join(
        f"# Part {n}\n\n## {n} Gates\n\nA gate of part {n} is shut.\n\n" for n in range(1, 4)
    )
    long = read_bytes((parts + "The mere is wet. " * 400).encode(), "mere.md")
    other = library.add(long, split(long)).doc_id
    headings = ("2 Commencement", "4 Interpretation", "6 Ditches", "8 Fines")
    assert front_of(library, law) == (library.text(law), headings)
    opening, headings = front_of(library, other)
    assert headings == ("Mere Order", "Part 1", "Part 2", "Part 3")  # the gates stand below
    assert opening == long.text[:3000] != long.text


def test_a_search_by_kind_ranks_only_what_states_it(library, law):
    assert len(library.search("digging a ditch in a fen", k=9)) > 1
    (hit,) = library.search("digging a ditch in a fen", k=9, filters=Filters(kinds=("penalty",)))
    assert "900 marks" in hit.passage.text
    assert not library.search("ditch", filters=Filters(kinds=("repeal",), doc_ids=(law,)))


def test_statements_go_and_come_back_with_their_document(library, law, tmp_path):
    trash = Trash(tmp_path / "library", encoder=library.encoder.fingerprint)
    before = texts(library, "penalty"), library.terms()
    library.remove(law, trash=trash)
    assert not texts(library, "penalty") and not library.terms()
    library.restore(law, trash)
    assert (texts(library, "penalty"), library.terms()) == before


def test_the_following_passages_are_given_in_order(library, law):
    first, second, *rest = library.passages(law)
    assert library.passages(law, most=2) == [first, second]
    assert library.after(first.passage_id, most=9) == [second, *rest]
    assert library.after(rest[-1].passage_id, most=9) == [] == library.after("none", most=9)


@pytest.mark.parametrize("version", UPGRADABLE)
def test_an_older_library_is_given_what_it_lacks_when_it_is_opened(library, law, tmp_path, encoder, version):
    before, front = texts(library, "penalty"), front_of(library, law)
    library.remove(law, trash=Trash(tmp_path / "library", encoder=encoder.fingerprint))
    library.add(read_bytes(LAW.encode(), "fen.md"), split(read_bytes(LAW.encode(), "fen.md")))
    generation = library.generation
    library.close()
    make_former(tmp_path / "library" / STORE_FILE, version)
    make_former(tmp_path / "library" / TRASH_FILE, version)
    with Library.open(tmp_path / "library", encoder=encoder) as opened:
        assert texts(opened, "penalty") == before and opened.terms() == ["warden"]
        assert front_of(opened, law) == front
        assert opened.generation == generation and opened.check() == []
        assert opened.search("ditch")
        assert opened._store.changes(generation - 1) is None and opened._store.changes(generation) is not None
        last = opened._store.rows(Filters(doc_ids=(law,))).max()
        opened.remove(law)
        opened.restore(law, Trash(tmp_path / "library", encoder=encoder.fingerprint))
        assert texts(opened, "penalty") == before and front_of(opened, law) == front
        assert opened._store.rows(Filters(doc_ids=(law,))).min() > last


def test_an_older_library_gets_its_terms_in_the_search_form_of_today(library, tmp_path, encoder):
    document = read_bytes("# Fens\n\nThe fens hold 10⁶ t of carbon.\n".encode(), "fens.md")
    library.add(document, split(document))
    library.close()
    path = tmp_path / "library" / STORE_FILE
    with closing(sqlite3.connect(path)) as connection:
        (fresh,) = connection.execute("SELECT terms FROM features").fetchone()
    make_former(path, 4, but="UPDATE features SET terms = CAST('fen 106' AS BLOB)")
    with Library.open(tmp_path / "library", encoder=encoder) as opened:
        assert opened.search("10⁶ t")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT terms FROM features").fetchall() == [(fresh,)]


def test_an_older_library_that_cannot_be_written_is_a_named_error(library, law, tmp_path, encoder, monkeypatch):
    library.close()
    make_former(tmp_path / "library" / STORE_FILE, 5)
    monkeypatch.setattr("sinkqa.index.store.sqlite.store.os.access", lambda *_: False)
    with pytest.raises(LibraryFormatMismatch, match="open it once where it can be written to"):
        Library.open(tmp_path / "library", encoder=encoder)
