"""What documents are called is kept by the words and rules of today, whichever version wrote it."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import pytest

from sinkqa.index.errors import LibraryFormatMismatch
from sinkqa.index.library import Library
from sinkqa.index.naming import version
from sinkqa.index.naming.front import Front
from sinkqa.index.naming.known import key, keys, know
from sinkqa.index.store.documents.document_rows import pack_names
from sinkqa.index.store.sqlite.store import STORE_FILE, SqliteStore
from sinkqa.index.store.sqlite.trash import TRASH_FILE, Trash
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split

LAW = "# Fen Act 2031\n\nThis Act may be cited as the Fens and Meres Act.\n\n## 4 Fens\n\nA fen is wet.\n"
OLDER = "UPDATE meta SET value = '0-older' WHERE name = 'names'; UPDATE names SET key = 'x' || key"
BEFORE_THERE_WERE_ANY = "DELETE FROM meta WHERE name = 'names'; DROP TABLE names; DROP TABLE known; DROP TABLE mentions"
BEFORE_REFERENCES = "UPDATE meta SET value = '1-older' WHERE name = 'names'; DROP TABLE mentions"


@pytest.fixture
def folder(tmp_path, encoder):
    """Of a library with one document, and another deleted."""
    with Library.open(tmp_path / "library", create=True, encoder=encoder) as library:
        kept, deleted = (read_bytes(text.encode(), "fen.md") for text in (LAW, LAW.replace("Fen", "Mere")))
        for document in (kept, deleted):
            library.add(document, split(document), source=document.doc_id)
        library.remove(deleted.doc_id, trash=Trash(tmp_path / "library", encoder=encoder.fingerprint))
    return tmp_path / "library"


def age(folder, statements):
    for name in (STORE_FILE, TRASH_FILE):
        with closing(sqlite3.connect(folder / name)) as connection:
            connection.executescript(statements)


def are_as_made_anew(library):
    (record,) = library.documents()
    packed = library._store.kept(record.doc_id).packed
    return packed.names == pack_names(packed.document)


@pytest.mark.parametrize("statements", [OLDER, BEFORE_REFERENCES, BEFORE_THERE_WERE_ANY])
def test_names_made_by_other_words_are_made_anew_when_the_library_is_opened(folder, encoder, statements):
    age(folder, statements)
    with Library.open(folder, encoder=encoder) as library:
        assert are_as_made_anew(library) and library.named([key("of", "fen", "law")], most=9)
        generation = library.generation
        (record,) = library.documents()
        trash = Trash(folder, encoder=encoder.fingerprint)
        with trash._opened() as store:
            (deleted,) = store.records()
        library.remove(record.doc_id)
        library.restore(deleted.doc_id, trash)
        assert are_as_made_anew(library) and library.generation == generation + 2


def test_names_made_by_other_words_are_not_read_where_they_cannot_be_made_anew(folder):
    age(folder, OLDER)
    with pytest.raises(LibraryFormatMismatch, match="open it once where it can be written to"):
        SqliteStore(folder / STORE_FILE, read_only=True)


def test_the_version_tells_of_other_words(monkeypatch):
    today = version.names_version()
    monkeypatch.setattr(version, "_DATA", version._DATA[:-1])
    version.names_version.cache_clear()
    assert version.names_version() != today
    monkeypatch.undo()
    version.names_version.cache_clear()
    assert version.names_version() == today


def front(title: str, opening: str = "", *headings: str, **about: str) -> Front:
    known = Metadata(title=title, **about)  # type: ignore[arg-type]
    return Front("0" * 64, "fen-act_2031.json", title, "json", known, opening, headings)


RULES = {2: "59e1707483af6963"}
"""What the keys of some documents hash to under each version of the rules: where it changes, the version must.

Entries of the vocabulary are left out: the version tells of other words by itself.
"""


def test_a_change_of_the_rules_is_a_version_of_its_own():
    fronts = [
        front("中华人民共和国沼泽保护法", "2033年1月2日 第九次会议通过", jurisdiction="CN"),
        front(
            "江苏省人民政府关于印发《江苏省2031年度滩涂修复工作方案》的通知", place="江苏省", issuer="江苏省人民政府"
        ),
        front("Peat Carbon Act 2027", "This Act is the Peat Carbon Act 2027.", "Schedule 1 Oslo Protocol on Fires"),
        front("Harvest of Fallen Timber", "Executive Order 20301 of March 1, 2031", jurisdiction="US"),
        front("GB/T 94330-2031 Fens", "Report\n1/CP.40\tAdoption of the Lisbon Agreement\t2", "com 2031 77", "b"),
    ]
    said = "\n".join(
        " ".join(sorted(each for each in keys(know(front), front.name) if "#" not in each)) for front in fronts
    )
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == RULES[version._RULES]
