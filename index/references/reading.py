"""Reads everything that one text says of documents."""

from __future__ import annotations

from sinkqa.index.references.changes import changes
from sinkqa.index.references.mention import References
from sinkqa.index.references.mentions import mentions


def read_references(text: str) -> References:
    """Returns the mentions of documents in a text, and what it says of documents being in force."""
    found = mentions(text)
    return References(tuple(found), tuple(changes(text, found)))
