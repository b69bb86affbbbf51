"""Tallies of documents, and the file that keeps them between two runs. Losing the file costs time and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from sinkqa.service.documents.facets import FacetName
from sinkqa.service.documents.subjects import Subject
from sinkqa.service.overview.kinds import KINDS
from sinkqa.service.overview.topics import places, vocabulary

_RULE = "1"  # to be raised with every change of how topics and kinds are told


@dataclass(frozen=True, slots=True)
class DocumentTally:
    """What one document is about, by bits of :class:`Vocabulary`, and which kinds of document it is.

    ``passages``: the topics of each passage, in reading order. ``about``: the topics of the document.
    """

    passages: tuple[int, ...]
    about: int
    kinds: tuple[str, ...]

    def counts(self) -> dict[int, int]:
        """How many passages have each topic, by the topic's place. Topics without a passage are left out."""
        return dict(Counter(place for bits in self.passages for place in places(bits)))

    def tags(self) -> dict[FacetName, dict[str, Subject]]:
        """The values of facets that the document has, with their names."""
        found: dict[FacetName, dict[str, Subject]] = {"topic": {}, "side": {}, "means": {}}
        for topic in vocabulary().named(self.about):
            found[topic.group][topic.topic_id] = Subject(topic.name, topic.zh)
        return {**found, "kind": {kind: Subject(*KINDS[kind]) for kind in self.kinds}}


class TallyFile:
    """The tallies of a library, by document and version, in ``topics.json`` of its folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "topics.json"

    def read(self) -> dict[str, DocumentTally]:
        """What was written by the same rule; nothing if the file is missing, damaged or older."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            told, known = json.loads(self._path.read_text("utf-8")), (1 << len(vocabulary().topics)) - 1
            if told["rule"] == _rule():
                return {
                    str(version): DocumentTally(
                        tuple(int(each) & known for each in bits),
                        int(about) & known,
                        tuple(k for k in KINDS if k in kinds),
                    )
                    for version, (bits, about, kinds) in told["documents"].items()
                }
        return {}

    def write(self, tallies: dict[str, DocumentTally]) -> None:
        """Writes all tallies. A folder that cannot be written to is left alone."""
        told = {version: (each.passages, each.about, each.kinds) for version, each in tallies.items()}
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        with suppress(OSError):
            beside.write_text(json.dumps({"rule": _rule(), "documents": told}, separators=(",", ":")), "utf-8")
            beside.replace(self._path)


@cache
def _rule() -> str:
    """Changes with the rule, the topics and the glossary."""
    said = (files("sinkqa.service.overview") / "topics.txt").read_bytes()
    said += (files("sinkqa.index.glossary") / "glossary.txt").read_bytes() + (
        files("sinkqa.index.naming") / "names.txt"
    ).read_bytes()
    return f"{_RULE}:{hashlib.sha256(said).hexdigest()[:16]}"
