"""Finds the subjects of documents: glossary notions in titles and headings. A part of the engine's shelf."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

from sinkqa.index.glossary.renderings import GLOSSARY, Glossary, glossary
from sinkqa.index.store.documents.catalogue import DocumentRecord

FIELDS = (
    "Carbon and its sinks",
    "Forests and forestry",
    "Land, soil and farming",
    "Wetlands, coast and ocean",
    "Nature and its protection",
    "Climate and greenhouse gases",
    "Energy, industry, cities",
    "Carbon markets and accounting",
    "Standards and programmes",
    "Treaties, bodies and institutions",
    "Wetlands, rivers and sea",
    "Fields and harvests",
    "Compensation between places",
)
"""The sections of the glossary that name things. All others are about law, procedure, figures and places."""
_MOST = 8  # subjects of one document
_MANY = 6  # headings of which two must name a subject
_MOST_HEADINGS = 60  # that are looked at
_LONGEST = 300  # characters of a heading that are looked at
_ISSUER = re.compile(r"\A[^《]{2,40}?(?=关于|印发)")  # before what the title of a Chinese notice is about
_NUMBER = re.compile(
    r"\A\W*(?:第\s*[\d一二三四五六七八九十百零]+\s*[章节節条條編编]|[\dIVX]+(?:\.\d+)*[.、)]?|[一二三四五六七八九十]+、)\s*"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A notion. ``name``: its first English rendering, which identifies it. ``zh``: its first Chinese rendering."""

    name: str
    zh: str


class Headings(Protocol):
    """A source of the documents' highest headings."""

    def headings(self, doc_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The headings of each document, by doc_id. Documents that do not exist are left out."""


class Subjects:
    """Finds the subjects of documents, and caches them by title and text. Safe for threads."""

    def __init__(self, library: Headings) -> None:
        self._library = library
        self._kept: dict[tuple[str, str, str], tuple[Subject, ...]] = {}
        self._lock = threading.Lock()

    def of(self, records: Sequence[DocumentRecord]) -> dict[str, tuple[Subject, ...]]:
        """The subjects of these documents, by doc_id. Removes all other documents from the cache."""
        keys = {record.doc_id: (record.doc_id, record.text_sha256, record.title) for record in records}
        kept = self._kept
        missing = [record for record in records if keys[record.doc_id] not in kept]
        headings = self._library.headings([record.doc_id for record in missing]) if missing else {}
        found = {keys[r.doc_id]: subjects(r.title, headings.get(r.doc_id, ())) for r in missing}
        now = {key: found[key] if key in found else kept[key] for key in keys.values()}
        with self._lock:
            self._kept = now
        return {doc_id: now[key] for doc_id, key in keys.items()}


def subjects(title: str, headings: Iterable[str]) -> tuple[Subject, ...]:
    """The notions in a title and their parts, then the notions in headings, most frequent first.

    If the title names any notion, or if there are many headings, a notion of the headings counts only if at least two
    of them name it.
    """
    named = list(_named(_ISSUER.sub("", title)))
    titled = list(dict.fromkeys([*(whole for whole, _ in named), *(part for _, parts in named for part in parts)]))
    own = [_NUMBER.sub("", each[:_LONGEST]) for each in headings][:_MOST_HEADINGS]
    counts = Counter(subject for heading in own for subject in dict.fromkeys(whole for whole, _ in _named(heading)))
    least = 2 if len(own) > _MANY or titled else 1
    others = [subject for subject, count in counts.most_common() if count >= least and subject not in titled]
    return tuple([*titled, *others][:_MOST])


def _named(text: str) -> Iterator[tuple[Subject, list[Subject]]]:
    """The notions in a text, the longest where several begin, each with those that stand inside its words."""
    words, notions = _notions()
    for key, _ in words.find(text):
        inner = (tuple(key[at:end]) for at in range(len(key)) for end in range(len(key), at, -1))
        found = [notions[words.places[each][0]] for each in inner if each in words.places]
        yield found[0], found[1:]


@cache
def _notions() -> tuple[Glossary, dict[int, Subject]]:
    """The part of the bundled glossary that names things, and what each of its entries is called."""
    notions: dict[int, Subject] = {}
    place, field = 0, ""
    for line in files("sinkqa.index.glossary").joinpath(GLOSSARY).read_text("utf-8").splitlines():
        if line.startswith("#"):
            field = line.removeprefix("#").strip()
        elif line:
            if field in FIELDS:
                notions[place] = Subject(*(side.partition("|")[0].removeprefix("!") for side in line.split("=")))
            place += 1
    whole = glossary()
    places: dict[tuple[str, ...], list[int]] = {}
    longest: dict[str, int] = {}
    for key, entries in whole.places.items():
        if mine := [each for each in entries if each in notions]:
            places[key] = sorted(mine, key=lambda each: whole.entries[each].index(key))  # where it comes first
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
    return Glossary(whole.entries, places, longest, whole.cased), notions
