"""Finds what a text says of documents being in force: of itself, and of those that it repeals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sinkqa.index.references.dates import DATE, first_date
from sinkqa.index.references.effects import effective, expires, signed
from sinkqa.index.references.mention import Change, Mention
from sinkqa.index.references.mentions import mentions
from sinkqa.index.references.repeals import repeals
from sinkqa.ingest.text.patterns import late

_OPENING = 1_500  # code points
# Amended, or a draft.
_AMENDED = late(
    rf"(?P<on>{DATE})[^\n。；;年]{{0,120}}?(?:第[一二三四五六七八九十\d]{{1,3}}次)?(?:修\s?正|修\s?订|修\s?改)(?=[）)\s。；;，,]|\Z)"
)
_SUPPLEMENT = late(r"^\s*附\s*則\s*（([^）\n]{4,20}日)[^）\n]{0,30}(?:法律|政令|省令|条例)第", re.MULTILINE)
_CONSOLIDATED = late(
    r"\b(?:version\s+as\s+at|reprint(?:ed)?\s+as\s+at|as\s+amended\s+(?:(?:up\s+)?to|on|by[^.;\n]{0,80}?\bof)"
    r"|consolidated\s+(?:version|text)[^\n]{0,40}?|compilation\s+date:?|current\s+to|up\s+to\s+date\s+(?:as\s+of|to))\s+"
    r"(?P<on>[^.;\n]{6,30})|\b0(?:19|20)\d\d[RLD]\d{4}\s+—\s+[A-Z]{2}\s+—\s+(?P<oj>\d{2}\.\d{2}\.\d{4})",
    re.IGNORECASE,
)
_LINES, _LONGEST_LINE = 12, 200  # at the top of a document
_DRAFT = late(
    r"^[\s#*]*(?:Proposal\s+for\s+an?\b"
    r"|(?:(?:Consultation|Exposure|Public|Discussion|First|Second|Final)\s+)?Draft\b(?!ed|ing)"
    r"|ACTION:\s*(?:Notice\s+of\s+)?Proposed\s+Rule)"
    r"|^[^\n。]{0,80}?[（(\[][^（()）\n]{0,12}(?:征求意见|意见稿|草案|送审稿|审议稿|讨论稿|公示稿|建议稿|draft)"
    r"[^（()）\n]{0,40}[）)\]][^\n。，]{0,25}$"
    r"|^[^\n《》]{0,60}公开征求《?[^\n]{2,80}意见",
    re.MULTILINE | re.IGNORECASE,
)
_ENACTED = late(r"草案(?:的)?(?:说明|报告|审议)|(?:通过|批准)[^\n]{0,20}草案")


def changes(text: str, named: Sequence[Mention] | None = None) -> list[Change]:
    """Returns what a text says of being in force, in text order.

    ``named``: the mentions in the text, if they are known already. A document that takes effect on its publication has
    an empty date if the text does not tell that date; one whose date others are to appoint has no "effective" change.
    What a document repeals that does not say when it takes effect is repealed on the day on which it was signed.
    """
    began = effective(text)
    over = list(repeals(text, mentions(text) if named is None else named))
    if over and began is None:  # it repeals at once: on the day on which it was signed
        at_once = signed(text)
        over = [replace(change, on=change.on or at_once) for change in over]
    found = [
        *([began] if began else []),
        *expires(text, began),
        *_amended(text),
        *_proposed(text),
        *over,
    ]
    return sorted(found, key=lambda change: (change.start, change.end))


def _amended(text: str) -> Iterator[Change]:
    """Yields the amendments that the head lists, and in a Japanese law the last one that made a supplement."""
    for said in _AMENDED.finditer(text, 0, _OPENING):
        yield Change("amended", said.start(), said.end(), first_date(said["on"]))
    for said in _CONSOLIDATED.finditer(text, 0, _OPENING):
        if on := first_date(said["on"] or said["oj"], to_the_day=True):
            yield Change("amended", said.start(), said.end(), on)
    if supplements := list(_SUPPLEMENT.finditer(text)):
        yield Change("amended", supplements[-1].start(), supplements[-1].end(), first_date(supplements[-1][1]))


def _proposed(text: str) -> Iterator[Change]:
    """Yields the words at the top that call the document a draft or a proposal."""
    end = filled = 0
    for line in text[: 2 * _OPENING].splitlines(keepends=True):
        filled += bool(line.strip())
        if filled > _LINES or len(line) > _LONGEST_LINE:
            break
        end += len(line)
    said = _DRAFT.search(text, 0, end)
    if said is not None and not _ENACTED.search(text, said.start(), end):
        yield Change("proposed", said.start(), said.end())
