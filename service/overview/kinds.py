"""Tells what kind of document a document is: a law, an order, a plan, a methodology."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sinkqa.index.naming.front import Front
from sinkqa.index.naming.known import know
from sinkqa.index.naming.titling import name_of
from sinkqa.index.store.documents.catalogue import DocumentRecord

KINDS: Mapping[str, tuple[str, str]] = {
    "law": ("Law", "法律"),
    "regulation": ("Regulation", "条例"),
    "measures": ("Measures", "办法"),
    "rules": ("Rules", "规则"),
    "provisions": ("Provisions", "规定"),
    "order": ("Order", "行政令"),
    "decision": ("Decision", "决定"),
    "opinions": ("Opinions", "意见"),
    "notice": ("Notice", "通知"),
    "plan": ("Plan", "方案与规划"),
    "strategy": ("Strategy", "战略"),
    "roadmap": ("Roadmap", "路线图"),
    "package": ("Package", "一揽子方案"),
    "contribution": ("Nationally determined contribution", "国家自主贡献"),
    "treaty": ("Treaty", "条约"),
    "proposal": ("Proposal", "提案"),
    "communication": ("Communication", "通讯"),
    "methodology": ("Methodology", "方法学"),
    "standard": ("Standard", "标准"),
    "guide": ("Guidance", "指南"),
    "table": ("Table of penalties", "裁量表"),
    "report": ("Report", "报告"),
    "paper": ("Paper", "白皮书"),
    "briefing": ("Briefing", "简报"),
    "factsheet": ("Fact sheet", "情况说明"),
    "remarks": ("Remarks", "讲话"),
}
"""What each kind is called in English and Chinese. The kinds are those of ``index/naming/names.txt``."""
_CARRIERS = ("notice", "decision")
"""Kinds that may bring another document into force: a notice that issues a plan is both."""
_OPENING = 3000  # code points


class Fronts(Protocol):
    """The parts of documents that show their names."""

    def text(self, doc_id: str) -> str:
        """The source text of a document."""

    def headings(self, doc_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The highest headings of documents."""


def kinds_of(library: Fronts, record: DocumentRecord) -> tuple[str, ...]:
    """The kinds that the title of a document gives, else its number, opening or file name; in the order of names.

    A notice also has the kind of the document that it issues.
    """
    name = name_of(" ".join(record.title.split()))
    found = set(name.kinds)
    if found & set(_CARRIERS):
        found |= {kind for kind in name.spoken if kind not in _CARRIERS}
    if not found:
        found = _from_front(library, record)
    return tuple(kind for kind in KINDS if kind in found)


def _from_front(library: Fronts, record: DocumentRecord) -> set[str]:
    front = Front(
        record.doc_id,
        record.name,
        record.title,
        record.type,
        record.metadata,
        library.text(record.doc_id)[:_OPENING],
        library.headings([record.doc_id]).get(record.doc_id, ()),
    )
    return {kind for name in know(front).names if name.is_own for kind in name.kinds}
