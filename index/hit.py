"""What retrieval gives back: a passage, its score, and why it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sinkqa.ingest.document import Metadata
from sinkqa.ingest.passage import Passage

SearchMode = Literal["hybrid", "lexical", "dense"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Only passages that meet every given condition; an empty tuple or None sets no condition.

    ``doc_ids`` may be prefixes of at least 6 hex digits; the jurisdiction "" stands for one that is not known;
    ``languages`` are the passage's; ``types`` are short format names ("pdf", "html", "docx", "markdown", "text",
    "json"); years are inclusive bounds on the document's year.
    ``kinds``: a passage makes a statement of one of these kinds (:data:`ProvisionKind`).
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
    """How a passage came to its score. Ranks are 1-based, None where a leg did not find it.

    ``lexical`` is BM25 as a share of a perfect match (0..1), ``dense`` a cosine (-1..1), ``late`` the weighted
    late-interaction MaxSim (0..1); ``matched_terms`` are the query's terms that stand in the passage. ``rerank`` is the
    reranker's score (0..1), which then is the hit's; None without one.
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
    """A retrieved passage, its document's title, or else name, and what else is known about the document.

    ``score``: higher is better, comparable within one query only.
    """

    passage: Passage
    title: str
    score: float
    why: Why
    about: Metadata = field(default_factory=Metadata)


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement of some kind in a passage, by the place of its first unit there; ``term``: what is defined.

    The hit is not of a search: its score is 0.
    """

    hit: Hit
    unit: int
    term: str = ""
