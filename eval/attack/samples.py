"""Attack step of the evaluation: sound files of every format, made of real documents, that mutations begin from."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

import docx

from eval.errors import NothingToMeasure
from eval.roundtrip.kinds import make
from ingest.readers import FORMATS, SUFFIXES

_MOST_BYTES = 400_000  # larger ones take longer to read and break in the same ways
_MADE = 120  # a few of every kind
_MARKUP = {"html", "markdown", "text"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A file: its format as ``FORMATS`` has it, its name and its bytes."""

    kind: str
    name: str
    content: bytes


def read_samples(folder: Path, *, seed: int = 0) -> list[Sample]:
    """Every document of a folder that is small enough, the formats that it lacks made of its Markdown and text.

    Beside them stand documents made by ``seed`` for the round trip, which hold what real files have seldom.

    Raises:
        NothingToMeasure: no document is there.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.stat().st_size < _MOST_BYTES)
    found = [Sample(SUFFIXES[path.suffix], path.name, path.read_bytes()) for path in paths]
    if not found:
        raise NothingToMeasure(f"{folder}: no document below {_MOST_BYTES // 1000} kB; give a folder of documents")
    typeset = (Sample(each.format, each.name, each.content) for each in make(seed, _MADE))
    return [sample for sample in (*found, *made_of(found), *typeset) if sample.kind in FORMATS]


def made_of(samples: Sequence[Sample]) -> Iterator[Sample]:
    """Formats that reference documents lack, a file of each for each text."""
    for sample in samples:
        if sample.kind in _MARKUP - {"html"}:
            lines = [line for line in sample.content.decode(errors="replace").splitlines() if line.strip()][:200]
            rows = [json.dumps({"title": sample.name, "text": line}, ensure_ascii=False) for line in lines]
            yield Sample("docx", f"{sample.name}.docx", _word(lines))
            yield Sample("json", f"{sample.name}.jsonl", "\n".join(rows).encode())
            yield Sample("csv", f"{sample.name}.csv", "\n".join(["no,name,text", *map(_record, lines)]).encode())
            yield Sample("mail", f"{sample.name}.eml", _mail(lines))
            yield Sample("epub", f"{sample.name}.epub", _book(lines))
            yield Sample("pptx", f"{sample.name}.pptx", _slides(lines[:40]))


def _record(line: str) -> str:
    return f'{len(line)},{line[:1]},"{line.replace(chr(34), chr(34) * 2)}"'


def _mail(lines: Sequence[str]) -> bytes:
    """A plain and an HTML body, and an attachment."""
    message = EmailMessage()
    message["Subject"], message["From"] = lines[0][:60] if lines else "", "registry@example.org"
    text = "\n".join(lines)
    message.set_content(text)
    message.add_alternative(f"<p>{escape(text)}</p>", subtype="html")
    message.add_attachment(text.encode(), maintype="text", subtype="plain", filename="a.txt")
    return message.as_bytes()


def _book(lines: Sequence[str]) -> bytes:
    """One chapter."""
    rows = "".join(f"<p>{escape(line)}</p>" for line in lines)
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "a.opf": '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>',
        "a.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Chapter</h1>{rows}</body></html>',
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in files.items():
            book.writestr(zipfile.ZipInfo(name), text)
    return written.getvalue()


def _slides(lines: Sequence[str]) -> bytes:
    """A title and a body on each slide."""
    import pptx

    show: Any = pptx.Presentation()
    for title, text in zip(lines[::2], lines[1::2], strict=False):
        slide = show.slides.add_slide(show.slide_layouts[1])
        for place, line in zip(slide.placeholders, (title, text), strict=False):
            place.text = "".join(char for char in line if char.isprintable())
    written = io.BytesIO()
    show.save(written)
    return written.getvalue()


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
