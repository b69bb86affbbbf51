"""Reads any file into a Document. The bytes decide the format first, the name second."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import DocumentTooLarge, EmptyDocument, FileMissing, NothingToRead, UnreadableDocument
from sinkqa.ingest.readers.sniff import sniff

_ASIDE = ("table", "caption", "furniture", "footnote")
MAX_BYTES = 512 * 1024 * 1024


class Reader(Protocol):
    """Makes a Document of one format's bytes. Raises an IngestError that names the fault."""

    def __call__(self, content: bytes, name: str) -> Document:
        """``name`` is used in messages and in the document."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A readable format: its media type, its suffixes, and its Reader (loaded at first use)."""

    media_type: str
    suffixes: tuple[str, ...]
    module: str
    function: str

    def reader(self) -> Reader:
        """The function that reads this format."""
        return cast(Reader, getattr(import_module(self.module), self.function))


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: dict[str, Format] = {
    "pdf": Format("application/pdf", (".pdf",), "sinkqa.ingest.readers.pdf.reader", "read_pdf"),
    "html": Format("text/html", (".html", ".htm", ".xhtml"), "sinkqa.ingest.readers.html.reader", "read_html"),
    "docx": Format(
        f"{_OFFICE}.wordprocessingml.document",
        (".docx", ".docm", ".dotx", ".dotm"),
        "sinkqa.ingest.readers.docx.reader",
        "read_docx",
    ),
    "markdown": Format("text/markdown", (".md", ".markdown"), "sinkqa.ingest.readers.markdown", "read_markdown"),
    "text": Format("text/plain", (".txt", ".text"), "sinkqa.ingest.readers.text", "read_text"),
    "json": Format("application/json", (".json", ".jsonl", ".ndjson"), "sinkqa.ingest.readers.records", "read_records"),
    "csv": Format("text/csv", (".csv", ".tsv", ".tab"), "sinkqa.ingest.readers.sheets.values", "read_values"),
    "xlsx": Format(
        f"{_OFFICE}.spreadsheetml.sheet", (".xlsx", ".xlsm"), "sinkqa.ingest.readers.sheets.workbook", "read_workbook"
    ),
    "pptx": Format(
        f"{_OFFICE}.presentationml.presentation", (".pptx", ".pptm"), "sinkqa.ingest.readers.slides", "read_slides"
    ),
    "epub": Format("application/epub+zip", (".epub",), "sinkqa.ingest.readers.book", "read_book"),
    "mail": Format("message/rfc822", (".eml", ".mht", ".mhtml"), "sinkqa.ingest.readers.mail", "read_mail"),
}
SUFFIXES: dict[str, str] = {suffix: kind for kind, format_ in FORMATS.items() for suffix in format_.suffixes}

_SAVED_AS = {
    ".doc": ".docx", ".dot": ".docx", ".wps": ".docx", ".odt": ".docx", ".rtf": ".docx", ".xls": ".xlsx",
    ".et": ".xlsx", ".xlsb": ".xlsx", ".ods": ".xlsx",
    ".ppt": ".pptx", ".dps": ".pptx", ".odp": ".pptx", ".msg": ".eml",
}  # fmt: skip


def format_of(document: Document) -> str:
    """Short name of a document's format, a key of :data:`FORMATS`: "pdf", "html", "docx" and so on."""
    return next((kind for kind, format_ in FORMATS.items() if format_.media_type == document.media_type), "text")


def read(path: Path, *, name: str | None = None) -> Document:
    """Reads one file. ``name`` is its name if that differs from the name on disk.

    Raises:
        FileMissing: there is no file at ``path``.
        NothingToRead: ``path`` is a folder without readable files.
        IngestError: the file is empty, too large, damaged, encrypted, of another format, or garbage.
    """
    return read_bytes(_load(path), name or path.name)


def read_bytes(content: bytes, name: str) -> Document:
    """Reads a file's bytes. ``name`` gives the suffix and is used in messages.

    It completes the metadata and applies the quality gate. A suffix that contradicts the bytes gives a warning.
    """
    from sinkqa.ingest.about.metadata import complete
    from sinkqa.ingest.quality import gate

    if not content:
        raise EmptyDocument(f"{name}: the file is empty (0 bytes); expected text; fetch or export it again")
    if len(content) > MAX_BYTES:
        raise DocumentTooLarge(_too_large(name, len(content)))
    suffix = Path(name).suffix.lower()
    kind = sniff(content, name, expected=SUFFIXES.get(suffix))
    document = FORMATS[kind].reader()(content, name)
    metadata = complete(document.metadata, document.text, name=name, prose=_prose(document))
    warnings = tuple(line if line.startswith(f"{name}: ") else f"{name}: {line}" for line in document.warnings)
    if suffix and SUFFIXES.get(suffix) != kind:
        warnings = (f"{name}: named {suffix} but holds {kind}: read as {kind}", *warnings)
    return gate(replace(document, metadata=metadata, warnings=warnings))


def _prose(document: Document) -> str:
    """The text of a document without its tables, their captions, its notes and furniture.

    Its beginning always stays: a title may be a running head.
    """
    parts, kept = [], 0
    head = next((at for at, block in enumerate(document.blocks) if block.kind != "furniture"), 0)
    aside = (block for block in document.blocks[head:] if block.kind in _ASIDE)
    for start, end in sorted(span for block in aside for span in block.spans):
        parts.append(document.text[kept : max(start, kept)])
        kept = max(kept, end)
    return "".join((*parts, document.text[kept:]))


@dataclass(slots=True)
class FoundFiles:
    """Files in paths: ``files`` to read, ``skipped`` ones without a known suffix, the number of ``hidden`` ones."""

    files: list[Path] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    hidden: int = 0


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Returns the files that :func:`look_into` finds."""
    return look_into(paths).files


def why_skipped(path: Path) -> str:
    """Returns the reason why a file of a folder is skipped and, if known, what to do."""
    advice = _SAVED_AS.get(path.suffix.lower())
    return f"not a readable format{f'; save it as {advice}' if advice else ''}"


def look_into(paths: Iterable[Path]) -> FoundFiles:
    """Finds the files to read for a user's paths: files as given, and files with known suffixes in folders.

    The order is that of the paths, folders sorted by name. Each file comes once, even if several links point to it.
    Hidden files and lock files in folders are skipped. A path that cannot be read (missing, an empty folder, no
    permission) stays in the list. :func:`read` then raises its error, and the other files are still read.
    """
    found = FoundFiles()
    files: dict[str, Path] = {}
    for path in paths:
        is_folder = os.path.isdir(path)  # noqa: PTH112  # Path's own raises where a name is too long
        for file in _files_in(path, found) if is_folder else (path,):
            files.setdefault(os.path.realpath(file), file)
    found.files = list(files.values())
    return found


def _files_in(folder: Path, found: FoundFiles) -> list[Path]:
    """Readable-looking files below ``folder``; the folder itself if there are none or it cannot be listed.

    Skipped files are added to ``found``.
    """
    seen: set[tuple[int, int]] = set()
    closed: list[OSError] = []
    files: list[Path] = []
    for top, folders, names in os.walk(folder, followlinks=True, onerror=closed.append):
        try:
            where = Path(top).stat()
        except OSError as error:
            closed.append(error)
            continue
        if (where.st_dev, where.st_ino) in seen:  # a link back up
            folders.clear()
            continue
        seen.add((where.st_dev, where.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        shown = [Path(top, name) for name in sorted(names) if not name.startswith((".", "~$"))]
        found.hidden += len(names) - len(shown)
        files += [path for path in shown if path.suffix.lower() in SUFFIXES]
        found.skipped += [path for path in shown if path.suffix.lower() not in SUFFIXES]
    files += [Path(error.filename) for error in closed]
    return files or [folder]


def _load(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise NothingToRead(_nothing_in(path))
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableDocument(f"{path}: not a regular file (a device, socket or pipe); give a document")
        if status.st_size > MAX_BYTES:
            raise DocumentTooLarge(_too_large(path.name, status.st_size))
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise FileMissing(f"{path}: no such file or folder; check the spelling") from None
    except OSError as error:
        raise UnreadableDocument(f"{path}: cannot be opened ({error.strerror}); check its permissions") from error


def _nothing_in(folder: Path) -> str:
    known = " ".join(SUFFIXES)
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        return f"{folder}: the folder cannot be listed ({error.strerror}); check its permissions"
    return f"{folder}: no readable file in this folder; expected one of {known}"


def _too_large(name: str, size: int) -> str:
    return (
        f"{name}: too large: {size / 2**20:.0f} MiB, at most {MAX_BYTES // 2**20} MiB are read; "
        "split it into parts and add those"
    )
