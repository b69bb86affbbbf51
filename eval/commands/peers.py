"""The command about peers. ``eval.cli`` registers it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sinkqa.eval.commands.options import AsJson, Beside, print_json


def peers(
    questions: Annotated[Path, typer.Option(help="Gold questions with evidence, JSON lines.")],
    document: Annotated[list[Path], typer.Option(help="What they are about; repeat for several.")],
    python: Annotated[Path, typer.Option(help="The Python of a virtual environment that has the peers.")],
    beside: Beside = None,
    as_json: AsJson = False,
) -> None:
    """Other libraries over the same passages, questions and encoder: cost, and evidence found by language."""
    from rich.console import Console

    from sinkqa.eval.data.gold import CUTOFFS, read_questions
    from sinkqa.eval.peers.measuring import compare_peers
    from sinkqa.eval.reporting.tables import short, titled

    found = []
    for each in compare_peers(
        list(read_questions(questions)), documents=document, beside=beside or [], python=python.absolute()
    ):
        typer.echo(f"{each.system}: measured", err=True)
        found.append(each)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    table = titled("Peers: evidence found, by language of the question", "", "ingest\nCPU s", "all\nCPU s", "peak\nMB")
    cutoffs = (*(f"@{cutoff}" for cutoff in CUTOFFS), "2,000\nchars")
    for heading in (
        "search p50\nms",
        "CPU ms",
        *(f"{language} {cutoff}" for language in ("zh", "en") for cutoff in cutoffs),
    ):
        table.add_column(heading, justify="right")
    for each in found:
        costs = (each.ingest_cpu_s, each.all_cpu_s, each.peak_mb)
        shares = [share for name in ("zh", "en") if name in each.recall
                  for share in (*each.recall[name].at, each.recall[name].within_reading)]  # fmt: skip
        table.add_row(
            each.system,
            *("" if cost is None else f"{cost:,.0f}" for cost in costs),
            f"{each.p50_ms:.1f}",
            f"{each.p50_cpu_ms:.1f}",
            *(short(share, 3) for share in shares),
        )
    Console(width=max(Console().width, 160)).print(table)
