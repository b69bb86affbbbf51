"""Lists what a document names, each document once, and the documents that name it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from sinkqa.index.library import Library
from sinkqa.index.references.mention import By, Mention
from sinkqa.ingest.document import Page
from sinkqa.service.budget import checkpoint
from sinkqa.service.references.resolution import Resolution
from sinkqa.service.references.resolving import Resolver

_MOST_PLACES = 100  # of one mention


@dataclass(frozen=True, slots=True)
class MentionPlace:
    """Where a document is named."""

    start: Annotated[int, "In code points of the source text."]
    end: int
    page: int


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document that is named, with all places where it is named so."""

    by: Annotated[By, "`title`: 《…》; `name`: a title without marks; `code`: a number; `author`: author and year."]
    name: str
    year: Annotated[int | None, "The year beside the name."]
    code: Annotated[str, "Its number, in one form for all ways to write it."]
    times: Annotated[int, "How often it is named so."]
    places: Annotated[tuple[MentionPlace, ...], "The first 100."]
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class CitingDocument:
    """A document of the library that names another one."""

    doc_id: str
    title: str
    name: Annotated[str, "What it first calls the other one."]
    times: Annotated[int, "How often it names the other one."]
    first: MentionPlace


@dataclass(frozen=True, slots=True)
class DocumentReferences:
    """What a document names, in the order of its first mention, and which documents name it."""

    doc_id: str
    title: str
    mentions: tuple[NamedDocument, ...]
    offset: Annotated[int, "How many stand before the first of them."]
    total: Annotated[int, "How many documents, or names of documents, it names."]
    next_offset: int | None
    cited_by: Annotated[tuple[CitingDocument, ...], "In the order in which they were added."]
    text_sha256: Annotated[str, "Hash of the text that the places count in."]

    def as_dict(self) -> dict[str, Any]:
        """Returns it as it is sent."""
        return asdict(self)


def references_of(
    library: Library, resolver: Resolver, doc_id: str, *, offset: int, limit: int | None
) -> DocumentReferences:
    """Lists at most ``limit`` of the documents that a document names, and all that name it.

    Raises:
        DocumentNotFound, AmbiguousDocument: there is no such document, or there are several.
    """
    record = library.document(doc_id)
    named: dict[tuple[str, str, int | None, str], list[Mention]] = {}
    for mention in library.references(record.doc_id).mentions:
        named.setdefault((mention.by, mention.name, mention.year, mention.code), []).append(mention)
    shown = [*named.values()][offset:][:limit]
    pages = library.pages(record.doc_id)
    found: list[NamedDocument] = []
    for mentions in shown:
        checkpoint()
        first = mentions[0]
        places = tuple(_placed(each, pages) for each in mentions[:_MOST_PLACES])
        resolution = resolver.resolve(first, doc_id=record.doc_id)
        found.append(NamedDocument(first.by, first.name, first.year, first.code, len(mentions), places, resolution))
    end = offset + len(shown)
    return DocumentReferences(
        record.doc_id,
        record.title,
        tuple(found),
        offset,
        len(named),
        end if end < len(named) else None,
        _citing(library, resolver, record.doc_id),
        record.text_sha256,
    )


def _citing(library: Library, resolver: Resolver, doc_id: str) -> tuple[CitingDocument, ...]:
    naming: dict[str, list[Mention]] = {}
    for other, mention in resolver.cited_by(doc_id):
        naming.setdefault(other, []).append(mention)
    return tuple(
        CitingDocument(
            other,
            library.document(other).title,
            mentions[0].name,
            len(mentions),
            _placed(mentions[0], library.pages(other)),
        )
        for other, mentions in naming.items()
    )


def _placed(mention: Mention, pages: Sequence[Page]) -> MentionPlace:
    at = bisect_right(pages, mention.start, key=lambda page: page.start) - 1
    return MentionPlace(mention.start, mention.end, pages[at].number if at >= 0 else 1)
