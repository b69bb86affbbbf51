"""What every store promises, whichever database it is in."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from sinkqa.index.errors import AmbiguousDocument, DocumentNotFound, PassageNotFound
from sinkqa.index.library import Addition
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.store.documents.catalogue import Census
from sinkqa.index.store.documents.corrections import corrected, inherited
from sinkqa.index.store.documents.document_rows import Packed
from sinkqa.index.store.encoding import encode_anew
from sinkqa.index.store.store import Store
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from tests.contracts.conftest import FINE, LAW, Open, Pack, changes, everything, put, rows_of
from tests.index.made import CHINESE, ENGLISH, addition, random_addition


def test_a_new_store_is_empty_and_of_generation_0(store: Store, encoder: Encoder) -> None:
    assert store.generation == 0 and store.records() == [] and store.size().documents == 0
    assert len(changes(store, None).added) == len(changes(store, 0).added) == 0
    assert store.meta("encoder") == encoder.fingerprint and store.find_meta("nothing") is None
    assert store.problems(encoder.dim) == []


def test_the_same_bytes_again_change_nothing(store: Store, pack: Pack) -> None:
    document = pack(addition("en.txt", ENGLISH))
    (first,) = put(store, document)
    (again,) = put(store, document)
    assert (first.status, first.n_passages, first.generation) == ("added", len(ENGLISH), 1)
    assert (again.status, again.doc_id, store.generation) == ("unchanged", first.doc_id, 1)


def test_the_same_bytes_read_otherwise_take_new_rows_and_keep_their_sources(store: Store, pack: Pack) -> None:
    made = addition("en.txt", ENGLISH)
    (first,) = put(store, pack(made, "a"))
    old = rows_of(store, first.doc_id)
    (result,) = put(store, pack(replace(made, passages=made.passages[:2]), "b"))
    assert (result.status, result.superseded, result.n_passages) == ("updated", None, 2)
    assert store.record(first.doc_id).sources == ("a", "b")
    assert min(rows_of(store, first.doc_id)) > max(old)
    assert list(changes(store, first.generation).removed) == old


def test_a_source_holds_one_document_and_what_it_held_is_told_and_goes(store: Store, pack: Pack) -> None:
    (old,) = put(store, pack(random_addition(1), "a"))
    told: list[tuple[str, bool]] = []
    with store.writing():
        new = store.put(pack(random_addition(2), "a"), leave=lambda doc_id: told.append((doc_id, has(store, doc_id))))
    assert new.superseded == old.doc_id and told == [(old.doc_id, True)]
    assert [each.doc_id for each in store.records()] == [new.doc_id]
    with pytest.raises(DocumentNotFound):
        store.text(old.doc_id)


def has(store: Store, doc_id: str) -> bool:
    return any(each.doc_id == doc_id for each in store.records())


def test_a_document_of_two_sources_stays_while_one_holds_it(store: Store, pack: Pack) -> None:
    kept = random_addition(1)
    put(store, pack(kept, "a"), pack(kept, "b"))
    (new,) = put(store, pack(random_addition(2), "a"))
    assert new.superseded is None and {each.sources for each in store.records()} == {("a",), ("b",)}
    assert store.free_sources(["a", "c", "b", "d"]) == ["c", "d"] and store.free_sources([]) == []


def test_what_is_read_is_what_was_written(store: Store, pack: Pack, encoder: Encoder) -> None:
    made = addition("zh.txt", CHINESE, language="zh", metadata=Metadata("标题", ("甲",), 2020, "zh", "CN"))
    (result,) = put(store, pack(made, "a"))
    record = store.record(result.doc_id[:7].upper())
    assert (record.title, record.type, record.metadata) == ("标题", "text", made.document.metadata)
    assert (record.sources, record.n_passages, record.generation, record.edited) == (("a",), len(CHINESE), 1, {})
    assert store.text(record.doc_id) == made.document.text and store.content(record.doc_id) == made.document.content
    assert store.pages(record.doc_id) == made.document.pages and store.boxes(record.doc_id) is None
    assert store.passages(record.doc_id) == list(made.passages)
    assert store.passages(record.doc_id, most=2) == list(made.passages[:2])
    assert store.kept(record.doc_id).packed == replace(pack(made), source="")
    assert store.size() == type(store.size())(1, len(made.document.content))
    assert store.problems(encoder.dim) == []


def test_passages_are_found_among_their_neighbours(store: Store, pack: Pack) -> None:
    made = addition("en.txt", ENGLISH)
    put(store, pack(made))
    third = made.passages[2]
    assert store.passage(third.passage_id) == third
    assert store.near(third.passage_id, reach=1) == list(made.passages[1:4])
    assert store.after(third.passage_id, most=2) == list(made.passages[3:5])
    assert store.near("none", reach=1) == store.after("none", most=1) == []
    with pytest.raises(PassageNotFound):
        store.passage("none \ud800")


def test_documents_are_counted_by_sort_and_the_first_ones_given(store: Store, pack: Pack) -> None:
    assert store.census() == Census(0, {}, {})
    for place, home in enumerate(("CN", "NZ", "NZ", None)):
        about = Metadata(str(place), language="zh" if home else None, jurisdiction=home)
        put(store, pack(addition(f"{place}.txt", [str(place)], metadata=about), str(place)))
    census = store.census()
    assert census == Census(4, {"NZ": 2, "CN": 1}, {"zh": 3}) and list(census.jurisdictions) == ["NZ", "CN"]
    assert store.records(most=2) == store.records()[:2] and store.records(most=9) == store.records()


def test_headings_are_given_for_many_documents_at_once_and_those_that_are_gone_left_out(
    store: Store, pack: Pack
) -> None:
    packed = [
        pack(addition("a.txt", ["Otters.", "Teal."], section=("Rivers", "Banks"))),
        pack(addition("b.txt", ["Herons."])),
    ]
    first, second = put(store, *packed)
    asked = [first.doc_id, "0" * 64, second.doc_id]
    assert store.headings(asked) == {first.doc_id: ("Rivers",), second.doc_id: ()}
    assert store.headings([]) == {}


@pytest.mark.parametrize("prefix", ["", "abc", "000000", "%", "_" * 6, "\ud800"])
def test_an_unknown_document_is_a_named_error(store: Store, pack: Pack, prefix: str) -> None:
    put(store, pack(random_addition(1)))
    for look in (store.record, store.resolve, store.text, store.passages, store.kept):
        with pytest.raises(DocumentNotFound):
            look(prefix)


def test_a_prefix_of_two_documents_is_ambiguous(store: Store, pack: Pack) -> None:
    one, other = (pack(random_addition(seed)) for seed in (1, 2))
    document = other.document | {"doc_id": one.doc_id[:8] + other.doc_id[8:]}
    put(store, one, replace(other, document=document))
    with pytest.raises(AmbiguousDocument, match="2 ids"):
        store.record(one.doc_id[:8])


def test_changes_name_the_rows_that_came_and_went(store: Store, pack: Pack) -> None:
    first, second = put(store, pack(random_addition(1)), pack(random_addition(2)))
    then, old = store.generation, rows_of(store, first.doc_id)
    with store.writing():
        store.remove(first.doc_id)
        store.remove("0" * 64)
    (third,) = put(store, pack(random_addition(3)))
    found = changes(store, then)
    assert list(found.added) == rows_of(store, third.doc_id) and list(found.removed) == old
    assert min(found.added) > max(rows_of(store, second.doc_id))
    assert len(changes(store, store.generation).added) == len(changes(store, store.generation).removed) == 0
    assert list(changes(store, None).added) == rows_of(store, second.doc_id) + rows_of(store, third.doc_id)


def test_rows_that_came_and_went_since_are_no_change_and_are_not_used_again(store: Store, pack: Pack) -> None:
    put(store, pack(random_addition(0)))
    then = store.generation
    (brief,) = put(store, pack(random_addition(1)))
    used = rows_of(store, brief.doc_id)
    with store.writing():
        store.remove(brief.doc_id)
    assert len(changes(store, then).added) == len(changes(store, then).removed) == 0
    (again,) = put(store, pack(random_addition(2)))
    assert min(rows_of(store, again.doc_id)) > max(used)


def test_a_generation_that_never_was_or_is_forgotten_has_no_changes(
    store: Store, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.changes(99) is None
    monkeypatch.setattr("sinkqa.index.store.history.REMEMBERED", 2)
    for seed in range(4):
        put(store, pack(random_addition(seed)))
    assert store.changes(2) is None
    assert len(changes(store, 3).added) == 3


def test_a_correction_is_written_and_taken_over_by_the_next_version(store: Store, pack: Pack, encoder: Encoder) -> None:
    about = Metadata(title="Peat", year=2019, language="en")
    old = pack(addition("en.txt", ENGLISH, metadata=about), "a")
    put(store, old)
    rows, then = rows_of(store, old.doc_id), store.generation
    new = corrected(store.kept(old.doc_id).packed, {"year": 2002}, encoder)
    with store.writing():
        store.change(new, anew=False)
    assert (store.record(old.doc_id).metadata.year, store.generation) == (2002, then + 1)
    assert rows_of(store, old.doc_id) == rows and not len(changes(store, then).added)
    retitled = corrected(store.kept(old.doc_id).packed, {"title": "Mire"}, encoder)
    with store.writing():
        store.change(retitled, anew=True)
    found = changes(store, then)
    assert list(found.removed) == rows and list(found.added) == rows_of(store, old.doc_id)
    assert store.record(old.doc_id).edited == {"year": {"read": 2019}, "title": {"read": "Peat"}}
    newer = pack(random_addition(1), "a")
    put(store, inherited(newer, store.predecessor(newer.doc_id, "a"), encoder))
    assert (store.record(newer.doc_id).title, store.record(newer.doc_id).metadata.year) == ("Mire", None)
    assert store.predecessor("0" * 64, "nowhere") is None and store.problems(encoder.dim) == []


def test_a_document_goes_and_comes_back_as_it_was(store: Store, pack: Pack) -> None:
    document = read_bytes((LAW + FINE).encode(), "fen.md")
    put(store, pack(Addition(document, split(document)), "a"), pack(Addition(document, split(document)), "b"))
    before, stated = everything(store), store.defined_terms(None)
    kept = store.kept(document.doc_id)
    assert kept.sources == ("a", "b")
    with store.writing():
        store.remove(document.doc_id)
    assert everything(store)[:2] == [[], []] and store.defined_terms(None) == []
    put(store, *(replace(kept.packed, source=source) for source in store.free_sources(kept.sources)))
    assert (everything(store), store.defined_terms(None)) == (before, stated)
    with store.writing():
        store.put_kept(kept)
    assert everything(store) == before


def test_kept_documents_of_one_source_stay_both_and_the_last_has_it(store: Store, pack: Pack) -> None:
    first, second = (pack(random_addition(seed), "a") for seed in (1, 2))
    put(store, first)
    kept = [store.kept(first.doc_id)]
    put(store, second)
    kept.append(store.kept(second.doc_id))
    with store.writing():
        for each in kept:
            store.put_kept(each)
    assert {each.doc_id: each.sources for each in store.records()} == {first.doc_id: (), second.doc_id: ("a",)}


def test_vectors_are_made_anew_in_new_rows(store: Store, pack: Pack, encoder: Encoder) -> None:
    put(store, pack(addition("en.txt", ENGLISH), "a"), pack(random_addition(2), "b"))
    before, rows = everything(store), changes(store, None).added
    with store.writing():
        encode_anew(store, encoder)
    assert everything(store) == before
    assert list(changes(store, 1).removed) == list(rows) and not {*rows} & {*changes(store, 1).added}


def test_a_reader_sees_one_generation_while_another_writes(opens: Open, pack: Pack) -> None:
    reader, writer = opens(), opens()
    (first,) = put(writer, pack(random_addition(1)))
    with reader.reading():
        with reader.reading():
            assert reader.generation == 1
        put(writer, pack(random_addition(2)))
        with writer.writing():
            writer.remove(first.doc_id)
        assert writer.generation == 3 and reader.generation == 1
        assert [each.doc_id for each in reader.records()] == [first.doc_id] and reader.text(first.doc_id)
        assert len(changes(reader, None).added) == 3
    assert reader.generation == 3 and not has(reader, first.doc_id)


def test_what_fails_inside_a_transaction_leaves_nothing(opens: Open, pack: Pack) -> None:
    store = opens()
    (kept,) = put(store, pack(random_addition(1)))
    with pytest.raises(ZeroDivisionError), store.writing():
        store.put(pack(random_addition(2)))
        store.remove(kept.doc_id)
        raise ZeroDivisionError
    for each in (store, opens()):
        assert each.generation == 1 and [record.doc_id for record in each.records()] == [kept.doc_id]
        assert len(changes(each, 0).removed) == 0 and len(changes(each, 0).added) == 3


def test_nothing_is_written_outside_of_a_transaction(store: Store, pack: Pack) -> None:
    with pytest.raises(RuntimeError, match="writing"):
        store.put(pack(random_addition(1)))


def test_two_writers_lose_nothing_and_share_no_row(opens: Open, pack: Pack) -> None:
    documents = [[pack(random_addition(10 * writer + n)) for n in range(8)] for writer in range(3)]
    begun, failures = threading.Barrier(3), []

    def write(part: list[Packed]) -> None:
        try:
            store = opens()
            begun.wait()
            for document in part:
                with store.alone():
                    put(store, document)
        except Exception as error:  # noqa: BLE001  # told below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(part,)) for part in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    store = opens()
    assert {each.doc_id for each in store.records()} == {each.doc_id for part in documents for each in part}
    rows = [row for each in store.records() for row in rows_of(store, each.doc_id)]
    assert len(rows) == len({*rows}) == 3 * 24 and store.generation == 24
    assert sorted(rows) == list(changes(store, 0).added)
