"""Makes the trail of a subject: a claim, a passage or a document."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

from sinkqa.index.library import Library
from sinkqa.ingest.text.language import detect
from sinkqa.service.errors import InvalidText
from sinkqa.service.grounding.verifying import split
from sinkqa.service.references.tracing.following import cited_by
from sinkqa.service.references.tracing.steps import TrailSteps
from sinkqa.service.references.tracing.tracer import Tracer
from sinkqa.service.references.trail import SubjectKind, Trail, TrailSubject

MOST_CHARS = 4_000
MOST_STATEMENTS = 5  # of one claim or passage that are followed
_PASSAGE, _DOCUMENT = re.compile("[0-9a-f]{20}"), re.compile("[0-9a-f]{6,64}")


def kind_of(subject: str) -> SubjectKind:
    """What a subject is, by its form: 20 hex digits name a passage, 6 to 64 a document, all else is a claim."""
    bare = subject.strip()
    if _PASSAGE.fullmatch(bare):
        return "passage"
    return "document" if _DOCUMENT.fullmatch(bare) else "claim"


def language_of(text: str) -> str:
    """The language of a trail's words: Chinese for a Chinese text, else English."""
    return "zh" if detect(text) == "zh" else "en"


def day(text: str) -> datetime.date:
    """The date that a text gives.

    Raises:
        InvalidText: it is no date as YYYY-MM-DD.
    """
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InvalidText(f"expected a date as YYYY-MM-DD, got {text[:40]!r}") from None


def statements(claim: str) -> list[str]:
    """The statements of a claim.

    Raises:
        InvalidText: there is none, or it is over 4,000 characters.
    """
    if len(claim) > MOST_CHARS:
        raise InvalidText(f"claim: expected at most {MOST_CHARS:,} characters, got {len(claim):,}; ask for one thing")
    return list(dict.fromkeys(split(claim)))


def subject_of(subject: str, kind: SubjectKind | None, library: Library) -> TrailSubject:
    """What a trail is asked for. ``kind``: by default told from the form of the subject.

    Raises:
        InvalidText: as :func:`statements`.
        PassageNotFound, DocumentNotFound, AmbiguousDocument: it names no passage or document, or several.
    """
    kind = kind or kind_of(subject)
    if kind == "claim":
        statements(subject)
        return TrailSubject("claim", subject)
    if kind == "document":
        record = library.document(subject.strip())
        return TrailSubject("document", record.title, doc_id=record.doc_id, title=record.title)
    passage = library.passage(subject.strip())
    title = library.document(passage.doc_id).title
    return TrailSubject("passage", passage.text, passage.passage_id, passage.doc_id, title)


def trace(subject: TrailSubject, steps: TrailSteps) -> Trail:
    """The trail of a subject, its quotes numbered from 1."""
    tracer = Tracer(steps)
    trail = Trail(subject, steps.language, steps.on.isoformat(), (), ())
    if subject.kind == "document" and subject.doc_id:
        trail = _of_document(trail, subject.doc_id, tracer, steps)
    elif subject.kind == "passage" and subject.passage_id:
        found = list(tracer.passage(steps.library.passage(subject.passage_id)))
        if not found:
            steps.note("note.no_statements")
        followed = tuple(tracer.claim(text, stated) for text, stated in found[:MOST_STATEMENTS])
        trail = replace(trail, claims=followed)
        _note_left(len(found), steps)
    else:
        found_claims = statements(subject.text)
        trail = replace(trail, claims=tuple(tracer.claim(each) for each in found_claims[:MOST_STATEMENTS]))
        _note_left(len(found_claims), steps)
    return replace(trail, citations=tuple(steps.cited.citations), notes=tuple(steps.notes))


def _of_document(trail: Trail, doc_id: str, tracer: Tracer, steps: TrailSteps) -> Trail:
    """The documents that a document names, those that name it, and whether it is in force."""
    policies = tracer.named_by(doc_id)
    if not policies:
        steps.note("note.no_mentions")
    citing, n_citing = cited_by(doc_id, steps)
    return replace(trail, policies=policies, cited_by=citing, n_cited_by=n_citing, standing=steps.standing(doc_id))


def _note_left(count: int, steps: TrailSteps) -> None:
    if count > MOST_STATEMENTS:
        steps.note("note.claims", MOST_STATEMENTS, count - MOST_STATEMENTS)
