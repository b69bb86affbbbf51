"""The command about load. ``eval.cli`` registers it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, print_json

if TYPE_CHECKING:
    from sinkqa.eval.speed.load import LoadReport, Plan

_RATIO, _GROWTH = 20.0, 0.10


def load(
    clients: Annotated[int, typer.Option(min=1, max=1000, help="Clients at once.")] = 64,
    seconds: Annotated[float, typer.Option(min=1, help="Seconds under load.")] = 60.0,
    pause: Annotated[float, typer.Option(min=0, help="Seconds a client thinks between requests, on average.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of the dice that choose requests.")] = 0,
    url: Annotated[
        str | None, typer.Option(help="A server that runs, whose library gets and loses documents; default: a new one.")
    ] = None,
    key: Annotated[str | None, typer.Option(envvar="LOAD_KEY", help="API key with the scope write, for --url.")] = None,
    as_json: AsJson = False,
) -> None:
    """Whether a server holds under load: errors, answers that cannot be so, p99 beside the unloaded p50, memory."""
    from sinkqa.eval.speed.load import Plan

    report = _run(Plan(clients, seconds, pause, seed), url, key)
    verdicts = verdicts_of(report)
    if as_json:
        times = {kind: asdict(each) | {"ratio": each.ratio} for kind, each in report.times.items()}
        print_json(asdict(report) | {"times": times, "growth": report.growth, "ok": verdicts})
    else:
        _print(report, verdicts)
    if False in verdicts.values():
        raise typer.Exit(1)


def verdicts_of(report: LoadReport) -> dict[str, bool | None]:
    """What must hold, and whether it does; None where it was not measured."""
    ratio, growth = report.times["all"].ratio if "all" in report.times else None, report.growth
    return {
        "no error": not report.errors,
        "no wrong answer": not report.wrong,
        f"p99 at most {_RATIO:g} times the unloaded p50": None if ratio is None else ratio <= _RATIO,
        f"memory grows by at most {_GROWTH:.0%}": None if growth is None else growth <= _GROWTH,
    }


def _run(plan: Plan, url: str | None, key: str | None) -> LoadReport:
    import asyncio

    from sinkqa.eval.speed.load import load as run
    from sinkqa.eval.speed.loopback import serving

    with ExitStack() as stack:
        memory = None
        if url is None:
            folder = stack.enter_context(TemporaryDirectory(prefix="sinkqa-load-"))
            server = stack.enter_context(serving(Path(folder) / "library"))
            url, memory = server.url, server.memory_mb
        return asyncio.run(run(url, plan, key=key, memory=memory))


def _print(report: LoadReport, verdicts: dict[str, bool | None]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    plan, console = report.plan, Console()
    title = f"{plan.clients} clients, {report.seconds:.0f} s, {report.requests / report.seconds:.1f} requests a second"
    table = Table("request", title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in ("n", "alone p50 ms", "p50 ms", "p99 ms", "p99 / alone p50"):
        table.add_column(column, justify="right")
    for kind, each in report.times.items():
        figures = (each.alone_p50_ms, each.p50_ms, each.p99_ms, each.ratio)
        table.add_row(kind, str(each.n), *("" if figure is None else f"{figure:.1f}" for figure in figures))
    console.print(table)
    if report.memory:
        console.print("memory MiB: " + ", ".join(f"{name} {value:.0f}" for name, value in report.memory.items()))
    for what, found in (("error", report.errors), ("wrong", report.wrong)):
        for name, times in found.items():
            console.print(f"[red]{what}[/] {times} × {name}", highlight=False)
    for what, holds in verdicts.items():
        console.print({True: "[green]OK[/]", False: "[red]FAIL[/]", None: "[dim]not measured[/]"}[holds], what)
