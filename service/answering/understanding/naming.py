"""Finds the documents of the library that a question names, and the countries whose law it asks about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from sinkqa.index.library import Library
from sinkqa.index.naming.codes import is_citable
from sinkqa.index.naming.known import Known, files_in, key
from sinkqa.index.naming.lexicon import Head, lexicon
from sinkqa.index.register import Register
from sinkqa.service.answering.understanding.mentioning import LAWS, Inquiry, Mention, weigh

_ABOUT = frozenset(["factsheet", "remarks", "briefing", "notice", "report", "communication"])
_LONGEST = 1_000  # characters of a question that are looked at
_SHORTEST = 2  # letters of an abbreviation that are too few to be a name
_TITLE = re.compile("《([^《》]{2,60})》")
_JOINED = re.compile(r"(?:and|or|vs\.?|versus|with|the|[\s《》、,，和与及跟])+")
_LOOSE = frozenset(
    ["协议", "宣言", "条约", "规定", "规则", "provisions", "agreement"]
)  # of any two parties, on anything
_SOME = 1.0  # weight of words, with the share of a name, below which they may mean anything
_SOME_GENERAL = 0.3  # the same of words that many names share, where a country or a year stands by them
_LEAST = 0.3  # of a name that is said in part
_ENTITLED = 4  # telling words of a title without a word for its kind, from which on it is a name


@dataclass(frozen=True, slots=True)
class Meant:
    """The documents and places that a question is about.

    ``documents``: doc_ids of the documents that the question names, best first. Copies and versions that match its
    words equally are neighbours: the one with the year or version of the question comes first, else the newest.
    ``named``: the words that name them. ``sure``: whether these words are a name or identify one document, and not only
    a topic. ``jurisdictions``: codes of the countries asked about. ``places``: parts of countries, by full name.
    ``absent``: a full name or a code that the question gives and the library lacks, else "". If ``documents`` are found
    too, it is a code, or a name that the question joins to theirs. ``within``: by doc_id, the heading of a named text
    that is only a part of a document, such as a treaty in a schedule. ``mentions``: where each name stands in the
    question, in order.
    """

    documents: tuple[str, ...] = ()
    named: str = ""
    sure: bool = False
    jurisdictions: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    absent: str = ""
    within: Mapping[str, str] = field(default_factory=dict, hash=False)
    mentions: tuple[tuple[int, int], ...] = ()


class Names:
    """The names of a library's documents, which are stored with them."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def meant(self, question: str) -> Meant:
        """The documents that the question names, and the countries whose law it asks about."""
        return _QuestionNames(Register(self._library)).meant(question)


class _QuestionNames:
    """One question, read."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def meant(self, question: str) -> Meant:
        asked = Inquiry(question[:_LONGEST])
        found, spans, missing, places = self._coded(asked)
        found += [having for file in files_in(asked.text) if (having := self._register.called(key("file", file)))]
        groups = [group for group in self._groups(asked) if not _touches(asked, group[0], spans)]
        groups = [group for group in groups if _may_name(group[0])]
        if not (found or missing or groups):
            groups = list(self._entitled(asked))
        certain = [group for group in groups if _is_sure(group)]
        absent = missing or ("" if found else self._absent(asked, groups, certain))
        sure = bool(found or certain)
        shown = certain if sure or absent else groups[:2]
        found += [_closest(group) for group in shown]
        places += [(each.known, each.name.heading) for group in shown for each in group]
        words = [asked.text[first:last] for first, last in spans] + [asked.part(g[0].first, g[0].last) for g in shown]
        if not (found or absent):
            found, words, places = self._abbreviated(asked)
        return Meant(
            tuple(dict.fromkeys(known.doc_id for group in found for known in _ordered(group, asked))),
            ", ".join(dict.fromkeys(words)) if found else "",
            sure,
            tuple(dict.fromkeys(place.home for place in asked.places)),
            tuple(dict.fromkeys(place.part for place in asked.places if place.part)),
            absent,
            _within(places),
            tuple(sorted({*spans, *((asked.said[g[0].first].start, asked.said[g[0].last - 1].end) for g in certain)})),
        )

    def _abbreviated(self, asked: Inquiry) -> tuple[list[list[Known]], list[str], list[tuple[Known, str]]]:
        """Documents that hold what an abbreviation names, as a Convention in a schedule; often it is but a topic."""
        said = [(asked.part(first, last), what) for first, last, what in asked.features if last - first == 1]
        having = [(short, what, self._register.called(key("held", what))) for short, what in said if short.isupper()]
        held = [(short, what, known) for short, what, known in having if known]
        places = [(each, heading) for _, what, known in held for each in known for heading in each.headings(what)]
        return [known for *_, known in held], [short for short, *_ in held], places

    def _coded(self, asked: Inquiry) -> tuple[list[list[Known]], list[tuple[int, int]], str, list[tuple[Known, str]]]:
        """The documents of each code and abbreviation in the question, and where these stand in it.

        Also a code that none has, and where in the documents what has the codes stands.
        """
        kinds = {head.kind for head in asked.heads}
        found: list[list[Known]] = []
        spans: list[tuple[int, int]] = []
        missing = ""
        places: list[tuple[Known, str]] = []
        for start, end, code in asked.codes:
            having = self._register.called(key("code", code)) or self._register.called(key("edition", code))
            if having:
                found.append(_primary(having, kinds))
                places += [(known, known.held.get(code, "")) for known in having]
            elif is_citable(code):
                missing = missing or asked.text[start:end].strip()
            if having or is_citable(code):
                spans.append((start, end))
        for first, last, what in asked.features:
            short = asked.part(first, last) if last - first == 1 else ""
            if len(short) > _SHORTEST and short.isupper() and (having := self._register.called(key("entry", what))):
                found.append(having)
                places += [(known, "") for known in having]
                spans.append((asked.said[first].start, asked.said[first].end))
        return found, spans, missing, places

    def _groups(self, asked: Inquiry) -> list[list[Mention]]:
        """The best mentions of each name in the question, those that fit equally together; no name in another's."""
        found: list[list[Mention]] = []
        for at, head in enumerate(asked.heads):
            if asked.names_another(at):
                continue
            mentions = [mention for known in self._near(asked, head) if (mention := weigh(asked, head, known))]
            mentions.sort(key=lambda mention: mention.rank, reverse=True)
            if mentions:
                found.append(_grouped(mentions, asked))
        found.sort(key=lambda group: (group[0].rank, group[0].last - group[0].first), reverse=True)
        kept: list[list[Mention]] = []
        for group in found:
            best = group[0]
            if not any(best.first < other[0].last and other[0].first < best.last for other in kept):
                kept.append(group)
        return sorted(kept, key=lambda group: group[0].first)

    def _near(self, asked: Inquiry, head: Head) -> Sequence[Known]:
        """Documents that share a telling word or an attribute with the words about ``head``, those with most first."""
        kinds = dict.fromkeys([head.kind, *lexicon().near.get(head.kind, ()), ""])
        near = asked.near(head)
        keys: dict[int | str, None] = {
            f.what: None for f in near if any(asked.weights[at] for at in range(f.first, f.last))
        }
        keys |= dict.fromkeys(place.part or place.home for place in asked.places)
        keys |= {int(f.what): None for f in near if isinstance(f.what, str) and f.what.isdecimal()}
        wanted = {key("of", what, kind): kind == head.kind for kind, what in product(kinds, keys)}
        return self._register.nearest(wanted, is_local=bool(asked.parts))

    def _entitled(self, asked: Inquiry) -> Iterator[list[Mention]]:
        """Documents whose title, without a word for its kind, the question says in full."""
        whole = Head(0, len(asked.said), "")
        for known in self._near(asked, whole) if asked.said else ():
            for name in known.names:
                if name.is_own and not name.kinds and name.whole >= _ENTITLED and name.share(asked.whats) >= 0.9:
                    said = {feature.what for feature in name.features}
                    own = [feature for feature in asked.features if feature.what in said]
                    first, last = min(each.first for each in own), max(each.last for each in own)
                    yield [Mention(known, name, whole, first, last, True, name.whole, 1.0, 1.0, 0, False)]
                    return

    def _absent(self, asked: Inquiry, groups: Sequence[Sequence[Mention]], certain: Sequence[Sequence[Mention]]) -> str:
        """What the question names in full and no document is, "" where it names nothing.

        Beside a name that is ``certain`` only one that is joined to it counts: 草原法和森林法.
        """
        for best in (group[0] for group in groups if group not in certain):
            if best.is_of_other_year and best.share >= _LEAST and best.head.kind not in ("contribution", "strategy"):
                return asked.part(best.first, best.last)
        known = [(g[0].first, g[0].last) for g in certain]
        taken = [(g[0].first, g[0].last) for g in groups if g[0].is_exact and _is_near(g[0])]
        for at, head in enumerate(asked.heads):
            is_taken = any(first < head.last and head.first < last for first, last in taken)
            if is_taken or asked.names_another(at) or not (span := _full_name(asked, at)):
                continue
            if not known or any(_is_joined(asked, span, other) for other in known):
                return asked.text[slice(*span)]
        return ""


def _within(places: Iterable[tuple[Known, str]]) -> dict[str, str]:
    """The headings, by doc_id, of documents that are named by one thing that they hold, and not themselves."""
    headings: dict[str, set[str]] = {}
    for known, heading in places:
        headings.setdefault(known.doc_id, set()).add(heading)
    return {doc_id: next(iter(only)) for doc_id, only in headings.items() if len(only) == 1 and only != {""}}


def _primary(having: Sequence[Known], kinds: set[str]) -> list[Known]:
    """Of the documents with one number those of the kinds asked for, else itself before what is written of it."""
    scores = {id(known): 2 * len(kinds & known.kinds) + len(kinds & known.spoken) for known in having}
    best = max(scores.values())
    likeliest = [known for known in having if scores[id(known)] == best]
    return [known for known in likeliest if not known.kinds <= _ABOUT or kinds & known.kinds] or likeliest


def _grouped(mentions: Sequence[Mention], asked: Inquiry) -> list[Mention]:
    """The best of the mentions of one name, those that fit equally, and the best of each other place joined to it."""
    best = mentions[0]
    group = [each for each in mentions if each.rank >= best.rank or _is_copy(each, best)]
    joined = {asked.placed[at].home for at in range(best.first, best.last) if asked.is_place(at)} - {best.known.home}
    for home in sorted(joined):
        group += [each for each in mentions if each.known.home == home and each.is_exact and not each.is_odd][:1]
    rival = next((each for each in mentions if each not in group), None)
    return [*group, rival] if rival and _rivals(rival, best) else group


def _closest(group: Sequence[Mention]) -> list[Known]:
    """The documents, those first with which more of the places and issuers named agree."""
    return [each.known for each in sorted(group, key=lambda each: -each.hits)]


def _may_name(mention: Mention) -> bool:
    """Whether the words are more than a word for a kind with some common word beside it."""
    return mention.weight + mention.share >= _SOME or mention.singles_out or mention.is_of_other_year


def _is_near(mention: Mention) -> bool:
    """Whether the document may be meant, so that its name cannot be said to be absent."""
    return (mention.share >= 0.4 and not mention.is_odd) or (mention.weight >= 1 and mention.share >= _LEAST)


def _is_copy(mention: Mention, best: Mention) -> bool:
    """Whether it is another version: a document of the same name that fits the words as well, except for its year."""
    same = {name.text for name in mention.known.names if name.is_own} & {n.text for n in best.known.names if n.is_own}
    is_same = bool(same) or mention.name.telling == best.name.telling
    return (
        is_same
        and mention.known.parts == best.known.parts
        and (mention.is_exact, mention.weight) == (best.is_exact, best.weight)
    )


def _rivals(other: Mention, best: Mention) -> bool:
    """Whether the words single out neither of two documents."""
    alike = (other.is_exact, other.is_general, other.hits) == (best.is_exact, best.is_general, best.hits)
    if not alike or other.is_odd or other.weight < 0.8 * best.weight:
        return False
    if best.topic >= 0.5 > other.topic:
        return False
    if best.share < _LEAST or (best.head.kind not in LAWS and other.share >= _LEAST):
        return True  # "the long-term strategy" is that of any country
    return best.share < 0.6 and other.share > 0.6 * best.share and other.topic > 0.7 * best.topic


def _is_sure(group: Sequence[Mention]) -> bool:
    best = group[0]
    return best.singles_out and all(
        _is_copy(each, best) or (each.hits and each.known.home != best.known.home) for each in group
    )


def _touches(asked: Inquiry, mention: Mention, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the words stand beside a code, which names the document better."""
    first, last = asked.said[mention.first].start, asked.said[mention.last - 1].end
    return any(first <= end + 4 and start <= last + 4 for start, end in spans)


def _ordered(group: Iterable[Known], asked: Inquiry) -> list[Known]:
    """Those that fit the version or year asked for first, else the newest; of another version than asked for, none."""
    wanted = set(asked.versions)
    group = list(dict.fromkeys(group))
    group = [known for known in group if wanted & known.versions] or group
    years = {int(token.text) for token in asked.said if token.text.isdecimal() and len(token.text) == 4}

    def rank(known: Known) -> tuple[bool, bool, bool, int]:
        newest = max(known.years, default=0)
        return known.home != group[0].home, newest not in years, not years & known.years, -newest

    return sorted(group, key=rank)


def _is_joined(asked: Inquiry, span: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether only words such as "and" stand between the characters of a name and the tokens of another."""
    start, end = asked.said[other[0]].start, asked.said[other[1] - 1].end
    between = asked.text[end : span[0]] if end <= span[0] else asked.text[span[1] : start]
    return _JOINED.fullmatch(between) is not None


def _full_name(asked: Inquiry, at: int) -> tuple[int, int] | None:
    """Where the name about a head stands that shows itself to be one: in title marks, capitals, of known nouns."""
    head = asked.heads[at]
    start, end = asked.said[head.first].start, asked.said[head.last - 1].end
    for title in _TITLE.finditer(asked.text):
        if title.start() < start and end <= title.end():
            return title.span(1)
    before = next((i for i in range(head.first - 1, -1, -1) if asked.said[i].text not in lexicon().passing), -1)
    if head.kind == "contribution" and before in asked.placed and asked.placed[before].is_name:
        return asked.said[asked.placed[before].first].start, end
    if head.kind not in LAWS | {"treaty"} or asked.text[start:end] in _LOOSE:
        return None
    first = _nouns(asked, head) if asked.said[head.first].is_han else _capitals(asked, head)
    span = [each for each in range(first, head.first) if not asked.is_place(each)]
    understood = {each for f in asked.features if isinstance(f.what, int) for each in range(f.first, f.last)}
    if any(asked.weights[each] >= 0.5 and each not in understood for each in span):
        return None  # a document may have the name in another language
    following = asked.said[head.last].text if head.last < len(asked.said) else ""
    is_placed = len(span) < head.first - first or (following.isdecimal() and len(following) == 4)
    is_telling = sum(asked.weights[each] for each in span) >= (_SOME_GENERAL if is_placed else _SOME)
    return (asked.said[first].start, end) if is_telling else None


def _nouns(asked: Inquiry, head: Head) -> int:
    """Where the Chinese words begin, all known, that end with the head."""
    known = {each for f in asked.features if isinstance(f.what, int) for each in range(f.first, f.last)}
    first = head.first
    while first > 0 and asked.said[first - 1].is_han and first - 1 in known:
        if asked.text[: asked.said[first - 1].end].endswith(lexicon().bounds):
            break
        first -= 1
    return first


def _capitals(asked: Inquiry, head: Head) -> int:
    """Where the capitalised words that end with the head begin."""
    first = at = head.first
    if not asked.text[asked.said[at].start].isupper():
        return first
    while at > 0:
        at -= 1
        word = asked.part(at, at + 1)
        if word[0].isupper():
            first = at
        elif word not in ("of", "the", "and", "on", "for"):
            break
    return first
