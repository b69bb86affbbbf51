"""Grounding step of the flow: whether quotes bear out a claim, and which of its elements they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.analyzer import units
from index.encoder import Encoder
from ingest.view import fold

Element = Literal["number", "unit", "year", "date", "entity", "negation", "direction", "modality", "words"]
Label = Literal["supported", "partly", "contradicted", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One element of a claim that its quotes do not bear out.

    ``said`` is the claim's wording; ``found`` what the quotes say in its place, None where they say nothing.
    """

    element: Element
    said: str
    found: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the quotes say of a claim: ``support`` 0..1 ranks claims; ``label`` follows rules, not that score."""

    label: Label
    support: float
    findings: tuple[Finding, ...] = ()


def check(claim: str, quotes: Sequence[str], encoder: Encoder) -> Verdict:
    """Holds a claim against quotes; what cannot be aligned with them is unknown."""
    said = units(claim)
    joined = "".join(fold(claim).split()).rstrip("。.!！;；")
    if said and any(joined in "".join(fold(quote).split()) for quote in quotes):
        return Verdict("supported", 1.0)
    standing = {unit for quote in quotes for unit in units(quote)}
    share = sum(unit in standing for unit in said) / len(said) if said else 0.0
    return Verdict("partly" if share > 0.6 else "unknown", share, (Finding("words", claim, None),))
