"""Second step of training: what is learnt from, questions with texts and claims with evidence, source by source."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.training.corpus import share

SUPPORTED, CONTRADICTED, NEUTRAL, NOT_SUPPORTED = range(4)
"""The last: one of the two before, and nobody said which."""

LABELS = {"supported": SUPPORTED, "contradicted": CONTRADICTED, "neutral": NEUTRAL}

_HELD_OUT = 0.04  # of each source: what a checkpoint is chosen by
_SENTENCE = re.compile(r".+?(?:[。！？!?；;\n]+|\.(?=\s)|$)", re.S)
_CUT = 0.5  # of the questions whose answer is known: so many are asked of sentences instead of the passage
_LONGEST = 2_400  # characters of a text; more is beyond the tokens that are read


@dataclass(frozen=True, slots=True)
class Group:
    """A question with texts that answer it, first, and texts that do not; either may be none."""

    source: str
    question: str
    answering: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, what is held against it, and what that makes it: one of the labels above."""

    source: str
    claim: str
    evidence: str
    label: int


Row = Group | Claim


def is_held_out(row: Row) -> bool:
    """Whether a row is of the part that checkpoints are chosen by: rows of one text are never on both sides."""
    text = row.evidence if isinstance(row, Claim) else (*row.answering, *row.others)[0]
    return share(text) < _HELD_OUT


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a ``.jsonl.zst`` file."""
    import zstandard

    with file.open("rb") as stream:
        text = zstandard.ZstdDecompressor().stream_reader(stream).read().decode("utf-8")
    for line in text.split("\n"):
        if line:
            yield json.loads(line)


def question_rows(file: Path) -> Iterator[Group]:
    """Of questions with one passage each: those of one question together, twins with the question that they twist."""
    for row in read_lines(file):
        passage = row["passage"][:_LONGEST]
        if title := row.get("title"):
            passage = f"{title}\n{passage}"
        if not row["answerable"]:
            yield Group(row["source"], row["q"], (), (passage,))
            continue
        answer = row.get("answer") or ""
        parts = _around(passage, answer) if share(row["q"]) < _CUT else None
        answering, rest = parts or (passage, "")
        yield Group(row["source"], row["q"], (answering,), (rest,) if rest else ())


def claim_rows(file: Path) -> Iterator[Claim]:
    """Claims with their evidence."""
    for row in read_lines(file):
        evidence = row["evidence"]
        joined = " ".join(evidence) if isinstance(evidence, list) else evidence
        yield Claim(row["source"], row["claim"], joined[:_LONGEST], LABELS[row["label"]])


def by_source(rows: Iterator[Row]) -> dict[str, list[Row]]:
    """The rows by their source."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.source].append(row)
    return found


def _around(passage: str, answer: str) -> tuple[str, str] | None:
    """The sentence that holds the answer, and another place of the passage of as many sentences; None where it is cut.

    Both are of two sentences in half of the cases: neither length nor the place of an answer may tell which answers.
    """
    if not answer or passage.count(answer) != 1:
        return None
    sentences = [match[0] for match in _SENTENCE.finditer(passage)]
    place = next((n for n, sentence in enumerate(sentences) if answer in sentence), None)
    size = 2 if share(answer + passage) < 0.5 else 1
    if place is None or len(sentences) < 2 * size + 1:
        return None
    first = max(0, place + 1 - size)
    others = [n for n in range(len(sentences) - size + 1) if n + size <= first or n >= first + size]
    if not others:
        return None
    other = others[int(share(passage + answer) * len(others))]
    return "".join(sentences[first : first + size]).strip(), "".join(sentences[other : other + size]).strip()
