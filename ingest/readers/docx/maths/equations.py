"""Writes Word's equations on one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sinkqa.ingest.readers.docx.xml import M, switch, unwrapped, value
from sinkqa.ingest.readers.pieces.formulas import (
    FormulaText,
    accented,
    fenced,
    fraction,
    root,
    row,
    rows,
    script,
    words,
)

_VALUE = M + "val"
_COMBINING_HAT = "\u0302"


def linear(element: Any, words_of: Callable[[Any], str]) -> str:
    """Returns the line for an ``m:oMath``, in the notation of ``ingest.readers.pieces.formulas``.

    ``words_of`` gives the visible text of a run.
    """
    return " ".join(_Equation(words_of).row(element).text.split())


class _Equation:
    """The forms of one equation; ``words_of`` as in :func:`linear`."""

    def __init__(self, words_of: Callable[[Any], str]) -> None:
        self._words = words_of

    def row(self, parent: Any) -> FormulaText:
        """The content of an argument, side by side."""
        return FormulaText("") if parent is None else row(self._part(child) for child in unwrapped(parent))

    def _part(self, element: Any) -> FormulaText:
        if not isinstance(element.tag, str) or not element.tag.startswith(M):
            return FormulaText(self._words(element))
        tag = element.tag.removeprefix(M)
        if tag == "r":
            return words(self._words(element))
        if tag.endswith("Pr"):
            return FormulaText("")
        form = _FORMS.get(tag)
        return form(self, element) if form else self.row(element)

    def _argument(self, element: Any, name: str) -> FormulaText:
        return self.row(element.find(M + name))

    def fraction(self, element: Any) -> FormulaText:
        """m:f, whose bar may be missing."""
        has_bar = value(element.find(M + "fPr"), M + "type", _VALUE) != "noBar"
        return fraction(self._argument(element, "num"), self._argument(element, "den"), has_bar=has_bar)

    def script(self, element: Any) -> FormulaText:
        """m:sSup, m:sSub, m:sSubSup; m:limLow and m:limUpp have a limit instead."""
        below = self._argument(element, "sub").text
        above = self._argument(element, "sup").text
        limit = self._argument(element, "lim").text
        is_low = element.tag == M + "limLow"
        return script(
            self._argument(element, "e"), below=limit if is_low else below, above="" if is_low else limit or above
        )

    def before(self, element: Any) -> FormulaText:
        """m:sPre: scripts before their base."""
        below, above = self._argument(element, "sub").text, self._argument(element, "sup").text
        base = self._argument(element, "e")
        return FormulaText(script(FormulaText(""), below=below, above=above).text + base.text, base.kind, base.high)

    def big(self, element: Any) -> FormulaText:
        """m:nary: a sum, product or integral with its limits."""
        properties = element.find(M + "naryPr")
        sign = value(properties, M + "chr", _VALUE) or "∫"
        below = "" if switch(properties, M + "subHide", _VALUE) else self._argument(element, "sub").text
        above = "" if switch(properties, M + "supHide", _VALUE) else self._argument(element, "sup").text
        return row([script(FormulaText(sign), below=below, above=above), self._argument(element, "e")])

    def root(self, element: Any) -> FormulaText:
        """m:rad."""
        is_square = switch(element.find(M + "radPr"), M + "degHide", _VALUE)
        return root(self._argument(element, "e").text, "" if is_square else self._argument(element, "deg").text)

    def fenced(self, element: Any) -> FormulaText:
        """m:d: arguments in brackets. A bracket may be invisible."""
        properties = element.find(M + "dPr")
        signs = [
            default if found is None else found.get(_VALUE) or ""
            for name, default in (("begChr", "("), ("endChr", ")"), ("sepChr", "|"))
            for found in (None if properties is None else properties.find(M + name),)
        ]
        return fenced([self._within(argument) for argument in element.findall(M + "e")], *signs)

    def _within(self, argument: Any) -> str:
        """An argument in brackets. A matrix or cases that fill it need no others."""
        inner = [child for child in argument if child.tag in (M + "m", M + "eqArr")]
        others = [child for child in argument if child not in inner and not str(child.tag).endswith("Pr")]
        if len(inner) == 1 and not others:
            return self._lines(inner[0], is_fenced=True).text
        return self.row(argument).text

    def function(self, element: Any) -> FormulaText:
        """m:func: sin x."""
        name = self._argument(element, "fName")
        return row([FormulaText(name.text, "big", name.high), self._argument(element, "e")])

    def accent(self, element: Any) -> FormulaText:
        """m:acc and m:bar."""
        base = self._argument(element, "e")
        if element.tag == M + "bar":
            is_over = value(element.find(M + "barPr"), M + "pos", _VALUE) == "top"
            return accented(base, "\u0304" if is_over else "\u0332")
        return accented(base, value(element.find(M + "accPr"), M + "chr", _VALUE) or _COMBINING_HAT)

    def phantom(self, element: Any) -> FormulaText:
        """m:phant: space for an argument, which may be invisible."""
        return (
            FormulaText("") if switch(element.find(M + "phantPr"), M + "show", _VALUE) is False else self.row(element)
        )

    def table(self, element: Any) -> FormulaText:
        """m:m and m:eqArr outside brackets."""
        return self._lines(element, is_fenced=False)

    def _lines(self, element: Any, *, is_fenced: bool) -> FormulaText:
        if element.tag == M + "m":
            lines = [[self.row(cell).text for cell in line.findall(M + "e")] for line in element.findall(M + "mr")]
            return rows(lines, is_fenced=is_fenced)
        # & aligns the lines, # parts an equation from its number.
        texts = [self.row(line).text.replace("&", "").replace("#", " ") for line in element.findall(M + "e")]
        return rows([[text] for text in texts], is_fenced=is_fenced)


_FORMS: dict[str, Callable[[_Equation, Any], FormulaText]] = {
    "f": _Equation.fraction,
    "sSup": _Equation.script,
    "sSub": _Equation.script,
    "sSubSup": _Equation.script,
    "limLow": _Equation.script,
    "limUpp": _Equation.script,
    "sPre": _Equation.before,
    "nary": _Equation.big,
    "rad": _Equation.root,
    "d": _Equation.fenced,
    "func": _Equation.function,
    "acc": _Equation.accent,
    "bar": _Equation.accent,
    "phant": _Equation.phantom,
    "m": _Equation.table,
    "eqArr": _Equation.table,
}
