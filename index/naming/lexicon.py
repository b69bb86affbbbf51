"""Vocabulary of document names: words in two languages, kinds of document, places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from sinkqa.index.glossary.renderings import glossary
from sinkqa.ingest.about.places import countries_in, parts_in
from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.normalised_text import fold

WORDS = "names.txt"
_JAPANESE = str.maketrans(  # characters that Japanese alone writes so, as the words of this table are written
    "気実対図関総県変経営価権検証観様応帰発鉱済労戦撃児広豊辺駅獣斉斎浄渉猟縄険験庁塩沢処拠伝円効単増徳徴択暁毎渇焼砕",
    "气实对图关总县变经营价权检证观样应归发矿济劳战击儿广丰边驿兽齐斋净涉猎绳险验厅盐泽处据传圆效单增德征择晓每渴烧碎",
)
_TOKEN = re.compile("[A-Za-z]+|\\d+|[^\\s'-]")
_PART = 0.2  # weight of a word that many names share, beside one that tells them apart
_OTHER_KIND = 0.5  # of a word for another kind: NDC in the name of a report
_HAN_WEIGHT = 0.5  # two characters make a word

Forms = Mapping[str, Sequence[tuple[str, ...]]]
"""Forms of one or more tokens, grouped by their first token, the longest first."""


class Token(NamedTuple):
    """A word, number, sign or Chinese character, with its offsets, its folded form and its stem."""

    start: int
    end: int
    text: str
    stem: str

    @property
    def is_han(self) -> bool:
        """Whether the token is a Chinese or Japanese character."""
        return not self.text.isascii() and self.text.isalpha()


class Feature(NamedTuple):
    """The tokens ``[first, last)`` mean ``what``: an entry of the vocabulary, or the words themselves."""

    first: int
    last: int
    what: int | str


class Head(NamedTuple):
    """Tokens that name the kind of a document: ``law``, ``measures``, ``report``."""

    first: int
    last: int
    kind: str


class Place(NamedTuple):
    """Tokens that show to which place a document belongs: the code of a country, and a part of the country or "".

    ``is_name``: the tokens name the country or the part. Otherwise they only imply it, as the name of a public body
    does.
    """

    first: int
    last: int
    home: str
    part: str = ""
    is_name: bool = True


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The content of the data file. ``kinds``: kinds by their tokens.

    ``near``: other kinds that the name of a kind may mean.
    """

    places: dict[tuple[str, ...], tuple[int, ...]]
    longest: dict[str, int]
    kinds: dict[tuple[str, ...], str]
    kind_forms: Forms
    near: dict[str, tuple[str, ...]]
    general: Forms
    passing: frozenset[str]
    bounds: tuple[str, ...]
    homes: re.Pattern[str]


def tokens(text: str) -> list[Token]:
    """Returns the text's tokens.

    Offsets refer to the given text, or to the folded text if folding changes its length.
    """
    folded = fold(text).translate(_JAPANESE)
    return [Token(m.start(), m.end(), m[0], _stem(m[0])) for m in _TOKEN.finditer(folded)]


@lru_cache(20_000)
def _stem(word: str) -> str:
    found = units(word)
    return found[0] if len(found) == 1 else word


def features(said: Sequence[Token]) -> list[Feature]:
    """Returns all features of the tokens. Features may overlap.

    They are vocabulary entries, English words and character pairs.
    """
    known = lexicon()
    found: list[Feature] = []
    stems = [token.stem for token in said]
    for at, token in enumerate(said):
        if token.is_han:
            if at + 1 < len(said) and said[at + 1].is_han:
                found.append(Feature(at, at + 2, token.text + said[at + 1].text))
        elif len(token.text) > 1 and token.text not in known.passing:
            found.append(Feature(at, at + 1, token.stem))
        for length in range(1, min(known.longest.get(token.stem, 0), len(said) - at) + 1):
            entries = known.places.get(tuple(stems[at : at + length]), ())
            found += [Feature(at, at + length, entry) for entry in entries]
    return found


def initials(text: str, said: Sequence[Token]) -> Iterator[Feature]:
    """Yields the initials of three or more capitalised words in a row: ``ccap`` for Climate Change Action Plan."""
    if said and said[-1].end > len(text):
        return
    run: list[int] = []
    for at, token in enumerate((*said, Token(0, 0, "", ""))):
        if token.text.isalpha() and token.text.isascii() and text[token.start : token.end].istitle():
            run.append(at)
        elif token.text not in _SMALL:
            letters = "".join(said[each].text[0] for each in run)
            for start in range(len(run) - _RUN + 1):
                yield Feature(run[start], run[-1] + 1, letters[start:])
            run = []


_RUN = 3
_SMALL = frozenset(["of", "the", "and", "on", "for"])


def heads(said: Sequence[Token]) -> list[Head]:
    """Returns the words that name kinds of documents, in text order; at each place the longest.

    法 inside a longer word does not count.
    """
    known = lexicon()
    texts = [token.text for token in said]
    found = _stretches(texts, known.kind_forms)
    return [Head(at, at + len(form), known.kinds[form]) for at, form in found if _is_head(texts, at, len(form))]


def _stretches(texts: Sequence[str], known: Forms) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Where known forms occur, left to right, the longest at each place."""
    end = 0
    for at, text in enumerate(texts):
        if at >= end and text in known:
            for form in known[text]:
                if tuple(texts[at : at + len(form)]) == form:
                    yield at, form
                    end = at + len(form)
                    break


def _is_head(texts: Sequence[str], at: int, length: int) -> bool:
    if texts[at] != "法" or length > 1:
        return True
    before = texts[at - 1] if at else ""
    after = texts[at + 1] if at + 1 < len(texts) else ""
    return before not in _NO_LAW_AFTER and after not in _NO_LAW_BEFORE


_NO_LAW_AFTER = frozenset("方办做想看说用手算违非合依执立司书无设宪语守普犯枉知按疗无")
_NO_LAW_BEFORE = frozenset("律院治人定官学制庭系网")


def weights(said: Sequence[Token], found: Sequence[Head], kinds: Collection[str] = ()) -> list[float]:
    """Returns how well each token distinguishes one name from others, 0..1.

    A token weighs 0 if it names one of ``kinds`` or is a function word. It weighs less if many names contain it.
    ``found`` are all the :func:`heads` among the tokens.
    """
    known = lexicon()
    weighed = [
        0.0
        if token.text in known.passing or not token.text.isalnum() or token.text.isdigit()
        else _HAN_WEIGHT
        if token.is_han
        else 1.0
        for token in said
    ]
    for at, form in _stretches([token.text for token in said], known.general):
        for each in range(at, at + len(form)):
            weighed[each] *= _PART
    for head in found:
        most = 0.0 if head.kind in kinds else _OTHER_KIND / (head.last - head.first)
        for each in range(head.first, head.last):
            weighed[each] = min(weighed[each], most)
    return weighed


def homes(text: str, said: Sequence[Token]) -> list[Place]:
    """Returns names of countries and their parts, and words that imply them, in text order."""
    if len(said) and said[-1].end > len(text):
        text = fold(text)
    found = [(start, end, code, "", True) for start, end, code in countries_in(text)]
    found += [(start, end, home, part, True) for start, end, part, home in parts_in(text)]
    found += [(m.start(), m.end(), str(m.lastgroup), "", False) for m in lexicon().homes.finditer(text)]
    return sorted(
        Place(_token_at(said, start), _token_at(said, end - 1) + 1, code, part, is_name)
        for start, end, code, part, is_name in found
    )


def _token_at(said: Sequence[Token], offset: int) -> int:
    return bisect_right(said, offset, key=lambda token: token.end)


@cache
def lexicon() -> Lexicon:
    """Returns the bundled lexicon with the words of the search glossary. It is read once."""
    sections = _sections(files("sinkqa.index.naming").joinpath(WORDS).read_text("utf-8"))
    places = {key: tuple(entries) for key, entries in glossary().places.items()}
    for at, line in enumerate(sections["words"], 1):
        for form in line.replace("=", "|").split("|"):
            key = tuple(units(form))
            places[key] = (*places.get(key, ()), -at)
    longest: dict[str, int] = {}
    for key in places:
        longest[key[0]] = max(longest.get(key[0], 0), len(key))
    kinds = {_texts(form): kind for kind, forms in _entries(sections["kinds"]) for form in forms}
    return Lexicon(
        places,
        longest,
        kinds,
        _by_first(kinds),
        near={kind: tuple(forms) for kind, forms in _entries(sections["near"])},
        general=_by_first(_texts(form) for line in sections["general"] for form in line.split("|")),
        passing=frozenset(form for line in sections["passing"] for form in line.split("|")),
        bounds=tuple("|".join(sections["bounds"]).split("|")),
        homes=re.compile(
            "|".join(
                f"(?P<{code}>{'|'.join(_bounded(form) for form in forms)})"
                for code, forms in _entries(sections["homes"])
            )
        ),
    )


def _by_first(forms: Iterable[tuple[str, ...]]) -> Forms:
    found: dict[str, list[tuple[str, ...]]] = {}
    for form in sorted(set(forms), key=len, reverse=True):
        found.setdefault(form[0], []).append(form)
    return found


def _bounded(form: str) -> str:
    return rf"(?<![A-Za-z]){form}(?![A-Za-z])" if form[0].isascii() else form


def _texts(form: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokens(form))


def _entries(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for line in lines:
        name, _, forms = line.partition("=")
        yield name, forms.split("|")


def _sections(text: str) -> dict[str, list[str]]:
    """The lines below each ``[name]``, without comments and blank lines."""
    sections: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
        elif line and not line.startswith("#"):
            sections.setdefault(name, []).append(line)
    return sections
