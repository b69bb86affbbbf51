"""How the documents of a library stand to each other: what names what, and what is in force. A part of the engine."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from sinkqa.service.documents.stored import Shelf

if TYPE_CHECKING:
    from sinkqa.service.references.listing import DocumentReferences
    from sinkqa.service.references.resolving import Resolver
    from sinkqa.service.references.standings import DocumentStanding, Standings


class Related(Shelf):
    """The documents of a library, with their references and standings."""

    def references_of(self, doc_id: str, *, offset: int = 0, limit: int | None = None) -> DocumentReferences:
        """What a document names, each document once, and which documents name it.

        ``offset`` and ``limit`` choose among the documents that it names.

        Raises:
            DocumentNotFound, AmbiguousDocument: see their names.
        """
        from sinkqa.service.references.listing import references_of

        with self._library.reading():
            return references_of(self._library, self._resolver, doc_id, offset=offset, limit=limit)

    @cached_property
    def _resolver(self) -> Resolver:
        """It keeps what it found while the library does not change."""
        from sinkqa.service.references.resolving import Resolver

        return Resolver(self._library)

    def standing(self, doc_id: str, on: date | None = None) -> DocumentStanding:
        """Whether a document is in force on a day, by default today, as far as texts of the library say so.

        Raises:
            DocumentNotFound, AmbiguousDocument: see their names.
        """
        from sinkqa.service.references.standings import DocumentStanding

        with self._library.reading():
            record = self._library.document(doc_id)
            standing = self._standings.of(record.doc_id, on or date.today())
        return DocumentStanding(record.doc_id, record.title, standing)

    def standings(self, on: date | None = None) -> list[DocumentStanding]:
        """The standings of all documents, in the order of their titles."""
        from sinkqa.service.budget import checkpoint

        found: list[DocumentStanding] = []
        with self._library.reading():
            for record in self.documents():
                checkpoint()
                found.append(self.standing(record.doc_id, on))
        return found

    @cached_property
    def _standings(self) -> Standings:
        """It keeps what it found while the library does not change."""
        from sinkqa.service.references.standings import Standings

        return Standings(self._library, resolver=self._resolver)
