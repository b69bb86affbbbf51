"""The small database interface that the store's statements need.

Statements run unchanged in SQLite 3.35 and PostgreSQL 15, with ``?`` for each value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

_T = TypeVar("_T")

_MOST_VALUES = 30_000  # SQLite takes 32 766 in one statement, PostgreSQL 65 535


class Result(Protocol):
    """The rows of a statement, read once."""

    def fetchone(self) -> Any:
        """The next row as a tuple, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """All remaining rows, as tuples."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """The rows as tuples, fetched on demand."""
        ...


class Connection(Protocol):
    """A connection to a database. Failures are raised as errors of the library."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Result:
        """Runs one statement with its values."""
        ...

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> object:
        """Runs one statement for each sequence of values."""
        ...


def places(count: int) -> str:
    """``(?, ?, …)`` for ``count`` values."""
    return f"({', '.join('?' * count)})"


def batches(values: Sequence[_T], *, most: int = _MOST_VALUES) -> Iterator[tuple[str, Sequence[_T]]]:
    """Batches of ``values``, at most ``most`` each, that fit one statement, each with its ``(?, ?, …)``."""
    for start in range(0, len(values), most):
        part = values[start : start + most]
        yield places(len(part)), part
