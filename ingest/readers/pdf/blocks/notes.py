"""Finds footnotes by their smaller type at the foot of a column and their leading mark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from sinkqa.ingest.document import Span
from sinkqa.ingest.readers.pdf.pages.page import PageLayout, Placed, PlacedTable

_SMALLER = 0.93  # of the body's size
_FROM = 0.35  # share of the page's height above which no footnote stands
_NOTES = re.compile(r"(?:end)?notes?|references|bibliography|sources|注释?|尾注|附注|参考文献", re.IGNORECASE)
_LISTED = re.compile(r"[\[(（]?(?:[0-9]{1,3}|[①-⑳*†‡])[\])）]?[.．、)]?\s*(?=\S)")
_MARK = re.compile(r"(?:[0-9]{1,3}(?![0-9.,%:])|[*†‡]{1,3}|\[[0-9]{1,3}\]|[①-⑳])\s*(?=\S)")


def find_footnotes(page: PageLayout, furniture: set[Placed], *, body: float) -> dict[Placed, bool]:
    """Returns the lines of footnotes in reading order: True if a line begins a note, False if it continues one.

    ``body`` is the size of the document's running text in points. Notes extend from the first mark to the end of the
    column.
    """
    found: dict[Placed, bool] = {}
    open_note: Placed | None = None
    for part in page.parts:
        if not isinstance(part, Placed) or part in furniture:
            continue
        line = part.line
        small = 0 < line.size <= _SMALLER * body and line.turn == 0
        if open_note and (line.y0 < open_note.line.y0 - line.size or line.size > open_note.line.size + 0.6):
            open_note = None
        marked = bool(_MARK.match(line.text))
        raised = bool(line.references) and line.references[0][0] == 0 and line.turn == 0
        small = small or raised or (open_note is not None and abs(line.size - open_note.line.size) < 0.6)
        if small and (open_note or (line.y0 > _FROM * page.height and (marked or raised))):
            found[part] = raised or (marked and (open_note is None or _next(found, line.text)))
            open_note = part
    return found if _at_foot(page, furniture, found) else {}


def note_marks(pages: Sequence[PageLayout], notes: Mapping[Placed, bool], *, body: float) -> set[Span]:
    """Returns the spans of raised marks that have a note: on their page or the next, or in a list of notes.

    Other raised digits are exponents, or their notes are missing.
    """
    own: list[set[str]] = []
    listed: set[str] = set()
    in_list = False
    for page in pages:
        heads = set()
        for part in page.parts:
            if not isinstance(part, Placed):
                continue
            in_list = in_list or _NOTES.fullmatch(part.line.text.strip()) is not None
            marked = (_LISTED if in_list else _MARK).match(part.line.text)
            leads = bool(part.marks) and part.marks[0].start == part.span.start
            small = 0 < part.line.size <= _SMALLER * body
            if marked and (leads or small or notes.get(part) or in_list):
                heads.add(_bare_mark(marked.group()))
                listed.update(heads if in_list else ())
        own.append(heads)
    found: set[Span] = set()
    for at, page in enumerate(pages):
        known = listed.union(*own[at : at + 2])
        for part in page.parts:
            for mark in part.marks:
                text = page.text[mark.start - page.start : mark.end - page.start]
                leads = isinstance(part, Placed) and mark.start == part.span.start
                if leads or any(_bare_mark(one) in known for one in text.split(",")):
                    found.add(mark)
    return found


def _bare_mark(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(" ()[].、")


def _next(found: dict[Placed, bool], text: str) -> bool:
    """Whether the mark at the start of ``text`` follows the last one; other numbers at line starts are text."""
    last = next(line.line.text for line, first in reversed(found.items()) if first)
    numbers = [re.match(r"\D{0,1}([0-9]{1,3})", each) for each in (last, text)]
    if not all(numbers):
        return not any(numbers)
    before, after = (int(number.group(1)) for number in numbers if number)
    return after == before + 1


def _at_foot(page: PageLayout, furniture: set[Placed], found: dict[Placed, bool]) -> bool:
    """Whether no body text is below the notes in their columns."""
    body = [part for part in page.parts if part not in furniture and part not in found]
    boxes = [part.line if isinstance(part, Placed) else part.shape.box for part in body if _is_upright(part)]
    for note in found:
        for box in boxes:
            across = min(box.x1, note.line.x1) - max(box.x0, note.line.x0)
            if across > 0 and box.y0 > note.line.y1:
                return False
    return True


def _is_upright(part: Placed | PlacedTable) -> bool:
    return (part.shape.turn if isinstance(part, PlacedTable) else part.line.turn) == 0
