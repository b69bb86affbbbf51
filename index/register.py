"""Looks up documents of a library by their names, as far as one question needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sinkqa.index.library import Library
from sinkqa.index.naming.known import LOCAL, Known
from sinkqa.index.store.documents.names import Shared

_MOST_VISITED = 800  # places of a word among documents; a word that more of them share tells none apart
_MOST_WEIGHED = 16  # documents compared for one mention
_MOST_CALLED = 50  # documents of one number, file's name or abbreviation
_NEAR = 0.2  # what a shared word counts where the document is of another kind


class Register:
    """The look-ups for one question, each key once. The work is bounded, however many documents there are."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._shared: dict[str, Shared | None] = {}
        self._known: dict[int, Known] = {}

    def called(self, key: str) -> list[Known]:
        """The first documents that have a key, in the order they were added."""
        return self._prepared(self._library.named([key], most=_MOST_CALLED).get(key, ()))

    def nearest(self, wanted: Mapping[str, bool], *, is_local: bool) -> list[Known]:
        """The documents that share most of the ``wanted`` keys. Rare keys count most.

        The value of a key says whether it is of exactly the kind that the question asks for. Such keys are looked up
        first. ``is_local`` breaks ties: if true, documents of a part of a country come first, else the others.
        """
        scores = self._scores(wanted)
        local = self._library.named([LOCAL], most=len(scores), among=[*scores]).get(LOCAL, ()) if scores else ()
        of_parts = frozenset(local)
        best = sorted(scores, key=lambda doc: (-round(scores[doc], 6), (doc in of_parts) != is_local))
        return self._prepared(best[:_MOST_WEIGHED])

    def _scores(self, wanted: Mapping[str, bool]) -> dict[int, float]:
        """Numbers of the documents that share keys, and how much each shares."""
        shared = self._sharing([*wanted])
        alike = {shared[key]: (key, is_exact) for key, is_exact in wanted.items() if key in shared}
        worth: dict[str, float] = {}
        visited = 0
        for how, (key, is_exact) in sorted(alike.items(), key=lambda each: (not each[1][1], each[0].number)):
            visited += how.number
            if visited > _MOST_VISITED and worth:
                break
            worth[key] = (1.0 if is_exact else _NEAR) / how.number
        having = self._library.named([*worth], most=_MOST_VISITED)
        scores: dict[int, float] = {}
        for key, each in worth.items():
            for doc in having.get(key, ()):
                scores[doc] = scores.get(doc, 0.0) + each
        return scores

    def _sharing(self, keys: Sequence[str]) -> dict[str, Shared]:
        new = [key for key in keys if key not in self._shared]
        if new:
            self._shared |= dict.fromkeys(new) | self._library.shared(new, most=_MOST_VISITED + 1)
        return {key: how for key in keys if (how := self._shared[key]) is not None}

    def _prepared(self, docs: Sequence[int]) -> list[Known]:
        """The documents in the given order. Documents deleted by now are left out."""
        self._known |= self._library.known([doc for doc in docs if doc not in self._known])
        return [self._known[doc] for doc in docs if doc in self._known]
