"""The command about rankings of other systems. ``eval.cli`` registers it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sinkqa.eval.commands.options import AsJson, Label, Queries, Split, print_results


def score(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN…", help="TREC runs, of any depth.")],
    qrels: Annotated[
        Path, typer.Option("--qrels", help="TREC qrels, BEIR's TSV, or the folder of the collection, for its texts.")
    ],
    label: Label = None,
    measure: Annotated[
        list[str] | None, typer.Option(help="As ir-measures writes it; repeat for several. Default: those of beir.")
    ] = None,
    queries: Queries = None,
    split: Split = "test",
    out: Annotated[Path | None, typer.Option(help="Keep results here, for compare, report and leaderboard.")] = None,
    as_json: AsJson = False,
) -> None:
    """What the rankings of any system are worth: a judged query that a run lacks scores 0, equal scores go by rank.

    With the folder of a collection as --qrels, the result stands beside those of beir over the same collection.
    """
    from sinkqa.eval.results.measures import MEASURES
    from sinkqa.eval.results.runs import read_judged, score_run
    from sinkqa.eval.results.saved import distinct, write_result

    if label and len(runs) > 1:
        raise typer.BadParameter("one name fits one run", param_hint="--label")
    if label and (Path(label).name != label or label.startswith(".")):
        raise typer.BadParameter(f"expected a name without /, got {label!r}", param_hint="--label")
    judged = read_judged(qrels, split=split, n_queries=queries)
    try:
        scored = [score_run(run, judged, label=label, measures=measure or MEASURES) for run in runs]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--measure") from error
    results = distinct(scored)
    if out:
        for each in results:
            write_result(out / f"{each.dataset}.{each.label}.json", each)
    print_results(results, as_json=as_json)
