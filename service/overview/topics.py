"""Tells what a text is about: topics of climate policy, by their terms in ``topics.txt``.

The rule is decided in ``docs/decisions/0025-topics.md``: a text is about a topic if it holds a term of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, get_args

from sinkqa.index.glossary.renderings import GLOSSARY
from sinkqa.ingest.text.normalised_text import fold

TopicGroup = Literal["topic", "side", "means"]
_QUOTED = re.compile("《[^《》]{2,80}》")  # names of documents
_CLAUSE = re.compile(r"[.;!?。；！？\n](?=\s|[^\x00-\x7f]|\Z)")
_EXCEPT = ("except ", "excluding ", "other than ", "non-", "非")
_PARTED, _ANY, _PLURAL = r"[\s-]+", "[a-z]*", "(?:s|es)?"
_LAST = (_PARTED, _ANY, _PLURAL)  # steps of a pattern that come after letters, in this order
_REACH = 60  # code points between a word and the ecosystem that it is said of
_REACH_HAN = 16  # the same where both are Chinese
_SUPPLY = "supply"
"""The side of every passage with a means: these three are what the supply side does."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. ``topic_id`` identifies it within its group; ``name`` and ``zh`` are for readers."""

    group: TopicGroup
    topic_id: str
    name: str
    zh: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms of all topics. ``meant`` and ``near`` give the bits of a term's topics, by its folded form.

    A topic's bit is ``1 << place`` in ``topics``. ``names`` are names of bodies, which mean no topic. ``words`` and
    ``capitals`` find terms in folded text and abbreviations in the text itself. ``ecosystems``, ``supply`` and
    ``means`` are the bits of such topics.
    """

    topics: tuple[Topic, ...]
    meant: Mapping[str, int]
    near: Mapping[str, int]
    names: Set[str]
    words: re.Pattern[str]
    capitals: re.Pattern[str]
    ecosystems: int
    supply: int
    means: int

    def bits(self, text: str) -> int:
        """The topics of a text, as bits."""
        said, found, near = fold(_QUOTED.sub("", text)), 0, list[tuple[int, int, int]]()
        ecosystems: list[tuple[int, int]] = []
        for match in self.words.finditer(said):
            if said[: match.start()].endswith(_EXCEPT):
                continue
            bits, beside = _meaning(match[0])
            found |= bits
            if bits & self.ecosystems:
                ecosystems.append(match.span())
            if beside:
                near.append((match.start(), match.end(), beside))
        for match in self.capitals.finditer(text):
            found |= self.meant[match[0]]
        for start, end, bits in near:
            if bits & ~found and any(_beside(said, start, end, *each) for each in ecosystems):
                found |= bits
        return found | (self.supply if found & self.means else 0)

    def named(self, bits: int) -> tuple[Topic, ...]:
        """The topics of these bits, in their order."""
        return tuple(self.topics[place] for place in places(bits))


@cache
def vocabulary() -> Vocabulary:
    """The bundled vocabulary. It is read once."""
    lines = list(_entries(files("sinkqa.service.overview").joinpath("topics.txt").read_text("utf-8")))
    topics = [Topic("side", _SUPPLY, "Supply side", "供给端"), *(topic for topic, *_ in lines if topic)]
    topics.sort(key=lambda topic: get_args(TopicGroup).index(topic.group))
    bit = {topic: 1 << place for place, topic in enumerate(topics)}
    meant: dict[str, int] = {}
    near: dict[str, int] = {}
    names = set[str]()
    for topic, terms, beside, _ in lines:
        if topic is None:
            names.update(_renderings(terms))
            continue
        for term in _renderings(terms):
            meant[term] = meant.get(term, 0) | bit[topic]
        for term in _renderings(beside):
            near[term] = near.get(term, 0) | bit[topic]
    capitals = [term for term in meant if _is_abbreviation(term)]
    return Vocabulary(
        tuple(topics),
        meant,
        near,
        names,
        _pattern({*meant, *near, *names}.difference(capitals)),
        re.compile(
            rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, sorted(capitals, key=len, reverse=True)))})(?![A-Za-z])"
        ),
        ecosystems=sum(bit[topic] for topic, *_, is_ecosystem in lines if topic and is_ecosystem),
        supply=sum(bit[topic] for topic in topics if topic.topic_id == _SUPPLY),
        means=sum(bit[topic] for topic in topics if topic.group == "means"),
    )


@lru_cache(5_000)
def places(bits: int) -> tuple[int, ...]:
    """The places of topics, ascending."""
    return tuple(place for place in range(bits.bit_length()) if bits >> place & 1)


@lru_cache(50_000)
def _meaning(said: str) -> tuple[int, int]:
    """The bits of all terms inside the words that were found, and of all near words."""
    known = vocabulary()
    form = re.sub(r"[\s-]+", " ", said)
    bits, near = 0, 0
    if form in known.names:
        return bits, near
    for part in _parts(form):
        bits |= known.meant.get(part, 0)
        near |= known.near.get(part, 0)
    return bits, near


def _parts(form: str) -> Iterator[str]:
    """The forms under which the vocabulary may hold the words, or a part of them, in their stem or their plural."""
    if not form.isascii():
        yield from (form[at:end] for at in range(len(form)) for end in range(at + 1, len(form) + 1))
        yield from (f"{form[at:end]}*" for at in range(len(form)) for end in range(at + 1, len(form) + 1))
        return
    words = form.split(" ")
    for at in range(len(words)):
        for end in range(at + 1, len(words) + 1):
            part = " ".join(words[at:end])
            yield part
            for ending in ("s", "es"):
                yield part.removesuffix(ending)
            yield from (f"{part[:length]}*" for length in range(3, len(part) + 1))


def _beside(text: str, start: int, end: int, first: int, last: int) -> bool:
    """Whether a word is within reach of an ecosystem's term, in one clause."""
    if start < last and first < end:
        return True
    low, high = (end, first) if end <= first else (last, start)
    between = text[low:high]
    reach = _REACH if between.isascii() else _REACH_HAN
    return len(between) <= reach and _CLAUSE.search(between) is None


def _entries(text: str) -> Iterator[tuple[Topic | None, list[str], list[str], bool]]:
    """Each topic with its terms, its near words, and whether it is an ecosystem. The names of bodies have no topic."""
    group = ""
    for block in re.split(r"\n(?!\s|\Z)", text):
        if block.startswith("["):
            group = block.strip("[]\n")
        elif block and not block.startswith("#"):
            head, _, said = block.partition(":")
            topic_id, name, zh = head.lstrip("+").split("|")
            terms, _, near = said.partition("near:")
            topic = next((Topic(kind, topic_id, name, zh) for kind in get_args(TopicGroup) if kind == group), None)
            yield topic, _listed(terms), _listed(near), head.startswith("+")


def _listed(terms: str) -> list[str]:
    return [term for each in terms.replace("\n", ",").split(",") if (term := each.strip())]


def _renderings(terms: Sequence[str]) -> list[str]:
    """All renderings of the terms, folded, but for those that a minus takes away."""
    notions, taken, found = _notions(), {fold(term[1:]) for term in terms if term.startswith("-")}, list[str]()
    for term in terms:
        if term.startswith('"'):
            found.append(_as_written(term.strip('"')))
        elif not term.startswith("-"):
            found += [_as_written(each) for each in notions[term]]
    return [term for term in dict.fromkeys(found) if term not in taken]


def _as_written(term: str) -> str:
    return term if _is_abbreviation(term) else re.sub(r"[\s-]+", " ", fold(term))


def _is_abbreviation(term: str) -> bool:
    return term.isascii() and len(re.sub("[^A-Z]", "", term)) >= 2 and " " not in term


@cache
def _notions() -> dict[str, tuple[str, ...]]:
    """The glossary's notions by their first English rendering, each with all renderings."""
    found: dict[str, tuple[str, ...]] = {}
    for line in files("sinkqa.index.glossary").joinpath(GLOSSARY).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            renderings = tuple(each.lstrip("!") for each in line.replace("=", "|").split("|"))
            found.setdefault(renderings[0], renderings)
    return found


def _pattern(terms: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all terms, the longest at each place. English words may be plural and parted by hyphens."""
    english = [_letters(term) for term in terms if term.isascii()]
    chinese = [tuple(map(re.escape, term.rstrip("*"))) for term in terms if not term.isascii()]
    return re.compile(rf"(?<![a-z])(?=[a-z])(?:{_tree(english)})(?![a-z])|(?=[^\x00-\x7f]){_tree(chinese)}")


def _letters(term: str) -> tuple[str, ...]:
    ending = _ANY if term.endswith("*") else _PLURAL
    return (*(_PARTED if letter == " " else re.escape(letter) for letter in term.rstrip("*")), ending)


def _tree(terms: Iterable[tuple[str, ...]]) -> str:
    """A pattern in which terms that begin alike share their beginning: it fails at the first letter, not at each."""
    branches: dict[str, list[tuple[str, ...]]] = {}
    ends = False
    for term in terms:
        if term:
            branches.setdefault(term[0], []).append(term[1:])
        else:
            ends = True
    if not branches:
        return ""
    ordered = sorted(branches, key=lambda step: (_LAST.index(step) if step in _LAST else -1, step))  # the longest first
    inner = "|".join(step + _tree(branches[step]) for step in ordered)
    return f"(?:{inner})?" if ends else f"(?:{inner})"
