"""A query in the form that search takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sinkqa.index.arrays import Floats, Tokens


class Alternative(NamedTuple):
    """Index terms that must all occur in a passage, and their weight beside the group's own terms, 0..1."""

    terms: tuple[str, ...]
    weight: float


class Group(NamedTuple):
    """Query terms that have one meaning together, with their alternatives."""

    terms: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question as terms and as a vector.

    ``groups`` are its index terms; ``vector`` is float32, (dim,), of length 1 or 0; ``tokens`` are uint32, (n,), in
    order.
    """

    text: str
    language: str
    groups: tuple[Group, ...]
    vector: Floats
    tokens: Tokens
