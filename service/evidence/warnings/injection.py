"""Flags passages that address a language model instead of a reader, for all evidence that leaves the service.

It knows the usual phrases in the languages of the library. A passage without a flag is not proven safe. The actual
protection does not depend on the flags: a generator reads evidence as data, and every sentence that it writes is
checked.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources

from sinkqa.ingest.text.patterns import late
from sinkqa.service.answer import Flag
from sinkqa.service.evidence.warnings.direction import turns

_INVISIBLE = late(
    r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_BETWEEN_HAN = late(r"(?<=[\u3000-\u9fff]) (?=[\u3000-\u9fff])")


@lru_cache(maxsize=4096)  # a fifth of a millisecond each, and the same passages come again
def flags(text: str) -> tuple[Flag, ...]:
    """The flags of a text: "instruction" if it gives a model orders, "direction" if it turns the text's direction."""
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    shown = _BETWEEN_HAN.sub("", " ".join(shown.split()))
    instructs = any(pattern.search(shown) for pattern in _patterns())
    found: tuple[Flag, ...] = ("instruction",) if instructs else ()
    return (*found, "direction") if turns(text) else found


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """One by one they are twice as fast as one of all."""
    lines = resources.files("sinkqa.service").joinpath("data/instructions.txt").read_text("utf-8").splitlines()
    return tuple(re.compile(line) for line in lines if line and not line.startswith("# "))
