"""The common part of the retrievers for other libraries: searches in this process or over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from sinkqa.index.hit import SearchMode
from sinkqa.service.engine import Engine
from sinkqa.service.errors import SearchFailed
from sinkqa.service.hosting.collections import DEFAULT
from sinkqa.service.interfaces.links import passage_link
from sinkqa.service.interfaces.schemas import FiltersIn
from sinkqa.service.interfaces.scores import share


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage: its source text, its score in 0..1, and its place."""

    passage_id: str
    doc_id: str
    text: str
    score: float
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Searching:
    """Searches a server at ``url``, or an ``engine`` in this process. With both, links begin with ``url``.

    ``collection``, ``api_key`` and ``timeout_s`` are for a server. ``filters``: as `POST /v1/search` takes them.

    Raises:
        ValueError: there is neither a server nor an engine.
    """

    url: str | None = None
    engine: Engine | None = None
    api_key: str | None = None
    collection: str | None = None
    k: int = 8
    mode: SearchMode = "hybrid"
    filters: Mapping[str, Any] | None = None
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        if not self.url and self.engine is None:
            raise ValueError("expected url=, the address of a server, or engine=, an open library; got neither")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError(f"url: expected an address that begins with http:// or https://, got {self.url[:80]!r}")

    def find(self, query: str) -> Iterator[FoundPassage]:
        """The best passages, best first.

        Raises:
            SearchFailed: the server cannot be reached, refuses, or sends no valid search result.
            SinkQAError: the engine refuses.
        """
        hits = self._here(self.engine, query) if self.engine else self._there(query)
        for hit in hits:
            yield _found(hit, self._address(hit))

    def _here(self, engine: Engine, query: str) -> list[dict[str, Any]]:
        filters = FiltersIn.model_validate(self.filters).of(engine) if self.filters else None
        found: list[dict[str, Any]] = engine.search(query, k=self.k, mode=self.mode, filters=filters).as_dict()["hits"]
        return found

    def _there(self, query: str) -> list[dict[str, Any]]:
        address = f"{self._base}/v1/search"
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        headers |= {"X-SinkQA-Collection": self.collection} if self.collection else {}
        whole = query.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be sent
        body = {"query": whole, "k": self.k, "mode": self.mode, "filters": dict(self.filters or {})}
        try:
            response = httpx.post(address, json=body, headers=headers, timeout=self.timeout_s)
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise SearchFailed(f"{address}: not reached: {said[:200]}; start sinkqa serve, or mend url") from error
        try:
            told = response.json()
            if response.is_success:
                found: list[dict[str, Any]] = told["hits"]
                return found
            said = f"{told['code']}: {told['detail']}"
        except (ValueError, KeyError, TypeError):
            said = "no answer of SinkQA; is url the address of a SinkQA server?"
        raise SearchFailed(f"{address}: expected passages, got {response.status_code}, {said}")

    @property
    def _base(self) -> str:
        return (self.url or "").rstrip("/").removesuffix("/v1")

    def _address(self, hit: Mapping[str, Any]) -> str | None:
        if self.url:
            return passage_link(self._base, hit["passage_id"], collection=self.collection or DEFAULT)
        return self.engine.document(hit["doc_id"]).metadata.url if self.engine else None


def _found(hit: Mapping[str, Any], address: str | None) -> FoundPassage:
    score = share(hit["score"], rerank=hit["why"]["rerank"])
    return FoundPassage(
        passage_id=hit["passage_id"],
        doc_id=hit["doc_id"],
        text=hit["text"],
        score=score,
        metadata={
            "title": hit["title"],
            "section": " · ".join(hit["section"]),
            "page": hit["page_start"],
            "page_end": hit["page_end"],
            "url": address,
            "language": hit["language"],
            "doc_id": hit["doc_id"],
            "passage_id": hit["passage_id"],
            "spans": [[span["start"], span["end"]] for span in hit["spans"]],
            "score": score,
            "warnings": list(hit["warnings"]),
            "flags": list(hit["flags"]),
        },
    )
