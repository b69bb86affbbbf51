"""Finds titles in quotation marks: where a list names documents, or behind a word for a kind of document."""

from __future__ import annotations

from collections.abc import Iterator

from sinkqa.index.references.mention import Mention
from sinkqa.ingest.text.patterns import late

_QUOTED = late('[“"]([A-Z][^“”"\\n]{6,120}(?:\\n[^“”"\\n]{2,120}){0,3})[”"]')
_LABEL = late(r"(?:^|\n)[ \t]*(?:\([a-zA-Z\d]{1,4}\)|[a-zA-Z\d]{1,3}[.)]|[-•*·–])[ \t]+\Z")
_KIND = late(
    r"\b(?:tools?|methodolog(?:y|ies)|guidelines?|guidance|procedures?|standards?|decisions?|communication|report|paper"
    r"|memorandum|strategy|plan|entitled|titled|document)[ \t]*(?:[,:(]|\n)?[ \t]*\Z"
)
_DATED = late(
    r"\b(?:Memorandum|Proclamation|Directive)s? of [A-Z][a-z]+ \d{1,2}, ((?:19|20)\d\d) \(([A-Z][^()\n]{6,160})\)"
)
_BEFORE = 40  # code points that tell what a quotation is
_LEAST, _MOST = 3, 40  # words of a title
_ENDS = ".,;: "


def quoted(text: str) -> Iterator[Mention]:
    """Yields titles in quotation marks, in text order.

    A quotation is a title if it is an item of a list or stands behind a word such as "tool" or "entitled". The same
    words are a title wherever the text quotes them.
    """
    found = [(match, _words(match[1])) for match in _QUOTED.finditer(text)]
    possible = [(match, words) for match, words in found if _LEAST <= words.count(" ") + 1 <= _MOST]
    titles = {words for match, words in possible if _is_title(text[max(0, match.start() - _BEFORE) : match.start()])}
    mentions = [Mention(match.start(), match.end(), "title", words) for match, words in possible if words in titles]
    dated = [Mention(m.start(2), m.end(2), "title", _words(m[2]), int(m[1])) for m in _DATED.finditer(text)]
    yield from sorted(mentions + dated, key=lambda each: each.start)


def _words(said: str) -> str:
    return " ".join(said.split()).rstrip(_ENDS)


def _is_title(before: str) -> bool:
    return bool(_LABEL.search(before) or _KIND.search(before))
