"""The command about standings of documents. ``eval.cli`` registers it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, Cache, print_json

if TYPE_CHECKING:
    from sinkqa.eval.policies.standings import JudgedStanding, ListedStanding


def standing(
    documents: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="The documents, or folders of them.")
    ] = None,
    library: Annotated[Path | None, typer.Option(help="A library that holds them; in place of documents.")] = None,
    listed: Annotated[
        Path | None, typer.Option("--list", help="Standings, JSON lines; default: the bundled ones.")
    ] = None,
    as_of: Annotated[
        datetime.datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="The day of the list.")
    ] = datetime.datetime(2026, 12, 1),  # the day that the bundled list was made for
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """How many standings of documents are those that the texts tell, and whether one is called over that is not."""
    from sinkqa.eval.policies.standings import STANDINGS, measure_standings, read_standings
    from sinkqa.eval.progress import progress

    if bool(documents) == bool(library):
        raise typer.BadParameter("expected documents, or --library", param_hint="FILE…")
    expected, on = read_standings(listed or STANDINGS), as_of.date()
    with progress("standing") as advance:
        judged = measure_standings(
            expected, on, documents=documents or [], library=library, cache=cache, on_progress=advance
        )
    if as_json:
        return print_json(
            {
                "on": on.isoformat(),
                "listed": len(judged),
                "right": sum(each.is_right for each in judged),
                "wrongly_over": sum(each.is_wrongly_over for each in judged),
                "standings": [asdict(each) | {"right": each.is_right} for each in judged],
            }
        )
    return _print(judged, on)


def _print(judged: Sequence[JudgedStanding], on: datetime.date) -> None:
    from sinkqa.eval.reporting.tables import short
    from sinkqa.eval.results.significance import share

    right = share(sum(each.is_right for each in judged), len(judged))
    typer.echo(f"standing on {on}: right {right.mean:.3f} ({short(right.low)}–{short(right.high)}, of {len(judged)})")
    typer.echo(f"called repealed, superseded or expired, and is not: {sum(each.is_wrongly_over for each in judged)}")
    for each in judged:
        if not each.is_right:
            told = _said(each.told) if each.told else "not in the library"
            typer.echo(f"  {each.listed.document}: {told} (listed: {_said(each.listed)})")


def _said(standing: ListedStanding) -> str:
    """``superseded, since 2014-03-01, until 2020-05-12, newer b.md``."""
    dates = [f"{name} {value}" for name, value in (("since", standing.since), ("until", standing.until)) if value]
    return ", ".join([standing.status, *dates, *([f"newer {standing.newer}"] if standing.newer else [])])
