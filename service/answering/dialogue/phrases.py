"""The phrases that people use in turns, read from the data file ``turns.txt``."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

EDGE = r"[\s,，。.!！?？~～…:：;；👋🙏😊-]*"
"""The characters that may stand around the words of a turn that has no other words."""


@cache
def phrases(name: str) -> str:
    """The phrases listed under a name, as one group of a regular expression with alternatives."""
    return re.sub(r"\{([a-z.]+)\}", lambda other: phrases(other[1]), f"(?:{'|'.join(_lines()[name])})")


@cache
def whole(name: str) -> re.Pattern[str]:
    """A pattern that matches a text if the whole text is one of the phrases listed under the name."""
    return re.compile(rf"\A{phrases(name)}\Z", re.IGNORECASE)


@cache
def bare() -> dict[str, tuple[str, str]]:
    """The question words that can stand alone, each with its English and Chinese form."""
    found: dict[str, tuple[str, str]] = {}
    for line in _lines()["bare"]:
        english, chinese = (side.split("|") for side in line.split("="))
        found |= dict.fromkeys((*english, *chinese), (english[0], chinese[0]))
    return found


@cache
def _lines() -> dict[str, list[str]]:
    """The lines of the data file by name, in its order."""
    found: dict[str, list[str]] = {}
    for line in files("sinkqa.service.answering.dialogue").joinpath("turns.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, pattern = line.partition("=")
            found.setdefault(name, []).append(pattern)
    return found
