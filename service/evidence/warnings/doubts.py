"""Attaches the reader's warnings to the quotes that they concern, in the asker's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol, TypeVar

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.document import Page
from sinkqa.ingest.remarks import Remark, RemarkKind, remark
from sinkqa.service.answer import Citation, RankedPassage

_POOR = 0.8  # of a page's quality, as the reader of PDFs has it: below, it reads poorly
_LONGEST = 200  # characters of one doubt
_LEADS: dict[RemarkKind, str] = {"encoding": "characters may be wrong: ", "missing": "the page holds more: "}
_CHINESE: dict[RemarkKind, str] = {
    "figures": "{of}的数字可能缺百分号或小数点，请核对原件",
    "encoding": "{of}的字符编码有损或为推断，个别字可能有误，请核对原件",
    "damage": "{of}的文字识读不清，字词和数字可能有误，请核对原件",
    "missing": "{of}另有内容未读入，请核对原件",
}
_Cited = TypeVar("_Cited", Citation, RankedPassage)


class Remarks(NamedTuple):
    """A reader's warnings on a document, and the numbers of the pages that read poorly."""

    said: tuple[Remark, ...]
    poor: tuple[int, ...]


class Remarked(Protocol):
    """A source of remarks on documents."""

    def remarks(self, doc_id: str) -> Remarks:
        """The remarks on a stored document."""


def doubted(cited: Sequence[_Cited], documents: Remarked, *, language: str) -> tuple[_Cited, ...]:
    """The citations, each with the doubts about its pages. No doubt is repeated in one citation."""
    warned = []
    for each in cited:
        remarks = documents.remarks(each.doc_id)
        touching = [of for of in remarks.said if of.touches(each.page_start, each.page_end)]
        if not any(of.kind == "damage" for of in touching):
            touching += _poor(remarks.poor, each.page_start, each.page_end)
        warnings = tuple(dict.fromkeys(_said(of, language) for of in touching))
        warned.append(replace(each, warnings=warnings) if warnings else each)
    return tuple(warned)


def remarks_of(record: DocumentRecord, pages: Sequence[Page]) -> Remarks:
    """The remarks on a document, taken from its record and pages."""
    return Remarks(
        tuple(remark(warning, name=record.name) for warning in record.warnings),
        tuple(page.number for page in pages if page.quality < _POOR),
    )


def _poor(poor: Sequence[int], first: int, last: int) -> list[Remark]:
    """A remark on each poor page among these."""
    numbers = [number for number in poor if first <= number <= last]
    text = "text of page {} reads poorly: compare with the original"
    return [Remark(text.format(number), "damage", ((number, number),)) for number in numbers]


def _said(of: Remark, language: str) -> str:
    if language == "zh":
        places = "、".join(str(start) if start == end else f"{start}–{end}" for start, end in of.pages)
        return _CHINESE[of.kind].format(of=f"第 {places} 页" if places else "文件")
    text = _LEADS.get(of.kind, "") + of.text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
