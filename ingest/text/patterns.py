"""Patterns that are compiled when they are first used, not when their module is imported.

A command asks few of the hundreds of patterns that its modules name, and compiling them all took a seventh of the
time of a question to a cold library.
"""

from __future__ import annotations

import re
from typing import Any, cast

_OF_PATTERNS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split", "groupindex", "groups")


class _Late:
    """Has what ``re.Pattern`` has; after the first use its methods are those of the compiled pattern themselves."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self._given = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _OF_PATTERNS:
            raise AttributeError(name)
        made = re.compile(self.pattern, self._given)
        for each in _OF_PATTERNS:
            setattr(self, each, getattr(made, each))
        return getattr(made, name)


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, compiled at its first use; a mistake in it shows only then. No function of :mod:`re` takes it."""
    return cast(re.Pattern[str], _Late(pattern, flags))
