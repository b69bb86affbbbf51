"""A retriever for LangChain. Passages of a library become its documents, each with its place in the source."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import Field, SecretStr

from sinkqa.index.hit import SearchMode
from sinkqa.ingest.extras import missing
from sinkqa.service.engine import Engine
from sinkqa.service.integrations.searching import Searching

try:
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(missing("langchain", "LangChain's retriever"), name=error.name) from error


class LangChainRetriever(BaseRetriever):
    """Finds passages over HTTP (``url``) or in this process (``engine``). With both, links begin with ``url``.

    Each document's ``page_content`` is the source text of the passage, word for word. Its metadata has the ``title``,
    ``section``, ``page`` and ``url``, and ``spans``: start and end in the document's source text, in code points.
    """

    url: str | None = None
    engine: Engine | None = Field(default=None, exclude=True, repr=False)
    api_key: SecretStr | None = None
    collection: str | None = None
    k: int = Field(default=8, ge=1, le=100)
    mode: SearchMode = "hybrid"
    filters: dict[str, Any] | None = None
    timeout_s: float = Field(default=30.0, gt=0)

    def model_post_init(self, context: Any, /) -> None:
        """Raises at once if neither ``url`` nor ``engine`` is given."""
        super().model_post_init(context)
        _ = self._searching

    @cached_property
    def _searching(self) -> Searching:
        return Searching(
            url=self.url,
            engine=self.engine,
            api_key=self.api_key.get_secret_value() if self.api_key else None,
            collection=self.collection,
            k=self.k,
            mode=self.mode,
            filters=self.filters,
            timeout_s=self.timeout_s,
        )

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [
            Document(id=found.passage_id, page_content=found.text, metadata=found.metadata)
            for found in self._searching.find(query)
        ]
