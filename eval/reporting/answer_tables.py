"""Prints results on answers and abstaining as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from sinkqa.eval.answering.judging import WRONG
from sinkqa.eval.answering.losses import losses, retrieval_counts
from sinkqa.eval.reporting.tables import short, titled

if TYPE_CHECKING:
    from sinkqa.eval.answering.abstain import AbstainScore
    from sinkqa.eval.results.saved import Result
    from sinkqa.eval.results.significance import Estimate

_GROUPS = ("language", "crossing", "type", "jurisdiction")
_FEW = 10  # questions or citations: of fewer an interval by resampling says little, and only JSON has it
_ANSWERABLE = {
    "recall@1": "found\n@1",
    "recall@5": "found\n@5",
    "recall@10": "found\n@10",
    "answered": "given",
    "answer points": "points",
    "complete": "com-\nplete",
    "evidence cited": "evi-\ndence",
    WRONG: "wrong\nfile",
}
_OTHERS = {"unanswerable answered": "unanswerable,\nanswered", "contradiction shown": "false premise,\nshown"}


def print_answers(result: Result) -> None:
    """Prints answers to answerable questions by group, answers to the others, the other measures, losses, and facts."""
    console, groups = Console(), list(_groups(result))
    table = titled(f"{result.dataset}: questions with an answer, % with 95 % interval")
    table.add_column("", no_wrap=True)
    for heading in ("n", *_ANSWERABLE.values()):
        table.add_column(heading, justify="right", vertical="middle", no_wrap=True)
    for name, found in groups:
        if not found or "answered" in found:
            cells = [_percent(found.get(measure)) for measure in _ANSWERABLE]
            table.add_row(name, str(found["answered"].n) if found else "", *cells)
    console.print(table)
    if cited := result.estimates().get(WRONG):
        console.print(
            "[dim]found: all evidence among so many passages; complete: all points said, a right file cited; evidence: "
            f"cited; wrong file: share of {cited.n} citations; no interval for fewer than {_FEW}[/]\n"
        )
    table = titled("Questions without an answer, % with 95 % interval", "")
    for heading in _OTHERS.values():
        table.add_column("n", justify="right", vertical="middle")
        table.add_column(heading, justify="right", vertical="middle")
    for name, found in groups:
        if not found or _OTHERS.keys() & found.keys():
            shown = [found.get(measure) for measure in _OTHERS]
            table.add_row(name, *(cell for each in shown for cell in (str(each.n) if each else "", _percent(each))))
    console.print(table)
    _print_rest(result, console)


def print_abstaining(scores: Sequence[AbstainScore]) -> None:
    """Prints one row for each set of questions."""
    table = titled("Questions that their passages answer, told from others, with 95 % intervals", "set")
    for column in ("n", "answerable", "AUROC", "word\noverlap", "answered", "false\nanswers"):
        table.add_column(column, justify="right", vertical="middle")
    for each in scores:
        areas = [f"{a.value:.3f}\n[dim]{_between(a.low, a.high)}[/]" for a in (each.auroc, each.floor)]
        shares = (_cell(each.answered), _cell(each.false_answers))
        table.add_row(escape(each.name), f"{each.n:,}", f"{each.n_answerable:,}", *areas, *shares)
    console = Console()
    console.print(table)
    console.print("[dim]at the shipped bar; answered: of answerable questions; false answers: of the others[/]")


def _groups(result: Result) -> Iterator[tuple[str, Mapping[str, Estimate]]]:
    """All questions, then each group under the name of its trait; a trait that tells nothing apart is left out."""
    yield "all", result.estimates()
    for trait in _GROUPS:
        values = [value for name, value in result.groups() if name == trait]
        if len(values) > 1:
            yield f"[bold]{trait}[/]", {}
            yield from ((escape(f" {value}"), result.estimates(**{trait: value})) for value in values)


def _print_rest(result: Result, console: Console) -> None:
    """What has no place in the tables by group, by language; where answers were lost; facts."""
    languages = [value for name, value in result.groups() if name == "language"]
    columns = {"all": result.estimates(), **{value: result.estimates(language=value) for value in languages}}
    table = titled("Other measures, mean with 95 % interval", "measure")
    for name in columns:
        table.add_column(name, justify="right")
    for measure in (each for each in result.measures if each not in _ANSWERABLE | _OTHERS):
        cells = [found.get(measure) for found in columns.values()]
        table.add_row(
            escape(measure), *("" if c is None else f"{_cell(c, between=' ')}[dim], n {c.n}[/]" for c in cells)
        )
    console.print(table)
    table = titled("Where answers that are not complete were lost", "stage", "n", "what it means", "questions")
    for each in losses(result):
        meaning = (
            f"{each.meaning}\n[dim]{retrieval_counts(each.questions)}[/]" if each.stage == "retrieval" else each.meaning
        )
        table.add_row(
            each.stage, str(len(each.questions)), meaning, escape(" ".join(q.query_id for q in each.questions))
        )
    console.print(table)
    facts = titled("Confidence, times and sizes", "what", "")
    for name, value in result.facts.items():
        facts.add_row(escape(name), f"{value:,.3f}")
    console.print(facts)


def _percent(value: Estimate | None) -> str:
    if value is None:
        return ""
    mean, low, high = (int(100 * share + 0.5) for share in (value.mean, value.low, value.high))
    return f"{mean}" if value.n < _FEW or low == high else f"{mean}\n[dim]{low}–{high}[/]"


def _cell(value: Estimate | None, *, between: str = "\n") -> str:
    return "" if value is None else f"{value.mean:.2f}{between}[dim]{_between(value.low, value.high)}[/]"


def _between(low: float, high: float) -> str:
    """An interval in few characters: no zero before a point, and a whole one without digits after it."""
    return "–".join(short(each).removesuffix(".00") or "0" for each in (low, high))
