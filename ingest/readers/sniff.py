"""Detects the format of bytes, whatever the file's name."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO

from sinkqa.ingest.errors import EncryptedDocument, UnreadableDocument, UnsupportedFormat
from sinkqa.ingest.readers.docx.package import is_word

_HEAD = 4096
_MOST_NAMED = 8
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HTML_OPENING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_HTML_TAGS = re.compile(rb"<(?:body|div|p|br|table|span|h[1-6]|ul|ol|a|b)(?:\s[^>]*)?/?>", re.I)
_XML_OPENING = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\b", re.I)
_SUPPORTED = "PDF, HTML, DOCX, XLSX, PPTX, EPUB, Markdown, plain text, CSV, JSON or mail"
_TEXTUAL = ("text", "markdown", "html", "json", "csv", "mail")
_HEADERS = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:From [^\n]*\n)?((?:[A-Za-z][\w-]{1,60}:(?=[ \t\r\n])[^\n]*\n(?:[ \t][^\n]*\n)*){2,})"
)
_OF_MAIL = re.compile(rb"^(?:From|Subject|Date|MIME-Version|Message-ID|Received|Return-Path):", re.I | re.M)
_OF_MIME = re.compile(rb"^(?:MIME-Version|Message-ID|Received|Return-Path|X-Mailer):", re.I | re.M)
_OLD_OFFICE = {
    "__substg1.0_": ("an Outlook message", "save it as .eml or .mht"),
    "WordDocument": ("an old Word file (.doc, .wps)", "save it as .docx"),
    "PowerPoint Document": ("an old PowerPoint file (.ppt, .dps)", "save it as .pptx"),
    "Workbook": ("an old Excel file (.xls, .et)", "save it as .xlsx"),
    "Book": ("an old Excel file (.xls)", "save it as .xlsx"),
}
"""Streams of Office's binary formats: the kind of file, and advice to the user."""
_OPEN_DOCUMENT = {
    b"opendocument.text": ("an OpenDocument text", "save it as .docx"),
    b"opendocument.spreadsheet": ("an OpenDocument spreadsheet", "save it as .xlsx"),
    b"opendocument.presentation": ("an OpenDocument presentation", "save it as .pptx"),
}


def sniff(content: bytes, name: str, *, expected: str | None) -> str:
    """Returns the format of ``content``. ``expected``, the format of its name, decides if the bytes leave a choice.

    Raises:
        UnsupportedFormat: no reader takes the format of the bytes.
        UnreadableDocument: the bytes are not in the format of the name.
        EncryptedDocument: it is a Word file under a password.
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
    if _is_mail(head, expected):
        return "mail"
    return expected if expected in ("markdown", "json", "text", "csv") else "text"


def _is_mail(head: bytes, expected: str | None) -> bool:
    """Whether a file begins with message headers; without a mail name, with those that only programs write."""
    headers = _HEADERS.match(head)
    wanted = _OF_MAIL if expected == "mail" else _OF_MIME
    return headers is not None and expected != "markdown" and wanted.search(headers[1]) is not None


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
    kinds = {"xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx", "META-INF/container.xml": "epub"}
    if kind := next((kind for member, kind in kinds.items() if member in members), None):
        return kind
    if holds_word or "word/document.xml" in members or any(member.endswith("/document.xml") for member in members):
        return "docx"
    got, advice = _other_zip(content, members)
    raise UnsupportedFormat(f"{name}: got {got}; expected {_SUPPORTED}; {advice}")


def _other_zip(content: bytes, members: set[str]) -> tuple[str, str]:
    """The kind of an archive without a reader, and what to do with it."""
    if "xl/workbook.bin" in members:
        return "a binary Excel workbook (.xlsb)", "save it as .xlsx"
    found = next((told for mark, told in _OPEN_DOCUMENT.items() if mark in content[:200]), None)
    if found or "content.xml" in members:
        return found or ("an OpenDocument file", "save it as .docx, .xlsx or .pptx")
    files = sorted(member for member in members if not member.endswith("/"))
    more = f" and {len(files) - _MOST_NAMED} more" if len(files) > _MOST_NAMED else ""
    return f"a zip archive of {', '.join(files[:_MOST_NAMED]) or 'nothing'}{more}", "unpack it and add the folder"


def _legacy_office(content: bytes, name: str) -> EncryptedDocument | UnsupportedFormat:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return EncryptedDocument(f"{name}: an Office file under a password; save it without one and add that")
    found = next((told for stream, told in _OLD_OFFICE.items() if stream.encode("utf-16-le") in content), None)
    got, advice = found or ("an old binary Office file", "save it as .docx, .xlsx or .pptx")
    return UnsupportedFormat(f"{name}: got {got}; expected {_SUPPORTED}; {advice}")


def _refuse_binary(content: bytes, name: str, expected: str | None) -> None:
    import filetype

    guess = filetype.guess(content[:_HEAD])
    sample = content[:65_536]
    controls = sum(sample.count(code) for code in (*range(9), *range(14, 27), *range(28, 32)))
    if guess is not None and not controls:  # words that begin as a picture does: BMW is no bitmap
        guess = None
    textual = expected in _TEXTUAL  # their decoding tells UTF-16 from binary data
    if guess is None and (textual or controls <= 0.02 * len(sample)):
        if not content.startswith(b"{\\rtf"):
            return
        raise UnsupportedFormat(f"{name}: got an RTF file; expected {_SUPPORTED}; save it as .docx")
    got = guess.mime if guess else "binary data"
    if guess is not None and guess.mime.startswith("text/"):
        return
    if expected in ("pdf", "docx", "xlsx", "pptx", "epub"):
        raise UnreadableDocument(f"{name}: named as {expected} but got {got}, or damaged; fetch or export it again")
    raise UnsupportedFormat(f"{name}: got {got}; expected {_SUPPORTED}; convert it first")
