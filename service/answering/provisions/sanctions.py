"""Reads sanctions together with the provisions that they cite by number and whose breach they punish."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sinkqa.index.hit import Filters, Stated
from sinkqa.index.library import Library
from sinkqa.index.query.expansion import expand, tells_something
from sinkqa.index.search.query import Group
from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Unit
from sinkqa.ingest.provisions.outline import Outline, Provision
from sinkqa.ingest.provisions.references import Reference, references
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.judging.confidence import PLACES
from sinkqa.service.answering.judging.judge import Judge
from sinkqa.service.answering.provisions.cited import Outlines
from sinkqa.service.answering.provisions.settling import Settled
from sinkqa.service.answering.understanding.naming import Meant
from sinkqa.service.answering.understanding.question import Asked, besides
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Candidate, Evidence, Pieces

_CONDUCTS = 8  # pieces that fit what is done best, whose sanctions are looked for
_BESIDE = 0.99  # how likely a duty answers beside its sanction, as a share
_MOST = 500  # statements of a document that are read
_SHOWN = 3  # sanctions for one provision
_ALONE = 0.9  # of the likelihood with what it names: a sanction that reaches it alone says itself what is done
_AS_NEAR = 0.75  # of the best candidate's likelihood
_MOST_OF = 0.6  # of the words for what is done
_ARTICLES = frozenset({"article", "section", "number"})
_WITHIN = late(  # names a part of the article that it stands in
    r"前[款項项](?P<item>第[一二三四五六七八九十]{1,3}[項项号號])?"
    r"|\bsubsections? (?P<n>\(\w{1,4}\)(?:\(\w{1,4}\))*)(?! of (?:section|article))",
    re.IGNORECASE,
)
_BEFORE = late("前[条條]")
_OF_ANOTHER_LAW = late(r"(?:[》法例则]|\bAct(?: \d{4})?,?\s?)\Z")  # stands before what is no provision of this one
_OF_THIS_LAW = late(r"本[^,，。；;、》]{0,8}\Z")
_THEN_ANOTHER_LAW = late(r"\s(?:of|in|under) the [A-Z]")  # behind it


class _Named(NamedTuple):
    """A unit that states a sanction, and the spans of the units that it names."""

    stated: Stated
    unit: Unit
    spans: frozenset[tuple[Span, ...]]


class Sanctions:
    """The sanctions of a library that cite what they punish: 违反本法第十八条规定的, an offence under section 132.

    The data read from a document is cached as long as its outline.
    """

    def __init__(self, library: Library, outlines: Outlines) -> None:
        self._library, self._outlines = library, outlines
        self._read: WeakKeyDictionary[Outline, list[_Named]] = WeakKeyDictionary()

    def of_conduct(self, asked: Asked, found: Sequence[Candidate], judge: Judge, pieces: Pieces) -> list[Candidate]:
        """Sanctions for the conduct in ``found``, best first. Each is judged together with the provision that it names.

        Many sanctions say 违反本法第十八条 and do not describe the conduct in the question. The provision that such a
        sanction cites comes after it, with a slightly lower likelihood. Neither answers alone.
        """
        joint = list(self._joint(asked, found, judge, pieces))
        read = _read_together(joint, pieces)
        likely = judge.answers(asked, read).tolist()
        alone = judge.answers(asked, [each for each, _ in joint]).tolist()
        judged: dict[tuple[str, tuple[Unit, ...]], Candidate] = {}
        for share, less, (each, by) in sorted(zip(likely, alone, joint, strict=True), key=lambda found: -found[0]):
            beside = [(by, share * _BESIDE)] if less < _ALONE * share else []
            for one, part in ((each, share), *beside):
                judged.setdefault((one.piece.passage.passage_id, one.piece.units), one._replace(likely=part))
        return list(judged.values())

    def _joint(
        self, asked: Asked, found: Sequence[Candidate], judge: Judge, pieces: Pieces
    ) -> Iterator[tuple[Candidate, Candidate]]:
        """Sanctions, each with what it names of that which speaks of what is done; each pair once."""
        seen: set[tuple[tuple[Unit, ...], tuple[Unit, ...]]] = set()
        for conduct in _fitting(asked, found, judge):
            for named in self._of_document(conduct.piece.passage.doc_id):
                if conduct.piece.units[-1].spans not in named.spans:
                    continue
                hit = replace(named.stated.hit, score=conduct.hit.score, why=conduct.hit.why)
                for each in pieces.of([hit]):
                    pair = (each.piece.units, conduct.piece.units)
                    if named.unit in each.piece.units and pair[0] != pair[1] and pair not in seen:
                        seen.add(pair)
                        yield each, conduct

    def of_provision(self, asked: Asked, doc_ids: Sequence[str], pieces: Pieces) -> Settled | None:
        """The sanctions that cite the provision for which the question asks for a penalty, in reading order.

        The result is None if the question asks for no penalty or cites no provision, if the provision is itself a
        sanction, or if no sanction cites it.
        """
        cited = references(asked.text) if "penalty" in asked.provisions else []
        for doc_id in doc_ids if cited else ():
            outline = self._outlines.of(doc_id, self._library)
            found = (_spans(outline, provision) for each in cited if (provision := outline.find(each)))
            spans = frozenset[tuple[Span, ...]]().union(*found)
            stated = self._library.stating("penalty", filters=Filters(doc_ids=(doc_id,)), most=_MOST)
            if any(each.hit.passage.units[each.unit].spans in spans for each in stated):
                return None
            evidence: dict[tuple[Span, ...], Evidence] = {}
            for named in self._of_document(doc_id):
                if named.spans & spans and len(evidence) < _SHOWN:
                    holding = [each.piece for each in pieces.of([named.stated.hit]) if named.unit in each.piece.units]
                    for piece in holding[-1:]:  # the item, where that is a piece, after the whole list
                        shown = Evidence(piece.passage, piece.units, piece.said.text, 1.0)
                        evidence.setdefault(piece.units[-1].spans, shown)
            if evidence:
                return Settled(tuple(evidence.values()))
        return None

    def _of_document(self, doc_id: str) -> list[_Named]:
        outline = self._outlines.of(doc_id, self._library)
        if outline not in self._read:
            stated = self._library.stating("penalty", filters=Filters(doc_ids=(doc_id,)), most=_MOST)
            self._read[outline] = list(_naming(stated, outline))
        return self._read[outline]


def preferred(asked: Asked, judged: list[Candidate], meant: Meant) -> tuple[list[Candidate], bool]:
    """The candidates for a sanction, the intended one first, and whether that one describes the conduct.

    Only candidates nearly as likely as the best one move up. National law comes before the law of a part of the
    country, whose words for the same sanction may be nearer to the question. A candidate with the words for the conduct
    comes before those without.
    """
    if meant.jurisdictions and not meant.places and not meant.sure:
        judged = _raised(judged, [not each.hit.about.place for each in judged])
    conduct = _conduct(asked, meant)
    named = [_names(conduct, judged, place) for place in range(len(judged))]
    return _raised(judged, named), _first(judged, named) is not None


def _first(judged: Sequence[Candidate], fits: Sequence[bool]) -> int | None:
    """The place of the first candidate that fits, among those nearly as likely as the best one."""
    near = (place for place, each in enumerate(judged) if each.likely >= _AS_NEAR * judged[0].likely)
    return next((place for place in near if fits[place]), None)


def _raised(judged: list[Candidate], fits: Sequence[bool]) -> list[Candidate]:
    """The first that fits before all others, as likely as they are; with what it names, which follows it."""
    place = _first(judged, fits)
    if not place:
        return judged
    first = judged[place]._replace(likely=judged[0].likely)
    return [first, *judged[:place], *judged[place + 1 :]]


def _conduct(asked: Asked, meant: Meant) -> list[Group]:
    """The words for what is done, with their renderings."""
    rest = besides(asked, ("penalty",), meant.mentions)
    for place in (each for each in asked.entities if each.kind in PLACES):
        rest = rest.replace(fold(place.said), " ")
    return expand(rest) if tells_something(rest) else []


def _names(conduct: Sequence[Group], judged: Sequence[Candidate], place: int) -> bool:
    """Whether a sanction, with what it names, has most words for what is done, or renderings of them."""
    own, *after = judged[place : place + 2]
    pieces = [own.piece]
    pieces += [each.piece for each in after if each.hit.about == own.hit.about and each.likely == own.likely * _BESIDE]
    held = frozenset[str]().union(*(each.said.terms | each.place.headings.terms for each in pieces))
    found = sum(any(map(held.issuperset, (each.terms, *(a.terms for a in each.alternatives)))) for each in conduct)
    return found >= _MOST_OF * len(conduct) > 0


def _fitting(asked: Asked, found: Sequence[Candidate], judge: Judge) -> list[Candidate]:
    """The candidates that describe the conduct, best first. They need not state its penalty."""
    likely = judge.answers(replace(asked, forms=(), target="", dimensions=(), counted=""), found).tolist()
    order = sorted(range(len(found)), key=lambda place: -likely[place])
    return [found[place] for place in order[:_CONDUCTS] if likely[place] > 0]


def _read_together(joint: Sequence[tuple[Candidate, Candidate]], pieces: Pieces) -> list[Candidate]:
    """Each sanction as if it said itself what it names."""
    said = [f"{by.piece.said.text}\n{each.piece.said.text}" for each, by in joint]
    headed = [f"{by.piece.place.heading.text} {text}" for (_, by), text in zip(joint, said, strict=True)]
    vectors, tokens = pieces.encoder.read(headed) if headed else ((), ())
    return [
        each._replace(piece=replace(each.piece, said=Analysis(text), vector=vector, tokens=known))
        for (each, _), text, vector, known in zip(joint, said, vectors, tokens, strict=True)
    ]


def _naming(stated: Sequence[Stated], outline: Outline) -> Iterator[_Named]:
    """All that the sanctions of a document name, but for other sanctions in other articles."""
    places = {passage.passage_id: place for place, passage in enumerate(outline.passages)}
    sanctions = {unit.spans for each in stated for unit in each.hit.passage.units}
    for each in stated:
        article = _article(outline, places[each.hit.passage.passage_id])
        own = _spans(outline, article) if article else frozenset()
        for unit in each.hit.passage.units:
            for reference in _references(unit.text, article):
                if named := outline.find(reference):
                    yield _Named(each, unit, _spans(outline, named) - {unit.spans} - (sanctions - own))


def _spans(outline: Outline, provision: Provision) -> frozenset[tuple[Span, ...]]:
    """Of the units of a provision."""
    return frozenset(unit.spans for said in outline.said(provision) for unit in said.units)


def _article(outline: Outline, place: int) -> Provision | None:
    """The innermost article that a passage stands in."""
    around = [each for each in outline.provisions if each.kind in _ARTICLES and each.first <= place < each.last]
    return around[-1] if around else None


def _references(text: str, article: Provision | None) -> list[Reference]:
    """The provisions of the same law that a sanction names, also by where they stand from it."""
    if article is not None and article.number.isdecimal():
        here = f"第{article.number}条"
        text = _WITHIN.sub(lambda m: f"section {article.number}{m['n']}" if m["n"] else here + (m["item"] or ""), text)
        text = _BEFORE.sub(f"第{int(article.number) - 1}条", text)
    return [
        each
        for each in references(text)
        if each.place[-1].kind in _ARTICLES
        and (_OF_THIS_LAW.search(text[: each.start]) or not _OF_ANOTHER_LAW.search(text[: each.start]))
        and not _THEN_ANOTHER_LAW.match(text, each.end)
    ]
