"""Contents pages of plain text, which repeat headings and answer nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sinkqa.ingest.structure.layout import TextLine

_TITLE = re.compile(r"(?:table\s+of\s+)?contents|目\s*[录次錄]", re.IGNORECASE)
_ENTRY = re.compile(r"(?:\t\s*|(?:\.\s?){3,}\s*|[…·]{2,}\s*|\s{3,})(?:\d{1,4}|[ivxlc]{1,6})$")
_MAX_WRAPPED = 4  # lines of one entry
_MIN_ENTRIES = 3
_MAX_ENTRY = 300  # characters


def contents_lines(lines: Sequence[TextLine]) -> list[int]:
    """Returns the indices of the lines of contents pages, including their titles.

    An entry ends with a page number. Without page numbers, a line is an entry if the same words occur again further
    down.
    """
    taken: list[int] = []
    words = Counter(_words(line.text) for line in lines)
    for index, line in enumerate(lines):
        if _TITLE.fullmatch(line.text) and (not taken or index > taken[-1]):
            entries, paged, last = 0, 0, index
            begun: set[str] = set()
            for ahead in range(index + 1, len(lines)):
                entry = _words(lines[ahead].text)
                if entry in begun:
                    break
                is_paged = _ENTRY.search(lines[ahead].text[-80:]) is not None
                if is_paged or (words[entry] > 1 and paged < _MIN_ENTRIES):
                    entries, paged, last = entries + 1, paged + is_paged, ahead
                    begun.add(entry)
                elif ahead - last >= _MAX_WRAPPED:
                    break
            taken += range(index, last + 1) if entries >= _MIN_ENTRIES else ()
    return taken


def _words(text: str) -> str:
    """The text of an entry as its heading repeats it: without white space, leaders and page number."""
    return re.sub(r"\s", "", _ENTRY.sub("", text[:_MAX_ENTRY]))
