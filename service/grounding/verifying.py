"""Any text into checked claims: what the library supports, contradicts or does not know, with its quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.encoder import Encoder
from index.hit import Hit
from ingest.passage import Passage, Unit
from service.answer import Citation, plain
from service.errors import InvalidText
from service.evidence.citations import Sources, cite
from service.evidence.pieces import Evidence
from service.evidence.relevance import relevance
from service.grounding.claims import claims
from service.grounding.guard import Finding, Label, Verdict, check

MOST_CHARS, MOST_CLAIMS = 20_000, 200
_TRIED = 8  # pieces of evidence that a claim is held against
_TOGETHER = 3  # of these, the ones that may bear it out in common
_ABOUT = 0.5  # of support: below it a quote speaks of something else, and contradicts nothing
_SHORT_LIST = 10


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """One statement of the text. ``citations`` are the numbers of the quotes that the label rests on.

    ``findings`` name the elements that fail; ``support`` is 0..1, for ranking.
    """

    claim: str
    label: Label
    support: float
    findings: tuple[Finding, ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What the library says of a text, claim by claim in its order; "unknown" claims have no citation."""

    text: str
    claims: tuple[CheckedClaim, ...]
    citations: tuple[Citation, ...]
    generation: int
    encoder: str
    timings_ms: dict[str, float]

    @property
    def counts(self) -> dict[Label, int]:
        """Claims by label, every label named."""
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
    if len(found) > MOST_CLAIMS:
        raise InvalidText(f"text: expected at most {MOST_CLAIMS} statements, got {len(found)}; verify it in parts")
    return found


def verify(
    text: str, search: Callable[[str], list[Hit]], sources: Sources, encoder: Encoder
) -> tuple[tuple[CheckedClaim, ...], tuple[Citation, ...]]:
    """Holds each claim of ``text`` against the pieces that ``search`` finds for it.

    Raises:
        InvalidText: as :func:`split`.
    """
    ledger = Ledger(sources)
    checked: list[CheckedClaim] = []
    for claim in split(text):
        pieces = nearest(claim, search(claim), encoder, most=_TRIED)
        borne = ((verdict, ledger.numbers(on)) for verdict, on in _verdicts(claim, pieces, encoder))
        # A quote that the store does not bear out withdraws the verdict that rests on it.
        verdict, numbers = next(
            ((verdict, on) for verdict, on in borne if on is not None), (Verdict("unknown", 0.0), ())
        )
        checked.append(CheckedClaim(claim, verdict.label, round(verdict.support, 4), verdict.findings, numbers))
    return tuple(checked), tuple(ledger.citations)


def told(findings: Sequence[Finding]) -> list[str]:
    """A line for each finding: ``number “90 marks”: the evidence says “40 marks”``; of mere words at most two."""
    weighty = [finding for finding in findings if finding.element != "words"] or findings[:2]
    return [_told(finding.element, finding.said, finding.found) for finding in weighty]


def _told(element: str, said: str, found: str | None) -> str:
    if not said:
        return f"{element}: the evidence adds “{found}”"
    return f"{element} “{said}”: the evidence " + (f"says “{found}”" if found else "does not say it")


class Ledger:
    """Citations in the order of their first use, numbered from 1, each once."""

    def __init__(self, sources: Sources) -> None:
        self.citations: list[Citation] = []
        self._sources = sources
        self._numbers: dict[tuple[str, tuple[Unit, ...]], int] = {}

    def numbers(self, evidence: Sequence[Evidence]) -> tuple[int, ...] | None:
        """The numbers of these pieces; None, and nothing new, where the store does not bear out one of them."""
        made: list[tuple[tuple[str, tuple[Unit, ...]], Citation]] = []
        numbers: list[int] = []
        for piece in evidence:
            key = (piece.passage.passage_id, piece.units)
            number = self._numbers.get(key, len(self.citations) + len(made) + 1)
            if key not in self._numbers:
                citation = cite(self._sources, piece.passage, piece.units, number=number, score=piece.relevance)
                if citation is None:
                    return None
                made.append((key, citation))
            numbers.append(number)
        self._numbers |= {key: citation.number for key, citation in made}
        self.citations += [citation for _, citation in made]
        return tuple(numbers)


def _verdicts(claim: str, pieces: Sequence[Evidence], encoder: Encoder) -> Iterator[tuple[Verdict, Sequence[Evidence]]]:
    """Verdicts and what they rest on, the one to be preferred first.

    What a single piece supports is supported, whatever another says of something else; then what pieces support
    together; then the piece that comes nearest, by support. None where no piece speaks of it.
    """
    alone = [(check(claim, [piece.text], encoder), [piece]) for piece in pieces]
    alone.sort(key=lambda each: (each[0].label != "supported", -each[0].support))
    yield from ((verdict, on) for verdict, on in alone if verdict.label == "supported")
    for count in range(2, min(_TOGETHER, len(pieces)) + 1):
        verdict = check(claim, [piece.text for piece in pieces[:count]], encoder)
        if verdict.label == "supported":
            yield verdict, pieces[:count]
    for verdict, on in alone:
        if verdict.label == "partly" or (verdict.label == "contradicted" and verdict.support >= _ABOUT):
            yield verdict, on


def nearest(query: str, hits: Sequence[Hit], encoder: Encoder, *, most: int) -> list[Evidence]:
    """The ``most`` pieces of the hits that fit the query best, best first, none with the same words twice."""
    found = {piece.text: piece for hit in reversed(hits) for piece in _pieces(hit.passage)}
    if not found:
        return []
    fit = relevance(query, list(found), encoder).tolist()
    ranked = sorted(zip(fit, found.values(), strict=True), key=lambda each: -each[0])
    return [Evidence(piece.passage, piece.units, piece.text, score) for score, piece in ranked[:most]]


def _pieces(passage: Passage) -> Iterator[Evidence]:
    """Each sentence and item, a short list with its lead-in, or a table row with its caption and headers."""
    if passage.kind == "row":
        yield Evidence(passage, passage.units, passage.text)
    elif passage.kind != "table":
        yield from (Evidence(passage, (unit,), unit.text) for unit in passage.units)
        if passage.kind == "list" and len(passage.units) <= _SHORT_LIST:
            yield Evidence(passage, passage.units, passage.text)
