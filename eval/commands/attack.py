"""The command that attacks. ``eval.cli`` registers it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, print_json

if TYPE_CHECKING:
    from sinkqa.eval.outcome import Bar, Outcome

_SEEDS = 1_000_000


def attack(
    minutes: Annotated[float, typer.Option(min=0.1, help="Time for all parts together.")] = 60.0,
    seed: Annotated[int | None, typer.Option(help="Of all dice; default: a new one, which is printed.")] = None,
    shared: Annotated[Path, typer.Option(help="Folder of reference documents: policy/docs is read.")] = Path(
        "../shared"
    ),
    part: Annotated[
        list[str] | None,
        typer.Option(help="Only this: forge, fuzz, strings, crowd, kill, contract, places; repeat for several."),
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder for broken files that a reader failed at.")] = None,
    as_json: AsJson = False,
) -> None:
    """Forge, break files, send costly texts, crowd, kill and query at random; exit status 1 where a bar breaks."""
    from sinkqa.eval.attack.running import PARTS, AttackRun
    from sinkqa.eval.attack.running import attack as run
    from sinkqa.eval.progress import progress
    from sinkqa.ingest.extras import require

    chosen = part or [*PARTS]
    if unknown := [name for name in chosen if name not in PARTS]:
        raise typer.BadParameter(f"expected one of {', '.join(PARTS)}, got {unknown[0]!r}", param_hint="--part")
    if "contract" in chosen:
        require("dev", "the part contract")
    documents = shared / "policy" / "docs"
    if not documents.is_dir():
        raise typer.BadParameter(f"expected documents in {documents}, got no such folder", param_hint="--shared")
    dice = secrets.randbelow(_SEEDS) if seed is None else seed
    typer.echo(f"seed {dice}", err=True)
    outcomes: list[Outcome] = []
    with progress("attack") as advance:
        for outcome in run(chosen, minutes, AttackRun(documents, dice, keep, advance)):
            outcomes.append(outcome)
            if not as_json:
                print_outcome(outcome)
    if as_json:
        print_json({"seed": dice, "minutes": minutes, "parts": [outcome.plain() for outcome in outcomes]})
    if not all(outcome.ok for outcome in outcomes):
        raise typer.Exit(1)


def print_outcome(outcome: Outcome) -> None:
    """Bars first, then figures, then what failed."""
    from rich.console import Console
    from rich.markup import escape

    from sinkqa.eval.reporting.tables import titled

    table = titled(f"{outcome.part}: {outcome.tried} tried in {outcome.seconds:.0f} s", "")
    for column in ("got", "bar", ""):
        table.add_column(column, justify="right")
    for bar in outcome.bars:
        got = "not measured" if bar.got is None else f"{bar.got:.3g}"
        limit = f"{'at least' if bar.at_least else 'at most'} {bar.limit:g}"
        table.add_row(escape(bar.name), got, limit, _verdict(bar))
    for name, value in outcome.figures.items():
        table.add_row(escape(name), f"{value:,.3f}".rstrip("0").rstrip("."), style="dim")
    console = Console()
    console.print(table)
    for failure in outcome.failures:
        console.print(f"[red]failed[/] {escape(failure.input)}: {escape(failure.happened)}", highlight=False)


def _verdict(bar: Bar) -> str:
    return {True: "[green]OK[/]", False: "[red]FAIL[/]", None: ""}[bar.ok]
