"""Passages on the terminal: those that a search found, with the reasons of their rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.phrases import cut
from sinkqa.service.commands.showing.places import place, show_doubts
from sinkqa.service.commands.showing.quotes import SKIPPED
from sinkqa.service.commands.showing.words import join, say

if TYPE_CHECKING:
    from sinkqa.ingest.passage import Passage
    from sinkqa.service.answer import Citation, RankedPassage, SearchResult

_PREVIEW = 400  # characters of a passage


def show_search(result: SearchResult, *, as_json: bool) -> None:
    """Ranked passages with their place and the reasons of their rank, in the language of the query."""
    if as_json:
        return terminal.show_json(result.as_dict())
    from sinkqa.ingest.text.language import detect

    language = detect(result.query)
    if not result.hits:
        nothing = join(language, [say(language, "noPassages"), say(language, "tryOther")])
        terminal.show_line(Text(nothing, style="yellow"))
    for rank, hit in enumerate(result.hits, 1):
        terminal.show_line(Text.assemble((f"{rank:>2}. ", "bold cyan"), (hit.title, "bold")))
        terminal.show_line(place(hit, language), indent=4)
        terminal.show_line(Text(cut(hit.text, _PREVIEW)), indent=4)
        show_doubts(hit)
        terminal.show_line(Text(_why(hit, language), style="dim"), indent=4)
    return None


def _why(hit: RankedPassage, language: str) -> str:
    why = hit.why
    parts = [
        f"{say(language, 'whyTotal')} {hit.score:.3f}",
        f"{say(language, 'whyWords')} {_rank(why['lexical_rank'])}",
        f"{say(language, 'whyMeaning')} {_rank(why['dense_rank'])}",
    ]
    if why["rerank"] is not None:
        parts.append(f"{say(language, 'whyRerank')} {why['rerank']:.3f}")
    return " · ".join((*parts, hit.passage_id))


def _rank(rank: int | None) -> str:
    return f"#{rank}" if rank else "–"


def show_passage(passage: Passage, at: Citation | RankedPassage, language: str) -> None:
    """The whole passage under its title and place; what was quoted of it stands out."""
    from sinkqa.service.exporting.paragraphs import quoted

    text = Text(quoted(passage.text))
    for piece in getattr(at, "quote", "").split(SKIPPED):
        words = quoted(piece)
        if words and (start := text.plain.find(words)) >= 0:
            text.stylize("bold underline", start, start + len(words))
    terminal.show_line(Text(at.title, style="bold"))
    terminal.show_line(place(at, language), indent=4)
    terminal.show_line(text, indent=4)
    show_doubts(at)
