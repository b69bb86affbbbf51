"""The keys under which a document that names another is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sinkqa.index.naming.codes import without_edition
from sinkqa.index.naming.known import Known, Sort, key
from sinkqa.index.references.mention import Mention, References
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late

_MOST = 4_000  # keys of one document
_LONGEST = 200  # code points of a key
_BRACKETED = late(r"\s*[(\[][^()\[\]]*[)\]]\s*\Z")
_DATED = late(r"[\s,]*(?:of\s+)?(?:19|20)\d\d(?:-(?:20)?\d\d)?年?\s*\Z")
_LEADING = late(r"(?:the\s+|中华人民共和国|[\u4e00-\u9fff、\s]{0,25}?关于)")
_MARKS = late("[《》〈〉<>]")
_NO_WORD = late(r"[\W_]+")
_SCHEME = late(r"https?://(?:www\.)?")


@lru_cache(20_000)
def plain_name(name: str) -> str:
    """Returns a name in the form in which names of one document are equal.

    Marks, signs, spaces, a year or a note in brackets at its end, the country's full name and the issuer before it
    are left out.
    """
    bare = _MARKS.sub("", fold(name))
    while (shorter := _DATED.sub("", _BRACKETED.sub("", bare))) != bare and shorter:
        bare = shorter
    if (found := _LEADING.match(bare)) and len(bare) > found.end() + 1:
        bare = bare[found.end() :]
    return _NO_WORD.sub("", bare)[:_LONGEST]


def plain_address(address: str) -> str:
    """Returns an address in the form in which equal addresses are equal: without scheme, ``www`` and a last slash."""
    return _SCHEME.sub("", address.strip().lower()).rstrip("/")[:_LONGEST]


def codes_of(mention: Mention) -> tuple[str, ...]:
    """Returns a mention's number, then the same without its edition; empty if it has none."""
    return (mention.code, *without_edition(mention.code)) if mention.code else ()


def citing_keys(references: References) -> frozenset[str]:
    """Returns the keys of a document that names or repeals others: for each of these a number, a name or an address."""
    found: dict[str, None] = {}
    targets = [target for change in references.changes if change.kind == "repeals" for target in change.targets]
    both: tuple[tuple[Sort, Sequence[Mention]], ...] = (("repeals", targets), ("cites", references.mentions))
    for sort, mentions in both:
        for mention in dict.fromkeys((each.by, each.name, each.code) for each in mentions):
            for said in _said(*mention):
                found[_key(sort, said)] = None
    return frozenset([*found][:_MOST])


def identifiers(known: Known) -> frozenset[str]:
    """Returns the numbers and names under which documents may cite this one, for :func:`cited_under`."""
    names = {plain_name(name.text) for name in known.names if name.is_own}
    short = {code for each in known.codes for code in without_edition(each)}
    return frozenset(each for each in names | known.codes | short if len(each) > 1)


def cited_under(identifier: str) -> str:
    """Returns the key of documents that name the document with this identifier."""
    return _key("cites", identifier)


def _said(by: str, name: str, code: str) -> Iterator[str]:
    if code:
        yield code
        yield from without_edition(code)
    if by == "address":
        yield plain_address(name)
    elif by != "code" and len(plain := plain_name(name)) > 1:
        yield plain


def _key(sort: Sort, said: str) -> str:
    return key(sort, said[:_LONGEST])
