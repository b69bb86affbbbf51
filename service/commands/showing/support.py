"""How well an answer is supported: a word and the reasons for it. The number is shown only on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sinkqa.service.commands.showing.words import join, say

if TYPE_CHECKING:
    from sinkqa.service.answer import Answer

SURE = 0.8  # of the answers as sure as this, more than four in five are complete; the page has the same
NEAR = (("nearClose", 0.45), ("nearSome", 0.25), ("nearFar", 0.0))

Grade = Literal["well", "partly", "weak"]


def grade(answer: Answer) -> Grade:
    """The word for it, as on the page."""
    if answer.status != "answered" or answer.missing:
        return "partly"
    return "well" if answer.confidence >= SURE else "weak"


def reasons(answer: Answer, *, verbose: bool) -> str:
    """Why the word fits, in the asker's language; ``verbose``: with the number behind it."""
    language = answer.language
    documents = len({citation.doc_id for citation in answer.citations})
    of = "supportQuotesOfOne" if documents == 1 else "supportQuotes"
    lines = [say(language, f"supportWhy.{grade(answer)}"), say(language, of, len(answer.citations), documents)]
    if any(citation.language != language for citation in answer.citations):
        lines.append(say(language, "supportForeign"))
    if any(citation.warnings for citation in answer.citations):
        lines.append(say(language, "supportDoubts"))
    if verbose:
        lines.append(say(language, "supportNumber", percent(answer.confidence)))
    return join(language, lines)


def nearness(answer: Answer, *, verbose: bool) -> str:
    """How near the passages come that do not answer; ``verbose``: with the number behind it."""
    name = next(name for name, least in NEAR if answer.confidence >= least)
    words = say(answer.language, name, percent(answer.confidence))
    if not verbose:
        words = words.partition(" (")[0].partition("（")[0]
    return say(answer.language, "labelled", say(answer.language, "lookedSure"), words)


def percent(share: float) -> str:
    """A share as whole per cent."""
    return f"{share:.0%}"
