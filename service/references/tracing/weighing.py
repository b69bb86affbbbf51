"""Holds a statement against the pieces of documents, and labels what they say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sinkqa.index.hit import Hit
from sinkqa.service.budget import checkpoint
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Candidate, Piece, Pieces
from sinkqa.service.evidence.relevance import nearest
from sinkqa.service.grounding.guard import Finding, Verdict
from sinkqa.service.grounding.quote import Quote
from sinkqa.service.grounding.verifying import Entailment
from sinkqa.service.references.tracing.bearing import Bearing, bearings

WeighedLabel = Literal["supported", "likely", "contradicted", "partly", "silent"]
ORDER: tuple[WeighedLabel, ...] = ("supported", "likely", "contradicted", "partly", "silent")
"""The labels, the one that tells most first."""

LOOKED_AT = 12  # pieces whose likelihood is weighed
_TRIED = 8  # of these, the ones that may support the statement
_TOGETHER = 3  # of these, the ones that may support it in common
_READ = 2  # of the likeliest, the ones that are compared word by word
_NEAR = 0.55  # of a clause that is on the subject, whatever its amounts are
_CONTRARY = 0.5  # of support: below it a clause speaks of something else, and contradicts nothing


class Weighed(NamedTuple):
    """What pieces say of a statement.

    ``evidence``: the pieces that the label rests on, with their fit; of "silent" the one that comes nearest, if any.
    """

    label: WeighedLabel
    support: float
    findings: tuple[Finding, ...]
    evidence: tuple[tuple[Candidate, float], ...]

    @property
    def rank(self) -> tuple[int, float]:
        """What tells more comes first in order."""
        return ORDER.index(self.label), -self.support


class Near(NamedTuple):
    """A piece with its fit and how it bears on the statement."""

    candidate: Candidate
    fit: float
    bearing: Bearing


class Weigher:
    """Weighs statements with one judge. Pieces are analysed once."""

    def __init__(self, judge: Entailment, pieces: Pieces) -> None:
        self._judge, self._pieces = judge, pieces

    def pieces_of(self, hit: Hit) -> list[Piece]:
        """The pieces of a passage, in their order."""
        return [candidate.piece for candidate in self._pieces.of([hit])]

    def near(
        self, statement: str, hits: Sequence[Hit], beside: Sequence[Hit] = (), *, most: int = LOOKED_AT
    ) -> list[Near]:
        """The pieces that fit a statement best, the likeliest first.

        ``beside``: hits that are looked at in any case.
        """
        said = Analysis(statement)
        found = nearest(said, hits, self._pieces, most=most)
        if beside:
            known = {id(candidate.piece) for candidate, _ in found}
            more = nearest(said, beside, self._pieces, most=_READ)
            found += [each for each in more if id(each[0].piece) not in known]
        checkpoint()
        fits = [fit for _, fit in found]
        weighed = bearings(said, [candidate.piece for candidate, _ in found], fits, self._pieces.encoder)
        near = [Near(candidate, fit, bearing) for (candidate, fit), bearing in zip(found, weighed, strict=True)]
        return sorted(near, key=lambda each: (bool(each.bearing.lacking), -each.bearing.likely))

    def weigh(self, statement: str, near: Sequence[Near]) -> Weighed:
        """The label of a statement by the pieces near it."""
        by_fit = sorted(near, key=lambda each: -each.fit)[:_TRIED]
        if supporting := self._supporting(statement, by_fit):
            return Weighed("supported", 1.0, (), tuple((each.candidate, each.fit) for each in supporting))
        likeliest = [*near[:1], *sorted(near[1:], key=lambda each: -each.bearing.near)[: _READ - 1]]
        found = [self._label(statement, each) for each in likeliest]
        return min(found, key=lambda each: each.rank, default=Weighed("silent", 0.0, (), ()))

    def _supporting(self, statement: str, near: Sequence[Near]) -> Sequence[Near]:
        """The pieces of which whole sentences are the statement: one of them, or the first ones in common."""
        quotes = [Quote.of(each.candidate.piece) for each in near]
        groups = [[place] for place in range(len(near))]
        groups += [list(range(count)) for count in range(2, min(_TOGETHER, len(near)) + 1)]
        for group in groups:
            checkpoint()
            if self._judge.supports(statement, [quotes[place] for place in group]):
                return [near[place] for place in group]
        return ()

    def _label(self, statement: str, near: Near) -> Weighed:
        bearing, evidence = near.bearing, ((near.candidate, near.fit),)
        verdict = self._judge.entails(statement, [Quote.of(near.candidate.piece)])
        findings = tuple(dict.fromkeys((*bearing.lacking, *verdict.findings)))
        if verdict.label == "contradicted" and self._is_contrary(verdict, near):
            return Weighed("contradicted", round(verdict.support, 4), findings, evidence)
        if bearing.is_likely:
            return Weighed("likely", round(bearing.likely, 4), verdict.findings, evidence)
        if verdict.label in ("partly", "contradicted") or bearing.near >= _NEAR:
            return Weighed("partly", round(bearing.near, 4), findings, evidence)
        return Weighed("silent", round(bearing.near, 4), (), evidence)

    @staticmethod
    def _is_contrary(verdict: Verdict, near: Near) -> bool:
        """Whether the clause says otherwise, and is about the same."""
        differs = near.bearing.turned or bool(near.bearing.lacking)
        return differs and verdict.support >= _CONTRARY and near.bearing.near >= _CONTRARY
