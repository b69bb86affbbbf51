"""Dialogue step of the flow: a question that leans on the turns before it into one that stands alone, by stated rules.

A question leans on the one before it where it is short and

- *elliptical*: it opens with a joining word ("And in Japan?", "那日本呢？") or is no more than a name or a year, and
  asks nothing itself: it is the previous question with the new name or year in the place of the one of its kind, or
  with the new words added where there is none, or several;
- *bare*: only words that ask ("How much?", "为什么？"): it asks this of what the previous question was about;
- *pointing*: "it", "their", "该", "其" beside at most two words of its own: the previous question's matter is added.

Any other question stands alone and is left as it is. Only what the user said counts, not the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from index.analyzer import units
from ingest.language import detect
from ingest.view import fold
from service.answering.understanding import understand
from service.evidence.amounts import amounts
from service.evidence.entities import entities

MOST_TURNS, MOST_CHARS = 8, 1_000  # a thread further back, or a pasted text, is not what a short question leans on

_PLACES = {"country", "region", "province", "market"}
_JOINS = re.compile(
    r"\A(?:(?:and|but|or|also|then|so|ok|okay|well|what about|how about|and what about|and how about)\b[\s,]*)+"
    r"|\A(?:那么|那麼|那|还有|另外|而|以及|换成|如果是|要是|再问)[，,\s]*",
    re.IGNORECASE,
)
_TRAILS = re.compile(r"(?:又?呢|又?如何|怎么样|怎样|instead|then|too|as well)?[\s?？。.!！]*\Z", re.IGNORECASE)
_SUFFIX = re.compile(r"[\s?？。.!！]+\Z")
_IS_TRAILING = re.compile(r"呢[\s?？。.!！]*\Z")
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|there|same|he|she|his|her)\b"
    r"|它们?|他们|其(?![中他余实次])|该|此(?!外)|这|那(?!么)|上述|前者|后者|同样"
)
_EMPTY = (
    "a an the of in on at for to from by with about as into than is are was were be been do does did has have had can "
    "could may might must shall should will would and or but not no if i we you me us please tell say much many long "
    "what who which when where why how then there it its they them their this that these those same one ones any more "
    "的了吗呢是在于对和与或有由被把从到为其该此它们这那个些吧啊请问要会能可以又也都还么"
)
_PREPOSITION = re.compile(
    r"\A(?:(?:in|for|at|by|of|with|under|on|to|from|since|until|after|before)\b|对于|对|在)\s*", re.IGNORECASE
)
_DANGLING = re.compile(r"\s+(?:in|for|at|by|of|with|under|on|to|from|since|and)\s*\Z", re.IGNORECASE)


class _Named(NamedTuple):
    """A name or year of a question, as it is said there; places of any size are of one kind."""

    kind: str
    said: str


def resolve(turns: Sequence[str]) -> str:
    """The last of the user's ``turns``, made to stand alone where it leans on the ones before it.

    At most the last eight are looked at, each resolved in its turn, and none before a text of over 1,000 characters.
    """
    resolved = ""
    for turn in turns[-MOST_TURNS:]:
        is_short = len(resolved) + len(turn) <= MOST_CHARS
        resolved = _follow(resolved, turn.strip()) if resolved and is_short else turn.strip()
    return resolved


def _follow(before: str, question: str) -> str:
    """The question with what it takes from the one ``before``."""
    rest = _JOINS.sub("", question).strip()
    words = _words(rest)
    if not words:
        return f"{question} {_matter(before)}" if any(char.isalnum() for char in question) else question
    if _is_elliptical(question, rest):
        return _exchanged(before, _TRAILS.sub("", rest).strip())
    if _POINTS.search(fold(question)) and _weight(words) <= 2:
        return f"{question} {_matter(before)}"
    return question


def _is_elliptical(question: str, rest: str) -> bool:
    """Whether nothing is asked: what follows the joining word is a phrase, or all of it is names and years."""
    said = _TRAILS.sub("", rest)
    if understand(said).kind != "topic" or len(_words(said)) > 12:
        return False
    names = units(" ".join(each.said for each in _named(said)))
    joined = rest != question or _IS_TRAILING.search(question) or (_PREPOSITION.match(said) and "?" in question)
    return bool(joined) or not set(_words(said)) - set(names)


def _exchanged(before: str, phrase: str) -> str:
    """The question before with the names and years of the phrase in the places of theirs; what is new is added."""
    rest, changed = phrase, before
    theirs = list(_named(before))
    for new in _named(phrase):
        same = [old for old in theirs if old.kind == new.kind]  # of two, none can be told to be meant
        if len(same) == 1 and changed.count(same[0].said) == 1:
            changed = changed.replace(same[0].said, new.said)
            rest = rest.replace(new.said, " ", 1)
    rest = " ".join(_DANGLING.sub("", rest).split())
    if not _words(rest):
        return changed
    if detect(before) == "zh":
        return f"{rest}，{changed}"
    end = _SUFFIX.search(changed)
    cut = end.start() if end else len(changed)
    return f"{changed[:cut]}{' ' if _PREPOSITION.match(rest) else ', '}{rest}{changed[cut:]}"


def _matter(before: str) -> str:
    """What the question before was about, without the words that asked."""
    return " ".join(_SUFFIX.sub("", understand(before).matter).split())


def _named(text: str) -> Iterator[_Named]:
    for each in entities(text):
        if each.kind != "name" and each.said in text:
            yield _Named("place" if each.kind in _PLACES else each.kind, each.said)
    for amount in amounts(fold(text)):
        if amount.kind == "year" and amount.said in text:
            yield _Named("year", amount.said)


def _words(text: str) -> list[str]:
    """What a question says beside the words that ask: characters of Chinese, stems of English."""
    return [unit for unit in units(understand(text).matter) if unit not in _empty()]


@cache
def _empty() -> frozenset[str]:
    return frozenset(units(_EMPTY))


def _weight(words: Sequence[str]) -> float:
    """Words, two Chinese characters for one."""
    return sum(1.0 if word.isascii() else 0.5 for word in words)
