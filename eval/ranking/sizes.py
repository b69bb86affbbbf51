"""Compares passage sizes: splits the same files at several targets, and measures how much gold evidence is found."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sinkqa.eval.data.gold import Question, Recall, evidence_recall
from sinkqa.index.library import Addition, Library
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.readers import find_files, read
from sinkqa.ingest.splitting.packing import Splitting
from sinkqa.ingest.splitting.splitter import split


@dataclass(frozen=True, slots=True)
class SizeResult:
    """One passage size: the number of passages, and evidence recall by language and for tables."""

    target_chars: int
    n_passages: int
    recall: dict[str, Recall]


def compare_sizes(
    paths: Sequence[Path], questions: Sequence[Question], *, targets: Sequence[int]
) -> Iterator[SizeResult]:
    """Splits the files at each target (the bound is twice the target) and asks the questions about the first file.

    Unreadable files are left out, the same ones for every size.
    """
    documents = list(_readable(paths))
    encoder = load_encoder()
    for target in targets:
        params = Splitting(target_chars=target, max_chars=2 * target)
        with tempfile.TemporaryDirectory() as folder, Library.open(folder, create=True, encoder=encoder) as library:
            added = library.add_all(Addition(document, split(document, params=params)) for document in documents)
            n_passages = sum(result.n_passages for result in added)
            recall = evidence_recall(library, questions, about=[documents[0].doc_id])
        yield SizeResult(target, n_passages, recall)


def _readable(paths: Sequence[Path]) -> Iterator[Document]:
    for path in find_files(paths):
        try:
            yield read(path)
        except IngestError:
            continue
