"""The evaluation command line: every command prints a table, or JSON with ``--json``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eval.structure import Share, StructureScore, score_structure
from ingest.errors import FileMissing, SinkQAError, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eval.bench import Figure
    from eval.sizes import SizeResult

app = typer.Typer(help="Measure SinkQA against ground truth.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def evaluate() -> None:
    """Measure SinkQA against ground truth."""


@app.command()
def structure(
    document: Annotated[Path, typer.Option(help="The document.")],
    structure: Annotated[Path, typer.Option(help="Its pages, outline and notes, as STRUCTURE.json.")],
    tables: Annotated[Path, typer.Option(help="Its tables as rows and columns, as TABLES.json.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """How much of a document's known structure is recovered: headings, pages, footnotes, tables."""
    from ingest.readers import read_bytes
    from ingest.splitting import split

    truth, table_truth = _truth(structure), _truth(tables)
    read = read_bytes(_bytes(document), document.name)
    score = score_structure(read, split(read), structure=truth, tables=table_truth)
    if as_json:
        typer.echo(json.dumps(asdict(score), ensure_ascii=False))
    else:
        _print(score)


@app.command()
def bench(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders to add.")],
    questions: Annotated[
        Path | None, typer.Option(help="JSON lines with a field question; default: sentences of the files.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Speed and memory of adding, asking and searching, each beside a reference measured in the same run."""
    from eval.bench import bench as run

    asked = [json.loads(line)["question"] for line in _bytes(questions).splitlines()] if questions else []
    figures = run(paths, asked)
    if as_json:
        typer.echo(json.dumps([asdict(figure) | {"ok": figure.ok} for figure in figures], ensure_ascii=False))
    else:
        _print_figures(figures)


@app.command()
def sizes(
    questions: Annotated[Path, typer.Option(help="Gold questions with evidence, about the first of the files.")],
    paths: Annotated[list[Path], typer.Argument(help="The document the questions are about, then files beside it.")],
    targets: Annotated[str, typer.Option(help="Sizes in Chinese characters, by commas.")] = "120,180,240,300,400",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """How well evidence is found with passages of several sizes."""
    from eval.gold import read_questions
    from eval.sizes import compare_sizes

    asked = list(read_questions(questions))
    results = compare_sizes(paths, asked, targets=[int(target) for target in targets.split(",")])
    if as_json:
        typer.echo(json.dumps([asdict(result) for result in results], ensure_ascii=False))
    else:
        _print_sizes(results)


def main() -> None:
    """Run the command line; a named error is one line on standard error and exit status 1."""
    try:
        app()
    except SinkQAError as error:
        typer.echo(f"{error.code}: {error.message}", err=True)
        sys.exit(1)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise FileMissing(f"{path}: expected a file, found none; check the path")
    return path.read_bytes()


def _truth(path: Path) -> Any:
    try:
        return json.loads(_bytes(path))
    except ValueError as error:
        raise UnreadableDocument(f"{path}: expected JSON, got something else ({error}); check the file") from error


def _print(score: StructureScore) -> None:
    from rich.console import Console
    from rich.table import Table

    found = Table("what", "right", title="Structure", title_justify="left")
    extra = f" (and {score.extra_headings} more)" if score.extra_headings else ""
    found.add_row("headings with level and page", f"{score.headings}{extra}")
    found.add_row("pages", str(score.pages))
    found.add_row("footnotes out of the body", str(score.footnotes))
    found.add_row("passages crossing a section", str(score.crossing))
    cells = Table("table", "rows exact", "cells placed", "certain cells placed", "misplaced", "invented rows")
    for table in score.tables:
        shares: tuple[Share, ...] = (table.rows, table.cells, table.certain)
        cells.add_row(table.table, *map(str, shares), str(table.misplaced), str(table.invented))
    console = Console()
    console.print(found)
    console.print(cells)


def _print_sizes(results: Iterable[SizeResult]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("target", "passages", "questions", "@1", "@5", "@10", "in 2,000 characters", title="Passage size")
    for result in results:
        for name, recall in result.recall.items():
            shares = (f"{share:.3f}" for share in (*recall.at, recall.within_reading))
            table.add_row(str(result.target_chars), str(result.n_passages), f"{name} ({recall.n})", *shares)
    Console().print(table)


def _print_figures(figures: list[Figure]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("what", title="Speed and memory", title_justify="left")
    for heading in ("measured", "reference", "ratio", "bound"):
        table.add_column(heading, justify="right")
    table.add_column("")
    verdicts = {True: "[green]OK[/]", False: "[red]FAIL[/]", None: ""}
    for figure in figures:
        other, bound = figure.reference_value, figure.bound
        table.add_row(
            figure.what,
            f"{figure.value:,.2f} {figure.unit}",
            "" if other is None else f"{other:,.2f} ({figure.reference})",
            "" if not other else f"{figure.value / other:,.2f}",
            "" if bound is None else f"{'≥' if figure.at_least else '≤'} {bound:,.2f}",
            verdicts[figure.ok],
        )
    Console().print(table)
