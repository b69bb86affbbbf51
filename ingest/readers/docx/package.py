"""Reading step of ingest: a DOCX package opened within bounds, before any library unpacks it."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO

from ingest.errors import DocumentTooLarge, EncryptedDocument, UnreadableDocument

MAX_PART = 256 * 1024 * 1024  # bytes one part may unpack to
MAX_TOTAL = 512 * 1024 * 1024
MAX_RATIO = 250  # a dense Word table compresses 30-80 times; bombs a thousand times and more
MAX_PARTS = 20_000
_RATIO_MATTERS = 16 * 1024 * 1024
_STEP = 1 << 20
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


def check_package(content: bytes, name: str) -> None:
    """Unpack every part once, counting; nothing is kept.

    Raises:
        DocumentTooLarge: a part, or all of them, unpack past the bounds, declared or not.
        EncryptedDocument: parts are under a password.
        UnreadableDocument: the archive is damaged, or its XML declares entities.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_parts(archive, name)
    except _DAMAGE as error:
        raise UnreadableDocument(f"{name}: damaged or truncated DOCX ({error}); fetch or export it again") from error


def _check_parts(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise DocumentTooLarge(f"{name}: {len(parts)} parts; at most {MAX_PARTS} are read; save it anew from Word")
    total = 0
    for part in parts:
        if part.flag_bits & 1:
            raise EncryptedDocument(f"{name}: its parts are under a password; save it without one and add that")
        total += part.file_size
        _bound(name, part.file_size, part.compress_size, total)
    total = 0
    for part in parts:
        total += _unpacked(archive, part, name, total)


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, before: int) -> int:
    """Real size of a part, read in steps; a header may lie about it."""
    size = 0
    tail = b""
    is_xml = part.filename.endswith((".xml", ".rels"))
    with archive.open(part) as stream:
        while step := stream.read(_STEP):
            size += len(step)
            _bound(name, size, part.compress_size, before + size)
            if is_xml and _DECLARATION.search(tail + step.replace(b"\0", b"")):
                raise UnreadableDocument(
                    f"{name}: {part.filename} declares XML entities, which no word processor does; save it anew"
                )
            tail = step[-16:]
    return size


def _bound(name: str, size: int, packed: int, total: int) -> None:
    bomb = size > _RATIO_MATTERS and size > MAX_RATIO * max(packed, 1)
    if size > MAX_PART or total > MAX_TOTAL or bomb:
        raise DocumentTooLarge(
            f"{name}: a part unpacks to {size >> 20} MiB from {packed} bytes; at most {MAX_PART >> 20} MiB a part"
            f", {MAX_TOTAL >> 20} MiB in all and {MAX_RATIO} times its packed size are read; split the document"
        )
