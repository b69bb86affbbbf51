"""Plots every figure against the size of the library, in small panels of one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sinkqa.eval.reporting.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sinkqa.eval.speed.bench import Figure
    from sinkqa.eval.speed.growth import Milestone

_PANELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Adding", "passages per CPU s", ("add",)),
    ("Library on disk", "MB", ("library on disk", "add, written")),
    ("A passage on disk", "KB", ("library on disk, a passage", "search indexes, a passage")),
    ("Rebuild", "CPU s", ("rebuild",)),
    ("Memory", "MB", ("add, peak memory", "rebuild, peak memory", "memory after", "server, processes 1")),
    ("One document more or less", "CPU s", ("one more document", "delete one")),
    ("The dearest of them", "CPU s", ("one more document, d", "delete one, d")),
    ("What they write, and read", "MB", ("one more document, w", "delete one, w", "one more document, r")),
    ("First search after a change", "CPU ms", ("first search",)),
    ("Cold ask", "CPU s", ("cold ask",)),
    ("Warm search", "CPU ms", ("warm search, p50", "warm search, p95", "warm search, dense, p50")),
    ("Warm ask", "CPU ms", ("warm ask, p50", "warm ask, p95")),
    ("Recall of the dense leg", "", ("dense leg",)),
    ("/v1/search", "requests/s", ("/v1/search",)),
    ("/v1/search", "requests per CPU s", ("/v1/search",)),
)
"""Title, unit, and the figures in this unit: whole names, or beginnings that no whole name equals."""

_LINEAR = ("Library on disk", "Rebuild", "What they write, and read")
"""Panels whose figures may grow linearly with the library. With two logarithmic axes, these are straight lines."""

_COLUMNS, _INCHES = 5, (3.7, 3.0)


def draw(milestones: Sequence[Milestone], path: Path) -> None:
    """Writes the picture in the format of the file name. References are dashed, bounds dotted."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Picture

    rows = -(-len(_PANELS) // _COLUMNS)
    picture = Picture(figsize=(_INCHES[0] * _COLUMNS, _INCHES[1] * rows), layout="constrained", dpi=110)
    FigureCanvasAgg(picture)
    passages = [each.passages for each in milestones]
    for (title, unit, names), axes in zip(_PANELS, picture.subplots(rows, _COLUMNS).flat, strict=False):
        lines = [line for name in names for line in _lines(milestones, name, unit)]
        _panel(axes, passages, lines)
        if title in _LINEAR:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        axes.set_title(title, fontsize=10)
        axes.set_ylabel(unit, fontsize=8)
    picture.savefig(path)


def _lines(milestones: Sequence[Milestone], name: str, unit: str) -> list[Sequence[Figure]]:
    """The figures of that name in all sizes; those whose names begin with it where none has it whole."""
    rows = [row for row in zip(*(each.figures for each in milestones), strict=True) if row[0].unit == unit]
    exact = [row for row in rows if row[0].what == name]
    return [*(exact or (row for row in rows if row[0].what.startswith(name)))]


def _panel(axes: Axes, passages: Sequence[int], lines: Sequence[Sequence[Figure]]) -> None:
    known: set[tuple[str, float]] = set()
    for place, line in enumerate(lines):
        colour = COLOURS[place % len(COLOURS)]
        axes.plot(passages, [each.value for each in line], "o-", color=colour, markersize=4, label=line[0].what)
        floor = [each.reference_value for each in line if each.reference_value is not None]
        if len(floor) == len(line) and (line[0].reference, floor[0]) not in known:
            known.add((line[0].reference, floor[0]))
            axes.plot(passages, floor, "--", color=colour, linewidth=1, label=line[0].reference)
        if line[0].bound is not None and ("bound", line[0].bound) not in known:
            known.add(("bound", line[0].bound))
            axes.axhline(line[0].bound, color="#555555", linestyle=":", linewidth=1, label="goal")
    axes.set_xscale("log")
    axes.tick_params(labelsize=8)
    axes.grid(alpha=0.25)
    axes.margins(x=0.12)
    if lines:
        axes.legend(fontsize=6.5, frameon=False)
