"""What the evaluation's commands share: their options, what these say, and how results are printed."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from sinkqa.index.hit import SearchMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sinkqa.eval.ranking.configuration import Configuration
    from sinkqa.eval.results.saved import Result
    from sinkqa.eval.results.systems import Board

FOLDERS = "Collections in the layout of BEIR, TREC or MTEB."
Folders = Annotated[list[Path], typer.Argument(metavar="DIR…", help=FOLDERS)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Modes = Annotated[list[str] | None, typer.Option("--mode", help="hybrid, lexical or dense; give several to compare.")]
EncoderName = Annotated[str | None, typer.Option("--encoder", help="Name or folder; default: the bundled one.")]
RerankerName = Annotated[
    str | None, typer.Option("--reranker", help="Cross-encoder: bundled, name or folder; default: none.")
]
JudgeName = Annotated[str, typer.Option("--judge", help="rules, bundled, or the folder of a cross-encoder.")]
WeightPairs = Annotated[list[str] | None, typer.Option("--weight", help="A weight of the fusion, as maxsim=1.5.")]
Label = Annotated[str | None, typer.Option(help="Name of the configuration; default: made of its settings.")]
Out = Annotated[Path | None, typer.Option(help="Keep results here; what is finished is not measured again.")]
ByCollection = Annotated[bool, typer.Option("--by-collection", help="A row a collection, not a system.")]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print Markdown.")]
Measure = Annotated[str | None, typer.Option(help="Measure; default: nDCG@10, recall@5.")]
Queries = Annotated[int | None, typer.Option(min=1, help="Ask only so many questions of each.")]
Split = Annotated[str, typer.Option(help="Which judgements, where there are several.")]
Beside = Annotated[list[Path] | None, typer.Option(help="Files or folders that are in the library too.")]
Cache = Annotated[Path | None, typer.Option(help="Keep libraries here, so that the next run need not index.")]


def _modes(names: list[str]) -> list[SearchMode]:
    known: dict[str, SearchMode] = {each: each for each in get_args(SearchMode)}
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"expected one of {', '.join(known)}, got {name!r}", param_hint="--mode")
    return [known[name] for name in dict.fromkeys(names)]


def configurations(
    modes: list[str] | None,
    encoder: str | None,
    reranker: str | None,
    weights: list[str] | None,
    label: str | None,
    *,
    candidates: bool = False,
    k: int = 20,
) -> list[Configuration]:
    """What the options of a command name, a configuration for each mode."""
    from sinkqa.eval.ranking.configuration import Configuration, weights_of
    from sinkqa.index.models.reranker import load_reranker

    chosen = _modes(modes or ["hybrid"])
    if label and len(chosen) > 1:
        raise typer.BadParameter("one name fits one --mode", param_hint="--label")
    if label and not label.replace("-", "").replace("_", "").replace(".", "").replace("=", "").isalnum():
        raise typer.BadParameter(f"expected letters, digits, - _ . =, got {label!r}", param_hint="--label")
    try:
        weighed = weights_of(weights or ())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--weight") from error
    loaded = load_reranker(reranker) if reranker else None
    return [Configuration(each, encoder, weighed, k, candidates, label, loaded) for each in chosen]


def count(text: str) -> int:
    """A whole number of at least 1."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise typer.BadParameter(f"expected whole numbers of at least 1 by commas, got {text!r}")
    return int(text)


def noted(scored: Iterable[tuple[Result, bool]]) -> list[Result]:
    """The results. Each is printed to standard error when it comes."""
    results = []
    for result, kept in scored:
        typer.echo(f"{result.dataset} {result.label}: {'as kept' if kept else 'measured'}", err=True)
        results.append(result)
    return results


def print_results(results: list[Result], *, as_json: bool) -> None:
    """As JSON or a table."""
    from sinkqa.eval.reporting import tables

    if as_json:
        print_json([result.summary() for result in results])
    else:
        tables.print_results(results)
        tables.print_warnings(results)


def print_boards(found: list[Board], *, by_collection: bool, as_markdown: bool, as_json: bool) -> None:
    """As JSON, Markdown or tables."""
    from sinkqa.eval.reporting import tables

    if as_json:
        print_json([asdict(board) for board in found])
    elif as_markdown:
        typer.echo(tables.markdown(found, by_collection=by_collection))
    else:
        tables.print_boards(found, by_collection=by_collection)


def print_json(value: object) -> None:
    """One value on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False))
