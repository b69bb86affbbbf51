"""The command about provisions. ``eval.cli`` registers it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sinkqa.eval.commands.options import AsJson, Beside, Cache, Out, print_json


def provisions(
    documents: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Laws, or folders of them.")],
    beside: Beside = None,
    wordings: Annotated[int, typer.Option(min=1, max=4, help="Wordings of each question and language.")] = 4,
    sample: Annotated[int | None, typer.Option(min=1, help="At most so many of each kind and law.")] = None,
    seed: Annotated[int, typer.Option(help="Of the sample.")] = 0,
    kind: Annotated[list[str] | None, typer.Option(help="Only these kinds of questions, as article, date.")] = None,
    name: Annotated[str, typer.Option(help="Name of the result.")] = "provisions",
    failures: Annotated[int, typer.Option(min=0, help="How many failures to print.")] = 20,
    out: Out = None,
    cache: Cache = None,
    as_json: AsJson = False,
) -> None:
    """Whether articles, paragraphs, dates of effect, definitions and fines that are asked for come whole and right."""
    from sinkqa.eval.commands.options import noted
    from sinkqa.eval.progress import progress
    from sinkqa.eval.provisions.measuring import Draw, score_provisions
    from sinkqa.eval.provisions.scores import HEADLINES
    from sinkqa.eval.reporting.provision_tables import print_provisions
    from sinkqa.eval.reporting.tables import print_warnings
    from sinkqa.index.models.encoder import load_encoder

    if lost := sorted(set(kind or ()) - set(HEADLINES)):
        raise typer.BadParameter(f"expected one of {', '.join(HEADLINES)}, got {lost[0]!r}", param_hint="--kind")
    draw = Draw(wordings, sample, seed, tuple(kind or HEADLINES))
    with progress(name) as advance:
        scored = score_provisions(
            name,
            load_encoder(),
            draw,
            documents=documents,
            beside=beside or [],
            out=out,
            cache=cache,
            on_progress=advance,
        )
    (result,) = noted([scored])
    if as_json:
        print_json(result.summary())
    else:
        print_provisions(result, most=failures)
        print_warnings([result])
