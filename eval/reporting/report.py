"""Writes results as one self-contained HTML page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from statistics import fmean
from typing import Any

from sinkqa.eval.answering.losses import reliability_of
from sinkqa.eval.answering.withholding import Bin
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.reporting.page import cell, embedded, key, made, number, table, write_page
from sinkqa.eval.reporting.plots import Point, intervals, reliability, risk_coverage, scatter
from sinkqa.eval.reporting.report_losses import losses_section
from sinkqa.eval.results.saved import Result, distinct, headline
from sinkqa.eval.results.significance import Estimate
from sinkqa.eval.results.systems import Board, boards

_PAGE = Path(__file__).with_name("report.html")
_SHOWN = 10  # passages shown for a question
_KINDS = {"beir": ("Collections", "检索评测集"), "gold": ("Gold questions", "标注问题"), "answers": ("Answers", "回答")}
_AGAINST = (
    ("p50_ms", "p50 ms", "Quality against latency · 质量与延迟"),
    ("encoder_mb", "encoder MB", "Quality against size · 质量与模型大小"),
)

Estimates = dict[tuple[str, str], dict[str, Estimate]]
"""Means by measure, for each (collection, configuration)."""


def write_report(path: Path, results: Sequence[Result]) -> None:
    """Writes the page: tables, plots, and every question with the passages found and missed.

    Raises:
        NothingToMeasure: no result has a question.
    """
    results = distinct([result for result in results if result.questions])
    if not results:
        raise NothingToMeasure(f"{path}: expected results to report, got none with a question; run beir or gold first")
    known = {(result.dataset, result.label): result.estimates() for result in results}
    labels = sorted({each.label for each in results})  # a configuration has one colour in all plots
    parts = {
        "made": made(),
        "summary": _summary(results),
        "systems": "".join(_systems(board, labels) for board in boards(results) if len(board.systems) > 1),
        "quality": "".join(_quality(kind, _of(results, kind), known, labels) for kind in _kinds(results)),
        "losses": losses_section(_of(results, "answers")),
        "groups": "".join(_groups(each) for each in _by_dataset(results) if each[0].groups()),
        "provenance": _provenance(results),
        "data": _data(results),
    }
    write_page(path, _PAGE, parts)


def _systems(board: Board, labels: Sequence[str]) -> str:
    """Systems over collections by one measure, with intervals, search time and size."""
    heads, *rows = board.grid(lambda each, best: cell(each.value, best=best))
    keyed = [[key(label, labels), *cells] for label, *cells in rows]
    notes = "".join(f'<p class="sub">{escape(note)}</p>' for note in board.notes)
    title = f'<h2>Systems by {escape(board.measure)} <span lang="zh">系统对比</span></h2>'
    return f'{title}<div class="systems">{table(heads, keyed)}</div>{notes}'


def _quality(kind: str, results: Sequence[Result], known: Estimates, labels: Sequence[str]) -> str:
    """Table and plots of one kind of result."""
    measure = headline(results[0])
    values = {
        group[0].dataset: {each.label: known[each.dataset, each.label][measure] for each in group}
        for group in _by_dataset(results)
    }
    drawn = intervals(values, labels, measure=measure)
    plots = [_figure(f"{measure}, 95 % interval · 95% 置信区间", drawn, wide=True)]
    for fact, x, title in _AGAINST:
        points = _points(results, labels, values, fact)
        if len(points) > 1:
            drawn = scatter(points, x=x, y=f"{measure}, mean of {len(values)}", logarithmic=fact == "p50_ms")
            plots.append(_figure(title, drawn))
    if curves := {each.dataset: each.curve for each in results if each.curve}:
        plots.append(_figure("Risk and coverage · 风险与覆盖率", risk_coverage(curves, list(curves))))
    if held := _reliabilities([each for each in results if kind == "answers" and "complete" in each.measures]):
        plots.append(_figure("Reliability · 置信度是否可靠", reliability(held, list(held))))
    english, chinese = _KINDS.get(kind, (kind, ""))
    heading = f'<h2>{escape(english)} <span lang="zh">{chinese}</span></h2>'
    return f'{heading}{_table_of(results, known, labels)}<div class="plots">{"".join(plots)}</div>'


def _reliabilities(results: Sequence[Result]) -> dict[str, list[Bin]]:
    """Of each result, and of all of a configuration together: too sure here and too unsure there cancel out."""
    groups = {f"{each.dataset}, {each.label}": [each] for each in results}
    for label in dict.fromkeys(each.label for each in results):
        own = [each for each in results if each.label == label]
        groups |= {f"{label} together": own} if len(own) > 1 else {}
    curves = {name: reliability_of(group) for name, group in groups.items()}
    return {name: bins for name, bins in curves.items() if bins}


def _points(
    results: Sequence[Result], labels: Sequence[str], values: Mapping[str, Mapping[str, Estimate]], key: str
) -> list[Point]:
    """One for each configuration that ran all of ``values`` with a known ``key``: its means over them."""
    facts = {(each.dataset, each.label): each.facts.get(key) for each in results}
    points = []
    for place, label in enumerate(labels):
        xs = [x for name in values if (x := facts.get((name, label))) is not None]
        if xs and len(xs) == len(values):
            points.append(Point(label, place, fmean(xs), fmean(values[name][label].mean for name in values)))
    return points


def _table_of(results: Sequence[Result], known: Estimates, labels: Sequence[str]) -> str:
    measures = results[0].measures
    heads = ["collection 评测集", "configuration 配置", "n", *measures, "p50 ms", "p95 ms", "passages 段落", "index MB"]
    rows = []
    for group in _by_dataset(results):
        found = [known[each.dataset, each.label] for each in group]
        best = {name: max((each[name].mean for each in found if name in each), default=None) for name in measures}
        for place, each in enumerate(group):
            estimates, facts = known[each.dataset, each.label], each.facts
            cells = [escape(each.dataset) if not place else "", key(each.label, labels), str(len(each.questions))]
            shown = [(estimates.get(name), best[name]) for name in measures]
            cells += [cell(value, best=value.mean == most) if value else "" for value, most in shown]
            cells += [number(facts.get(name), form) for name, form in _FACTS]
            rows.append(cells)
    return table(heads, rows)


_FACTS = (("p50_ms", ",.1f"), ("p95_ms", ",.1f"), ("passages", ",.0f"), ("index_mb", ",.1f"))


def _groups(results: Sequence[Result]) -> str:
    """One collection's headline measure by trait, a column for each configuration."""
    measures = results[0].measures
    heads = ["", "n", *(f"{escape(each.label)}<br>{escape(name)}" for each in results for name in measures)]
    rows = []
    for name, value in results[0].groups():
        by_result = [each.estimates(**{name: value}) for each in results]
        cells = [cell(found[m]) if m in found else "" for found in by_result for m in measures]
        rows.append([escape(f"{name} {value}"), str(next(iter(by_result[0].values())).n), *cells])
    title = f'<h3>{escape(results[0].dataset)}: by kind of question <span lang="zh">按问题类别</span></h3>'
    return title + table(heads, rows, raw_heads=True)


def _provenance(results: Sequence[Result]) -> str:
    names = ("corpus", "questions", "index", "configuration", "code")
    rows = [
        [
            escape(each.dataset),
            escape(each.label),
            *(f"<code>{escape(each.fingerprints.get(name, ''))}</code>" for name in names),
            f"<code>{escape(json.dumps(each.configuration, ensure_ascii=False))}</code>",
            escape("; ".join(each.warnings)),
        ]
        for each in results
    ]
    return table(["collection", "configuration", *names, "settings", "warnings"], rows)


def _data(results: Sequence[Result]) -> str:
    """What the page's script shows, as JSON that cannot end the script."""
    sets = []
    for group in _by_dataset(results):
        runs = [_run(each) for each in group]
        shown = {name for run in runs for q in run["questions"] for name in [*q["found"], *(w[0] for w in q["wanted"])]}
        texts = {name: text for each in group for name, text in each.texts.items() if name in shown}
        sets.append({"name": group[0].dataset, "texts": texts, "runs": runs})
    return embedded({"sets": sets})


def _run(result: Result) -> dict[str, Any]:
    questions = [
        {
            "id": each.query_id,
            "text": each.text,
            "traits": list(each.traits.values()),
            "scores": [round(each.scores[name], 4) if name in each.scores else None for name in result.measures],
            "wanted": [[wanted.name, wanted.rank, wanted.hop] for wanted in each.wanted],
            "found": [name for name, _ in each.found[:_SHOWN]],
        }
        for each in result.questions
    ]
    place = result.measures.index(headline(result))
    return {"label": result.label, "measures": result.measures, "headline": place, "questions": questions}


def _summary(results: Sequence[Result]) -> str:
    datasets, labels = {each.dataset for each in results}, {each.label for each in results}
    questions = sum(len(group[0].questions) for group in _by_dataset(results))
    counts = (
        (len(datasets), "collections 评测集"),
        (questions, "questions 问题"),
        (len(labels), "configurations 配置"),
    )
    return "".join(f"<li><b>{count:,}</b> {what}</li>" for count, what in counts)


def _by_dataset(results: Sequence[Result]) -> list[list[Result]]:
    names = dict.fromkeys((each.kind, each.dataset) for each in results)
    return [[each for each in results if (each.kind, each.dataset) == name] for name in names]


def _kinds(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(each.kind for each in results))


def _of(results: Sequence[Result], kind: str) -> list[Result]:
    return [each for each in results if each.kind == kind]


def _figure(title: str, svg: str, *, wide: bool = False) -> str:
    return f"<figure{' class=wide' if wide else ''}><figcaption>{escape(title)}</figcaption>{svg}</figure>"
