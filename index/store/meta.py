"""Named values of the store."""

from __future__ import annotations

from sinkqa.index.store.sql import Connection


def find_meta(connection: Connection, name: str) -> str | None:
    """The value of this name; None if it was never set."""
    found = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found[0])


def set_meta(connection: Connection, name: str, value: str) -> None:
    """Sets a value, replacing an earlier one."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
    )


def erase_meta(connection: Connection, name: str) -> None:
    """Deletes a value."""
    connection.execute("DELETE FROM meta WHERE name = ?", (name,))
