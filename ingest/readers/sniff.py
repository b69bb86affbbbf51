"""Reading step of ingest: which format bytes are in, whatever the file is called."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO

from ingest.errors import EncryptedDocument, UnreadableDocument, UnsupportedFormat
from ingest.readers.docx.package import is_word

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HTML_OPENING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_HTML_TAGS = re.compile(rb"<(?:body|div|p|br|table|span|h[1-6]|ul|ol|a|b)(?:\s[^>]*)?/?>", re.I)
_XML_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\b", re.I)
_SUPPORTED = "PDF, HTML, DOCX, Markdown, plain text or JSON"


def sniff(content: bytes, name: str, *, expected: str | None) -> str:
    """The format of ``content``; ``expected`` is what its name says, and decides where the bytes leave a choice.

    Raises:
        UnsupportedFormat: the bytes are of a format that has no reader.
        UnreadableDocument: the bytes are not even what the name promises.
        EncryptedDocument: a Word file under a password.
    """
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK\x03\x04") or content.startswith(b"PK\x05\x06"):
        return _in_zip(content, name)
    if content.startswith(_OLE):
        raise _legacy_office(content, name)
    if content.startswith(_UTF16_MARKS):
        return _in_text(content[2 : _HEAD + 2].replace(b"\0", b""), content, name, expected)
    _refuse_binary(content, name, expected)
    return _in_text(content[:_HEAD], content, name, expected)


def _in_text(head: bytes, content: bytes, name: str, expected: str | None) -> str:
    if _HTML_OPENING.match(head):
        return "html"
    stripped = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if stripped[:1] in (b"{", b"[") and (expected == "json" or _is_json(content)):
        return "json"
    if _XML_OPENING.match(head) and expected != "html":
        raise UnsupportedFormat(
            f"{name}: got XML that is no web page; expected {_SUPPORTED}; convert it to one of these"
        )
    if expected == "html":
        return "html" if _HTML_TAGS.search(content) else "text"
    return expected if expected in ("markdown", "json", "text") else "text"


def _is_json(content: bytes) -> bool:
    """Whether the whole, or its first line, parses to an object or an array of objects."""
    first = content.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    for part in (first, content):
        try:
            value = json.loads(part)
        except (ValueError, RecursionError):
            continue
        return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))
    return False


def _in_zip(content: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = set(archive.namelist())
            holds_word = is_word(archive)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableDocument(f"{name}: damaged or truncated archive ({error}); fetch or export it again") from error
    if holds_word or "word/document.xml" in members or any(member.endswith("/document.xml") for member in members):
        return "docx"
    kinds = {"xl/workbook.xml": "an Excel workbook", "ppt/presentation.xml": "a PowerPoint file",
             "META-INF/container.xml": "an EPUB book", "content.xml": "an OpenDocument file"}  # fmt: skip
    got = next((kind for member, kind in kinds.items() if member in members), "a zip archive")
    raise UnsupportedFormat(f"{name}: got {got}; expected {_SUPPORTED}; convert or unpack it first")


def _legacy_office(content: bytes, name: str) -> EncryptedDocument | UnsupportedFormat:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return EncryptedDocument(f"{name}: a Word file under a password; save it without one and add that")
    return UnsupportedFormat(f"{name}: got an old binary Office file; expected {_SUPPORTED}; save it as .docx")


def _refuse_binary(content: bytes, name: str, expected: str | None) -> None:
    import filetype

    guess = filetype.guess(content[:_HEAD])
    sample = content[:65_536]
    controls = sum(sample.count(code) for code in (*range(9), *range(14, 27), *range(28, 32)))
    textual = expected in ("text", "markdown", "html", "json")  # their decoding tells UTF-16 from binary data
    if guess is None and (textual or controls <= 0.02 * len(sample)):
        if not content.startswith(b"{\\rtf"):
            return
        raise UnsupportedFormat(f"{name}: got an RTF file; expected {_SUPPORTED}; save it as .docx")
    got = guess.mime if guess else "binary data"
    if guess is not None and guess.mime.startswith("text/"):
        return
    if expected in ("pdf", "docx"):
        raise UnreadableDocument(f"{name}: named as {expected} but got {got}, or damaged; fetch or export it again")
    raise UnsupportedFormat(f"{name}: got {got}; expected {_SUPPORTED}; convert it first")
