"""Grounding step of the flow: a text as clauses of tokens that are equal where the same is said in another spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.text.amounts import Amount, amounts
from ingest.text.analyzer import units
from service.grounding.wording import wording

_BORDER = re.compile(r"""(?<!\d)[,.:]|[,.:](?!\d)|[;!?()"…|]|--+""")
_SIGN = re.compile("[<>=≥≤±+×/^*?]")
_PIECE = re.compile(r"[a-z0-9'.]+|[<>=≥≤±+×/^*?]|[^\sa-z0-9]")


@dataclass(frozen=True)
class Clauses:
    """One text, taken apart once.

    ``tokens`` in its order: amounts by what they come to, signs, stems of words, Chinese characters; a question ends in
    its mark. ``exact``: the same with words unstemmed; ``surface``: each as it is written. ``begins``: positions in
    ``tokens`` at which a clause begins, and their number at the end. ``parts``: the wording of each clause.
    ``sentence``: in which sentence each clause stands, from 0.
    """

    text: str
    wording: str
    amounts: tuple[Amount, ...]
    tokens: tuple[str, ...]
    exact: tuple[str, ...]
    surface: tuple[str, ...]
    begins: tuple[int, ...]
    sentence: tuple[int, ...]
    parts: tuple[str, ...]

    @cached_property
    def held(self) -> frozenset[str]:
        """The distinct tokens."""
        return frozenset(self.tokens)

    def clause(self, number: int) -> tuple[str, ...]:
        """The tokens of a clause."""
        return self.tokens[self.begins[number] : self.begins[number + 1]]


def clauses(text: str) -> Clauses:
    """Takes a text apart."""
    worded = wording(text)
    found = tuple(amounts(worded))
    tokens: list[str] = []
    surface: list[str] = []
    begins, sentence, parts, number = [0], list[int](), list[str](), 0
    for start, end, ends_sentence in _ranges(worded, found):
        for token, said in _tokens(worded, start, end, found):
            tokens.append(token)
            surface.append(said)
        if len(tokens) > begins[-1]:
            begins.append(len(tokens))
            sentence.append(number)
            parts.append(worded[start:end])
        number += ends_sentence
    exact = (token if token[0] == "=" else said for token, said in zip(tokens, surface, strict=True))
    return Clauses(
        text, worded, found, tuple(tokens), tuple(exact), tuple(surface), tuple(begins), tuple(sentence), tuple(parts)
    )  # fmt: skip


def _ranges(worded: str, found: Sequence[Amount]) -> Iterator[tuple[int, int, bool]]:
    """The range of each clause, and whether its sentence ends there."""
    start = 0
    for match in _BORDER.finditer(worded):
        if any(amount.start < match.start() < amount.end for amount in found):
            continue
        yield start, match.start() + (match[0] == "?"), match[0] in ".;!?"
        start = match.end()
    yield start, len(worded), True


def _tokens(worded: str, start: int, end: int, found: Sequence[Amount]) -> Iterator[tuple[str, str]]:
    place = start
    for amount in found:
        if start <= amount.start < end:
            yield from _words(worded[place : amount.start])
            yield amount.key, amount.said
            place = amount.end
    yield from _words(worded[place:end])


def _words(part: str) -> Iterator[tuple[str, str]]:
    for piece in _PIECE.findall(part):
        if _SIGN.match(piece):
            yield piece, piece
        for unit in units(piece):
            yield unit, piece
