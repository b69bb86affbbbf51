"""Measures references in a library that stands, or in one made of documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sinkqa.eval.policies.listed import MentionList
from sinkqa.eval.policies.references import DocumentMentions, judge_mentions
from sinkqa.eval.ranking.configuration import digest
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import load_encoder
from sinkqa.index.references.mention import Mention
from sinkqa.ingest.readers import find_files
from sinkqa.service.references.resolution import Resolution
from sinkqa.service.references.resolving import Resolver


def measure_references(
    listed: MentionList,
    *,
    documents: Sequence[Path] = (),
    library: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> list[DocumentMentions]:
    """Judges the mentions in the library at ``library``, or in a new one of ``documents``.

    Raises:
        NothingToMeasure: it has none of the listed documents.
        MalformedData: words of the list do not stand in a document.
        IngestError: a path holds no file.
    """
    if library is not None:
        with Library.open(library) as standing:
            return _measured(standing, listed)
    files = find_files(documents)
    corpus = digest([sorted(sha256_of(path) for path in files), []])
    with gold_library([], (files, []), corpus, load_encoder(), cache=cache, on_progress=on_progress) as (made, *_):
        return _measured(made, listed)


def _measured(library: Library, listed: MentionList) -> list[DocumentMentions]:
    resolver = Resolver(library)

    def mentions(doc_id: str) -> Sequence[Mention]:
        return library.references(doc_id).mentions

    def resolve(mention: Mention, doc_id: str) -> Resolution:
        return resolver.resolve(mention, doc_id=doc_id)

    with library.reading():
        return judge_mentions(library, listed, mentions, resolve)
