"""Finds laws and their articles in a document's text, by rules of its own.

It shares no code with the product's outline, so that an error of one is visible against the other. From the reader it
takes the text, and which blocks are running heads, notes, tables and sub-headings. Offsets are code points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple
from unicodedata import normalize

from sinkqa.ingest.document import BlockKind, Document, Span

Style = Literal["条", "Article", "Sec.", "section"]
"""The form of article headings: 第N条, Article N, Sec.

N., or a bare number with a title, as in the Acts of New Zealand.
"""

_NUMERAL = "一二三四五六七八九十百零〇"
_HEADINGS: dict[Style, re.Pattern[str]] = {
    "条": re.compile(rf"第([{_NUMERAL}]+|\d+)条((?:[のノ之][{_NUMERAL}\d]+)*)(?=[\s　])"),
    "Article": re.compile(
        r"^[ \t]*Article\s+(\d+)([A-Za-z]{0,2})\b\.?(?:[ \t–—:-]+[A-Z“‘][^\r\n;]{0,120})?[ \t\r]*$", re.M
    ),
    "Sec.": re.compile(r"^[ \t]*(?:Sec\.|SEC\.|Section|SECTION)\s+(\d+)()\.(?=\s)", re.M),
    "section": re.compile(r"^[ \t]*(\d+)([A-Z]{0,4})[ \t]+[A-Z“][^\r\n]{2,180}(?<![.;,:—])[ \t\r]*$", re.M),
}
_BRANCH = re.compile(r"[のノ之](\w+?)(?=[のノ之]|$)")  # 第十六条の二
_BOUNDARY = re.compile(  # lines that end an article: chapters, annexes, signatures, what a web page adds
    rf"^[ \t　]*(?:第[{_NUMERAL}\d]+(?:章|节|節|编|編|部分|款)(?:[のノ之][{_NUMERAL}]+)?[\s　].{{0,40}}"
    r"|附[ 　]*[则則件录録表][^，。\n]{0,60}|[别別]表.{0,40}"
    r"|(?:Part|Subpart|Schedule|Chapter|CHAPTER|PART|TITLE|ANNEX|Annex|APPENDIX|Appendix)\b[^\n.;]{0,160}"
    r"|[A-Z]+(?:[ .]+[A-Z]+)+[.,]?|(?:打印|责任编辑|扫一扫|来源[：:]).{0,60})[ \t　\r]*$",
    re.M,
)
_AFTER = re.compile(
    r"\s*(?:(?<=[。；\s])(?:公开方式|抄送|解读|附件|相关链接)[：:]|此页无正文)"
)  # what follows a measure in its last line
_ANNEX = re.compile(
    r"[ \t　]*(?:(Schedule|Annex|ANNEX|Appendix)(?:[ \t]+[\dIVX]+[A-Z]{0,2})?\b"
    r"|附件\s*[\d一二三四]*\s*[：:]?)"
    r"[ \t]*(.*)"
)
_ADDED = re.compile(r"[ \t　]*附[ 　]*則")  # the supplementary provisions of a Japanese law count anew
_CAPTION = re.compile(r"[（(][^（）()\n]{1,60}[）)][ \t　\r]*\n[ \t　]*$")
_NOTE = re.compile(
    r"^[ \t]*(?:(?:Sections?|Schedule|Part|Subpart|Heading|Clause|Form) [^\n]{0,200}(?:inserted|amended|replaced"
    r"|repealed|substituted|added|omitted|brought into force|expired|renumbered), on \d"
    r"|See secondary legislation made under this Act|This note is not part of the Act|Compare: \d{4} No)[^\n]*",
    re.M,
)
_ITEM = re.compile(
    rf"[（(](?:[{_NUMERAL}]{{1,3}}|\d{{1,2}})[）)]|[{_NUMERAL}]{{1,3}}[　、]"
    r"|\(?[a-z]{1,3}\)|\([ivxl]+\)|\d+[)）．]|\d{1,2}(?=[一-龥])(?!\d+[年月日个])"
)
_ITEM_GOES_ON = re.compile(r"[（(][二三四五六七八九十]+[）)]")
_NUMBERED = {
    "条": re.compile(r"([２-９]|[１-９][０-９])[　 ]"),  # the first paragraph of a Japanese article has no number
    "Article": re.compile(r"(\d{1,2})\.\s"),
    "Sec.": re.compile(r"\(([a-z])\)\s"),
    "section": re.compile(r"\((\d{1,2}[A-Z]{0,2})\)\s"),
}
_SECTION_TITLE = re.compile(r"[^\n.]*(?:\n[^\n.]*)?\.(?=\s)")
_MARK = re.compile(rf"(?:[（(]\w{{1,4}}[）)]|[０-９]{{1,2}}[　 ]|\d{{1,2}}[.．]\s|[{_NUMERAL}]{{1,3}}[　、])\s*")
_REACH = 12  # numbers that may be missing between two articles: repealed ones, or headings that no rule reads
_ASIDE: tuple[BlockKind, ...] = ("furniture", "footnote", "table")
_LEAST = 3  # articles of a law
_ACT = re.compile(r"\b(?:Act|Regulations|Ordinance|Law|Order|Code)\b")
_NOTHING: tuple[int, str, tuple[int, ...]] = (0, "", ())


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A numbered paragraph (款) with its items: its number, printed or counted, and its lines."""

    number: str
    lines: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One article. ``range`` covers heading, lines and notes. ``lines`` are its provisions, without its number.

    ``number`` is in Arabic digits: "19", "5ZI", "16-2" for 第十六条の二. ``lead`` are heading, sub-headings and
    lead-in, which an answer may give beside a paragraph. ``notes`` are histories of amendment and footnotes, which an
    answer must not give. It may give tables and sub-headings.
    """

    number: str
    style: Style
    range: Span
    lead: tuple[Span, ...]
    lines: tuple[Span, ...]
    notes: tuple[Span, ...]
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Law:
    """A document, or a treaty or measure annexed to one, with its articles in order. It may have no articles.

    ``title`` is the printed title. ``range`` covers the whole text except ``apart``: other laws annexed to it.
    ``annexed``: it is itself such a law.
    """

    document: Document
    title: str
    language: str
    range: Span
    articles: tuple[Article, ...]
    annexed: bool = False
    apart: tuple[Span, ...] = ()


class _ProvisionHeading(NamedTuple):
    number: str
    span: Span
    style: Style


def read_laws(document: Document) -> list[Law]:
    """Returns the laws of a document, the document itself first, with or without articles.

    Leaves out laws without a name.
    """
    text = document.text
    aside, footnotes = set_aside(document), _blocks(document, "footnote")
    boundaries = [match.start() for match in _BOUNDARY.finditer(text)]
    runs = _runs(text, document)
    starts = sorted([found.span.start for run in runs for found in run] + boundaries)
    language = document.metadata.language or ("zh" if re.search("[一-龥]", text[:2000]) else "en")
    main: tuple[Article, ...] = ()
    annexed: list[Law] = []
    since = 0
    for run in runs:
        beside = _blocks(document, *_ASIDE) if run[0].style == "Sec." else aside  # its headings begin the text itself
        articles = tuple(_article(text, found, starts, beside, footnotes) for found in run)
        articles = tuple(each for each in articles if each.lines)
        name = _annex_name(text, run[0].span.start, since)
        since = run[-1].span.end
        if name is None and not main:
            main = articles
        elif name and articles and run[0].style != "section":
            whole = Span(articles[0].range.start, articles[-1].range.end)
            annexed.append(Law(document, name, language, whole, articles, annexed=True))
    own = Law(document, _title(document), language, Span(0, len(text)), main)
    names = Counter(each.title for each in annexed)
    kept = [each for each in annexed if names[each.title] == 1]
    titled = own.title != Path(document.name).stem  # the name of a file is no name of a law
    return [*([replace(own, apart=tuple(each.range for each in annexed))] if titled else []), *kept]


def provisions(law: Law) -> Iterator[tuple[Span, ...]]:
    """Yields lines that belong together: each paragraph with its items, or an article that has no paragraphs."""
    for article in law.articles:
        yield from (each.lines for each in article.paragraphs) if article.paragraphs else [article.lines]


def after_mark(text: str, span: Span) -> Span:
    """Returns a line without the number or letter before it, which a quote may leave out."""
    mark = _MARK.match(text, span.start, span.end)
    return Span(mark.end(), span.end) if mark else span


def is_item(text: str, line: Span) -> bool:
    """Whether a line begins with the mark of a list item."""
    return bool(_ITEM.match(text, line.start, line.end))


def lines_of(text: str, start: int, end: int) -> Iterator[Span]:
    """Yields lines without outer white space. Blank lines are left out."""
    for match in re.finditer(r"[^\r\n]+", text[start:end]):
        said = match.group()
        left = len(said) - len(said.lstrip())
        if said.strip():
            yield Span(start + match.start() + left, start + match.start() + len(said.rstrip()))


def numeral(text: str) -> int:
    """Returns the value of Chinese numerals below a thousand, or of digits: 一百二十四 is 124."""
    if text.isdecimal():
        return int(text)
    total, digit = 0, 0
    for letter in text:
        if letter in "十百":
            total += max(digit, 1) * (10 if letter == "十" else 100)
            digit = 0
        else:
            digit = "零一二三四五六七八九".find(letter.replace("〇", "零"))
    return total + digit


def _title(document: Document) -> str:
    """As the reader names it; of news that names one measure, that measure's."""
    title = document.metadata.title or next(
        (document.text[start:end] for start, end in lines_of(document.text, 0, 2000)), document.name
    )
    if issued := re.search(r"关于(?:印发|发布|公布|颁布)(.+?)的(?:通知|公告)$", title):
        return issued.group(1).strip("《》")
    named = re.findall(r"《([^《》]+)》", title)
    return named[0] if len(named) == 1 and title.endswith("》") else title


def set_aside(document: Document) -> list[Span]:
    """Finds text outside the provisions: running heads, notes, tables, and in English all headings."""
    english = not re.search("[一-龥]", document.text[:2000])
    notes = (Span(*match.span()) for match in _NOTE.finditer(document.text))
    headings = _blocks(document, "heading") if english else []
    return sorted([*_blocks(document, *_ASIDE), *headings, *notes])


def _blocks(document: Document, *kinds: BlockKind) -> list[Span]:
    return sorted(span for block in document.blocks if block.kind in kinds for span in block.spans)


def _within(spans: Sequence[Span], place: int) -> bool:
    """Whether a place lies in one of these, which are in order."""
    at = bisect_right(spans, (place, 1 << 60))
    return any(span.start <= place < span.end for span in spans[max(0, at - 4) : at])


def _runs(text: str, document: Document) -> list[list[_ProvisionHeading]]:
    """Series of headings with rising numbers, each from the first article on, in order of text."""
    tables = _blocks(document, *_ASIDE)
    runs: list[list[_ProvisionHeading]] = []
    for style, pattern in _HEADINGS.items():
        if style == "section" and not _ACT.search(_title(document)):
            continue
        run: list[_ProvisionHeading] = []
        last = _NOTHING
        for match in pattern.finditer(text):
            branches = tuple(numeral(each) for each in _BRANCH.findall(match.group(2)))
            key = (numeral(match.group(1)), "" if branches else match.group(2), branches)
            begins = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
            follows = key[0] == last[0] + 1 and text[match.start() - 1] in " 　。\t"
            if _within(tables, match.start()) or not (begins or follows):
                continue
            if key[:1] == (1,) and not key[1] and not key[2] and run:
                runs.append(run)
                run, last = [], _NOTHING
            if last < key and key[0] <= last[0] + _REACH:
                number = "-".join([f"{key[0]}{key[1]}", *map(str, branches)])
                run.append(_ProvisionHeading(number, Span(*match.span()), style))
                last = key
        runs.append(run)
    whole = [run for run in runs if len(run) >= _LEAST and _begins(run[0])]
    return sorted(whole, key=lambda run: run[0].span.start)


def _begins(heading: _ProvisionHeading) -> bool:
    """Whether a series may begin here: the first article of a Chinese measure may stand amid a line."""
    return heading.number == "1" or (heading.number == "2" and heading.style != "Article")


def _article(
    text: str, found: _ProvisionHeading, starts: Sequence[int], aside: Sequence[Span], footnotes: Sequence[Span]
) -> Article:
    number, heading, style = found
    end = starts[at] if (at := bisect_right(starts, heading.start)) < len(starts) else len(text)
    begins, body = heading
    if style == "条":
        end = _before_caption(text, body, end)
        caption = _CAPTION.search(text, max(0, heading.start - 80), heading.start)
        begins = caption.start() if caption else begins
        after = _AFTER.search(text, body, end)
        end = after.start() if after else end
    elif style == "Sec.":
        title = _SECTION_TITLE.match(text, body, min(end, body + 250))
        body = title.end() if title else body
    notes: list[Span] = []
    lines: list[Span] = []
    for line in lines_of(text, body, end):
        if _NOTE.match(text[line.start : line.end]) or _within(footnotes, line.start):
            notes.append(line)
        elif not _within(aside, line.start):
            lines.append(line)
    paragraphs = tuple(_paragraphs(text, lines, style))
    first = paragraphs[0].lines[0].start if paragraphs else body
    beside = [line for line in lines_of(text, body, end) if _within(aside, line.start) and line not in notes]
    lead = [Span(begins, max(body, first)), *beside]
    return Article(number, style, Span(begins, end), tuple(lead), tuple(lines), tuple(notes), paragraphs)


def _before_caption(text: str, start: int, end: int) -> int:
    """（目的） above the next 第一条 belongs to that one."""
    caption = _CAPTION.search(text, max(start, end - 80), end)
    return caption.start() if caption else end


def _paragraphs(text: str, lines: Sequence[Span], style: Style) -> Iterator[Paragraph]:
    """Each paragraph with its items. Yields none if the article has only one, or if the numbers skip or fall."""
    numbered = _NUMBERED[style]
    counted = style == "条" and not any(numbered.match(text, *line) for line in lines)
    if counted and any(not is_item(text, a) and _ITEM_GOES_ON.match(text, *b) for a, b in pairwise(lines[1:])):
        return  # what stands between two items of one list is no 款
    found: list[tuple[str, list[Span]]] = []
    for line in _sentences_apart(text, lines) if counted else lines:
        if counted:  # 款 have no numbers
            number = "" if is_item(text, line) else str(len(found) + 1)
        else:
            mark = numbered.match(text, *line)
            number = normalize("NFKC", mark.group(1)) if mark else "1" if style == "条" and not found else ""
            number = number if _follows(number, found[-1][0] if found else "") else ""
        if number:
            found.append((number, [line]))
        elif found:
            found[-1][1].append(line)
    if len(found) > 1:
        yield from (Paragraph(number, tuple(spans)) for number, spans in found)


def _follows(number: str, last: str) -> bool:
    """Whether a paragraph of this number may come after that one: 1, 2, 2A, 3; a, b, c."""
    if not number:
        return False
    if number.isalpha():
        return number == (chr(ord(last) + 1) if last else "a")
    value, before = (int(re.match(r"\d*", each)[0] or 0) for each in (number, last))  # type: ignore[index]
    return value == before + 1 or (value == before and number > last)


def _sentences_apart(text: str, lines: Sequence[Span]) -> Iterator[Span]:
    """Lines, those cut in which a blank after 。 stands for the end of a paragraph."""
    for line in lines:
        start = line.start
        for gap in re.finditer(r"(?<=。)[ 　]+(?=\S)", text[line.start : line.end]):
            yield Span(start, line.start + gap.start())
            start = line.start + gap.end()
        yield Span(start, line.end)


def _annex_name(text: str, start: int, since: int) -> str | None:
    """The name of what is annexed, where an annex began since that place: "" where it has none, None where none began.

    A schedule of an Act may begin with a table of contents of its own, that names annexes.
    """
    scheduled, beside, below, began = "", "", "", False
    for line in lines_of(text, since, start):
        if _ADDED.match(text, line.start, line.end):
            scheduled, beside, below, began = "", "", "", True
        elif line.end - line.start < 100 and (match := _ANNEX.fullmatch(text, line.start, line.end)):
            began = True
            named = match.group(2).strip()
            scheduled = named if match.group(1) == "Schedule" and named else scheduled
            beside = beside or named
            below = next((text[each.start : each.end] for each in lines_of(text, line.end, start)), "")
    name = scheduled or beside or below
    return (name if 4 <= len(name) <= 90 and not name[0].isdecimal() else "") if began else None
