"""Patterns that are compiled at their first use instead of at import.

A command uses few of the hundreds of patterns in its modules. Compiling them all took a seventh of the time of a
question to a cold library.
"""

from __future__ import annotations

import re
from typing import Any, cast

_OF_PATTERNS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split", "groupindex", "groups")


class _Late:
    """Has the interface of ``re.Pattern``. After the first use its methods are those of the compiled pattern."""

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
    """A pattern compiled at its first use. A mistake in it shows only then. Functions of :mod:`re` do not accept it."""
    return cast(re.Pattern[str], _Late(pattern, flags))
