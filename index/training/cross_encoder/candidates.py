"""Step 3 of training: hard negatives, texts that the product ranks high for a question but that do not answer it.

The training texts become a library, and each question is searched in it. A text that is found but does not answer is
what a reranker must learn to reject: the neighbouring article, the same article of another law.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np

from sinkqa.index.library import Library
from sinkqa.index.models.passage_text import vector_text
from sinkqa.index.training.corpus import Pair
from sinkqa.index.training.cross_encoder.rows import Posing
from sinkqa.ingest.text.language import detect

FOUND = 50  # hits looked at, as the product's own reranking would
_TAKEN = 7  # of them for one question, more of the first than of the last
_RUN = 24  # letters and digits: texts that share a run are taken for the same
_TITLE = re.compile(r"[^。.;；:：]{4,120}")
_LETTERS = re.compile(r"[^0-9a-z\u3400-\u9fff]")


class Posed(NamedTuple):
    """A question with its source and the texts that answer it. ``near``: texts just as close that do not."""

    source: str
    question: str
    answering: tuple[str, ...]
    near: tuple[str, ...] = ()


def documents(pairs: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    """Name and Markdown of each document made of the pairs of heading and passage."""
    parts: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        if pair.kind.startswith(("ict", "qp_en")) and _TITLE.fullmatch(pair.left) and len(pair.right) > _RUN:
            title, heading = titled(pair.left)
            parts[title].append(f"## {heading}\n\n{pair.right}" if heading else pair.right)
    for place, (title, texts) in enumerate(parts.items()):
        yield f"{place:05d}.md", "\n\n".join((f"# {title}", *dict.fromkeys(texts)))


def titled(left: str) -> tuple[str, str]:
    """The document's title and the heading in it, or "", from a pair's first text. An English one is all title."""
    title, _, heading = left.partition(" ") if detect(left) == "zh" else (left, "", "")
    return title, heading


class Shelf:
    """The passages of a library by their words, so that positive texts have the same form as all others."""

    def __init__(self, library: Library) -> None:
        self._texts: list[str] = []
        self._places: dict[int, int] = {}
        for record in library.documents():
            title = record.metadata.title or record.name
            for passage in library.passages(record.doc_id):
                for run in _some_runs(passage.text):
                    self._places.setdefault(run, len(self._texts))
                self._texts.append(vector_text(title, passage))

    def holding(self, text: str) -> str | None:
        """The passage that contains most of the text, as a reranker sees it; None if none contains half of it."""
        runs = _some_runs(text)
        votes = Counter(self._places[run] for run in runs if run in self._places)
        best, count = votes.most_common(1)[0] if votes else (0, 0)
        return self._texts[best] if 2 * count >= len(runs) and count else None


def found(posed: Iterable[Posed], shelf: Shelf) -> Iterator[Posed]:
    """The questions whose texts are in the library, with its passages in their place."""
    for each in posed:
        answering = [shelf.holding(text) for text in each.answering]
        near = [shelf.holding(text) for text in each.near]
        if None not in (*answering, *near):
            yield each._replace(answering=tuple(filter(None, answering)), near=tuple(filter(None, near)))


def mined(library: Library, posed: Sequence[Posed], *, seed: int, report: Callable[[str], None]) -> Iterator[Posing]:
    """Each question with some passages that the library finds for it and that do not answer it."""
    rng = np.random.default_rng(seed)
    for place, each in enumerate(posed):
        if place % 1_000 == 0:
            report(f"{place} of {len(posed)} questions put to the library")
        wrong = _wrong(library, each)
        weights = 1 / (3 + np.arange(len(wrong)))
        most = min(_TAKEN - len(each.near), len(wrong))
        chosen: Sequence[int] = []
        if most > 0:
            chosen = sorted(rng.choice(len(wrong), most, replace=False, p=weights / weights.sum()).tolist())
        yield Posing(each.source, each.question, each.answering, (*each.near, *(wrong[n] for n in chosen)))


def _wrong(library: Library, posed: Posed) -> list[str]:
    """Found passages in the language of the positive texts that share no run of characters with them, best first."""
    own = (*posed.answering, *posed.near)
    runs = [_runs(text) for text in own]
    language = detect(own[0]) if own else ""
    return [
        vector_text(hit.title, hit.passage)
        for hit in library.search(posed.question, k=FOUND)
        if hit.passage.language == language and not any(_runs(hit.passage.text) & those for those in runs)
    ]


def _runs(text: str) -> set[str]:
    """All runs of a text. A shorter text is one run; a text without a letter has none."""
    letters = _LETTERS.sub("", text.lower())
    return {letters[n : n + _RUN] for n in range(max(1, len(letters) - _RUN + 1))} - {""}


def _some_runs(text: str) -> set[int]:
    """About every eighth run of a text, as numbers. Every text with the same run gives the same number."""
    return {number for run in _runs(text) if (number := crc32(run.encode("utf-8"))) % 8 == 0}
