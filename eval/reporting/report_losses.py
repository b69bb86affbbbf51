"""The part of the report on incomplete answers: the stage at which each was lost, and the answer that was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from sinkqa.eval.answering.losses import losses, retrieval_counts
from sinkqa.eval.reporting.plots import COLOURS
from sinkqa.eval.results.saved import Loss, QuestionResult, Result

_COLOURS = {
    "complete": COLOURS[2],
    "retrieval": COLOURS[4],
    "abstention": COLOURS[1],
    "choice": COLOURS[3],
    "items": COLOURS[5],
}
_CHINESE = {"complete": "完整", "retrieval": "检索", "abstention": "拒答", "choice": "选句", "items": "要点"}
_HEADS = ("question 问题", "evidence 依据", "what happened 结果")


def losses_section(results: Sequence[Result]) -> str:
    """Draws a bar of the stages for each result, and lists below it each stage's questions.

    Empty without judged losses.
    """
    parts = [_result(each) for each in results if "complete" in each.measures]
    title = '<h2>Where answers were lost <span lang="zh">回答丢失在哪一步</span></h2>'
    return title + "".join(parts) if parts else ""


def _result(result: Result) -> str:
    asked = [each for each in result.questions if "complete" in each.scores]
    found = losses(result)
    counts = {"complete": len(asked) - sum(len(each.questions) for each in found)}
    counts |= {each.stage: len(each.questions) for each in found}
    bar = "".join(_part(name, n) for name, n in counts.items() if n)
    head = f"<h3>{escape(result.dataset)}, {escape(result.label)}: {counts['complete']} of {len(asked)} complete</h3>"
    stages = (
        f'<details class="lost"><summary><span class="dot" style="--colour:{_COLOURS[each.stage]}"></span>'
        f"<b>{each.stage}</b> {len(each.questions)}: {each.meaning}"
        f"{_detail(each.questions) if each.stage == 'retrieval' else ''}</summary>{_table(each.questions)}</details>"
        for each in found
        if each.questions
    )
    return f'{head}<div class="flow">{bar}</div>{"".join(stages)}'


def _part(name: str, n: int) -> str:
    style = f"--n:{n};--colour:{_COLOURS[name]}"
    return f'<span style="{style}"><b>{n}</b>{name} <span lang="zh">{_CHINESE[name]}</span></span>'


def _detail(questions: Sequence[QuestionResult]) -> str:
    return f' <span class="sub">({retrieval_counts(questions)})</span>'


def _table(questions: Sequence[QuestionResult]) -> str:
    head = "".join(f"<th>{name}</th>" for name in _HEADS)
    rows = "".join(_row(each, each.lost) for each in questions if each.lost)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _row(question: QuestionResult, lost: Loss) -> str:
    named = f'<span class="id">{escape(question.query_id)}</span>{escape(question.text)}'
    evidence = _files(lost.right) + "<br>".join(f"<q>{escape(each.name)}</q>" for each in question.wanted)
    return f"<tr><td>{named}</td><td>{evidence}</td><td>{'<br>'.join(_happened(question, lost))}</td></tr>"


def _happened(question: QuestionResult, lost: Loss) -> Iterator[str]:
    """Rank of the evidence and what came first, confidence, what was quoted, and which points are missing."""
    held = f"all evidence among the first {lost.rank}" if lost.rank else "not all evidence found"
    yield held + (f"; first: <em>{escape(lost.first)}</em>" if lost.astray and lost.first else "")
    sure = f"confidence {question.scores['confidence']:.2f}"
    yield sure if lost.given else f"<em>withheld</em>, {sure}, {escape(question.traits.get('status', ''))}"
    for file, quote in lost.quoted:
        wrong = file not in lost.right
        yield f"{_files([file], wrong=wrong)}<q>{escape(quote)}</q>"
    if lost.stage == "items":
        yield "missing: " + "; ".join(f"<em>{escape(each)}</em>" for each in lost.missing)


def _files(names: Sequence[str], *, wrong: bool = False) -> str:
    written = escape(", ".join(names))
    return f'<span class="file">{f"<em>{written}</em>" if wrong else written}</span>'
