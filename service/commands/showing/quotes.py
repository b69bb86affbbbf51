"""Shows numbered quotes under an answer or a checked text, each with its place. Repeated words are not shown again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.showing.places import foreign, place, show_doubts, show_standing
from sinkqa.service.commands.showing.words import say

if TYPE_CHECKING:
    from sinkqa.service.answer import Answer, Citation

SKIPPED = " … "  # between pieces of a quote
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|\d+|[%‰°<>≤≥=+±−-]")


def show_quotes(
    citations: Sequence[Citation], language: str, *, said: Mapping[int, str], of: Answer | None = None
) -> bool:
    """Each numbered quote under its title and place; its words only where what was ``said`` does not have them.

    ``said``: what stands above of a citation, by its number. ``of``: the answer, whose translations and terms help to
    read a quote in another language. Returns whether the words that were shown leave out some of the source.
    """
    from sinkqa.service.exporting.paragraphs import quoted

    skips = False
    for citation in citations:
        quote = quoted(citation.quote)
        terminal.show_line(Text())
        terminal.show_line(Text.assemble((f"[{citation.number}] ", "bold cyan"), (citation.title, "bold")))
        terminal.show_line(place(citation, language), indent=4)
        show_standing(citation, language)
        if not repeats(quote, said.get(citation.number, "")):
            terminal.show_line(Text(f"“{quote}”", style="italic"), indent=4)
            skips = skips or SKIPPED in citation.quote
        if of and citation.translation:
            marked = Text.assemble(f"{citation.translation} ", (f"({of.of_translations})", "dim"))
            terminal.show_line(marked, indent=4)
        if of and citation.language != language:
            terminal.show_line(foreign(citation, language), indent=4)
        if citation.original:
            terminal.show_line(Text(say(language, "digest", citation.original), style="dim"), indent=4)
        if citation.url:
            terminal.show_line(Text(citation.url, style="dim underline"), indent=4)
        show_doubts(citation)
    return skips


def said_in(answer: Answer) -> dict[int, str]:
    """What the answer says with each citation, by its number.

    Its sentences are the quotes' own, and rows of tables have headings put between. What a language model wrote counts
    only where it holds the quote as a whole.
    """
    said: dict[int, str] = {}
    for segment in answer.segments:
        for number in segment.citations:
            said[number] = f"{said.get(number, '')}\n{segment.text}"
    return held_whole(said, answer.citations) if answer.generated else said


def held_whole(said: Mapping[int, str], citations: Sequence[Citation]) -> dict[int, str]:
    """For each citation the text said with it, if this text holds the whole quote."""
    quotes = {citation.number: _bare(citation.quote) for citation in citations}
    return {number: text for number, text in said.items() if quotes[number] in _bare(text)}


def repeats(quote: str, said: str) -> bool:
    """Whether every word of a quote stands in what was ``said``, in the quote's order."""
    words = iter(_words(said))
    return bool(said) and all(any(word == other for other in words) for word in _words(quote))


def _bare(text: str) -> str:
    return "".join(text.split())


def _words(text: str) -> list[str]:
    """Words and numbers, each Chinese character for itself; signs for themselves, but no punctuation."""
    return _WORD.findall(text.lower())
