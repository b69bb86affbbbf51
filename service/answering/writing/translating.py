"""Translates quotes with the configured language model, and checks each translation against its quote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sinkqa.ingest.text.amounts import REFERENCES, Amount, amounts, matches
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import cased
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answer import Answer, Citation
from sinkqa.service.answering.writing.generating import Foreign, Generator, Translator
from sinkqa.service.answering.writing.restating import counted, joined
from sinkqa.service.errors import GeneratorStopped, GeneratorUnavailable
from sinkqa.service.evidence.entities import entities

_CHARS = 4_000  # of quotes that are translated for one answer
_MARK = late(r"[(（]\s?\w{1,4}\s?[)）]")  # (2), （二）: of a list, and no amount
_LINK = late(r"https?://\S+")
_ONE = late(
    r"\bone(?= (?:to|or|and|times?|years?|months?|days?|working|hours?|hectares?|met(?:er|re)s?|ton(?:ne)?s?)\b)"
)
# What bounds a time in one language is a mere preposition in the other.
_WITHIN = late(r"\bwithin (?:a period of )?(?=\d|[a-z]+ (?:working|day|month|year|hour))")
_INSIDE = late(r"(?<=[日年月时天])(?:之|以)?内(?![容部])")


def translated(answer: Answer, translator: Generator | Translator) -> Answer:
    """The answer with a translation at each citation that is in another language than the question.

    A translation is withheld if it is not in the asker's language, or if its amounts, names or links differ from the
    quote's. A note says so. The model is not asked if no quote is in another language, or if it cannot translate.
    """
    foreign = _foreign(answer)
    if not foreign or not hasattr(translator, "translate"):
        return answer
    said, notes, whole = "", list[str](), True
    try:
        for piece in translator.translate(foreign, answer.language):
            said += piece
    except GeneratorStopped as stopped:
        notes, whole = [stopped.message], False
    except GeneratorUnavailable as unavailable:
        return replace(answer, notes=(*answer.notes, f"no translation: {unavailable.message}"))
    given = _read(said, whole=whole)
    citations: list[Citation] = []
    for citation in answer.citations:
        translation = given.get(str(citation.number), "")
        if citation.language == answer.language or not translation:
            citations.append(citation)
        elif changed := changes(citation.quote, translation, language=answer.language):
            notes.append(f"the translation of [{citation.number}] was withheld: {changed}")
            citations.append(citation)
        else:
            citations.append(replace(citation, translation=translation))
    if not any(str(each.number) in given for each in answer.citations):
        notes.append(f"{translator.name} translated nothing")
    return replace(answer, citations=tuple(citations), notes=(*answer.notes, *notes))


def changes(quote: str, translation: str, *, language: str) -> str:
    """The differences between a translation and its quote, in a few words. "" if the translation may be shown."""
    if detect(translation) != language:
        return "it is in another language"
    left, right = _amounts(quote), _amounts(translation)
    for own, others, what in ((left, right, "it leaves out {}"), (right, left, "the quote does not hold {}")):
        for amount in own:
            if not any(matches(other, amount) for other in _sayings(others)):
                return what.format(amount.bounded or amount.said)
    ours, theirs = _names(quote), _names(translation)
    for known, elsewhere, what in ((ours, theirs, "it leaves out {}"), (theirs, ours, "the quote does not hold {}")):
        if strange := next((said for name, said in known.items() if name not in elsewhere), ""):
            return what.format(strange)
    if any(link not in quote for link in _LINK.findall(translation)):
        return "it holds a link that the quote does not"
    return ""


def _foreign(answer: Answer) -> list[Foreign]:
    """The quotes to translate, in order, up to 4,000 characters."""
    found, room = list[Foreign](), _CHARS
    for citation in answer.citations:
        if citation.language != answer.language:
            room -= len(citation.quote)
            if room < 0 and found:
                break
            terms = {gloss.term: gloss.rendering for gloss in citation.glosses}
            found.append(Foreign(str(citation.number), citation.quote, terms))
    return found


def _read(said: str, *, whole: bool) -> dict[str, str]:
    """Translations by key, of lines that are what was asked for; the last line of what was cut off is not."""
    found: dict[str, str] = {}
    for line in said.strip().splitlines()[: None if whole else -1]:
        try:
            each = json.loads(line.strip().rstrip(","))
        except ValueError:
            continue
        if isinstance(each, dict) and isinstance(each.get("translation"), str):
            found[str(each.get("key"))] = " ".join(each["translation"].split())
    return found


def _amounts(text: str) -> list[Amount]:
    """The amounts, ranges joined; what numbers a provision counts as a bare number."""
    folded = counted(_ONE.sub("1", _WITHIN.sub("at most ", _INSIDE.sub("以内", cased(_MARK.sub(" ", text))))))
    return [_unbound(each) for each in joined(amounts(folded), folded)]


def _unbound(amount: Amount) -> Amount:
    """A year or a provision without bound: below 2005 levels, under section 132."""
    if amount.dimension in REFERENCES:
        return replace(amount, dimension="", bound="")
    return amount if amount.kind == "number" else replace(amount, bound="")


def _sayings(found: Sequence[Amount]) -> list[Amount]:
    """The amounts and what they say too: a range its two ends, two ends their range."""
    spans = [each for each in found if each.low != each.high]
    ends = [replace(each, high=each.low, bound="least") for each in spans]
    ends += [replace(each, low=each.high, bound="most") for each in spans]
    ranges = [
        replace(low, high=high.high, bound="")
        for low, high in pairwise(found)
        if (low.bound, high.bound) == ("least", "most") and low.dimension == high.dimension
    ]
    return [*found, *ends, *ranges]


def _names(text: str) -> dict[str, str]:
    """The names that are known in both languages, as they are said."""
    return {each.name: each.said for each in entities(text) if each.kind != "name"}
