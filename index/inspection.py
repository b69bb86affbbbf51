"""Checks a library on disk for damage. ``doctor`` reports the result."""

from __future__ import annotations

from dataclasses import dataclass

from sinkqa.index.errors import LibraryDamaged
from sinkqa.index.search.backend import SearchBackend
from sinkqa.index.store.store import Store


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``code``: "store" (restore a copy or add the documents again) or "search-index" (rebuild)."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


def inspect(store: Store, backend: SearchBackend, *, dim: int) -> list[Problem]:
    """Reads the whole store and every derived file. Returns problems, the gravest first; empty if all is well.

    If one part cannot be read, the others still are. The last problem of the store says which parts could be read.
    """
    advice = "restore the library from a copy, or remove and add again"
    problems = [Problem("store", f"store: {damage}; {advice}") for damage in store.problems(dim)]
    return problems + [Problem("search-index", f"{lag}; rebuild it") for lag in _lags(backend)]


def _lags(backend: SearchBackend) -> list[str]:
    try:
        return backend.problems()
    except LibraryDamaged:  # the store's problems report it already
        return []
