"""The command about mentions of documents. ``eval.cli`` registers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sinkqa.eval.commands.options import AsJson, Cache, print_json

if TYPE_CHECKING:
    from sinkqa.eval.policies.references import DocumentMentions, JudgedMention, MentionCounts


def references(
    documents: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="The documents, or folders of them.")
    ] = None,
    library: Annotated[Path | None, typer.Option(help="A library that holds them; in place of documents.")] = None,
    listed: Annotated[
        Path | None, typer.Option("--list", help="Mentions, JSON lines; default: the bundled ones.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="List what is wrong, missed, or found beyond the list.")] = False,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """How many mentions of documents, listed by reading, are found and come to the right document."""
    from sinkqa.eval.policies.listed import REFERENCES, read_list
    from sinkqa.eval.policies.measuring import measure_references
    from sinkqa.eval.progress import progress

    if bool(documents) == bool(library):
        raise typer.BadParameter("expected documents, or --library", param_hint="FILE…")
    expected = read_list(listed or REFERENCES)
    with progress("references") as advance:
        measured = measure_references(
            expected, documents=documents or [], library=library, cache=cache, on_progress=advance
        )
    lost = [name for name in expected.documents if name not in {each.document for each in measured}]
    if as_json:
        print_json(_plain(measured, lost))
    else:
        _print(measured)
        if show:
            _show(measured)
        if lost:
            typer.echo(f"Not measured, as the library lacks them: {', '.join(lost)}")


def _totals(measured: Sequence[DocumentMentions]) -> list[MentionCounts]:
    from sinkqa.eval.policies.references import count

    totals = [count("printed tables", measured, tables=True), count("elsewhere", measured, tables=False)]
    return [each for each in totals if each.listed] + [count("all", measured)]


def _plain(measured: Sequence[DocumentMentions], lost: Sequence[str]) -> dict[str, Any]:
    from sinkqa.eval.policies.references import count

    return {
        "documents": [asdict(count(each.document, [each])) for each in measured],
        "totals": [asdict(each) for each in _totals(measured)],
        "mentions": [asdict(judged) for each in measured for judged in each.judged],
        "beyond": [
            {"document": each.document, "name": name, "given": asdict(given)}
            for each in measured
            for name, given in each.beyond
        ],
        "not_measured": list(lost),
    }


def _print(measured: Sequence[DocumentMentions]) -> None:
    """One row a document; then the totals, with the shares that requirements are about."""
    from rich.console import Console
    from rich.markup import escape

    from sinkqa.eval.policies.references import count
    from sinkqa.eval.reporting.tables import titled

    table = titled("Mentions of documents, against a list made by reading", "document")
    for column in ("listed", "found", "right", "wrong", "unresolved", "missed", "beyond"):
        table.add_column(column, justify="right", no_wrap=True)
    for document in measured:
        table.add_row(escape(document.document), *_cells(count(document.document, [document])))
    for total in _totals(measured):
        table.add_row(total.name, *_cells(total), style="bold")
    Console().print(table)
    for total in _totals(measured):
        right, wrong = _share(total.right, total.listed), _share(total.wrong, total.listed)
        typer.echo(f"{total.name}: right {right}, wrong {wrong}")
    typer.echo(f"right, each document counted alike: {_each_alike(measured)}")
    whole = _totals(measured)[-1]
    typer.echo(f"of what was found, listed: {_share(whole.found, whole.found + whole.beyond)}")
    addressed = [judged.addressed for each in measured for judged in each.judged if judged.addressed is not None]
    typer.echo(f"missing documents given with their address: {_share(sum(addressed), len(addressed))}")


def _cells(counts: MentionCounts) -> list[str]:
    figures = (counts.listed, counts.found, counts.right, counts.wrong, counts.unresolved, counts.missed, counts.beyond)
    return [f"{figure}" for figure in figures]


def _share(hits: int, n: int) -> str:
    from sinkqa.eval.reporting.tables import short
    from sinkqa.eval.results.significance import share

    if not n:
        return "–"
    value = share(hits, n)
    return f"{value.mean:.3f} ({short(value.low)}–{short(value.high)}, {hits} of {n})"


def _each_alike(measured: Sequence[DocumentMentions]) -> str:
    """The mean share over documents, so that a long list of one does not outweigh the others."""
    from sinkqa.eval.policies.references import count
    from sinkqa.eval.reporting.tables import short
    from sinkqa.eval.results.significance import estimate

    counts = [count(each.document, [each]) for each in measured]
    if not (shares := [each.right / each.listed for each in counts if each.listed]):
        return "–"
    value = estimate(shares)
    return f"{value.mean:.3f} ({short(value.low)}–{short(value.high)}, {value.n} documents)"


def _show(measured: Sequence[DocumentMentions]) -> None:
    for truth in ("wrong", "unresolved", "missed"):
        rows = [judged for each in measured for judged in each.judged if judged.truth == truth]
        typer.echo(f"{truth.capitalize()}: {len(rows)}")
        for judged in rows:
            typer.echo(f"  {judged.listed}{_given(judged)}")
    unaddressed = [judged for each in measured for judged in each.judged if judged.addressed is False]
    typer.echo(f"Missing, given without their address: {len(unaddressed)}")
    for judged in unaddressed:
        typer.echo(f"  {judged.listed}: {judged.listed.address}")
    beyond = [(each.document, name, given) for each in measured for name, given in each.beyond]
    typer.echo(f"Beyond the list: {len(beyond)}")
    for document, name, given in beyond:
        typer.echo(f"  {document}: {name} → {given.title or given.how}")


def _given(judged: JudgedMention) -> str:
    """What was found and what it came to, with what was meant."""
    if judged.given is None:
        return ""
    meant = ", ".join(judged.listed.means) or "missing"
    return f" → {judged.given.how}: {judged.given.title or '–'} (meant: {meant}; found: {judged.found})"
