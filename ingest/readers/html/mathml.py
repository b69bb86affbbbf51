"""Writes MathML formulas of pages and electronic books on one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sinkqa.ingest.readers.pieces.formulas import (
    FormulaText,
    accented,
    fenced,
    fraction,
    is_accent,
    is_underline,
    root,
    row,
    rows,
    script,
)

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_DEEPEST = 60  # elements nested in one formula; deeper ones are no formula that anybody reads
_SILENT = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts", "maligngroup", "malignmark"})
_INVISIBLE = str.maketrans({"\u2061": "", "\u2062": "", "\u2063": "", "\u2064": "", "\u200b": "", "\xa0": " "})
_TIMES = "\u2062"
_LETTER = "[A-Za-z\u0370-\u03ff]"
_NAME, _NAME_END = re.compile(f"{_LETTER}{{2}}"), re.compile(f"{_LETTER}{{2}}\\Z")
_ENDS = re.compile(r"[\w)\]²³¹⁰-ⁿ₀-₎′]\Z")


def linear(math: LexborNode) -> str:
    """Returns the line for a ``math`` element, in the notation of ``pieces/formulas.py``; "" for an empty one.

    It reads the displayed formula, not TeX or other annotations.
    """
    return " ".join(_read(math, 0).text.split())


def _read(node: LexborNode, depth: int) -> FormulaText:
    tag = _tag(node)
    if tag in _SILENT:
        return FormulaText("")
    if depth > _DEEPEST:
        return FormulaText(" ".join(node.text(deep=True).split()))
    if tag in ("mi", "mn", "mo", "mtext", "ms"):
        return FormulaText(_words(node, keep_spaces=tag == "mtext"))
    if tag == "mspace":
        return FormulaText(" ")
    children = list(_children(node))
    form = _FORMS.get(tag)
    if form is None or len(children) < _NEEDED.get(tag, 0):
        return _row(children[:1] if tag in ("semantics", "maction") else children, depth)
    return form(node, children, depth)


def _row(nodes: list[LexborNode], depth: int) -> FormulaText:
    parts: list[FormulaText] = []
    last = None
    for node in nodes:
        is_table = _tag(node) == "mtable"
        part = _table(node, depth, is_fenced=_is_opening(last)) if is_table else _read(node, depth + 1)
        last = node
        if part.text:
            shown = next((one.text for one in reversed(parts) if one.text != _TIMES), "")
            if _are_apart(shown, part.text, is_product=bool(parts) and parts[-1].text == _TIMES):
                parts.append(FormulaText(" "))
            parts.append(part)
        elif node.text(deep=True).strip() in (_TIMES, "\u2064"):
            parts.append(FormulaText(_TIMES))
    return row(part for part in parts if part.text != _TIMES)


def _are_apart(before: str, following: str, *, is_product: bool) -> bool:
    """Whether a gap separates names of several letters, or multiplied numbers: AD OF, sin x, 2 3."""
    if not _ENDS.search(before) or not (following[0].isalpha() or following[0].isdecimal()):
        return False
    numbers = is_product and before[-1].isdecimal() and following[0].isdecimal()
    return numbers or _NAME.match(following) is not None or _NAME_END.search(before) is not None


def _is_opening(node: LexborNode | None) -> bool:
    return node is not None and _tag(node) == "mo" and _words(node) in ("(", "[", "{", "|", "‖", "⟨")


def _frac(node: LexborNode, children: list[LexborNode], depth: int) -> FormulaText:
    has_bar = (node.attributes.get("linethickness") or "1").strip("0. ptxem%") != ""
    return fraction(_read(children[0], depth + 1), _read(children[1], depth + 1), has_bar=has_bar)


def _under_over(node: LexborNode, children: list[LexborNode], depth: int) -> FormulaText:
    base, *limits = (_read(child, depth + 1) for child in children[:3])
    tag = _tag(node)
    below = "" if tag == "mover" else limits[0].text
    above = limits[-1].text if tag != "munder" else ""
    if is_accent(above) and (tag == "mover" or not below):
        return accented(base, above)
    if is_underline(below) and tag == "munder":
        return accented(base, "\u0332")
    return script(base, below=_limit(below), above=_limit(above))


def _limit(text: str) -> str:
    """A limit. A brace that spans the base is not one."""
    return "" if text.strip() in ("⏞", "⏟", "⎴", "⎵", "︷", "︸") else text


def _sub_sup(node: LexborNode, children: list[LexborNode], depth: int) -> FormulaText:
    base, *scripts = (_read(child, depth + 1) for child in children[:3])
    tag = _tag(node)
    below = "" if tag == "msup" else scripts[0].text
    above = scripts[-1].text if tag != "msub" else ""
    return script(base, below=below, above=above)


def _multi(node: LexborNode, children: list[LexborNode], depth: int) -> FormulaText:
    """A base with scripts behind it in pairs, and before it after ``mprescripts``."""
    tags = [_tag(child) for child in children]
    cut = tags.index("mprescripts") if "mprescripts" in tags else len(tags)
    texts = [_read(child, depth + 1).text for child in children]
    behind, before = texts[1:cut], texts[cut + 1 :]
    low, high = ("".join(before[start::2]) for start in (0, 1))
    led = script(FormulaText(""), below=low, above=high).text
    base = script(FormulaText(texts[0]), below="".join(behind[::2]), above="".join(behind[1::2]))
    return FormulaText(led + base.text, base.kind, base.high)


def _root(node: LexborNode, children: list[LexborNode], depth: int) -> FormulaText:
    if _tag(node) == "mroot":
        return root(_read(children[0], depth + 1).text, _read(children[1], depth + 1).text)
    return root(_row(children, depth).text)


def _fenced(node: LexborNode, children: list[LexborNode], depth: int) -> FormulaText:
    separators = (node.attributes.get("separators", ",") or "").replace(" ", "")
    opening, closing = node.attributes.get("open", "("), node.attributes.get("close", ")")
    if len(children) == 1 and _tag(children[0]) == "mtable":
        parts = [_table(children[0], depth, is_fenced=True).text]
    else:
        parts = [_read(child, depth + 1).text for child in children]
    return fenced(parts, opening or "", closing or "", separators[:1])


def _table(node: LexborNode, depth: int, *, is_fenced: bool) -> FormulaText:
    lines = []
    for line in _children(node):
        texts = [_read(cell, depth + 1).text for cell in _children(line) if _tag(cell) in ("mtd", "mtr", "mrow")]
        is_labelled = _tag(line) == "mlabeledtr" and len(texts) > 1  # its number comes first and shows last
        lines.append([*texts[1:], f" {texts[0]}"] if is_labelled else texts)
    return rows(lines, is_fenced=is_fenced)


def _plain_table(node: LexborNode, _children_: list[LexborNode], depth: int) -> FormulaText:
    return _table(node, depth, is_fenced=False)


_FORMS: dict[str, Callable[[LexborNode, list[LexborNode], int], FormulaText]] = {
    "mfrac": _frac,
    "msup": _sub_sup,
    "msub": _sub_sup,
    "msubsup": _sub_sup,
    "mmultiscripts": _multi,
    "mover": _under_over,
    "munder": _under_over,
    "munderover": _under_over,
    "msqrt": _root,
    "mroot": _root,
    "mfenced": _fenced,
    "mtable": _plain_table,
}
_NEEDED = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "mover": 2, "munder": 2, "munderover": 3, "mroot": 2,
           "mmultiscripts": 1}  # fmt: skip


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def _words(node: LexborNode, *, keep_spaces: bool = False) -> str:
    text = node.text(deep=True).translate(_INVISIBLE)
    words = " ".join(text.split())
    return f"{' ' * text[:1].isspace()}{words}{' ' * text[-1:].isspace()}" if keep_spaces else words


def _tag(node: LexborNode) -> str:
    return (node.tag or "").lower().rpartition(":")[2]
