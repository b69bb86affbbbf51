"""Two databases that share a library's documents by the hash of their ids rank as one that holds them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.query.fusion import DEFAULT_WEIGHTS
from sinkqa.index.query.retrieval import prepare, ranked
from sinkqa.index.search.backend import Candidates
from sinkqa.index.search.postgres.backend import Frequencies, PostgresSearcher
from sinkqa.index.search.postgres.bm25 import Statistics
from sinkqa.index.search.query import Group, Query
from sinkqa.index.store.postgres.store import PostgresStore
from sinkqa.index.store.postgres.wire import PostgresConnection
from tests.index.made import CHINESE, ENGLISH, addition, own_word, random_addition

QUESTIONS = ("How many forest credits may emitters use?", "湿地补贴给谁？", f"{own_word(3)} carbon", "核查员 plot 年")
DEPTH = 20


class Shard(PostgresSearcher):
    """Ranks its own passages by the statistics of all shards."""

    others: Sequence[Shard] = ()

    def known(self, connection: PostgresConnection, groups: Sequence[Group]) -> Frequencies:
        own = super().known(connection, groups)
        parts = [own, *(PostgresSearcher.known(each, each._store.connection, groups) for each in self.others)]
        having, spoken = Counter[str](), Counter[str]()
        for part in parts:
            having.update(part.statistics.having)
            spoken.update(part.spoken)
        length = sum(part.statistics.length for part in parts)
        return Frequencies(
            dict.fromkeys(having, 0) | dict(own.numbers), spoken, Statistics(spoken.total(), length, having)
        )


def merged(parts: Sequence[Candidates], depth: int) -> Candidates:
    """The candidates of all shards as those of one: of each leg the best, told apart by rows of different thousands."""
    rows = np.concatenate([part.rows + 1_000_000 * nth for nth, part in enumerate(parts)])
    shares, cosines = (np.concatenate([part[n] for part in parts]) for n in (4, 5))
    by_dense = np.concatenate([part.dense_ranks for part in parts]) > 0
    by_words = np.concatenate([part.lexical_ranks for part in parts]) > 0
    ids, languages, tokens = ([each for part in parts for each in part[n]] for n in (1, 2, 3))
    best = [place for place in np.argsort(-shares, kind="stable") if by_words[place]][:depth]
    kept, left = set(map(int, best)), Counter(dict.fromkeys(languages, depth))
    for place in np.argsort(-cosines, kind="stable").tolist():
        if by_dense[place] and left[languages[place]]:
            left[languages[place]] -= 1
            kept.add(place)
    places, none = sorted(kept), np.zeros(len(kept), np.int32)
    return Candidates(
        rows[places],
        [ids[place] for place in places],
        [languages[place] for place in places],
        [tokens[place] for place in places],
        shares[places],
        cosines[places],
        none,
        none,
    )


@pytest.fixture(scope="module")
def searchers(database: Callable[[], str], encoder: Encoder) -> tuple[PostgresSearcher, list[Shard]]:
    whole, *shards = places = [database() for _ in range(3)]
    additions = [addition("en.txt", ENGLISH), addition("zh.txt", CHINESE, language="zh")]
    additions += [random_addition(seed, paragraphs=6) for seed in range(40)]
    for place in places:
        with Library.open(place, create=True, encoder=encoder) as library:
            mine = (
                each
                for each in additions
                if place == whole or int(each.document.doc_id[:8], 16) % 2 == shards.index(place)
            )
            list(library.add_all(mine, group_s=60))
    stores = [PostgresStore(place) for place in places]
    parts = [Shard(store, encoder.dim) for store in stores[1:]]
    for part in parts:
        part.others = [each for each in parts if each is not part]
    return PostgresSearcher(stores[0], encoder.dim), parts


@pytest.mark.parametrize("question", QUESTIONS)
def test_shards_with_common_statistics_rank_as_one(
    searchers: tuple[PostgresSearcher, list[Shard]], encoder: Encoder, question: str
) -> None:
    whole, parts = searchers
    query: Query = prepare(question, encoder, whole.terms)
    found = [each.candidates(query, depth=DEPTH) for each in parts]
    one, many = whole.candidates(query, depth=DEPTH), merged(found, DEPTH)
    assert all(len(part.rows) for part in found)
    given = dict(zip(one.passage_ids, zip(one.shares, one.cosines, strict=True), strict=True))
    for passage_id, share, cosine in zip(many.passage_ids, many.shares, many.cosines, strict=True):
        if passage_id in given:
            assert given[passage_id] == pytest.approx((share, cosine), abs=1e-6)
    best = [
        [each.passage_ids[each.rows.tolist().index(hit.row)] for hit in hits]
        for each in (one, many)
        for hits in [ranked(query, each, k=8, mode="hybrid", encoder=encoder, weights=DEFAULT_WEIGHTS)]
    ]
    assert best[0] == best[1] and len(best[0]) == 8
