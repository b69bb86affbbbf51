"""Labels each claim of a text: the library supports it, contradicts it, or does not know. Quotes are the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from sinkqa.index.hit import Hit
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answer import Citation, plain
from sinkqa.service.budget import checkpoint
from sinkqa.service.errors import InvalidText
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.citations import Sources, cite
from sinkqa.service.evidence.pieces import Candidate, Piece, Pieces
from sinkqa.service.evidence.relevance import nearest
from sinkqa.service.grounding.claims import claims
from sinkqa.service.grounding.guard import Finding, Label, Verdict
from sinkqa.service.grounding.quote import Quote

MOST_CHARS, MOST_CLAIMS = 20_000, 200
MOST_MARKS = 96  # punctuation marks and numbers of one claim that is weighed: no sentence has more, and each costs
_MOST_CELLS = 400  # of one that is only looked for, as the row of a wide table
_MARK = late(r"\d+|[^\w\s]")
_TRIED = 8  # pieces of evidence that a claim is held against
_WEIGHED = 4  # of these, the ones that are weighed where none supports it
_TOGETHER = 3  # of these, the ones that may bear it out in common
_ABOUT = 0.5  # of support: below it a quote speaks of something else, and contradicts nothing


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """One statement of the text, and the library's verdict on it.

    ``citations``: the numbers of the quotes that are the evidence for the label. ``findings``: the elements that the
    quotes do not support. ``support``, 0..1: for ranking.
    """

    claim: str
    label: Label
    support: float
    findings: tuple[Finding, ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The library's verdict on each claim of a text.

    Claims keep the order of the text. "unknown" claims have no citation.
    """

    text: str
    claims: tuple[CheckedClaim, ...]
    citations: tuple[Citation, ...]
    generation: int
    encoder: str
    timings_ms: dict[str, float]

    @property
    def counts(self) -> dict[Label, int]:
        """The number of claims for each label; every label is included."""
        found = Counter(claim.label for claim in self.claims)
        labels: tuple[Label, ...] = ("supported", "partly", "contradicted", "unknown")
        return {label: found[label] for label in labels}

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        return asdict(self, dict_factory=plain) | {"counts": self.counts}


def split(text: str) -> list[str]:
    """The claims of a text.

    Raises:
        InvalidText: there is none, or the text is over 20,000 characters or 200 claims.
    """
    if len(text) > MOST_CHARS:
        raise InvalidText(f"text: expected at most {MOST_CHARS:,} characters, got {len(text):,}; verify it in parts")
    found = claims(text)
    if not found:
        raise InvalidText("text: expected at least one statement, got none; give a sentence in Chinese or English")
    if (whole := sum(map(len, found))) > 2 * MOST_CHARS:  # each item of a list has its lead-in
        raise InvalidText(f"text: its list items with their lead-in are {whole:,} characters; verify it in parts")
    if len(found) > MOST_CLAIMS:
        raise InvalidText(f"text: expected at most {MOST_CLAIMS} statements, got {len(found)}; verify it in parts")
    return found


def is_too_long(claim: str) -> bool:
    """Whether a statement has so many marks and numbers that it is not weighed."""
    return len(_MARK.findall(claim)) > MOST_MARKS


class Entailment(Protocol):
    """The part of a judge that this module needs."""

    def entails(self, claim: str, quotes: Sequence[Quote]) -> Verdict:
        """The verdict on the claim by the quotes."""
        ...

    def supports(self, claim: str, quotes: Sequence[Quote]) -> bool:
        """Whether the quotes support the claim."""
        ...


def verify(
    text: str, search: Callable[[str], list[Hit]], sources: Sources, judge: Entailment, pieces: Pieces
) -> tuple[tuple[CheckedClaim, ...], tuple[Citation, ...]]:
    """Compares each claim of ``text`` with the pieces that ``search`` finds for it.

    Raises:
        InvalidText: as :func:`split`.
    """
    cited = CitationList(sources)
    checked: list[CheckedClaim] = []
    quotes: dict[Piece, Quote] = {}  # claims of one text meet the same pieces
    known: dict[str, CheckedClaim] = {}
    for claim in split(text):
        known[claim] = known.get(claim) or _checked(claim, search, judge, pieces, cited, quotes)
        checked.append(known[claim])
    return tuple(checked), tuple(cited.citations)


def _checked(
    claim: str,
    search: Callable[[str], list[Hit]],
    judge: Entailment,
    pieces: Pieces,
    cited: CitationList,
    quotes: dict[Piece, Quote],
) -> CheckedClaim:
    """One claim with what its label rests on; what is too tangled to be one statement is unknown, and says so."""
    marks = len(_MARK.findall(claim))
    unweighed = Verdict("unknown", 0.0, (Finding("length", f"{marks} marks and numbers", None),) * (marks > MOST_MARKS))
    found: Iterator[tuple[Verdict, Sequence[_Fitting]]] = iter(())
    if marks <= _MOST_CELLS:
        near = nearest(Analysis(claim), search(claim), pieces, most=_TRIED)
        found = _verdicts(claim, near, judge, quotes, weighed=_WEIGHED * (marks <= MOST_MARKS))
    supported = ((verdict, cited.numbers(on)) for verdict, on in found)
    # A quote that differs from the store withdraws the verdict that rests on it.
    verdict, numbers = next(((verdict, on) for verdict, on in supported if on is not None), (unweighed, ()))
    return CheckedClaim(claim, verdict.label, round(verdict.support, 4), verdict.findings, numbers)


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """A line for each finding: ``number “90 marks”: the evidence says “40 marks”``; at most two for plain words."""
    weighty = [finding for finding in findings if finding.element != "words"] or findings[:2]
    return [_finding_line(finding.element, finding.said, finding.found) for finding in weighty]


def _finding_line(element: str, said: str, found: str | None) -> str:
    if element == "length":
        return f"not checked: {said} in one statement, at most {MOST_MARKS} are; split it"
    if not said:
        return f"{element}: the evidence adds “{found}”"
    return f"{element} “{said}”: the evidence " + (f"says “{found}”" if found else "does not say it")


_Fitting = tuple[Candidate, float]


class CitationList:
    """The citations, each once, numbered from 1 in the order of their first use."""

    def __init__(self, sources: Sources) -> None:
        self.citations: list[Citation] = []
        self._sources = sources
        self._numbers: dict[tuple[str, tuple[Unit, ...]], int] = {}

    def numbers(self, evidence: Sequence[_Fitting]) -> tuple[int, ...] | None:
        """The citation numbers of these pieces. If the stored text of one differs, returns None and adds nothing."""
        return self.numbered([(piece.passage, piece.units, fit) for (piece, *_), fit in evidence])

    def numbered(self, quoted: Sequence[tuple[Passage, tuple[Unit, ...], float]]) -> tuple[int, ...] | None:
        """As :meth:`numbers`, for units of passages with their fit."""
        made: list[tuple[tuple[str, tuple[Unit, ...]], Citation]] = []
        numbers: list[int] = []
        for passage, units, fit in quoted:
            key = (passage.passage_id, units)
            number = self._numbers.get(key, len(self.citations) + len(made) + 1)
            if key not in self._numbers:
                citation = cite(self._sources, passage, units, number=number, score=fit)
                if citation is None:
                    return None
                made.append((key, citation))
            numbers.append(number)
        self._numbers |= {key: citation.number for key, citation in made}
        self.citations += [citation for _, citation in made]
        return tuple(numbers)


def _verdicts(
    claim: str, near: Sequence[_Fitting], judge: Entailment, known: dict[Piece, Quote], *, weighed: int
) -> Iterator[tuple[Verdict, Sequence[_Fitting]]]:
    """Verdicts and what they rest on, the one to be preferred first.

    What a single piece supports is supported, whatever another says of something else; then what pieces support
    together; then of those ``weighed`` the piece that comes nearest, by support. None where no piece speaks of it.
    """
    for candidate, _ in near:
        known[candidate.piece] = known.get(candidate.piece) or Quote.of(candidate.piece)
    quotes = [known[candidate.piece] for candidate, _ in near]
    groups = [[place] for place in range(len(near))]
    groups += [list(range(count)) for count in range(2, min(_TOGETHER, len(near)) + 1)]
    for group in groups:
        checkpoint()
        if judge.supports(claim, [quotes[place] for place in group]):
            yield Verdict("supported", 1.0), [near[place] for place in group]
    alone: list[tuple[Verdict, Sequence[_Fitting]]] = []
    for quote, each in zip(quotes[:weighed], near, strict=False):
        checkpoint()
        alone.append((judge.entails(claim, [quote]), [each]))
    for verdict, on in sorted(alone, key=lambda each: -each[0].support):
        if verdict.label == "partly" or (verdict.label == "contradicted" and verdict.support >= _ABOUT):
            yield verdict, on
