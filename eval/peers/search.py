"""Gives passages and questions to another library, used as its authors intend. It is a program of its own.

``PYTHON -P eval/peers/search.py WORK OUT``: needs txtai or Haystack, but not SinkQA. WORK is JSON with ``system``,
``mode``, ``model`` (a sentence-transformers folder), ``passages`` ([id, text] each), ``questions`` and ``k``. OUT gets
the ranked ids of each question, and the times of indexing and of each search.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

Search = Callable[[str], list[str]]

_TOKENS = r"(?=([一-鿿]{2}|(?<![a-z0-9])[a-z0-9]+))"
"""Overlapping bigrams of Chinese, whole words of Latin script. Neither library finds Chinese words by itself."""


def txtai(passages: list[tuple[str, str]], model: str, mode: str, k: int) -> Search:
    """Searches with txtai: dense over FAISS, BM25 with txtai's normalised scores, or both with txtai's weights."""
    from txtai import Embeddings

    scoring = {"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"regexp": _TOKENS}}
    dense = {"path": model, "method": "sentence-transformers"}
    keyword = {"keyword": True, "scoring": scoring}
    hybrid = dense | {"hybrid": True, "scoring": scoring}
    index = Embeddings({"dense": dense, "lexical": keyword, "hybrid": hybrid}[mode])
    index.index((name, text, None) for name, text in passages)
    return lambda question: [name for name, _ in index.search(question, k)]


def haystack(passages: list[tuple[str, str]], model: str, mode: str, k: int) -> Search:
    """Searches with Haystack: its in-memory store, BM25 and embeddings, joined by reciprocal rank fusion."""
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    store = InMemoryDocumentStore(bm25_tokenization_regex=_TOKENS, embedding_similarity_function="cosine")
    vectors = encoder.encode([text for _, text in passages]).tolist()
    store.write_documents(
        [Document(id=name, content=text, embedding=each) for (name, text), each in zip(passages, vectors, strict=True)]
    )
    lexical = InMemoryBM25Retriever(store, top_k=k)
    dense = InMemoryEmbeddingRetriever(store, top_k=k)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=k)

    def search(question: str) -> list[str]:
        found: list[list[Any]] = []
        if mode != "dense":
            found.append(lexical.run(query=question)["documents"])
        if mode != "lexical":
            found.append(dense.run(query_embedding=encoder.encode(question).tolist())["documents"])
        ranked = joiner.run(documents=found)["documents"] if len(found) > 1 else found[0]
        return [each.id for each in ranked]

    return search


def main(arguments: list[str]) -> None:
    """Indexes all passages, then asks each question once, after one warm-up question."""
    work = json.loads(Path(arguments[0]).read_text("utf-8"))
    build = {"txtai": txtai, "haystack": haystack}[work["system"]]
    began = time.process_time()
    search = build([(name, text) for name, text in work["passages"]], work["model"], work["mode"], work["k"])
    told: dict[str, Any] = {"ingest_cpu_s": time.process_time() - began, "ranked": [], "ms": [], "cpu_ms": []}
    search(work["questions"][0])
    for question in work["questions"]:
        started, spent = time.perf_counter(), time.process_time()
        told["ranked"].append(search(question))
        told["ms"].append(1000 * (time.perf_counter() - started))
        told["cpu_ms"].append(1000 * (time.process_time() - spent))
    told["version"] = version({"txtai": "txtai", "haystack": "haystack-ai"}[work["system"]])
    Path(arguments[1]).write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
