"""Parts of lines that several commands print."""

from __future__ import annotations


def count(number: int, what: str) -> str:
    """``"1 passage"``, ``"2 passages"``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def flat(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


def cut(text: str, length: int) -> str:
    """On one line of at most ``length`` characters."""
    line = flat(text)
    return line if len(line) <= length else line[: length - 1] + "…"
