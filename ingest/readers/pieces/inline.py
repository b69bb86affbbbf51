"""Writes the words of one block: white space, line breaks, raised and lowered text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby, pairwise
from operator import itemgetter

from sinkqa.ingest.structure.headings import heading_level

BREAK = "\u2028"
_INVISIBLE = re.compile("[\ufeff\u200b\u00ad\u2060\0]")
_RAISED = str.maketrans("0123456789+-−–n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-−–aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_CAN_RISE = re.compile(r"[+\-−–]?[0-9]+|[0-9]*[+\-−–]|n")
_CAN_SINK = re.compile(r"[+\-−–]?[0-9]+(?:\.[0-9]+)?|[+\-−–]|[aehijklmnoprstuvx]+")
_NOTE_NUMBERS = re.compile(r"[0-9]+(?:\s?[,，、;]\s?[0-9]+)+|[0-9]+[-–−][0-9]+")
_EQUIVALENT = re.compile(r"([0-9]+)([-‑–]?(?:e|eq|eqv|equiv|当量))")  # CO₂e, CO₂-eq
# Letters alone are ordinals and note marks (1st, 12a, TM), and so is what stands in brackets of its own ([3]).
_POWER = re.compile(
    r"[+\-−–]?\w+(?:\.\w+)*(?:[+\-−–/×·=]\w+(?:\.\w+)*)+|[+\-−–][A-Za-z]+|[+\-−–]?[0-9]+(?:\.[0-9]+|[A-Za-z]+)|[A-Za-z]+[0-9]+"
)
_INDEX = re.compile(r"[\w,.:+\-−–=()]+")
_BESIDE_FORMULA = re.compile(
    r"[\s.…·]*(?:[(（]\s*(?:公?式|[Ee]q\.)?\s*[A-Z]?\d+(?:[-–.]\d+)*\s*[)）])?[\s.,;:，。；：]*"
)
_STICKS = re.compile(r"[\w)\]}₀-₉⁰-⁹²³¹]\Z")
_CJK = "\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_CJK_WRAP = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n][ \t\r\n]*(?=[{_CJK}])")
_SPACES = re.compile(r"[\t\r\n\f\v\xa0][ \t\r\n\f\v\xa0]*| [ \t\r\n\f\v\xa0]+")  # all but one plain space
_DEGREES = ("o", "O", "0", "○", "º")  # raised before C or F
_MAX_SCRIPT = 12  # characters of an exponent; what is longer is small print
_MIN_WRAPPED = 20  # a broken line of Chinese prose is longer than an item of a list


def raised(text: str, before: str = "", *, is_formula: bool = False) -> str:
    """Writes raised text after ``before``: 10⁹, x^(n+1); note numbers ¹,²; 1st and other letters unchanged.

    ``is_formula``: letters are exponents too, x^(k).
    """
    bare = text.strip()
    can_rise = _NOTE_NUMBERS.fullmatch(bare) if not is_formula else None
    if (can_rise or _CAN_RISE.fullmatch(bare)) and not (bare == "n" and before[-1:].isdecimal()):  # 2ⁿ folds to 2n
        return _around(text, bare.translate(_RAISED))
    is_power = (bare == "n" or _POWER.fullmatch(bare)) and _sticks(bare, before)
    return _around(text, f"^({bare})") if is_formula or is_power else text


def lowered(text: str, before: str = "", *, is_formula: bool = False) -> str:
    """Writes lowered text after ``before``: CO₂, CO₂e, PM₂.₅, NOₓ, EF_(y); unchanged if separated from a word.

    ``is_formula``: any lowered text is an index.
    """
    bare = text.strip()
    if not (is_formula or bare.translate(_LOWERED).isdigit() or _sticks(bare, before)):
        return text
    if _CAN_SINK.fullmatch(bare):
        return _around(text, bare.translate(_LOWERED))
    if found := _EQUIVALENT.fullmatch(bare):
        return _around(text, found[1].translate(_LOWERED) + found[2])
    return _around(text, f"_({bare})") if is_formula or _INDEX.fullmatch(bare) else text


def _sticks(script: str, before: str) -> bool:
    """Whether a script is short and directly after a letter, digit or bracket; small print is not."""
    return len(script) <= _MAX_SCRIPT and _STICKS.search(before) is not None


def level(runs: Iterable[tuple[str, str]]) -> str:
    """Joins runs of text into one line. Each has its height: "", "high", "low" or "formula", which is already written.

    Neighbours at one height are one script, however the source splits them. Digits that would merge with digits of a
    script or a formula are separated.
    """
    parts = list(runs)
    if not any(height for _, height in parts):
        return "".join(words for words, _ in parts)
    groups = _stacked([
        (height, (" " if height == "formula" else "").join(words for words, _ in group))
        for height, group in groupby(parts, key=itemgetter(1))
    ])  # fmt: skip
    text = ""
    is_set_apart = False
    for (height, words), (_, following) in pairwise([*groups, ("", "")]):
        if height == "high" and words in _DEGREES and following[:1] in tuple("CF"):
            written = "°"
        else:
            written = {"high": raised, "low": lowered}.get(height, _as_it_is)(words, text[-1:])
        follows = text[-1:].isdecimal() if height == "formula" else is_set_apart and not height
        text += f" {written}" if follows and words[:1].isdecimal() else written
        is_set_apart = height == "formula" or written != words
    return text


def is_display(runs: Iterable[tuple[str, str]]) -> bool:
    """Whether runs, as in :func:`level`, are a formula with nothing beside it except its number."""
    parts = list(runs)
    if not any(height == "formula" for _, height in parts):
        return False
    return _BESIDE_FORMULA.fullmatch("".join(words for words, height in parts if height != "formula")) is not None


def _stacked(groups: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Joins a fraction set as a high number, a slash and a low number; after 3 it would look like a power."""
    done: list[tuple[str, str]] = []
    for group in groups:
        done.append(group)
        (top, over), (_, slash), (bottom, under) = ([("", "")] * 3 + done[-3:])[-3:]
        is_fraction = (top, bottom) == ("high", "low") and slash.strip() in ("/", "⁄", "∕")
        if is_fraction and over.strip().isdecimal() and under.strip().isdecimal():
            done[-3:] = [("formula", f"{over.strip()}/{under.strip()}")]
    return done


def _as_it_is(text: str, _before: str) -> str:
    return text


def _around(text: str, script: str) -> str:
    """The script with the white space that surrounded the text."""
    bare = text.strip()
    before, _, after = text.partition(bare)
    return before + script + after


def displayed_lines(text: str, *, one: bool = False, preformatted: bool = False) -> list[str]:
    """Returns the paragraphs of a block whose line breaks are BREAK.

    Each break begins a paragraph, unless a sentence plainly continues. ``one`` keeps them together (a heading).
    ``preformatted`` keeps all white space.
    """
    text = _INVISIBLE.sub("", text)
    if preformatted:
        return [text.replace(BREAK, "\n").strip("\n")]
    if "\n" in text or "\r" in text:
        text = _CJK_WRAP.sub("", text)
    text = _SPACES.sub(" ", text)
    parts = [part.strip() for part in text.split(BREAK)]
    if one:
        return ["\n".join(filter(None, parts))]
    lines: list[str] = []
    previous = ""
    for part in parts:
        if part and previous and _runs_on(previous, part):
            lines[-1] += "\n" + part
        elif part:
            lines.append(part)
        previous = part
    return lines


def _runs_on(line: str, following: str) -> bool:
    if following[0].islower() or line[-1] in ",，、-":
        return True
    cjk = re.match(f"[{_CJK}]", following) and re.match(f"[{_CJK}]", line[-1])
    return bool(cjk and len(line) >= _MIN_WRAPPED and line[-1].isalnum() and not heading_level(following))
