"""The command about trails of claims. ``eval.cli`` registers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, Cache, print_json

if TYPE_CHECKING:
    from sinkqa.eval.policies.trails import JudgedTrail


def trails(
    documents: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="The documents, or folders of them.")
    ] = None,
    library: Annotated[Path | None, typer.Option(help="A library that holds them; in place of documents.")] = None,
    listed: Annotated[
        Path | None, typer.Option("--list", help="Claims, JSON lines; default: the bundled ones.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="List the claims whose trails break, and where.")] = False,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """How many claims lead to the right end, where trails break, and whether any is falsely called supported."""
    from sinkqa.eval.policies.trails import TRAILS, measure_trails, read_trails
    from sinkqa.eval.progress import progress

    if bool(documents) == bool(library):
        raise typer.BadParameter("expected documents, or --library", param_hint="FILE…")
    expected = read_trails(listed or TRAILS)
    with progress("trails") as advance:
        judged = measure_trails(expected, documents=documents or [], library=library, cache=cache, on_progress=advance)
    if as_json:
        return print_json(
            {
                "listed": len(judged),
                "right": sum(each.is_right for each in judged),
                "false_support": sum(bool(each.false_support) for each in judged),
                "trails": [asdict(each) | {"right": each.is_right} for each in judged],
            }
        )
    _print(judged)
    if show:
        for each in judged:
            if each.broke:
                typer.echo(f"{each.listed.claim_id} {each.listed.end} → {each.end}: {each.broke}: {each.listed.claim}")
    return None


def _print(judged: Sequence[JudgedTrail]) -> None:
    """One row for each split and end; then the shares that requirements are about, and where trails break."""
    from collections import Counter

    from rich.console import Console

    from sinkqa.eval.reporting.tables import titled

    table = titled("Trails of claims, against ends found by reading", "claims")
    for column in ("listed", "right", "supported", "likely", "false support"):
        table.add_column(column, justify="right", no_wrap=True)
    groups = dict.fromkeys((each.listed.split, each.listed.end) for each in judged)
    for split, end in groups:
        table.add_row(f"{split}, {end}", *_cells([e for e in judged if (e.listed.split, e.listed.end) == (split, end)]))
    for split in dict.fromkeys(split for split, _ in groups):
        table.add_row(split, *_cells([each for each in judged if each.listed.split == split]), style="bold")
    Console().print(table)
    for split in dict.fromkeys(split for split, _ in groups):
        typer.echo(f"{split}: right {_share([each for each in judged if each.listed.split == split])}")
    broke = Counter(each.broke for each in judged if each.broke)
    typer.echo("Broke: " + (", ".join(f"{why} {count}" for why, count in broke.most_common()) or "none"))
    typer.echo(f"False support: {sum(bool(each.false_support) for each in judged)}")


def _cells(judged: Sequence[JudgedTrail]) -> list[str]:
    ends = [each.end for each in judged]
    figures = (len(judged), sum(each.is_right for each in judged), ends.count("supported"), ends.count("likely"))
    return [*map(str, figures), str(sum(bool(each.false_support) for each in judged))]


def _share(judged: Sequence[JudgedTrail]) -> str:
    from sinkqa.eval.reporting.tables import short
    from sinkqa.eval.results.significance import share

    right = sum(each.is_right for each in judged)
    value = share(right, len(judged))
    return f"{value.mean:.3f} ({short(value.low)}–{short(value.high)}, {right} of {len(judged)})"
