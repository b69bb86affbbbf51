"""What every search backend promises, and that it agrees with the few lines of arithmetic it stands for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.hit import Filters, SearchMode
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder, load_encoder
from sinkqa.index.query.retrieval import prepare
from sinkqa.index.search.backend import Candidates, SearchBackend
from sinkqa.index.search.embedded.backend import LocalBackend
from sinkqa.index.search.embedded.lexical import weighed
from sinkqa.index.search.postgres.backend import PostgresBackend
from sinkqa.index.search.query import Alternative, Group, Query
from sinkqa.index.store.documents.serialization import unpack_terms, unpack_tokens, unpack_vectors
from sinkqa.index.store.postgres.store import PostgresStore
from sinkqa.index.store.sqlite.store import STORE_FILE, SqliteStore
from sinkqa.index.store.store import Store
from tests.index.made import CHINESE, ENGLISH, addition, random_addition


class BruteForce:
    """Both legs in a few lines over everything in the store: slow, and plainly right."""

    generation = 0

    def __init__(self, store: Store, *, encoder: str, dim: int) -> None:
        self._store, self._dim = store, dim

    def searcher(self) -> BruteForce:
        changes = self._store.changes(None)
        assert changes is not None
        found = self._store.features(changes.added)
        self.generation = self._store.generation
        rows, self.passage_ids, self.languages, terms, vectors, tokens = zip(*found, strict=True)
        self.rows = np.array(rows, np.int64)
        self.words = [Counter(" ".join(weighed(unpack_terms(each))).split()) for each in terms]
        self.vectors = unpack_vectors(list(vectors), self._dim)
        self.tokens = list(map(unpack_tokens, tokens))
        return self

    def sync(self, *, anew: bool = False) -> None:
        """Nothing is derived, so nothing can lag."""

    def problems(self) -> list[str]:
        return []

    def recall(self) -> None:
        """Nothing here is less than exact."""

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        having = Counter(term for words in self.words for term in words if term.startswith(prefix))
        return sorted(having.items())

    def candidates(
        self, query: Query, *, depth: int, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> Candidates:
        allowed = self._store.rows(filters) if filters else None
        shares, cosines = self._shares(query.groups), self.vectors @ query.vector
        lexical = dense = np.zeros(0, np.int64)
        if mode != "dense":
            lexical = self._best(shares, (shares > 0) & self._among(allowed))[:depth]
        if mode != "lexical":
            dense = self._of_each_language(self._best(cosines, query.vector.any() & self._among(allowed)), depth)
        places = np.union1d(lexical, dense)
        return Candidates(
            self.rows[places],
            [self.passage_ids[place] for place in places],
            [self.languages[place] for place in places],
            [self.tokens[place] for place in places],
            shares[places] * (mode != "dense"),
            cosines[places] * (mode != "lexical"),
            _ranks(places, lexical),
            _ranks(places, dense),
        )

    def _of_each_language(self, best: Rows, depth: int) -> Rows:
        spoken = [self.languages[place] for place in best]
        most = {each: min(depth, math.ceil(10 * depth * n / len(spoken))) for each, n in Counter(spoken).items()}
        return best[[i for i, language in enumerate(spoken) if spoken[:i].count(language) < most[language]]]

    def _shares(self, groups: Sequence[Group]) -> Floats:
        perfect = sum(self._best_of(group.terms) for group in groups)
        score = [sum(self._given(group, words) for group in groups) for words in self.words]
        return np.minimum(np.array(score) / max(perfect, 1e-9), 1).astype(np.float32)

    def _given(self, group: Group, words: Counter[str]) -> float:
        own = sum(self._bm25(term, words) for term in group.terms)
        return max([own, *(self._instead(each, group, words) for each in group.alternatives)])

    def _instead(self, alternative: Alternative, group: Group, words: Counter[str]) -> float:
        if not all(words[term] for term in alternative.terms):
            return 0.0
        most = min(1.0, self._best_of(group.terms) / self._best_of(alternative.terms))
        return alternative.weight * most * sum(self._bm25(term, words) for term in alternative.terms)

    def _best_of(self, terms: Sequence[str]) -> float:
        return 2.2 * sum(self._idf(term) for term in terms)

    def _idf(self, term: str) -> float:
        having = sum(term in words for words in self.words)
        return math.log(1 + (len(self.words) - having + 0.5) / (having + 0.5))

    def _bm25(self, term: str, words: Counter[str]) -> float:
        average = sum(each.total() for each in self.words) / len(self.words)
        if not words[term]:
            return 0.0
        return self._idf(term) * words[term] * 2.2 / (words[term] + 1.2 * (0.25 + 0.75 * words.total() / average))

    def _among(self, allowed: Rows | None) -> np.ndarray:
        return np.full(len(self.rows), True) if allowed is None else np.isin(self.rows, allowed)

    def _best(self, scores: Floats, there: np.ndarray) -> Rows:
        return np.array([i for i in np.lexsort((self.rows, -scores)) if there[i]], np.int64)


def _ranks(places: Rows, ranking: Rows) -> np.ndarray:
    rank = {place: rank for rank, place in enumerate(ranking.tolist(), 1)}
    return np.array([rank.get(place, 0) for place in places.tolist()], np.int32)


Make = Callable[..., SearchBackend]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module", params=[LocalBackend, PostgresBackend, BruteForce], ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Make:
    made: Make = request.param
    return made


@pytest.fixture(scope="module")
def store(
    kind: Make, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> Iterator[Store]:
    in_database = kind is PostgresBackend
    place = request.getfixturevalue("database")() if in_database else tmp_path_factory.mktemp("library")
    with Library.open(place, create=True, encoder=encoder) as library:
        additions = [
            addition("en.txt", ENGLISH, section=("Rules", "Credits")),
            addition("zh.txt", CHINESE, language="zh"),
        ]
        list(library.add_all(additions + [random_addition(seed) for seed in range(10)]))
    store = PostgresStore(place) if in_database else SqliteStore(place / STORE_FILE)
    yield store
    store.close()


@pytest.fixture
def backend(kind: Make, store: Store, encoder: Encoder) -> SearchBackend:
    return kind(store, encoder=encoder.fingerprint, dim=encoder.dim)


QUESTIONS = (
    "How many forest credits may emitters hand in?",
    "湿地补贴给谁？",
    "zq4qz carbon",
    "核查员 plot 年",
    "peatland fires, carbon credits",
)


def ask(backend: SearchBackend, encoder: Encoder, question: str) -> Query:
    return prepare(question, encoder, backend.searcher().terms)


def by_rank(found: Candidates, ranks: np.ndarray) -> list[int]:
    """Rows of one leg, best first."""
    order = np.argsort(ranks, kind="stable")
    return [int(found.rows[place]) for place in order if ranks[place]]


def test_a_backend_serves_the_generation_of_the_store(backend: SearchBackend, store: Store) -> None:
    assert backend.searcher().generation == store.generation
    assert backend.problems() == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_candidates_come_by_row_and_rank_by_score(backend: SearchBackend, encoder: Encoder, question: str) -> None:
    found = backend.searcher().candidates(ask(backend, encoder, question), depth=20)
    assert list(found.rows) == sorted(set(found.rows.tolist()))
    assert len({*map(len, found)}) == 1
    for ranks, scores, low in ((found.lexical_ranks, found.shares, 0), (found.dense_ranks, found.cosines, -1)):
        ranked = sorted((rank, score) for rank, score in zip(ranks.tolist(), scores.tolist(), strict=True) if rank)
        assert [rank for rank, _ in ranked] == list(range(1, len(ranked) + 1)) != []
        assert all(one >= other - 1e-6 for (_, one), (_, other) in pairwise(ranked))
        assert scores.min() >= low - 1e-6 and scores.max() <= 1.0001
    assert found.lexical_ranks.max() <= 20


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_mode_asks_one_leg_alone(backend: SearchBackend, encoder: Encoder, question: str) -> None:
    query, searcher = ask(backend, encoder, question), backend.searcher()
    both = searcher.candidates(query, depth=20)
    lexical, dense = (searcher.candidates(query, depth=20, mode=mode) for mode in ("lexical", "dense"))
    assert by_rank(lexical, lexical.lexical_ranks) == by_rank(both, both.lexical_ranks)
    assert by_rank(dense, dense.dense_ranks) == by_rank(both, both.dense_ranks)
    assert not lexical.dense_ranks.any() and not lexical.cosines.any()
    assert not dense.lexical_ranks.any() and not dense.shares.any()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "filters",
    [Filters(languages=("zh",)), Filters(types=("text",)), Filters(jurisdictions=("nowhere",))],
    ids=("language", "type", "none"),
)
def test_filters_give_the_best_of_what_meets_them(
    backend: SearchBackend, store: Store, encoder: Encoder, question: str, filters: Filters
) -> None:
    query, searcher = ask(backend, encoder, question), backend.searcher()
    everything = searcher.candidates(query, depth=1_000)
    allowed = set(store.rows(filters).tolist())
    within = searcher.candidates(query, depth=5, filters=filters)
    for ranks_within, ranks in (
        (within.lexical_ranks, everything.lexical_ranks),
        (within.dense_ranks, everything.dense_ranks),
    ):
        expected = [row for row in by_rank(everything, ranks) if row in allowed]
        found = by_rank(within, ranks_within)
        assert found[:5] == expected[:5] and set(found) <= allowed


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_language_has_its_own_depth(backend: SearchBackend, encoder: Encoder, question: str) -> None:
    query, searcher = ask(backend, encoder, question), backend.searcher()
    everything, few = (searcher.candidates(query, depth=depth, mode="dense") for depth in (1_000, 3))
    languages = dict(zip(everything.rows.tolist(), everything.languages, strict=True))
    ranked = by_rank(everything, everything.dense_ranks)
    best = {row for each in ("en", "zh") for row in [row for row in ranked if languages[row] == each][:3]}
    assert by_rank(few, few.dense_ranks) == [row for row in ranked if row in best]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_candidate_is_scored_alike_whichever_leg_found_it(
    backend: SearchBackend, encoder: Encoder, question: str
) -> None:
    query, searcher = ask(backend, encoder, question), backend.searcher()
    deep, shallow = (searcher.candidates(query, depth=depth) for depth in (1_000, 2))
    places = np.searchsorted(deep.rows, shallow.rows)
    assert np.allclose(deep.shares[places], shallow.shares, atol=1e-6)
    assert np.allclose(deep.cosines[places], shallow.cosines, atol=1e-5)
    assert [deep.passage_ids[place] for place in places] == list(shallow.passage_ids)


def test_what_cannot_be_searched_for_finds_nothing(backend: SearchBackend, encoder: Encoder) -> None:
    searcher, nothing = backend.searcher(), np.zeros(encoder.dim, np.float32)
    for groups in ((), (Group(("neverseen",)),)):
        assert len(searcher.candidates(Query("", "en", groups, nothing, np.zeros(0, np.uint32)), depth=5).rows) == 0
    assert searcher.terms("neverseen") == []


def test_terms_are_those_of_passages(backend: SearchBackend, store: Store, encoder: Encoder) -> None:
    exact = BruteForce(store, encoder=encoder.fingerprint, dim=encoder.dim).searcher()
    for prefix in ("fo", "forest", "湿", "zq"):
        assert sorted(backend.searcher().terms(prefix)) == exact.terms(prefix)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_backend_agrees_with_brute_force(
    backend: SearchBackend, store: Store, encoder: Encoder, question: str
) -> None:
    exact = BruteForce(store, encoder=encoder.fingerprint, dim=encoder.dim)
    query = ask(backend, encoder, question)
    found, expected = (each.searcher().candidates(query, depth=10) for each in (backend, exact))
    assert by_rank(found, found.dense_ranks) == by_rank(expected, expected.dense_ranks)
    assert by_rank(found, found.lexical_ranks)[0] == by_rank(expected, expected.lexical_ranks)[0]
    shares = dict(zip(expected.rows.tolist(), expected.shares.tolist(), strict=True))
    cosines = dict(zip(expected.rows.tolist(), expected.cosines.tolist(), strict=True))
    for row, share, cosine in zip(found.rows.tolist(), found.shares.tolist(), found.cosines.tolist(), strict=True):
        # an index keeps the length of a passage in one byte: scores may be a few percent off
        assert share == pytest.approx(shares.get(row, share), rel=0.08, abs=1e-6)
        assert cosine == pytest.approx(cosines.get(row, cosine), abs=1e-5)
