"""DOCX packages: bounds are checked before anything is unpacked; then parts are read by name."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from sinkqa.ingest.errors import DocumentTooLarge, EncryptedDocument, UnreadableDocument

MAX_PART = 256 * 1024 * 1024  # bytes one part may unpack to
MAX_TOTAL = 512 * 1024 * 1024
MAX_RATIO = 250  # a dense Word table compresses 30-80 times; bombs a thousand times and more
MAX_PARTS = 20_000
_RATIO_MATTERS = 16 * 1024 * 1024
_STEP = 1 << 20
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


# Strict Open XML calls the same things by other names (ISO/IEC 29500-1, annex A against 29500-4).
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_IS_WORD = re.compile(rb"(?:wordprocessingml|ms-word)\.(?:document|template)(?:\.macroEnabled\w*)?\.main\+xml", re.I)
_MAX_TYPES = 1 << 20


class Relation(NamedTuple):
    """A relation of a part: ``kind`` is the last word of its type, ``target`` a part or an address."""

    kind: str
    target: str
    is_external: bool


class Package:
    """The parts of a checked package by name. Strict ones are read as transitional ones."""

    def __init__(self, content: bytes) -> None:
        """Raises LookupError if no part is the main one."""
        self._archive = zipfile.ZipFile(BytesIO(content))
        self._names = {_slashed(name).lower(): name for name in self._archive.namelist()}
        self._relations: dict[str, dict[str, Relation]] = {}
        self.main = next(self.related("", "officeDocument"), "word/document.xml")
        if not self.holds(self.main):
            raise LookupError("its main part is missing")

    def holds(self, part: str) -> bool:
        """Whether there is such a part."""
        return part.lower() in self._names

    @property
    def has_pictures(self) -> bool:
        """Whether any part is a picture."""
        return any("/media/" in name for name in self._names)

    def read(self, part: str) -> bytes:
        """The bytes of a part."""
        return _STRICT.sub(_transitional, self.raw(part))

    def raw(self, part: str) -> bytes:
        """The bytes of a part, unchanged."""
        return self._archive.read(self._names[part.lower()])

    def xml(self, part: str) -> Any:
        """The root element of a part."""
        from docx.oxml import parse_xml

        return parse_xml(self.read(part))

    def related(self, part: str, *kinds: str) -> Iterator[str]:
        """The parts that ``part`` ("" for the package) points to by one of ``kinds``, in order."""
        for relation in self.relations(part).values():
            if relation.kind in kinds and not relation.is_external and self.holds(relation.target):
                yield relation.target

    def relations(self, part: str) -> dict[str, Relation]:
        """Relations of a part by their ids."""
        if part not in self._relations:
            folder, name = posixpath.split(part)
            where = posixpath.join(folder, "_rels", f"{name}.rels")
            found = self.xml(where) if self.holds(where) else ()
            self._relations[part] = {element.get("Id", ""): _relation(element, folder) for element in found}
        return self._relations[part]


def is_word(archive: zipfile.ZipFile) -> bool:
    """Whether an archive declares a Word document as its main part, whatever the part's name."""
    try:
        with archive.open("[Content_Types].xml") as stream:
            return _IS_WORD.search(stream.read(_MAX_TYPES).replace(b"\0", b"")) is not None
    except (KeyError, RuntimeError, *_DAMAGE):
        return False


def _relation(element: Any, folder: str) -> Relation:
    target = element.get("Target") or ""
    is_external = element.get("TargetMode") == "External"
    if not is_external:
        target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return Relation((element.get("Type") or "").rpartition("/")[2], target, is_external)


def _slashed(name: str) -> str:
    """A part's name with the slashes of relations."""
    return name.replace("\\", "/").lstrip("/")


def _transitional(match: re.Match[bytes]) -> bytes:
    return b"http://schemas.openxmlformats.org/%s/2006/%s" % match.groups()


def check_package(content: bytes, name: str) -> None:
    """Unpacks every part once to count its size. Nothing is kept.

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
        raise DocumentTooLarge(f"{name}: {len(parts)} parts; at most {MAX_PARTS} are read; save it again from Word")
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
    """The real size of a part, read in steps, because a header may lie."""
    size = 0
    tail = b""
    is_xml = part.filename.endswith((".xml", ".rels"))
    with archive.open(part) as stream:
        while step := stream.read(_STEP):
            size += len(step)
            _bound(name, size, part.compress_size, before + size)
            if is_xml and _DECLARATION.search(tail + step.replace(b"\0", b"")):
                raise UnreadableDocument(
                    f"{name}: {part.filename} declares XML entities, which no word processor does; save it again"
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
