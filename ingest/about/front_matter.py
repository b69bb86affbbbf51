"""Front matter of plain text: title, authors and affiliation before an abstract or at the head of a document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from sinkqa.ingest.about.bodies import cased, is_body
from sinkqa.ingest.about.dating import is_set_apart
from sinkqa.ingest.about.titles import in_sentence, stands_for_title
from sinkqa.ingest.structure.headings import match
from sinkqa.ingest.structure.layout import LEFT_OPEN, TextLine
from sinkqa.ingest.structure.lists import mark_of

_ABSTRACT = re.compile(r"[【\[]?(?:摘\s*要|内容提要|提\s*要|abstract|summary)[】\]]?\s*(?:[：:—.]|$)", re.IGNORECASE)
_CHINESE_NAMES = re.compile(r"(?:[\u4e00-\u9fff·]{2,6}[*†‡\d①-⑨,，]{0,4}[\s、，,；;]*){1,8}")
_NAME_LENGTH = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?")
_LATIN_NAME = re.compile(r"[A-Z][\w.’'-]*(?:\s(?:(?:de|van|von|der|la|da|di|bin)\s)*[A-Z][\w.’'-]*){1,3}")
_AFFILIATION = re.compile(
    r"[（(]|.*(?:University|Institute|School|Department|College|Academy|Laborator|Ministry|@|大学|学院|研究院|研究所)"
)
_HEADER_FIELD = re.compile(r"(?P<key>[A-Z][A-Za-z-]{1,20}|[\u4e00-\u9fff]{2,4})[:：]\s*(?P<value>\S.*)")
_ISSUER = re.compile(
    r"(?:.*(?:人民政府|委员会|[^全]部|办公厅|总局|国务院|Ministry|Department|Agency|Commission|Council|Parliament|Secretariat)"
    r"(?: of (?:the )?[A-Z][\w ]+)?|(?:The )?(?:White House|Conference of the Parties.*|Government of .*))",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:[Bb]y|BY|Authors?:|作者\s?[:：])\s*")
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = re.compile(
    r"((?:19|20)\d\d)\s?年\s?\d{1,2}\s?月"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH} ((?:19|20)\d\d)\b"
    rf"|\b{_MONTH} (?:\d{{1,2}}, )?((?:19|20)\d\d)\b"
    r"|\b((?:19|20)\d\d)-\d\d-\d\d\b"
)
_HYPHEN = re.compile(r"[a-z]-$")  # a word is broken there
_SENTENCE = re.compile(r"[a-z)]\.\s+[A-Z]|[。；]")
_MAX_LINES = 12  # before an abstract
_MAX_TITLE = 160  # columns, and at most four lines


@dataclass(frozen=True, slots=True)
class Front:
    """Indices of the lines of one front matter. Any part may be empty."""

    title: tuple[int, ...] = ()
    authors: tuple[int, ...] = ()
    affiliation: tuple[int, ...] = ()
    names: tuple[str, ...] = ()


def find_fronts(lines: Sequence[TextLine], *, free: Sequence[int]) -> list[Front]:
    """Finds the front matter at the document's head, and at each later page that opens with a title above an abstract.

    ``free`` are the indices of lines that are neither tables nor furniture, in order.
    """
    fronts = []
    for place, index in enumerate(free):
        opens = place == 0 or lines[index].page != lines[free[place - 1]].page
        abstract = _abstract_after(lines, free, place) if opens else None
        if opens and (place == 0 or abstract):
            stop = abstract or min(len(free), place + 8)
            front = _read(lines, free[place:stop], has_abstract=abstract is not None)
            fronts += [front] if front.title else []
    return fronts


def header_title(lines: Sequence[TextLine]) -> str | None:
    """Returns the value of a ``Title:`` or ``Subject:`` field at the head of a message or record."""
    fields = [_HEADER_FIELD.fullmatch(line.text) for line in lines[:12]]
    if sum(field is not None for field in fields[:2]) < 2:
        return None
    named = (
        field["value"] for field in fields if field and field["key"].lower() in ("title", "subject", "标题", "主题")
    )
    return next(named, None)


def issuer(lines: Sequence[TextLine]) -> str | None:
    """Returns the body named on one of the first lines that contains nothing else, with the line that continues it."""
    for at, line in enumerate(lines[:6]):
        if is_body(line.text):
            following = [each.text for each in lines[at + 1 : at + 3] if not each.blank_before]
            if not line.text.isascii():
                return "、".join(map(cased, (line.text, *takewhile(is_body, following))))
            return cased(" ".join((line.text, *(text for text in following[:1] if text[0].islower()))))
    return None


def year_of_issue(lines: Sequence[TextLine]) -> int | None:
    """Returns the latest year of a full date on the first lines. A bare number is not a year."""
    told = [line.text[:400] for line in lines[:12] if is_set_apart(line.text)]
    years = [int(year) for text in told for found in _DATE.findall(text) for year in found if year]
    return max(years, default=None)


def _abstract_after(lines: Sequence[TextLine], free: Sequence[int], place: int) -> int | None:
    """The index of the abstract's line within the next lines of the page; None if there is none or it is this line."""
    for ahead in range(place, min(len(free), place + _MAX_LINES)):
        if lines[free[ahead]].page != lines[free[place]].page:
            return None
        if _ABSTRACT.match(lines[free[ahead]].text):
            return ahead if ahead > place else None
    return None


def _read(lines: Sequence[TextLine], head: Sequence[int], *, has_abstract: bool) -> Front:
    if _HEADER_FIELD.fullmatch(lines[head[0]].text) and header_title(lines):
        return Front()
    title: list[int] = []
    texts = [lines[i].text for i in head]
    head = head[next((n for n in range(len(head)) if stands_for_title(texts, n)), 0) :]
    if len(head) > 1 and _ISSUER.fullmatch(lines[head[0]].text) and not has_abstract:
        later = [i for i in head[1:] if lines[i].text[0].isupper() or not lines[i].text[0].isascii()]
        head = [i for i in head if later and i >= later[0]] if later and _reads_as_title(lines[later[0]]) else head
    for index in head:
        line = lines[index]
        if not _reads_as_title(line) or (
            title and not _continues_title(lines, title, index, has_abstract=has_abstract)
        ):
            break
        title.append(index)
    if title and _is_prose(lines, title):
        return Front()
    authors: list[int] = []
    names: list[str] = []
    for index in head[len(title) :] if title else ():
        signed = _BY.match(lines[index].text)
        people = _names(lines[index].text[signed.end() :] if signed else lines[index].text)
        if not people or not (signed or has_abstract):
            break
        authors.append(index)
        names += people
    rest = head[len(title) + len(authors) :] if title and has_abstract else ()
    return Front(tuple(title), tuple(authors), tuple(rest), tuple(names))


def _reads_as_title(line: TextLine) -> bool:
    heading = match(line.text)
    numbered = heading is not None and heading.ordinal is not None
    return line.width <= _MAX_TITLE and not line.text.endswith(("。", ".", "；", ";", ",", "，", ":", "：")) and not (
        numbered or mark_of(line.text) or "\t" in line.text
    )  # fmt: skip


def _continues_title(lines: Sequence[TextLine], title: Sequence[int], index: int, *, has_abstract: bool) -> bool:
    """Whether the title continues on the next line, which must not be a name or an affiliation."""
    line = lines[index]
    if len(title) >= 4 or line.blank_before or _AFFILIATION.match(line.text) or _names(line.text):
        return False
    goes_on = line.text[0].islower() or LEFT_OPEN.search(lines[title[-1]].text) is not None
    return has_abstract or goes_on or (line.indent > 8 and lines[title[-1]].indent > 8)


def _is_prose(lines: Sequence[TextLine], title: Sequence[int]) -> bool:
    """Whether a seeming title is the beginning of prose: a sentence ends in it or continues below it."""
    last = title[-1]
    below = lines[last + 1] if last + 1 < len(lines) else None
    if below is None or below.blank_before or below.page != lines[last].page:
        return False
    if below.text[0].islower() or _HYPHEN.search(lines[last].text):
        return True
    whole = " ".join(lines[index].text for index in title)
    return _SENTENCE.search(whole) is not None or in_sentence([line.text for line in lines[title[0] : last + 3]], 0)


def _names(text: str) -> list[str]:
    """Personal names, if the line holds nothing else: ``王小明 李华*`` or ``Ann Lee, Bo Chen and C. Diaz``."""
    if _CHINESE_NAMES.fullmatch(text):
        words = [word for word in re.split(r"[\s、，,；;*†‡\d①-⑨]+", text) if word]
        return words if all(_NAME_LENGTH.fullmatch(word) for word in words) else []
    parts = [re.sub(r"[\d*†‡,\s]+$", "", part) for part in re.split(r",\s*|\s+and\s+|;\s*|\s&\s", text)]
    return parts if parts and all(_LATIN_NAME.fullmatch(part) for part in parts) else []
