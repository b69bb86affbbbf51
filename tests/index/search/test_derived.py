from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sinkqa.index.errors import LibraryDamaged, LibraryFormatMismatch, SearchIndexDamaged
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.search.embedded.derived import SMALL, cheapest, tail
from sinkqa.index.search.embedded.manifest import read_manifest, write_manifest
from sinkqa.index.store.sqlite.store import STORE_FILE
from tests.index.made import ENGLISH, made, own_word, random_addition

Open = Callable[..., Library]


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.chmod(0o644)
    path.write_bytes(content)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def _segment(derived: Path) -> Path:
    return derived / read_manifest(derived).segments[0].name


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a flipped bit in a segment": lambda derived: _flip(_segment(derived)),
    "a truncated segment": lambda derived: _truncate(_segment(derived)),
    "a missing segment": lambda derived: _segment(derived).unlink(),
    "a folder in place of a segment": lambda derived: (_segment(derived).unlink(), _segment(derived).mkdir()),
    "nothing at all": shutil.rmtree,
    "a torn manifest": lambda derived: _truncate(derived / "CURRENT"),
    "a manifest that is no object": lambda derived: (derived / "CURRENT").write_text("[1]", "utf-8"),
    "a manifest of the future": lambda derived: _replace(derived, generation=9),
    "a manifest of another format": lambda derived: _replace(derived, format=0),
    "a manifest of the format before": lambda derived: (derived / "CURRENT").write_text(BEFORE, "utf-8"),
}
BEFORE = '{"format":5,"generation":1,"encoder":"x","stale":0,"folder":"1-ab","files":{"rows.npy":[136,1]}}'


def _replace(derived: Path, **values: int) -> None:
    write_manifest(derived, replace(read_manifest(derived), **values), aside="aside")  # type: ignore[arg-type]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_noticed_and_made_anew(opened: Open, tmp_path: Path, damage: str) -> None:
    with opened() as library:
        library.add(*made("en.txt", ENGLISH))
        expected = library.search(ENGLISH[2])
    DAMAGES[damage](tmp_path / "library" / "derived")
    library = opened()
    assert [problem.code for problem in library.check()] == ["search-index"]
    assert library.search(ENGLISH[2]) == expected
    assert library.check() == []


def test_a_store_put_back_from_an_older_copy_is_indexed_anew(opened: Open, tmp_path: Path) -> None:
    store = tmp_path / "library" / STORE_FILE
    with opened() as library:
        library.add(*made("a.txt", ENGLISH[:3]))
    shutil.copyfile(store, tmp_path / "copy")
    with opened() as library:
        library.add(*made("b.txt", ENGLISH[3:]))
    shutil.copyfile(tmp_path / "copy", store)
    library = opened()
    assert len(library.search(ENGLISH[4], k=50)) == 3
    assert library.check() == []


def test_rebuilding_changes_no_result(opened: Open) -> None:
    library = opened()
    for number, sentence in enumerate(ENGLISH):
        library.add(*made(f"{number}.txt", [sentence]))
    expected = library.search("carbon stored in timber", k=6)
    library.rebuild()
    assert [hit.passage for hit in library.search("carbon stored in timber", k=6)] == [hit.passage for hit in expected]
    assert library.check() == []


def test_only_the_current_generation_is_kept(opened: Open, tmp_path: Path) -> None:
    library = opened()
    for number, sentence in enumerate(ENGLISH):
        library.add(*made(f"{number}.txt", [sentence]))
    derived = tmp_path / "library" / "derived"
    assert {path.name for path in derived.iterdir()} == {"CURRENT", *read_manifest(derived).files()}


def test_a_long_file_is_not_read_whole_until_somebody_asks_for_it(opened: Open, tmp_path: Path) -> None:
    with opened() as library:
        list(library.add_all([random_addition(seed, paragraphs=40) for seed in range(40)], group_s=60))
    path = _segment(tmp_path / "library" / "derived")
    assert path.stat().st_size > 1 << 20
    _flip(path)
    library = opened()
    library.search(ENGLISH[2])
    assert [problem.code for problem in library.check()] == ["search-index"]
    library.rebuild()
    assert library.check() == []


def test_damage_that_is_met_while_searching_is_named_and_mended(opened: Open, tmp_path: Path) -> None:
    library = opened()
    library.add(*made("en.txt", ENGLISH))
    expected = library.search(ENGLISH[2])
    path = _segment(tmp_path / "library" / "derived")
    with path.open("r+b") as file:
        file.write(b"\xff" * (path.stat().st_size - 1_000))
    with pytest.raises(SearchIndexDamaged, match="rebuilt"):
        library.search(ENGLISH[2])
    assert library.search(ENGLISH[2]) == expected


def test_the_last_segments_merge_while_they_are_alike_and_few() -> None:
    assert tail([], SMALL) == -1
    assert tail([5], SMALL) == 0
    assert tail([9_000, 40, 10, 1, 1], SMALL) == 3
    assert tail([9_000, 40, 8, 1, 1], SMALL) == 1
    assert tail([3_000, 2_000], SMALL) == 1
    assert tail([3_000, 2_000], 2 * SMALL) == 0


def test_too_many_segments_merge_where_that_costs_least() -> None:
    assert cheapest([9, 8, 1, 2, 3, 9], 2) == (2, 5)
    assert cheapest([1, 1], 1) == (0, 2)


def test_many_segments_become_fewer(opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sinkqa.index.search.embedded.derived.SMALL", 3)
    monkeypatch.setattr("sinkqa.index.search.embedded.derived._BATCHES", 1)
    library = opened()
    results = list(library.add_all((random_addition(seed) for seed in range(60)), group_s=0))
    for result in results[::3]:
        library.remove(result.doc_id)
    entries = read_manifest(tmp_path / "library" / "derived").segments
    assert 4 <= len(entries) <= 16
    assert sum(each.alive for each in entries) == 120
    assert all(own_word(seed) in library.search(own_word(seed), k=1)[0].passage.text for seed in range(1, 60, 3))
    assert library.check() == []


@pytest.mark.parametrize(
    ("pragma", "remedy"), [("user_version", "the version that wrote it"), ("application_id", "not a")]
)
def test_another_format_is_an_error_that_names_the_remedy(
    opened: Open, tmp_path: Path, encoder: Encoder, pragma: str, remedy: str
) -> None:
    opened().close()
    with sqlite3.connect(tmp_path / "library" / STORE_FILE) as connection:
        connection.execute(f"PRAGMA {pragma} = 77")
    connection.close()
    with pytest.raises(LibraryFormatMismatch, match=remedy):
        Library.open(tmp_path / "library", encoder=encoder)


def test_passages_cut_by_another_splitter_are_refused(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    opened().close()
    monkeypatch.setattr("sinkqa.index.store.sql_store.SPLITTER_VERSION", "0")
    with pytest.raises(LibraryFormatMismatch, match="split by splitter"):
        opened()


@pytest.mark.parametrize("content", [b"", b"no database at all " * 500])
def test_a_store_that_is_none_is_a_named_error(tmp_path: Path, encoder: Encoder, content: bytes) -> None:
    (tmp_path / STORE_FILE).write_bytes(content)
    with pytest.raises((LibraryDamaged, LibraryFormatMismatch)):
        Library.open(tmp_path, create=True, encoder=encoder)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE documents SET text_sha256 = 'x'", "differs from its checksum"),
        ("UPDATE documents SET content = x'72'", "original bytes"),
        ("UPDATE documents SET text = x'7a00'", "cannot be read"),
        ("UPDATE passages SET body = x'7b'", "cannot be read"),
        ("UPDATE passages SET passage_id = 'x' WHERE position = 0", "does not fit its text"),
        ('DELETE FROM features WHERE "row" = 1', "1 passages without features"),
        ("UPDATE features SET vector = x'00' WHERE \"row\" = 2", "1 vectors of another size"),
        ("DELETE FROM sources", "1 documents without a source"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM documents", "row without its owner"),
    ],
)
def test_damage_in_the_store_is_reported(opened: Open, statement: str, finding: str) -> None:
    library = opened()
    library.add(*made("en.txt", ENGLISH))
    library._store.connection.executescript(statement)
    assert any(problem.code == "store" and finding in problem.message for problem in library.check())


@pytest.mark.parametrize(("column", "table"), [("text", "documents"), ("content", "documents"), ("body", "passages")])
def test_damage_met_while_reading_is_a_named_error(opened: Open, column: str, table: str) -> None:
    library = opened()
    library.add(*made("en.txt", ENGLISH))
    (record,) = library.documents()
    library._store.connection.executescript(f"UPDATE {table} SET {column} = x'7a00'")
    read = {"text": library.text, "content": library.content, "body": library.passages}[column]
    with pytest.raises(LibraryDamaged, match="sinkqa doctor"):
        read(record.doc_id)
    if column == "body":
        with pytest.raises(LibraryDamaged, match="sinkqa doctor"):
            library.search("forest carbon")
