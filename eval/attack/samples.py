"""Attack step of the evaluation: sound files of every format, made of real documents, that mutations begin from."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx

from eval.errors import NothingToMeasure
from ingest.readers import SUFFIXES

_MOST_BYTES = 400_000  # larger ones take longer to read and break in the same ways
_MARKUP = {"html", "markdown", "text"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A file: its format as ``FORMATS`` has it, its name and its bytes."""

    kind: str
    name: str
    content: bytes


def read_samples(folder: Path) -> list[Sample]:
    """Every document of a folder that is small enough; Word files and JSON lines are made of the Markdown and text.

    Raises:
        NothingToMeasure: no document is there.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.stat().st_size < _MOST_BYTES)
    found = [Sample(SUFFIXES[path.suffix], path.name, path.read_bytes()) for path in paths]
    if not found:
        raise NothingToMeasure(f"{folder}: no document below {_MOST_BYTES // 1000} kB; give a folder of documents")
    return [*found, *made_of(found)]


def made_of(samples: Sequence[Sample]) -> Iterator[Sample]:
    """Formats that reference documents lack: a Word file and a file of JSON lines for each text."""
    for sample in samples:
        if sample.kind in _MARKUP - {"html"}:
            lines = sample.content.decode(errors="replace").splitlines()
            yield Sample("docx", f"{sample.name}.docx", _word([line for line in lines if line.strip()][:200]))
            rows = [json.dumps({"title": sample.name, "text": line}, ensure_ascii=False) for line in lines if line]
            yield Sample("json", f"{sample.name}.jsonl", "\n".join(rows[:200]).encode())


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
