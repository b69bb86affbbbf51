"""Kinds of forgery that people see but a text comparison may miss: signs, marks, look-alikes and control characters."""

from __future__ import annotations

import re
from random import Random

from sinkqa.eval.forging.kinds import Forged, kind
from sinkqa.eval.forging.material import Sentence

_DENIALS = ("❌ ", "🚫 ", "⛔", "👎 ", "✗ ", "✘", "[X] ", "⚠️ ❌ ", "🤥 ", "☒ ")
_BEHIND = (" ❌", " 🚫", " 👎", " ✗", " 🤡", " (❌)")
_STRIKES = "\u0336\u0335\u0338\u20e0"  # long, short, diagonal, and the sign of prohibition around
_LONG = "never-under-any-circumstances-whatsoever-and-not-in-any-way-at-all-ever-"


@kind("sign of denial put before", "the sign says that it is not so")
def _denied(sentence: Sentence, random: Random) -> Forged:
    return Forged(random.choice(_DENIALS) + sentence.text)


@kind("sign of denial put behind", "the sign says that it is not so")
def _denied_behind(sentence: Sentence, random: Random) -> Forged:
    return Forged(sentence.text + random.choice(_BEHIND))


@kind("ban struck out", "what is struck out is withdrawn: 不得 shown struck out reads as leave")
def _struck(sentence: Sentence, random: Random) -> Forged | None:
    ban = r"\bnot\b|\bno\b|\bonly\b|\bwithout\b|\bexcept\b" if sentence.language == "en" else "不得|禁止|不|未|仅|除外"
    return _marked(sentence, random, ban)


@kind("sentence struck out", "what is struck out is withdrawn")
def _all_struck(sentence: Sentence, random: Random) -> Forged | None:
    return _marked(sentence, random, r".+")


def _marked(sentence: Sentence, random: Random, what: str) -> Forged | None:
    strike = random.choice(_STRIKES)
    struck = re.sub(
        what, lambda match: "".join(char + strike * (not char.isspace()) for char in match[0]), sentence.text, count=1
    )
    return None if struck == sentence.text else Forged(struck)


@kind("sentence struck out with tildes", "what is struck out is withdrawn")
def _tildes(sentence: Sentence, random: Random) -> Forged:
    return Forged(random.choice(("~~{}~~", "<s>{}</s>", "<del>{}</del>")).format(sentence.text))


@kind("digits shown reversed", "a reader sees 21 where 12 is stored")
def _reversed(sentence: Sentence, random: Random) -> Forged | None:
    found = [each for each in re.finditer(r"(?<![\d.,])\d{2,}(?![\d.,])", sentence.text) if each[0] != each[0][::-1]]
    if not found:
        return None
    match = random.choice(found)
    opened, closed = random.choice((("\u202e", "\u202c"), ("\u2067\u202e", "\u202c\u2069"), ("\u202e", "")))
    return Forged(sentence.text[: match.start()] + opened + match[0] + closed + sentence.text[match.end() :])


@kind("long word put in", "a denial in one word", "en")
def _long_word(sentence: Sentence, random: Random) -> Forged | None:
    words = sentence.text.split(" ")
    if len(words) < 2:
        return None
    place = random.randrange(1, len(words))
    return Forged(" ".join((*words[:place], _LONG + random.choice(("so", "not", "once")), *words[place:])))


@kind("long run of characters put in", "a denial in one run", "zh")
def _long_run(sentence: Sentence, random: Random) -> Forged | None:
    places = [match.start() for match in re.finditer("应当|可以|负责|不得", sentence.text)]
    if not places:
        return None
    place = random.choice(places)
    return Forged(sentence.text[:place] + "notunderanycircumstances" * 4 + sentence.text[place:])


@kind("word of another script put in", "a denial in another language")
def _foreign(sentence: Sentence, random: Random) -> Forged | None:
    new = random.choice(("не", "लेकिन नहीं", "ليس", "아님", "ない", "δεν"))
    match = re.search(
        r" (?=shall|may|will|must|is |are )" if sentence.language == "en" else "(?=应当|可以|负责|不得)", sentence.text
    )
    return None if match is None else Forged(f"{sentence.text[: match.end()]}{new} {sentence.text[match.end() :]}")


@kind("figure struck out", "what is struck out is withdrawn")
def _combining(sentence: Sentence, random: Random) -> Forged | None:
    found = [*re.finditer(r"(?<=\d)(?=[%\s,.吨万亿公年])", sentence.text)]
    if not found:
        return None
    place = random.choice(found).start()
    return Forged(sentence.text[:place] + random.choice("\u0338\u20e0\u0336") + sentence.text[place:])
