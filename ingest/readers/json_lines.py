"""Parses JSON, whole or one value a line. Broken lines are left out and named."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sinkqa.ingest.errors import UnreadableDocument

_MOST_NAMED = 8


def parse(text: str, name: str) -> tuple[object, list[str]]:
    """Returns the value, or the values of the lines, and warnings about invalid lines.

    Raises:
        UnreadableDocument: neither the whole nor most lines are valid. The message gives the place of the error.
    """
    try:
        return json.loads(text), []
    except RecursionError:
        message = f"{name}: JSON nested too deeply; expected records with a text field; export it with less nesting"
        raise UnreadableDocument(message) from None
    except ValueError as whole:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        values, broken = _parse_lines(lines) if len(lines) > 1 else ([], [])
        if values and len(broken) <= len(values):
            return values, broken
        where = f"line {whole.lineno} column {whole.colno}" if isinstance(whole, json.JSONDecodeError) else "a number"
        message = f"{name}: invalid JSON at {where} ({_reason(whole)}); correct it there or export it again"
        raise UnreadableDocument(message) from whole


def _parse_lines(lines: Sequence[tuple[int, str]]) -> tuple[list[object], list[str]]:
    """Values of JSON Lines, none if the first line is not a whole value; and the faults of the other lines."""
    values: list[object] = []
    broken: list[str] = []
    for number, line in lines:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            if not values:
                return [], []
            column = error.colno if isinstance(error, json.JSONDecodeError) else 1
            broken.append(f"invalid JSON at line {number} column {column} ({_reason(error)}): the line is left out")
            continue
        values += value if isinstance(value, list) else [value]
    more = [f"{len(broken) - _MOST_NAMED} more lines are not valid JSON"] if len(broken) > _MOST_NAMED else []
    return values, [*broken[:_MOST_NAMED], *more]


def _reason(error: BaseException) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
