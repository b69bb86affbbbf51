"""Writes one sortable, self-contained HTML page of systems over collections."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from sinkqa.eval.reporting.page import key, made, number, table, write_page
from sinkqa.eval.reporting.plots import COLOURS
from sinkqa.eval.results.significance import Estimate
from sinkqa.eval.results.standings import SURE, Pair, Standing, Standings

_PAGE = Path(__file__).with_name("leaderboard.html")
_WIDTH, _HEIGHT = 240, 20  # of a drawing, in its own units
_HOW = (
    "Each mean stands over the questions of a collection, with its 95 % interval by bootstrap; wordings of one "
    "question are drawn together. Systems are compared in pairs over the same questions by the two-sided "
    "randomisation test. "
    f"The p values are corrected by Holm’s method for all pairs of a collection and measure; a difference is "
    f"significant where the corrected p is below {SURE:g}. Intervals may overlap where it is."
)
_HOW_ZH = (
    "每个均值按评测集的问题计算，附 95% 自助法置信区间；同一问题的不同问法一起抽取。系统之间在相同问题上两两比较，"
    f"采用双侧随机化检验；p 值按 Holm 方法对同一评测集、同一指标的全部配对校正，校正后 p 小于 {SURE:g} 为显著。"
    "差异显著时置信区间也可能重叠。"
)
_HEADS = (
    ("collection", "评测集", "ascending"),
    ("system", "系统", "ascending"),
    ("measure", "指标", "ascending"),
    ("place", "名次", "ascending"),
    ("questions", "问题数", "descending"),
    ("mean", "均值", "descending"),
    ("interval", "置信区间", ""),
    ("", "", ""),
    ("significantly better than", "显著优于", "descending"),
    ("search, ms", "检索毫秒", "ascending"),
    ("models, MB", "模型大小", "ascending"),
)


def write_leaderboard(path: Path, found: Sequence[Standings]) -> None:
    """Writes the page: a row for each system, collection and measure, and below them all pairs of systems."""
    labels = sorted({each.label for board in found for each in board.systems})
    end = _end(found)
    rows = "".join(_row(board, each, labels, end) for board in found for each in board.systems)
    heads = "".join(_head(*each, end) for each in _HEADS)
    caption = '<caption>Systems by collection and measure <span lang="zh">各评测集与指标上的系统</span></caption>'
    board = (
        f'<div class="scroll board"><table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    parts = {"made": made(), "how": _HOW, "how_zh": _HOW_ZH, "board": board, "pairs": "".join(map(_pairs, found))}
    write_page(path, _PAGE, parts)


def _head(english: str, chinese: str, first: str, end: float) -> str:
    if not english:
        ticks = "".join(f"<span>{end * part / 4:g}</span>" for part in range(5))
        said = '<span class="hidden">drawing of mean and interval <span lang="zh">均值与区间图</span></span>'
        return f'<th scope="col">{said}<span class="axis" aria-hidden="true">{ticks}</span></th>'
    words = f'{english}<br><span lang="zh">{chinese}</span>'
    if not first:
        return f'<th scope="col">{words}</th>'
    return f'<th scope="col" data-first="{first}"><button type="button">{words}</button></th>'


def _row(board: Standings, each: Standing, labels: Sequence[str], end: float) -> str:
    others = len(board.systems) - 1
    beats = ", ".join(map(escape, each.beats))
    if not beats and others:
        beats = '<span class="same">none <span lang="zh">无</span></span>'
    speed, size = each.facts.get("p50_ms"), each.facts.get("encoder_mb")
    size = size + each.facts.get("reranker_mb", 0) if size is not None else None
    value = each.value
    cells = (
        f"<td>{escape(board.dataset)}</td>",
        f'<th scope="row">{key(each.label, labels)}</th>',
        f"<td>{escape(board.measure)}</td>",
        _cell(each.place, f"{each.place} / {others + 1}"),
        _cell(value.n, f"{value.n:,}"),
        _cell(value.mean, f"<b>{value.mean:.3f}</b>"),
        f"<td>{value.low:.3f}–{value.high:.3f}</td>",
        f'<td class="dots">{_dots(value, labels.index(each.label), end)}</td>',
        f'<td class="beats" data-value="{len(each.beats)}">{beats}</td>',
        _cell(speed, number(speed, ",.1f")),
        _cell(size, number(size, ",.1f")),
    )
    about = f'data-set="{escape(board.dataset)}" data-system="{escape(each.label)}"'
    return f"<tr {about}>{''.join(cells)}</tr>"


def _cell(value: float | None, shown: str) -> str:
    return f'<td data-value="{"" if value is None else value}">{shown}</td>'


def _dots(value: Estimate, place: int, end: float) -> str:
    """Mean and interval on the whole axis, from 0 on, the same one in every row. The numbers stand in the row."""

    def at(share: float) -> str:
        return f"{_WIDTH * share / end:.1f}"

    middle = _HEIGHT / 2
    ticks = "".join(f"M{at(end * part / 4)} 3V{_HEIGHT - 3}" for part in range(5))
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" aria-hidden="true" '
        f'style="--colour:{COLOURS[place % len(COLOURS)]}"><path class="scale" d="M0 {middle}H{_WIDTH}{ticks}"/>'
        f'<path class="range" d="M{at(value.low)} {middle}H{at(value.high)}"/>'
        f'<circle class="mean" cx="{at(value.mean)}" cy="{middle}" r="4.5"/></svg>'
    )


def _end(found: Sequence[Standings]) -> float:
    """Where the axis ends: 1, or the next whole number where a measure goes beyond."""
    return float(max(1, math.ceil(max(each.value.high for board in found for each in board.systems) - 1e-9)))


def _pairs(board: Standings) -> str:
    notes = "".join(f'<p class="sub">{escape(note)}</p>' for note in board.notes)
    if not board.pairs:
        return f"<p>{escape(board.dataset)}: {escape(board.measure)}</p>{notes}" if notes else ""
    sure = sum(each.is_sure for each in board.pairs)
    heads = ("A, B", "B − A", "95 % interval 置信区间", "p", "p, corrected 校正后", "significant 显著")
    ordered = sorted(board.pairs, key=lambda each: (each.corrected, -abs(each.difference.mean)))
    name = f"{escape(board.dataset)}, {escape(board.measure)}"
    count = f'{sure} of {len(board.pairs)} significant <span lang="zh">显著</span>'
    inner = f'<div class="pairs">{table(heads, map(_pair, ordered))}</div>'
    return f'<details data-set="{escape(board.dataset)}"><summary>{name}: {count}</summary>{notes}{inner}</details>'


def _pair(pair: Pair) -> list[str]:
    change = pair.difference
    return [
        f"{escape(pair.a)}, {escape(pair.b)}",
        f"{change.mean:+.3f}",
        f"{change.low:+.3f} to {change.high:+.3f}",
        f"{pair.p:.4f}",
        f"{pair.corrected:.4f}",
        'yes <span lang="zh">是</span>' if pair.is_sure else 'no <span lang="zh">否</span>',
    ]
