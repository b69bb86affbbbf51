"""Writes answers as Markdown for chat assistants. Every mark is a link to its passage."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sinkqa.service.answer import Answer, AnswerTable, Citation, QuotedSpan
from sinkqa.service.comparing.comparison import Comparison
from sinkqa.service.evidence.warnings.direction import SHOWN

_ACTIVE = re.compile(
    r"(?P<address>(?i:(?:https?|ftp)://|(?<![\w.])www\.)[!-_a-~]+)"  # many viewers make links of these, escaped or not
    r"|[\\`*\[\]<~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)"
    r"|(?m:^)(?:[>+-](?=\s|>|$)|-(?=[-\s]*$)|#(?=#*(?:\s|$)))"  # what begins a quote, a list, a line, a heading
)
_ORDINAL = re.compile(r"(?m:^)(\d{1,9})([.)])(?=\s|$)")  # begins a list, which would be numbered anew
_UNDERSTOOD = {"zh": "理解为：", "en": "Understood as: "}
_SOURCES = {"zh": "来源：", "en": "Sources:"}


class PassageLink(Protocol):
    """Gives the address of a passage, which then highlights the words in the spans."""

    def __call__(self, passage_id: str, *, spans: Sequence[QuotedSpan] = ()) -> str:
        """The address."""


@dataclass(frozen=True, slots=True)
class CitationLink:
    """The place of one citation link, ``[start, end)`` in code points of the whole text: all of ``[1](https://…)``."""

    start: int
    end: int
    url: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class TextChunk:
    """A part of the text that is sent at once, with its citation links. All parts joined are the whole text."""

    text: str
    marks: tuple[CitationLink, ...] = ()


_Block = tuple[str, Sequence[str | int]]
"""The separator from the text before it, and its strands: Markdown, or the number of a citation."""
_PARAGRAPH, _LINE = "\n\n", "\n"


def pieces(answer: Answer, link: PassageLink, *, asked: str = "") -> Iterator[TextChunk]:
    """Yields the answer: its understood question, unless it is as ``asked``; why it abstains; its text; its sources.

    Suggested questions and notes follow. If the table repeats segments, only the table shows them. A quote's
    translation follows the quote. Words from documents are escaped, so that nothing in them is a link, an image or
    HTML.
    """
    cited = {citation.number: citation for citation in answer.citations}
    urls = {number: link(citation.passage_id, spans=citation.spans) for number, citation in cited.items()}
    at = 0
    for gap, strands in _blocks(answer, urls, asked):
        text, marks = gap if at else "", list[CitationLink]()
        for strand in strands:
            if isinstance(strand, str):
                text += strand
                continue
            start = at + len(text) + 1
            text += f" [{strand}]({urls[strand]})"
            marks.append(CitationLink(start, at + len(text), urls[strand], cited[strand]))
        yield TextChunk(text, tuple(marks))
        at += len(text)


def as_markdown(made: Comparison, link: PassageLink) -> str:
    """A comparison as a table with links, then what stands beside each cell, its sources and its notes."""
    urls = {each.number: link(each.passage_id, spans=each.spans) for each in made.citations}
    blocks = list(_rows(made.table))
    if made.beside:
        blocks += [(_PARAGRAPH, [f"**{_line(made.beside.title)}**"]), *_rows(made.beside.table)]
        for row, cells in zip(made.beside.table.rows, made.beside.cells, strict=True):
            said = ", ".join(f"{each}: {cell.relation}" for each, cell in zip(made.columns, cells, strict=True))
            blocks.append((_PARAGRAPH, [f"{_line(row.label)}: {_line(said)}"]))
    language = made.language if made.language in _SOURCES else "en"
    listed = [f"{each.number}. [{place(each)}]({urls[each.number]}){_doubts(each)}" for each in made.citations]
    blocks += [(_PARAGRAPH, ["\n".join([f"{_SOURCES[language]}\n", *listed])])] if listed else []
    blocks += [(_PARAGRAPH, [f"*{escaped(note)}*"]) for note in made.notes]
    text = ""
    for gap, strands in blocks:
        text += gap * bool(text)
        text += "".join(each if isinstance(each, str) else f" [{each}]({urls[each]})" for each in strands)
    return text


def _blocks(answer: Answer, urls: Mapping[int, str], asked: str) -> Iterator[_Block]:
    language = answer.language if answer.language in _SOURCES else "en"
    if asked and asked != answer.question:
        yield _PARAGRAPH, [f"*{_UNDERSTOOD[language]}{escaped(answer.question)}*"]
    for line in _paragraphs(answer.lead):
        yield _PARAGRAPH, [escaped(line)]
    yield from _said(answer)
    if answer.missed:
        yield _PARAGRAPH, [escaped(answer.missed)]
    if urls:
        listed = [f"{each.number}. [{place(each)}]({urls[each.number]}){_doubts(each)}" for each in answer.citations]
        yield _PARAGRAPH, ["\n".join([f"{_SOURCES[language]}\n", *listed])]
    if answer.suggestions:
        yield _PARAGRAPH, ["\n".join([f"{answer.offer}\n", *(f"- {_line(each)}" for each in answer.suggestions)])]
    if answer.notes:
        yield _PARAGRAPH, ["\n".join(f"*{escaped(note)}*" for note in answer.notes)]


def _said(answer: Answer) -> Iterator[_Block]:
    """The segments, each under the part of the question that it answers; the table in the place of its own."""
    table, part = answer.table, ""
    for segment in answer.segments:
        if segment.part and segment.part != part:
            yield _PARAGRAPH, [f"**{_line(segment.part)}**"]
        part = segment.part
        if not (answer.table and segment.tabled):
            yield _PARAGRAPH, ["\n\n".join(map(escaped, _paragraphs(segment.text))), *segment.citations]
            yield from _translated(answer, segment.citations)
        elif table:
            yield from _rows(table)
            yield from _translated(answer, [n for each in answer.segments if each.tabled for n in each.citations])
            table = None


def _translated(answer: Answer, numbers: Collection[int]) -> Iterator[_Block]:
    """A quotation for each of these citations that has a translation, which says what it is."""
    for citation in answer.citations:
        if citation.number in numbers and citation.translation:
            yield _PARAGRAPH, [f"> {_line(citation.translation)} *({answer.of_translations})*"]


def _rows(table: AnswerTable) -> Iterator[_Block]:
    """A table of GitHub's kind; citations that the cells of a row share stand at its label."""
    if table.caption:
        yield _PARAGRAPH, [f"**{_line(table.caption)}**"]
    names = " | ".join(map(_cell, (table.corner, *table.columns)))
    yield _PARAGRAPH, [f"| {names} |\n|{' --- |' * (1 + len(table.columns))}"]
    for row in table.rows:
        strands: list[str | int] = [f"| {_cell(row.label)}", *row.citations]
        for cell in row.cells:
            strands.append(" | " + (f"*{_cell(cell.missing)}*" if cell.missing else _cell(cell.text)))
            strands.extend(() if row.citations else cell.citations)
        yield _LINE, [*strands, " |"]


def escaped(text: str) -> str:
    """Escapes text, so that a Markdown viewer shows it unchanged. Addresses become code, so that none is a link."""
    return _ORDINAL.sub(r"\1\\\2", _ACTIVE.sub(_inert, text.translate(SHOWN)))


def _inert(found: re.Match[str]) -> str:
    return f"`{found[0]}`" if found["address"] else f"\\{found[0]}"


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _line(text: str) -> str:
    return escaped(" ".join(text.split()))


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _doubts(citation: Citation) -> str:
    """The reasons why a quote may differ from the page, to be put after its source."""
    return "".join(f" *({_line(each)})*" for each in citation.warnings)


def place(citation: Citation) -> str:
    """The place of a quote in one line: title, last heading, and its page. Without page and heading, its paragraph."""
    parts = [citation.title, *citation.section[-1:]]
    if citation.page_label is not None:
        parts.append(f"p. {citation.page_label}")
    elif citation.paragraph:
        parts.append(f"para. {citation.paragraph}")
    return escaped(" · ".join(" ".join(part.split()) for part in dict.fromkeys(parts)))
