"""Retrievers for LangChain and LlamaIndex: real packages, over a real server and over an engine."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sinkqa.service.errors import SearchFailed
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.integrations.searching import Searching
from sinkqa.service.interfaces.links import passage_link
from tests.service.http.conftest import EN, ZH, serving

KINDS = ("langchain", "llama_index")
EXTRAS = {"langchain": "langchain_core", "llama_index": "llama_index.core"}


class Retriever:
    """Either library's retriever, and what it finds as (id, text, score, metadata)."""

    def __init__(self, kind, **how):
        pytest.importorskip(EXTRAS[kind], reason=f"the extra {kind} is not installed: make models EXTRAS=...")
        name = {"langchain": "LangChainRetriever", "llama_index": "LlamaIndexRetriever"}[kind]
        module = __import__(f"sinkqa.service.integrations.{kind}", fromlist=[name])
        self.kind, self.made = kind, getattr(module, name)(**how)

    def find(self, query):
        if self.kind == "langchain":
            return [self.told(each) for each in self.made.invoke(query)]
        return [self.told(each) for each in self.made.retrieve(query)]

    def find_beside_others(self, query):
        if self.kind == "langchain":
            return [self.told(each) for each in asyncio.run(self.made.ainvoke(query))]
        return [self.told(each) for each in asyncio.run(self.made.aretrieve(query))]

    def told(self, each):
        if self.kind == "langchain":
            return each.id, each.page_content, each.metadata["score"], each.metadata
        return each.node.node_id, each.node.text, each.score, each.node.metadata


both = pytest.mark.parametrize("kind", KINDS)


@both
@pytest.mark.parametrize("query", [ZH, EN])
@pytest.mark.parametrize("where", ["server", "engine"])
def test_passages_come_with_their_place_title_page_and_address(kind, where, query, address, engine):
    retriever = Retriever(kind, k=2, **({"url": address} if where == "server" else {"engine": engine, "url": address}))
    hits = engine.search(query, k=2).hits
    found = retriever.find(query)
    assert [(passage_id, text) for passage_id, text, _, _ in found] == [(hit.passage_id, hit.text) for hit in hits]
    for (passage_id, _, score, metadata), hit in zip(found, hits, strict=True):
        assert 0 <= score <= 1 and metadata["score"] == score
        assert (metadata["title"], metadata["page"], metadata["language"]) == (hit.title, hit.page_start, hit.language)
        assert metadata["section"] == " · ".join(hit.section) and metadata["doc_id"] == hit.doc_id
        assert metadata["url"] == passage_link(address, passage_id)
        source = engine.text(hit.doc_id)
        for start, end in metadata["spans"]:
            assert source[start:end] in hit.text
    assert retriever.find_beside_others(query) == found


@both
def test_without_a_server_the_address_is_the_documents_own(kind, engine):
    found = Retriever(kind, engine=engine).find(EN)
    assert found and all(metadata["url"] is None for *_, metadata in found)  # these files came from no address


@both
def test_a_search_is_held_to_filters_and_mode(kind, address, engine):
    for how in ({"url": address}, {"engine": engine}):
        found = Retriever(kind, **how, filters={"languages": ["zh"]}, mode="lexical", k=5).find("碳汇 credits")
        assert {metadata["language"] for *_, metadata in found} == {"zh"}


@both
def test_nothing_found_is_an_empty_list(kind, engine):
    assert Retriever(kind, engine=engine, filters={"year_from": 2999}).find(EN) == []


def test_what_a_model_reads_of_a_node_is_its_words_title_section_and_page(engine):
    pytest.importorskip("llama_index.core")
    from llama_index.core.schema import MetadataMode

    from sinkqa.service.integrations.llama_index import LlamaIndexRetriever

    node = LlamaIndexRetriever(engine=engine).retrieve(EN)[0].node
    read = node.get_content(MetadataMode.LLM)
    assert "title: Woodland credit rules" in read and "spans" not in read and "passage_id" not in read
    assert node.ref_doc_id == node.metadata["doc_id"]


def test_a_langchain_chain_passes_documents_on(address):
    pytest.importorskip("langchain_core")
    from langchain_core.runnables import RunnableLambda

    from sinkqa.service.integrations.langchain import LangChainRetriever

    chain = LangChainRetriever(url=f"{address}/v1/") | RunnableLambda(lambda found: found[0].metadata["title"])
    assert chain.invoke(EN) == "Woodland credit rules"


@both
def test_a_key_opens_its_collection_and_is_not_shown(kind, begin):
    settings = begin()
    Collections(settings).create("moss")
    secret = keys_of(settings).create("notes", collections=["moss"])[1]
    with serving(settings) as served:
        assert Retriever(kind, url=served.url, api_key=secret, collection="moss").find(EN) == []
        retriever = Retriever(kind, url=served.url, api_key=secret)
        assert secret not in repr(retriever.made)
        with pytest.raises(SearchFailed, match="403, forbidden: collection: the key is not for"):
            retriever.find(EN)
        with pytest.raises(SearchFailed, match="401, unauthorized"):
            Retriever(kind, url=served.url, api_key="wrong").find(EN)


@pytest.fixture
def stranger():
    """A server that is not SinkQA."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@both
def test_a_server_that_is_not_there_or_another_is_named(kind, stranger, address):
    with pytest.raises(SearchFailed, match=r"http://127\.0\.0\.1:9/v1/search: not reached"):
        Retriever(kind, url="http://127.0.0.1:9").find(EN)
    with pytest.raises(SearchFailed, match="is url the address of a SinkQA server"):
        Retriever(kind, url=stranger).find(EN)
    with pytest.raises(SearchFailed, match="got 405, method-not-allowed"):
        Retriever(kind, url=f"{address}/page").find(EN)


@both
@pytest.mark.parametrize("how", [{}, {"url": ""}, {"url": "127.0.0.1:8000"}])
def test_neither_a_server_nor_an_engine_is_refused_at_once(kind, how):
    with pytest.raises(ValueError, match="expected"):
        Retriever(kind, **how)


def test_a_query_that_is_too_long_is_refused_by_name_and_half_a_character_is_not(address):
    with pytest.raises(SearchFailed, match="413, body-too-large"):
        list(Searching(url=address).find("x" * 2**21))
    assert list(Searching(url=address).find("peat \ud800"))


@both
def test_without_the_package_the_extra_is_named(kind):
    block = (
        f"import sys; sys.modules['{EXTRAS[kind].partition('.')[0]}'] = None; import sinkqa.service.integrations.{kind}"
    )
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and f"the extra {kind.replace('_', '-')}" in done.stderr
