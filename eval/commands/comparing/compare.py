"""The command that sets two systems side by side. ``eval.cli`` registers it."""

from __future__ import annotations

import tempfile
import webbrowser
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote, urlencode

import typer

from sinkqa.eval.commands.options import AsJson, print_json

if TYPE_CHECKING:
    from sinkqa.eval.results.saved import Result

Judgements = Annotated[
    Path | None, typer.Option("--qrels", help="For runs: TREC qrels, BEIR's TSV, or the folder of the collection.")
]


def compare(
    a: Annotated[Path, typer.Argument(help="A result file (.json), or a TREC run.")],
    b: Annotated[Path, typer.Argument(help="Another over the same questions.")],
    qrels: Judgements = None,
    most: Annotated[int, typer.Option(min=0, help="How many of the changed questions to print.")] = 20,
    report: Annotated[Path | None, typer.Option(help="Write the page of the two here, question by question.")] = None,
    opened: Annotated[bool, typer.Option("--open", help="Open that page; without --report, a new one.")] = False,
    as_json: AsJson = False,
) -> None:
    """What B changes against A: difference with interval, p of the randomisation test, questions won and lost.

    With --report or --open there is a page of both; each question that is printed links to its place there.
    """
    from sinkqa.eval.reporting.tables import print_differences
    from sinkqa.eval.results.comparison import differences, read_either

    left, right = read_either(a, qrels), read_either(b, qrels)
    found = differences(left, right)
    pair = _named_apart(left, right)
    page = _written(report, pair) if report or opened else None
    if as_json:
        rows = [asdict(each) | {"wins": each.wins, "losses": each.losses} for each in found]
        if page:
            rows = [row | {"report": address(page, pair), "changes": _linked(row, page, pair)} for row in rows]
        print_json(rows)
    else:
        print_differences(found, most=most, link=(lambda query_id: address(page, pair, query_id)) if page else None)
    if page:
        typer.echo(f"page: {address(page, pair)}", err=as_json)
        if opened and not webbrowser.open(address(page, pair)):
            typer.echo("no browser could be opened; open the address above", err=True)


def address(page: Path, pair: tuple[Result, Result], query_id: str | None = None) -> str:
    """Where the page shows the changed questions of B beside A, or one question."""
    a, b = pair
    asked = {"set": b.dataset, "run": b.label, "beside": a.label}
    asked |= {"kind": "changed"} if query_id is None else {"question": query_id}
    return f"{page.resolve().as_uri()}#{urlencode(asked, quote_via=quote)}"


def _linked(row: dict[str, Any], page: Path, pair: tuple[Result, Result]) -> list[dict[str, Any]]:
    return [each | {"link": address(page, pair, each["query_id"])} for each in row["changes"]]


def _named_apart(a: Result, b: Result) -> tuple[Result, Result]:
    """Both under one name of the collection, and with labels that differ."""
    from sinkqa.eval.results.saved import distinct

    first, second = distinct([a, replace(b, dataset=a.dataset, kind=a.kind)])
    return first, second


def _written(report: Path | None, pair: tuple[Result, Result]) -> Path:
    from sinkqa.eval.reporting.report import write_report

    page = report or Path(tempfile.mkdtemp(prefix="sinkqa-eval-")) / "compare.html"
    write_report(page, pair)
    return page
