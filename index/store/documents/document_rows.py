"""Turns a document into rows of the store. This is most of the work of adding it.

It needs no library, so other processes can share the work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sinkqa.index.models.encoder import Encoder
from sinkqa.index.models.passage_text import title_of
from sinkqa.index.naming.front import Front
from sinkqa.index.naming.known import key, keys, know
from sinkqa.index.references.keys import citing_keys, plain_address
from sinkqa.index.references.reading import read_references
from sinkqa.index.store.documents.features import encode_passages, index_terms
from sinkqa.index.store.documents.names import PackedNames
from sinkqa.index.store.documents.serialization import (
    metadata_json,
    pack,
    pack_boxes,
    pack_known,
    pack_passage,
    pack_references,
    pack_text,
    pages_json,
    read_front,
    read_metadata,
    read_passage,
    to_json,
    unpack_references,
    unpack_text,
)
from sinkqa.ingest.document import Document
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.provisions.kinds import statements
from sinkqa.ingest.readers import format_of
from sinkqa.ingest.remarks import remark

OPENING = 3_000  # code points
NAMED_BY = ("doc_id", "name", "type", "metadata", "front", "text")
"""The columns that determine the names of a document."""
_LONGEST_HEADING, _MOST_HEADINGS = 200, 300


@dataclass(frozen=True, slots=True)
class Packed:
    """A document as rows of the store.

    ``source`` is the place from which it was read (a path, an address). New bytes from the same source supersede the
    old document. ``encoder`` is the fingerprint of the encoder that made the vectors. ``document`` holds the columns
    that do not depend on the time of adding. ``passages`` and ``features`` have one row for each passage, without the
    row number. ``statements`` are kind, term, the index of the passage in ``passages`` and the index of the unit in the
    passage.
    """

    source: str
    encoder: str
    document: dict[str, Any]
    passages: tuple[tuple[str, int, str, int, int, bytes], ...]
    features: tuple[tuple[bytes, bytes, bytes], ...]
    statements: tuple[tuple[str, str, int, int], ...]
    names: PackedNames

    @property
    def doc_id(self) -> str:
        """SHA-256 of the original bytes."""
        return str(self.document["doc_id"])


def pack_document(
    document: Document, passages: Sequence[Passage], encoder: Encoder, *, source: str | None = None
) -> Packed:
    """Analyses, encodes and packs one document. The source defaults to its name.

    Raises:
        ValueError: passages of another document, or spans outside the text.
    """
    (packed,) = pack_documents([(document, passages, source)], encoder)
    return packed


def pack_documents(
    made: Sequence[tuple[Document, Sequence[Passage], str | None]], encoder: Encoder
) -> tuple[Packed, ...]:
    """Packs several documents as :func:`pack_document` does. The encoder reads them in one batch.

    ``made``: documents, each with its passages and source.
    """
    distinct = [_distinct(document, passages) for document, passages, _ in made]
    titles = [title_of(document) for (document, *_), each in zip(made, distinct, strict=True) for _ in each]
    encoded = zip(*encode_passages(titles, [passage for each in distinct for passage in each], encoder), strict=True)
    return tuple(
        _packed(document, each, source, tuple(islice(encoded, len(each))), encoder.fingerprint)
        for (document, _, source), each in zip(made, distinct, strict=True)
    )


def _distinct(document: Document, passages: Sequence[Passage]) -> list[Passage]:
    """The passages without later ones of the same spans, which would have the same id."""
    _check(document, passages)
    first = {passage.spans: passage for passage in reversed(passages)}
    return [passage for passage in passages if first[passage.spans] is passage]


def _packed(
    document: Document,
    passages: Sequence[Passage],
    source: str | None,
    encoded: Sequence[tuple[bytes, bytes]],
    encoder: str,
) -> Packed:
    rows = tuple(
        (each.passage_id, position, each.language, each.page_start, each.page_end, pack_passage(each))
        for position, each in enumerate(passages)
    )
    columns = _columns(document, passages, rows)
    return Packed(
        source=_storable(source or document.name),
        encoder=encoder,
        document=columns,
        passages=rows,
        features=tuple((terms, *each) for terms, each in zip(index_terms(document, passages), encoded, strict=True)),
        statements=tuple(pack_statements(passages)),
        names=pack_names(columns),
    )


def packed_passages(packed: Packed) -> list[Passage]:
    """Returns the passages of a packed document, in reading order."""
    return [read_passage((packed.doc_id, *row[2:])) for row in packed.passages]


def pack_statements(passages: Sequence[Passage]) -> Iterator[tuple[str, str, int, int]]:
    """Yields the statements of a document's passages, in reading order; see :class:`Packed`."""
    for place, stated in enumerate(statements(passages)):
        yield from ((each.kind, _storable(each.term), place, each.unit) for each in stated)


def pack_names(columns: Mapping[str, Any], *, references: bytes | None = None) -> PackedNames:
    """Packs the names of a document with these columns, and what its text says of documents.

    ``references``: what its text says, packed, if that is known already.
    """
    doc_id, name, kind, metadata, opens, text = (columns[each] for each in NAMED_BY)
    about = read_metadata(metadata)
    known = know(Front(doc_id, name, about.title or name, kind, about, *read_front(opens)))
    packed = references or pack_references(read_references(unpack_text(text)))
    found = {*keys(known, name), *citing_keys(unpack_references(packed))}
    if about.url:
        found.add(key("address", plain_address(about.url)))
    return PackedNames(pack_known(known), tuple(sorted(_storable(each) for each in found)), packed)


def _check(document: Document, passages: Sequence[Passage]) -> None:
    doc_id, length = document.doc_id, len(document.text)
    for passage in passages:
        if passage.doc_id != doc_id:
            raise ValueError(f"passage {passage.passage_id} is of document {passage.doc_id}, not of {doc_id}")
        if any(not 0 <= start <= end <= length for start, end in passage.spans):
            raise ValueError(f"passage {passage.passage_id} has a span outside the text's 0..{length}")


def front(text: str, passages: Sequence[Passage]) -> str:
    """Returns the opening of a text, and its distinct highest headings in order, as JSON."""
    headings = dict.fromkeys(passage.section[0][:_LONGEST_HEADING] for passage in passages if passage.section)
    return to_json([text[:OPENING], [*headings][:_MOST_HEADINGS]])


def _columns(document: Document, passages: Sequence[Passage], rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    about = document.metadata
    columns: dict[str, Any] = {
        "doc_id": document.doc_id,
        "name": _storable(document.name),
        "media_type": document.media_type,
        "type": format_of(document),
        "language": about.language,
        "jurisdiction": about.jurisdiction,
        "year": about.year,
        "metadata": metadata_json(about),
        "edited": "{}",
        "warnings": to_json(document.warnings),
        "n_pages": len(document.pages),
        "n_bytes": len(document.content),
        "text_sha256": document.text_sha256,
        "pages": pages_json(document.pages),
        "front": front(document.text, passages),
        "text": pack_text(document.text),
        "boxes": None if document.boxes is None else pack_boxes(document.boxes),
        "content": pack(document.content),
    }
    doubts = [each.text for each in (remark(text, name=document.name) for text in document.warnings) if each.is_doubt]
    return columns | {"reading": _reading(columns, rows, doubts)}


def _reading(columns: dict[str, Any], rows: Sequence[tuple[Any, ...]], doubts: Sequence[str]) -> str:
    """Hash of everything that was read from the bytes. A better reader gives the same file another hash."""
    digest = hashlib.sha256(
        f"{columns['text_sha256']}{columns['metadata']}{''.join(doubts)}".encode("utf-8", "replace")
    )
    for *about, body in rows:
        digest.update(repr(about).encode())
        digest.update(body)
    return digest.hexdigest()


def upload_source(name: str, *, nth: int = 1) -> str:
    """Returns the source of an uploaded file: its name, and ``nth`` among files of that name in one upload, from 1."""
    return f"upload:{name}" if nth == 1 else f"upload:{name}/{nth}"  # no name of an upload has a slash


def _storable(text: str) -> str:
    """Replaces lone surrogates, which SQLite refuses; they occur in file names that are not Unicode."""
    return text.encode("utf-8", "replace").decode("utf-8")
