"""Finds newer versions of a document in the library, and the documents that may repeal it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from sinkqa.index.library import Library
from sinkqa.index.naming.codes import is_citable, versions, without_edition
from sinkqa.index.naming.known import Known, key
from sinkqa.index.references.dates import later
from sinkqa.index.references.keys import identifiers, plain_name
from sinkqa.index.references.mention import Change
from sinkqa.index.register import Register

_OPENING = 400  # code points in which a document gives its version
_APART = 60  # days between two documents of one name that are surely not copies of one
_SHORTEST = 4  # characters of a name that tells documents apart
_MOST_REPEALING = 50  # documents that repeal one of a name
_YEAR = re.compile(r"(19|20)\d\d\Z")


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of a document, as its text tells them; empty where it does not.

    ``since``: when it took effect. ``amended``: when it was last amended. ``issued``: its year. ``added``: the day on
    which it was added to the library, by which it surely existed.
    """

    since: str
    amended: str
    issued: str
    added: str
    years: frozenset[int]

    @property
    def last(self) -> str:
        """The newest of its own dates."""
        return max(self.since, self.amended) or self.issued


@dataclass(frozen=True, slots=True)
class Successor:
    """A newer version. ``since``: when it took effect. ``said``: the words that tell its day."""

    doc_id: str
    since: str
    is_sure: bool
    said: tuple[Change, ...] = ()


class Family:
    """The documents that are versions of one another. Holds what it read for one generation of the library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._register = Register(library)
        self._dates: dict[str, Dates] = {}
        self._known: dict[str, tuple[Known, tuple[Known, ...]]] = {}

    def dates(self, doc_id: str) -> Dates:
        """The dates of a document."""
        if doc_id not in self._dates:
            record, changes = self._library.document(doc_id), self._library.references(doc_id).changes
            year = str(record.metadata.year or "")
            began = next((change for change in changes if change.kind == "effective"), None)
            amended = max((change.on for change in changes if change.kind == "amended"), default="")
            own, _ = self._kin(doc_id)
            self._dates[doc_id] = Dates(
                (began.on or year) if began else "",
                amended,
                year,
                record.added_at[:10],
                own.years,
            )
        return self._dates[doc_id]

    def repealing(self, doc_id: str) -> list[str]:
        """The documents that repeal one of this name or number: whether they mean this one is another matter."""
        own, _ = self._kin(doc_id)
        said = sorted(identifiers(own))
        found = self._library.named([key("repeals", each) for each in said], most=_MOST_REPEALING)
        docs = sorted({doc for docs in found.values() for doc in docs})
        return [each.doc_id for each in self._library.known(docs).values()]

    def are_namesakes(self, one: str, other: str) -> bool:
        """Whether both documents bear one name."""
        own, kin = self._kin(one)
        return any(each.doc_id == other and _share_a_name(own, each) for each in kin)

    def successors(self, doc_id: str) -> Iterator[Successor]:
        """The newer versions of a document: a higher version of its number, or a later revision under its name."""
        own, kin = self._kin(doc_id)
        for other in kin:
            if other.doc_id == doc_id or self._is_draft(other.doc_id) or not _are_alike(own, other):
                continue
            if self._is_higher(own, other):
                yield Successor(other.doc_id, self.dates(other.doc_id).since or self.dates(other.doc_id).issued, True)
            elif _share_a_name(own, other) and (revised := self._revision(doc_id, other.doc_id)):
                yield revised

    def _revision(self, doc_id: str, other: str) -> Successor | None:
        """The other document as a revision of this one, which bears its name."""
        mine, its = self.dates(doc_id), self.dates(other)
        if not mine.last or not its.last:
            return None
        if its.amended and its.amended > mine.last and not _is_copy(mine.amended, its.amended):
            said = [
                change
                for change in self._library.references(other).changes
                if change.kind == "amended" and change.on == its.amended
            ]
            return Successor(other, max(its.since, its.amended), True, tuple(said[:1]))
        if mine.since and its.since and not _is_copy(mine.last, its.since) and its.since > mine.last:
            return Successor(other, its.since, False)
        return None

    def _is_higher(self, own: Known, other: Known) -> bool:
        """Whether the other is a higher version or a newer edition of the same number."""
        for code in own.codes:
            if not is_citable(code) or code.startswith(("EO", "COM", "DEC", "FCCC")):
                continue
            if code in other.codes:
                mine, its = self._version(own.doc_id), self._version(other.doc_id)
                if mine and its and its > mine:
                    return True
            if any(_is_newer_edition(each, code) for each in other.codes):
                return True
        return False

    def _version(self, doc_id: str) -> int:
        """The number of the version that a document is, by its title, its file's name or its opening; else 0."""
        record = self._library.document(doc_id)
        told = versions(record.title) or versions(record.name.replace("-", " "))
        return next(iter(told or versions(self._library.text(doc_id)[:_OPENING])), 0)

    def _is_draft(self, doc_id: str) -> bool:
        return any(change.kind == "proposed" for change in self._library.references(doc_id).changes)

    def _kin(self, doc_id: str) -> tuple[Known, tuple[Known, ...]]:
        """What the document is called, and documents of similar names or of its number."""
        if doc_id not in self._known:
            own = self._library.known_as(doc_id)
            near = {each.doc_id: each for each in self._register.nearest(_wanted(own), is_local=bool(own.parts))}
            for code in own.codes:
                called = self._register.called(key("code", code))
                for short in without_edition(code):
                    called += self._register.called(key("edition", short))
                near |= {each.doc_id: each for each in called}
            self._known[doc_id] = own, tuple(near.values())
        return self._known[doc_id]


def _wanted(known: Known) -> dict[str, bool]:
    """The keys of documents whose first name is like that of this one."""
    name = known.names[0] if known.names else None
    return {key("of", each.what, kind): True for each in name.features for kind in name.kinds or {""}} if name else {}


def is_earlier(mine: Dates, its: Dates, *, is_namesake: bool) -> bool:
    """Whether a document may have been repealed by another: it is not of a later day, nor a copy of it.

    A document that repeals its namesake means an earlier one: that must be clear from the dates.
    """
    repeals = its.since or its.amended or its.issued
    if is_namesake:
        return bool(mine.last and repeals) and mine.last < repeals and not _is_copy(mine.last, repeals)
    return not mine.since or not repeals or mine.since <= repeals


def _is_copy(mine: str, its: str) -> bool:
    """Whether two dates are so near that they may be those of one document: publication and reprint."""
    if len(mine) < 10 or len(its) < 10:
        return mine[:4] == its[:4]
    first, last = sorted((mine, its))
    return last <= later(first, days=_APART)


def _is_newer_edition(code: str, than: str) -> bool:
    """Whether a standard's number is that of a later edition: GB 3838-2002 and GB 3838-88."""
    newer, older = _YEAR.search(code), _YEAR.search(than)
    if newer is None or older is None or newer[0] <= older[0]:
        return False
    return code[: newer.start()] == than[: older.start()]


def _are_alike(own: Known, other: Known) -> bool:
    """Whether the documents are of one kind, country and part of it, as far as their names tell."""
    kinds = not own.kinds or not other.kinds or bool(own.kinds & other.kinds)
    homes = not own.home or not other.home or own.home == other.home
    return kinds and homes and (own.parts == other.parts or not own.parts or not other.parts)


def _share_a_name(own: Known, other: Known) -> bool:
    """Whether a name of both is the same, and of the same year if it has one."""
    mine, its = _plain_names(own), _plain_names(other)
    return any(
        not years or not others or years == others
        for name in mine.keys() & its.keys()
        for years, others in product(mine[name], its[name])
    )


def _plain_names(known: Known) -> dict[str, set[tuple[str, ...]]]:
    """The names of the document itself that tell a kind of document, each with the years in it."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for name in known.names:
        if name.is_own and name.kinds and len(plain := plain_name(name.text)) >= _SHORTEST:
            found.setdefault(plain, set()).add(tuple(sorted(set(name.years))))
    return found
