"""Hand-written questions and claims on passages of the training texts (``index/training/data/written.tsv``).

The file holds our text and the key of the passage, never the passage itself, which is part of the training data. A note
beside the file says how it was written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sinkqa.index.training.corpus import LONGEST, Pair

WRITTEN = Path(__file__).parent / "data" / "written.tsv"


class Written(NamedTuple):
    """A line of the file with its passage.

    ``kind``: ``ask``, a question that the passage answers; ``none``, one that it does not; ``true`` and ``false``, a
    claim that it supports, and one that it does not.
    """

    kind: str
    language: str
    said: str
    title: str
    text: str


def key_of(text: str) -> str:
    """The key of a passage in the file. A whole passage has the key of the part that is read of it."""
    return hashlib.sha256(text[:LONGEST].encode("utf-8")).hexdigest()[:12]


def read_written(pairs: Iterable[Pair], file: Path = WRITTEN) -> Iterator[Written]:
    """The lines whose passages are among the pairs, in the order of the file."""
    lines = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
    wanted = {line[0] for line in lines}
    titled: dict[str, tuple[str, str]] = {}
    for pair in pairs:
        if pair.kind.startswith(("ict", "qp_en")) and (key := key_of(pair.right)) in wanted:
            titled.setdefault(key, (pair.left, pair.right))
    for key, kind, language, said in lines:
        if key in titled:
            yield Written(kind, language, said, *titled[key])
