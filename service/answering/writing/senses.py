"""Finds the known terms of a quote, each with the rendering that fits its context."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from sinkqa.index.glossary.renderings import GLOSSARY
from sinkqa.ingest.text.normalised_text import View, fold
from sinkqa.ingest.text.patterns import late

_NEAR = {"en": 60, "zh": 14, "ja": 14}  # characters on either side in which a cue counts
_TOKEN = late(r"[a-z]+|\d+|[^\W\d_]")
_GAP = " -/'’"  # what may stand between two words of any term
_WIDEST = 2  # characters of that
_HAN = late("[\u3005\u3400-\u9fff]")
_LOOSE = frozenset("又及等内外前后毎每各当该旨者")  # Han characters that end a Japanese compound
_SURE_OWN, _SURE = 3, 4  # characters of a Chinese term that cross no word boundary by chance, ours and the search's
_LEAST = {"zh": 3, "en": 2, "ja": 99}  # tokens of a term of the search's glossary: shorter ones mean too many things


class Sense(NamedTuple):
    """One rendering. It applies if one of the ``cues`` is near the term, or everywhere if there are no cues."""

    rendering: str
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownTerm:
    """A known term with its senses. The first sense that fits is used. ``common``: the term says little by itself.

    ``cased``: it counts only with the same capitals. ``kindred``: it is from the glossary of the search.
    """

    written: str
    senses: tuple[Sense, ...]
    common: bool = False
    cased: bool = False
    kindred: bool = False


class FoundTerm(NamedTuple):
    """A known term in a folded text, ``start``..``end``, and its rendering there."""

    start: int
    end: int
    rendering: str
    common: bool


def senses(view: View, quote: str, *, said: str, asked: str) -> Iterator[FoundTerm]:
    """The terms of a quote in language ``said`` with their renderings in ``asked``, in order; none overlap.

    The longest term counts, even if it has no rendering, because the rendering of a part would be wrong for a compound.
    ``view`` is the search view of the quote. Places count in its text.
    """
    entries, text = _entries(said, asked), view.text
    tokens = [(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text)]
    keys = [singular(token) for token, *_ in tokens]
    edges: frozenset[int] | None = None
    at = 0
    while at < len(tokens):
        width = 1
        for key, entry in entries.get(keys[at], ()):
            if tuple(keys[at : at + len(key)]) != key or not _together(entry, text, tokens[at : at + len(key)]):
                continue
            start, end = tokens[at][1], tokens[at + len(key) - 1][2]
            if entry.cased and not _as_written(entry.written, quote[view.starts[start] : view.ends[end - 1]]):
                continue
            if said == "zh" and len(key) < (_SURE if entry.kindred else _SURE_OWN):
                edges = _edges(text) if edges is None else edges
                if start not in edges or end not in edges:
                    continue
            if said == "ja" and not _stands_alone(text, start, end):
                continue
            width = len(key)
            rendering = _fitting(entry, text, start, end, _NEAR[said])
            if rendering:
                yield FoundTerm(start, end, rendering, entry.common)
            break
        at += width


def _fitting(entry: KnownTerm, text: str, start: int, end: int, near: int) -> str:
    """The rendering of the first sense that the words around allow; "" for none."""
    around = text[max(0, start - near) : end + near]
    for sense in entry.senses:
        if not sense.cues or any(cue in around for cue in sense.cues):
            return sense.rendering
    return ""


def _as_written(written: str, said: str) -> bool:
    """Whether the words have their capitals where the entry has them; the first may begin a sentence."""
    capitals = [[char.isupper() for char in f"{word} "[:2]] for word in written.split()]
    there = [[char.isupper() for char in f"{word} "[:2]] for word in said.split()]
    return there[1:] == capitals[1:] and (there[0] == capitals[0] or there[0] == [True, capitals[0][1]])


def _together(entry: KnownTerm, text: str, tokens: list[tuple[str, int, int]]) -> bool:
    """Whether no punctuation parts the words but what the term itself is written with."""
    gaps = (text[left[2] : right[1]] for left, right in pairwise(tokens))
    return all(len(gap) <= _WIDEST and all(char in _GAP or char in entry.written for char in gap) for gap in gaps)


def _edges(text: str) -> frozenset[int]:
    """Where Chinese words begin and end."""
    import rjieba  # its dictionary costs 0.1 s, which only Chinese text need pay

    place, edges = 0, [0]
    for word in rjieba.cut(text):
        place += len(word)
        edges.append(place)
    return frozenset(edges)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no other Han character makes a longer Japanese compound of a term."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not any(_HAN.match(char) and char not in _LOOSE for char in (before, after) if char)


@lru_cache(maxsize=16_384)
def singular(word: str) -> str:
    """The text with English nouns in the singular."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]


_Table = dict[str, list[tuple[tuple[str, ...], KnownTerm]]]


@cache
def _entries(said: str, asked: str) -> _Table:
    """What is known of one language in another by first word, the longest first; our own before the search's."""
    entries = {**_glossary(said), **_own(said, asked)} if said != "ja" else _own(said, asked)
    table: _Table = {}
    for (key, _), entry in entries.items():
        table.setdefault(key[0], []).append((key, entry))
    for known in table.values():
        known.sort(key=lambda item: (-len(item[0]), not item[1].cased))
    return table


def _key(written: str) -> tuple[str, ...]:
    return tuple(singular(token) for token in _TOKEN.findall(fold(written)))


def _own(said: str, asked: str) -> dict[tuple[tuple[str, ...], bool], KnownTerm]:
    """The entries of our own file, by key and whether capitals tell."""
    entries: dict[tuple[tuple[str, ...], bool], KnownTerm] = {}
    section = ""
    for line in files("sinkqa.service.answering.writing").joinpath("senses.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#") and section == f"{said} {asked}":
            terms, _, rest = line.removeprefix("~").partition("=")
            rendering, _, cues = rest.partition("<")
            sense = Sense("" if rendering == "-" else rendering, tuple(fold(cue) for cue in cues.split("|") if cue))
            for term in terms.split("|"):
                written, cased = term.removeprefix("!"), term.startswith("!")
                known = entries.get((_key(written), cased), KnownTerm(written, ()))
                common = known.common or line.startswith("~")
                entries[_key(written), cased] = KnownTerm(written, (*known.senses, sense), common, cased)
    return entries


def _glossary(said: str) -> dict[tuple[tuple[str, ...], bool], KnownTerm]:
    """Terms that the search's glossary names first and once: only those are renderings, the rest are kindred words."""
    first: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for line in files("sinkqa.index.glossary").joinpath(GLOSSARY).read_text("utf-8").splitlines():
        english, _, chinese = line.partition("=")
        if chinese and not line.startswith("#"):
            sides = (english, chinese) if said == "en" else (chinese, english)
            term, other = (side.partition("|")[0] for side in sides)
            first.setdefault(_key(term), []).append((term, other))
    once = {key: pairs[0] for key, pairs in first.items() if len(pairs) == 1 and len(key) >= _LEAST[said]}
    return {
        (key, False): KnownTerm(fold(term), (Sense(other.removeprefix("!")),), kindred=True)
        for key, (term, other) in once.items()
    }
