"""Reads mail messages, and web pages saved as messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Any

from sinkqa.ingest.document import Document, Metadata
from sinkqa.ingest.errors import IngestError, UnreadableDocument
from sinkqa.ingest.readers.decoding import encoding
from sinkqa.ingest.readers.decoding.charset import decode
from sinkqa.ingest.readers.html.reader import markup_pieces, read_html
from sinkqa.ingest.readers.html.visible.leftout import LeftOut
from sinkqa.ingest.readers.pieces.draft import Piece, compose
from sinkqa.ingest.readers.pieces.outline import outline
from sinkqa.ingest.readers.pieces.parts import lowered, pieces_of

MEDIA_TYPE = "message/rfc822"
_SHOWN = ("From", "To", "Cc", "Date")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_MOST_PARTS = 100
_MOST_NESTED = 3  # messages within messages
_LONGEST_HEADER, _MOST_COMMENTS = 20_000, 50  # the time of parsing grows with their square, the depth with comments
_SAVED = ("snapshot-content-location", "x-msa-original-url")


class _Bounded(EmailPolicy):
    """Headers, parsed up to a bound."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        bounded = value[:_LONGEST_HEADER]
        if bounded.count("(") > _MOST_COMMENTS:
            bounded = bounded.replace("(", " ").replace(")", " ")
        return super().header_fetch_parse(name, bounded)


@dataclass(slots=True)
class _MessageText:
    """The text of a message, and a count of what was left out."""

    name: str
    pieces: list[Piece] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    left: LeftOut = field(default_factory=LeftOut)


def read_mail(content: bytes, name: str) -> Document:
    """Reads a message: decoded subject, sender, receivers and date, its text, and its attachments as sections.

    A web page saved as a message (MHT) is read as the page. If a text is given in several forms, the richest is read.
    Unreadable attachments are named. Raises EmptyDocument and UnreadableDocument.
    """
    message = _parsed(content, name)
    page = _saved_page(message, name)
    if page is not None:
        return _read_page(message, page, content, name)
    sheet = _MessageText(name)
    _take_message(message, sheet, depth=0)
    subject = _header(message, "Subject")
    year = _year(message)
    return compose(
        [*([Piece("heading", subject)] if subject else []), *sheet.pieces],
        name=name,
        content=content,
        media_type=MEDIA_TYPE,
        metadata=Metadata(title=subject or None, year=year),
        warnings=[*sheet.warnings, *sheet.left.warnings()],
    )


def _parsed(content: bytes, name: str) -> EmailMessage:
    try:
        parsed: Message = BytesParser(policy=_Bounded()).parsebytes(content.removeprefix(b"\xef\xbb\xbf").lstrip())
    except (RecursionError, ValueError, LookupError, AttributeError, IndexError, TypeError) as error:
        message = f"{name}: a damaged message ({type(error).__name__}); save it again from the mail program"
        raise UnreadableDocument(message) from error
    if not isinstance(parsed, EmailMessage):
        raise UnreadableDocument(f"{name}: expected a message, got {type(parsed).__name__}; save it again")
    return parsed


def _header(message: EmailMessage, name: str) -> str:
    """A header as words. Bytes without a named encoding are decoded by likelihood; long ones are kept as they are."""
    value = next((str(said) for key, said in message.raw_items() if key.lower() == name.lower()), "")
    if any("\udc80" <= letter <= "\udcff" for letter in value):
        value = encoding.decode(value.encode("utf-8", "surrogateescape"), name=name).text
    elif len(value) <= _LONGEST_HEADER:
        with suppress(ValueError, LookupError, AttributeError, IndexError, TypeError):  # it breaks its own grammar
            value = str(message.get(name, ""))
    return " ".join(value.split())


def _year(message: EmailMessage) -> int | None:
    try:
        return parsedate_to_datetime(_header(message, "Date")).year
    except (ValueError, TypeError, IndexError):
        return None


def _saved_page(message: EmailMessage, name: str) -> EmailMessage | None:
    """The page, if the message is one that a browser saved."""
    saved = name.lower().endswith((".mht", ".mhtml")) or any(message.get(key) for key in _SAVED)
    if not saved:
        return None
    pages = [part for part in _parts(message) if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    return pages[0] if pages else None


def _read_page(message: EmailMessage, page: EmailMessage, content: bytes, name: str) -> Document:
    markup, warnings = decode(_payload(page), name, charset=page.get_content_charset())
    read = read_html(markup.encode("utf-8", "surrogatepass"), name)
    address = _header(message, "Snapshot-Content-Location") or _header(page, "Content-Location")
    url = read.metadata.url or (address if address.startswith(("http://", "https://")) else None)
    framed = sum(part.get_content_type() == "text/html" for part in _parts(message)) - 1
    told = [f"{name}: {framed} framed pages are not read"] if framed > 0 else []
    return replace(
        read,
        content=content,
        media_type=MEDIA_TYPE,
        metadata=replace(read.metadata, url=url),
        warnings=(*warnings, *read.warnings, *told),
    )


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The message itself, or all its leaf parts, at most :data:`_MOST_PARTS`."""
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            return
        if isinstance(part, EmailMessage) and not part.is_multipart():
            yield part


def _payload(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _take_message(message: EmailMessage, sheet: _MessageText, *, depth: int) -> None:
    for header in _SHOWN:
        if value := _header(message, header):
            sheet.pieces.append(Piece("paragraph", f"{header}: {value}"))
    try:
        body = message.get_body(preferencelist=("html", "plain"))
    except (ValueError, LookupError, AttributeError, KeyError, TypeError):
        body = None
    if body is None and not message.is_multipart() and message.get_content_maintype() in ("text", "multipart"):
        body = message
    if isinstance(body, EmailMessage):
        sheet.pieces += _body_pieces(body, sheet)
    pictures = 0
    for number, part in enumerate(_attachments(message, body)):
        if number >= _MOST_PARTS:
            sheet.warnings.append(f"{sheet.name}: attachments after the first {_MOST_PARTS} are not read")
            break
        if part.get_content_maintype() == "image":
            pictures += 1
        else:
            _take_attachment(part, sheet, depth=depth)
    if body is not message and any(map(_is_invitation, _parts(message))):
        sheet.warnings.append(f"{sheet.name}: an entry for a calendar within it is not read")
    if pictures:
        sheet.warnings.append(f"{sheet.name}: pictures are not read: {pictures}")


def _body_pieces(body: EmailMessage, sheet: _MessageText) -> list[Piece]:
    payload, charset = _payload(body), body.get_content_charset()
    if not payload.strip():
        return []
    text, warnings = decode(payload, sheet.name, charset=charset)
    sheet.warnings += warnings
    if body.get_content_type() == "text/html":
        return lowered(outline(markup_pieces(text, sheet.left, name=sheet.name)), 1)
    return plain_pieces(text)


def plain_pieces(text: str) -> list[Piece]:
    """Reads plain text as plain-text files are read, without the marks of quoted messages."""
    from sinkqa.ingest.readers.text import read_text

    bare = _QUOTED.sub("", text)
    if not bare.strip():
        return []
    document = read_text(bare.encode("utf-8", "surrogatepass"), "text")
    return lowered(pieces_of(document), 1)


def _attachments(message: EmailMessage, body: object) -> Iterator[EmailMessage]:
    """All parts except the text and its other forms. A message inside is one part."""
    waiting: list[Message] = [message]
    while waiting:
        part = waiting.pop(0)
        if part is not message and part.get_content_type() == "message/rfc822":
            if isinstance(part, EmailMessage):
                yield part
        elif part.is_multipart():
            inner = [each for each in part.get_payload() if isinstance(each, Message)]
            waiting = [*inner, *waiting]
        elif isinstance(part, EmailMessage) and part is not body and part is not message and _is_attached(part):
            yield part


def _is_invitation(part: EmailMessage) -> bool:
    return part.get_content_type() == "text/calendar" and not _is_attached(part)


def _is_attached(part: EmailMessage) -> bool:
    """Whether a part is more than another form of the text."""
    is_text = part.get_content_type() in ("text/plain", "text/html", "text/calendar")
    return bool(part.get_filename()) or part.get_content_disposition() == "attachment" or not is_text


def _take_attachment(part: EmailMessage, sheet: _MessageText, *, depth: int) -> None:
    """Adds the attachment as a section under its name; a warning if it cannot be read."""
    from sinkqa.ingest.readers import read_bytes

    if part.get_content_type() == "message/rfc822":
        inner = next((each for each in part.get_payload() if isinstance(each, EmailMessage)), None)
        if inner is None or depth >= _MOST_NESTED:
            sheet.warnings.append(f"{sheet.name}: a message within it is not read")
            return
        sheet.pieces.append(Piece("heading", _header(inner, "Subject") or "Message", level=1))
        _take_message(inner, sheet, depth=depth + 1)
        return
    title = " ".join((part.get_filename() or part.get_content_type()).split())
    try:
        read = read_bytes(_payload(part), title)
    except IngestError as error:
        said = error.message.removeprefix(f"{title}: ")
        sheet.warnings.append(f"{sheet.name}: attachment {title} is not read: {said}")
        return
    sheet.warnings += [f"{sheet.name}: attachment {warning}" for warning in read.warnings]
    sheet.pieces += [Piece("heading", title, level=1), *lowered(pieces_of(read), 2)]
