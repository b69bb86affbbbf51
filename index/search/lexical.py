"""Retrieval step of the flow, lexical leg: BM25 by tantivy over terms that we cut ourselves."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from index.arrays import Floats, Rows
from index.search.query import Alternative, Group

if TYPE_CHECKING:
    import tantivy

_FIELD = "words"
_TIMES = (1, 2, 1)  # title, section and body stand so often in that field: a heading says what a passage is about
_K1_PLUS_1 = 2.2  # tantivy's BM25 has k1 = 1.2: a term's score stays below 2.2 idf
_MOST_TERMS = 64  # of a long query only the rarest terms are looked up
_RESPELLED = 0.5  # what a term counts that differs from the query's by a letter or two
_MAY_BE_A_SLIP = re.compile(r"[a-zß-ɏ]{5,}\Z").match
_LONG_WORD, _SURE_LETTERS, _MOST_SLIPS, _MOST_SPELLINGS = 8, 2, 4, 3
_HEAP_BYTES = 64_000_000
_FEW_ROWS = 2_000  # up to here naming the allowed rows costs less than searching on and dropping others


class Ranking(NamedTuple):
    """Rows of the store, int64 (n,), and their scores, float32 (n,), best first, ties by row."""

    rows: Rows
    scores: Floats

    @classmethod
    def nothing(cls) -> Ranking:
        """The ranking of a query that finds nothing."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.float32))


class LexicalEntry(NamedTuple):
    """A passage's index terms: title, section, body, each parted by spaces."""

    row: int
    fields: Sequence[str]

    @property
    def words(self) -> str:
        """The terms of all fields in one, since BM25 judges a passage as a whole; the section's stand twice."""
        return " ".join(terms for terms, times in zip(self.fields, _TIMES, strict=True) for _ in range(times))


class LexicalIndex:
    """A tantivy index in ``folder``, opened for searching; later changes to the folder are not seen."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        index = tantivy.Index.open(str(folder))
        index.config_reader(num_warmers=0)
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()
        self._last: tuple[Sequence[Group], tuple[float, tantivy.Query | None]] = (), (0.0, None)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, groups: Sequence[Group], *, depth: int, allowed: Rows | None = None) -> Ranking:
        """The best ``depth`` passages. Scores are shares of a perfect match, 0..1 (see :meth:`_plan`)."""
        perfect, query = self._plan(groups)
        if query is None or not len(self) or (allowed is not None and not len(allowed)):
            return Ranking.nothing()
        if allowed is None:
            return self._run(query, depth, perfect)
        if len(allowed) <= _FEW_ROWS:
            return self._run(self._within(query, allowed), depth, perfect)
        limit = 2 * depth * len(self) // len(allowed)
        while True:
            ranking = self._run(query, limit, perfect)
            keep = np.isin(ranking.rows, allowed)
            if np.count_nonzero(keep) >= depth or len(ranking.rows) < limit:
                return Ranking(ranking.rows[keep][:depth], ranking.scores[keep][:depth])
            limit *= 4

    def scores(self, groups: Sequence[Group], rows: Rows) -> Floats:
        """What :meth:`search` gives these rows, float32 (len(rows),); 0 where nothing asked for stands in a passage."""
        perfect, query = self._plan(groups)
        if query is None or not len(rows):
            return np.zeros(len(rows), np.float32)
        ranking = self._run(self._within(query, rows), len(rows), perfect)
        known = dict(zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True))
        return np.array([known.get(row, 0.0) for row in rows.tolist()], np.float32)

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        """The terms that begin with this, and how many passages have each."""
        return [
            (str(term), int(count)) for count, term in map(reversed, self._searcher.terms_with_prefix(_FIELD, prefix))
        ]

    def _plan(self, groups: Sequence[Group]) -> tuple[float, tantivy.Query | None]:
        """As :meth:`_planned`; a query is searched with and then scores rows, so the last one's plan is kept."""
        last, plan = self._last
        if last is not groups:
            plan = self._planned(groups)
            self._last = groups, plan
        return plan

    def _planned(self, groups: Sequence[Group]) -> tuple[float, tantivy.Query | None]:
        """The score no passage can reach, and the query; None where no passage has anything asked for.

        Perfect is ``2.2 * sum(idf)`` over the query's own terms; a term that no passage has counts as the rarest. The
        rarest 64 terms stand for a longer query. A group gives the best of what its terms give together and what
        its alternatives give, and none of these more than the terms would at their best: so the share stays in 0..1.
        """
        frequency = {term: self._frequency(term) for group in groups for term in group.terms}
        rarest = sorted(frequency, key=lambda term: frequency[term])[:_MOST_TERMS]
        idf = {term: self._idf(frequency[term]) for term in rarest}
        parts = [part for group in groups for part in self._parts(group, idf)]
        return _K1_PLUS_1 * sum(idf.values()), self._any(parts) if parts else None

    def _parts(self, group: Group, idf: Mapping[str, float]) -> list[tantivy.Query]:
        own = [term for term in group.terms if term in idf]
        parts = [self._term(term) for term in own if self._frequency(term)]
        limit = sum(idf[term] for term in own)
        others = [self._all(each, limit) for each in group.alternatives if limit and self._stand(each.terms)]
        if not others:
            return parts
        return [self._tantivy.Query.disjunction_max_query([self._any(parts), *others] if parts else others)]

    def _all(self, alternative: Alternative, limit: float) -> tantivy.Query:
        """The alternative's terms in a passage, all of them, worth no more than ``limit`` of idf."""
        query, must = self._tantivy.Query, self._tantivy.Occur.Must
        worth = sum(self._idf(self._frequency(term)) for term in alternative.terms)
        every = query.boolean_query([(must, self._term(term)) for term in alternative.terms])
        return query.boost_query(every, alternative.weight * min(1.0, limit / worth))

    def _any(self, parts: Sequence[tantivy.Query]) -> tantivy.Query:
        should = self._tantivy.Occur.Should
        return self._tantivy.Query.boolean_query([(should, part) for part in parts])

    def _term(self, term: str) -> tantivy.Query:
        return self._tantivy.Query.term_query(self._schema, _FIELD, term, "freq")

    def _stand(self, terms: Sequence[str]) -> bool:
        return all(self._frequency(term) for term in terms)

    def _frequency(self, term: str) -> int:
        return int(self._searcher.doc_freq(_FIELD, term))

    def _idf(self, frequency: int) -> float:
        n = max(len(self), frequency)
        return math.log1p((n - frequency + 0.5) / (frequency + 0.5))

    def _within(self, query: tantivy.Query, rows: Rows) -> tantivy.Query:
        kind, must = self._tantivy.Query, self._tantivy.Occur.Must
        allowed = kind.term_set_query(self._schema, "row", rows.tolist())
        return kind.boolean_query([(must, kind.const_score_query(allowed, 0.0)), (must, query)])

    def _run(self, query: tantivy.Query, limit: int, perfect: float) -> Ranking:
        hits = self._searcher.search(query, limit, count=False).hits
        found = self._searcher.fast_field_values("row", [address for _, address in hits])
        rows = [int(row) for row in found if row is not None]
        return _ranking(rows, [min(1.0, float(score) / perfect) for score, _ in hits])


def write_lexical(folder: Path, entries: Iterable[LexicalEntry], *, removed: Sequence[int] = ()) -> None:
    """Begins an index in an empty folder, or takes rows out of the one that is there and puts new ones in."""
    import tantivy

    begun = any(folder.iterdir())
    index = tantivy.Index.open(str(folder)) if begun else tantivy.Index(_schema(), str(folder))
    writer = index.writer(_HEAP_BYTES, 1)
    if removed:
        writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "row", list(removed)))
    for entry in entries:
        document = tantivy.Document()
        document.add_unsigned("row", entry.row)
        document.add_text(_FIELD, entry.words)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    builder.add_text_field(_FIELD, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _ranking(rows: Sequence[int], scores: Sequence[float]) -> Ranking:
    order = sorted(range(len(rows)), key=lambda i: (-scores[i], rows[i]))
    return Ranking(np.array([rows[i] for i in order], np.int64), np.array([scores[i] for i in order], np.float32))
