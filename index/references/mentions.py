"""Finds the places where a text names documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sinkqa.index.naming.codes import codes, is_citable
from sinkqa.index.references.citing import cited
from sinkqa.index.references.english import named
from sinkqa.index.references.mention import Mention
from sinkqa.index.references.titled import japanese_laws, plain, titled
from sinkqa.ingest.text.patterns import late

_ADDRESS = late(r"https?://[^\s<>\"'“”‘’，。；、（）《》【】\u4e00-\u9fff]{4,500}")
_TRAILING = ".,;:!?)]}*_"
_OF_A_YEAR = late(r"[A-Z]{2,6}(?:19|20)\d\d\Z")
_STANDARD = late(r"(?:GB|HJ|DB|LY|NY|DL|QX|SL|JJ|TD|HY|ISO|IEC|JIS|EN|BS)")
_DECREE = late(
    r"[\u4e00-\u9fff、]{0,12}?(?:公布|发布|颁布|根据|依据|按照|经|以|由|日)*((?:[\u4e00-\u9fff]{1,12}(?:部|委员会|总局|局|府|委|会|署))|国务院|主席|总统)?\Z"
)
_VERSION = late(r"-V\d{2}(?!\d)")
_ACT = late(r"\b(?:Regulation|Directive|Decision)\s\Z")
_YEAR = late(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def mentions(text: str) -> list[Mention]:
    """Returns the mentions of documents in a text, in text order. No two overlap.

    Where two ways of naming overlap, an address counts more than a title, a title more than a number, and a number more
    than a name in capitals.
    """
    found: list[Mention] = []
    for each in (_addresses(text), titled(text), japanese_laws(text), _numbered(text), named(text), cited(text)):
        found = _merged(found, each)
    return found


def _merged(taken: list[Mention], more: Iterable[Mention]) -> list[Mention]:
    """Both lists in text order, without those of ``more`` that overlap one of ``taken``."""
    merged: list[Mention] = []
    at, end = 0, 0
    for each in more:
        while at < len(taken) and taken[at].end <= each.start:
            merged.append(taken[at])
            end = taken[at].end
            at += 1
        if each.start >= end and (at == len(taken) or each.end <= taken[at].start):
            merged.append(each)
            end = each.end
    return merged + taken[at:]


def _addresses(text: str) -> Iterator[Mention]:
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_TRAILING)
        yield Mention(found.start(), found.start() + len(address), "address", address)


def _numbered(text: str) -> Iterator[Mention]:
    """Numbers that belong to documents, in text order, each with the issuer before a decree's."""
    for start, end, code in sorted(codes(text)):
        if not (is_citable(code) or code.startswith(("EU", "令", "文"))):
            continue
        if _OF_A_YEAR.match(code) and not _STANDARD.match(code):
            continue  # NDC2030 is no number of a document
        first = start
        if version := _VERSION.match(text, end):
            end = version.end()
        if code.startswith("令") and (issuer := _DECREE.search(text[max(0, start - 14) : start])) and issuer[1]:
            first = start - len(issuer[1])
        elif code.startswith("EU") and (act := _ACT.search(text[max(0, start - 12) : start])):
            first = start - len(act[0])
        year = None if code.startswith("令") else _YEAR.search(text[start:end])
        yield Mention(first, end, "code", plain(text[first:end]), int(year[1]) if year else None, code)
