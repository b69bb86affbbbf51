"""Decides whether quotes support a claim, and which elements of the claim they do not support."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.text.amount import apart, unsupported
from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.service.evidence.entities import missing
from sinkqa.service.grounding.claims import claims
from sinkqa.service.grounding.clauses import Clauses, clauses
from sinkqa.service.grounding.matching import sayings
from sinkqa.service.grounding.polarity import turned
from sinkqa.service.grounding.quote import Quote
from sinkqa.service.grounding.quotes import nearest_stretch
from sinkqa.service.grounding.support import support

Element = Literal["number", "unit", "year", "date", "entity", "negation", "direction", "modality", "words", "length"]
Label = Literal["supported", "partly", "contradicted", "unknown"]

_ALIGNED = 0.4  # of a clause's tokens: below this its turning words are not compared
_PARTLY = 0.6  # of a claim's tokens that stand in the quotes: below this they speak of something else
_SAME_SUBJECT = 0.7  # of a clause's other tokens that stand in the quote's, for what differs to be a contradiction
_SAME_ROLE = 0.8  # ... where that is an amount or a name: another province is not the contrary of this one
_MOST = 0.99  # score of what is not supported, at most
_SAME_LENGTH = 0.4  # of the quote's tokens that the claim holds: in a longer clause what turns it may turn another part
_NOTHING_ELSE = 0.7  # ... where it is the quote alone that is turned


@dataclass(frozen=True, slots=True)
class Finding:
    """One element of a claim that its quotes do not support.

    ``said``: the claim's wording, empty if the claim leaves something out. ``found``: the quotes' wording in its place,
    or None if they have none.
    """

    element: Element
    said: str
    found: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a claim by its quotes. ``support``, 0..1, only ranks claims. ``label`` does not depend on it."""

    label: Label
    support: float
    findings: tuple[Finding, ...] = ()


class _Pair(NamedTuple):
    """A clause of the claim and one of a quote, with their tokens.

    ``share`` of the claim's stands in the quote's and ``back`` of the quote's in the claim's, both 0..1; ``across``:
    they are in different languages, and both tell how near they come in meaning.
    """

    claim: str
    said: tuple[str, ...]
    quote: str
    held: frozenset[str]
    share: float
    back: float
    across: bool

    def rest(self, said: str) -> float:
        """The share without the words ``said``; 0 where no two tokens are left to tell what the clause is about."""
        if self.across:
            return self.share
        taken = set(clauses(said).tokens)
        left = [token for token in self.said if token not in taken]
        return sum(token in self.held for token in left) / len(left) if len(left) > 1 else 0.0


def check(claim: str, quotes: Sequence[Quote], encoder: Encoder) -> Verdict:
    """Compares a claim with quotes and gives the verdict.

    supported: whole sentences of one quote state the claim, token by token and border by border in its order. The claim
    leaves out nothing that limits them there (``service.grounding.matching``). Units, numerals and spelling may differ.
    contradicted: a quote states the rest of a clause, and in the one place it states the contrary, another amount or
    another name. partly: most of the claim is in the quotes, or it is close to them in another language. unknown: all
    other cases. If the claim has several statements, each is compared with the quotes by itself. The claim is supported
    if all are supported, and contradicted if one is contradicted.
    """
    ours = clauses(claim)
    if not ours.tokens:
        return Verdict("unknown", 0.0, (Finding("words", claim, None),))
    left_out = [left for quote in quotes for left in sayings(ours, quote)]
    if None in left_out:
        return Verdict("supported", 1.0)
    if statements := _statements(ours):
        return _together([check(statement, quotes, encoder) for statement in statements])
    theirs = [quote.clauses for quote in quotes]
    score = min(support(ours, theirs, encoder), _MOST)
    if left_out:
        return Verdict("partly", score, (Finding("words", "", left_out[0]),))
    aligned = [max(pairs, key=lambda pair: pair.share) for pairs in _pairs(ours, theirs, encoder) if pairs]
    failing = dict(_failing(ours, quotes, aligned))
    share = sum(pair.share * len(pair.said) for pair in aligned) / len(ours.tokens)
    label: Label = "contradicted" if any(failing.values()) else "partly" if share >= _PARTLY else "unknown"
    findings = (*failing, *_words(ours, theirs, tuple(failing)))
    cut = Finding("words", "", max(aligned, key=lambda pair: pair.share).quote) if aligned else None
    return Verdict(label, score, findings or ((cut,) if cut else ()))


def supported(claim: str, quotes: Sequence[Quote]) -> bool:
    """Whether :func:`check` would label the claim supported. It needs a tenth of the work."""
    ours = clauses(claim)
    if not ours.tokens:
        return False
    if any(left is None for quote in quotes for left in sayings(ours, quote)):
        return True
    statements = _statements(ours)
    return bool(statements) and all(supported(statement, quotes) for statement in statements)


def _statements(ours: Clauses) -> list[str]:
    """The several statements of a claim; none where it is one, or some of it would be lost."""
    statements = claims(ours.text)
    whole = sum(len(clauses(each).tokens) for each in statements) == len(ours.tokens)
    return statements if len(statements) > 1 and whole else []


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on several statements."""
    labels = {verdict.label for verdict in verdicts}
    mixed: Label = "unknown" if labels == {"unknown"} else "partly"
    label: Label = "contradicted" if "contradicted" in labels else labels.pop() if len(labels) == 1 else mixed
    support = min(verdict.support for verdict in verdicts)
    return Verdict(label, support, tuple(dict.fromkeys(each for verdict in verdicts for each in verdict.findings)))


def _pairs(ours: Clauses, theirs: Sequence[Clauses], encoder: Encoder) -> Iterator[list[_Pair]]:
    """For each clause of the claim, it with every clause of the quotes."""
    foreign = [detect(quote.text) != detect(ours.text) for quote in theirs]
    for part in ours.all:
        pairs: list[_Pair] = []
        for quote, across in zip(theirs, foreign, strict=True):
            for other in quote.all:
                said, there = part.tokens, other.tokens
                share = _meets(part.wording, other.wording, encoder) if across else _share(said, there)
                back = share if across else _share(there, said)
                pairs.append(_Pair(part.wording, said, other.wording, frozenset(there), share, back, across))
        yield pairs


def _share(tokens: Sequence[str], other: Sequence[str]) -> float:
    held = frozenset(other)
    return sum(token in held for token in tokens) / len(tokens)


def _meets(said: str, other: str, encoder: Encoder) -> float:
    """How near two clauses of different languages come, 0..1: never as near as the same words."""
    left_ids, right_ids = encoder.tokens([said, other])
    return float(encoder.maxsim(left_ids, [right_ids])[0])


def _failing(ours: Clauses, quotes: Sequence[Quote], aligned: Sequence[_Pair]) -> Iterator[tuple[Finding, bool]]:
    """Amounts, names and turning words that no quote supports, and whether one says the contrary."""
    yield from _failing_amounts(ours, quotes, aligned)
    for name, other in missing(ours.text, [*(pair.quote for pair in aligned), *(quote.whole for quote in quotes)]):
        yield Finding("entity", name, other), _instead(aligned, name, other)
    for pair in aligned:
        if pair.share >= _ALIGNED:
            for turn in turned(pair.claim, pair.quote):
                alike = pair.back >= (_SAME_LENGTH if turn.said else _NOTHING_ELSE)
                same = pair.rest(f"{turn.said} {turn.found or ''}") >= _SAME_SUBJECT
                contrary = turn.opposed and alike and same
                yield Finding(turn.element, turn.said, turn.found), contrary


def _failing_amounts(
    ours: Clauses, quotes: Sequence[Quote], aligned: Sequence[_Pair]
) -> Iterator[tuple[Finding, bool]]:
    """Amounts that fail. A differing one is named only where it stands in the clause that the claim is about."""
    near = [amounts(pair.quote) for pair in aligned]
    everywhere = [each.amounts for quote in quotes for each in (quote.clauses, *quote.headings)]
    for element, said, found in unsupported(ours.amounts, [*near, *everywhere]):
        ours_said, there = said.said, found.said if found else None
        if found and element == "direction":
            ours_said, there = said.bounded or said.said, found.bounded or found.said
        contrary = found is not None and apart(found, said) and _instead(aligned, ours_said, there)
        is_beside = any(said.said in pair.claim and found and found.said in pair.quote for pair in aligned)
        yield Finding(element, ours_said, there if is_beside else None), contrary


def _instead(aligned: Sequence[_Pair], said: str, found: str | None) -> bool:
    """Whether ``found`` stands where ``said`` does, in a clause that says the rest of the claim's."""
    said, there = fold(said), fold(found or "")
    return bool(there) and any(
        said in pair.claim.lower()
        and there in pair.quote.lower()
        and there not in pair.claim.lower()
        and pair.back >= _SAME_LENGTH
        and pair.rest(said) >= _SAME_ROLE
        for pair in aligned
    )


def _words(ours: Clauses, theirs: Sequence[Clauses], findings: Sequence[Finding]) -> Iterator[Finding]:
    """Where the claim departs from the stretch of a quote that is nearest to it; all of it, where none is near."""
    best = max(theirs, key=lambda quote: len(quote.held & ours.held), default=None)
    first, last = nearest_stretch(ours.tokens, best.tokens) if best else (0, 0)
    if best is None or first == last:
        yield Finding("words", ours.text, None)
        return
    named = {token for finding in findings for token in clauses(f"{finding.said}; {finding.found or ''}").tokens}
    steps = SequenceMatcher(None, ours.tokens, best.tokens[first:last], autojunk=False).get_opcodes()
    for place, (kind, left, right, start, end) in enumerate(steps):
        edge = place in (0, len(steps) - 1)
        changed = {*ours.tokens[left:right], *([] if edge else best.tokens[first + start : first + end])}
        if kind != "equal" and not changed <= named:
            found = None if edge else _joined(best.surface[first + start : first + end])
            yield Finding("words", _joined(ours.surface[left:right]), found or None)


def _joined(surface: Sequence[str]) -> str:
    text = ""
    for word in surface:
        text += " " * (text[-1:].isascii() and word[:1].isascii() and bool(text)) + word
    return text
