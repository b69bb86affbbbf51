"""Describes the place of a quote for people: its page if there are pages, else its section, else its paragraph."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from sinkqa.ingest.document import Page, page_names
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.text.patterns import late

_BLANK = late(r"\n[^\S\n]*\n\s*")  # parts paragraphs that may have several lines
_LINE = late(r"\n\s*")
_SIGNS = late(r"[\W_]+")


def place_of(
    passage: Passage, pages: Sequence[Page], number: int, paragraph: Callable[[], int]
) -> tuple[str | None, int | None]:
    """The label of the page with this number, and the number of the paragraph.

    The paragraph is given only if the document has no pages and the passage has no section. Both are None if the
    section is enough to find the place, and for rows of a table, which are in no paragraph.
    """
    names = page_names(pages)
    if names is not None:
        return names[number - 1] if 0 < number <= len(names) else str(number), None
    if passage.section or passage.table or passage.kind in ("row", "table"):
        return None, None
    return None, paragraph()


def paragraph_of(starts: Sequence[int], at: int) -> int:
    """The number of the paragraph that contains an offset, from 1."""
    return max(1, bisect_right(starts, at))


def paragraph_starts(text: str, title: str) -> tuple[int, ...]:
    """The start of each paragraph of a text. An empty line separates paragraphs, or any line end if none is empty.

    The title at the beginning is not a paragraph.
    """
    first = len(text) - len(text.lstrip())
    breaks = _BLANK if _BLANK.search(text, first) else _LINE
    starts = [first, *(found.end() for found in breaks.finditer(text, first))]
    if len(starts) > 1 and _plain(text[first : starts[1]]) == _plain(title):
        del starts[0]
    return tuple(each for each in starts if each < len(text)) or (first,)


def _plain(text: str) -> str:
    return _SIGNS.sub("", text).casefold()
