"""The command about hand-written statements. ``eval.cli`` registers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from sinkqa.eval.commands.options import AsJson, Cache, JudgeName, print_json

if TYPE_CHECKING:
    from sinkqa.eval.answering.statements import Labelled


def statements(
    document: Annotated[list[Path], typer.Option(help="Files or folders they are about; repeat for several.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Statements, by tabs; default: the bundled ones.")
    ] = None,
    judge: JudgeName = "rules",
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """How many faithful statements are called supported, and how many near misses, which none should be."""
    from sinkqa.eval.answering.statements import STATEMENTS, label_statements, read_statements, tally
    from sinkqa.eval.progress import progress
    from sinkqa.index.models.encoder import load_encoder
    from sinkqa.service.answering.judging.judge import load_judge

    read, encoder = read_statements(file or STATEMENTS), load_encoder()
    with progress("statements") as advance:
        labelled = label_statements(
            read, document, load_judge(judge, encoder), encoder, cache=cache, on_progress=advance
        )
    if as_json:
        rows = [asdict(each.statement) | {"given": each.given} for each in labelled]
        print_json({"counts": [asdict(row) for row in tally(labelled)], "statements": rows})
    else:
        print_statements(labelled)


def print_statements(labelled: Sequence[Labelled]) -> None:
    """Labels given by truth and language; then the near misses called supported, and the faithful ones that are not."""
    from rich.console import Console

    from sinkqa.eval.answering.statements import tally
    from sinkqa.eval.reporting.tables import titled
    from sinkqa.service.grounding.guard import Label

    table = titled("Statements: labels given", "truth", "language")
    labels: tuple[Label, ...] = get_args(Label)
    for column in ("n", *labels):
        table.add_column(column, justify="right", no_wrap=True)
    for row in tally(labelled):
        counts = (sum(row.given.values()), *(row.given[label] for label in labels))
        table.add_row(row.truth, row.group, *map(str, counts), style="bold" if row.group == "all" else None)
    Console().print(table)
    _list("Near misses called supported (must be 0)", [each for each in labelled if each.is_false_support])
    _list("Faithful statements not called supported", [each for each in labelled if each.is_missed])


def _list(title: str, listed: Sequence[Labelled]) -> None:
    typer.echo(f"{title}: {len(listed)}")
    for each in listed:
        typer.echo(f"  {each.statement.statement_id}, {each.given}: {each.statement.text}")
