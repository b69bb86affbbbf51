"""Reading step of ingest: the words of one block: white space, line breaks and raised digits as a reader sees them."""

from __future__ import annotations

import re

from ingest.structure.headings import heading_level

BREAK = "\u2028"
_INVISIBLE = re.compile("[\ufeff\u200b\u00ad\u2060\0]")
_RAISED = str.maketrans("0123456789+-−–n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
_CJK = "\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_CJK_WRAP = re.compile(rf"(?<=[{_CJK}])[ \t]*[\r\n][ \t\r\n]*(?=[{_CJK}])")
_SPACES = re.compile(r"[\t\r\n\f\v\xa0][ \t\r\n\f\v\xa0]*| [ \t\r\n\f\v\xa0]+")  # all but one plain space
_MIN_WRAPPED = 20  # a broken line of Chinese prose is longer than an item of a list


def raised(text: str) -> str:
    """Exponents and note numbers in raised digits: 10 to the 6 must not read 106. Other text stays as it is."""
    lifted = text.strip().translate(_RAISED)
    return lifted if lifted and all(letter in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ" for letter in lifted) else text


def displayed_lines(text: str, *, one: bool = False, preformatted: bool = False) -> list[str]:
    """Paragraphs of a block whose line breaks are BREAK: each begins a new one unless a sentence plainly runs on.

    ``one`` keeps them in one piece (a heading); ``preformatted`` keeps all white space.
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
