"""Doubts about what is quoted: the reader's warnings that touch it, in the language of whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from index.store.catalogue import DocumentRecord
from ingest.document import Page
from ingest.remarks import Remark, RemarkKind, remark
from service.answer import Citation, RankedPassage

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


class Records(Protocol):
    """Where documents are looked up: the library."""

    def document(self, doc_id: str) -> DocumentRecord:
        """The record of a stored document."""

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """Its pages."""


def doubted(cited: Sequence[_Cited], records: Records, *, language: str) -> tuple[_Cited, ...]:
    """Each with the doubts that touch its pages, none twice."""
    known: dict[str, tuple[list[Remark], dict[int, Page]]] = {}
    told = []
    for each in cited:
        if each.doc_id not in known:
            known[each.doc_id] = _remarks(each.doc_id, records)
        remarks, pages = known[each.doc_id]
        touching = [of for of in remarks if of.touches(each.page_start, each.page_end)]
        if not any(of.kind == "damage" for of in touching):
            touching += _poor(pages, each.page_start, each.page_end)
        told.append(replace(each, warnings=tuple(dict.fromkeys(_said(of, language) for of in touching))))
    return tuple(told)


def _remarks(doc_id: str, records: Records) -> tuple[list[Remark], dict[int, Page]]:
    record = records.document(doc_id)
    poor = {page.number: page for page in records.pages(doc_id) if page.quality < _POOR}
    return [remark(warning, name=record.name) for warning in record.warnings], poor


def _poor(poor: dict[int, Page], first: int, last: int) -> list[Remark]:
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
