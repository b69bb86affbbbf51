"""Kinds of forgery that exchange names or replace whole statements."""

from __future__ import annotations

import re
from itertools import pairwise
from random import Random

from sinkqa.eval.forging.kinds import Forged, is_plain, kind
from sinkqa.eval.forging.material import Sentence

_ENUMERATED = re.compile(r"(?: ?(?:,|and|or))+ ?")  # between two names: their order means nothing


@kind("negation in traditional characters", "相反，以繁体字书写", "zh")
def _traditional(sentence: Sentence, _: Random) -> Forged | None:
    import opencc

    text = re.sub("应当|可以", "不得", sentence.text, count=1)
    return None if text == sentence.text else Forged(opencc.OpenCC("s2t").convert(text))


@kind("names exchanged", "each does what the other does", "en")
def _names(sentence: Sentence, random: Random) -> Forged | None:
    text = sentence.text
    found = [*re.finditer(r"(?<=[a-z,] )(?:the )?[A-Z][a-z]{3,}(?: [A-Z][a-z]+)*", text)]
    named = [
        (one, two)
        for one, two in pairwise(found)
        if one[0].split()[-1] != two[0].split()[-1] and not _ENUMERATED.fullmatch(text, one.end(), two.start())
    ]
    if not named:
        return None
    one, two = random.choice(named)
    return Forged(text[: one.start()] + two[0] + text[one.end() : two.start()] + one[0] + text[two.end() :])


@kind("statement of another document", "this document does not say it")
def _elsewhere(sentence: Sentence, random: Random) -> Forged | None:
    other = sentence.other(random)
    return Forged(other.text, sentence.text) if other and is_plain(other.text, other.language) else None
