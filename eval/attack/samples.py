"""Makes valid files of every format from real documents. Mutations start from these files."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape
from pathlib import Path

import docx
import openpyxl
import pptx

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.roundtrip.kinds import make
from sinkqa.ingest.readers import SUFFIXES

_MOST_BYTES = 400_000  # larger ones take longer to read and break in the same ways
_MADE = 120  # a few of every kind
_MARKUP = {"html", "markdown", "text"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A file: its format, as in ``FORMATS``, its name and its bytes."""

    kind: str
    name: str
    content: bytes


def read_samples(folder: Path, *, seed: int = 0) -> list[Sample]:
    """Reads all documents of a folder that are small enough, and converts its Markdown and text to the other formats.

    It adds documents that the round trip makes from ``seed``. They have features that are rare in real files.

    Raises:
        NothingToMeasure: the folder has no such document.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.stat().st_size < _MOST_BYTES)
    found = [Sample(SUFFIXES[path.suffix], path.name, path.read_bytes()) for path in paths]
    if not found:
        raise NothingToMeasure(f"{folder}: no document below {_MOST_BYTES // 1000} kB; give a folder of documents")
    typeset = (Sample(each.format, each.name, each.content) for each in make(seed, _MADE))
    return [*found, *made_of(found), *typeset]


def made_of(samples: Sequence[Sample]) -> Iterator[Sample]:
    """Yields files in the formats that the reference documents lack: one file of each such format for each text."""
    for sample in samples:
        if sample.kind in _MARKUP - {"html"}:
            lines = [line for line in sample.content.decode(errors="replace").splitlines() if line.strip()][:200]
            plain = ["".join(char for char in line if char.isprintable()) for line in lines]
            yield Sample("docx", f"{sample.name}.docx", _word(lines))
            rows = [json.dumps({"title": sample.name, "text": line}, ensure_ascii=False) for line in lines]
            yield Sample("json", f"{sample.name}.jsonl", "\n".join(rows).encode())
            yield Sample("csv", f"{sample.name}.csv", _values(plain))
            yield Sample("xlsx", f"{sample.name}.xlsx", _workbook(plain[:60]))
            yield Sample("pptx", f"{sample.name}.pptx", _slides(plain[:40]))
            yield Sample("epub", f"{sample.name}.epub", _book(plain))
            yield Sample("mail", f"{sample.name}.eml", _message(plain))


def _values(lines: Sequence[str]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(("number", "words", "length"))
    writer.writerows((number, line, len(line)) for number, line in enumerate(lines))
    return written.getvalue().encode()


def _workbook(lines: Sequence[str]) -> bytes:
    """A title over merged cells, a header, dates and figures in formats of their own, and a formula."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Lines")
    sheet.append(["Lines of a text"])
    sheet.merge_cells("A1:D1")
    sheet.append(["line", "length", "share", "day"])
    for number, line in enumerate(lines, 3):
        sheet.append([line[:200], len(line), f"=B{number}/100", datetime.date(2031, 1, 1 + number % 28)])
        sheet.cell(number, 2).number_format = "#,##0.0"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _slides(lines: Sequence[str]) -> bytes:
    deck = pptx.Presentation()
    for line in lines[::4]:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = line[:60]
        slide.placeholders[1].text_frame.text = line
        slide.notes_slide.notes_text_frame.text = line[:80]
        table = slide.shapes.add_table(2, 2, 0, 0, 9_000_000, 900_000).table
        table.cell(1, 1).text = line[:40]
    written = io.BytesIO()
    deck.save(written)
    return written.getvalue()


def _book(lines: Sequence[str]) -> bytes:
    """Two chapters, a list of contents and the package that holds them."""
    half = len(lines) // 2
    chapters = {"one.xhtml": lines[:half], "two.xhtml": lines[half:]}
    items = "".join(f'<item id="{path}" href="{path}" media-type="application/xhtml+xml"/>' for path in chapters)
    spine = "".join(f'<itemref idref="{path}"/>' for path in chapters)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as book:
        root = '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
        book.writestr("META-INF/container.xml", root)
        book.writestr("book.opf", f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>")
        for path, said in chapters.items():
            body = "".join(f"<p>{escape(line)}</p>" for line in said)
            book.writestr(path, f"<html><body><h1>{path}</h1>{body}</body></html>")
    return written.getvalue()


def _message(lines: Sequence[str]) -> bytes:
    """A text in two forms and an attachment."""
    message = EmailMessage()
    message["Subject"], message["From"] = lines[0][:60] if lines else "Nothing", "a@example.org"
    message.set_content("\n".join(lines))
    message.add_alternative("".join(f"<p>{escape(line)}</p>" for line in lines), subtype="html")
    message.add_attachment(_values(lines), maintype="text", subtype="csv", filename="lines.csv")
    return message.as_bytes()


def _word(lines: Sequence[str]) -> bytes:
    """Headings, paragraphs, a list and a table."""
    document = docx.Document()
    for number, line in enumerate(lines):
        style = ("Heading 1", None, None, "List Bullet")[number % 4]
        document.add_paragraph("".join(char for char in line if char.isprintable()), style)
    table = document.add_table(rows=0, cols=3)
    for number in range(0, min(len(lines), 30) - 2, 3):
        for cell, line in zip(table.add_row().cells, lines[number : number + 3], strict=True):
            cell.text = "".join(char for char in line[:40] if char.isprintable())
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
