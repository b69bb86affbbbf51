"""Models of what a document names and of what names it."""

from __future__ import annotations

from sinkqa.service.interfaces.deriving import model_of
from sinkqa.service.references.listing import CitingDocument, DocumentReferences, MentionPlace, NamedDocument
from sinkqa.service.references.resolution import Resolution

ResolutionOut = model_of(Resolution, "ResolutionOut")
MentionPlaceOut = model_of(MentionPlace, "MentionPlaceOut")
NamedDocumentOut = model_of(NamedDocument, "NamedDocumentOut")
CitingDocumentOut = model_of(CitingDocument, "CitingDocumentOut")
DocumentReferencesOut = model_of(DocumentReferences, "DocumentReferencesOut")
