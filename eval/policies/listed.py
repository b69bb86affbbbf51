"""Reads the list of mentions of documents that people made by reading."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sinkqa.eval.data.lines import read_rows, shorten
from sinkqa.eval.errors import MalformedData, NothingToMeasure

REFERENCES = Path(__file__).parents[1] / "questions" / "references.jsonl"
"""Our own list. ``eval/questions/README.md`` describes it."""


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part of a document that was read whole: from the words ``opens`` up to ``closes``, both outermost if empty."""

    document: str
    opens: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class ListedMention:
    """A mention of a document, as a reader found it.

    ``document``: the file it stands in. ``nth``: which occurrence of ``name`` in that file, white space aside.
    ``means``: names of the files it means; empty if it means a document that was not at hand. ``address``: where such
    a document is published, if the list of cited policies says so. ``table``: the printed table it stands in.
    ``optional``: it counts neither as missed nor as invented.
    """

    document: str
    name: str
    nth: int
    means: tuple[str, ...]
    address: str | None
    table: int | None
    optional: bool

    def __str__(self) -> str:
        return f"{self.document}: {shorten(self.name)}" + (f" (no. {self.nth})" if self.nth > 1 else "")


@dataclass(frozen=True, slots=True)
class MentionList:
    """What was read, and all mentions in it."""

    parts: tuple[ReadPart, ...]
    mentions: tuple[ListedMention, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """The names of the files read, in order."""
        return tuple(dict.fromkeys(part.document for part in self.parts))


def read_list(path: Path = REFERENCES) -> MentionList:
    """Reads a list, one JSON object a line: a part that was read, or a mention.

    Raises:
        FileMissing: no such file.
        MalformedData: a line is neither, or a mention stands in no document that was read.
        NothingToMeasure: it has no mention.
    """
    parts: list[ReadPart] = []
    mentions: list[ListedMention] = []
    for number, row in read_rows(path, document=str):
        if "read" in row:
            parts.append(ReadPart(row["document"], str(row.get("from", "")), str(row.get("to", ""))))
        elif (mention := _mention(row)) and any(part.document == mention.document for part in parts):
            mentions.append(mention)
        else:
            raise MalformedData(
                f"{path}:{number}: expected a part that was read (document, read), or below it a mention (document, "
                f"name, nth, means, address), got {shorten(repr(row))}"
            )
    if not mentions:
        raise NothingToMeasure(f"{path}: expected mentions, got none; check the file")
    return MentionList(tuple(parts), tuple(mentions))


def _mention(row: dict[str, Any]) -> ListedMention | None:
    name, nth, means, address = row.get("name"), row.get("nth"), row.get("means"), row.get("address")
    if not isinstance(name, str) or not name.strip() or not isinstance(nth, int) or nth < 1:
        return None
    if not isinstance(means, list) or not all(isinstance(each, str) for each in means):
        return None
    if not isinstance(address, str | None):
        return None
    return ListedMention(
        row["document"], name, nth, tuple(means), address, row.get("table"), bool(row.get("optional", False))
    )
