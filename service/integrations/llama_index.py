"""A retriever for LlamaIndex. Passages of a library become its nodes, each with its place in the source."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sinkqa.index.hit import SearchMode
from sinkqa.ingest.extras import missing
from sinkqa.service.engine import Engine
from sinkqa.service.integrations.searching import FoundPassage, Searching

try:
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(missing("llama-index", "LlamaIndex's retriever"), name=error.name) from error

_READ = {"title", "section", "page"}
"""The metadata that is put before a text for a model. All other metadata is for programs."""


class LlamaIndexRetriever(BaseRetriever):
    """Finds passages over HTTP (``url``) or in this process (``engine``). With both, links begin with ``url``.

    Each node's text is the source text of the passage, word for word. Its metadata has the ``title``, ``section``,
    ``page`` and ``url``, and ``spans``: start and end in the document's source text, in code points.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        engine: Engine | None = None,
        api_key: str | None = None,
        collection: str | None = None,
        k: int = 8,
        mode: SearchMode = "hybrid",
        filters: Mapping[str, Any] | None = None,
        timeout_s: float = 30.0,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        self._searching = Searching(url, engine, api_key, collection, k, mode, filters, timeout_s)
        super().__init__(callback_manager=callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            NodeWithScore(node=_node(found), score=found.score)
            for found in self._searching.find(query_bundle.query_str)
        ]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _node(found: FoundPassage) -> TextNode:
    unread = sorted(found.metadata.keys() - _READ)
    return TextNode(
        id_=found.passage_id,
        text=found.text,
        metadata=found.metadata,
        excluded_llm_metadata_keys=unread,
        excluded_embed_metadata_keys=unread,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=found.doc_id)},
    )
