"""Documents are chosen by several facets at once, and every count says what choosing it would leave."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.document import Metadata
from sinkqa.service.documents.facets import UNKNOWN, FacetName, Order, listing
from sinkqa.service.documents.subjects import Subject


def record(number, jurisdiction=None, kind="pdf", year=None, language="zh", title=None, **about):
    return DocumentRecord(
        doc_id=f"{number:064x}",
        name=f"file-{number}.{kind}",
        title=title or f"Title {number}",
        media_type="",
        type=kind,
        metadata=Metadata(jurisdiction=jurisdiction, year=year, language=language, **about),
        warnings=(),
        n_pages=1,
        n_bytes=number,
        n_passages=1,
        text_sha256="",
        added_at=f"2026-01-{1 + number % 28:02}",
        generation=1,
        sources=(),
    )


RECORDS = st.lists(
    st.builds(
        record,
        st.integers(0, 99),
        st.sampled_from(["CN", "US", None]),
        st.sampled_from(["pdf", "html"]),
        st.sampled_from([2020, 2021, None]),
        st.sampled_from(["zh", "en", None]),
    ),
    max_size=12,
)
CHOSEN = st.fixed_dictionaries(
    {
        "jurisdiction": st.lists(st.sampled_from(["CN", "US", UNKNOWN, "EU"]), max_size=2),
        "type": st.lists(st.sampled_from(["pdf", "html"]), max_size=1),
        "year": st.lists(st.sampled_from(["2020", "2021", UNKNOWN]), max_size=2),
        "language": st.lists(st.sampled_from(["zh", UNKNOWN]), max_size=1),
    }
)


FOREST, FEN = Subject("forest", "森林"), Subject("fen", "沼泽")
ABOUT = {f"{number:064x}": [(FOREST,), (FOREST, FEN), ()][number % 3] for number in range(100)}


@given(RECORDS, CHOSEN, st.lists(st.sampled_from(["forest", "fen", UNKNOWN]), max_size=2))
def test_a_count_is_what_choosing_only_that_value_gives(records, chosen, subjects):
    chosen["subject"] = subjects
    found = listing(records, chosen=chosen, subjects=ABOUT)
    for name in get_args(FacetName):
        told = {each.value: each.count for each in found.facets[name]}
        for value, count in told.items():
            assert len(listing(records, chosen={**chosen, name: [value]}, subjects=ABOUT).documents) == count > 0
        if name == "subject":
            continue  # a document may have several
        if chosen.get(name):
            assert sum(told.get(value, 0) for value in set(chosen[name])) == len(found.documents)
        else:
            assert sum(told.values()) == len(found.documents)


def test_a_document_is_counted_under_each_of_its_subjects_and_one_without_is_not_lost():
    facets = listing([record(n) for n in range(3)], chosen={}, subjects=ABOUT).facets["subject"]
    assert [(each.value, each.count, each.subject) for each in facets] == [
        ("forest", 2, FOREST),
        ("fen", 1, FEN),
        (UNKNOWN, 1, None),
    ]


def test_years_come_down_and_the_unknown_last():
    records = [record(n, year=year) for n, year in enumerate([2001, None, 2020, None, 2001])]
    counts = listing(records, chosen={}, subjects={}).facets["year"]
    assert [(each.value, each.count) for each in counts] == [("2020", 1), ("2001", 2), (UNKNOWN, 2)]


def test_words_stand_in_title_name_issuer_or_place_in_either_script():
    records = [record(1, title="湿地保护法", issuer="全国人大"), record(2, title="Fen Act", place="Norfolk"), record(3)]
    for words, expected in (("濕地", [1]), ("人大 保护", [1]), ("norfolk FEN", [2]), ("file-3", [3]), ("", [1, 2, 3])):
        found = listing(records, chosen={}, subjects={}, words=words).documents
        assert sorted(each.n_bytes for each in found) == expected, words


@pytest.mark.parametrize("order", get_args(Order))
def test_every_order_can_be_turned_round(order):
    records = [record(n, year=2000 + n % 3 if n % 4 else None, title=f"{n % 5}") for n in range(10)]
    found = [each.doc_id for each in listing(records, chosen={}, subjects={}, order=order).documents]
    assert sorted(found) == sorted(each.doc_id for each in records)
    by = {"title": lambda r: r.title, "year": lambda r: r.metadata.year or 0, "added": lambda r: r.added_at}
    key = by.get(order.lstrip("-"), lambda r: r.n_bytes)
    values = [key(next(each for each in records if each.doc_id == doc_id)) for doc_id in found]
    assert values == sorted(values, reverse=order.startswith("-"))
