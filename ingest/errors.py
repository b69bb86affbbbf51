"""The error tree: everything SinkQA raises on purpose. Stages to the right extend it.

SinkQAError                      code, message; the root
├── IngestError                  one file could not be added; the others of the same command still are
│   ├── FileMissing              file-missing           no such file or folder
│   ├── NothingToRead            nothing-to-read        a folder holds no file of a supported kind
│   ├── UnsupportedFormat        unsupported-format     no reader for these bytes
│   ├── EmptyDocument            empty-document         no bytes, or no text once read
│   ├── UnreadableDocument       unreadable-document    damaged, truncated or malformed
│   ├── EncryptedDocument        encrypted-document     needs a password that we do not have
│   ├── DocumentTooLarge         document-too-large     past a stated bound (bytes, pages, expansion)
│   ├── ReaderFailed             reader-failed          its reader failed unexpectedly: a fault of SinkQA
│   ├── ReadingTimeout           reading-timeout        reading it takes longer than one file may
│   ├── NoTextLayer              no-text-layer          scanned pages and no OCR installed
│   └── PoorQuality              poor-quality           text was extracted, but it is garbage
├── ExtraMissing                 extra-missing          what was asked for needs an extra that is not installed
├── LibraryError                 see index/errors.py
└── ServiceError                 see service/errors.py
"""

from __future__ import annotations

from typing import ClassVar


class SinkQAError(Exception):
    """Root of all named errors. The message says: what, expected, got, and what to do next."""

    code: ClassVar[str] = "sinkqa-error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ExtraMissing(SinkQAError):
    """The requested function needs an extra that is not installed."""

    code = "extra-missing"


class IngestError(SinkQAError):
    """One file could not be added."""

    code = "ingest-error"


class FileMissing(IngestError):
    """There is no file or folder at the path."""

    code = "file-missing"


class NothingToRead(IngestError):
    """A folder holds no file of a supported kind."""

    code = "nothing-to-read"


class UnsupportedFormat(IngestError):
    """No reader takes these bytes."""

    code = "unsupported-format"


class EmptyDocument(IngestError):
    """The file has no bytes, or no readable text."""

    code = "empty-document"


class UnreadableDocument(IngestError):
    """The file is damaged, truncated or malformed."""

    code = "unreadable-document"


class EncryptedDocument(IngestError):
    """The file needs a password."""

    code = "encrypted-document"


class DocumentTooLarge(IngestError):
    """The file exceeds a stated bound: bytes, pages, or unpacked size."""

    code = "document-too-large"


class ReaderFailed(IngestError):
    """A reader failed unexpectedly. The message gives the place, for the developer who fixes it."""

    code = "reader-failed"


class ReadingTimeout(IngestError):
    """Reading the file takes longer than the limit for one file."""

    code = "reading-timeout"


class NoTextLayer(IngestError):
    """The pages are pictures and the ocr extra is not installed."""

    code = "no-text-layer"


class PoorQuality(IngestError):
    """Text was extracted, but it is not language."""

    code = "poor-quality"
