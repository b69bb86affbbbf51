"""What a text says of documents: mentions of them, and changes of what is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

By = Literal["title", "name", "code", "address", "author"]
"""How a text names a document: 《…》, an English title, a number, a URL, or author and year."""
ChangeKind = Literal["effective", "expires", "repeals", "amended", "proposed"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text names a document: ``[start, end)`` in code points of the source text.

    ``name``: the name without marks and line breaks. ``year``: the year beside the name. ``code``: the document's
    number, in the form of :func:`index.naming.codes.codes`; empty if it is named otherwise.
    """

    start: int
    end: int
    by: By
    name: str
    year: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A statement about what is in force: ``[start, end)`` in code points of the source text.

    "effective" and "expires" speak of the document itself, from or until the date ``on``; "repeals" of the
    ``targets``; "amended" and "proposed" of the document itself. ``on``: an ISO date, or empty if none is said.
    """

    kind: ChangeKind
    start: int
    end: int
    on: str = ""
    targets: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class References:
    """Everything that one document says of documents, in reading order."""

    mentions: tuple[Mention, ...] = ()
    changes: tuple[Change, ...] = ()
