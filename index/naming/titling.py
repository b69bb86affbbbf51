"""Finds the names of a document in its title, opening and file name, and in a list of known titles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath

from sinkqa.index.naming.codes import codes
from sinkqa.index.naming.front import Front
from sinkqa.index.naming.lexicon import Feature, Head, Token, features, heads, homes, initials, tokens, weights
from sinkqa.ingest.about.places import countries_in, parts_in
from sinkqa.ingest.text.patterns import late

MANIFEST = "data/manifest.json"
_LINES = 25  # at the top of a document: its own numbers stand there, lower down those of others
_MAX_LINE = 90
_SHORTEST = 12  # characters of a part of a title that is a name by itself
_LONGEST = 700  # characters of a title
_BODY_BEGINS = late(
    r"\d+\.?\s+\D|[IVX]+\.\s|第\s?[一1]\s?[章条]|By the|•|Section|Article|Sec\.|Contents|CONTENTS|TABLE OF"
)
_INNER = late("《([^《》]{3,90})》")
_ISSUED = late(r"(?:关于)?(?:印发|发布|公布|颁布)(?:实施)?(.{4,80}?)的(?:通知|公告|通告|令)$")
_BRACKETED = late(r"\s*[（(\[][^（）()\[\]]*[）)\]]\s*$")
_QUOTED = late('[“"]([^”"]{8,160})[”"]')
_SHORT = late(
    r"\bmay be (?:called|cited as)(?: the)?\s([A-Z][^.;\n]{5,100})|\bThis (?:Act|Law) is the ([A-Z][^.;\n]{5,100})"
)
_ABBREVIATED = late(
    r"《([^《》]{4,80})》\s?[（(](?:以下|下称|下文)?(?:简称)?[《“\"']{1,2}([^《》“”\"']{2,20})[》”\"']{1,2}[）)]"
)
_DECISION = late(
    r"^\s*(?:Decision\s+)?(\d{1,3}/(?:CP|CMA|CMP)\.\d{1,2})[\s:]+([A-Z][^\t\n]{8,140}?)(?:\s+\d+)?\s*$", re.MULTILINE
)
_ADOPTION = late(r"\bAdoption of (?:the )?([A-Z][\w’' -]{5,60}?)(?=\s*(?:\d|$|\n|\t))", re.MULTILINE)
_PART = late(r"(?:Schedule|Annex|Appendix|附件|附录|別表)\s*[\w.-]{0,6}[\s:：.]+(\S.{4,120})")
_BEFORE_NOUN = late(r"\b(?:of|on|for|under|to|as|in|with|by|from|concerning|regarding|amending)\b")
_LEADING = late(r"^(?:the\s+|updated?\s+(?:of\s+)?(?:the\s+)?|revised\s+|proposal\s+for\s+a\s+)", re.IGNORECASE)
_BELONGING = late(r"\s(?:to|under|of)\sthe\s")
_PARTICLES = late("[ぁ-ゖ]")  # of Japanese titles, which say nothing in another language
_YEAR = late(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_ENACTED = late(r"((?:19|20)\d\d)年\d{1,2}月\d{1,2}日[^。\n]{0,40}?(?:通过|修订|修正|修改|公布|发布)")


Listed = Mapping[str, Sequence[str]]
"""Titles of known documents: by file stem, by lower-case title, and by address."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as features of its words. ``weights`` are the weights of the words, ``whole`` is their sum.

    ``kinds``: the kinds of document that the name gives. ``spoken``: all kinds that it mentions. ``telling``: stems of
    the words that distinguish it from other names. ``is_own``: it names the document itself, and not a part of it under
    ``heading``.
    """

    text: str
    features: tuple[Feature, ...]
    weights: tuple[float, ...]
    kinds: frozenset[str]
    spoken: frozenset[str]
    telling: frozenset[str]
    whole: float
    is_own: bool = True
    heading: str = ""

    @property
    def years(self) -> list[str]:
        """The years in the name, in order."""
        return _YEAR.findall(self.text)

    @property
    def entries(self) -> frozenset[int | str]:
        """The vocabulary entries and initials that equal the name."""
        telling = {at for at, weight in enumerate(self.weights) if weight}
        return frozenset(
            what
            for first, last, what in self.features
            if telling and telling <= set(range(first, last)) and last - first > max(len(telling), 2)
        )

    def share(self, asked: frozenset[int | str] | set[int | str]) -> float:
        """Returns the weighted share of the name's words that have the asked features, 0..1."""
        if not self.whole:
            return 1.0
        covered: set[int] = set()
        for first, last, what in self.features:
            if what in asked:
                covered.update(range(first, last))
        return sum(self.weights[at] for at in covered) / self.whole


def name_of(text: str, *, kind: str = "", is_own: bool = True, heading: str = "") -> Name:
    """Makes a name from a text. ``kind``: a kind that the text itself does not mention."""
    said = tokens(text)
    found = heads(said)
    own = tuple(_kinds(text, said, found, is_own=is_own))
    weighed = weights(said, found, own)
    placed = {at for place in homes(text, said) if place.is_name for at in range(place.first, place.last)}
    for at in placed | {at for at, token in enumerate(said) if _PARTICLES.fullmatch(token.text)}:
        weighed[at] = 0.0
    spoken = [each for each in features(said) if not placed.issuperset(range(each.first, each.last))]
    kinds = frozenset(filter(None, (*own, kind)))
    return Name(
        text,
        (*spoken, *initials(text, said)),
        tuple(weighed),
        kinds,
        frozenset(head.kind for head in found),
        frozenset(token.stem for token, weight in zip(said, weighed, strict=True) if weight),
        sum(weighed),
        is_own,
        heading,
    )


def _kinds(text: str, said: Sequence[Token], found: Sequence[Head], *, is_own: bool) -> Iterator[str]:
    """The kinds that the name gives: its last word in Chinese; in English the last before the first preposition."""
    if not found:
        return
    if any(token.is_han for token in said):
        yield found[-1].kind
        return
    if text.lower().startswith("proposal for a"):
        yield "proposal"
    bare = text
    while (shorter := _LEADING.sub("", bare)) != bare:
        bare = shorter
    skipped = len(text) - len(bare)
    for part in re.split(r"[:;]", bare)[:2]:
        start = skipped + bare.index(part)
        cut = _BEFORE_NOUN.search(part, 3)
        end = start + (cut.start() if cut else len(part))
        if own := [head for head in found if start <= said[head.first].start < end]:
            yield own[-1].kind
            return
    if is_own and not re.search(r"\b(?:under|to) the\b", text):
        yield found[-1].kind


def names(front: Front, *, kind: str = "") -> list[Name]:
    """Returns all names of a document, its title first, then the names of its parts.

    ``kind``: a kind that no text mentions.
    """
    title, opening = " ".join(front.title.split()), front.opening
    own = dict.fromkeys([*_of_title(title), *_listed(front, title), *_of_opening(title, opening)])
    found = [name_of(text, kind=kind) for text in own if len(text) <= _LONGEST]
    if stem := _of_file(front.name):
        found.append(name_of(stem))
    inner = dict.fromkeys([*(m[2] for m in _DECISION.finditer(opening)), *(m[1] for m in _ADOPTION.finditer(opening))])
    parts = dict.fromkeys(inner, "")
    headed = [(match[1], heading) for heading in front.headings if (match := _PART.match(heading))]
    parts |= {text: heading for name, heading in headed for text in _shorter(name)}
    parts |= _collected(front)
    held = [
        name_of(text.strip(), is_own=False, heading=heading) for text, heading in parts.items() if len(text) <= _LONGEST
    ]
    return found + [name for name in held if name.kinds or not name.whole]


def _shorter(name: str) -> Iterator[str]:
    """A name, and for a treaty also the name without its parent: the Kyoto Protocol to the … Convention."""
    yield name
    short = _BELONGING.split(name, maxsplit=1)[0]
    if short != name and (found := heads(tokens(short))) and found[-1].kind == "treaty":
        yield short


def _collected(front: Front) -> Mapping[str, str]:
    """Headings of a collection, by the titles they are. Its file names may say COM 2023 796 in lower case."""
    if front.type != "json" or len(front.headings) < 2:
        return {}
    return {re.sub(r"\bcom\b", "COM", heading): heading for heading in front.headings}


def held_codes(front: Front) -> Mapping[str, str]:
    """Returns the headings of a collection, by the numbers of the documents under them."""
    return {code: heading for title, heading in _collected(front).items() for _, _, code in codes(title)}


def _of_title(title: str) -> Iterator[str]:
    bare = title
    while (shorter := _BRACKETED.sub("", bare)) != bare and shorter:
        bare = shorter
    if inner := _INNER.findall(title):
        yield from inner
    elif issued := _ISSUED.search(bare):
        yield issued[1]
    yield from _shorter(bare)
    short = re.split(r"\s*[（(,]", bare)[0]
    if len(short) > _SHORTEST and heads(tokens(short)):
        yield short
    yield from (
        part.strip()
        for part in re.split(r"\s/\s|\s[—–]\s|(?<=[a-z\d]): ", bare)
        if len(part) > _SHORTEST and part != bare
    )
    yield from (quoted for quoted in _QUOTED.findall(title) if len(quoted) < len(title) - 4)


def _of_opening(title: str, opening: str) -> Iterator[str]:
    for short in _SHORT.finditer(opening):
        yield (short[1] or short[2]).strip()
    yield from (m[2] for m in _ABBREVIATED.finditer(opening[:1_500]) if m[1] in title and heads(tokens(m[2])))


def _listed(front: Front, title: str) -> Iterator[str]:
    for key in (PurePath(front.name).stem.lower(), title.lower(), front.about.url or ""):
        yield from _listed_titles().get(key, ())


def _of_file(name: str) -> str:
    """The words of a file's name; empty if it has none, as for a scan."""
    stem = re.sub(r"[_+.\s-]+", " ", PurePath(name).stem)
    words = [word for word in stem.split() if len(word) > 1 or not word.isascii()]
    return " ".join(words) if len(words) > 1 or not stem.isascii() else ""


def own_codes(front: Front) -> frozenset[str]:
    """Returns the document's own numbers: from its title, its file name and the lines at the top.

    For a collection, the numbers in its headings count too.
    """
    title = re.sub(r"\bamending\b.*", "", front.title)
    own = {code for text in (title, *_masthead(front.opening), *_collected(front)) for _, _, code in codes(text)}
    own |= {code for found in _DECISION.finditer(front.opening) for _, _, code in codes(found[1])}
    parts = PurePath(front.name).stem.upper().replace("_", "-").split("-")
    for start in range(len(parts)):
        found = next(codes("-".join(parts[start:])), None)
        if found and found[0] == 0 and not re.fullmatch(r"[A-Z]+(?:19|20)\d\d", found[2]):
            own.add(found[2])
    return frozenset(own)


def _masthead(opening: str) -> Iterator[str]:
    """The lines above the body."""
    for line in opening.splitlines()[:_LINES]:
        if _BODY_BEGINS.match(line.strip()):
            return
        if len(line.strip()) <= _MAX_LINE:
            yield line


def years_of(front: Front) -> frozenset[int]:
    """Returns the years that identify the document: of its issue, of its title and file name, of its enactment."""
    found = {front.about.year} if front.about.year else set()
    found |= {int(year) for text in (front.title, front.name) for year in _YEAR.findall(text)}
    return frozenset(found | {int(year) for year in _ENACTED.findall(front.opening[:800])})


def home_of(front: Front) -> str:
    """Returns the country of a document: from its metadata, else the only country in its title; otherwise ""."""
    named = {code for _, _, code in countries_in(front.title)}
    return front.about.jurisdiction or (named.pop() if len(named) == 1 else "")


def parts_of(front: Front) -> frozenset[str]:
    """Returns the parts of its country to which a document belongs."""
    named = {part for _, _, part, _ in parts_in(front.title)}
    return frozenset(named | ({front.about.place} if front.about.place else set()))


@cache
def _listed_titles() -> Listed:
    """English and Chinese titles of the documents in the bundled manifest."""
    titles: dict[str, tuple[str, ...]] = {}
    for entry in json.loads(files("sinkqa.ingest").joinpath(MANIFEST).read_text("utf-8"))["documents"]:
        both = tuple(filter(None, (entry["title"], entry.get("title_zh"))))
        for key in (entry["id"], entry.get("url"), entry.get("page"), *(title.lower() for title in both)):
            titles[key or ""] = both
    titles.pop("", None)
    return titles
