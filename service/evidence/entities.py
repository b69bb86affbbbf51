"""Finds the names in a text, and the names of a claim that are missing in its quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late

NAMES = "data/entities.txt"
_CASED = "!"  # before an abbreviation that is an ordinary word in lower case
_OTHER = "name"  # the kind of a name that the data file does not hold

_WORD = late("[A-Za-z]+|[^\x00-\x7f]")
_NOT_ASCII = late("[^\x00-\x7f]+")
_TITLE = late("[《〈]([^《》〈〉]{2,60})[》〉]")
_ACRONYM = late(r"(?<![A-Za-z\d])[A-Z][A-Za-z]?[A-Z][A-Z\d]*(?:[-/][A-Z\d]+)*(?![A-Za-z\d])")
_CAPITALS = late(r"(?<![.!?:] )(?<!\A)(?<![\w'’-])[A-Z][a-z]+(?:[ -](?:(?:of|the|and|for|on) )*[A-Z][a-z]+)*(?![\w])")


class Entity(NamedTuple):
    """A name in a text: its ``kind``, its ``name`` (the same for all aliases), and its wording as ``said``."""

    kind: str
    name: str
    said: str


class Missing(NamedTuple):
    """A name in the claim that is in no quote. ``found``: another name of its kind that only quotes have, or None."""

    said: str
    found: str | None


def entities(text: str) -> list[Entity]:
    """The names of a text: titles in book-title marks, known names, abbreviations, capitalised names.

    The longest known name counts. A name inside a title counts by itself only if it is the whole title.
    """
    text = _NOT_ASCII.sub(lambda match: fold(match[0]) or " ", text)  # capitals stay
    found: list[Entity] = []
    for match in _TITLE.finditer(text):
        if not any(alias.written == match[1] for alias in _aliases().get(match[1][0], ())):
            found.append(Entity(_OTHER, " ".join(units(match[1])), match[1]))
            text = text[: match.start()] + "\0" * len(match[0]) + text[match.end() :]
    known, rest = _known(text)
    for pattern in (_ACRONYM, _CAPITALS):
        named = [match[0] for match in pattern.finditer(rest) if "\0" not in match[0]]
        known += [Entity(_OTHER, " ".join(units(name)), name) for name in named]
    return [entity for entity in dict.fromkeys([*found, *known]) if entity.name]


def missing(claim: str, quotes: Sequence[str]) -> Iterator[Missing]:
    """The names of the claim, in order, that are in no quote under any alias."""
    said, _ = _read(claim)
    if not said:
        return
    read = [_read(quote) for quote in quotes]
    standing = [entity for found, _ in read for entity in found]
    names = {entity.name for entity in standing}
    for entity in said:
        if entity.name in names or (entity.kind == _OTHER and any(f" {entity.name} " in words for _, words in read)):
            continue
        others = (
            each.said for each in standing if each.kind == entity.kind and each.name not in {s.name for s in said}
        )
        yield Missing(entity.said, next(others, None) if entity.kind != _OTHER else None)


@lru_cache(maxsize=256)  # the claims of one text meet the same quotes
def _read(text: str) -> tuple[list[Entity], str]:
    """The names of a text, and all its words."""
    return entities(text), f" {' '.join(units(text))} "


def _known(text: str) -> tuple[list[Entity], str]:
    """Names of the data file, and the text with them blanked."""
    found: list[Entity] = []
    rest, end, aliases = text, 0, _aliases()
    for match in _WORD.finditer(text):
        if match.start() < end:
            continue
        word = match[0]
        for alias in aliases.get(word.lower() if word.isascii() else word, ()):
            if alias.stands(text, match.start()):
                end = match.start() + len(alias.written)
                found.append(Entity(alias.kind, alias.name, text[match.start() : end]))
                rest = rest[: match.start()] + "\0" * (end - match.start()) + rest[end:]
                break
    return found, rest


class _Alias(NamedTuple):
    written: str
    kind: str
    name: str
    cased: bool

    def stands(self, text: str, start: int) -> bool:
        end = start + len(self.written)
        said = text[start:end]
        if said != self.written and (self.cased or said.lower() != self.written.lower()):
            return False
        return not (self.written[-1].isascii() and text[end : end + 1].isascii() and text[end : end + 1].isalpha())


@cache
def _aliases() -> dict[str, list[_Alias]]:
    """The aliases that begin with a word or Chinese character, the longest first."""
    aliases: dict[str, list[_Alias]] = {}
    for line in files("sinkqa.service").joinpath(NAMES).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, written = line.partition("=")
            name = written.partition("|")[0].lstrip(_CASED)
            for each in sorted(written.split("|"), key=len, reverse=True):
                alias = _Alias(each.lstrip(_CASED), kind, name, each.startswith(_CASED))
                first = _WORD.search(alias.written)
                aliases.setdefault(fold(first[0]) if first else "", []).append(alias)
    for known in aliases.values():
        known.sort(key=lambda alias: -len(alias.written))
    return aliases
