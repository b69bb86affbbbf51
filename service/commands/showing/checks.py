"""Checked statements and quotes on the terminal: what the library says of each, and the quotes that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.phrases import flat
from sinkqa.service.commands.showing.quotes import held_whole, show_quotes
from sinkqa.service.commands.showing.tables import marks
from sinkqa.service.commands.showing.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sinkqa.service.grounding.guard import Finding
    from sinkqa.service.grounding.quoting import QuoteReport
    from sinkqa.service.grounding.verifying import VerifyReport

_LABELS = {"supported": "green", "partly": "yellow", "contradicted": "bold red", "unknown": "dim"}
_RESULTS = {"exact": "green", "altered": "bold red", "absent": "dim"}
_MOST_WORDS = 2  # findings of mere words that are shown, where there are no weightier ones


def show_verified(report: VerifyReport, *, as_json: bool) -> None:
    """Each statement with its label and what fails in it, then the quotes; all in the language of the text."""
    if as_json:
        return terminal.show_json(report.as_dict())
    from sinkqa.ingest.text.language import detect

    language = detect(report.text)
    labels = {label: say(language, f"claim.{label}") for label in _LABELS}
    width = max(map(cell_len, labels.values())) + 2
    said: dict[int, str] = {}
    for claim in report.claims:
        label = labels[claim.label] + " " * (width - cell_len(labels[claim.label]))
        named = Text.assemble((label, _LABELS[claim.label]), claim.claim, (marks(claim.citations), "bold cyan"))
        terminal.show_line(named)
        for finding in _found(claim.findings, language):
            terminal.show_line(Text(finding, style="dim"), indent=width)
        said |= {number: f"{said.get(number, '')}\n{claim.claim}" for number in claim.citations}
    show_quotes(report.citations, language, said=held_whole(said, report.citations))
    terminal.show_line(Text())
    counts = (say(language, "counted", n, labels[label].lower()) for label, n in report.counts.items() if n)
    terminal.show_line(Text(" · ".join(counts), style="dim"))
    return None


def _found(findings: Sequence[Finding], language: str) -> Iterator[str]:
    """A line for each element that fails; of mere words few."""
    for finding in [each for each in findings if each.element != "words"] or findings[:_MOST_WORDS]:
        element = say(language, f"element.{finding.element}")
        if finding.element == "length":
            yield say(language, "labelled", element, finding.said)
        elif not finding.said:
            yield say(language, "findingAdds", element, finding.found or "")
        elif finding.found:
            yield say(language, "findingSays", element, finding.said, finding.found)
        else:
            yield say(language, "findingSilent", element, finding.said)


def show_quote(report: QuoteReport, *, as_json: bool) -> None:
    """Whether the quote is exact, where the stored text departs from it, and that text; in the quote's language."""
    if as_json:
        return terminal.show_json(report.as_dict())
    from sinkqa.ingest.text.language import detect

    language = detect(report.quote)
    result = say(language, f"quote.{report.result}")
    terminal.show_line(Text.assemble((f"{result}  ", _RESULTS[report.result]), flat(report.quote)))
    for quoted, stored in report.differences:
        terminal.show_line(Text(say(language, "difference", quoted or "–", stored or "–")), indent=4)
    if report.citation:
        said = {report.citation.number: report.quote}
        show_quotes([report.citation], language, said=held_whole(said, [report.citation]))
    return None
