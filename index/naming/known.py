"""All names of a document, and the keys under which questions look them up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product, starmap
from pathlib import PurePath
from typing import Literal

from sinkqa.index.naming.codes import versions, without_edition
from sinkqa.index.naming.front import Front
from sinkqa.index.naming.lexicon import Feature, features, tokens
from sinkqa.index.naming.titling import Name, held_codes, home_of, names, own_codes, parts_of, years_of
from sinkqa.ingest.text.patterns import late

_FILE = late(r"[a-z\d_]+(?:[-.]+[a-z\d_]+)+|[a-z\d]+_[a-z\d_]+")

Sort = Literal["of", "file", "code", "edition", "entry", "held", "address", "cites", "repeals"]
"""The sort of feature that a key stands for.

``of``: a kind of document with a distinguishing feature. ``file``: the file's name. ``code``: the document's number.
``edition``: the number without year or version. ``entry``: an entry of the vocabulary that is the document's name.
``held``: an entry that names a part of the document, under a heading. ``address``: where the document is published.
``cites``, ``repeals``: a document that this one names or repeals, by number, name or address.
"""
LOCAL = "local"
"""The key of documents that belong to a part of a country."""


@dataclass(frozen=True, eq=False)
class Known:
    """A document of the library, prepared for matching names.

    ``is_foreign``: its title is not in Chinese script. A Chinese word for its kind is then a translation. ``issuer``:
    the features of the issuer's name. ``held``: the headings of a collection, by the codes of the documents under them.
    """

    doc_id: str
    is_foreign: bool
    names: tuple[Name, ...]
    issuer: frozenset[int | str]
    home: str
    parts: frozenset[str]
    years: frozenset[int]
    codes: frozenset[str]
    held: Mapping[str, str]
    versions: frozenset[int]

    @cached_property
    def features(self) -> frozenset[int | str]:
        """The features of all its names."""
        return frozenset(feature.what for name in self.names for feature in name.features)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of document that this document is or contains."""
        return frozenset(kind for name in self.names for kind in name.kinds)

    @cached_property
    def spoken(self) -> frozenset[str]:
        """All kinds that its names mention."""
        return frozenset(kind for name in self.names for kind in name.spoken)

    def headings(self, entry: int | str) -> Iterator[str]:
        """Yields the headings under which the document contains the one that a vocabulary entry names."""
        return (name.heading for name in self.names if name.heading and name.kinds and entry in name.entries)


def know(front: Front) -> Known:
    """Collects the names of a document. It takes some milliseconds and runs once, when the document is added."""
    own = own_codes(front)
    kind = "order" if any(code.startswith("EO") for code in own) else ""
    found = names(front)
    if kind and not any(name.kinds for name in found if name.is_own):
        found = names(front, kind=kind)
    return Known(
        front.doc_id,
        front.title.isascii(),
        tuple(found),
        _issuer(front.about.issuer or ""),
        home_of(front),
        parts_of(front),
        years_of(front),
        own,
        held_codes(front),
        frozenset(versions(f"{front.title}\n{front.name.replace('-', ' ')}\n{front.opening[:400]}")),
    )


def known_json(known: Known) -> str:
    """Returns everything except the document's id, as JSON."""
    names = [
        [
            each.text,
            each.features,
            each.weights,
            sorted(each.kinds),
            sorted(each.spoken),
            sorted(each.telling),
            each.is_own,
            each.heading,
        ]
        for each in known.names
    ]
    sets = [sorted(each) for each in (known.parts, known.years, known.codes, known.versions)]
    issuer = sorted(known.issuer, key=str)
    return json.dumps([known.is_foreign, names, issuer, known.home, known.held, *sets], separators=(",", ":"))


def read_known(doc_id: str, text: str) -> Known:
    """Reads the output of :func:`known_json` for this document."""
    is_foreign, names, issuer, home, held, parts, years, codes, versions = json.loads(text)
    return Known(
        doc_id,
        is_foreign,
        tuple(_name(*each) for each in names),
        frozenset(issuer),
        home,
        frozenset(parts),
        frozenset(years),
        frozenset(codes),
        held,
        frozenset(versions),
    )


def _name(
    text: str,
    features: Iterable[tuple[int, int, int | str]],
    weights: Sequence[float],
    kinds: Iterable[str],
    spoken: Iterable[str],
    telling: Iterable[str],
    is_own: bool,
    heading: str,
) -> Name:
    return Name(
        text,
        tuple(starmap(Feature, features)),
        tuple(weights),
        frozenset(kinds),
        frozenset(spoken),
        frozenset(telling),
        sum(weights),
        is_own,
        heading,
    )


def key(sort: Sort, what: int | str, kind: str = "") -> str:
    """Returns the key for a feature in a question. ``kind``: the kind of document, for ``of``.

    Years and entries are numbers.
    """
    return f"{sort}{' ' if kind else ''}{kind}{'#' if isinstance(what, int) else ':'}{what}"


def keys(known: Known, file: str) -> frozenset[str]:
    """Returns all keys under which questions find a document. ``file``: the name of its file."""
    return frozenset((*_keys(known), *_of_file(PurePath(file.lower()))))


def files_in(text: str) -> list[str]:
    """Returns the file names in a text, in the form of ``file`` keys."""
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
    if known.parts:
        yield LOCAL


def _of_file(path: PurePath) -> Iterator[str]:
    return (key("file", name) for name in (path.stem, path.name) if _FILE.fullmatch(name))


def _issuer(names: str) -> frozenset[int | str]:
    """Features that name the issuers: all words of their names, or all but one."""
    said = [tokens(name) for name in re.split("[、;]", names)]
    return frozenset(f.what for name in said for f in features(name) if f.last - f.first >= max(len(name) - 1, 1))
