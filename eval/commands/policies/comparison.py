"""The command about comparisons. ``eval.cli`` registers it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, Cache, print_json

if TYPE_CHECKING:
    from sinkqa.eval.policies.comparisons import Measured, Proportion

_SOURCES, _PRECISION = 0.95, 0.90


def comparison(
    document: Annotated[Path, typer.Argument(metavar="FILE", help="The document whose tables are made again.")],
    beside: Annotated[list[Path], typer.Option(help="Policy documents, or folders of them.")],
    quotes: Annotated[bool, typer.Option(help="Print every cell that is made of the policies, to be read.")] = False,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Whether a paper's tables come again with the right sources, and cells made of policies are right, as read."""
    from dataclasses import asdict

    from sinkqa.eval.policies.comparisons import measure, opened
    from sinkqa.eval.progress import progress

    with progress("comparison") as advance, opened([document, *beside], cache=cache, on_progress=advance) as engine:
        measured = measure(engine, document.name)
    if as_json:
        print_json(asdict(measured) | {"precision": asdict(measured.precision)})
    else:
        print_measured(measured, quotes=quotes)
    if any(each.mean < _SOURCES for each in measured.sources.values()) or measured.precision.mean < _PRECISION:
        raise typer.Exit(1)


def print_measured(measured: Measured, *, quotes: bool) -> None:
    """The shares with their intervals, what is wrong, and what nobody has read."""
    for table, share in measured.sources.items():
        typer.echo(f"{table}: sources right {_told(share)}, bar {_SOURCES}")
    for line in measured.wrong:
        typer.echo(f"  wrong: {line}")
    typer.echo(f"cells of the policies: precision {_told(measured.precision)}, bar {_PRECISION}")
    unread = [each for each in measured.cells if each.right is None]
    typer.echo(f"  {len(measured.cells)} filled, {measured.missing} not found, {len(unread)} filled but not read")
    typer.echo(f"  slowest comparison, warm: {measured.warm_ms:.0f} ms")
    for cell in measured.cells:
        if cell.right is False or cell.right is None or quotes:
            mark = {True: "right", False: "wrong", None: "unread"}[cell.right]
            typer.echo(f"  {mark} · {cell.by} · {cell.row} · {cell.column} [{cell.key}] {cell.why}")
            if cell.right is None or quotes:
                typer.echo(f"    {cell.title}: {' '.join(cell.quote.split())}")


def _told(share: Proportion) -> str:
    low, high = share.interval
    return f"{share.mean:.3f} ({share.right} of {share.n}; {low:.2f}-{high:.2f})"
