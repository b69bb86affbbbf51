from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.hit import SearchMode
from sinkqa.index.library import Library
from sinkqa.index.search.embedded.building import merge_segments, write_segment
from sinkqa.index.search.embedded.lexical import LexicalIndex, best_of
from sinkqa.index.search.embedded.postings import Dictionary
from sinkqa.index.search.embedded.segment import Segment
from sinkqa.index.search.query import Alternative, Group
from tests.index.made import addition, features

BODIES = ("rewetted peat stores carbon", "peat", "碳汇 泥炭", "sequestr of carbon in fores", "forest forest fire")


def segments_of(folder: Path, bodies: Sequence[str], *sizes: int) -> list[Segment]:
    """Segments of so many of the passages each, the first row being 0."""
    made, row = [], 0
    for size in sizes or (len(bodies),):
        path = folder / f"{row}-{size}.segment"
        passages = [features(place, body=bodies[place]) for place in range(row, row + size)]
        n, crc, *_ = write_segment(path, passages, dim=2, coder=None)
        made.append(Segment(path, size=n, crc=crc))
        row += size
    return made


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return LexicalIndex(segments_of(tmp_path_factory.mktemp("lexical"), BODIES, 2, 3), None)


def scores(index: LexicalIndex, *groups: Group) -> list[float]:
    return index.shares(groups).tolist() or [0.0] * len(BODIES)


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


def drawn(n: int, seed: int) -> list[str]:
    """Texts of words that begin alike, of one and of many letters, in two scripts; some texts are empty."""
    choice = random.Random(seed)
    words = [
        stem + end for stem in ("a", "forest", "sequestration", "碳", "碳汇林") for end in ("", "s", "ing", "业", "汇")
    ]
    return [
        " ".join(choice.choices(words, weights=range(1, len(words) + 1), k=choice.randint(0, 12))) for _ in range(n)
    ]


GROUPS = (
    (Group(("a",)), Group(("碳汇", "forests")), Group(("none",))),
    (Group(("forest",), (Alternative(("碳汇林",), 0.5), Alternative(("a", "sequestration"), 0.9))), Group(("碳",))),
    (Group(("none",), (Alternative(("sequestrationing", "碳汇林业"), 1.0),)), Group(("as",))),
)


@pytest.mark.parametrize("groups", GROUPS)
def test_a_deletion_leaves_no_trace_and_segments_do_not_matter(tmp_path: Path, groups: tuple[Group, ...]) -> None:
    texts, gone = drawn(90, seed=1), random.Random(2).sample(range(90), 35)
    left = [place for place in range(90) if place not in gone]
    alive = np.isin(np.arange(90), left)
    several = segments_of(tmp_path, texts, 1, 30, 29, 30)
    (tmp_path / "alone").mkdir()
    alone = LexicalIndex(segments_of(tmp_path / "alone", [texts[place] for place in left]), None)
    parts = [(each, np.flatnonzero(alive[each.rows])) for each in several]
    size, crc, *_ = merge_segments(tmp_path / "merged", parts, coder=None)
    merged = Segment(tmp_path / "merged", size=size, crc=crc)
    expected = alone.shares(groups)
    assert np.allclose(LexicalIndex(several, alive).shares(groups)[left], expected, atol=1e-6)
    assert np.array_equal(LexicalIndex([merged], None).shares(groups), expected)
    assert merged.rows.tolist() == left


def test_terms_are_told_by_how_they_begin_with_how_many_passages_have_them(tmp_path: Path) -> None:
    texts, alive = drawn(60, seed=3), np.arange(60) % 3 > 0
    segments = segments_of(tmp_path, texts, 20, 40)
    for there, index in ((alive, LexicalIndex(segments, alive)), (alive | True, LexicalIndex(segments, None))):
        having = Counter(word for place in np.flatnonzero(there) for word in set(texts[place].split()))
        for prefix in (
            "",
            "a",
            "for",
            "forest",
            "sequestratio",
            "sequestrationi",
            "碳",
            "碳汇",
            "碳汇林",
            "z",
            "\ud800",
        ):
            expected = {word: count for word, count in having.items() if word.startswith(prefix)}
            assert dict(index.terms(prefix)) == expected


def test_a_term_that_stands_more_often_than_a_byte_can_tell_counts_as_often_as_it_can(tmp_path: Path) -> None:
    (segment,) = segments_of(tmp_path, ["peat " * 1_000, "bog"])
    assert Dictionary(segment).times.tolist() == [1, 255]
    assert segment["lengths"].tolist() == [1_000, 1]


@pytest.mark.parametrize("n", [10, 5_000, 100_000])
def test_the_best_are_the_best_of_all(n: int) -> None:
    shares = np.random.default_rng(n).integers(0, 900, n).astype(np.float32) / 1_000
    within = np.arange(n) % 3 > 0
    for mask in (None, within):
        open_to = np.flatnonzero((shares > 0) & (mask if mask is not None else True))
        expected = open_to[np.lexsort((open_to, -shares[open_to]))][:50]
        assert best_of(shares, 50, mask).rows.tolist() == expected.tolist()


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
