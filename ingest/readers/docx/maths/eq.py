"""Writes Word's EQ fields on one line: fractions, roots, circled numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sinkqa.ingest.readers.pieces.formulas import FormulaText, fraction, root, row, script, words

_SWITCH = re.compile(r"\\([a-z]+)((?:\s*\\[a-z]+-?\d*)*)\s*\(", re.IGNORECASE)
_CIRCLES = "○〇◯O"
_DEEPEST = 20


def shown(instruction: str) -> str | None:
    r"""The line for an instruction such as ``EQ \f(44,12)``; None if it is not an EQ field."""
    kind, _, formula = instruction.strip().partition(" ")
    return _row(formula, 0).text.strip() if kind.upper() == "EQ" else None


def _row(text: str, depth: int) -> FormulaText:
    return row(_parts(text, depth)) if depth < _DEEPEST else words(text)


def _parts(text: str, depth: int) -> Iterator[FormulaText]:
    at = 0
    while found := _SWITCH.search(text, at):
        before = FormulaText(_plain(text[at : found.start()]))
        arguments, at = _arguments(text, found.end())
        name, options = found[1].lower(), found[2].lower()
        if name == "s" and ("\\up" in options or "\\do" in options) and len(arguments) == 1:
            moved = _row(arguments[0], depth + 1).text
            is_up = "\\up" in options
            yield script(before, below="" if is_up else moved, above=moved if is_up else "")
        else:
            yield before
            yield _form(name, options, arguments, depth + 1)
    yield FormulaText(_plain(text[at:]))


def _form(name: str, options: str, arguments: list[str], depth: int) -> FormulaText:
    parts = [_row(argument, depth) for argument in arguments]
    if name == "f" and len(parts) == 2:
        return fraction(*parts)
    if name == "r" and parts:
        return root(parts[-1].text, parts[0].text if len(parts) > 1 else "")
    if name == "o" and len(parts) == 2 and parts[0].text.strip() in _CIRCLES:
        return FormulaText(_circled(parts[1].text.strip()))
    if name == "i" and len(parts) == 3:
        sign = "∑" if "\\su" in options else "∏" if "\\pr" in options else "∫"
        return row([script(FormulaText(sign), below=parts[0].text, above=parts[1].text), parts[2]])
    if name == "b":
        return FormulaText(f"({''.join(part.text for part in parts)})")
    if name in ("l", "a"):
        return FormulaText(", ".join(part.text for part in parts))
    return FormulaText("" if name == "d" else "".join(part.text for part in parts))


def _circled(text: str) -> str:
    if text.isdecimal() and 0 < int(text) <= 20:
        return chr(0x245F + int(text))
    return f"({text})"


def _arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments of a switch, starting after its bracket, and their end."""
    arguments, depth, begun, at = [], 0, start, start
    while at < len(text):
        letter = text[at]
        if letter == "\\" and text[at + 1 : at + 2] in ("(", ")", ",", ";", "\\"):
            at += 1
        elif letter == ")" and depth == 0:
            break
        elif letter in ",;" and depth == 0:
            arguments.append(text[begun:at])
            begun = at + 1
        else:
            depth += (letter == "(") - (letter == ")")
        at += 1
    return [*arguments, text[begun:at]], at + 1


def _plain(text: str) -> str:
    return re.sub(r"\\([(),;\\])", r"\1", text)
