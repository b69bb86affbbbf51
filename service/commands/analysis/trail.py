"""Trails on the command line: a tree of steps, and the quotes that they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.options import AsJson, Collection, Library, open_engine, text_or_stdin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sinkqa.service.answer import Standing
    from sinkqa.service.references.trail import CitingDocument, ClaimTrail, PolicyTrail, Trail

_COLOURS = {
    "near": "dim",
    "supported": "green", "likely": "green", "partly": "yellow", "contradicted": "bold red", "silent": "yellow",
    "missing": "dim", "untested": "dim", "named": "", "unnamed": "dim",
}  # fmt: skip
_MOST_FINDINGS = 3


def trail(
    subject: Annotated[
        str, typer.Argument(help="A claim, the id of a passage, or the id of a document; - reads a claim from stdin.")
    ],
    library: Library = None,
    collection: Collection = None,
    as_of: Annotated[
        str | None, typer.Option(help="Date for which it is told what is in force, YYYY-MM-DD; default: today.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Follow a claim to the passages that state it, the policies they name, and the clauses of these.

    A document leads to the documents that it names and to those that name it.
    """
    from sinkqa.service.references.tracing.subject import day

    on = day(as_of) if as_of else None
    engine = open_engine(library, collection)
    found = engine.trail(text_or_stdin(subject), as_of=on)
    if as_json:
        return terminal.show_json(found.as_dict())
    return _show(found)


def _show(found: Trail) -> None:
    from sinkqa.service.commands.showing.quotes import show_quotes
    from sinkqa.service.references.tracing.words import say

    language = found.language
    if found.subject.kind != "claim":
        terminal.show_line(Text(found.subject.title or "", style="bold"))
    if found.standing:
        terminal.show_line(Text(_standing(found.standing, language), style="dim"))
    for claim in found.claims:
        _show_claim(claim, language)
    _show_policies(found.policies, language)
    if found.cited_by:
        named = _citing(found.cited_by, found.n_cited_by, language)
        terminal.show_line(Text(say(language, "cited_by", found.n_cited_by, named)))
    show_quotes(found.citations, language, said={})
    if found.notes:
        terminal.show_line(Text())
    for note in found.notes:
        terminal.show_line(Text(note, style="dim"))


def _show_claim(claim: ClaimTrail, language: str) -> None:
    from sinkqa.service.references.tracing.words import say

    terminal.show_line(Text(claim.claim, style="bold"))
    terminal.show_line(Text(claim.says, style=_COLOURS[claim.end]))
    for each in claim.stated_by:
        label = say(language, f"label.{each.label}")
        said = say(language, "stated", each.title)
        terminal.show_line(
            Text.assemble((f"{label}  ", _COLOURS[each.label]), said, (f" [{each.citation}]", "bold cyan")), indent=2
        )
    _show_policies(claim.policies, language)


def _show_policies(policies: Sequence[PolicyTrail], language: str) -> None:
    """The policies as branches of a tree, each with its clauses and what is known of it."""
    from sinkqa.service.references.tracing.words import say

    for number, policy in enumerate(policies, 1):
        is_last = number == len(policies)
        marks = "".join(f" [{each}]" for each in policy.citations or policy.nearest)
        name = say(language, "policy", policy.title or policy.name)
        line = Text.assemble(
            ("└ " if is_last else "├ ", "dim"),
            (say(language, f"label.{policy.label}"), _COLOURS[policy.label]),
            f"  {name}",
            (marks, "bold cyan"),
        )
        terminal.show_line(line, indent=2)
        for detail in _details(policy, language):
            terminal.show_line(Text.assemble(("  " if is_last else "│ ", "dim"), (detail, "dim")), indent=2)


def _details(policy: PolicyTrail, language: str) -> Iterator[str]:
    from sinkqa.service.references.tracing.words import say

    yield policy.says
    near = "".join(f" [{each}]" for each in policy.named_in)
    yield say(language, f"near.{policy.nearness}", policy.name) + near
    for finding in [each for each in policy.findings if each.element != "words"][:_MOST_FINDINGS]:
        yield say(language, "lacks", finding.said or finding.found or "")
    if policy.standing:
        yield _standing(policy.standing, language)
    if policy.original:
        yield say(language, "digest", policy.original)
    if policy.n_cited_by:
        yield say(language, "cited_by", policy.n_cited_by, _citing(policy.cited_by, policy.n_cited_by, language))
    if policy.address:
        yield policy.address


def _citing(citing: Sequence[CitingDocument], count: int, language: str) -> str:
    from sinkqa.service.references.tracing.words import say

    named = say(language, "and").join(f"{each.title} [{each.citation}]" for each in citing)
    return named if count == len(citing) else f"{named} …"


def _standing(standing: Standing, language: str) -> str:
    from sinkqa.service.references.tracing.words import say

    newer = say(language, "newer", standing.newer_title) if standing.newer_title else ""
    return say(language, f"standing.{standing.status}", standing.on) + newer
