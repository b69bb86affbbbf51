"""Files that no reader should take, and one that each takes gladly: what a command line meets in a folder."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

import docx

from tests.typeset import MARGIN, Press

SENTENCE = "Reed beds on rewetted peat hold back carbon that drained meadows would lose."


def pdf(*, password: str | None = None, pages: int = 1) -> bytes:
    """A sound PDF that says :data:`SENTENCE` on every page."""
    press = Press(password=password)
    for number in range(pages):
        if number:
            press.next_page()
        press.line(MARGIN, 100, SENTENCE)
        press.line(MARGIN, 120, f"This is page {number + 1} of a survey of reed beds in an imagined valley.")
    return press.save()


_DRAWN = b"BT /F1 12 Tf 72 700 Td (Forests hold carbon.) Tj ET"


def repeating(count: int, drawn: bytes = _DRAWN) -> bytes:
    """A PDF of one page whose page tree lists that page ``count`` times."""
    kids = b"4 0 R " * count
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % count,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
        b"/Resources << /Font << /F1 3 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    ]
    body, offsets = io.BytesIO(), []
    body.write(b"%PDF-1.4\n")
    for number, content in enumerate(objects, 1):
        offsets.append(body.tell())
        body.write(b"%d 0 obj\n" % number + content + b"\nendobj\n")
    start = body.tell()
    body.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    body.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    body.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return body.getvalue()


def heavy(count: int) -> bytes:
    """A small PDF whose one page unpacks to ``count`` saved states of what draws it, each some hundred bytes."""
    drawn = zlib.compress(b"q " * count, 9)
    objects = (
        b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>\nendobj\n"
        b"4 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(drawn)
    )
    return b"%PDF-1.4\n" + objects + drawn + b"\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def word(**parts: bytes) -> bytes:
    """A Word file that says :data:`SENTENCE`; ``parts`` replace members (``__`` for a slash, ``_`` for a dot)."""
    plain, changed = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    document.save(plain)
    replaced = {name.replace("__", "/").replace("_", "."): body for name, body in parts.items()}
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in sorted({*old.namelist(), *replaced}):
            new.writestr(name, replaced.get(name) or old.read(name))
    return changed.getvalue()


def slow() -> bytes:
    """A small PDF of 5,000 pages, the most that are read: it keeps a processor busy for many seconds."""
    return repeating(
        5_000, b" ".join(b"BT /F1 9 Tf 40 %d Td (Line %d of a page.) Tj ET" % (800 - y, y) for y in range(12))
    )


def laughs(opening: str, closing: str) -> bytes:
    """Entities that unfold to a billion words if a parser believes them."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{levels}]>{opening}&l9;{closing}'.encode()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "broken.pdf": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 12, "unreadable-document"),
    "truncated.pdf": (lambda: pdf(pages=4)[:1500], "unreadable-document"),
    "locked.pdf": (lambda: pdf(password="secret"), "encrypted-document"),
    "claims.pdf": (lambda: repeating(10_000), "document-too-large"),
    "bomb.docx": (lambda: word(word__document_xml=b"<w>" + b" " * (1 << 30) + b"</w>"), "document-too-large"),
    "laughs.docx": (lambda: word(word__document_xml=laughs("<x>", "</x>")), "unreadable-document"),
    "laughs.xml": (lambda: laughs("<feed>", "</feed>"), "unsupported-format"),
    "empty.txt": (lambda: b"", "empty-document"),
    "picture.md": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "unsupported-format"),
    "program.bin": (lambda: b"\x7fELF" + bytes(range(256)) * 40, "unsupported-format"),
    "half.json": (lambda: b'[{"text": "cut of', "unreadable-document"),
}
"""What each file holds and the code of the error that names it."""
