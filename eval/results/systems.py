"""Compares several systems over several collections in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.results.comparison import difference, mean_difference, scored
from sinkqa.eval.results.saved import Result, headline
from sinkqa.eval.results.significance import Estimate, mean_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A system's score on a collection. ``change`` and two-sided ``p`` are against the baseline, if there is one."""

    value: Estimate
    change: Estimate | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class System:
    """One configuration. ``mean`` is over all collections of the board, if there are several and it ran all.

    ``cells`` are by collection. ``p50_ms`` is the median over the collections of the median search, ``megabytes`` the
    size of the models.
    """

    label: str
    cells: Mapping[str, Cell]
    mean: Cell | None
    p50_ms: float | None
    megabytes: float | None


@dataclass(frozen=True, slots=True)
class Board:
    """A table of systems for one measure. ``notes`` are one line each."""

    measure: str
    collections: tuple[str, ...]
    systems: tuple[System, ...]
    baseline: str | None
    notes: tuple[str, ...]

    def grid(self, show: Callable[[Cell, bool], str], *, by_collection: bool = False) -> list[list[str]]:
        """Returns the header, then one row for each system, or with ``by_collection`` for each collection.

        ``show`` formats a cell. Its second argument says whether the cell is the best.
        """
        heads = ["", *self.collections]
        columns = [[each.cells.get(name) for each in self.systems] for name in self.collections]
        if any(each.mean for each in self.systems):
            heads.append(f"mean of {len(self.collections)}")
            columns.append([each.mean for each in self.systems])
        cells = [[each.label for each in self.systems], *(_shown(column, show) for column in columns)]
        for head, values in (("p50 ms", self._facts("p50_ms")), ("models MB", self._facts("megabytes"))):
            if any(values):
                heads.append(head)
                cells.append(values)
        by_column = [[head, *column] for head, column in zip(heads, cells, strict=True)]
        return by_column if by_collection else [list(row) for row in zip(*by_column, strict=True)]

    def _facts(self, name: str) -> list[str]:
        values: list[float | None] = [getattr(each, name) for each in self.systems]
        return ["" if value is None else f"{value:,.1f}" if value else "–" for value in values]


def boards(results: Sequence[Result], *, measure: str | None = None, baseline: str | None = None) -> list[Board]:
    """Returns one board for each kind of result by its headline, or one by ``measure`` over the results that have it.

    Systems with a mean come first, the weakest first, then the others. With a ``baseline``, the baseline comes first
    and all others keep their order. A collection measured with several corpora or sets of questions is left out and
    noted.

    Raises:
        NothingToMeasure: no result has the measure, or none is the baseline's.
    """
    asked = [result for result in results if result.questions]
    having = [result for result in asked if measure is None or measure in result.measures]
    if not having:
        known = sorted({name for result in asked for name in result.measures})
        raise NothingToMeasure(f"expected results with {measure or 'a question'}, got {', '.join(known) or 'none'}")
    if baseline is not None and not any(result.label == baseline for result in having):
        labels = ", ".join(sorted({result.label for result in having}))
        raise NothingToMeasure(f"expected the baseline {baseline!r} among the systems, got {labels}")
    names = dict.fromkeys(measure or headline(result) for result in having)
    return [_board([r for r in having if name == (measure or headline(r))], name, baseline) for name in names]


def _board(results: Sequence[Result], measure: str, baseline: str | None) -> Board:
    known = {(each.label, each.dataset): each for each in results}
    everywhere = list(dict.fromkeys(each.dataset for each in known.values()))
    mixed = [
        name for name in everywhere if len({_asked(r) for (_, dataset), r in known.items() if dataset == name}) > 1
    ]
    collections = [name for name in everywhere if name not in mixed]
    labels = list(dict.fromkeys(label for label, dataset in known if dataset in collections))
    table = {label: {name: known[label, name] for name in collections if (label, name) in known} for label in labels}
    systems = [_system(label, table[label], collections, measure, table.get(baseline or "")) for label in labels]
    if baseline is None:
        systems.sort(key=lambda each: each.mean.value.mean if each.mean else 2)  # beyond all means
    else:
        systems.sort(key=lambda each: each.label != baseline)
    codes = {result.fingerprints["code"] for result in known.values()} - {""}
    notes = [f"{name}: left out, measured over different corpora or questions" for name in mixed]
    notes += [f"measured by {len(codes)} versions of the code"] if len(codes) > 1 else []
    return Board(measure, tuple(collections), tuple(systems), baseline, tuple(notes))


def _system(
    label: str, own: Mapping[str, Result], collections: Sequence[str], measure: str, base: Mapping[str, Result] | None
) -> System:
    estimates = {name: result.estimates()[measure] for name, result in own.items()}
    cells = {name: Cell(value) for name, value in estimates.items()}
    mean = Cell(mean_of(list(estimates.values()))) if 1 < len(own) == len(collections) else None
    if base is not None and base != own:
        pairs = {name: (scored(base[name]), scored(own[name])) for name in own if name in base}
        for name, pair in pairs.items():
            found = difference(measure, *pair)
            cells[name] = Cell(estimates[name], found.difference, found.p)
        if mean and len(pairs) == len(own):
            mean = Cell(mean.value, *mean_difference(measure, list(pairs.values())))
    facts = [result.facts for result in own.values()]
    times = [each["p50_ms"] for each in facts if "p50_ms" in each]
    sizes = [each["encoder_mb"] + each.get("reranker_mb", 0) for each in facts if "encoder_mb" in each]
    return System(label, cells, mean, median(times) if times else None, sizes[0] if sizes else None)


def _asked(result: Result) -> tuple[str, str]:
    return result.fingerprints["corpus"], result.fingerprints["questions"]


def _shown(column: Sequence[Cell | None], show: Callable[[Cell, bool], str]) -> list[str]:
    best = max((cell.value.mean for cell in column if cell), default=0.0)
    return ["" if cell is None else show(cell, cell.value.mean == best) for cell in column]
