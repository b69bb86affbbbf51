"""Results of retrieval: a passage, its score, and why it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sinkqa.ingest.document import Metadata
from sinkqa.ingest.passage import Passage

SearchMode = Literal["hybrid", "lexical", "dense"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Selects passages that meet every given condition. An empty tuple or None sets no condition.

    ``doc_ids`` may be prefixes of at least 6 hex digits. The jurisdiction "" means that none is known. ``languages``
    are those of the passage. ``types`` are short format names ("pdf", "html", "docx", "markdown", "text", "json").
    Years are inclusive bounds on the document's year. ``kinds``: the passage makes a statement of one of these kinds
    (:data:`ProvisionKind`).
    """

    doc_ids: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """How a passage came to its score. Ranks are 1-based, and None if that retriever did not find the passage.

    ``lexical`` is BM25 as a share of a perfect match (0..1), ``dense`` a cosine (-1..1), ``late`` the weighted
    late-interaction MaxSim (0..1); ``matched_terms`` are the query's terms that the passage contains. ``rerank`` is the
    reranker's score (0..1), None without a reranker.
    """

    lexical_rank: int | None = None
    lexical: float = 0.0
    dense_rank: int | None = None
    dense: float = 0.0
    late: float = 0.0
    matched_terms: tuple[str, ...] = ()
    rerank: float | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with its document's title (or else its name) and metadata.

    ``score``: higher is better. Scores of different queries cannot be compared.
    """

    passage: Passage
    title: str
    score: float
    why: Why
    about: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement of some kind in a passage, placed by its first unit. ``term``: the defined term.

    Its hit does not come from a search: the score is 0.
    """

    hit: Hit
    unit: int
    term: str = ""
