"""Answers the last turn of a conversation with regard to earlier turns, and suggests further questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, islice, zip_longest

from sinkqa.index.errors import DocumentNotFound, PassageNotFound
from sinkqa.index.hit import Filters, Hit, Why
from sinkqa.ingest.about.places import countries_in
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.provisions.references import references
from sinkqa.ingest.text.language import detect
from sinkqa.service.answer import Answer
from sinkqa.service.answering.dialogue.opening import suggestions
from sinkqa.service.answering.dialogue.pointing import named_document
from sinkqa.service.answering.dialogue.rewriting import Followed, follow, remark
from sinkqa.service.engine import Engine

NEXT = 3  # questions that are offered
_TRIED = 6  # at most, before they are offered: each costs as much as a question
_REACH = 12  # passages on either side of a cited one, among which the sections beside its own begin
_LONGEST_TITLE = 60  # characters: what is longer is a title that nobody says
_PLACES = {
    "CN": "China", "US": "the United States", "EU": "the European Union", "JP": "Japan", "NZ": "New Zealand",
    "GB": "the United Kingdom", "AU": "Australia", "CA": "Canada", "KR": "South Korea", "IN": "India",
}  # fmt: skip


def ask_in_turn(
    engine: Engine,
    turns: Sequence[str],
    *,
    k: int | None = None,
    filters: Filters | None = None,
    generate: bool = False,
    as_of: date | None = None,
) -> Iterator[Answer]:
    """Answers the last of the user's ``turns``, as :meth:`Engine.stream` does. Turns come oldest first.

    A turn that depends on earlier ones is rewritten to stand alone; the answer's ``question`` is the rewritten one. If
    it is unclear what the turn refers to, the answer is a reply that asks for the whole question.

    Raises:
        InvalidQuestion: see :meth:`Engine.ask`. It is raised at the first step.
    """
    followed = follow(turns)
    if followed.unresolved:
        yield _unclear(engine, turns[-1].strip(), followed)
        return
    said = remark(followed)
    for answer in engine.stream(followed.question, k=k, filters=filters, generate=generate, as_of=as_of):
        yield replace(answer, notes=(*answer.notes, said)) if said else answer


def next_questions(
    engine: Engine, question: str, passage_ids: Sequence[str], *, filters: Filters | None = None
) -> tuple[str, ...]:
    """Up to three follow-up questions. Each was just tried, and the library answers it.

    There are three sources: the sections next to those of the passages, best passage first; ``question`` asked about
    another country or document; and what other documents among the passages state. Passages that no longer exist are
    skipped.
    """
    with engine.reading():
        cited = list(_hits(engine, passage_ids))
        beside = [hit for each in cited[:2] for hit in _beside(engine, each)]
    language = "zh" if detect(question) == "zh" else "en"
    elsewhere = [hit for hit in cited if hit.passage.doc_id != cited[0].passage.doc_id]
    offered = (
        suggestions(question, beside, language),
        tuple(_of_another_country(question, cited)),
        tuple(_of_another_document(engine, question, filters)),
        suggestions(question, elsewhere, language),
    )
    known = dict.fromkeys(each for each in chain.from_iterable(zip_longest(*offered)) if each and each != question)
    return tuple(islice(filter(_answers(engine, filters), islice(known, _TRIED)), NEXT))


def _unclear(engine: Engine, turn: str, followed: Followed) -> Answer:
    return Answer(
        status="abstained",
        abstain_reason="no_question",
        question=turn,
        language=followed.language,
        answer=remark(followed),
        segments=(),
        citations=(),
        passages=(),
        confidence=0.0,
        generation=engine.generation,
        encoder=engine.encoder,
        timings_ms={},
    )


def _answers(engine: Engine, filters: Filters | None) -> Callable[[str], bool]:
    return lambda question: engine.ask(question, filters=filters).status == "answered"


def _hits(engine: Engine, passage_ids: Sequence[str]) -> Iterator[Hit]:
    for each in passage_ids:
        try:
            yield _hit(engine, engine.passage(each))
        except (PassageNotFound, DocumentNotFound):
            continue


def _hit(engine: Engine, passage: Passage) -> Hit:
    record = engine.document(passage.doc_id)
    return Hit(passage, record.title, 0.0, Why(), record.metadata)


def _beside(engine: Engine, hit: Hit) -> Iterator[Hit]:
    """The first passage of the section after that of the hit, and the last of the one before it, of its document."""
    near = engine.near(hit.passage.passage_id, reach=_REACH)
    at = next((place for place, each in enumerate(near) if each.passage_id == hit.passage.passage_id), 0)
    for side in (near[at + 1 :], near[:at][::-1]):
        other = next((each for each in side if each.section != hit.passage.section and each.section), None)
        if other:
            yield _hit(engine, other)


def _of_another_country(question: str, hits: Sequence[Hit]) -> Iterator[str]:
    """The question asked of each other country that the passages are from, where it names exactly one."""
    named = {code for _, _, code in countries_in(question)}
    if len(named) != 1:
        return
    for code in dict.fromkeys(hit.about.jurisdiction for hit in hits):
        if code in _PLACES and code not in named:
            followed = follow([question, f"And in {_PLACES[code]}?"])
            if followed.rewritten and not followed.unresolved:
                yield followed.question


def _of_another_document(engine: Engine, question: str, filters: Filters | None) -> Iterator[str]:
    """The question asked of each document that says something like it, where it names one other.

    It names no article, whose number means that one.
    """
    named = named_document(question)
    rest = question.replace(named, " ")
    if not named or references(question) or not any(char.isalnum() for char in rest):
        return
    hits = engine.search(rest, filters=filters).hits
    for title in dict.fromkeys(hit.title.strip("《》") for hit in hits if len(hit.title) <= _LONGEST_TITLE):
        followed = follow([question, f"And the {title}?" if title.isascii() else f"那《{title}》呢？"])
        if followed.rewritten and title in followed.question and named not in followed.question:
            yield followed.question
