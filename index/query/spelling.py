"""Spelling correction: near terms of the index for words that no passage contains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile
from operator import eq

from sinkqa.index.search.query import Alternative, Group
from sinkqa.ingest.text.patterns import late

_RESPELLED = 0.5  # what a term counts that differs from the query's by a letter or two
_MAY_BE_A_SLIP = late(r"[a-zß-ɏ]{5,}\Z").match
_LONG_WORD, _SURE_LETTERS, _MOST_SLIPS, _MOST_SPELLINGS = 8, 2, 4, 3

Terms = Callable[[str], Sequence[tuple[str, int]]]
"""Returns the index terms that begin with a prefix, and how many passages contain each."""


def respelled(groups: Sequence[Group], terms: Terms) -> tuple[Group, ...]:
    """Adds the nearest terms of the index to words that no passage contains.

    It corrects Latin words of at least five letters that the glossary does not know. One letter may be added, missing,
    replaced or swapped with its neighbour; from eight letters on, two. The first two letters count as correct. If a
    query has more than four such words, they belong to another language or subject and are no typos; none is corrected.
    """
    alone = [group.terms[0] for group in groups if len(group.terms) == 1 and not group.alternatives]
    strange = [word for word in alone if _MAY_BE_A_SLIP(word) and word not in dict(terms(word))]
    if len(strange) > _MOST_SLIPS:
        return tuple(groups)
    near: dict[tuple[str, ...], Group] = {(word,): Group((word,), _nearest(word, terms)) for word in strange}
    return tuple(near.get(group.terms, group) for group in groups)


def _nearest(word: str, terms: Terms) -> tuple[Alternative, ...]:
    """The commonest index terms one edit away; if there are none, those two edits away."""
    there = terms(word[:_SURE_LETTERS])
    for edits in (1, 2) if len(word) >= _LONG_WORD else (1,):
        if near := [(-count, term) for term, count in there if within(word, term, edits)]:
            return tuple(Alternative((term,), _RESPELLED) for _, term in sorted(near)[:_MOST_SPELLINGS])
    return ()


def within(one: str, other: str, edits: int) -> bool:
    """Whether at most ``edits`` insertions, deletions, replacements or swaps turn one word into the other."""
    same = sum(1 for _ in takewhile(bool, map(eq, one, other)))
    one, other = one[same:], other[same:]
    if not one or not other or not edits:
        return len(one) + len(other) <= edits
    return (
        within(one[1:], other[1:], edits - 1)
        or within(one[1:], other, edits - 1)
        or within(one, other[1:], edits - 1)
        or (one[:2] == other[1::-1] and within(one[2:], other[2:], edits - 1))
    )
