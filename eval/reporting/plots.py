"""Draws plots as SVG. Text colour and fonts come from the page around it."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sinkqa.eval.answering.withholding import Bin, calibration_error
from sinkqa.eval.results.significance import Estimate
from sinkqa.service.answering.judging.confidence import BAR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#999999", "#8c6bb1")
"""Colours that colour-blind readers can distinguish, on white and on black.

Source: Okabe and Ito 2008, Color Universal Design.
"""

_INK = "#010203"  # stands for the page's text colour until the SVG is written
_MARKS = "osD^vPX"  # one fewer than colours: all pairs come before one comes again
_ROW_INCHES, _CONFIGURATION_INCHES = 0.2, 0.14


class Point(NamedTuple):
    """A configuration in a scatter plot. ``place`` selects its colour, the same in all plots."""

    label: str
    place: int
    x: float
    y: float


def intervals(values: Mapping[str, Mapping[str, Estimate]], labels: Sequence[str], *, measure: str) -> str:
    """Draws mean and interval of each configuration in ``labels``, with a row for each collection of ``values``."""
    drawn = [label for label in labels if any(label in each for each in values.values())]
    n_rows, n_labels = len(values), len(drawn)
    height = 1.1 + n_rows * (_ROW_INCHES + _CONFIGURATION_INCHES * n_labels)
    figure, axes = _figure(12.5, height)
    for line, label in enumerate(drawn):
        place = list(labels).index(label)
        rows = [(row, each[label]) for row, each in enumerate(values.values()) if label in each]
        offset = (line - (n_labels - 1) / 2) * 0.7 / n_labels
        means = [each.mean for _, each in rows]
        axes.errorbar(
            means,
            [row + offset for row, _ in rows],
            xerr=[[max(0.0, e.mean - e.low) for _, e in rows], [max(0.0, e.high - e.mean) for _, e in rows]],
            fmt=_mark(place),
            color=_colour(place),
            markersize=4.5,
            elinewidth=1.3,
            label=label,
        )
    axes.set_yticks(range(n_rows), [_plain(name) for name in values])
    axes.set_ylim(n_rows - 0.5, -0.5)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel(measure)
    axes.grid(axis="x", alpha=0.25, color=_INK)
    _legend(figure, axes, n_labels)
    return _svg(figure)


def scatter(points: Sequence[Point], *, x: str, y: str, logarithmic: bool) -> str:
    """Draws one point for each configuration. The axis of the measure has its whole range."""
    from matplotlib.ticker import LogLocator, NullLocator

    figure, axes = _figure(6.4, 3.9)
    for point in points:
        axes.plot(point.x, point.y, _mark(point.place), color=_colour(point.place), markersize=9, label=point.label)
    if logarithmic and all(point.x > 0 for point in points):
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        widest = max((point.x for point in points), default=0)
        axes.set_xlim(-0.05 * max(widest, 1), 1.1 * max(widest, 1))
    axes.margins(0.15)
    axes.set_ylim(-0.02, max(1.02, *(1.1 * point.y for point in points)))  # from 0 on: small gaps look small
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.25, color=_INK)
    _legend(figure, axes, len(points))
    return _svg(figure)


def risk_coverage(curves: Mapping[str, Sequence[tuple[float, ...]]], labels: Sequence[str]) -> str:
    """Draws the share of wrong answers against the share of questions answered. Curves: (confidence, coverage, risk).

    A dot marks the shipped threshold.
    """
    figure, axes = _figure(9.0, 3.4)
    for name, curve in curves.items():
        place = list(labels).index(name)
        axes.step([point[1] for point in curve], [point[2] for point in curve], color=_colour(place), label=name)
        given = [point for point in curve if point[0] >= BAR][-1:]
        axes.plot([point[1] for point in given], [point[2] for point in given], "o", color=_colour(place))
    axes.set_xlim(0, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel(f"coverage: share of questions answered (dot: confidence of {BAR} and more)")
    axes.set_ylabel("risk: share of what is wrong")
    axes.grid(alpha=0.25, color=_INK)
    _legend(figure, axes, len(curves))
    return _svg(figure)


def reliability(curves: Mapping[str, Sequence[Bin]], labels: Sequence[str]) -> str:
    """Draws the share of complete answers against confidence, with intervals. On the line, confidence is calibrated."""
    figure, axes = _figure(9.0, 3.4)
    axes.plot([0, 1], [0, 1], "--", color=_INK, alpha=0.4, linewidth=1)
    for name, bins in curves.items():
        place, shares = list(labels).index(name), [each.complete for each in bins]
        n, gap = sum(each.n for each in shares), calibration_error(bins)
        axes.errorbar(
            [each.confidence for each in bins],
            [each.mean for each in shares],
            yerr=[[max(0.0, e.mean - e.low) for e in shares], [max(0.0, e.high - e.mean) for e in shares]],
            fmt=f"{_mark(place)}-",
            color=_colour(place),
            markersize=4.5,
            elinewidth=1.0,
            label=f"{name}: mean gap {gap:.2f}, {n} answers",
        )
    axes.set_xlim(0, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("confidence of the answers given, mean of a bin")
    axes.set_ylabel("share complete")
    axes.grid(alpha=0.25, color=_INK)
    _legend(figure, axes, min(len(curves), 2))
    return _svg(figure)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasSVG(figure)
    figure.patch.set_alpha(0)
    axes = figure.add_subplot()
    axes.patch.set_alpha(0)
    axes.tick_params(colors=_INK, labelsize=9)
    for side, spine in axes.spines.items():
        spine.set_color(_INK)
        spine.set_visible(side in ("left", "bottom"))
    axes.xaxis.label.set_color(_INK)
    axes.yaxis.label.set_color(_INK)
    return figure, axes


def _legend(figure: Figure, axes: Axes, n: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles,
        list(map(_plain, labels)),
        loc="outside upper center",
        ncols=min(n, 4),
        frameon=False,
        labelcolor=_INK,
    )


def _svg(figure: Figure) -> str:
    """The drawing alone, with text as text: no fonts and no fixed ink inside."""
    import matplotlib as mpl

    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "sinkqa", "font.family": "sans-serif"}):
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :].replace(_INK, "currentColor")
    return re.sub(r"font-family: ?[^;\"]*|font: ([\d.]+px) [^;\"]*", _inherit, svg)


def _inherit(found: re.Match[str]) -> str:
    return f"font-size: {found[1]}" if found[1] else "font-family: inherit"


def _plain(text: str) -> str:
    """Dollar signs would begin a formula."""
    return text.replace("$", r"\$")


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def _mark(place: int) -> str:
    return _MARKS[place % len(_MARKS)]
