"""Resolves mentions of documents: to documents of the library, or to where a missing one is published."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product

from sinkqa.index.library import Library
from sinkqa.index.naming.codes import is_citable, without_edition
from sinkqa.index.naming.front import Front
from sinkqa.index.naming.known import Known, key, know
from sinkqa.index.naming.lexicon import features as features_of
from sinkqa.index.naming.lexicon import lexicon, tokens
from sinkqa.index.references.keys import cited_under, identifiers, plain_address
from sinkqa.index.references.mention import Mention
from sinkqa.index.register import Register
from sinkqa.ingest.about.places import parts_in
from sinkqa.ingest.document import Metadata
from sinkqa.service.fetching.manifest import ManifestEntry, load_manifest
from sinkqa.service.references.likeness import ORDER, Named, best, best_of
from sinkqa.service.references.resolution import How, Resolution

_ABOUT = frozenset(["factsheet", "remarks", "briefing", "notice", "report", "communication"])
_MISSING = Resolution("missing")
_NO_TITLE = re.compile(r"[,，]\s?(?:19|20)\d\d[a-z]?\Z")
_MOST_KEPT = 50_000  # resolutions
_MOST_CITING = 2_000  # documents that may cite one
_SAME_ISSUER = 0.6  # share of the words of an issuer's name


class Resolver:
    """Resolves mentions in one library. It keeps what it found while the library does not change. Safe for threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._generation = -1
        self._begin_anew()

    def resolve(self, mention: Mention, *, doc_id: str = "") -> Resolution:
        """What a mention means. ``doc_id``: the document in which it stands, by its full id."""
        with self._library.reading():
            self._follow()
            about = self._about(doc_id) if doc_id else Metadata()
            asked = (mention.by, mention.name, mention.year, mention.code, doc_id)
            if asked not in self._kept:
                if len(self._kept) > _MOST_KEPT:
                    self._kept.clear()
                self._kept[asked] = self._resolved(mention, about, doc_id)
            return self._kept[asked]

    def cited_by(self, doc_id: str) -> Iterator[tuple[str, Mention]]:
        """Yields mentions in other documents that mean this one, each with the document in which it stands.

        Raises:
            DocumentNotFound, AmbiguousDocument: there is no such document, or there are several.
        """
        doc_id = self._library.document(doc_id).doc_id
        for other in self._citing(doc_id):
            for mention in self._library.references(other).mentions:
                if doc_id in self.resolve(mention, doc_id=other).doc_ids:
                    yield other, mention

    def _follow(self) -> None:
        """Forgets everything if the library has changed."""
        with self._lock:
            if self._generation != self._library.generation:
                self._generation = self._library.generation
                self._begin_anew()

    def _begin_anew(self) -> None:
        self._register = Register(self._library)
        self._kept: dict[tuple[str, str, int | None, str, str], Resolution] = {}
        self._documents: dict[str, Metadata] = {}

    def _about(self, doc_id: str) -> Metadata:
        if doc_id not in self._documents:
            self._documents[doc_id] = self._library.document(doc_id).metadata
        return self._documents[doc_id]

    def _citing(self, doc_id: str) -> list[str]:
        """Documents that have a name or number of this one among what they cite, in the order of adding."""
        with self._library.reading():
            known = self._library.known_as(doc_id)
            address = self._about(doc_id).url
            under = [cited_under(each) for each in sorted(identifiers(known))]
            under += [cited_under(plain_address(address))] if address else []
            found = self._library.named(under, most=_MOST_CITING)
            docs = sorted({doc for having in found.values() for doc in having})
            return [each.doc_id for each in self._library.known(docs).values() if each.doc_id != doc_id]

    def _resolved(self, mention: Mention, about: Metadata, doc_id: str) -> Resolution:
        if mention.by == "address":
            return self._addressed(mention, doc_id)
        if mention.code and (found := self._numbered(mention, about, doc_id)):
            return found
        if mention.by == "code" or _NO_TITLE.search(mention.name):
            return _listed(mention, None)
        named = Named(mention, about.jurisdiction or "", frozenset([about.place] if about.place else []), doc_id)
        likes = best(filter(None, (best_of(named, known) for known in self._near(named))))
        if not likes:
            return _listed(mention, named)
        how: How = "part" if likes[0].heading else ORDER[likes[0].rank]
        reason = likes[0].heading or likes[0].reason
        return self._resolution(how, [like.known for like in likes], reason, doc_id)

    def _resolution(self, how: How, found: Sequence[Known], reason: str, doc_id: str) -> Resolution:
        ids = [known.doc_id for known in found]
        if doc_id in ids and how != "part":
            how, reason = "itself", ""
            ids.sort(key=lambda each: each != doc_id)
        return Resolution(how, tuple(dict.fromkeys(ids)), self._library.document(ids[0]).title, reason)

    def _addressed(self, mention: Mention, doc_id: str) -> Resolution:
        wanted = plain_address(mention.name)
        if found := self._register.called(key("address", wanted)):
            return self._resolution("exact", found, "", doc_id)
        for entry, _ in _manifest():
            if entry.url and wanted == plain_address(entry.url):
                return Resolution("missing", title=entry.about.title or "", address=mention.name)
        return Resolution("missing", address=mention.name)

    def _numbered(self, mention: Mention, about: Metadata, doc_id: str) -> Resolution | None:
        """The documents with a mention's number, or with another edition of it."""
        code = mention.code
        found = self._register.called(key("code", code)) or self._register.called(key("edition", code))
        reason = ""
        if not found:
            for short in without_edition(code):
                found = (
                    found or self._register.called(key("code", short)) or self._register.called(key("edition", short))
                )
                reason = "it names another edition"
        if not is_citable(code):
            found = [known for known in found if _may_be_issued(mention, known, about)]
        found = _primary(found, mention)
        if not found:
            return None
        if heading := found[0].held.get(code) or _decision(found[0], code):
            return self._resolution("part", found, heading, doc_id)
        return self._resolution("probable" if reason else "exact", found, reason, doc_id)

    def _near(self, named: Named) -> Sequence[Known]:
        """Documents that share telling words, a country or a year with a name, those with most first."""
        name = named.name
        kinds = name.kinds or name.spoken
        near = {other for kind in kinds for other in lexicon().near.get(kind, ())}
        wanted_kinds = dict.fromkeys([*kinds, *near, ""] if kinds else [*set(lexicon().kinds.values()), ""])
        whats: dict[int | str, None] = {
            what: None for first, last, what in name.features if any(name.weights[first:last])
        }
        whats |= dict.fromkeys(place.part or place.home for place in named.places)
        if named.mention.year:
            whats[named.mention.year] = None
        wanted = {key("of", what, kind): kind in kinds for kind, what in product(wanted_kinds, whats)}
        return self._register.nearest(wanted, is_local=bool(named.own_parts)) if wanted else ()


def _primary(found: Sequence[Known], mention: Mention) -> list[Known]:
    """Of the documents with a number those that are it, before those that are written about it or propose it."""
    own = [known for known in found if not known.kinds & _ABOUT and "proposal" not in known.kinds]
    if mention.code.startswith("EU"):
        return own
    return own or list(found)


def _decision(known: Known, code: str) -> str:
    """The number as the name of a part, in a document that holds several decisions."""
    held = [each for each in known.codes if each.startswith("DEC")]
    return code if code.startswith("DEC") and len(held) > 1 else ""


def _may_be_issued(mention: Mention, known: Known, about: Metadata) -> bool:
    """Whether a number that each issuer gives anew can be this document's: the issuers agree, as far as said."""
    if mention.code.startswith("EU"):
        return known.home in ("EU", "")
    said = features_of(tokens(mention.name))
    if not known.issuer:
        return known.home == (about.jurisdiction or known.home)
    issuer = {feature.what for feature in said}
    shared = issuer & known.issuer
    return len(shared) >= _SAME_ISSUER * min(len(known.issuer), max(len(issuer), 1))


def _listed(mention: Mention, named: Named | None) -> Resolution:
    """What the bundled list of policy documents says of a document that the library lacks."""
    found: ManifestEntry | None = None
    if named is None:
        found = next((entry for entry, known in _manifest() if mention.code and mention.code in known.codes), None)
    else:
        entries = {known.doc_id: entry for entry, known in _manifest()}
        likes = best(filter(None, (best_of(named, known) for _, known in _manifest())))
        found = entries[likes[0].known.doc_id] if likes and len(likes) == 1 else None
    if found is None:
        return _MISSING
    is_chinese = any("\u4e00" <= each <= "\u9fff" for each in mention.name)
    title = found.title_zh if is_chinese and found.title_zh else found.title
    return Resolution("missing", title=title, address=found.by_hand)


@cache
def _manifest() -> tuple[tuple[ManifestEntry, Known], ...]:
    """The bundled list, with the names of its documents."""
    return tuple(
        (entry, know(Front(entry.id, entry.file, entry.title, entry.type, _metadata(entry), "", ())))
        for entry in load_manifest()
    )


def _metadata(entry: ManifestEntry) -> Metadata:
    places = parts_in(f"{entry.title_zh or ''} {entry.title}")
    return replace(entry.about, place=next((part for _, _, part, _ in places), None))
