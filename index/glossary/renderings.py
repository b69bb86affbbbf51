"""The bilingual glossary: synonyms and translations of terms, read from ``glossary.txt``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from sinkqa.ingest.text.analyzer import terms_of, units

GLOSSARY = "glossary.txt"
_AS_UNITS = "glossary.units.txt"  # with its renderings cut; made by python -m sinkqa.index.glossary.renderings
_CASED = "!"  # before an abbreviation that is an ordinary word in lower case


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms and their renderings. ``entries`` hold the renderings of one notion, as units.

    ``places``: the entries that contain a rendering. ``longest``: the units of the longest rendering that begins with
    this one. ``cased``: abbreviations, by their units; they count only if the query writes them in capitals.
    """

    entries: list[list[tuple[str, ...]]]
    places: dict[tuple[str, ...], list[int]]
    longest: dict[str, int]
    cased: dict[tuple[str, ...], str]

    def find(self, text: str) -> Iterator[tuple[list[str], list[tuple[str, ...]]]]:
        """Yields known stretches of the text, left to right, longest first, with the terms of other renderings."""
        said = units(text)
        start = 0
        while start < len(said):
            for length in range(min(self.longest.get(said[start], 0), len(said) - start), 0, -1):
                key = tuple(said[start : start + length])
                if key in self.places and self._meant(key, text):
                    yield list(key), self._others(key)
                    break
            else:
                length = 1
            start += length

    def _meant(self, key: tuple[str, ...], text: str) -> bool:
        return key not in self.cased or re.search(rf"(?<![A-Z]){self.cased[key]}(?![A-Za-z])", text) is not None

    def _others(self, key: tuple[str, ...]) -> list[tuple[str, ...]]:
        entries = (self.entries[place] for place in self.places[key])
        found = (other for entry in entries for other in entry if other != key and _says(other, key))
        return [tuple(dict.fromkeys(terms_of(other))) for other in found]


def _says(other: Sequence[str], rendering: Sequence[str]) -> bool:
    """Whether ``other`` is in the other language, or one of the two shortens the other."""
    return _is_chinese(other) != _is_chinese(rendering) or _shortens(other, rendering) or _shortens(rendering, other)


def _is_chinese(rendering: Sequence[str]) -> bool:
    return not rendering[0].isascii()


def _shortens(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether ``short`` abbreviates ``full``: 加州 for 加利福尼亚州, NDC for the words' first letters."""
    if len(short) == 1 and len(full) > 1:
        short, full = short[0], [word[0] for word in full]
        return len(short) > 1 and set(short) <= {*full, "s"}
    left = iter(full)
    return _is_chinese(short) and all(char in left for char in short)


@cache
def glossary() -> Glossary:
    """Returns the bundled glossary. It is read once."""
    return _read_units(files("sinkqa.index.glossary").joinpath(_AS_UNITS).read_text("utf-8"))


def as_units(text: str) -> str:
    """Returns the glossary with its renderings cut into units: ``carbon sink|碳 汇|碳 库``.

    Cutting takes most of the time.
    """
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    entries = (line.replace("=", "|").split("|") for line in lines)
    return "".join("|".join(map(_cut, renderings)) + "\n" for renderings in entries)


def _cut(rendering: str) -> str:
    return " ".join([*([rendering] if rendering.startswith(_CASED) else []), *units(rendering)])


def _read_units(text: str) -> Glossary:
    glossary = Glossary([], {}, {}, {})
    for line in text.splitlines():
        entry: list[tuple[str, ...]] = []
        for rendering in line.split("|"):
            key = tuple(rendering.split(" "))
            if rendering.startswith(_CASED):
                written, *said = key
                key = tuple(said)
                glossary.cased[key] = written[len(_CASED) :]
            entry.append(key)
            glossary.places.setdefault(key, []).append(len(glossary.entries))
            glossary.longest[key[0]] = max(glossary.longest.get(key[0], 0), len(key))
        glossary.entries.append(list(dict.fromkeys(entry)))
    return glossary


if __name__ == "__main__":
    folder = Path(__file__).parent
    (folder / _AS_UNITS).write_text(as_units((folder / GLOSSARY).read_text("utf-8")), "utf-8")
