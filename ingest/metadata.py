"""Metadata step of ingest: fills what a reader left open, from the address, the title and the opening of the text."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import PurePath
from urllib.parse import urlsplit

from ingest.document import Metadata

# Host suffix → jurisdiction; the longest matching suffix wins.
_HOSTS = {
    "cn": "CN", "gov.cn": "CN", "org.cn": "CN", "cnemission.com": "CN",
    "europa.eu": "EU", "eu": "EU",
    "gov": "US", "mil": "US", "archives.gov": "US", "govinfo.gov": "US", "federalregister.gov": "US",
    "jp": "JP", "go.jp": "JP",
    "nz": "NZ", "govt.nz": "NZ",
    "unfccc.int": "UN", "un.org": "UN", "ipcc.ch": "UN", "unep.org": "UN", "undp.org": "UN", "fao.org": "UN",
}  # fmt: skip

# (pattern over the issuer, the title and the opening of the text, jurisdiction, issuer or None); first match wins.
_BODIES: tuple[tuple[str, str, str | None], ...] = (
    (r"中共中央\s*国务院", "CN", "中共中央、国务院"),
    (r"全国人民代表大会常务委员会", "CN", "全国人民代表大会常务委员会"),
    (r"全国人民代表大会", "CN", "全国人民代表大会"),
    (r"生态环境部", "CN", "生态环境部"),
    (r"国家林业和草原局", "CN", "国家林业和草原局"),
    (r"国家发展(?:和)?改革委员会|国家发展改革委", "CN", "国家发展和改革委员会"),
    (r"中华人民共和国国务院|国务院令|国务院(?:办公厅)?关于", "CN", "国务院"),
    (r"中华人民共和国", "CN", None),
    (r"European Commission|Directorate-General", "EU", "European Commission"),
    (r"European Parliamentary Research Service", "EU", "European Parliamentary Research Service"),
    (r"European Parliament|Council of the European Union|European Union|European Council", "EU", None),
    (r"UNFCCC|Framework Convention on Climate Change|Conference of the Parties|Clean Development Mechanism|\bCDM\b",
     "UN", "UNFCCC"),
    (r"United Nations", "UN", "United Nations"),
    (r"The White House|President (?:Obama|Trump|Biden)|Executive Order", "US", "The White House"),
    (r"Federal Register|United States of America|U\.S\. (?:Department|Forest Service|Environmental)", "US", None),
    (r"World Bank", "", "World Bank"),
    (r"New Zealand", "NZ", None),
    (r"(?:昭和|平成|令和)[元〇一二三四五六七八九十]+年(?:法律|政令|[^\s]{1,6}省令)", "JP", None),
    (r"農林水産省|環境省|林野庁", "JP", None),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), where, who) for pattern, where, who in _BODIES)
_LOCAL = re.compile(r"\w{2,3}?(?:省|自治区)(?:人民政府|生态环境厅|林业局)(?:办公厅)?|\w{2,3}?市(?:人民政府|生态环境局)")
_OPENING = 1_500
_MAX_DATE_LINE = 90  # a date of issue stands in a short line; in prose a date may say anything
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"元": 1}
_YEAR = r"(1[89]\d\d|20\d\d)"
_MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_ACT_YEAR = re.compile(rf"\b(?:Act|Law|Order|Code|Regulations?|Rules|Agreement|Protocol)\s{_YEAR}\b")
_BRACKETED_YEAR = re.compile(rf"[（(\[]\s*{_YEAR}(?!\d)")
_JAPANESE_YEAR = re.compile(r"(明治|大正|昭和|平成|令和)([元〇一二三四五六七八九十]{1,3})年")
_ENACTED = re.compile(rf"{_YEAR}年\d{{1,2}}月\d{{1,2}}日[^。]{{0,60}}?(?:通过|公布|发布|印发|修订|修正|修改|令第)")
_ISSUED = re.compile(
    rf"(?:Date of assent|Brussels,|Done at|Signed)[^\n]{{0,40}}?\b{_YEAR}\b|\d{{1,2}}\s{_MONTHS},?\s{_YEAR}\b"
    rf"|{_MONTHS}\s\d{{1,2}},\s{_YEAR}\b|{_YEAR}年\d{{1,2}}月(?:\d{{1,2}}日)?[）)]?$"
)


def complete(metadata: Metadata, text: str, *, name: str) -> Metadata:
    """Fill the fields that are None; what the reader found is kept, but for the language, which the text itself shows.

    The jurisdiction comes from the address, else from the bodies named in issuer, authors, title and opening.
    """
    from ingest.language import detect

    title = metadata.title or _title(text, name)
    heading = "\n".join(filter(None, (metadata.issuer, *metadata.authors, title)))
    where, who = _body(heading, text[:_OPENING])
    detected = detect(text)
    return replace(
        metadata,
        title=title,
        language=detected if detected != "und" else metadata.language,
        year=metadata.year or issue_year(title, text, name),
        issuer=metadata.issuer or who,
        jurisdiction=metadata.jurisdiction or _jurisdiction_of(metadata.url) or where,
    )


def overridden(metadata: Metadata, known: Metadata) -> Metadata:
    """The metadata with every field that is ``known`` in its place."""
    said = {field.name: getattr(known, field.name) for field in fields(known)}
    return replace(metadata, **{name: value for name, value in said.items() if value})


def enactment_year(title: str | None) -> int | None:
    """The year that is part of a title: ``… Act 2002``, ``…（2021年9月22日）``; never a target or a period."""
    found = _ACT_YEAR.search(title or "") or _BRACKETED_YEAR.search(title or "")
    return int(found[1]) if found else None


def issue_year(title: str, text: str, name: str) -> int | None:
    """The year in which a document was issued, as its title, its opening or its file name says; None if none does.

    Of several enactments and revisions listed in the opening the latest counts.
    """
    opening = text[:_OPENING]
    if (enacted := enactment_year(title)) is not None:
        return enacted
    if era := _JAPANESE_YEAR.search(opening[:200]):
        return _ERAS[era[1]] + _chinese_number(era[2])
    lines = [line.strip() for line in opening.splitlines()]
    dated = [_ISSUED.search(line) for line in lines if len(line) <= _MAX_DATE_LINE]
    if years := [int(year) for line in lines for year in _ENACTED.findall(line)]:
        return max(years)
    if found := next(filter(None, dated), None):
        return int(next(filter(None, found.groups())))
    found = re.search(rf"(?<!\d){_YEAR}(?!\d)", PurePath(name).stem)
    return int(found[1]) if found else None


def _title(text: str, name: str) -> str:
    """The first line that reads like a title, else the file's name without its suffix."""
    for line in text[:_OPENING].splitlines():
        candidate = " ".join(line.split())
        if 4 <= len(candidate) <= 120 and sum(map(str.isalpha, candidate)) > 0.5 * len(candidate):
            return candidate
    return PurePath(name).stem


def _jurisdiction_of(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return None
    labels = host.lower().split(".")
    suffixes = (".".join(labels[start:]) for start in range(len(labels)))
    return next((_HOSTS[suffix] for suffix in suffixes if suffix in _HOSTS), None)


def _body(heading: str, opening: str) -> tuple[str | None, str | None]:
    """Jurisdiction and issuer by the bodies named in the heading, else in the opening; earlier rows win."""
    where = who = None
    if local := _LOCAL.search(heading):
        where, who = "CN", local.group()
    for place in (heading, opening):
        for pattern, jurisdiction, issuer in _COMPILED:
            wanted = (jurisdiction and not where) or (issuer and not who)
            if wanted and pattern.search(place):
                where, who = where or jurisdiction or None, who or issuer
    return where, who


def _chinese_number(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(ones, 0)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + _DIGITS.get(ones, 0)
