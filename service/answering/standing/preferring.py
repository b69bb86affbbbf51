"""Prefers documents that are in force: among equal pieces, and among the versions that a question names together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sinkqa.service.answering.standing.telling import StandingOf, is_out
from sinkqa.service.answering.understanding.naming import Meant

OUT_OF_FORCE = 0.95  # what the likelihood of a piece counts beside others; the published figures stay as they were


def in_force_first(meant: Meant, standing: StandingOf) -> Meant:
    """The same documents, but a version gives way to the one that stands in its place on the date asked about."""
    if len(meant.documents) < 2:
        return meant
    found = {each: known for each in meant.documents if (known := standing(each)) is not None}
    replaced = {each for each, known in found.items() if is_out(known) and known.newer in meant.documents}
    coming = {
        known.newer
        for known in found.values()
        if known.status == "in_force" and known.newer in found and found[known.newer].status == "not_yet"
    }
    last = replaced | coming
    return replace(meant, documents=tuple(sorted(meant.documents, key=lambda each: each in last))) if last else meant


def weighing(meant: Meant, standing: StandingOf) -> Callable[[str], float]:
    """What the likelihood of a piece counts by its document: less if that is not in force, and not the one meant.

    The first document that the question names counts in full.
    """
    first = meant.documents[0] if meant.sure and meant.documents else ""
    return lambda doc_id: OUT_OF_FORCE if doc_id != first and is_out(standing(doc_id)) else 1.0
