"""Writes formulas on one line, in a form that no check can mistake for another number.

The notation is the same for Word, web pages and raised or lowered prose. Raised and lowered digits are Unicode (10⁹,
CO₂). Text that Unicode cannot raise or lower is in brackets after ^ or _ (x^(n+1), EF_(y)). A fraction has a slash, and
brackets if its parts or neighbours would otherwise merge (44/12, (a+b)/c, 3(44/12)).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import NamedTuple

from sinkqa.ingest.readers.pieces.draft import Piece
from sinkqa.ingest.readers.pieces.inline import lowered, raised

_ATOM = re.compile(r"(?:[^\W_]+(?:[.,:][^\W_]+)*|[^\s\w()\[\]{}])[%‰°′″]*")
_BIG = re.compile(r"[∑∏∐∫∬∭∮∯∰⋃⋂⋁⋀⨁⨂]|[A-Za-z]{3,}")
# fmt: off
_FUNCTIONS = frozenset({
    "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "log", "ln", "lg",
    "exp", "lim", "max", "min", "sup", "inf", "det", "gcd",
})
# fmt: on
_TOUCHES_BEFORE = re.compile(r"[\w\u0300-\u036f\u20d7)\]}%‰°′″²³¹⁰-ⁿ₀-₎]\Z")
_TOUCHES_AFTER = re.compile(r"[\w(\[{√∛∜∑∏∫]")
_RAISED_END = re.compile("[⁰¹²³⁴-ⁿ₀-₎]\\Z")
_ENDS = ("。", "！", "？", "；", ".", "!", "?", ";")
_GOES_ON = tuple("=+−-×·<>≤≥≈")  # the next line of one equation
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_UNSHOWN = re.compile("[\u2061-\u2064\u200b]")
_UNSHOWN_PRODUCT = re.compile(r"(?<=\d)[\u2062\u2064](?=\d)")
_PRIMES = str.maketrans({"'": "′", "’": "′", "∘": "°", "º": "°"})
# Spacing marks that are set over a letter, and the ones that combine with it.
_OVER = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304", "―": "\u0304",
    "ˉ": "\u0304", "_": "\u0304", "\u0305": "\u0304", "˙": "\u0307", ".": "\u0307", "¨": "\u0308", "..": "\u0308",
    "→": "\u20d7", "⟶": "\u20d7", "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300",
}  # fmt: skip
_UNDERLINES = "_¯‾ˍ\u0332\u0331―"


class FormulaText(NamedTuple):
    """A written part of a formula.

    ``kind``: "" for a plain part, "fraction", or "big" for a sign or function that applies to the parts after it.
    ``high``: the part ends in an exponent.
    """

    text: str
    kind: str = ""
    high: bool = False


def row(parts: Iterable[FormulaText]) -> FormulaText:
    """Writes parts side by side, and keeps them from merging."""
    line = [part for part in parts if part.text]
    if len(line) == 1:
        return line[0]
    text = ""
    for index, part in enumerate(line):
        follows_big = index > 0 and line[index - 1].kind == "big"
        text += _gap(text, part.text, wide=follows_big or (part.kind == "big" and part.text[0].isalpha()))
        following = line[index + 1].text if index + 1 < len(line) else ""
        text += _fraction_among(text, part.text, following) if part.kind == "fraction" else part.text
    return FormulaText(text, high=bool(line) and line[-1].high)


def words(text: str) -> FormulaText:
    """Writes words, numbers and signs as shown. The name of a function applies to the parts after it.

    Invisible operators are dropped. Between two numbers they leave a gap, which keeps 2·3 from becoming 23.
    """
    shown = _UNSHOWN.sub("", _UNSHOWN_PRODUCT.sub(" ", text))
    return FormulaText(shown, "big" if shown.strip() in _FUNCTIONS else "")


def fraction(top: FormulaText, bottom: FormulaText, *, has_bar: bool = True) -> FormulaText:
    """Writes a fraction, 44/12. Without a bar (the binomial n over k), writes n¦k."""
    return FormulaText(f"{_operand(top)}{'/' if has_bar else '¦'}{_operand(bottom)}", "fraction")


def script(base: FormulaText, *, below: str = "", above: str = "") -> FormulaText:
    """Writes a base with scripts below and above: 10⁹, EF_(y), ∑_(i=1)^(n)."""
    text = _bracketed(base.text) if base.kind == "fraction" or (base.high and above.strip()) else base.text
    low, high = below.strip(), above.strip().translate(_PRIMES)
    if low:
        text += lowered(low, text or "x", is_formula=True)
    if high:
        text += high if high.strip("′″‴°") == "" else raised(high, text or "x", is_formula=True)
    kind = "big" if _BIG.fullmatch(base.text.strip()) else ""
    return FormulaText(text, kind, bool(high))


def root(inside: str, degree: str = "") -> FormulaText:
    """Writes a root: √(x), ∛(x), √[5](x)."""
    sign = _ROOTS.get(degree.strip(), f"√[{degree.strip()}]")
    return FormulaText(f"{sign}{_bracketed(inside)}")


def fenced(parts: Sequence[str], opening: str, closing: str, separator: str = "|") -> FormulaText:
    """Writes parts between brackets of any kind, or without brackets."""
    return FormulaText(opening + separator.join(parts) + closing)


def accented(base: FormulaText, mark: str) -> FormulaText:
    """Writes a letter or a bracket with a mark over it: x̄."""
    text = base.text if len(base.text) == 1 else _bracketed(base.text)
    return FormulaText(text + _OVER.get(mark, mark), high=base.high)


def is_accent(mark: str) -> bool:
    """Whether a sign over something is an accent, not a limit."""
    return mark in _OVER or mark in _OVER.values()


def is_underline(mark: str) -> bool:
    """Whether a sign under something is a line."""
    return mark != "" and mark in _UNDERLINES


def rows(lines: Sequence[Sequence[str]], *, is_fenced: bool) -> FormulaText:
    """Writes the lines of a matrix or of cases, in brackets, as 1, 2; 3, 4, and aligned equations as E=5; F=6."""
    if is_fenced:
        return FormulaText("; ".join(", ".join(filter(None, line)) for line in lines))
    return FormulaText("; ".join(reduce(_beside, filter(None, line), "") for line in lines))


def with_displays(pieces: Iterable[Piece]) -> list[Piece]:
    """Joins each formula on its own line to the sentence that introduces it."""
    done: list[Piece] = []
    for piece in pieces:
        lead = done[-1] if done else None
        is_lead = lead is not None and lead.kind in ("paragraph", "list_item") and not lead.text.endswith(_ENDS)
        goes_on = lead is not None and (not lead.formula or piece.text.startswith(_GOES_ON))
        if piece.formula and lead and is_lead and goes_on and lead.page + lead.text.count("\f") == piece.page:
            done[-1] = replace(lead, text=f"{lead.text}\n{piece.text}", bold=0.0, formula=True)
        else:
            done.append(piece)
    return done


def _beside(before: str, following: str) -> str:
    touch = _TOUCHES_BEFORE.search(before) and _TOUCHES_AFTER.match(following)
    return f"{before} {following}" if touch else before + following


def _gap(before: str, following: str, *, wide: bool = False) -> str:
    if not before or before[-1].isspace() or following[:1].isspace():
        return ""
    meets = _TOUCHES_BEFORE.search(before) is not None
    return " " if meets and (wide or (following[:1].isdecimal() and _RAISED_END.search(before))) else ""


def _fraction_among(before: str, text: str, following: str) -> str:
    """A fraction beside its neighbours. 2 1/2 is one number, as on the page."""
    if _TOUCHES_AFTER.match(following) or _TOUCHES_BEFORE.search(before):
        whole = re.search(r"(?:\A|[^\w.,])\d{1,3}\Z", before)
        proper = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text)
        if whole and proper and int(proper[1]) < int(proper[2]) and not _TOUCHES_AFTER.match(following):
            return f" {text}"
        return f"({text})"
    return text


def _operand(part: FormulaText) -> str:
    is_whole = part.kind != "fraction" and (_ATOM.fullmatch(part.text) or _is_one_script(part.text))
    return part.text if is_whole or _is_bracketed(part.text) else _bracketed(part.text)


def _is_one_script(text: str) -> bool:
    """Whether a text is one letter, word or number with its scripts."""
    return re.fullmatch(r"[√∛∜]?[^\W_]*(?:[_^]?\([^()]*\)|[⁰¹²³⁴-ⁿ₀-₎′°])*", text) is not None


def _is_bracketed(text: str) -> bool:
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for letter in text[:-1]:
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return False
    return True


def _bracketed(text: str) -> str:
    return text if _is_bracketed(text) else f"({text})"
