from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from index.hit import SearchMode
from index.library import Library
from index.search.lexical import LexicalEntry, LexicalIndex, write_lexical
from index.search.query import Alternative, Group
from tests.index.made import addition

BODIES = ("rewetted peat stores carbon", "peat", "碳汇 泥炭", "sequestr of carbon in fores", "forest forest fire")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    folder = tmp_path_factory.mktemp("lexical")
    write_lexical(folder, [LexicalEntry(row, ("", "", body)) for row, body in enumerate(BODIES)])
    return LexicalIndex(folder)


def scores(index: LexicalIndex, *groups: Group) -> list[float]:
    return index.scores(groups, np.arange(len(BODIES))).tolist()


def test_an_alternative_finds_what_the_words_do_not(index: LexicalIndex) -> None:
    found = scores(index, Group(("peat",), (Alternative(("泥炭",), 0.5),)))
    assert found[2] > 0 and found[3] == 0


def test_an_alternative_counts_only_where_all_of_it_stands(index: LexicalIndex) -> None:
    assert not any(scores(index, Group(("mire",), (Alternative(("泥炭", "forest"), 0.5),))))


def test_an_alternative_adds_nothing_to_the_words_it_stands_for(index: LexicalIndex) -> None:
    alone, both = scores(index, Group(("peat",))), scores(index, Group(("peat",), (Alternative(("carbon",), 0.5),)))
    assert alone[0] == pytest.approx(both[0]) and both[0] > 0


def test_an_alternative_is_never_worth_more_than_the_words(index: LexicalIndex) -> None:
    """Rare words that stand for a common one are held to what the common one could give."""
    common, rare = Group(("carbon",), (Alternative(("碳汇", "泥炭"), 1.0),)), Group(("碳汇",))
    assert 0 < scores(index, common)[2] <= 1
    assert scores(index, common, rare)[2] < scores(index, rare)[2] + scores(index, common)[2]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("library"), create=True) as library:
        texts = ("湿地固定的碳约为12.57亿吨。", "Wetlands store carbon for the United Kingdom.", "木材可以替代水泥。")
        list(
            library.add_all(
                addition(f"{n}.txt", (text,), language="en" if n == 1 else "zh") for n, text in enumerate(texts)
            )
        )
        yield library


@pytest.mark.parametrize(
    ("query", "first", "matched"),
    [
        ("1.257 billion tonnes", 0, "12.57"),
        ("濕地", 0, "湿地"),
        ("英国", 1, "unit"),
        ("the UK", 1, "kingdom"),
        ("timber", 2, "木材"),
        ("Wetlannds", 1, "wetland"),
    ],
)
def test_a_passage_is_found_in_other_words_that_are_shown(
    library: Library, query: str, first: int, matched: str
) -> None:
    best = library.search(query, k=1, mode="lexical")[0]
    assert library.document(best.passage.doc_id).name == f"{first}.txt"
    assert matched in best.why.matched_terms


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
@pytest.mark.parametrize("query", ["", " \n", "？！…", "😀🌳", "\x00\ud800", "(" * 100_000])
def test_a_query_without_a_word_finds_nothing(library: Library, query: str, mode: SearchMode) -> None:
    assert library.search(query, mode=mode) == []


LONG = ("碳" * 100_000, "peat " * 20_000, "12.57亿吨 " * 10_000, "第三十条百分之五" * 9_999, "a\u0301" * 3_000)


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
@pytest.mark.parametrize(
    "query", ["غابات", "лес и болото", "탄소 흡수원", "ป่าไม้", "article 0", "二二二二吨", "万亿千百十" * 5_000, *LONG]
)
def test_no_query_breaks_the_search(library: Library, query: str, mode: SearchMode) -> None:
    hits = library.search(query, k=3, mode=mode)
    assert all(np.isfinite(hit.score) for hit in hits)
