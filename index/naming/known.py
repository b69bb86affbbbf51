"""Naming step of the flow: all that a document goes by, and the keys under which questions look for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from pathlib import PurePath
from typing import Literal

from index.naming.codes import versions, without_edition
from index.naming.front import Front
from index.naming.lexicon import features, heads, tokens
from index.naming.titling import Name, held_codes, home_of, names, own_codes, parts_of, years_of
from ingest.text.patterns import late

_MOST_KEPT = 500  # documents, some 10 MB
_FILE = late(r"[a-z\d_]+(?:[-.]+[a-z\d_]+)+|[a-z\d]+_[a-z\d_]+")

Sort = Literal["of", "file", "code", "edition", "entry", "held"]
"""What a key says of documents: ``of`` the kind it has, something that they are told by; ``file`` their file's name;
``code`` their number, ``edition`` the number without the year or version; ``entry`` an entry of the vocabulary that is
their name, ``held`` of what they hold under a heading."""
LOCAL = "local"
"""Key of the documents of a part of a country."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document of the library, prepared.

    ``features``: what any of its names says; ``issuer``: what its issuer's name says. ``kinds``: what it is, or holds;
    ``spoken``: all kinds that its names speak of. ``held``: headings of what it collects, by their codes.
    """

    front: Front
    names: tuple[Name, ...]
    features: frozenset[int | str]
    issuer: frozenset[int | str]
    kinds: frozenset[str]
    spoken: frozenset[str]
    home: str
    parts: frozenset[str]
    years: frozenset[int]
    codes: frozenset[str]
    held: Mapping[str, str] = field(hash=False)
    versions: frozenset[int]

    @property
    def is_foreign(self) -> bool:
        """Whether its title is in another script than Chinese, so that a Chinese word for its kind is a translation."""
        return self.front.title.isascii()

    def headings(self, entry: int | str) -> Iterator[str]:
        """Those under which it holds what an entry of the vocabulary names."""
        return (name.heading for name in self.names if name.heading and name.kinds and entry in name.entries)


@lru_cache(maxsize=_MOST_KEPT)
def know(front: Front) -> Known:
    """What the document goes by: a millisecond or two of work."""
    own = own_codes(front)
    kind = "order" if any(code.startswith("EO") for code in own) else ""
    found = names(front)
    if kind and not any(name.kinds for name in found if name.is_own):
        found = names(front, kind=kind)
    return Known(
        front,
        tuple(found),
        frozenset(feature.what for name in found for feature in name.features),
        _issuer(front.about.issuer or ""),
        frozenset(kind for name in found for kind in name.kinds),
        frozenset(head.kind for name in found for head in heads(name.said)),
        home_of(front),
        parts_of(front),
        years_of(front),
        own,
        held_codes(front),
        frozenset(versions(f"{front.title}\n{front.name.replace('-', ' ')}\n{front.opening[:400]}")),
    )


def key(sort: Sort, what: int | str, kind: str = "") -> str:
    """The key for what a question says; ``kind``: of document, for ``of``. Years and entries are numbers."""
    return f"{sort}{' ' if kind else ''}{kind}{'#' if isinstance(what, int) else ':'}{what}"


def keys(known: Known) -> frozenset[str]:
    """All keys under which a document is looked for."""
    return frozenset(_keys(known))


def files_in(text: str) -> list[str]:
    """Names of files in a text, as ``file`` keys have them."""
    return [found[0] for found in _FILE.finditer(text.lower())]


def _keys(known: Known) -> Iterator[str]:
    kinds = known.kinds | ({""} if any(not name.kinds for name in known.names) else set())
    attributes = {*known.features, *known.issuer, *known.years, *known.parts, known.home} - {""}
    yield from (key("of", what, kind) for kind, what in product(kinds, attributes))
    for name in known.names:
        if name.kinds and name.is_own:
            yield from (key("entry", entry) for entry in name.entries)
        if name.kinds and name.heading:
            yield from (key("held", entry) for entry in name.entries)
    for code in known.codes:
        yield key("code", code)
        yield from (key("edition", short) for short in without_edition(code))
    path = PurePath(known.front.name.lower())
    yield from (key("file", file) for file in (path.stem, path.name) if _FILE.fullmatch(file))
    if known.parts:
        yield LOCAL


def _issuer(names: str) -> frozenset[int | str]:
    """What is said by one who names the issuers, all but a word of a name at least."""
    said = [tokens(name) for name in re.split("[、;]", names)]
    return frozenset(f.what for name in said for f in features(name) if f.last - f.first >= max(len(name) - 1, 1))
