"""List items among lines, and their nesting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sinkqa.ingest.text.patterns import late

_SMALL_ROMAN = late("[ivx]+")
_MARKS = late(
    r"(?P<bullet>[•·●○■□◆◇▪▫➢❖‣∙]|[-–—*+](?=\s))"
    r"|[(（](?P<paren>[a-z]{1,4}|[A-Z]|\d{1,3}|[一二三四五六七八九十]{1,3})[)）]"
    r"|(?P<half>[a-z]{1,4}|\d{1,2})[)）]"
    r"|(?P<dot>\d{1,2}|[a-z]|[ivx]{2,4})[.．、](?!\d)(?=\s|[\u3400-\u9fff])"
    r"|(?P<spaced>[一二三四五六七八九十]{1,3})\u3000"
    r"|(?P<circled>[①-⑳])"
    r"|(?P<nth>第[一二三四五六七八九十]{1,2}|其[一二三四五六七八九十])[，,、]"
)
_NUMBERED = late(r"\d{3}\.(?=\s+[A-Z])|[一二三四五六七八九十]{1,3}、")  # paragraphs that are no items of a list
_MAX_LOOSE = 120  # characters of an item whose mark alone ("1.", "第一，") could as well open a paragraph


def mark_of(line: str) -> tuple[str, str] | None:
    """Returns style and number of the mark at the beginning of a line: ``("paren-a", "b")`` for ``(b) …``; or None."""
    found = _MARKS.match(line)
    if not found or found.end() == len(line):
        return None
    style = found.lastgroup or ""
    number = found[style]
    if style == "bullet":
        return f"bullet{number}", number
    kind = "0" if number.isdigit() else "a" if number.isascii() else "一"
    return f"{style}-{kind}", number


def without_mark(line: str) -> str:
    """Returns the line without its leading marks (``17.``, ``(b)``, ``•``). A word such as ``第一，`` stays."""
    while True:
        mark = mark_of(line)
        found = _MARKS.match(line) if mark and mark[0] != "nth-一" else _NUMBERED.match(line)
        if not found:
            return line
        line = line[found.end() :].lstrip()


def item_levels(paragraphs: Sequence[str], *, opens: Sequence[bool]) -> list[int]:
    """Returns the nesting of each paragraph as a list item: 1 is outermost, 0 is no item.

    ``opens[i]`` is False if paragraph ``i`` is right after a heading. A list needs a lead-in that ends with a colon, or
    a second item of its style. Numbers and ``第一，`` make only short paragraphs items.
    """
    marks = [mark_of(paragraph) for paragraph in paragraphs]
    marks = [m and (None if _opens_paragraph(m[0], p) else m) for m, p in zip(marks, paragraphs, strict=True)]
    levels = [0] * len(paragraphs)
    stack: list[str] = []
    letter = ""  # the last single letter, which a paragraph between items does not make forget
    for index, mark in enumerate(marks):
        if mark is None:
            stack = []
            continue
        style = _told_from_roman(mark, letter, stack)
        letter = mark[1] if style.endswith("-a") else letter
        if style in stack:
            del stack[stack.index(style) + 1 :]
        elif stack or _has_lead_in(paragraphs, index, opens) or _has_sibling(marks, index):
            stack.append(style)
        levels[index] = len(stack)
    return levels


def _opens_paragraph(style: str, paragraph: str) -> bool:
    return style.startswith(("dot", "nth", "circled")) and len(paragraph) > _MAX_LOOSE


def _told_from_roman(mark: tuple[str, str], letter: str, stack: Sequence[str]) -> str:
    """Decides whether ``(i)`` is Roman: it is unless it follows ``(h)``; likewise ``(v)`` and ``(x)``."""
    style, number = mark
    if not style.endswith("-a") or not _SMALL_ROMAN.fullmatch(number):
        return style
    due = len(number) == 1 and letter == chr(ord(number) - 1) and style + "-roman" not in stack
    return style if due else style + "-roman"


def _has_lead_in(paragraphs: Sequence[str], index: int, opens: Sequence[bool]) -> bool:
    return index > 0 and opens[index] and paragraphs[index - 1].endswith((":", "：", "—", "–"))


def _has_sibling(marks: Sequence[tuple[str, str] | None], index: int) -> bool:
    style = (marks[index] or ("", ""))[0]
    return any(mark is not None and mark[0] == style for mark in _following(marks, index))


def _following(marks: Sequence[tuple[str, str] | None], index: int) -> Iterator[tuple[str, str] | None]:
    for mark in marks[index + 1 : index + 12]:
        if mark is None:
            return
        yield mark
