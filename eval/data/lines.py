"""Reads evaluation data: lines and JSON rows of a file. Errors name the file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sinkqa.eval.errors import MalformedData
from sinkqa.ingest.errors import FileMissing


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yields the lines that are not blank, with their 1-based numbers.

    Raises:
        FileMissing: no such file.
        MalformedData: it is not UTF-8.
    """
    if not path.is_file():
        raise FileMissing(f"{path}: expected a file, found none; check the path")
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        try:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise MalformedData(f"{path}: expected UTF-8, got {error}; convert the file") from error


def read_rows(path: Path, **kinds: type) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields JSON objects, one a line. Each has at least the fields named in ``kinds``, with these types.

    Raises:
        FileMissing, MalformedData: as :func:`read_lines`. Also if a line is not such an object.
    """
    for number, line in read_lines(path):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise MalformedData(f"{path}:{number}: expected a JSON object, got {shorten(line)} ({error})") from error
        if not isinstance(row, dict):
            raise MalformedData(f"{path}:{number}: expected a JSON object, got {shorten(line)}")
        for name, kind in kinds.items():
            if not isinstance(row.get(name), kind):
                raise MalformedData(
                    f"{path}:{number}: expected a field {name!r} ({kind.__name__}), got {shorten(repr(row.get(name)))}"
                )
        yield number, row


def read_json(path: Path) -> Any:
    """Reads a file of one JSON value.

    Raises:
        FileMissing: no such file.
        MalformedData: it is not JSON.
    """
    if not path.is_file():
        raise FileMissing(f"{path}: expected a file, found none; check the path")
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise MalformedData(f"{path}: expected JSON, got something else ({error}); check the file") from error


def shorten(text: str, most: int = 80) -> str:
    """Returns the beginning of a text, for messages. Characters that would move the cursor are replaced."""
    shown = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in shown)
