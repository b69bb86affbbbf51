"""Alterations of a sentence made by program: one thing changed, everything else as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random

import opencc
import rjieba

Alter = Callable[[str, Random], str | None]

_TRADITIONAL = opencc.OpenCC("s2t")
_HAN = re.compile("[\u4e00-\u9fff]")


def _pairs(table: str) -> list[tuple[str, str]]:
    """``old/new`` by white space; an underscore stands for a space."""
    return [
        (old.replace("_", " "), new.replace("_", " "))
        for old, _, new in (each.partition("/") for each in table.split())
    ]


_UNITS = _pairs("""
    %/‰ 亿/万 万/亿 公顷/亩 亩/公顷 吨/公斤 美元/欧元 个百分点/% billion/million million/billion
    tonnes/kilograms tons/kilograms percent/percentage_points hectares/acres
    acres/hectares years/months months/days days/years Mt/kt
""")
_VERBS = _pairs("""
    应当/可以 可以/应当 必须/可以 建立/废除 提高/降低 降低/提高 鼓励/限制 加强/削弱 开展/停止 制定/讨论
    实施/研究 保护/开发 增加/减少 减少/增加
    促进/阻碍 支持/反对 提供/收取 吸收/排放 包括/排除 推动/延缓 组织/解散 shall/may may/shall must/may will/could
    should/may increase/reduce reduce/increase support/oppose establish/abolish
    include/exclude includes/excludes provide/receive protect/destroy require/allow
    requires/allows requests/forbids invites/orders decides/refuses ensure/prevent
    promote/discourage improve/worsen encourages/forbids develop/drop implement/postpone
    adopted/rejected made/lost
""")
_NEGATIONS = _pairs("""
    不得/可以 禁止/允许 不能/能 没有/有 应当/不应当 可以/不可以 能够/不能够 是/不是 将/将不 具有/不具有 shall_not/shall
    may_not/may not/ without/with no/every shall/shall_not will/will_not is/is_not
    are/are_not has/has_not have/have_never can/cannot should/should_not
""")
_NAMES = _pairs("""
    中国/日本 我国/印度 北京/上海 广东/福建 欧盟/英国 美国/加拿大 国务院/财政部
    森林/草原 湿地/荒漠 海洋/沙漠 林业/渔业 生态环境/水利 省/县
    《/《新 China/Japan European/African EU/UK United_States/United_Kingdom
    Union/Federation forest/desert forests/deserts Parties/Companies Paris/Kyoto
    Commission/Parliament Secretary/Governor Minister/Judge carbon/nitrogen
    Agreement/Treaty Federal/Tribal climate/trade land/sea
""")


def alterations(sentence: str, random: Random) -> Iterator[tuple[str, str]]:
    """Kind and altered sentence, at most one of each kind."""
    kinds: dict[str, Alter] = {
        "verb": _swapped(_VERBS),
        "number": _other_number,
        "unit": _other_unit,
        "year": _other_year,
        "negation": _swapped(_NEGATIONS),
        "entity": _swapped(_NAMES),
        "order": _other_order,
        "deletion": _without_a_word,
    }
    for kind, alter in kinds.items():
        altered = alter(sentence, random)
        if altered is not None and altered != sentence:
            yield kind, altered


def untouched(sentence: str, random: Random) -> Iterator[tuple[str, str]]:
    """Kind and sentence in another dress."""
    words = _words(sentence)
    yield (
        "line breaks",
        "".join(
            f"{word}\n" if word == " " or (_HAN.search(word) and random.random() < 0.2) else word for word in words
        ),
    )
    yield (
        "spacing",
        re.sub(" ", "  ", sentence) if not _HAN.search(sentence) else re.sub(r"(?<=[，。、；])", " \u3000", sentence),
    )
    yield (
        "width",
        "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" and char not in "-'\"" else char for char in sentence),
    )
    if _HAN.search(sentence):
        yield "traditional", _TRADITIONAL.convert(sentence)


def _words(sentence: str) -> list[str]:
    return rjieba.cut(sentence) if _HAN.search(sentence) else re.findall(r"\w+|\W", sentence)


def _swapped(pairs: list[tuple[str, str]]) -> Alter:
    def alter(sentence: str, random: Random) -> str | None:
        standing = [(old, new) for old, new in pairs if re.search(_word(old), sentence)]
        if not standing:
            return None
        old, new = random.choice(standing)
        return re.sub(_word(old), new, sentence, count=1)

    return alter


def _word(text: str) -> str:
    return rf"\b{text}\b" if text.isascii() and text.replace(" ", "").isalpha() else re.escape(text)


def _other_number(sentence: str, random: Random) -> str | None:
    found = [
        m
        for m in re.finditer(r"\d+(?:[.,]\d+)*|[一二三四五六七八九](?=[条个种年项类级])", sentence)
        if not re.fullmatch("(?:19|20)\\d\\d", m[0])
    ]
    if not found:
        return None
    match = random.choice(found)
    new = (
        str(int(match[0][-1]) + 1)[-1]
        if match[0][-1].isascii()
        else random.choice([n for n in "二三四五六七八九" if n != match[0]])
    )
    return sentence[: match.end() - 1] + new + sentence[match.end() :]


def _other_unit(sentence: str, random: Random) -> str | None:
    found = [(m, new) for old, new in _UNITS for m in re.finditer(rf"(?<=\d)\s?{re.escape(old)}(?![a-z])", sentence)]
    if not found:
        return None
    match, new = random.choice(found)
    lead = " " if match[0].startswith(" ") or new.startswith("percentage") else ""
    return sentence[: match.start()] + lead + new + sentence[match.end() :]


def _other_year(sentence: str, random: Random) -> str | None:
    found = [*re.finditer(r"(?<!\d)(?:19|20)\d\d(?!\d)", sentence)]
    if not found:
        return None
    match = random.choice(found)
    return sentence[: match.start()] + str(int(match[0]) + random.choice([-10, -1, 1, 2, 5])) + sentence[match.end() :]


def _content(words: list[str]) -> list[int]:
    """Places of words that say something, neither first nor last."""
    long = [
        place for place, word in enumerate(words) if len(word) >= (2 if _HAN.search(word) else 5) and word.isalpha()
    ]
    return long[1:-1]


def _other_order(sentence: str, random: Random) -> str | None:
    words = _words(sentence)
    places = _content(words)
    pairs = [(left, right) for left, right in pairwise(places) if words[left].lower() != words[right].lower()]
    if not pairs:
        return None
    left, right = random.choice(pairs)
    words[left], words[right] = words[right], words[left]
    return "".join(words)


def _without_a_word(sentence: str, random: Random) -> str | None:
    words = _words(sentence)
    places = _content(words)
    if not places:
        return None
    del words[random.choice(places)]
    return "".join(words).replace("  ", " ")
