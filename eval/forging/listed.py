"""Kinds of forgery that TOML files in this folder list as texts: swaps, frames and statements."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from sinkqa.eval.forging.kinds import FIGURES, KINDS, Forged, ForgeryKind, Rule, filled, is_plain
from sinkqa.eval.forging.material import LANGUAGES, Language, Sentence

_FOLDER = Path(__file__).parent

Pair = tuple[str, str]
"""A text and its replacement. In a swap the first is a regular expression."""


def _swaps(listed: dict[str, Any], language: Language) -> Rule | None:
    """Puts another text for one that the sentence has."""
    words = listed.get(f"words_{language}", "")
    pairs = [*_words(words), *((_figure(old, language), new) for old, new in listed.get(language, ()))]
    reverse = listed.get("reverse", False)

    def rule(sentence: Sentence, random: Random) -> Forged | None:
        altered = _swapped(sentence.text, random, pairs)
        if altered is None:
            return None
        return Forged(sentence.text, altered) if reverse else Forged(altered)

    return rule if pairs else None


def _words(table: str) -> Iterator[Pair]:
    for each in table.split():
        old, _, new = each.replace("_", " ").partition("/")
        yield (rf"\b{old}\b" if old.isascii() else re.escape(old)), new


def _figure(pattern: str, language: Language) -> str:
    return pattern.replace("<figure>", FIGURES[language])


def _swapped(text: str, random: Random, pairs: Sequence[Pair]) -> str | None:
    """The text with one place replaced; None where no pair applies."""
    places = [(match, new) for old, new in pairs for match in re.finditer(old, text)]
    if not places:
        return None
    match, new = random.choice(places)
    return text[: match.start()] + match.expand(new) + text[match.end() :]


def _frames(listed: dict[str, Any], language: Language) -> Rule | None:
    """Leaves out the frame that the source puts around the sentence."""
    sources = listed.get(language)

    def rule(sentence: Sentence, random: Random) -> Forged | None:
        if not sources or not is_plain(sentence.text, language):
            return None
        source = filled(random.choice(sources), sentence, random)
        return Forged(sentence.text, source, listed.get("form", "txt"))

    return rule if sources else None


def _statements(listed: dict[str, Any], language: Language) -> Rule | None:
    """Says the other of two statements; its place holders are filled as in the source."""
    pairs = [(source, claim) for source, claim in listed.get(language, ())]
    if listed.get("both_ways"):
        pairs += [(claim, source) for source, claim in pairs]

    def rule(sentence: Sentence, random: Random) -> Forged | None:
        if not is_plain(sentence.text, language):
            return None
        source, claim = random.choice(pairs)
        state = random.getstate()
        said = filled(source, sentence, random)
        random.setstate(state)
        return Forged(filled(claim, sentence, random), f"{sentence.text}{' ' if language == 'en' else ''}{said}")

    return rule if pairs else None


_MADE: dict[str, Callable[[dict[str, Any], Language], Rule | None]] = {
    "swaps": _swaps, "statements": _statements, "frames": _frames,
}  # fmt: skip

for _name, _make in _MADE.items():
    for _listed in tomllib.loads((_FOLDER / f"{_name}.toml").read_text("utf-8"))["kind"]:
        for _language in LANGUAGES:
            if _rule := _make(_listed, _language):
                KINDS.append(ForgeryKind(_listed["name"], _language, _listed["why"], _rule, is_part=_name == "frames"))
