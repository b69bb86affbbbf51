"""Completes a list if the question asks for a list. Otherwise notes how many items are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sinkqa.service.answering.judging.answerer import Outcome
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.lists import left_out, whole_list
from sinkqa.service.evidence.pieces import Evidence, share_of_answer

_ROOM = 2.5  # answers long: up to this a list that is asked for is shown whole
_LEFT_OUT = {
    "zh": "所引列表还有{}项未列出。",
    "en": "{} more items of the list are not shown.",
    "one": "1 more item of the list is not shown.",
}


def with_whole_lists(outcome: Outcome, sources: Sources) -> Outcome:
    """Completes each list if the question asks for a list and there is room. Else notes how many items are missing."""
    evidence, notes = list[Evidence](), list(outcome.notes)
    for each in outcome.evidence:
        whole = list(_whole(each, sources)) if outcome.asked.several else []
        evidence += whole or [each]
        if not whole and (lacking := _lacking(each, sources)):
            notes.append(_note(lacking, outcome.asked.language))
    return replace(outcome, evidence=tuple(evidence), notes=tuple(dict.fromkeys(notes)))


def _whole(each: Evidence, sources: Sources) -> Iterator[Evidence]:
    """The list that the evidence belongs to, one piece for each passage that holds a part of it.

    Yields nothing if the list is too long, or if there is none.
    """
    if each.passage.kind not in ("text", "list"):
        return
    parts = whole_list(each.passage, each.units, sources)
    if parts and sum(share_of_answer(part.text) for part in parts) <= _ROOM:
        yield from (replace(part, relevance=each.relevance, also=each.also) for part in parts)


def _lacking(each: Evidence, sources: Sources) -> int:
    """How many items of the list are not shown; of a passage that is no list what the evidence itself knows."""
    return left_out(each.passage, each.units, sources) if each.passage.kind == "list" else each.left_out


def _note(lacking: int, language: str) -> str:
    return (
        _LEFT_OUT["one"]
        if language != "zh" and lacking == 1
        else _LEFT_OUT.get(language, _LEFT_OUT["en"]).format(lacking)
    )
