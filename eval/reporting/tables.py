"""Prints results as tables on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from sinkqa.eval.answering.calibration import Calibration
    from sinkqa.eval.answering.ground import GroundScore
    from sinkqa.eval.ranking.sizes import SizeResult
    from sinkqa.eval.reporting.expected import Check
    from sinkqa.eval.results.comparison import Difference
    from sinkqa.eval.results.saved import Result
    from sinkqa.eval.results.significance import Estimate
    from sinkqa.eval.results.systems import Board, Cell
    from sinkqa.eval.speed.bench import Figure
    from sinkqa.eval.speed.latency import Timing
    from sinkqa.eval.structure import Share, StructureScore

_VERDICTS = {True: "[green]OK[/]", False: "[red]FAIL[/]", None: ""}
_SURE = 0.05


def print_results(results: Sequence[Result], *, groups: bool = False) -> None:
    """Prints one row for each result. With ``groups``, also one for each trait."""
    table = titled("Quality, mean with 95 % interval", "collection")
    for column in ("n", *results[0].measures, "p50 ms", "passages"):
        table.add_column(column.replace(" ", "\n"), justify="right", vertical="middle")
    for result in results:
        facts = ((result.facts.get("p50_ms"), ",.1f"), (result.facts.get("passages"), ",.0f"))
        about = ("" if value is None else format(value, form) for value, form in facts)
        table.add_row(escape(f"{result.dataset}\n  {result.label}"), *_cells(result.estimates()), *about)
        for name, value in result.groups() if groups else ():
            table.add_row(escape(f"  {name}\n  {value}"), *_cells(result.estimates(**{name: value})), style="dim")
    Console().print(table)


def print_warnings(results: Iterable[Result]) -> None:
    """Prints each warning once, on one line."""
    console = Console()
    for dataset, warning in dict.fromkeys((each.dataset, text) for each in results for text in each.warnings):
        console.print(f"[yellow]{escape(dataset)}: {escape(warning)}[/]")


def print_calibration(calibration: Calibration) -> None:
    """Prints the weights, then one row for each kind."""
    weights = titled("Weights of the signs", "sign", "weight")
    for name, weight in calibration.weights.items():
        weights.add_row(name, f"{weight:.2f}")
    weights.add_row("offset", f"{calibration.offset:.2f}")
    kinds = titled("Kinds of questions: AUROC, and what is answered at the shipped bar", "kind")
    for column in ("n", "seen", "unseen", "left out", "chosen", "answered", "false answers"):
        kinds.add_column(column, justify="right")
    for each in calibration.kinds:
        figures = (each.seen, each.unseen, each.left_out, each.chosen, each.answered, each.false_answers)
        kinds.add_row(each.kind, str(each.n), *("" if figure is None else f"{figure:.3f}" for figure in figures))
    console = Console()
    console.print(weights)
    console.print(kinds)


def print_boards(boards: Sequence[Board], *, by_collection: bool = False) -> None:
    """Prints one table for each measure: systems in rows, collections in columns; with ``by_collection`` swapped."""
    console = Console()
    for board in boards:
        against = f", change and p against {board.baseline}" if board.baseline else ""
        (first, *heads), *rows = board.grid(_terminal_cell, by_collection=by_collection)
        table = titled(f"{board.measure}, mean with 95 % interval{against}", first)
        for head in heads:
            table.add_column(escape(head), justify="right", vertical="middle", overflow="fold")
        for label, *cells in rows:
            table.add_row(escape(label), *cells)
        console.print(table)
        for note in board.notes:
            console.print(f"[yellow]{escape(note)}[/]")


def markdown(boards: Sequence[Board], *, by_collection: bool = False) -> str:
    """Returns the tables of :func:`print_boards` as Markdown."""
    lines: list[str] = []
    for board in boards:
        (first, *heads), *rows = board.grid(_markdown_cell, by_collection=by_collection)
        cells = [[first or board.measure, *heads], ["---", *["--:"] * len(heads)], *rows]
        lines += ["| " + " | ".join(each.replace("|", "\\|") for each in row) + " |" for row in cells]
        lines += ["", *(f"Note: {note}." for note in board.notes), *[""] * bool(board.notes)]
    return "\n".join(lines).rstrip("\n")


def print_differences(
    differences: Sequence[Difference], *, most: int, link: Callable[[str], str] | None = None
) -> None:
    """Prints one row for each measure, then the questions that changed most by the first measure.

    ``link`` makes a link of a question's id.
    """
    table = titled("B less A", "measure")
    for column in ("A", "B", "difference", "95 % interval", "p", "wins", "losses"):
        table.add_column(column, justify="right", no_wrap=True)
    for each in differences:
        change = each.difference
        table.add_row(
            each.measure,
            f"{each.a:.4f}",
            f"{each.b:.4f}",
            f"{change.mean:+.4f}",
            f"{change.low:+.3f} to {change.high:+.3f}",
            f"{each.p:.4f}{' *' if each.p < _SURE else ''}",
            str(each.wins),
            str(each.losses),
        )
    questions = titled(f"Questions that changed by {differences[0].measure}", "question", "A", "B", "")
    for changed in differences[0].changes[:most]:
        text = Text(f"{changed.query_id} {changed.text}".strip(), f"link {link(changed.query_id)}" if link else "")
        mark = "[green]won[/]" if changed.b > changed.a else "[red]lost[/]"
        questions.add_row(text, f"{changed.a:.3f}", f"{changed.b:.3f}", mark)
    console = Console()
    console.print(table)
    if differences[0].changes and most:
        console.print(questions)


def print_timings(timings: Iterable[Timing]) -> None:
    """Prints one row for each library size and mode."""
    table = titled("Search latency", "passages", "mode")
    for column in ("p50 ms", "p95 ms", "p50 CPU ms", "added/s", "library MB"):
        table.add_column(column, justify="right")
    for each in timings:
        cells = (f"{each.p50_ms:.1f}", f"{each.p95_ms:.1f}", f"{each.cpu_p50_ms:.1f}", f"{each.passages_per_s:,.0f}")
        table.add_row(f"{each.passages:,}", each.mode, *cells, f"{each.index_mb:,.1f}")
    Console().print(table)


def print_checks(checks: Sequence[Check]) -> None:
    """Prints one row for each expected figure."""
    table = titled("Expected figures", "what", "measure", "expected", "measured", "difference", "")
    for each in checks:
        if each.measured is None:
            table.add_row(escape(each.what), each.measure, f"{each.expected:.4f}", "", escape(each.skipped), "skipped")
            continue
        row = (f"{each.expected:.4f}", f"{each.measured:.4f}", f"{each.measured - each.expected:+.4f}")
        table.add_row(escape(each.what), each.measure, *row, _VERDICTS[each.ok])
    Console().print(table)


def print_ground(scores: Sequence[GroundScore]) -> None:
    """Prints one row for each set and language, and below it the labels given, by the set's own label."""
    table = titled("Grounding on the measuring half, AUC with 95 % interval", "set")
    for column in ("n", "AUC", "floor", "gain", "balanced\naccuracy"):
        table.add_column(column, justify="right", vertical="middle")
    for each in scores:
        figures = [f"{part.mean:.3f}\n{part.low:.3f}, {part.high:.3f}" for part in (each.auc, each.floor, each.gain)]
        name = f"{each.dataset}\n  {each.language}"
        table.add_row(escape(name), str(each.auc.n), *figures, f"{each.balanced_accuracy:.3f}")
        for label, given in each.labels.items():
            said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(given.items()))
            table.add_row(escape(f"  {label}"), str(sum(given.values())), said, style="dim")
    Console().print(table)


def print_structure(score: StructureScore) -> None:
    """Prints two tables: the document's structure, and its tables."""
    found = titled("Structure", "what", "right")
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


def print_sizes(results: Iterable[SizeResult]) -> None:
    """Prints one row for each passage size and group of questions."""
    table = Table("target", "passages", "questions", "@1", "@5", "@10", "in 2,000 characters", title="Passage size")
    for result in results:
        for name, recall in result.recall.items():
            shares = (f"{share:.3f}" for share in (*recall.at, recall.within_reading))
            table.add_row(str(result.target_chars), str(result.n_passages), f"{name} ({recall.n})", *shares)
    Console().print(table)


def print_figures(figures: Sequence[Figure]) -> None:
    """Prints one row for each figure, with its reference and bound."""
    table = titled("Speed and memory", "what")
    for heading in ("measured", "reference", "ratio", "bound"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for figure in figures:
        other, bound = figure.reference_value, figure.bound
        table.add_row(
            figure.what,
            f"{figure.value:,.2f} {figure.unit}",
            "" if other is None else f"{other:,.2f} ({figure.reference})",
            "" if not other else f"{figure.value / other:,.2f}",
            "" if bound is None else f"{'≥' if figure.at_least else '≤'} {bound:,.2f}",
            _VERDICTS[figure.ok],
        )
    Console().print(table)


def titled(title: str, *columns: str) -> Table:
    """Returns an empty table in our common style."""
    return Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)


def _cells(estimates: dict[str, Estimate]) -> list[str]:
    counts = [str(next(iter(estimates.values())).n)] if estimates else []
    return counts + [f"{each.mean:.3f}\n{short(each.low)}–{short(each.high)}" for each in estimates.values()]


def _terminal_cell(cell: Cell, best: bool) -> str:
    value = f"{cell.value.mean:.3f}"
    lines = [f"[bold]{value}[/]" if best else value, f"[dim]{short(cell.value.low)}–{short(cell.value.high)}[/]"]
    return "\n".join(lines + _against(cell))


def _markdown_cell(cell: Cell, best: bool) -> str:
    value, interval = short(cell.value.mean, 3), f"{short(cell.value.low)}–{short(cell.value.high)}"
    whole = f"{f'**{value}**' if best else value} {interval}"
    return "<br>".join([whole, *([", ".join(_against(cell))] if cell.change else [])])


def _against(cell: Cell) -> list[str]:
    if cell.change is None or cell.p is None:
        return []
    p = "p<.001" if cell.p < 0.001 else f"p {short(cell.p, 3)}"
    return [f"{cell.change.mean:+.3f}", p]


def short(share: float, digits: int = 2) -> str:
    """Formats a share without the zero before the point."""
    return f"{share:.{digits}f}".removeprefix("0")
