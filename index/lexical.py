"""Retrieval step of the flow, lexical leg: BM25 by tantivy over terms that we cut ourselves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.static import Floats

if TYPE_CHECKING:
    import tantivy

Rows = NDArray[np.int64]

FIELD_BOOSTS = {"title": 0.1, "section": 0.3, "body": 1.0}
_K1_PLUS_1 = 2.2  # tantivy's BM25 has k1 = 1.2: a term's score stays below 2.2 idf
_MOST_TERMS = 64  # of a long query only the rarest terms are looked up
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

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, terms: Sequence[str], *, depth: int, allowed: Rows | None = None) -> Ranking:
        """The best ``depth`` passages. Scores are shares of a perfect match, 0..1 (see :meth:`perfect`)."""
        perfect, found = self.perfect(terms)
        if not found or not len(self) or (allowed is not None and not len(allowed)):
            return Ranking.nothing()
        query = self._query(found)
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

    def scores(self, terms: Sequence[str], rows: Rows) -> Floats:
        """What :meth:`search` gives these rows, float32 (len(rows),); 0 where no term stands in the passage."""
        perfect, found = self.perfect(terms)
        if not found or not len(rows):
            return np.zeros(len(rows), np.float32)
        ranking = self._run(self._within(self._query(found), rows), len(rows), perfect)
        known = dict(zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True))
        return np.array([known.get(row, 0.0) for row in rows.tolist()], np.float32)

    def perfect(self, terms: Sequence[str]) -> tuple[float, list[str]]:
        """The score no passage can reach in its body, and those of the query's terms that any passage has.

        ``2.2 * sum(idf)`` over the query's distinct terms; a term that no passage has counts as the rarest. The
        rarest 64 terms stand for a longer query.
        """
        n = len(self)
        frequency = {term: self._searcher.doc_freq("body", term) for term in dict.fromkeys(terms)}
        rarest = sorted(frequency, key=lambda term: frequency[term])[:_MOST_TERMS]
        idf = sum(
            math.log1p((max(n, frequency[term]) - frequency[term] + 0.5) / (frequency[term] + 0.5)) for term in rarest
        )
        return _K1_PLUS_1 * idf, [term for term in rarest if self._anywhere(term, frequency[term])]

    def _anywhere(self, term: str, in_body: int) -> bool:
        return in_body > 0 or any(self._searcher.doc_freq(field, term) for field in ("title", "section"))

    def _query(self, terms: Sequence[str]) -> tantivy.Query:
        query, occur = self._tantivy.Query, self._tantivy.Occur
        return query.boolean_query(
            [
                (occur.Should, query.boost_query(query.term_query(self._schema, field, term, "freq"), boost))
                for term in terms
                for field, boost in FIELD_BOOSTS.items()
            ]
        )

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
        for field, terms in zip(FIELD_BOOSTS, entry.fields, strict=True):
            document.add_text(field, terms)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    for field in FIELD_BOOSTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _ranking(rows: Sequence[int], scores: Sequence[float]) -> Ranking:
    order = sorted(range(len(rows)), key=lambda i: (-scores[i], rows[i]))
    return Ranking(np.array([rows[i] for i in order], np.int64), np.array([scores[i] for i in order], np.float32))
