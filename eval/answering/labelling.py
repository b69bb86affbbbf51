"""Labels statements as the product does, with any given judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sinkqa.eval.answering.answers import SHIPPED
from sinkqa.eval.ranking.configuration import digest
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress
from sinkqa.index.hit import Hit
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.readers import find_files
from sinkqa.service.errors import InvalidText
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.pieces import Pieces
from sinkqa.service.grounding.guard import Label
from sinkqa.service.grounding.verifying import Entailment, verify


def together(labels: set[Label]) -> Label:
    """Returns the label of a text whose claims have these labels."""
    if "contradicted" in labels:
        return "contradicted"
    return next(iter(labels)) if len(labels) == 1 else "partly"


def label(text: str, search: Callable[[str], list[Hit]], sources: Sources, judge: Entailment, pieces: Pieces) -> Label:
    """Labels a whole text by the hits that ``search`` finds for its claims. Unknown if the text holds no claim."""
    try:
        checked, _ = verify(text, search, sources, judge, pieces)
    except InvalidText:
        return "unknown"
    return together({each.label for each in checked})


@contextmanager
def labelling(
    paths: Sequence[Path], judge: Entailment, encoder: Encoder, *, cache: Path | None, on_progress: OnProgress
) -> Iterator[tuple[Library, Callable[[str], Label]]]:
    """Yields a library of these files and a function that labels statements over it.

    Search and settings are the shipped ones.
    """
    files = find_files(paths)
    corpus = digest([sorted(sha256_of(path) for path in files), []])
    pieces = Pieces(encoder)
    with gold_library([], (files, []), corpus, encoder, cache=cache, on_progress=on_progress) as (library, *_):

        def labelled(text: str) -> Label:
            with library.reading():
                return label(text, lambda claim: library.search(claim, k=SHIPPED.k), library, judge, pieces)

        yield library, labelled
