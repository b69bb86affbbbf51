"""The command about forged statements. ``eval.cli`` registers it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.eval.commands.options import AsJson, Cache, print_json

if TYPE_CHECKING:
    from sinkqa.eval.forging.measure import ForgeryScore


def forge(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files or folders of documents.")],
    seed: Annotated[int, typer.Option(help="Other sentences and other forgeries for each.")] = 1,
    sentences: Annotated[int, typer.Option(min=1, help="Forged statements of each kind and language.")] = 20,
    truths: Annotated[int, typer.Option(min=0, help="True statements to try beside them, in all.")] = 1_000,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind, by its name; repeat for several.")] = None,
    searched: Annotated[bool, typer.Option("--searched", help="Find the true ones by a library's own search.")] = False,
    cache: Cache = None,
    examples: Annotated[int, typer.Option(min=0, help="Print so many wrong verdicts of each kind.")] = 0,
    as_json: AsJson = False,
) -> None:
    """How many forged statements pass as exact quotes or as supported, by kind; how many true ones are supported."""
    from sinkqa.eval.forging.kinds import KINDS
    from sinkqa.eval.forging.material import read_material
    from sinkqa.eval.forging.measure import Verifier, searching, try_truths
    from sinkqa.eval.forging.measure import forge as run
    from sinkqa.eval.progress import progress
    from sinkqa.index.models.encoder import load_encoder

    unknown = sorted({*(kind or ())} - {each.name for each in KINDS})
    if unknown:
        raise typer.BadParameter(f"expected the name of a kind as the table has it, got {unknown[0]!r}")
    encoder = load_encoder()
    with progress("forge") as advance:
        material = read_material(paths, on_progress=advance)
        forged = run(material, encoder, seed=seed, each=sentences, kinds=kind or (), on_progress=advance)
        with (
            searching(paths, encoder, cache=cache, on_progress=advance)
            if searched
            else nullcontext(Verifier(encoder).near)
        ) as labelled:
            true = try_truths(material, labelled, seed=seed, count=truths, on_progress=advance)
    if as_json:
        print_json({"seed": seed, "forged": [asdict(each) for each in forged], "true": [asdict(each) for each in true]})
    else:
        print_forging(forged, true, examples=examples)


def print_forging(forged: list[ForgeryScore], true: list[ForgeryScore], *, examples: int) -> None:
    """A row for each kind and language, and below it examples of wrong verdicts."""
    print_scores("Forged statements taken for true", forged, ("exact", "supported", "partly", "contradicted"), examples)
    if true:
        print_scores("True statements", true, ("supported", "partly", "contradicted", "unknown"), examples)


def print_scores(title: str, scores: list[ForgeryScore], columns: tuple[str, ...], examples: int) -> None:
    """One table of kinds, with the sum as its last row."""
    from rich.console import Console
    from rich.markup import escape

    from sinkqa.eval.reporting.tables import titled

    table = titled(title)
    table.add_column("kind", min_width=30)
    table.add_column("")
    for column in ("tried", *columns):
        table.add_column(column, justify="right", no_wrap=True)
    counts = [[each.tried, *(_count(each, column) for column in columns)] for each in scores]
    for each, row in zip(scores, counts, strict=True):
        table.add_row(escape(each.kind), each.language, *map(str, row))
    table.add_row("all", "", *(str(sum(column)) for column in zip(*counts, strict=True)), style="bold")
    console = Console()
    console.print(table)
    for each in scores:
        for example in each.examples[:examples]:
            console.print(f"[bold]{escape(each.kind)}[/], {each.language}, {example.verdict}: {escape(each.why)}")
            console.print(escape(f"  {example.claim}\n  of: {example.source}\n"), highlight=False)


def _count(score: ForgeryScore, column: str) -> int:
    return score.exact if column == "exact" else dict[str, int](**score.labels)[column]
