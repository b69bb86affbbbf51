"""Finds what ends a document that the library does not hold, in the words of those that it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sinkqa.index.library import Library
from sinkqa.index.naming.codes import codes
from sinkqa.index.references.mention import Change, Mention
from sinkqa.ingest.about.places import countries_in
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answer import Standing
from sinkqa.service.answering.provisions.settling import Settled
from sinkqa.service.answering.standing.telling import marked, sentence
from sinkqa.service.evidence.pieces import Evidence
from sinkqa.service.evidence.units import said

_MOST = 8  # documents that are looked at
_SURE = 1.0
_LONGEST = 1_200  # characters of a list of what is repealed
_MORE = {"zh": "其余各项未列出，请见原文。", "en": "The list goes on in the document."}
_ENDS_NOTHING = {
    "zh": "在{}中没有找到废止其他文件的文字。",
    "en": "No text was found in {} that repeals another document.",
}
_BESIDE = late(r"\(.*?\)|（.*?）|[\W_]+|^(?:the|中华人民共和国|国家|我国)")
_ABSENT = {
    "zh": "资料库中没有名为{}的文件，也没有文字说它已被废止或取代。",
    "en": "The library holds no document named {}, nor a text that says that it was repealed or replaced.",
}


def ended_elsewhere(name: str, language: str, passages: Iterable[Passage], library: Library, on: str) -> Settled:
    """What the documents of the passages say of the end of a document that is named so, each in its own words.

    The name counts as a whole, or by its number. ``on``: the date asked about, YYYY-MM-DD. Without such words the
    result is a note that says so.
    """
    named, coded = _key(name), {code for *_, code in codes(name)}
    for doc_id in list(dict.fromkeys(each.doc_id for each in passages))[:_MOST]:
        changes = library.references(doc_id).changes
        for change in changes:
            target = next((each for each in change.targets if _is_named(each, named, coded)), None)
            if change.kind != "repeals" or target is None:
                continue
            since = change.on or next((each.on for each in changes if each.kind == "effective"), "")
            evidence = tuple(_quoted(doc_id, change, target, library))
            if evidence:
                known = Standing(
                    "in_force" if since > on else "repealed",
                    on,
                    until=since or None,
                    newer_title=library.document(doc_id).title,
                )
                return Settled(evidence, (sentence(name, known, language),))
    absent = _ABSENT.get(language, _ABSENT["en"])
    return Settled((), (absent.format(marked(name, language)),))


def ended_by(doc_id: str, language: str, library: Library) -> Settled:
    """What a document says that it repeals; without such words a note that says so."""
    changes = [each for each in library.references(doc_id).changes if each.kind == "repeals"]
    shown: list[Evidence] = []
    goes_on = False
    for passage in library.passages(doc_id) if changes else ():
        units = tuple(unit for unit in passage.units if _touches(unit, changes))
        if units and sum(len(each.text) for each in shown) < _LONGEST:
            shown.append(Evidence(passage, units, said(passage, units, numbered=True), _SURE))
        elif units:
            goes_on = True
    if not shown:
        title = marked(library.document(doc_id).title, language)
        return Settled((), (_ENDS_NOTHING.get(language, _ENDS_NOTHING["en"]).format(title),))
    return Settled(tuple(shown), (_MORE.get(language, _MORE["en"]),) if goes_on else ())


def _touches(unit: Unit, changes: Iterable[Change]) -> bool:
    return any(each.start < end and start < each.end for each in changes for start, end in unit.spans)


def _key(name: str) -> str:
    """What names are compared by: letters and characters, without brackets and the name of the country before it."""
    return _BESIDE.sub("", re.sub(r"\s+", " ", fold(name).strip("《》 ")))


def _is_named(target: Mention, named: str, coded: set[str]) -> bool:
    if coded and target.code:
        return target.code in coded
    one, other = sorted((_key(target.name), named), key=len)
    return bool(one) and other.endswith(one) and _is_place(other.removesuffix(one))


def _is_place(words: str) -> bool:
    """Whether the words are nothing but the name of a country, or none at all."""
    return not words or any((start, end) == (0, len(words)) for start, end, _ in countries_in(words))


def _quoted(doc_id: str, change: Change, target: Mention, library: Library) -> Iterator[Evidence]:
    """The sentence that ends the document; of a list its lead-in and the item that names it."""
    places = (change.start, target.start)
    found: list[tuple[Passage, tuple[Unit, ...]]] = []
    for passage in library.passages(doc_id):
        units = tuple(unit for unit in passage.units if _holds(unit, places))
        if units:
            found.append((passage, units))
    both = next((each for each in found if all(any(_holds(u, (at,)) for u in each[1]) for at in places)), None)
    for passage, units in [both] if both else found:
        yield Evidence(passage, units, said(passage, units, numbered=True), _SURE)


def _holds(unit: Unit, places: tuple[int, ...]) -> bool:
    return any(start <= at < end for at in places for start, end in unit.spans)
