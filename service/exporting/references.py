"""Writes the reference of a document by GB/T 7714-2015, APA 7, BibTeX and RIS. Unknown data is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.service.exporting.paragraphs import shown

Genre = Literal["law", "regulation", "standard", "report", "paper", "page", "other"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_GENRES: tuple[tuple[Genre, re.Pattern[str]], ...] = (  # the first that the title fits
    ("standard", re.compile(r"\b(?:GB|DB\d{2}|HJ|LY|NY|SL|ISO|IEC)(?:/T|/Z)? ?\d{2,}|标准$")),
    ("law", re.compile(r"(?<!办|方|做|看|想)法(?:》|$|[（(])|宪法|(?:协定|公约|议定书)(?:》|$|[（(])"
                       r"|\b(?:Act|Law|Statute|Code|Constitution|Treaty|Convention|Protocol)\b(?! of)|\bAgreement$")),
    ("regulation", re.compile(r"(?:条例|办法|规定|细则|规则|决定|命令)(?:》|$|[（(])"
                              r"|\b(?:Regulations?|Directive|Rules?|Order|Decree|Measures|Decision)\b")),
    ("report", re.compile(r"(?:报告|公报|白皮书|蓝皮书|评估|清单)(?:》|$|[（(])"
                          r"|\b(?:Reports?|Assessment|Review|Inventory|Outlook|Communication|Fact ?sheet)\b"
                          r"|(?i:\b(?:report|assessment|review|inventory)$)")),
)  # fmt: skip
_GBT = {"standard": "S", "report": "R"}  # all else has no letter of its own there: Z, or EB where it is online
_RIS = {"law": "STAT", "regulation": "LEGAL", "standard": "STAND", "report": "RPRT", "paper": "UNPB", "page": "ELEC"}
_TEX = re.compile(r"[&%$#_]")


@dataclass(frozen=True, slots=True)
class Work:
    """The data of a reference to a document. Unknown values are None or empty.

    ``first`` and ``last``: pages as printed, or None if the document has no pages. ``seen``: the date of access.
    """

    key: str
    genre: Genre
    title: str
    authors: tuple[str, ...]
    issuer: str | None
    year: int | None
    url: str | None
    language: str | None
    seen: date
    first: str | None = None
    last: str | None = None

    @property
    def pages(self) -> tuple[str, ...]:
        """The first and the last page. One page if they are the same, none if there are no pages."""
        return tuple(dict.fromkeys(filter(None, (self.first, self.last))))

    def whole(self) -> Work:
        """The reference without pages."""
        return replace(self, first=None, last=None)


def work_of(record: DocumentRecord, *, pages: tuple[str, str] | None, seen: date) -> Work:
    """The data of a reference to a document of the library, at these pages. A digest is cited by its original."""
    about = record.metadata
    title = _line(about.digest_of or record.title).removesuffix(".")
    issuer = _line(about.issuer or "") or None
    first, last = pages or (None, None)
    return Work(
        key=record.doc_id[:8],
        genre=_genre(title, record),
        title=title,
        authors=tuple(each for each in map(_line, about.authors) if each and each != issuer),
        issuer=issuer,
        year=about.year,
        url=followed(about.url),
        language=about.language,
        seen=seen,
        first=first,
        last=last,
    )


def followed(address: str | None) -> str | None:
    """The address if it is safe as a link, else None. It must be http or https, and contain no white space."""
    found = address and re.fullmatch(r"(?i:https?)://[^\s\"<>\\^`{|}\x00-\x20\x7f]+", address)
    return address if found else None


def gbt7714(work: Work) -> str:
    """The reference by GB/T 7714-2015: Zhao, Qian. Title[R/OL]. Issuer, 2024: 3-5[2026-11-30]. https://example.org."""
    others = "等" if _HAN.search("".join(work.authors[:1])) else "et al"
    authors = [*work.authors[:3], others] if len(work.authors) > 3 else list(work.authors)
    by = ", ".join(authors) or work.issuer or ""
    issued = ", ".join(map(str, filter(None, (work.issuer if work.authors else None, work.year))))
    where = ": ".join(filter(None, (issued, "-".join(work.pages))))
    letter = _GBT.get(work.genre)
    if work.url:
        mark, where = f"{letter}/OL" if letter else "EB/OL", f"{where}[{work.seen.isoformat()}]"
    else:
        mark = letter or "Z"
    return f"{_sentences(by, f'{work.title}[{mark}]', where, work.url or '')}{'' if work.url else '.'}"


def apa(work: Work) -> str:
    """The reference by APA 7: Issuer. (2024). Title (pp. 3–5). That of a law or treaty begins with its title."""
    *others, last = work.authors or ("",)
    by = f"{', '.join(others)}, & {last}" if others else last or work.issuer or ""
    dated = f"({work.year or 'n.d.'})"
    pages = f" ({'pp.' if len(work.pages) > 1 else 'p.'} {'–'.join(work.pages)})" if work.pages else ""
    publisher = work.issuer if work.authors else None
    if work.genre == "law" and not work.authors:
        head = [f"{work.title} {dated}{pages}"]
    else:
        head = [by, dated, work.title + pages] if by else [f"{work.title}{pages} {dated}"]
    return f"{_sentences(*head, publisher or '', work.url or '')}{'' if work.url else '.'}"


def bibtex(work: Work) -> str:
    """The BibTeX entry: @techreport for a report with a known issuer, else @misc."""
    kind = "techreport" if work.genre == "report" and work.issuer else "misc"
    by = work.authors or ((work.issuer,) if work.issuer else ())
    fields = {
        "title": f"{{{_tex(work.title)}}}",
        "author": " and ".join(f"{{{_tex(each)}}}" for each in by),
        "institution" if kind == "techreport" else "publisher": _tex(work.issuer or "")
        if work.authors or kind == "techreport"
        else "",
        "year": str(work.year or ""),
        "pages": "--".join(map(_tex, work.pages)),
        "url": work.url or "",
        "urldate": work.seen.isoformat() if work.url else "",
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{sinkqa-{work.key},\n{lines}\n}}"


def ris(work: Work) -> str:
    """The RIS record, one field on each line."""
    fields = [
        ("TY", _RIS.get(work.genre, "GEN")),
        *(("AU", each) for each in work.authors or ((work.issuer,) if work.issuer else ())),
        ("TI", work.title),
        ("PB", work.issuer if work.authors else None),
        ("PY", work.year),
        ("SP", work.pages[0] if work.pages else None),
        ("EP", work.pages[-1] if len(work.pages) > 1 else None),
        ("UR", work.url),
        ("Y2", work.seen.strftime("%Y/%m/%d") if work.url else None),
        ("LA", work.language),
        ("ID", f"sinkqa-{work.key}"),
    ]
    return "".join(f"{name}  - {value}\n" for name, value in fields if value) + "ER  - \n"


STYLES = {"gbt7714": gbt7714, "apa": apa, "bibtex": bibtex, "ris": ris}
"""The function for each reference style, by the style's name in the interfaces."""


def _genre(title: str, record: DocumentRecord) -> Genre:
    genre = next((genre for genre, pattern in _GENRES if pattern.search(title)), None)
    if genre:
        return genre
    if record.metadata.authors:
        return "paper"
    return "page" if record.type == "html" and record.metadata.url else "other"


def _sentences(*parts: str) -> str:
    """Joins the parts that are not empty. Each ends in one full stop, except the last."""
    return " ".join(_ended([part for part in parts if part]))


def _ended(parts: list[str]) -> Iterator[str]:
    for part in parts[:-1]:
        yield part if part.endswith((".", "。", "?", "？", "!", "！")) else f"{part}."
    yield from parts[-1:]


def _line(text: str) -> str:
    """On one line: a line break would begin a field of its own."""
    return " ".join(shown(text).split())


def _tex(text: str) -> str:
    """Without what would end a field, or run as a command."""
    plain = re.sub(r"[\\{}]", "", text)
    return re.sub(r"[~^]", lambda sign: f"\\{sign[0]}{{}}", _TEX.sub(lambda sign: f"\\{sign[0]}", plain))
