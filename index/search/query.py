"""Retrieval step of the flow: a question as search takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sinkqa.index.arrays import Floats, Tokens


class Alternative(NamedTuple):
    """Index terms that must all stand in a passage, and what that counts beside the group's own terms, 0..1."""

    terms: tuple[str, ...]
    weight: float


class Group(NamedTuple):
    """Terms of a query that say one thing together, and what else says it."""

    terms: tuple[str, ...]
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question in terms and in meaning.

    ``groups`` are its index terms, ``vector`` is float32, (dim,), of length 1 or 0, ``tokens`` uint32, (n,), in order.
    """

    text: str
    language: str
    groups: tuple[Group, ...]
    vector: Floats
    tokens: Tokens
