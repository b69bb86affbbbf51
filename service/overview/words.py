"""What overviews say, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("What the library holds", "资料库概览"),
    "counted": (
        "{0} documents, {1} passages; {2} passages are about a topic",
        "{0} 份文件，{1} 个段落；其中 {2} 个段落涉及所列领域",
    ),
    "empty": ("The library holds no documents.", "资料库中没有文件。"),
    "none": ("not known", "不详"),
    "more": ("others", "其他"),
    "topic": ("Topic", "领域"),
    "side": ("Side", "供需"),
    "means": ("Means", "措施"),
    "kind": ("Kind", "文种"),
    "jurisdiction": ("Country", "国家和地区"),
    "year": ("Year", "年份"),
    "total": ("All", "合计"),
    "timeline": ("Timeline", "时间线"),
    "document": ("Document", "文件"),
    "by jurisdiction": ("Topics by country", "各国家和地区的领域分布"),
    "by year": ("Topics by year", "各年份的领域分布"),
    "cells": (
        "Each cell: the number of passages about the topic, and in brackets the number of documents that they are in.",
        "每格为涉及该领域的段落数，括号内为这些段落所在的文件数。",
    ),
    "rule": (
        "A passage is about a topic if its words or the headings above it hold a term of the topic.",
        "段落正文或其上级标题含有某领域的术语，即视为涉及该领域。",
    ),
    "map": ("Map of references", "引用关系图"),
    "map said": (
        "Documents by country and year. An arc leads from a document to one that it names.",
        "文件按国家和地区及年份排列，弧线由提及者指向被提及的文件。",
    ),
    "map none": ("No document here names another one of the library.", "所选文件之间没有相互提及。"),
    "map counted": (
        "{0} documents, {1} references; {2} documents neither name another one nor are named.",
        "{0} 份文件，{1} 条引用；另有 {2} 份文件与其他文件互不提及。",
    ),
    "map cut": ("The {0} documents with the most references are drawn.", "图中为引用最多的 {0} 份文件。"),
    "cites": ("names", "提及"),
    "part": ("names a part of", "提及其中一部分"),
    "repeals": ("repeals", "废止"),
    "edge cites": ("{0} names {1} (times: {2})", "《{0}》提及《{1}》（{2} 次）"),
    "edge part": ("{0} names a part of {1} (times: {2})", "《{0}》提及《{1}》的一部分（{2} 次）"),
    "edge repeals": ("{0} repeals {1}", "《{0}》废止《{1}》"),
    "references": ("References", "引用列表"),
    "standing": ("Standing", "效力"),
    "in_force": ("in force", "现行有效"),
    "not_yet": ("not yet in force", "尚未生效"),
    "expired": ("expired", "已失效"),
    "repealed": ("repealed", "已废止"),
    "superseded": ("superseded", "已被取代"),
    "proposed": ("proposed", "草案"),
    "unknown": ("", ""),
}


def say(language: str, key: str, *args: object) -> str:
    """The words in a language: "zh", or English for any other."""
    return _WORDS[key][language == "zh"].format(*args)
