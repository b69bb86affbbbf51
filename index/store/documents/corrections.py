"""Corrections of a document's metadata by a person. They are kept when the document is read again.

A corrected value replaces the original value, so everything uses it. The original value is kept in the column
``edited``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sinkqa.index.models.encoder import Encoder
from sinkqa.index.store.documents.catalogue import Predecessor
from sinkqa.index.store.documents.document_rows import Packed, pack_names, packed_passages
from sinkqa.index.store.documents.features import encode_passages, passage_terms
from sinkqa.index.store.documents.serialization import metadata_json, read_edited, read_metadata, to_json
from sinkqa.ingest.splitting.splitter import language_of

_OF_ONE_VERSION = {"year"}  # a newer version is of a year of its own

Value = str | int | None
Corrections = Mapping[str, Value]
"""New values of fields in :data:`EDITABLE`. None restores the original value."""


def corrected(packed: Packed, changes: Corrections, encoder: Encoder) -> Packed:
    """Applies corrections to a document and renews its data for search. Returns it unchanged if nothing changes.

    A value equal to the original one is not a correction.
    """
    before, edited = read_metadata(packed.document["metadata"]), read_edited(packed.document["edited"])
    known: dict[str, Any] = {}
    for field, value in changes.items():
        read = edited.pop(field, getattr(before, field))
        if value is not None and value != read:
            edited[field] = read
        known[field] = read if value is None else value
    about = replace(before, **known)
    document = packed.document | {
        "language": about.language,
        "jurisdiction": about.jurisdiction,
        "year": about.year,
        "metadata": metadata_json(about),
        "edited": to_json(edited),
    }
    names = packed.names
    if about != before:
        names = pack_names(document, references=names.references)
    changed = replace(packed, document=document, names=names)
    if about.title != before.title:
        changed = _titled(changed, about.title or str(document["name"]), encoder)
    if about.language != before.language:
        changed = _spoken(changed, about.language, read=str(edited.get("language", about.language) or "und"))
    return changed


def inherited(packed: Packed, before: Predecessor | None, encoder: Encoder) -> Packed:
    """Takes over the predecessor's corrections, except of fields that the document itself has corrections for.

    The year of an older version is not taken over.
    """
    if before is None:
        return packed
    left_out = {*read_edited(packed.document["edited"])} | (set() if before.is_same else _OF_ONE_VERSION)
    changes = {field: getattr(before.metadata, field) for field in before.edited if field not in left_out}
    return corrected(packed, changes, encoder) if changes else packed


def _titled(packed: Packed, title: str, encoder: Encoder) -> Packed:
    """Renews what is searched by the title, since every passage is searched with it."""
    passages = packed_passages(packed)
    terms = (passage_terms(title, passage) for passage in passages)
    encoded = zip(*encode_passages([title] * len(passages), passages, encoder), strict=True)
    return replace(packed, features=tuple((each, *rest) for each, rest in zip(terms, encoded, strict=True)))


def _spoken(packed: Packed, language: str | None, *, read: str) -> Packed:
    """Gives the corrected language to passages that had the language that was read; others keep their own."""
    languages = [language_of(passage.text, read) for passage in packed_passages(packed)]
    spoken = [(language or "und") if each in (read, "und") else each for each in languages]
    rows = zip(packed.passages, spoken, strict=True)
    return replace(packed, passages=tuple((*row[:2], each, *row[3:]) for row, each in rows))
