"""Writes documents and passages into columns and reads them back."""

from __future__ import annotations

import json
import sys
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache, wraps
from itertools import starmap
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np

from sinkqa.index.arrays import Floats, Tokens
from sinkqa.index.errors import LibraryDamaged
from sinkqa.index.naming.known import Known, known_json, read_known
from sinkqa.index.references.mention import Change, Mention, References
from sinkqa.ingest.document import Metadata, Page, Span
from sinkqa.ingest.passage import Passage, Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_P = ParamSpec("_P")
_T = TypeVar("_T")

_DAMAGED = "{} cannot be read from the store: {}; run sinkqa doctor, remove what it names and add it again"
_RAW, _DEFLATED = b"r", b"z"
_PROBE_BYTES = 1 << 16
_STEPS_PER_POINT = 16  # boxes are kept to 1/16 point, a fiftieth of a millimetre
_MOST_KEPT = 500  # documents, whose names are some 5 MB
_TEXT_BYTES = 1 << 24  # of texts that are kept unpacked
_NO_GLYPH = -32768  # also what a coordinate past +-2047 points becomes: no page is 72 cm and its text beyond it

DOCUMENT_COLUMNS = (
    "doc_id",
    "reading",
    "name",
    "media_type",
    "type",
    "language",
    "jurisdiction",
    "year",
    "metadata",
    "edited",
    "warnings",
    "n_pages",
    "n_bytes",
    "text_sha256",
    "pages",
    "front",
    "text",
    "boxes",
    "content",
)
"""The columns that do not depend on the time of adding."""
PASSAGE_COLUMNS = "doc_id, passages.language, page_start, page_end, body"


def _reading(what: str) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """Turns any failure to read a column into LibraryDamaged: no writer of ours leaves such data."""

    def named(read: Callable[_P, _T]) -> Callable[_P, _T]:
        @wraps(read)
        def reading(*args: _P.args, **how: _P.kwargs) -> _T:
            try:
                return read(*args, **how)
            except (ValueError, TypeError, AttributeError, LookupError, OverflowError, zlib.error) as error:
                raise LibraryDamaged(_DAMAGED.format(what, error)) from error

        return reading

    return named


def to_json(value: object) -> str:
    """Returns compact JSON in plain ASCII. Lone surrogates stay as escapes; UTF-8 could not hold them."""
    return json.dumps(value, separators=(",", ":"))


def pack(content: bytes) -> bytes:
    """Compresses content if a sample shrinks by a tenth. Images and archives are kept as they are."""
    middle = max(0, len(content) // 2 - _PROBE_BYTES // 2)
    probe = content[middle : middle + _PROBE_BYTES]
    shrinks = len(zlib.compress(probe, 1)) < 0.9 * len(probe)
    return _DEFLATED + zlib.compress(content, 1) if shrinks else _RAW + content


@_reading("a document")
def unpack(blob: bytes) -> bytes:
    """Returns the bytes that were given to :func:`pack`.

    It and the functions below raise LibraryDamaged if that fails.
    """
    return zlib.decompress(blob[1:]) if blob[:1] == _DEFLATED else blob[1:]


def pack_text(text: str) -> bytes:
    """Packs text as UTF-8, lone surrogates included."""
    return pack(text.encode("utf-8", "surrogatepass"))


@_reading("a document")
def unpack_text(blob: bytes) -> str:
    """Returns the text that was given to :func:`pack_text`. The most recent texts are cached."""
    return _texts.of(blob)


class _Texts:
    """Caches texts by their packed bytes, so a changed row is never mistaken for the old one."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._size = most_bytes, 0
        self._kept: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, blob: bytes) -> str:
        with self._lock:
            if (text := self._kept.get(blob)) is not None:
                self._kept.move_to_end(blob)
                return text
        text = unpack(blob).decode("utf-8", "surrogatepass")
        with self._lock:
            self._size += 0 if blob in self._kept else _size(blob, text)
            self._kept[blob] = text
            while self._size > self._most:
                self._size -= _size(*self._kept.popitem(last=False))
        return text


def _size(blob: bytes, text: str) -> int:
    return sys.getsizeof(blob) + sys.getsizeof(text)


_texts = _Texts(_TEXT_BYTES)


def pack_boxes(boxes: Floats) -> bytes:
    """Delta-encodes boxes by column: neighbouring glyphs share most coordinates."""
    scaled = np.rint(np.nan_to_num(boxes, nan=np.inf) * _STEPS_PER_POINT)
    steps = np.where(np.abs(scaled) < -_NO_GLYPH, scaled, _NO_GLYPH).astype(np.int16)
    return zlib.compress(np.diff(steps, axis=0, prepend=np.zeros((1, 4), np.int16)).T.tobytes(), 1)


@_reading("the boxes of a document")
def unpack_boxes(blob: bytes) -> Floats:
    """Returns float32, (n, 4), within 1/32 point of the packed boxes; NaN rows for code points without a glyph."""
    columns = np.frombuffer(zlib.decompress(blob), np.int16).reshape(4, -1)
    steps = np.cumsum(columns, axis=1, dtype=np.int16).T
    return np.where(steps == _NO_GLYPH, np.nan, steps / _STEPS_PER_POINT).astype(np.float32)


def pack_vector(vector: Floats) -> bytes:
    """Packs a vector in half precision. A cosine keeps three decimals at half the size."""
    return vector.astype("<f2").tobytes()


@_reading("a vector")
def unpack_halves(blobs: Sequence[bytes], dim: int) -> NDArray[np.float16]:
    """Vectors as stored: float16, (len(blobs), dim)."""
    halves = np.frombuffer(b"".join(blobs), "<f2").reshape(len(blobs), dim)
    if not np.isfinite(halves).all():
        raise ValueError("it has components that are no numbers")
    return halves


def unpack_vectors(blobs: Sequence[bytes], dim: int) -> Floats:
    """Returns float32, (len(blobs), dim)."""
    return unpack_halves(blobs, dim).astype(np.float32)


def pack_tokens(tokens: Tokens) -> bytes:
    """Packs the distinct tokens: MaxSim needs only which tokens a passage has."""
    return np.unique(tokens).astype("<u4").tobytes()


@_reading("a passage's tokens")
def unpack_tokens(blob: bytes) -> Tokens:
    """Returns uint32, ascending."""
    return np.frombuffer(blob, "<u4")


def pack_terms(fields: Iterable[Sequence[str]]) -> bytes:
    """Packs the index terms of each field."""
    return "\n".join(" ".join(terms) for terms in fields).encode("utf-8", "replace")


@_reading("a passage's terms")
def unpack_terms(blob: bytes) -> list[str]:
    """Returns one string for each field, with terms separated by spaces."""
    return blob.decode().split("\n")


def metadata_json(metadata: Metadata) -> str:
    """The metadata as JSON, without fields that are None."""
    return to_json({key: value for key, value in asdict(metadata).items() if value not in (None, ())})


@_reading("a document's metadata")
def read_metadata(column: str) -> Metadata:
    """The metadata that was written by :func:`metadata_json`."""
    known = json.loads(column)
    return Metadata(**known | {"authors": tuple(known.get("authors", ()))})


@_reading("what was corrected of a document")
def read_edited(column: str) -> dict[str, str | int | None]:
    """Returns the corrected fields, each with the original value, or None if there was none."""
    return dict(json.loads(column))


@_reading("what a document opens with")
def read_front(column: str) -> tuple[str, tuple[str, ...]]:
    """The opening of a document and its highest headings."""
    opening, headings = json.loads(column)
    return opening, tuple(headings)


def pack_known(known: Known) -> bytes:
    """Packs a document's names, without its id."""
    return pack_text(known_json(known))


@lru_cache(maxsize=_MOST_KEPT)
@_reading("what a document is called")
def unpack_known(doc_id: str, blob: bytes) -> Known:
    """The names of the document with this id."""
    return read_known(doc_id, unpack_text(blob))


def pack_references(references: References) -> bytes:
    """Packs what a document says of documents. Each distinct name is kept once."""
    names: dict[tuple[str, str, int | None, str], int] = {}

    def row(mention: Mention) -> list[int]:
        name = (mention.by, mention.name, mention.year, mention.code)
        return [mention.start, mention.end, names.setdefault(name, len(names))]

    mentions = [row(each) for each in references.mentions]
    changes = [
        [each.kind, each.start, each.end, each.on, [row(target) for target in each.targets]]
        for each in references.changes
    ]
    return pack_text(json.dumps([[*names], mentions, changes], ensure_ascii=False, separators=(",", ":")))


@lru_cache(maxsize=_MOST_KEPT)
@_reading("what a document says of others")
def unpack_references(blob: bytes) -> References:
    """Returns what was given to :func:`pack_references`."""
    names, mentions, changes = json.loads(unpack_text(blob))

    def mention(start: int, end: int, name: int) -> Mention:
        by, said, year, code = names[name]
        return Mention(start, end, by, said, year, code)

    return References(
        tuple(starmap(mention, mentions)),
        tuple(
            Change(kind, start, end, on, tuple(starmap(mention, targets))) for kind, start, end, on, targets in changes
        ),
    )


@_reading("a list of a document's")
def read_list(column: str) -> list[str]:
    """A list of strings."""
    return [str(each) for each in json.loads(column)]


def pages_json(pages: Sequence[Page]) -> str:
    """Each page as a row of values."""
    return to_json([[p.number, p.start, p.end, p.label, p.width, p.height, p.quality] for p in pages])


@_reading("a document's pages")
def read_pages(column: str) -> tuple[Page, ...]:
    """The pages that were written by :func:`pages_json`."""
    return tuple(Page(*values) for values in json.loads(column))


def pack_passage(passage: Passage) -> bytes:
    """Packs everything that queries do not filter by. Of a unit, only the place of its words in the text is kept."""
    text, end = passage.text, 0
    units: list[tuple[tuple[Span, ...], int | str, int, str]] = []
    for unit in passage.units:
        start = text.find(unit.text, end)
        if start < 0:
            units.append((unit.spans, unit.text, 0, unit.label))
        else:
            end = start + len(unit.text)
            units.append((unit.spans, start, end, unit.label))
    body = [passage.kind, passage.spans, text, units, passage.section, passage.table]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


@_reading("a passage")
def read_passage(values: Sequence[Any]) -> Passage:
    """Makes the passage with these ``PASSAGE_COLUMNS``."""
    doc_id, language, page_start, page_end, blob = values
    return _passage(doc_id, language, (page_start, page_end), json.loads(blob.decode("utf-8", "surrogatepass")))


def _passage(doc_id: str, language: str, pages: tuple[int, int], body: Sequence[Any]) -> Passage:
    kind, spans, text, units, section, table = body
    return Passage(
        doc_id=doc_id,
        kind=kind,
        spans=_spans(spans),
        text=text,
        units=tuple(
            Unit(_spans(places), start if isinstance(start, str) else text[start:end], label)
            for places, start, end, label in units
        ),
        section=tuple(section),
        page_start=pages[0],
        page_end=pages[1],
        language=language,
        table=table,
    )


def _spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)
