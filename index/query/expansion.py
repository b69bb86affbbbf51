"""Query step of the flow: a question's terms in groups, each with what else says the same, in either language."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from index.query.quantity import variants
from index.search.query import Alternative, Group
from ingest.text.analyzer import analyze, terms_of, units
from ingest.text.view import cased

GLOSSARY = "data/glossary.txt"
_AS_UNITS = "data/glossary.units.txt"  # the same with its renderings cut: python -m index.query.expansion makes it anew
_ALTERNATIVE = 0.5  # what an alternative counts beside the words it stands for; see docs/decisions/0008
_MOST_GROUPS = 64  # of a long query only so many stretches are looked up
_CASED = "!"  # before an abbreviation that is an ordinary word in lower case

# Words that hold a sentence together: English stems, as the index has them, and Chinese particles that stand alone.
# They are asked for only where a query has nothing else. Negations stay, and so do words that are also names.
_FUNCTION_WORDS = frozenset(
    """a an and are as at be been but by can could did do doe for from had has have how if in into is it its might of on
    or shall should so such than that the their them then there these they this those to was were what when where which
    while who whom whose whi will with would 的 了 吗 呢 么 吧 啊 是 和 与 或 在 有 这 那 其""".split()  # noqa: SIM905  # a list of them reads worse
)


def expand(text: str) -> list[Group]:
    """The query's distinct index terms in groups: no term in two of them, and only function words left out.

    A stretch that the glossary or :mod:`index.query.quantity` knows makes one group with its other wordings; any other
    term stands alone. They come in the order of their first terms.
    """
    place = {term: place for place, term in enumerate(dict.fromkeys(analyze(text)))}
    free = dict(place)
    groups: list[Group] = []
    for said, otherwise in wordings(text):
        own = tuple(dict.fromkeys(term for term in _terms_within(said) if term in free))
        others = dict.fromkeys(wording for wording in otherwise if not set(wording) <= set(own))
        if own and others:
            groups.append(Group(own, tuple(Alternative(terms, _ALTERNATIVE) for terms in others)))
            for term in own:
                del free[term]
        if len(groups) == _MOST_GROUPS:
            break
    telling = [term for term in free if term not in _FUNCTION_WORDS]
    groups += [Group((term,)) for term in (telling if telling or groups else free)]
    return sorted(groups, key=lambda group: place[group.terms[0]])


def tells_something(text: str) -> bool:
    """Whether any of its terms says what it is about: function words do not, nor does a lone letter or digit."""
    return is_telling(analyze(text))


def is_telling(terms: Iterable[str]) -> bool:
    """As :func:`tells_something`, of a text's terms."""
    return any(term not in _FUNCTION_WORDS and not (len(term) == 1 and term.isascii()) for term in terms)


def matched_terms(groups: Iterable[Group], standing: Collection[str]) -> tuple[str, ...]:
    """The groups' own terms that stand in a passage, and the terms of alternatives that stand there in full."""
    found: dict[str, None] = {}
    for group in groups:
        found |= dict.fromkeys(term for term in group.terms if term in standing)
        for terms, _ in group.alternatives:
            found |= dict.fromkeys(terms) if all(term in standing for term in terms) else {}
    return tuple(found)


def wordings(text: str) -> Iterator[tuple[list[str], list[tuple[str, ...]]]]:
    """Stretches of a text, as units, that can be said otherwise: each other wording is terms that must all stand."""
    for each in variants(cased(text)):
        yield units(each.said), each.otherwise
    yield from glossary().find(text)


def _terms_within(said: list[str]) -> Iterator[str]:
    """The terms that a text has because this stretch stands in it, longer words among them."""
    yield from terms_of(said)
    run = "".join(unit if len(unit) == 1 else " " for unit in said)
    for length in range(3, len(run) + 1):
        yield from (run[start : start + length] for start in range(len(run) - length + 1))


@dataclass(frozen=True, slots=True)
class Glossary:
    """``entries`` hold the renderings of one notion, as units; ``places`` say which entries a rendering is in.

    ``longest``: units of the longest rendering that begins with this one. ``cased``: abbreviations, by their units,
    that count only where the query writes them in capitals.
    """

    entries: list[list[tuple[str, ...]]]
    places: dict[tuple[str, ...], list[int]]
    longest: dict[str, int]
    cased: dict[tuple[str, ...], str]

    def find(self, text: str) -> Iterator[tuple[list[str], list[tuple[str, ...]]]]:
        """Stretches of the text, from left to right and the longest first, with the terms of their other renderings."""
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
    """Whether one is in the other language, or shortens the other."""
    return _is_chinese(other) != _is_chinese(rendering) or _shortens(other, rendering) or _shortens(rendering, other)


def _is_chinese(rendering: Sequence[str]) -> bool:
    return not rendering[0].isascii()


def _shortens(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether one is made of characters of the other: 加州 of 加利福尼亚州, NDC of the words' first letters."""
    if len(short) == 1 and len(full) > 1:
        short, full = short[0], [word[0] for word in full]
        return len(short) > 1 and set(short) <= {*full, "s"}
    left = iter(full)
    return _is_chinese(short) and all(char in left for char in short)


@cache
def glossary() -> Glossary:
    """The bundled one, read once."""
    return _read_units(files("index.query").joinpath(_AS_UNITS).read_text("utf-8"))


def read_glossary(text: str) -> Glossary:
    """Reads lines ``carbon sink|sink of carbon=碳汇|碳库``; blank ones and those that begin with # say nothing."""
    return _read_units(as_units(text))


def as_units(text: str) -> str:
    """A glossary with its renderings cut, most of the work of reading it: ``carbon sink|碳 汇|碳 库``."""
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
