"""EPUB books: the chapters in the order of the spine, each read as a page."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sinkqa.ingest.document import Document, Metadata
from sinkqa.ingest.errors import DocumentTooLarge, EmptyDocument, EncryptedDocument, UnreadableDocument
from sinkqa.ingest.readers.decoding.charset import decode
from sinkqa.ingest.readers.html.reader import markup_pieces
from sinkqa.ingest.readers.html.visible.leftout import LeftOut
from sinkqa.ingest.readers.pieces.draft import Piece, compose
from sinkqa.ingest.readers.pieces.outline import outline

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MEDIA_TYPE = "application/epub+zip"
MAX_CHAPTERS = 5_000
MAX_CHAPTER = 16 * 1024 * 1024  # bytes; the largest novels have chapters of a hundredth of it
MAX_TOTAL = 256 * 1024 * 1024
_PAGES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")
_FONT_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_YEAR = re.compile(r"(1[5-9]\d\d|20\d\d)(?!\d)")
_DAMAGE = (KeyError, ValueError, SyntaxError, OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class _ManifestItem:
    """A file of the book's manifest: its path, media type and role."""

    path: str
    media_type: str
    properties: str


def read_book(content: bytes, name: str) -> Document:
    """Reads an EPUB book. Chapters become sections, by their own headings or by their names in the contents list.

    Raises:
        DocumentTooLarge: its unpacked chapters exceed the bounds.
        EmptyDocument: no chapter holds text.
        EncryptedDocument: the chapters are locked.
        UnreadableDocument: it is damaged or lists no chapters.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            package_path = _package_path(archive)
            package = _xml(archive, package_path)
            items = _manifest(package, posixpath.dirname(package_path))
            _refuse_locked(archive, {item.path for item in items.values()}, name)
            pieces, warnings = _chapters(archive, package, items, name)
            if warnings and not pieces:
                told = "; ".join(warnings[:3])
                raise EmptyDocument(f"{name}: no words in this book: {told}; fetch or export it again")
    except _DAMAGE as error:
        what = " ".join(str(error).split())[:120]
        message = f"{name}: a damaged book ({type(error).__name__}: {what}); fetch or export it again"
        raise UnreadableDocument(message) from error
    return compose(
        outline(pieces),
        name=name,
        content=content,
        media_type=MEDIA_TYPE,
        metadata=_metadata(package),
        warnings=warnings,
    )


def _bytes(archive: zipfile.ZipFile, path: str, name: str = "") -> bytes:
    """A file of the book, within bounds, whatever its header claims."""
    with archive.open(path) as file:
        read = file.read(MAX_CHAPTER + 1)
    if len(read) > MAX_CHAPTER:
        raise DocumentTooLarge(
            f"{name or path}: a chapter unpacks to more than {MAX_CHAPTER >> 20} MiB; split the book"
        )
    return read


def _xml(archive: zipfile.ZipFile, path: str) -> Element:
    from defusedxml.ElementTree import fromstring

    root: Element = fromstring(_bytes(archive, path), forbid_dtd=False)
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    return root


def _package_path(archive: zipfile.ZipFile) -> str:
    root = next(iter(_xml(archive, "META-INF/container.xml").iter("rootfile")), None)
    if root is None:
        raise ValueError("no package is named in its container")
    return root.get("full-path", "")


def _manifest(package: Element, folder: str) -> dict[str, _ManifestItem]:
    return {
        item.get("id", ""): _ManifestItem(
            posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "").partition("#")[0]))),
            item.get("media-type", ""),
            item.get("properties", ""),
        )
        for item in package.iter("item")
    }


def _refuse_locked(archive: zipfile.ZipFile, paths: set[str], name: str) -> None:
    """Refuses books with encrypted chapters. Obfuscated fonts alone do not matter."""
    if "META-INF/rights.xml" in archive.namelist():
        raise EncryptedDocument(f"{name}: a book under copy protection (DRM); add a copy without it")
    if "META-INF/encryption.xml" not in archive.namelist():
        return
    for data in _xml(archive, "META-INF/encryption.xml").iter("EncryptedData"):
        method = next((each.get("Algorithm", "") for each in data.iter("EncryptionMethod")), "")
        if method not in _FONT_ONLY:
            raise EncryptedDocument(f"{name}: a book under copy protection (DRM); add a copy without it")


def _chapters(
    archive: zipfile.ZipFile, package: Element, items: Mapping[str, _ManifestItem], name: str
) -> tuple[list[Piece], list[str]]:
    titles, left = _titles(archive, items), LeftOut()
    pieces: list[Piece] = []
    warnings: list[str] = []
    total = 0
    spine = [items[ref.get("idref", "")] for ref in package.iter("itemref") if ref.get("idref", "") in items]
    if not spine:
        raise ValueError("its list of chapters is empty")
    for item in dict.fromkeys(spine[:MAX_CHAPTERS]):
        if "nav" in item.properties.split():
            continue
        if item.media_type not in _PAGES:
            warnings.append(f"{name}: chapter {item.path} is no page but {item.media_type} and is not read")
            continue
        try:
            read = _bytes(archive, item.path, name)
        except KeyError:
            warnings.append(f"{name}: chapter {item.path} is not in the book")
            continue
        total += len(read)
        if total > MAX_TOTAL:
            raise DocumentTooLarge(f"{name}: its chapters unpack to more than {MAX_TOTAL >> 20} MiB; split the book")
        if not read.strip():
            continue
        markup, told = decode(read, f"{name}: {posixpath.basename(item.path)}")
        warnings += told
        found = markup_pieces(markup, left, name=name)
        title = titles.get(item.path)
        if found and title and found[0].kind != "heading" and not any(p.kind == "heading" for p in found):
            found = [Piece("heading", title, level=1), *(p for p in found if p.text != title)]
        pieces += found
    if len(spine) > MAX_CHAPTERS:
        warnings.append(f"{name}: chapters after the first {MAX_CHAPTERS} are left out")
    return pieces, [*warnings, *left.warnings()]


def _titles(archive: zipfile.ZipFile, items: Mapping[str, _ManifestItem]) -> dict[str, str]:
    """The names of the files in the contents list, of EPUB 3 or EPUB 2, if it can be read."""
    titles: dict[str, str] = {}
    for item in items.values():
        if "nav" in item.properties.split() or item.media_type == "application/x-dtbncx+xml":
            folder = posixpath.dirname(item.path)
            try:
                for link, title in _links(_xml(archive, item.path)):
                    path = posixpath.normpath(posixpath.join(folder, unquote(link.partition("#")[0])))
                    titles.setdefault(path, title)
            except (*_DAMAGE, DocumentTooLarge):
                continue
    return titles


def _links(root: Element) -> Iterator[tuple[str, str]]:
    for anchor in root.iter("a"):
        yield anchor.get("href", ""), " ".join("".join(anchor.itertext()).split())
    for point in root.iter("navPoint"):
        content, label = point.find("content"), point.find("navLabel")
        if content is not None and label is not None:
            yield content.get("src", ""), " ".join("".join(label.itertext()).split())


def _metadata(package: Element) -> Metadata:
    said: dict[str, list[str]] = {}
    for element in package.iter():
        if element.text and element.text.strip():
            said.setdefault(element.tag, []).append(" ".join(element.text.split()))
    year = _YEAR.match(said.get("date", [""])[0])
    language = said.get("language", [""])[0].split("-")[0].lower()
    return Metadata(
        title=said.get("title", [None])[0],
        authors=tuple(said.get("creator", ())),
        year=int(year[1]) if year else None,
        language=language or None,
        issuer=said.get("publisher", [None])[0],
    )
