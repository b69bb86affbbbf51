"""Prints the evaluation of provisions: questions by number, questions by fact, and failures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from sinkqa.eval.provisions.measuring import failures
from sinkqa.eval.provisions.scores import HEADLINES
from sinkqa.eval.reporting.tables import short, titled

if TYPE_CHECKING:
    from rich.table import Table

    from sinkqa.eval.results.saved import Result
    from sinkqa.eval.results.significance import Estimate

_ARTICLES = ("whole and right", "whole", "right", "wrong law", "silent hole", "abstained")
_OTHERS = ("right", "with its list", "names the last", "wrong law", "silent hole", "abstained")
_MEASURES = {"with its list": "definition with its list", "names the last": "last article named"}
_FEW = 10


def print_provisions(result: Result, *, most: int) -> None:
    """Prints articles by language and by law, the other kinds by language, faults, ``most`` failures, and times."""
    console = Console()
    pairs = [value for name, value in result.groups() if name == "pair"]
    table = _table("Articles asked by number, question → document, share with 95 % interval", _ARTICLES)
    for pair in pairs:
        _row(table, pair, result.estimates(kind="article", pair=pair), _ARTICLES)
    _row(table, "all", result.estimates(kind="article"), _ARTICLES)
    console.print(table)
    table = _table("Articles by law", _ARTICLES)
    for law in (value for name, value in result.groups() if name == "law"):
        _row(table, law[:60], result.estimates(kind="article", law=law), _ARTICLES)
    console.print(table)
    table = _table("Other questions", _OTHERS)
    for kind in list(HEADLINES)[1:]:
        measures = [HEADLINES[kind], *(_MEASURES.get(name, name) for name in _OTHERS[1:])]
        for pair in pairs:
            _row(table, f"{kind} {pair}", result.estimates(kind=kind, pair=pair), measures)
    console.print(table)
    _print_failures(result, most, console)
    facts = titled("Times and sizes", "what", "")
    for name, value in result.facts.items():
        facts.add_row(escape(name), f"{value:,.1f}")
    console.print(facts)


def _print_failures(result: Result, most: int, console: Console) -> None:
    table = titled("What was wrong", "kind")
    table.add_column("fault")
    table.add_column("n", justify="right")
    faults = Counter((each.traits["kind"], each.traits["fault"]) for each in result.questions if "fault" in each.traits)
    for (kind, fault), count in sorted(faults.items()):
        table.add_row(kind, fault, str(count))
    console.print(table)
    table = titled("Some of the failures", "question", "fault, and what came")
    for question, came in failures(result, most):
        table.add_row(escape(question.text), escape(came))
    if table.row_count:
        console.print(table)


def _table(title: str, measures: tuple[str, ...]) -> Table:
    table = titled(title, "")
    for heading in ("n", *measures):
        table.add_column(heading.replace(" ", "\n"), justify="right", vertical="middle")
    return table


def _row(table: Table, name: str, found: dict[str, Estimate], measures: list[str] | tuple[str, ...]) -> None:
    if found:
        count = max(each.n for each in found.values())
        table.add_row(escape(name), str(count), *(_cell(found.get(measure)) for measure in measures))


def _cell(value: Estimate | None) -> str:
    if value is None:
        return ""
    interval = "" if value.n < _FEW or value.low == value.high else f"\n[dim]{short(value.low)}–{short(value.high)}[/]"
    return f"{value.mean:.3f}{interval}"
