"""Random sentences, names and figures about climate policy, made from our own word lists."""

from __future__ import annotations

import re
from random import Random
from typing import Literal

Language = Literal["zh", "en"]

_FRAMES: dict[Language, tuple[str, ...]] = {
    "en": (
        "The {place} authority grants {count} tonnes of {gas} to {sector} operators for {year}.",
        "Each {sector} operator submits its {paper} to the {body} within {days} days of the {event}.",
        "Where the {paper} is incomplete, the {body} returns it and names the {thing} that is missing.",
        "In {year} the {thing} of the {place} {sector} sector fell by {share} percent against {before}.",
        "The {body} publishes the {thing} and the {paper} on its website before the {event}.",
        "A penalty of {count} euros applies to every {sector} operator that fails to surrender its {thing}.",
        "The {thing} for {place} rests on {days} sites that were measured in {year}.",
        "Operators below {count} tonnes of {gas} keep a simplified {paper} and are visited every {days} months.",
        "The {body} may extend the {event} by {days} days if the {paper} of the {sector} sector is disputed.",
        "Revenue from the {event} is spent on the {thing} of the {place} region and on {sector} research.",
        "No {paper} is accepted after the {event} unless the {body} has consented in writing.",
        "Between {before} and {year} the price of an allowance rose from {days} to {share} euros.",
    ),
    "zh": (
        "{place}主管部门向{sector}企业发放{year}年度配额{count}吨。",
        "{sector}企业应当在{event}后{days}日内向{body}提交{paper}。",
        "{paper}不完整的，{body}应当退回并说明缺少的{thing}。",
        "{year}年{place}{sector}行业的{thing}比{before}年下降{share}%。",
        "{body}在{event}之前公布{thing}和{paper}。",
        "未按期清缴{thing}的{sector}企业，处{count}元罚款。",
        "{place}的{thing}由{days}个监测点在{year}年测得。",
        "年排放量低于{count}吨的{sector}企业，可以提交简化的{paper}，每{days}个月核查一次。",
        "对{sector}行业的{paper}有异议的，{body}可以将{event}推迟{days}日。",
        "{event}所得收入用于{place}的{thing}和{sector}技术研究。",
        "{event}以后提交的{paper}不予受理，但{body}书面同意的除外。",
        "从{before}年到{year}年，每吨配额的价格由{days}元上升到{share}元。",
    ),
}
_LISTS: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {
        "place": ("Arden", "Belmora", "Corvale", "Dunmere", "Estrand", "Farholt", "Glenmark", "Harrowby"),
        "gas": ("carbon dioxide", "methane", "nitrous oxide"),
        "sector": ("ce·ment", "steel", "pa·per", "re·fin·ing", "a·vi·a·tion", "glass", "alu·min·i·um", "ship·ping"),
        "paper": (
            "emis·sions re·port",
            "mon·i·tor·ing plan",
            "ver·i·fi·ca·tion state·ment",
            "ap·pli·ca·tion",
            "in·ven·to·ry",
            "dec·la·ra·tion",
            "meth·od·ol·o·gy",
            "cer·tif·i·cate",
        ),
        "body": ("reg·is·trar", "com·mis·sion", "in·spec·torate", "sec·re·tar·i·at", "tri·bu·nal"),
        "event": ("auc·tion", "com·pli·ance date", "in·spec·tion", "hear·ing", "trans·fer", "re·con·cil·i·a·tion"),
        "thing": (
            "al·lo·ca·tion",
            "base·line",
            "emis·sion fac·tor",
            "al·low·ances",
            "car·bon stock",
            "re·mov·al rate",
            "meas·ure·ment un·cer·tain·ty",
            "grass·land cov·er",
        ),
    },
    "zh": {
        "place": ("安宁省", "北河市", "长山省", "东平市", "广陵省", "海门市", "江北省", "林西市"),
        "gas": ("二氧化碳", "甲烷"),
        "sector": ("发电", "水泥", "钢铁", "造纸", "石化", "航空", "玻璃", "电解铝"),
        "paper": ("年度排放报告", "监测计划", "核查意见", "项目申请书", "温室气体清单", "自查说明", "方法学文件"),
        "body": ("登记机构", "主管部门", "核查机构", "交易机构", "生态环境局"),
        "event": ("履约日", "拍卖", "现场检查", "听证会", "配额转让", "年度对账"),
        "thing": ("配额分配方案", "基准值", "排放因子", "减排量", "森林碳储量", "清除速率", "草地面积", "测量误差"),
    },
}
_TITLES: dict[Language, tuple[str, ...]] = {
    "en": (
        "Scope of the {thing}", "Duties of {sector} operators", "Review of the {paper}", "The {event} in {place}",
        "Powers of the {body}", "Calculation of the {thing}", "Transition for {place}", "Records and the {paper}",
        "Penalties in the {sector} sector", "Publication of the {thing}",
    ),
    "zh": (
        "{thing}的适用范围", "{sector}企业的义务", "{paper}的审查", "{place}的{event}", "{body}的职责", "{thing}的计算",
        "{place}的过渡安排", "{paper}的保存", "{sector}行业的罚则", "{thing}的公布",
    ),
}  # fmt: skip
_SOFT = "·"
BREAKS: dict[str, tuple[int, ...]] = {}
"""Offsets in our words at which a word may be divided at the end of a line."""


def _learn() -> None:
    for several in _LISTS["en"].values():
        for word in " ".join(several).split():
            parts = word.split(_SOFT)
            lengths = [len("".join(parts[:number])) for number in range(1, len(parts))]
            whole = "".join(parts)
            BREAKS[whole] = tuple(at for at in lengths if 2 <= at <= len(whole) - 3)


_learn()


class Words:
    """Random text in one language. No title is given twice."""

    def __init__(self, random: Random, language: Language) -> None:
        self.random, self.language = random, language
        self._titles: set[str] = set()

    def _fill(self, frame: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda match: self.pick(match[1]), frame)

    def pick(self, name: str) -> str:
        """Picks a word (place, gas, sector, paper, body, event, thing) or a figure (count, days, share, year)."""
        if name in _LISTS[self.language]:
            return self.random.choice(_LISTS[self.language][name]).replace(_SOFT, "")
        return self.figure(name)

    def figure(self, name: str) -> str:
        """Returns a printed figure: ``count`` 1,000 to 999,999, ``days`` 2 to 99, ``share`` with a decimal, a year."""
        if name == "count":
            number = self.random.randint(1_000, 999_999)
            return f"{number:,}" if self.language == "en" else str(number)
        if name == "share":
            return f"{self.random.randint(11, 990) / 10:.1f}"
        if name in ("year", "before"):
            return str(self.random.randint(2019, 2035) if name == "year" else self.random.randint(2001, 2018))
        return str(self.random.randint(2, 99))

    def sentence(self) -> str:
        """Returns one sentence with its full stop."""
        text = self._fill(self.random.choice(_FRAMES[self.language]))
        return text[0].upper() + text[1:]

    def paragraph(self, most: int = 4) -> str:
        """Returns one paragraph of at most ``most`` sentences."""
        between = " " if self.language == "en" else ""
        return between.join(self.sentence() for _ in range(self.random.randint(1, most)))

    def title(self) -> str:
        """Returns a heading that the document does not have yet."""
        for _ in range(40):
            text = self._fill(self.random.choice(_TITLES[self.language]))
            if text not in self._titles:
                break
        self._titles.add(text)
        return text

    def distinct(self, name: str, count: int) -> list[str]:
        """Returns ``count`` different words of a list, or all of its words if it has fewer."""
        several = [word.replace(_SOFT, "") for word in _LISTS[self.language][name]]
        return self.random.sample(several, min(count, len(several)))

    def either(self, english: str, chinese: str) -> str:
        """Returns the wording in the language of the text."""
        return english if self.language == "en" else chinese
