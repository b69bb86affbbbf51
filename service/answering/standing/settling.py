"""Settles a question whether a document is in force, in the words of the document that ended it or in its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from sinkqa.index.errors import PassageNotFound
from sinkqa.index.library import Library
from sinkqa.index.naming.codes import codes, versions
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.service.answer import Standing, StandingQuote
from sinkqa.service.answering.provisions.settling import Settled
from sinkqa.service.answering.provisions.stating import effect_asked
from sinkqa.service.answering.standing.asking import StandingKind
from sinkqa.service.answering.standing.telling import StandingOf, is_out, marked, sentence
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.evidence.assertion import is_sentence
from sinkqa.service.evidence.pieces import Evidence
from sinkqa.service.evidence.units import said

_SURE = 1.0
_HEAD = 6  # passages in which a document says what it is
_FEW_CHARS = 30
_SILENT = {
    "zh": {
        "whether": "资料库中没有文字说明{}是否仍有效，或是否已被废止、取代。",
        "ended": "资料库中没有文字说{}已被废止或取代。",
    },
    "en": {
        "whether": "The library holds no text that says whether {} is in force, or was repealed or replaced.",
        "ended": "The library holds no text that says that {} was repealed or replaced.",
    },
}
_ENDING = {"zh": "废止或取代{}的文字", "en": "a text that repeals or replaces {}"}
_OF_WHICH = {
    "zh": "请写明是哪份文件，例如：《…办法》还有效吗？",
    "en": "Name the document, for example: Is the … Act still in force?",
}
_OWN = {
    "zh": "引文是{}自己的说明；没有找到废止它的文字，并不等于它仍然有效。",
    "en": "The quote is what {} says of itself; that no text here repeals it does not prove that it is in force.",
}


def standing_of_one(doc_ids: Sequence[str], standing: StandingOf) -> tuple[str, Standing]:
    """The document among copies and versions with one name that is asked about, and its standing.

    It is the first. If nothing is known of the first, a copy may tell, but no older version, whose end is another's.
    """
    first, *others = doc_ids
    if standing(first).status == "unknown":
        for other in others:
            if standing(other).status != "unknown" and standing(other).newer not in doc_ids:
                return other, standing.told(other)
    return first, standing.told(first)


def standing_settled(
    kind: StandingKind,
    asked: Asked,
    doc_id: str,
    known: Standing | None,
    library: Library,
    part: str = "",
    among: Collection[str] = (),
) -> Settled | None:
    """The words that say how a document stands; without any, a note that the library does not say it.

    Of a document that no text ends, its own date of effect is shown if the question asks whether it is in force. That a
    text ends it is then named as missing: it is never called in force for the lack of one. The result is None if the
    question is how long the document is valid and no text says it. ``part``: the name of a text that is a part of the
    document, if that text is asked about; ``among``: its passages.
    """
    language, title = asked.language, part or library.document(doc_id).title
    name = marked(title, language)
    if known is not None and is_out(known):
        evidence = tuple(_quoted(known.quotes, library)) or tuple(_head(known.newer, library))
        return Settled(evidence, (sentence(title, known, language),))
    has_end = known is not None and known.status == "in_force" and bool(known.until)
    if kind == "expires" and not has_end:
        return None
    if (kind == "whether" or has_end) and (evidence := _of_itself(asked, doc_id, known, library, among)):
        ends = sentence(title, known, language) if known is not None else ""
        note = ends or _said(_OWN, language).format(name)
        return Settled(evidence, (note,), missing=() if ends else (_said(_ENDING, language).format(name),))
    silent = _SILENT.get(language, _SILENT["en"])
    return Settled((), (silent["ended" if kind == "ended" else "whether"].format(name),))


def unnamed_settled(language: str) -> Settled:
    """A note that asks for the document which may be in force."""
    return Settled((), (_said(_OF_WHICH, language),))


def _said(words: dict[str, str], language: str) -> str:
    return words.get(language, words["en"])


def _of_itself(
    asked: Asked, doc_id: str, known: Standing | None, library: Library, among: Collection[str]
) -> tuple[Evidence, ...]:
    """What a document says of its own effect."""
    if known is not None and (quoted := tuple(_quoted(known.quotes, library))):
        return quoted
    settled = effect_asked(replace(asked, provisions=("effect",)), library, doc_ids=(doc_id,), among=among)
    return settled.evidence if settled else ()


def _quoted(quotes: Sequence[StandingQuote], library: Library) -> Iterator[Evidence]:
    """The whole sentences and items of passages that quotes stand in; a quote may begin in one and end in another."""
    for quote in quotes:
        try:
            passage = library.passage(quote.passage_id)
        except PassageNotFound:
            continue
        units = tuple(
            unit
            for unit in passage.units
            if any(s < span.end and span.start < e for span in quote.spans for s, e in unit.spans)
        )
        if units:
            units = _with_title(passage, units)
            yield Evidence(passage, units, said(passage, units, numbered=True), _SURE)


def _with_title(passage: Passage, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The units, and the one behind them where they are only the first words of a title."""
    after = passage.units[passage.units.index(units[-1]) + 1 :]
    is_title = sum(len(unit.text) for unit in units) < _FEW_CHARS and not is_sentence(units[-1].text)
    return (*units, *after[:1]) if is_title else units


def _head(doc_id: str | None, library: Library) -> Iterator[Evidence]:
    """Where the newer document names its version or number, if this alone tells that it replaces another."""
    opening = library.passages(doc_id, most=_HEAD) if doc_id else []
    telling = (
        (passage, unit)
        for says in (versions, _has_code)
        for passage in opening
        for unit in passage.units
        if says(unit.text)
    )
    first = ((passage, passage.units[0]) for passage in opening)
    for passage, unit in islice(chain(telling, first), 1):
        yield Evidence(passage, (unit,), said(passage, (unit,), numbered=True), _SURE)


def _has_code(text: str) -> bool:
    return next(codes(text), None) is not None
