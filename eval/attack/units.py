"""Short pieces of text that are costly for rules and regular expressions when they are repeated."""

from __future__ import annotations

_NUMBERS = ("(1", "1-", "1,", "1.", "½", "10⁶ ", "⑩", "-1 ", "±1", "1±", "1/", "1e9 ", "99999999", "1 %", "$1 ", "0x1 ")
_CHINESE_NUMBERS = ("百万", "一百", "亿", "第十三条 ", "二〇二一年", "万分之一", "至", "约", "几十", "两三")
_CLAUSES = (
    "not ",
    "no, ",
    "if ",
    "unless ",
    "不",
    "不得",
    "但",
    "除外",
    "有下列情形之一的，",
    "禁止下列行为：",
    "and ",
    "or ",
)
_MARKS = (
    ";",
    "；",
    "：",
    "(",
    "）",
    "“",
    '"',
    "「",
    "- ",
    "\n",
    "\n\n",
    "|",
    "|a|b|\n",
    "#",
    "> ",
    "*",
    "[1] ",
    "…",
    "……",
)
_SIGNS = ("\u0301", "\u200b", "\u202e", "❌", "👨‍👩‍👧", "\u00a0", "\ufeff", "ﷺ", "İ", "ß", "A\u030a")
_WORDS = (
    "a", "A.", "a.b.", "e.g. ", "Article 6: ", "http://a.b/", "WHO ", "per cent ", "2027 and 2032 ", "1990-2005-",
    "carbon sink ", "carbon, ", "碳汇", "碳汇，", "does not ", "at least 5 %, ", "平方米", "km² ",
)  # fmt: skip

UNITS: tuple[str, ...] = (*_NUMBERS, *_CHINESE_NUMBERS, *_CLAUSES, *_MARKS, *_SIGNS, *_WORDS)
"""The pieces that are repeated up to the size of a request."""


def repeated(unit: str, size: int) -> str:
    """Repeats a unit to a text of ``size`` code points."""
    return (unit * (size // len(unit) + 1))[:size]
