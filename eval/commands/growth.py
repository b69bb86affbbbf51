"""The command about growth. ``eval.cli`` registers it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, count, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sinkqa.eval.speed.growth import Milestone


def growth(
    sizes: Annotated[str, typer.Option(help="Passages, by commas; as many paragraphs are written.")] = "1000,10000",
    seed: Annotated[int, typer.Option(min=0, help="Of the dice that write.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder for growth.json and growth.png.")] = None,
    questions: Annotated[int, typer.Option(min=2, help="Questions asked in each way.")] = 100,
    seconds: Annotated[float, typer.Option(min=0.1, help="Seconds for each number of clients and processes.")] = 4.0,
    as_json: AsJson = False,
) -> None:
    """What adding, changing, searching, asking and serving cost as a library grows, beside their references."""
    from sinkqa.eval.progress import progress
    from sinkqa.eval.reporting.growth_plot import draw
    from sinkqa.eval.speed.growth import Effort
    from sinkqa.eval.speed.growth import growth as run

    milestones: list[Milestone] = []
    with progress("growth") as advance:
        for each in run(
            [count(part) for part in sizes.split(",")],
            seed=seed,
            effort=Effort(questions, seconds),
            on_progress=advance,
        ):
            milestones.append(each)
            typer.echo(f"{each.passages:,} passages: measured", err=True)
            if out:  # a long run that is stopped keeps what it has
                out.mkdir(parents=True, exist_ok=True)
                written = json.dumps([asdict(each) for each in milestones], indent=1)
                (out / "growth.json").write_text(written, "utf-8")
                draw(milestones, out / "growth.png")
    if as_json:
        print_json([asdict(each) for each in milestones])
    else:
        _print(milestones)


def _print(milestones: Sequence[Milestone]) -> None:
    """One row a figure, one column a size; the reference of the same run in brackets."""
    from rich.console import Console

    from sinkqa.eval.reporting.tables import titled

    table = titled("Growth (reference of the same run)", "passages (documents)", "", "reference")
    for each in milestones:
        table.add_column(f"{each.passages:,} ({each.documents:,})", justify="right")
    for row in zip(*(each.figures for each in milestones), strict=True):
        cells = [
            _short(figure.value) + ("" if figure.reference_value is None else f" ({_short(figure.reference_value)})")
            for figure in row
        ]
        table.add_row(row[0].what, row[0].unit, row[0].reference, *cells)
    Console(width=max(Console().width, 90 + 18 * len(milestones))).print(table)


def _short(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
