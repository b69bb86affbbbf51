"""The command that sets all kept results side by side. ``eval.cli`` registers it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sinkqa.eval.ranking.running import OnProgress


def leaderboard(
    results: Annotated[list[Path], typer.Argument(metavar="RESULT…", help="Result files, or folders of them.")],
    measure: Annotated[
        list[str] | None, typer.Option(help="Measure; repeat for several. Default: nDCG@10, recall@5, answer points.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The page to write.")] = Path("leaderboard.html"),
) -> None:
    """One HTML page of all systems and collections: means with intervals, and which differences are significant.

    Systems are compared in pairs over the questions of a collection by the randomisation test, and the p values
    are corrected for the number of pairs by Holm's method.
    """
    from sinkqa.eval.progress import progress
    from sinkqa.eval.reporting.leaderboard import write_leaderboard
    from sinkqa.eval.results.saved import distinct, find_results, read_result
    from sinkqa.eval.results.standings import standings

    read = distinct([read_result(path) for path in find_results(results)])
    with progress("leaderboard") as advance:
        found = standings(read, measures=measure or (), on_pair=partial(_told, advance))
    write_leaderboard(out, found)
    rows = sum(len(each.systems) for each in found)
    typer.echo(f"{out}: {rows} rows, {len(found)} tables, {out.stat().st_size / 1e3:.0f} kB")


def _told(advance: OnProgress, done: int, total: int) -> None:
    advance(done, total, "pairs of systems")
