"""Answers as Markdown for chat assistants: every mark a link to its passage, with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from service.answer import Answer, Citation, QuotedSpan

_ACTIVE = re.compile(r"[\\`*\[\]<~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|(?m:^)[#>+-](?=\s|>)")
_UNDERSTOOD = {"zh": "理解为：", "en": "Understood as: "}
_SOURCES = {"zh": "来源：", "en": "Sources:"}


class Link(Protocol):
    """Gives the address of a passage, opened at the words under the spans."""

    def __call__(self, passage_id: str, *, spans: Sequence[QuotedSpan] = ()) -> str:
        """The address."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The link of one citation, ``[start, end)`` in code points of the whole text: all of ``[1](https://…)``."""

    start: int
    end: int
    url: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text, to be sent at once, and the marks in it. Pieces joined are the whole text."""

    text: str
    marks: tuple[Mark, ...] = ()


def pieces(answer: Answer, link: Link, *, asked: str = "") -> Iterator[Piece]:
    """How the question was understood, where that is not as ``asked``; why it abstains; each segment; the sources.

    Words of documents are escaped: nothing in them is a link, an image or HTML.
    """
    language = answer.language if answer.language in _SOURCES else "en"
    lead = [f"*{_UNDERSTOOD[language]}{escaped(answer.question)}*"] if asked and asked != answer.question else []
    lead += [answer.lead] if answer.lead else []
    at, gap = 0, ""
    for text in lead:
        yield Piece(gap + text)
        at, gap = at + len(gap + text), "\n\n"
    cited = {citation.number: citation for citation in answer.citations}
    urls = {number: link(citation.passage_id, spans=citation.spans) for number, citation in cited.items()}
    for segment in answer.segments:
        text, marks = f"{gap}{escaped(segment.text)}", []
        for number in segment.citations:
            start = at + len(text) + 1
            text += f" [{number}]({urls[number]})"
            marks.append(Mark(start, at + len(text), urls[number], cited[number]))
        yield Piece(text, tuple(marks))
        at, gap = at + len(text), "\n\n"
    if cited:
        listed = [f"{n}. [{place(each)}]({urls[n]})" for n, each in cited.items()]
        yield Piece("\n".join([f"\n\n{_SOURCES[language]}\n", *listed]))
    if answer.notes:
        yield Piece("\n\n" + "\n".join(f"*{escaped(note)}*" for note in answer.notes))


def escaped(text: str) -> str:
    """Text that a Markdown viewer shows as it stands."""
    return _ACTIVE.sub(r"\\\g<0>", text)


def place(citation: Citation) -> str:
    """Where a quote stands, in one line: title, last heading, page."""
    page = citation.page_label or str(citation.page_start)
    parts = [citation.title, *citation.section[-1:], "p. " + page]
    return escaped(" · ".join(" ".join(part.split()) for part in dict.fromkeys(parts)))
