"""Generated questions on statutes, in several wordings: penalties, deadlines, conditions, bodies, definitions.

The wordings differ from the statute's: a model that learns from questions that copy a clause learns to copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sinkqa.index.training.corpus import Pair, made_questions, share


class Made(NamedTuple):
    """A question, the text that answers it, and the rule that made it."""

    question: str
    text: str
    rule: str


class _Rule(NamedTuple):
    name: str
    pattern: re.Pattern[str]
    wordings: tuple[str, ...]  # with the pattern's groups put in, ``of`` where none is named


_POINTS_ELSEWHERE = re.compile(
    r"前[项款条]|本[款项]|第.{1,3}[项款]|[下左]列|如下|following|preceding|\b(?:to|have to) (?:not|be|also)\b"
)
_FOLLOWING = r"(?:下列|以下|左列)"


def _item(*parts: str) -> re.Pattern[str]:
    """The parts at the beginning of a Chinese sentence or item, after its number."""
    return re.compile("".join((r"(?:^|[。;；])\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.])?\s*", *parts)))


def _clause(*parts: str) -> re.Pattern[str]:
    """The parts of an English text, in capitals or lower case."""
    return re.compile("".join(parts), re.IGNORECASE)


_CHINESE = (
    _Rule(
        "penalty",
        _item(
            r"(?:违反[^,，。]{0,24}[,，])?",
            r"(?P<of>[^,，。;；]{6,40}?)(?:的|者)[,，]",
            r"(?:[^。;；]{0,60})(?:罚款|罚锾|罚金|有期徒刑)",
        ),
        (
            "{}会受到什么处罚？",
            "{}要罚多少钱？",
            "{}有什么后果",
            "如果{}，会被怎么处理？",
            "{} 罚款",
            "{}由谁处罚、怎么罚？",
        ),
    ),
    _Rule(
        "condition",
        _item(
            r"(?P<of>[^,，。;；:：]{4,30}?)[,，]?",
            r"(?:应当?|须|必须)?(?:具备|符合|具有)(?:下列|以下|左列|如下)(?:各项)?(?:条件|资格|要求|规定)",
        ),
        ("{}要满足哪些条件？", "{}的条件", "怎样才算符合{}的要求？", "{}有什么门槛？", "什么情况下可以{}？"),
    ),
    _Rule(
        "case",
        _item(
            r"(?P<of>[^,，。;；:：]{0,24})",
            rf"有{_FOLLOWING}(?:情形|情况|情事|行为)之一(?:的|者)?[,，]",
            r"(?P<then>[^:：。]{4,36})[:：]",
        ),
        ("什么情况下{then}？", "哪些情形会{then}？", "{of}什么时候{then}"),
    ),
    _Rule(
        "body",
        _item(
            r"(?P<of>[^,，。;；]{3,24})(?:的)?(?:工作)?",
            r"由(?P<who>[^,，。;；]{3,24}?(?:部门|机关|委员会|政府|局|部|厅))",
            r"(?:负责|主管|管理|核发|审批|批准)",
        ),
        ("{}归谁管？", "{}由哪个部门负责？", "{}找哪个单位办", "谁负责{}？"),
    ),
    _Rule(
        "duty",
        _item(
            r"(?P<of>[^,，。;；]{3,30}?)(?:应当|应|须)",
            r"(?:于|在|自)[^,，。;；]{2,20}?(?:日|月|年|天|小时)(?:之?内|前|起)",
        ),
        ("{}有多长时间？", "{}最晚什么时候办？", "{}的期限", "{}要在多久之内完成手续？"),
    ),
    _Rule(
        "forbidden",
        _item(r"(?:禁止|不得)(?P<of>[^,，。;；:：]{5,30})[。;；]"),
        ("可以{}吗？", "允许{}吗？", "{}合法吗？", "能不能{}"),
    ),
)
_ENGLISH = (
    _Rule(
        "penalty",
        _clause(
            r"(?:Any(?:one| person)|A person|Those|Whoever|Persons?|An? [a-z]+) (?:who|that) ",
            r"(?P<of>[^,.;:]{12,110}?),? ",
            r"(?:shall|will|may) be (?:fined|punished|sentenced|imposed|subject)",
        ),
        (
            "What is the penalty for anyone who {}?",
            "What happens to somebody who {}?",
            "How high is the fine if someone {}?",
            "penalty for a person who {}",
        ),
    ),
    _Rule(
        "deadline",
        _clause(
            r"(?:^|[.;] )(?P<of>(?:The|An?|Any) [^,.;:]{6,70}?) ",
            r"(?:shall|must|should) (?P<do>[^,.;:]{8,90}?) ",
            r"(?:within|no later than|not later than|before) ",
        ),
        (
            "By when does {of} have to {do}?",
            "How long does {of} have to {do}?",
            "deadline for {of} to {do}",
            "How many days are given to {do}?",
        ),
    ),
    _Rule(
        "body",
        _clause(
            r"(?:^|[.;] )The (?P<of>[A-Za-z ]{5,40}?) ",
            r"(?:shall|is|are)(?: be)? (?P<do>responsible for|in charge of) ",
            r"(?P<what>[^,.;:]{8,80})",
        ),
        ("Who is responsible for {what}?", "Which body is in charge of {what}?", "who handles {what}"),
    ),
    _Rule(
        "condition",
        _clause(
            r"(?:^|[.;] )(?P<of>[^,.;:]{10,90}?) ",
            r"shall (?:meet|satisfy|fulfil|comply with|conform to) (?:all of )?(?:the|each of the) following ",
            r"(?:conditions|requirements|criteria|qualifications)",
        ),
        (
            "What conditions apply to {of}?",
            "What does {of} have to meet?",
            "requirements for {of}",
            "Which criteria must {of} fulfil?",
        ),
    ),
    _Rule(
        "case",
        _clause(
            r"(?:under|in|if|where) any of the following (?:circumstances|situations|conditions|events)[^,.;:]{0,40}, ",
            r"(?P<of>[^.;:]{10,90}?)(?: shall| may| will)? ",
            r"(?P<do>[^.;:]{5,80})[:.]",
        ),
        (
            "When will {of} {do}?",
            "In which cases does {of} {do}?",
            "Under what circumstances may {of} {do}?",
        ),
    ),
)


def asked_of_statutes(pairs: Iterable[Pair]) -> Iterator[Made]:
    """Questions with the statute text that answers each, in its language and, if translated, in the other.

    ``pairs``: those of :func:`read_pairs`.
    """
    for pair in pairs:
        if pair.kind == "par" and pair.source == "mojLaw":
            english, chinese = pair.left, pair.right
            for question, rule in _ask(chinese, _CHINESE):
                yield Made(question, english, f"{rule} across")
            for question, rule in _ask(english, _ENGLISH):
                yield Made(question, chinese, f"{rule} across")
        elif pair.kind in ("ict_zh", "ict_en"):
            for question, rule in _ask(pair.right, _CHINESE if pair.kind == "ict_zh" else _ENGLISH):
                yield Made(question, pair.right, rule)
        for made in made_questions([pair]):
            yield Made(made.left, made.right, "definition" if made.kind == "qp_x" else "statute")


def _ask(text: str, rules: Iterable[_Rule]) -> Iterator[tuple[str, str]]:
    """At most one question of each rule, with the rule's name. The text determines the wording."""
    for rule in rules:
        if found := rule.pattern.search(text):
            named = {key: (value or "").strip() for key, value in found.groupdict().items()}
            wording = rule.wordings[int(share(text + rule.name) * len(rule.wordings))]
            question = wording.format(named["of"], **named)
            if not _POINTS_ELSEWHERE.search(question):
                yield question, rule.name
