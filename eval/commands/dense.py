"""The command about the dense leg. ``eval.cli`` registers it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sinkqa.eval.commands.options import AsJson, EncoderName, print_json


def dense(
    texts: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Texts, a line each.")],
    questions: Annotated[Path, typer.Option(help="Questions, a line each.")],
    passages: Annotated[list[int], typer.Option(min=1, help="Sizes; repeat for several.")],
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """What the search by meaning finds of the exactly best, at several sizes, and what it costs."""
    from rich.console import Console

    from sinkqa.eval.data.lines import read_lines
    from sinkqa.eval.ranking.dense import grow
    from sinkqa.eval.reporting.tables import titled
    from sinkqa.index.models.encoder import load_encoder

    read = [line for path in texts for _, line in read_lines(path)]
    grown = grow(passages, read, [line for _, line in read_lines(questions)], load_encoder(encoder))
    if as_json:
        print_json([asdict(each) for each in grown])
        return
    table = titled("Dense leg", "passages")
    for heading in ("@10", "@100", "elsewhere", "CPU ms", "exact ms", "build s", "MB"):
        table.add_column(heading, justify="right")
    for each in grown:
        shares = (each.at_10, each.at_100, each.elsewhere)
        costs = (each.search_ms, each.exact_ms, each.build_s, each.mb)
        table.add_row(f"{each.passages:,}", *(f"{share:.4f}" for share in shares), *(f"{cost:.2f}" for cost in costs))
    Console().print(table)
