"""What every search backend promises, and that it agrees with the few lines of arithmetic it stands for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from index.arrays import Floats, Rows
from index.library import STORE_FILE, Library
from index.models.encoder import Encoder, load_encoder
from index.query.expansion import Alternative, Group, expand
from index.search.lexical import LexicalEntry, Ranking
from index.search.local import LocalBackend, SearchBackend
from index.store.columns import unpack_terms, unpack_vectors
from index.store.sqlite import Store
from tests.index.made import CHINESE, ENGLISH, addition, random_addition


class BruteForce:
    """Both legs in a few lines over everything in the store: slow, and plainly right."""

    generation = 0

    def __init__(self, store: Store, *, encoder: str, dim: int) -> None:
        self._store, self._dim = store, dim

    def legs(self) -> BruteForce:
        found = self._store.connection.execute('SELECT "row", terms, vector FROM features ORDER BY "row"').fetchall()
        self.languages = dict(self._store.connection.execute('SELECT "row", language FROM passages').fetchall())
        self.generation = self._store.generation
        self.rows = np.array([row for row, _, _ in found], np.int64)
        self.words = [Counter(LexicalEntry(row, unpack_terms(terms)).words.split()) for row, terms, _ in found]
        self.vectors = unpack_vectors([vector for _, _, vector in found], self._dim)
        return self

    def sync(self, *, anew: bool = False) -> None:
        """Nothing is derived, so nothing can lag."""

    def problems(self) -> list[str]:
        return []

    def respelled(self, groups: Sequence[Group]) -> list[Group]:
        return list(groups)

    def lexical(self, groups: Sequence[Group], *, depth: int, allowed: Rows | None = None) -> Ranking:
        scores = self.lexical_scores(groups, self.rows)
        return self._best(scores, scores > 0, depth, allowed)

    def recall(self) -> None:
        """Nothing here is less than exact."""

    def dense(self, vector: Floats, *, depth: int, allowed: Rows | None = None, by_language: bool = False) -> Ranking:
        scores = self.vectors @ vector
        ranking = self._best(scores, np.full(len(scores), vector.any()), len(scores) if by_language else depth, allowed)
        if not by_language:
            return ranking
        spoken = [self.languages[row] for row in ranking.rows.tolist()]
        most = {each: min(depth, math.ceil(10 * depth * n / len(spoken))) for each, n in Counter(spoken).items()}
        first = [i for i, language in enumerate(spoken) if spoken[:i].count(language) < most[language]]
        return Ranking(ranking.rows[first], ranking.scores[first])

    def lexical_scores(self, groups: Sequence[Group], rows: Rows) -> Floats:
        perfect = sum(self._best_of(group.terms) for group in groups)
        place = {row: position for position, row in enumerate(self.rows.tolist())}
        score = [sum(self._given(group, self.words[place[row]]) for group in groups) for row in rows.tolist()]
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

    def _best(self, scores: Floats, found: np.ndarray, depth: int, allowed: Rows | None) -> Ranking:
        keep = found if allowed is None else found & np.isin(self.rows, allowed)
        order = [i for i in np.lexsort((self.rows, -scores)) if keep[i]][:depth]
        return Ranking(self.rows[order], scores[order].astype(np.float32))


Make = Callable[..., SearchBackend]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture
def store(tmp_path: Path, encoder: Encoder) -> Iterator[Store]:
    with Library.open(tmp_path, create=True, encoder=encoder) as library:
        additions = [
            addition("en.txt", ENGLISH, section=("Rules", "Credits")),
            addition("zh.txt", CHINESE, language="zh"),
        ]
        list(library.add_all(additions + [random_addition(seed) for seed in range(10)]))
    store = Store(tmp_path / STORE_FILE)
    yield store
    store.close()


@pytest.fixture(params=[LocalBackend, BruteForce])
def backend(request: pytest.FixtureRequest, store: Store, encoder: Encoder) -> SearchBackend:
    made: SearchBackend = request.param(store, encoder=encoder.fingerprint, dim=encoder.dim)
    return made


QUESTIONS = (
    "How many forest credits may emitters hand in?",
    "湿地补贴给谁？",
    "zq4qz carbon",
    "核查员 plot 年",
    "peatland fires, carbon credits",
)


def test_a_backend_serves_the_generation_of_the_store(backend: SearchBackend, store: Store) -> None:
    assert backend.legs().generation == store.generation
    assert backend.problems() == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_rankings_are_best_first_with_scores_in_range(backend: SearchBackend, encoder: Encoder, question: str) -> None:
    legs = backend.legs()
    lexical = legs.lexical(expand(question), depth=20)
    dense = legs.dense(encoder.encode([question])[0], depth=20)
    for ranking, low in ((lexical, 0), (dense, -1)):
        assert 0 < len(ranking.rows) <= 20
        assert list(ranking.scores) == sorted(ranking.scores, reverse=True)
        assert ranking.scores.min() >= low and ranking.scores.max() <= 1.0001


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_filter_gives_the_best_of_the_allowed(backend: SearchBackend, encoder: Encoder, question: str) -> None:
    legs = backend.legs()
    lexical, dense = partial(legs.lexical, expand(question)), partial(legs.dense, encoder.encode([question])[0])
    for search in (lexical, dense):
        everything = search(depth=1_000)
        allowed = np.sort(everything.rows[1::2])
        within = search(depth=5, allowed=allowed)
        assert within.rows.tolist() == everything.rows[1::2][:5].tolist()
        assert len(search(depth=5, allowed=np.zeros(0, np.int64)).rows) == 0


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_language_has_its_own_depth(backend: SearchBackend, store: Store, encoder: Encoder, question: str) -> None:
    legs, vector = backend.legs(), encoder.encode([question])[0]
    languages = dict(store.connection.execute('SELECT "row", language FROM passages').fetchall())
    everything = legs.dense(vector, depth=1_000).rows.tolist()
    best = {row for each in ("en", "zh") for row in [row for row in everything if languages[row] == each][:3]}
    assert legs.dense(vector, depth=3, by_language=True).rows.tolist() == [row for row in everything if row in best]


@pytest.mark.parametrize("question", QUESTIONS)
def test_rows_are_scored_as_they_are_ranked(backend: SearchBackend, question: str) -> None:
    legs = backend.legs()
    ranking = legs.lexical(expand(question), depth=1_000)
    assert np.allclose(legs.lexical_scores(expand(question), ranking.rows), ranking.scores, atol=1e-6)


def test_what_cannot_be_searched_for_finds_nothing(backend: SearchBackend, encoder: Encoder) -> None:
    legs = backend.legs()
    assert len(legs.lexical([], depth=5).rows) == 0
    assert len(legs.lexical([Group(("neverseen",))], depth=5).rows) == 0
    assert len(legs.dense(np.zeros(encoder.dim, np.float32), depth=5).rows) == 0
    assert not legs.lexical_scores([Group(("neverseen",))], np.array([1], np.int64)).any()


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_embedded_backend_agrees_with_brute_force(store: Store, encoder: Encoder, question: str) -> None:
    legs = LocalBackend(store, encoder=encoder.fingerprint, dim=encoder.dim).legs()
    exact = BruteForce(store, encoder=encoder.fingerprint, dim=encoder.dim).legs()
    terms, vector = expand(question), encoder.encode([question])[0]
    dense, expected = legs.dense(vector, depth=10), exact.dense(vector, depth=10)
    assert dense.rows.tolist() == expected.rows.tolist()
    assert np.allclose(dense.scores, expected.scores, atol=1e-5)
    # tantivy keeps the length of a passage in one byte: scores may be a few percent off, the first must not be
    assert np.allclose(legs.lexical_scores(terms, exact.rows), exact.lexical_scores(terms, exact.rows), rtol=0.08)
    assert legs.lexical(terms, depth=10).rows[0] == exact.lexical(terms, depth=10).rows[0]
