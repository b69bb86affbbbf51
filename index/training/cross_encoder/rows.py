"""Step 2 of training: questions with texts, source by source."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sinkqa.index.training.corpus import share

_HELD_OUT = 0.04  # of each source: what a checkpoint is chosen by
_SENTENCE = re.compile(r".+?(?:[。！？!?；;\n]+|\.(?=\s)|$)", re.S)
_CUT = 0.5  # of the questions whose answer is known: so many are asked of sentences instead of the passage
_LONGEST = 2_400  # characters of a text; more is beyond the tokens that are read


@dataclass(frozen=True, slots=True)
class Posing:
    """A question with the texts that answer it, first, and texts that do not. Either may be empty.

    ``passage``: the passage that the texts were made of, if they are not the passage itself.
    """

    source: str
    question: str
    answering: tuple[str, ...]
    others: tuple[str, ...]
    passage: str = ""


def is_held_out(row: Posing) -> bool:
    """Whether a row is held out for choosing checkpoints. Rows of one passage are all on one side."""
    return share(row.passage or (*row.answering, *row.others)[0]) < _HELD_OUT


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a ``.jsonl.zst`` file."""
    import zstandard

    with file.open("rb") as stream:
        text = zstandard.ZstdDecompressor().stream_reader(stream).read().decode("utf-8")
    for line in text.split("\n"):
        if line:
            yield json.loads(line)


def question_rows(file: Path) -> Iterator[Posing]:
    """Groups rows of one question each with one passage; a twin goes with the question that it alters."""
    for row in read_lines(file):
        passage = row["passage"][:_LONGEST]
        title = row.get("title")
        text = f"{title}\n{passage}" if title else passage
        if not row["answerable"]:
            yield Posing(row["source"], row["q"], (), (text,), passage)
            continue
        answer = row.get("answer") or ""
        parts = _around(text, answer) if share(row["q"]) < _CUT else None
        answering, rest = parts or (text, "")
        yield Posing(row["source"], row["q"], (answering,), (rest,) if rest else (), passage)


def by_source(rows: Iterator[Posing]) -> dict[str, list[Posing]]:
    """The rows by their source."""
    found: dict[str, list[Posing]] = defaultdict(list)
    for row in rows:
        found[row.source].append(row)
    return found


def _around(passage: str, answer: str) -> tuple[str, str] | None:
    """The sentence with the answer, and another stretch of the passage with as many sentences; None if it is cut.

    In half of the cases both have two sentences, so that neither length nor position reveals the answer.
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
