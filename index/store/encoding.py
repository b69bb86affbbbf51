"""Encodes a whole library with another encoder."""

from __future__ import annotations

from dataclasses import replace

from sinkqa.index.models.encoder import Encoder
from sinkqa.index.store.documents.document_rows import Packed, packed_passages
from sinkqa.index.store.documents.features import encode_passages
from sinkqa.index.store.documents.serialization import read_metadata
from sinkqa.index.store.store import Store


def encode_anew(store: Store, encoder: Encoder) -> None:
    """Computes vectors and tokens of all documents with this encoder, inside the caller's transaction."""
    for record in store.records():
        store.change(encoded_anew(store.kept(record.doc_id).packed, encoder), anew=True)
    store.set_meta("encoder", encoder.fingerprint)


def encoded_anew(packed: Packed, encoder: Encoder) -> Packed:
    """Returns the document with vectors and tokens of this encoder. Its terms stay."""
    title = read_metadata(packed.document["metadata"]).title or str(packed.document["name"])
    passages = packed_passages(packed)
    encoded = zip(*encode_passages([title] * len(passages), passages, encoder), strict=True)
    features = tuple((terms, *each) for (terms, *_), each in zip(packed.features, encoded, strict=True))
    return replace(packed, encoder=encoder.fingerprint, features=features)
