"""Counts the stages at which answers were lost, and measures the answers that were given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sinkqa.eval.answering.withholding import Bin, reliability
from sinkqa.eval.results.saved import QuestionResult, Result, Stage

NEAR, FAR = 5, 10
"""Evidence should rank within these numbers of passages. Most answers choose from NEAR; answers read at most FAR."""


class Lost(NamedTuple):
    """A stage, what it means, and the questions lost at it."""

    stage: Stage
    meaning: str
    questions: list[QuestionResult]


MEANINGS: dict[Stage, str] = {
    "retrieval": f"not all evidence is among the first {NEAR} passages",
    "abstention": f"no answer is given, although the evidence is among the first {NEAR}",
    "choice": f"the evidence is among the first {NEAR}, and another passage is quoted",
    "items": "the right passage is quoted, and points are missing",
}
"""Stages in the order of the flow."""


def stage(*, rank: int | None, given: bool, quoted: bool) -> Stage:
    """Returns the stage at which an incomplete answer was lost.

    ``rank``: how many of the first passages hold all of its evidence, None if no number does. ``given``: whether there
    is an answer. ``quoted``: whether it quotes the right passage for every part of the question.
    """
    if given and quoted:
        return "items"
    if rank is None or rank > NEAR:
        return "retrieval"
    return "choice" if given else "abstention"


def losses(result: Result) -> list[Lost]:
    """The questions lost at each stage, in the order of the stages. Stages without a loss are included."""
    return [
        Lost(name, meaning, [each for each in result.questions if each.lost and each.lost.stage == name])
        for name, meaning in MEANINGS.items()
    ]


def retrieval_counts(questions: Iterable[QuestionResult]) -> str:
    """Returns one line of counts of questions lost in retrieval: by evidence rank, another file first, and withheld."""
    lost = [each.lost for each in questions if each.lost]
    near = sum(each.rank is not None and each.rank <= FAR for each in lost)
    return (
        f"{near} at {NEAR + 1} to {FAR}, {len(lost) - near} beyond {FAR}; "
        f"{sum(each.astray for each in lost)} with another file first, {sum(not each.given for each in lost)} withheld"
    )


def reliability_of(results: Sequence[Result]) -> list[Bin]:
    """Returns the reliability over all answers of all ``results`` that were given with a confidence."""
    asked = [(result, each) for result in results for each in result.questions if "confidence" in each.scores]
    given = [(result, each) for result, each in asked if each.answered]
    return reliability(
        [each.scores["confidence"] for _, each in given],
        [each.scores.get("complete", 0.0) for _, each in given],
        clusters=[(result.dataset, each.cluster or each.query_id) for result, each in given],
    )
