"""Finds headings in markup, and by numbering alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sinkqa.ingest.readers.pieces.draft import Piece
from sinkqa.ingest.structure.headings import Heading, find_headings

_LAWS = frozenset({"part", "annex", "chapter", "section", "article"})
_NUMBERED = re.compile(r"\d{1,2}\.?\s")
_MAX_HEADING = 240
_MAX_BOLD = 120
_OTHER = "·"  # stands for a list item, a table or a note: it keeps headings apart and is none
_CAPTION = re.compile(r"（[^（）。]{1,60}）")
_ENDS = ("。", "；", "，", ",", ";", ".", ":", "：", "、", "!", "？", "?")


def outline(pieces: Sequence[Piece]) -> list[Piece]:
    """Decides which pieces are headings, and their levels: 0 the title, 1 its sections, and so on.

    If the markup has no section headings, numbered and bold lines count. Otherwise only articles and chapters of laws
    count. An article's number is on the line of its text, so the piece is cut in two there.
    """
    pieces = _titled([_demoted(piece) for piece in pieces])
    marked = sum(piece.kind == "heading" and piece.level > 0 for piece in pieces)
    numbered = find_headings([p.text if p.kind in ("heading", "paragraph") else _OTHER for p in pieces])
    done: list[Piece] = []
    ranks = _ranks(pieces, numbered, marked)
    base = 0
    for index, piece in enumerate(pieces):
        heading = numbered.get(index)
        if piece.kind == "heading" and piece.level >= 0:
            base = piece.level
            done.append(piece)
        elif heading and heading.family in ranks:
            if heading.family == "article" and done and _CAPTION.fullmatch(done[-1].text):
                piece, heading = _captioned(done.pop(), piece, heading)
            done += _cut(piece, heading, min(base + ranks[heading.family], 6))
        elif piece.kind == "heading":
            done.append(replace(piece, level=base + 1))
        elif not marked and _is_bold_heading(piece):
            base = 1
            done.append(replace(piece, kind="heading", level=1))
        else:
            done.append(piece)
    return done


def _demoted(piece: Piece) -> Piece:
    """A heading that is really prose becomes a paragraph."""
    long = len(piece.text) > _MAX_HEADING or (len(piece.text) > 20 and piece.text.endswith(("。", "；")))
    return replace(piece, kind="paragraph", level=0) if piece.kind == "heading" and long else piece


def _titled(pieces: Sequence[Piece]) -> list[Piece]:
    """Makes the only h1, or one that opens the document alone, its title. Other levels move up to begin at 1."""
    tops = [index for index, piece in enumerate(pieces) if piece.kind == "heading" and piece.level == 1]
    texts = {pieces[index].text for index in tops}
    title = tops[0] if len(texts) == 1 else None
    named = [index for index, piece in enumerate(pieces) if piece.kind == "heading" and piece.level > 0]
    levels = [pieces[index].level for index in named if title is None or index not in tops]
    shift = min(levels, default=1) - 1
    done = []
    for index, piece in enumerate(pieces):
        if piece.kind == "heading" and piece.level > 0:
            if title is not None and index in tops:
                piece = replace(piece, level=0) if index == title else replace(piece, kind="furniture", level=0)
            else:
                piece = replace(piece, level=piece.level - shift)
        done.append(piece)
    return done


def _ranks(pieces: Sequence[Piece], numbered: dict[int, Heading], marked: int) -> dict[str, int]:
    """Depth of each numbering that counts, below the headings of the markup."""
    free = {
        index: found for index, found in numbered.items() if pieces[index].kind != "heading" or pieces[index].level < 0
    }
    numbers = any(p.kind == "heading" and p.level > 0 and _NUMBERED.match(p.text) for p in pieces)
    counted = {
        found.family: found.level
        for found in free.values()
        if marked < 2 or found.family in _LAWS or (found.prefix and numbers)
    }
    order = {level: rank for rank, level in enumerate(sorted(set(counted.values())), 1)}
    return {family: order[level] for family, level in counted.items()}


def _cut(piece: Piece, heading: Heading, level: int) -> list[Piece]:
    text = piece.text
    head = replace(piece, kind="heading", level=level, text=text[: heading.end])
    rest = text[heading.end :]
    if not rest.strip():
        return [head]
    body = rest.lstrip()
    return [replace(head, tail=rest[: len(rest) - len(body)]), replace(piece, kind="paragraph", level=0, text=body)]


def _captioned(caption: Piece, piece: Piece, heading: Heading) -> tuple[Piece, Heading]:
    """The heading of an article whose title is in brackets on the line above, as in Japanese laws."""
    before = caption.text + "\n"
    return replace(piece, text=before + piece.text), replace(heading, end=heading.end + len(before))


def _is_bold_heading(piece: Piece) -> bool:
    text = piece.text
    return piece.kind == "paragraph" and piece.bold > 0.95 and 2 < len(text) <= _MAX_BOLD and not text.endswith(_ENDS)
