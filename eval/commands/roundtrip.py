"""The command about the round trip. ``eval.cli`` registers it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sinkqa.eval.outcome import Bar
    from sinkqa.eval.roundtrip.running import Figures


def roundtrip(
    seed: Annotated[
        int,
        typer.Option(help="Of all dice. Below 1000 to develop with; figures are given from seeds of 5000 and more."),
    ] = 1,
    documents: Annotated[int, typer.Option(min=1, help="How many to make.")] = 400,
    format_: Annotated[
        list[str] | None,
        typer.Option("--format", help="Only this: pdf, docx, html, markdown, xlsx; repeat for several."),
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind, by its name; repeat for several.")] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Folder for failed documents, their truth, what was stored, and the faults.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Documents made by dice and read back: text, order, cells, nothing invented; exit status 1 where a bar breaks.

    Each document's truth is known, since it was made: every other one has a single kind (a table over two pages, a
    watermark, a restarted list), the others several. In the table of kinds "alone" counts documents with no other kind,
    "own" those with a fault in what is of this kind; "spaces" and "structure" (levels of headings,
    lists, notes) have no bar.
    """
    from sinkqa.eval.progress import progress
    from sinkqa.eval.roundtrip.kinds import FORMATS, KINDS
    from sinkqa.eval.roundtrip.running import bars, by_format, by_kind, run
    from sinkqa.eval.roundtrip.running import keep as write

    if lost := sorted({*(format_ or ())} - {*FORMATS}):
        raise typer.BadParameter(f"expected one of {', '.join(FORMATS)}, got {lost[0]!r}", param_hint="--format")
    names = [each.name for each in KINDS]
    if lost := sorted({*(kind or ())} - {*names}):
        raise typer.BadParameter(f"expected one of {', '.join(names)}, got {lost[0]!r}", param_hint="--kind")
    with progress("roundtrip") as advance:
        trips = list(run(seed, documents, formats=format_ or (), kinds=kind or (), on_progress=advance))
    if keep:
        write(trips, keep)
    formats, kinds = by_format(trips), by_kind(trips)
    checks = bars(formats[-1])
    if as_json:
        print_json({
            "seed": seed,
            "formats": [asdict(each) for each in formats],
            "kinds": [asdict(each) for each in kinds],
            "bars": [asdict(bar) | {"ok": bar.ok} for bar in checks],
        })  # fmt: skip
    else:
        print_figures(f"Round trip, seed {seed}, by format", formats)
        print_figures("By kind, the worst first", kinds)
        print_examples(kinds)
        print_bars(checks)
    if any(bar.ok is False for bar in checks):
        raise typer.Exit(1)


def print_figures(title: str, rows: Sequence[Figures]) -> None:
    """A row for each group: documents that failed, those with this kind alone, faults of its own, then the shares."""
    from rich.console import Console
    from rich.markup import escape

    from sinkqa.eval.reporting.tables import titled
    from sinkqa.eval.roundtrip.running import MEASURES

    table = titled(title)
    table.add_column("", no_wrap=True, min_width=28)
    for column in ("failed", "alone", "own", *MEASURES, "invented", "leaked"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        shares = [_short(row.shares[name].mean) if name in row.shares else "" for name in MEASURES]
        counts = (f"{row.failed}/{row.documents}", f"{row.failed_alone}/{row.alone}", str(row.own or ""))
        table.add_row(escape(row.name), *counts, *shares, str(row.invented or ""), str(row.leaked or ""))
    Console(width=max(124, Console().width)).print(table)


def _short(share: float) -> str:
    """Three places, never rounded up to one."""
    return "1" if share == 1 else f"{min(share, 0.9994):.3f}".removeprefix("0")


def print_examples(rows: Sequence[Figures]) -> None:
    """One fault of each kind that has any."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(soft_wrap=True)
    for row in rows:
        if row.example:
            of = f" of {row.example['kind']}" if row.example["kind"] not in ("", row.name) else ""
            about = f"{row.example['name']}, {row.example['measure']}{of}"
            console.print(f"[bold]{escape(row.name)}[/] ({escape(about)})", highlight=False)
            console.print(escape(f"  expected: {row.example['expected']}"), highlight=False)
            console.print(escape(f"  stored:   {row.example['stored']}"), highlight=False)


def print_bars(checks: Sequence[Bar]) -> None:
    """A line for each bar: OK or MISSED."""
    for bar in checks:
        got = "not measured" if bar.got is None else f"{bar.got:.4f}" if bar.at_least else f"{bar.got:g}"
        limit = f"{'at least' if bar.at_least else 'at most'} {bar.limit:g}"
        verdict = {True: "OK", False: "MISSED", None: ""}[bar.ok]
        typer.echo(f"{bar.name:10} {got:>12}  {limit:16} {verdict}")
