"""Interprets a reader's warning: its subject, the pages it names, and whether it affects a quote.

Readers warn in one line of words. Only this module interprets such lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sinkqa.ingest.text.patterns import late

RemarkKind = Literal[
    "figures",  # numbers lost a sign or a point
    "encoding",  # characters were guessed, mended or lost
    "damage",  # text that hardly reads as language, or was recognised in a picture
    "missing",  # words that the page has, or seems to have, were left out
    "note",  # nothing that a quote could suffer from
]

_PAGES = late(r"\b(?:page|slide)s? (\d+(?:[-–]\d+)?(?:, \d+(?:[-–]\d+)?)*)")
_KINDS: tuple[tuple[RemarkKind, re.Pattern[str]], ...] = (
    (
        "note",
        late(
            r"^named \S+ but holds|attach(?:ed|ment)|\bcomments?\b|\bframe[ds]?\b|furniture|\bembedded (?:file|object)"
            r"|\bpictures are not read|hidden (?:slides|sheets|rows|columns) are left out"
        ),
    ),
    ("figures", late(r"\bfigures cannot be trusted|\bpercent signs|\bdecimal points|\bexponents? (?:lost|seem)")),
    (
        "encoding",
        late(r"\bencod(?:ed|ing)|U\+FFFD|\bmended\b|\bdeclares \S+ but is|\bdamaged characters|replacement char"),
    ),
    ("damage", late(r"partly damaged|reads? poorly|garbled|\bby OCR\b|\brecognised\b|cannot be read")),
    (
        "missing",
        late(r"left out|not (?:be )?read\b|not show|\bhidden\b|struck|no text|covered|typed over|\bvertical\b"),
    ),
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning in parts: ``text`` without the file's name, and the ``pages`` it names as inclusive ranges."""

    text: str
    kind: RemarkKind
    pages: tuple[tuple[int, int], ...] = ()

    @property
    def is_doubt(self) -> bool:
        """Whether the warning may affect a quote."""
        return self.kind != "note"

    def touches(self, first: int, last: int) -> bool:
        """Whether the warning affects a quote from these pages.

        If no page is named, a doubt about figures, characters or damage affects the whole document. A missing part of
        unknown place affects none.
        """
        if not self.is_doubt:
            return False
        if not self.pages:
            return self.kind != "missing"
        return any(start <= last and first <= end for start, end in self.pages)


def remark(warning: str, *, name: str) -> Remark:
    """Returns the parts of a warning about the file of this name."""
    text = warning.removeprefix(f"{name}: ")
    kind: RemarkKind = next((kind for kind, pattern in _KINDS if pattern.search(text)), "note")
    found = _PAGES.search(text)
    runs = [re.split("[-–]", run) for run in found[1].split(", ")] if found else []
    return Remark(text, kind, tuple((int(run[0]), int(run[-1])) for run in runs))
