"""Libraries of documents of which only their fronts matter."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.naming.front import Front
from sinkqa.index.store.documents.document_rows import Packed, pack_document, pack_names
from sinkqa.index.store.documents.serialization import metadata_json, to_json
from sinkqa.ingest.readers import read_bytes


def library_of(fronts: Iterable[Front], folder: Path, encoder: Encoder) -> Library:
    """A new library in a folder, of documents with these fronts and no passages."""
    library = Library.open(folder, create=True, encoder=encoder)
    bare = pack_document(read_bytes(b"-", "bare.txt"), (), encoder)
    list(library.add_all(_packed(front, bare) for front in fronts))
    return library


def _packed(front: Front, bare: Packed) -> Packed:
    document = bare.document | {
        "doc_id": front.doc_id,
        "name": front.name,
        "type": front.type,
        "metadata": metadata_json(front.about),
        "front": to_json([front.opening, front.headings]),
    }
    return Packed(front.doc_id, bare.encoder, document, (), (), (), pack_names(document))
