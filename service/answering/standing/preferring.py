"""Prefers documents that are in force: among equal pieces, and among the versions that a question names together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from sinkqa.index.naming.codes import versions
from sinkqa.service.answering.standing.dating import as_of_said
from sinkqa.service.answering.standing.telling import StandingOf, is_out
from sinkqa.service.answering.understanding.naming import Meant

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
OUT_OF_FORCE = 0.95  # what the likelihood of a piece counts beside others; the published figures stay as they were


def versions_in_force(question: str, meant: Meant, standing: StandingOf) -> tuple[Meant, Meant]:
    """What a question means, without versions in whose place another that it names stands on the date asked about.

    The second has the versions that have ended too, and neither has those that are yet to come. All versions stay if
    the question names one, or a year that is not the date asked about.
    """
    if len(meant.documents) < 2 or _names_version(question):
        return meant, meant
    found = {each: standing(each) for each in meant.documents}
    ended = {each for each, known in found.items() if is_out(known) and known.newer in found}
    coming = {known.newer for known in found.values() if known.status == "in_force" and known.newer in found}
    if not (ended or coming) or len(ended | coming) == len(meant.documents):
        return meant, meant
    return _without(meant, {*ended, *coming}), _without(meant, coming)


def weighing(meant: Meant, standing: StandingOf) -> Callable[[str], float]:
    """What the likelihood of a piece counts by its document: less if that is not in force, and not the one meant.

    The first document that the question names counts in full.
    """
    first = meant.documents[0] if meant.sure and meant.documents else ""
    return lambda doc_id: OUT_OF_FORCE if doc_id != first and is_out(standing(doc_id)) else 1.0


def _without(meant: Meant, others: Collection[str | None]) -> Meant:
    return replace(meant, documents=tuple(each for each in meant.documents if each not in others)) if others else meant


def _names_version(question: str) -> bool:
    """Whether the question gives a version, or a year besides the date whose law it asks about."""
    said = as_of_said(question)
    rest = said.rest if said else question
    return bool(versions(rest)) or _YEAR.search(rest) is not None
