"""An answer on the terminal: what it says, its numbered quotes with their places, and how well it is supported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.phrases import cut
from sinkqa.service.commands.showing import tables
from sinkqa.service.commands.showing.places import place
from sinkqa.service.commands.showing.quotes import SKIPPED, said_in, show_quotes
from sinkqa.service.commands.showing.support import grade, nearness, reasons
from sinkqa.service.commands.showing.words import say

if TYPE_CHECKING:
    from sinkqa.service.answer import Answer

NEAREST = 3  # passages that are shown where nothing answers
_GRADES = {"well": "green", "partly": "yellow", "weak": "yellow"}


def show_answer(answer: Answer, *, as_json: bool, quotes: bool = False, verbose: bool = False) -> None:
    """The answer, its numbered quotes with section and page, and how well it is supported.

    ``quotes``: also those that the answer repeats word for word. ``verbose``: the numbers behind the words.
    """
    if as_json:
        return terminal.show_json(answer.as_dict())
    if answer.is_reply:
        return _show_reply(answer)
    _show_said(answer)
    if answer.missed:
        terminal.show_line(Text(answer.missed, style="yellow"))
    skips = show_quotes(answer.citations, answer.language, said={} if quotes else said_in(answer), of=answer)
    if answer.status == "abstained" and not answer.citations:
        _show_nearest(answer)
    _show_offered(answer)
    terminal.show_line(Text())
    for removed in answer.removed:
        said = f"{say(answer.language, 'removed')} "
        terminal.show_line(Text.assemble((said, "red"), (f"{removed.text}  ", "strike"), (removed.reason, "dim")))
    for note in answer.notes:
        terminal.show_line(Text(note, style="dim"))
    if skips or any(SKIPPED.strip() in segment.text for segment in answer.segments):
        terminal.show_line(Text(say(answer.language, "skipped"), style="dim"))
    _show_support(answer, verbose=verbose)
    return None


def _show_said(answer: Answer) -> None:
    """Its own words first where it abstains, then the segments: of a wrong premise, what the documents say."""
    if answer.status == "abstained":
        if answer.segments:
            terminal.show_line(Text(say(answer.language, "abstain.premise_contradicted"), style="bold yellow"))
        terminal.show_line(Text(answer.lead, style="yellow"))
    _show_segments(answer)


def _show_segments(answer: Answer) -> None:
    """Each segment under the part of the question that it answers, and the table in the place of its own."""
    table, part = answer.table, ""
    for segment in answer.segments:
        if segment.part and segment.part != part:
            terminal.show_line(Text(segment.part, style="bold"))
        part = segment.part
        if not (answer.table and segment.tabled):
            terminal.show_line(Text.assemble(segment.text, (tables.marks(segment.citations), "bold cyan")))
        elif table:
            tables.show_table(table)
            table = None


def _show_nearest(answer: Answer) -> None:
    """The passages that come nearest, numbered."""
    if not answer.passages:
        return
    language = answer.language
    terminal.show_line(Text())
    terminal.show_line(Text(say(language, "labelled", say(language, "nearMisses"), "").rstrip(), style="dim"))
    for number, passage in enumerate(answer.passages[:NEAREST], 1):
        terminal.show_line(Text.assemble((f"{number}. ", "cyan"), (passage.title, "bold")), indent=2)
        terminal.show_line(place(passage, language), indent=5)
        terminal.show_line(Text(cut(passage.text, 160), style="dim"), indent=5)


def _show_reply(answer: Answer) -> None:
    """What is said to somebody who asks nothing: no answer, so that nothing is said of how sure it is."""
    for line in answer.answer.splitlines():
        terminal.show_line(Text(line))
    _show_offered(answer)


def _show_offered(answer: Answer) -> None:
    """Questions to ask, each on a line that can be copied whole."""
    if answer.suggestions:
        terminal.show_line(Text())
        terminal.show_line(Text(answer.offer, style="dim"))
        for question in answer.suggestions:
            terminal.show_line(Text(question), indent=2)


def _show_support(answer: Answer, *, verbose: bool) -> None:
    """In one line how well it is supported and why, or how near anything comes; ``verbose``: version and time too."""
    language = answer.language
    if answer.generated:
        terminal.show_line(Text(say(language, "generated"), style="dim"))
    if answer.status != "abstained":
        word = grade(answer)
        label = say(language, "labelled", say(language, f"support.{word}"), "")
        terminal.show_line(Text.assemble((label, _GRADES[word]), (reasons(answer, verbose=verbose), "dim")))
    elif answer.passages and not answer.citations:
        refused = say(language, "noAnswer", nearness(answer, verbose=verbose))
        terminal.show_line(Text(refused, style="dim"))
    if verbose:
        took = f"{sum(answer.timings_ms.values()):.0f} ms"
        version = say(language, "generation", answer.generation)
        terminal.show_line(Text(" · ".join((version, took)), style="dim"))
