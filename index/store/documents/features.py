"""Search features of a passage, computed once when it is added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sinkqa.index.models.encoder import Encoder
from sinkqa.index.models.passage_text import title_of, vector_text
from sinkqa.index.store.documents.serialization import pack_terms, pack_tokens, pack_vector
from sinkqa.ingest.document import Document
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.text.analyzer import analyze


def index_terms(document: Document, passages: Sequence[Passage]) -> Iterator[bytes]:
    """Yields the packed terms of each passage of one document: from its title, its section and its words."""
    title = analyze(title_of(document))
    sections = {section: analyze(" ".join(section)) for section in {each.section for each in passages}}
    return (pack_terms((title, sections[each.section], analyze(each.text))) for each in passages)


def passage_terms(title: str, passage: Passage) -> bytes:
    """Packs the terms of one passage as :func:`index_terms` does. ``title``: the document's title, or else its name."""
    return pack_terms((analyze(title), analyze(" ".join(passage.section)), analyze(passage.text)))


def encode_passages(
    titles: Sequence[str], passages: Sequence[Passage], encoder: Encoder
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Returns packed vectors and packed tokens, one of each for each passage. Each text is tokenised once for both.

    ``titles``: for each passage the title of its document.
    """
    texts = list(map(vector_text, titles, passages))
    vectors, tokens = encoder.read(texts)
    return tuple(map(pack_vector, vectors)), tuple(map(pack_tokens, tokens))
