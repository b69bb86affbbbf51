"""Cell boundaries: estimates whether a new cell begins between two lines of a flattened column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sinkqa.ingest.flattened.regions import FlattenedLine, width

_PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "「": "」", "[": "]", "【": "】", "〈": "〉"}
WIDE = 18  # display columns: in narrower columns many a cell is as wide as the column
CAPITAL = 2.0  # evidence of a capital, where continued lines begin small
_REACH = 8  # lines an open bracket may stay open for: past that it is a misprint

_NUMBER = re.compile(r"^[<>≤≥≈~±+\-–—−]?\s?[\d.,，\s%％‰–—−\-~～±/×]*$")
_NOTHING = re.compile(r"^(?:无|是|否|有|n/?a|yes|no|none|[–—−\-]+)$", re.IGNORECASE)
_HANGING = re.compile(
    r"(?:[、，,：:；;/&+\-‐⁃–—]|[的和与及或并以对为从]|\b(?:and|or|of|the|for|in|on|to|with|by|from|a|an|at|as|than|under|per|into))$",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^(?:[、，,；;：:。.)）》”%％/&]|[和与及或并等的]|(?:and|or|of|for|in|to|with|by|from|than|per)\b)"
)
_BRACKETED = re.compile(r"^[（(](?!\s?(?:[ivx]+|[a-z]|\d{1,2}|[一二三四五六七八九十])\s?[)）])", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[•·●■◆▪○*]\s?|[①-⑳]|[（(]\s?\d{1,2}\s?[)）]|\d{1,2}[.、)）]\s?(?!\d)|[a-z][.)]\s|[-–]\s)")
_INNER_LABEL = re.compile(r"^([^\s，。；：:,.;]{1,8}|[A-Z][\w-]*(?: [\w-]+){0,2})[：:](?!//)")
_TOKEN = re.compile(r"[（(《“\[]*(?:[A-Za-z\d.,%’'\-–/]*[A-Za-z\d][A-Za-z\d.,%’'\-–/]*|.)[）)》”\],，；、。：]*")
_CITED = re.compile(r"》\s?[（(]\d{4}[)）]$")
_LATIN_END = re.compile(r"[A-Za-z]$")


def inner_label(text: str) -> str | None:
    """Returns the label at the beginning of a line (``森林：…``), or None."""
    match = _INNER_LABEL.match(text)
    return match[1] if match else None


def is_number(text: str) -> bool:
    """Whether a line is a complete value: a figure, a range, a dash, 无, yes."""
    return bool(_NUMBER.match(text) or _NOTHING.match(text))


def shape(text: str) -> str | None:
    """Returns the coarse kind of a cell, by its beginning. None for a bare 无 or dash, which occur in any column."""
    if _NOTHING.match(text):
        return None
    if text.startswith("《"):
        return "title"
    if inner_label(text):
        return "labelled"
    if is_number(text) or 2 * sum(char.isdigit() for char in text) >= len(text):
        return "number"
    return "latin" if re.match(r"[A-Za-z]", text) else "words"


def bracketed(texts: Sequence[str]) -> list[bool]:
    """For each line, whether a bracket or book title is open at its end and closes within a few lines."""
    inside = [False] * len(texts)
    stack: list[tuple[str, int]] = []
    for i, text in enumerate(texts):
        stack = [(char, at) for char, at in stack if i - at < _REACH]
        for char in text:
            if char in _PAIRS:
                stack.append((_PAIRS[char], i))
            elif any(char == closing for closing, _ in stack):
                while stack:
                    closing, at = stack.pop()
                    if closing == char:
                        inside[at:i] = [True] * (i - at)
                        break
    return inside


def break_evidence(lines: Sequence[FlattenedLine], column_widths: Sequence[int]) -> list[float]:
    """Weighs, for each gap between neighbours, whether a new cell begins (above 0) or the cell continues (below 0).

    Values are about -8..+8. ``column_widths``: the width of each line's column in display columns, as far as known.
    """
    texts = [line.text for line in lines]
    inside = bracketed(texts)
    blanks = sum(line.blank_before for line in lines[1:])
    telling = 0.05 * len(lines) < blanks < 0.95 * (len(lines) - 1)
    capital = CAPITAL if _sentence_case(texts) else 0.3
    evidence = []
    for i in range(len(lines) - 1):
        if inside[i]:
            evidence.append(-8.0)
            continue
        score = (1.0 if lines[i + 1].blank_before else -0.5) if telling else 0.0
        score += _room(texts[i], texts[i + 1], column_widths[i])
        score += _wording(texts[i], texts[i + 1], capital) + _parallel(texts, i)
        evidence.append(score)
    return evidence


def _room(text: str, following: str, column_width: int) -> float:
    """Evidence from space: a cell breaks only if the next word would not have fitted."""
    token = _TOKEN.match(following)
    slack = column_width - width(text) - width(token[0] if token else following)
    if slack < 2:
        return -0.8 if column_width >= WIDE else -0.3
    return 2.0 if slack >= 4 and slack > 0.12 * column_width else 0.0


def _sentence_case(texts: Sequence[str]) -> bool:
    """Whether some lines of a Latin text begin in lower case, as only continued lines do."""
    initials = [text[0] for text in texts if re.match(r"[A-Za-z]", text)]
    small = sum(initial.islower() for initial in initials)
    return 0.1 * len(initials) < small < 0.8 * len(initials)


def _wording(text: str, following: str, capital: float) -> float:
    if is_number(text) or is_number(following):
        return 3.0
    score = 0.0
    if _HANGING.search(text) or _CONTINUES.match(following):
        score -= 4.0
    elif _BRACKETED.match(following):
        score -= 3.0 if following.endswith(("）", ")")) else 2.0
    elif re.match(r"[a-z]", following):
        score -= 2.5
    elif _LATIN_END.search(text) and re.match(r"[A-Z]", following):
        score += capital
    if _BULLET.match(following) or inner_label(following):
        score += 3.5
    if following.startswith("《") and text.endswith(("）", ")", "》", "；", "。")):
        score += 3.0
    elif _CITED.search(text):
        score += 2.5
    if text.endswith(("。", "！", ".", "）", ")")):
        score += 1.0
    return score + _broken_word(text, following)


def _broken_word(text: str, following: str) -> float:
    """Whether a Chinese dictionary word lies across the break."""
    if not ("\u4e00" <= text[-1] <= "\u9fff" and "\u4e00" <= following[0] <= "\u9fff"):
        return 0.0
    import rjieba

    head, end = text[-8:], 0
    for word in rjieba.cut(head + following[:8], False):
        start, end = end, end + len(word)
        if start < len(head) < end:
            return -2.0 if len(word) >= 3 else -1.5
    return 0.0


def _parallel(texts: Sequence[str], i: int) -> float:
    """Whether neighbours open or end alike, as cells of one column do."""
    following = texts[i + 1]
    score = 0.0
    if any(texts[j][:2] == following[:2] for j in range(max(0, i - 3), i + 1)):
        score += 0.7
    if re.sub(r"\d+", "#", texts[i])[-2:] == re.sub(r"\d+", "#", following)[-2:]:
        score += 1.0
    return score
