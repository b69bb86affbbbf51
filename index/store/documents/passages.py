"""The passages of a document, read in the order of its text."""

from __future__ import annotations

from sinkqa.index.errors import PassageNotFound
from sinkqa.index.store.documents.serialization import PASSAGE_COLUMNS, read_passage
from sinkqa.index.store.sql import Connection
from sinkqa.ingest.passage import Passage

_SELECT = f"SELECT {PASSAGE_COLUMNS} FROM passages JOIN documents USING (doc)"
_BESIDE = f"{_SELECT} JOIN (SELECT doc, position AS place FROM passages WHERE passage_id = ?) AS beside USING (doc)"


def passages(connection: Connection, doc_id: str, *, most: int) -> list[Passage]:
    """The passages of a document, by its full id, or the first ``most``; -1 for all."""
    first, values = (" LIMIT ?", (doc_id, most)) if most >= 0 else ("", (doc_id,))
    rows = connection.execute(f"{_SELECT} WHERE doc_id = ? ORDER BY position{first}", values)
    return [read_passage(row) for row in rows]


def near(connection: Connection, passage_id: str, *, reach: int) -> list[Passage]:
    """The passages up to ``reach`` places from this one, itself included."""
    rows = connection.execute(
        f"{_BESIDE} WHERE position BETWEEN place - ? AND place + ? ORDER BY position", (passage_id, reach, reach)
    )
    return [read_passage(row) for row in rows]


def after(connection: Connection, passage_id: str, *, most: int) -> list[Passage]:
    """The passages that follow this one; none if it is gone."""
    rows = connection.execute(f"{_BESIDE} WHERE position > place ORDER BY position LIMIT ?", (passage_id, most))
    return [read_passage(row) for row in rows]


def passage(connection: Connection, passage_id: str) -> Passage:
    """The passage with this id.

    Raises:
        PassageNotFound: there is no such passage, or no longer.
    """
    wanted = passage_id.encode("utf-8", "replace").decode()
    found = connection.execute(f"{_SELECT} WHERE passage_id = ?", (wanted,)).fetchone()
    if found is None:
        raise PassageNotFound(f"no passage {passage_id[:80]!r}: it was deleted or superseded; search again")
    return read_passage(found)
